"""Second readings of judged work, blind, and how they were settled."""

from __future__ import annotations

from django.db import models

from crediting.models.assessment import ClassJudgement, ClassTask, Judgement
from crediting.models.policy import PolicyVersion
from crediting.models.request import CreditRequest
from crediting.models.scale import Scale, ScaleLevel
from crediting.models.standards import Standard
from crediting.states import Moderated, OnDisagreement, ReadingKind, ReadingState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Course, Person, School, Student


def _one_work(name: str) -> models.CheckConstraint:
    """The work of a request, or the work of a student in a class."""
    condition = models.Q(request=None, class_work__isnull=False) | models.Q(request__isnull=False, class_work=None)
    return models.CheckConstraint(condition=condition, name=name)


class ClassWork(PublicIdModel):
    """What one student did in one task of a class, drawn for a second reading. Work that is not drawn has no row.

    ``assessor`` judged it first and says in ``place`` where the work is, for a second reader cannot find it alone.
    """

    task = models.ForeignKey(ClassTask, on_delete=models.PROTECT, related_name="drawn")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="+")
    # Of the class, as of the draw: what access asks for.
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    assessor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    place = models.TextField(blank=True)
    moderated = models.CharField(max_length=10, default=Moderated.WAITING)
    # A task is one attempt of whoever did it.
    attempt = 1

    class Meta:
        ordering = ["pk"]
        constraints = [
            state_check("moderated", Moderated, "class_work_moderated_known"),
            models.UniqueConstraint(fields=["task", "student"], name="class_work_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.student}"

    @property
    def title(self) -> str:
        return self.task.title

    @property
    def course(self) -> Course:
        return self.task.section.course

    @property
    def judgements(self) -> models.QuerySet[ClassJudgement]:
        return ClassJudgement.objects.filter(task=self.task_id, student=self.student_id)


# What a second teacher reads.
Work = CreditRequest | ClassWork


class Reading(PublicIdModel):
    """Another teacher's look at one attempt of a request, or at a student's work in a task of a class. Until it is
    given, nobody but its reader sees anything of it, and its reader nothing of the other readings.

    ``drawn`` and ``share`` say why this work: its number lies below the share (``rules.moderation``).
    """

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, null=True, related_name="readings")
    class_work = models.ForeignKey(ClassWork, on_delete=models.PROTECT, null=True, related_name="readings")
    attempt = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, default=ReadingKind.SECOND)
    state = models.CharField(max_length=10, default=ReadingState.WAITING)
    # None: nobody at the school can read it blind; whoever decides names somebody or goes on without.
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="readings")
    # Asked before, and handed it back: not asked again by lot.
    declined = models.ManyToManyField(Person, related_name="+", blank=True)
    # None: of a common task, in a course whose policy has nothing read twice.
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
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
            models.UniqueConstraint(fields=["class_work", "kind"], name="reading_of_class_once"),
            _one_work("reading_of_one_work"),
            models.CheckConstraint(
                condition=models.Q(class_work__isnull=False) | models.Q(policy_version__isnull=False),
                name="reading_of_request_by_policy",
            ),
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
        return f"{self.kind}: {self.work}"

    @property
    def work(self) -> Work:
        """What is read: its request, or the work of a class."""
        if self.request is not None:
            return self.request
        assert self.class_work is not None  # reading_of_one_work
        return self.class_work


class ReadingLevel(models.Model):
    """The level that a reading gives to one standard, beside the judgement it was compared with. Never changed."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="levels")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    # The first reading as it stood when this one was given: of a request, or of a class.
    of_request = models.ForeignKey(Judgement, on_delete=models.PROTECT, null=True, related_name="+")
    of_class = models.ForeignKey(ClassJudgement, on_delete=models.PROTECT, null=True, related_name="+")
    agrees = models.BooleanField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "standard"], name="reading_level_once"),
            models.CheckConstraint(
                condition=models.Q(of_request=None, of_class__isnull=False)
                | models.Q(of_request__isnull=False, of_class=None),
                name="reading_level_beside_one_judgement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.level}"

    @property
    def first(self) -> Judgement | ClassJudgement:
        """The judgement it was compared with."""
        if self.of_request is not None:
            return self.of_request
        assert self.of_class is not None  # reading_level_beside_one_judgement
        return self.of_class


class Settlement(PublicIdModel):
    """The level on which readings that did not agree came together, for one standard. Never changed.

    ``judgement`` or, of a class, ``class_judgement`` is the one written for it; both None where the first reading
    stands as it was.
    """

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, null=True, related_name="settlements")
    class_work = models.ForeignKey(ClassWork, on_delete=models.PROTECT, null=True, related_name="settlements")
    attempt = models.PositiveSmallIntegerField()
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=13)
    reason = models.TextField(blank=True)
    judgement = models.ForeignKey(Judgement, on_delete=models.PROTECT, null=True, related_name="+")
    class_judgement = models.ForeignKey(ClassJudgement, on_delete=models.PROTECT, null=True, related_name="+")
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            state_check("how", OnDisagreement, "settlement_how_known"),
            models.UniqueConstraint(fields=["request", "attempt", "standard"], name="settlement_once"),
            models.UniqueConstraint(fields=["class_work", "standard"], name="settlement_of_class_once"),
            _one_work("settlement_of_one_work"),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.level}"
