"""Second readings of judged work, blind, and how they were settled."""

from django.db import models

from crediting.models.assessment import Judgement
from crediting.models.policy import PolicyVersion
from crediting.models.request import CreditRequest
from crediting.models.scale import ScaleLevel
from crediting.models.standards import Standard
from crediting.states import OnDisagreement, ReadingKind, ReadingState
from mbl.core.models import User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person


class Reading(PublicIdModel):
    """Another teacher's look at one attempt of a request. Until it is given, nobody but its reader sees anything of it,
    and its reader nothing of the other readings.

    ``drawn`` and ``share`` say why this request: its number lies below the share (``rules.moderation``).
    """

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="readings")
    attempt = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, default=ReadingKind.SECOND)
    state = models.CharField(max_length=10, default=ReadingState.WAITING)
    # None: nobody at the school can read it blind; whoever decides names somebody or goes on without.
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="readings")
    # Asked before, and handed it back: not asked again by lot.
    declined = models.ManyToManyField(Person, related_name="+", blank=True)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    drawn = models.PositiveSmallIntegerField()
    share = models.DecimalField(max_digits=7, decimal_places=4)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # Why it was excused.
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            state_check("kind", ReadingKind, "reading_kind_known"),
            state_check("state", ReadingState, "reading_state_known"),
            # Two tabs that finish an assessment at once ask one reader.
            models.UniqueConstraint(fields=["request", "attempt", "kind"], name="reading_once"),
            models.CheckConstraint(
                condition=models.Q(state=ReadingState.WAITING, closed_at=None)
                | ~models.Q(state=ReadingState.WAITING) & models.Q(closed_at__isnull=False),
                name="reading_closed_once_over",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ReadingState.GIVEN) | models.Q(reader__isnull=False),
                name="reading_given_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["reader", "state", "asked_at"], name="reading_of_reader")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.request}"


class ReadingLevel(models.Model):
    """The level that a reading gives to one standard, beside the judgement it was compared with. Never changed."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="levels")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    # The first reading as it stood when this one was given.
    first = models.ForeignKey(Judgement, on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["reading", "standard"], name="reading_level_once")]

    def __str__(self) -> str:
        return f"{self.standard}: {self.level}"


class Settlement(PublicIdModel):
    """The level on which readings that did not agree came together, for one standard. Never changed.

    ``judgement`` is the one written for it; None where the first reading stands as it was.
    """

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="settlements")
    attempt = models.PositiveSmallIntegerField()
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=13)
    reason = models.TextField(blank=True)
    judgement = models.ForeignKey(Judgement, on_delete=models.PROTECT, null=True, related_name="+")
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            state_check("how", OnDisagreement, "settlement_how_known"),
            models.UniqueConstraint(fields=["request", "attempt", "standard"], name="settlement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.level}"
