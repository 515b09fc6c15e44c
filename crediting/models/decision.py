"""What was decided on a request, by whom, under which policy version, on which grounds."""

from django.db import models

from crediting.models.policy import PolicyVersion
from crediting.models.request import CreditRequest
from crediting.states import DecisionBasis, DecisionKind
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person, Student


class Decision(PublicIdModel):
    """Inserted once (a trigger refuses change). A re-award names the decision it ``replaces``.

    ``frozen_basis`` holds criteria, judgements, standards with their versions, arithmetic and citations as shown then.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="decisions")
    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, null=True, related_name="decisions")
    kind = models.CharField(max_length=20)
    basis = models.CharField(max_length=10, default=DecisionBasis.POLICY)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="decisions")
    statute = models.CharField(max_length=100, blank=True)
    rule_code = models.CharField(max_length=60, blank=True)
    # What is met, waived or released where no credit is given, as the policy names it.
    requirement = models.CharField(max_length=200, blank=True, db_default="")
    method = models.CharField(max_length=40, blank=True)
    demonstrated_on = models.DateField(null=True)
    reason = models.TextField()
    frozen_basis = models.JSONField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # What the policy asked: two people, or the assessing teacher alone.
    two_roles = models.BooleanField()
    decided_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            state_check("kind", DecisionKind, "decision_kind_known"),
            state_check("basis", DecisionBasis, "decision_basis_known"),
            models.UniqueConstraint(
                fields=["request", "replaces"],
                name="decision_once_per_request",
                condition=models.Q(request__isnull=False),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(basis=DecisionBasis.POLICY, policy_version__isnull=False)
                | models.Q(basis=DecisionBasis.STATUTE, policy_version=None) & ~models.Q(statute=""),
                name="decision_has_a_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.request}"
