"""An appeal against a refusal, with its clock (WAC 180-51-050(6))."""

from django.db import models

from crediting.models.decision import Decision
from crediting.models.proposal import ProposalDecision
from crediting.models.transfer import TransferDecision
from crediting.states import AppealState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person, School, Student


class Appeal(PublicIdModel):
    """In writing, once against each refusal. ``due_at`` is the first instant that is too late for an answer.

    ``due_reason`` is the arithmetic of that day as a reason's JSON, empty where the district set none.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="appeals")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, null=True, related_name="appeal")
    proposal_decision = models.OneToOneField(
        ProposalDecision, on_delete=models.PROTECT, null=True, related_name="appeal"
    )
    transfer_decision = models.OneToOneField(
        TransferDecision, on_delete=models.PROTECT, null=True, related_name="appeal"
    )
    state = models.CharField(max_length=12, default=AppealState.OPEN)
    statement = models.TextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_label = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    due_reason = models.JSONField(default=dict, blank=True)
    # The roles to whom it goes, as the policy named them that day.
    roles = models.JSONField(default=list)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            state_check("state", AppealState, "appeal_state_known"),
            models.CheckConstraint(
                condition=models.Q(decision__isnull=False, proposal_decision=None, transfer_decision=None)
                | models.Q(decision=None, proposal_decision__isnull=False, transfer_decision=None)
                | models.Q(decision=None, proposal_decision=None, transfer_decision__isnull=False),
                name="appeal_names_one_refusal",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["upheld", "overturned"]) | models.Q(answered_by__isnull=False),
                name="appeal_answer_has_a_person",
            ),
        ]
        indexes = [models.Index(fields=["district", "state", "due_at"], name="appeal_by_state")]

    def __str__(self) -> str:
        return str(self.refusal)

    @property
    def refusal(self) -> Decision | ProposalDecision | TransferDecision:
        """What it is against."""
        found = self.decision or self.proposal_decision or self.transfer_decision
        assert found is not None  # the table asks for one
        return found
