"""The log of experiences outside the classroom, and what a district aims at with them.

Kinds and targets are the district's own. Nothing here knows of a mark, an average or a credit: a target opens and
closes nothing for anybody.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from hsbp.states import ExperienceAct, ExperienceState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import School, Student

# More hours than anybody spends in one school year with one organization.
MOST_HOURS = Decimal(2000)


class ExperienceKind(PublicIdModel):
    """What the district calls a kind of experience, such as a job shadow; ``translations`` by language code."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="experience_kinds")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    translations = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="experience_kind_once")]

    def __str__(self) -> str:
        return self.name


class ExperienceTarget(PublicIdModel):
    """An aim: ``count`` experiences of a kind in a school year of one grade, each of ``least_hours`` or more.

    ``share`` (0 to 1) is the part of the students who should reach it. It holds from ``first_year`` on (the year in
    which a school year ends), until ``last_year`` if that is set; a trigger refuses any other change. Without a
    ``school`` it is for every school that has none of its own.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="experience_targets")
    kind = models.ForeignKey(ExperienceKind, on_delete=models.PROTECT, related_name="targets")
    grade = models.CharField(max_length=2)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    count = models.PositiveSmallIntegerField()
    least_hours = models.DecimalField(max_digits=5, decimal_places=1, default=Decimal("0.0"))
    share = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField(null=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["grade", "kind__position", "-first_year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "grade", "school"],
                condition=Q(last_year=None),
                name="experience_target_one_open",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=50, least_hours__gte=0), name="experience_target_sane"
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lte=1), name="experience_share_sane"
            ),
            models.CheckConstraint(
                condition=Q(last_year=None) | Q(last_year__gte=F("first_year")), name="experience_target_years"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.grade}"


class Experience(PublicIdModel):
    """One entry of a student's log. A trigger keeps it as it was confirmed; then it can only be withdrawn.

    A reflection is the student's own and may be added to an entry that staff recorded without one. ``posting`` is the
    form it came with: sent twice it is one entry, and one recording for a whole group shares it. ``edition`` rises
    with each change, so that nobody confirms what they have not read.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="experiences")
    kind = models.ForeignKey(ExperienceKind, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    organization = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    done = models.TextField(blank=True)
    reflection = models.TextField(blank=True)

    state = models.CharField(max_length=10, default=ExperienceState.DRAFT)
    edition = models.PositiveIntegerField(default=1)
    waiting_since = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    posting = models.UUIDField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-ends_on", "-pk"]
        constraints = [
            state_check("state", ExperienceState, "experience_state_known"),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=MOST_HOURS), name="experience_hours_sane"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="experience_days_in_order"),
            models.CheckConstraint(
                condition=Q(state=ExperienceState.WAITING, waiting_since__isnull=False)
                | ~Q(state=ExperienceState.WAITING) & Q(waiting_since=None),
                name="experience_waits_since",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExperienceState.CONFIRMED)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="experience_confirmed_by",
            ),
            models.UniqueConstraint(fields=["student", "posting"], name="experience_once_a_posting"),
        ]
        indexes = [
            models.Index(
                fields=["waiting_since"], condition=Q(state=ExperienceState.WAITING), name="experience_waiting"
            ),
            models.Index(
                fields=["district", "kind", "ends_on"],
                condition=Q(state=ExperienceState.CONFIRMED),
                name="experience_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student}: {self.kind}"


class ExperienceStep(models.Model):
    """What somebody did with an entry, and what they said. Added and never changed."""

    experience = models.ForeignKey(Experience, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [state_check("act", ExperienceAct, "experience_act_known")]

    def __str__(self) -> str:
        return f"{self.experience}: {self.act}"
