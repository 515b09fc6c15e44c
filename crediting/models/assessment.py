"""Judgements: one standard, one attempt, one assessor, one level, and why."""

from django.db import models

from crediting.models.aggregation import AggregationRule
from crediting.models.common_task import CommonTask
from crediting.models.evidence import EvidenceUse
from crediting.models.project import Project
from crediting.models.request import CreditRequest
from crediting.models.scale import ScaleLevel
from crediting.models.standards import Standard
from mbl.core.models import User
from mbl.core.models.base import PublicIdModel
from profiles.models import Person, Section, Student


class Judged(PublicIdModel):
    """What every judgement says. Inserted once (a trigger refuses change); a second look is a new row.

    ``comment`` is for the student to read. An accommodation changes how a student shows something and is noted nowhere;
    ``modification`` says what was asked in place of the standard as written, which changes what a credit certifies.
    ``rule`` is how several judgements became a level on that day (none: the newest counts).
    """

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    attempt = models.PositiveSmallIntegerField()
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    modification = models.TextField(blank=True)
    rule = models.ForeignKey(AggregationRule, on_delete=models.PROTECT, null=True, related_name="+")
    assessor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.standard}: {self.level}"


class Judgement(Judged):
    """What a request showed."""

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="judgements")
    # The piece that showed it, where the assessor judged one piece; the newest of several otherwise.
    use = models.ForeignKey(EvidenceUse, on_delete=models.PROTECT, null=True, related_name="judgements")

    class Meta:
        ordering = ["judged_at", "pk"]
        indexes = [models.Index(fields=["request", "standard", "-judged_at"], name="judgement_latest")]


class ClassTask(PublicIdModel):
    """Something a whole class did on a day. The same title and day is the same task.

    With a ``project`` it is one student's, who alone is judged in it (a trigger); its day is the last one planned
    until it is first judged, and then the day on which it was shown.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=120)
    given_on = models.DateField()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="tasks")
    # Where the class gave a common task: its standards and levels are the only ones.
    common = models.ForeignKey(CommonTask, on_delete=models.PROTECT, null=True, related_name="given")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "title", "given_on"], name="class_task_once", condition=models.Q(project=None)
            ),
            models.UniqueConstraint(fields=["section", "project"], name="class_task_of_project_once"),
            models.UniqueConstraint(fields=["section", "common"], name="class_task_of_common_once"),
        ]

    def __str__(self) -> str:
        return self.title


class ClassJudgement(Judged):
    """What a student showed in a task of their class. Attempts count by student, standard and course."""

    task = models.ForeignKey(ClassTask, on_delete=models.PROTECT, related_name="judgements")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="class_judgements")

    class Meta:
        ordering = ["judged_at", "pk"]
        indexes = [models.Index(fields=["student", "standard", "judged_at"], name="class_judgement_of_student")]
