"""A proposal to learn away from school, written and approved before it begins, and the hours that follow it."""

from django.db import models

from crediting.models.request import CreditRequest
from crediting.states import ProposalKind, ProposalState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person, School, Student


class Proposal(PublicIdModel):
    """What a student wants to do, in versions: an amendment is a new one, and an approved one stays as it was.

    One experience may serve several credits, so requests name a proposal and not the other way round.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="proposals")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=12)
    requests = models.ManyToManyField(CreditRequest, related_name="proposals")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [state_check("kind", ProposalKind, "proposal_kind_known")]
        indexes = [models.Index(fields=["student", "-created_at"], name="proposal_by_student")]

    def __str__(self) -> str:
        newest = self.versions.order_by("-number").first()
        return newest.program if newest else self.kind


class ProposalVersion(PublicIdModel):
    """The ten elements of WAC 392-410-300(4) as they were sent. Only a draft is still written on.

    ``duration`` is element b in words; ``starts_on`` and ``ends_on`` are its days. An amendment's days are those from
    which and until which it is to hold.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, default=ProposalState.DRAFT)
    program = models.CharField(max_length=200)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    duration = models.TextField(blank=True)
    objectives = models.TextField(blank=True)
    goals = models.TextField(blank=True)
    credit = models.TextField(blank=True)
    content = models.TextField(blank=True)
    assessment = models.TextField(blank=True)
    instructors = models.TextField(blank=True)
    evaluation = models.TextField(blank=True)
    supervision = models.TextField(blank=True)
    # Paid work names its employer (WAC 392-410-316).
    employer = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            state_check("state", ProposalState, "proposal_state_known"),
            models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_once"),
            # One version at a time is written or waits.
            models.UniqueConstraint(
                fields=["proposal"], name="proposal_one_open", condition=models.Q(state__in=["draft", "sent"])
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "withdrawn"])
                | models.Q(starts_on__isnull=False, ends_on__gte=models.F("starts_on")),
                name="proposal_sent_has_days",
            ),
        ]
        indexes = [models.Index(fields=["state", "sent_at"], name="proposal_waiting")]

    def __str__(self) -> str:
        return self.program


class ProposalDecision(PublicIdModel):
    """Approved or refused, by whom in which role, and why. Inserted once; after an appeal a new one replaces it."""

    version = models.ForeignKey(ProposalVersion, on_delete=models.PROTECT, related_name="decisions")
    approved = models.BooleanField()
    reason = models.TextField()
    role = models.CharField(max_length=20)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # The district's day: the one that is compared with the first day of the work.
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "replaces"], name="proposal_decided_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{'approved' if self.approved else 'refused'}: {self.version}"


class HoursCheck(PublicIdModel):
    """A member of staff has checked the hours up to a day, at least once a term (WAC 392-410-316)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="hours_checks")
    through = models.DateField()
    term = models.CharField(max_length=100)
    hours = models.DecimalField(max_digits=7, decimal_places=2)
    note = models.TextField(blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["through", "pk"]

    def __str__(self) -> str:
        return f"{self.hours} ({self.through})"


class HoursEntry(PublicIdModel):
    """Hours of one day, as the student wrote them. Once checked they stay as they are."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="hours")
    day = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=2)
    done = models.CharField(max_length=300)
    checked = models.ForeignKey(HoursCheck, on_delete=models.PROTECT, null=True, related_name="entries")
    logged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name_plural = "hours entries"
        constraints = [
            # A day has one entry: pressed twice it is the same, and a day never has more hours than it has.
            models.UniqueConstraint(fields=["proposal", "day"], name="hours_once_a_day"),
            models.CheckConstraint(condition=models.Q(hours__gt=0, hours__lte=24), name="hours_of_one_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.hours}"
