"""Past decisions under a version of a policy, as one run found them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crediting.models.decision import Decision
from crediting.models.policy import PolicyVersion
from crediting.rules.replay import Difference
from mbl.core.models import District, Job, User
from mbl.core.models.base import PublicIdModel, state_check


class PolicyReplay(PublicIdModel):
    """One run: the decisions of a period under one text. It goes when its draft is thrown away.

    ``document`` is the text that is replayed, whatever becomes of the draft meanwhile; ``sha256`` tells whether it has
    changed. ``students`` are all whose decisions were replayed, ``found`` the counts of ``queries.replay.Tally``.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="replays")
    sha256 = models.CharField(max_length=64)
    document = models.JSONField()
    # Days on which the decisions were made, both inclusive.
    first_day = models.DateField()
    last_day = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    decisions = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=dict)
    students = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="policy_replay_days_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.first_day} – {self.last_day}"


class ReplayedRequest(models.Model):
    """A decision that would have come out otherwise. ``outcome`` and the columns after it are what is said now."""

    replay = models.ForeignKey(PolicyReplay, on_delete=models.CASCADE, related_name="rows")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(max_length=20)
    credits_then = models.DecimalField(max_digits=6, decimal_places=3)
    mark_then = models.CharField(max_length=20, blank=True)
    reasons_then = models.JSONField()
    outcome = models.CharField(max_length=20)
    credits = models.DecimalField(max_digits=6, decimal_places=3)
    mark = models.CharField(max_length=20, blank=True)
    rule_code = models.CharField(max_length=60, blank=True)
    reasons = models.JSONField()

    class Meta:
        ordering = ["decision__student__person__sort_name", "pk"]
        constraints = [
            state_check("change", Difference, "replayed_request_change_known"),
            models.UniqueConstraint(fields=["replay", "decision"], name="replayed_request_once"),
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {self.change}"
