"""Common tasks: one task that classes of several schools give, judged by their teachers and partly read twice."""

import datetime as dt

from django.db import models
from django.db.models import Q, QuerySet

from crediting.models.scale import Scale
from crediting.models.standards import Standard
from crediting.states import CommonTaskState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Course, School


class CommonTaskQuerySet(QuerySet["CommonTask"]):
    def open_on(self, day: dt.date) -> "CommonTaskQuerySet":
        """Published, and may be given on the day."""
        return self.filter(state=CommonTaskState.PUBLISHED, opens_on__lte=day, closes_on__gte=day)


class CommonTask(PublicIdModel):
    """A task as a district writes it. Once it is published nothing but its end is written to it (a trigger refuses
    that, for what it names too); a correction is a new version that ``replaces`` it.

    Every class of its ``courses`` at its ``schools`` may give it from ``opens_on`` to ``closes_on``, both inclusive.
    Read twice are ``read_share`` percent of all works, or ``read_number`` works of each class: one of the two is set.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    # Shorter than the title of a class's task, which adds the version from the second one on.
    title = models.CharField(max_length=100)
    for_students = models.TextField()
    for_teachers = models.TextField()
    standards = models.ManyToManyField(Standard, related_name="+")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    courses = models.ManyToManyField(Course, related_name="common_tasks")
    schools = models.ManyToManyField(School, related_name="+")
    opens_on = models.DateField()
    closes_on = models.DateField()
    read_share = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    read_number = models.PositiveSmallIntegerField(null=True)
    # Second readers come from another school wherever one of them can read it blind.
    from_other_school = models.BooleanField(default=True)
    state = models.CharField(max_length=10, default=CommonTaskState.DRAFT)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    # Withdrawn or closed.
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)

    objects = CommonTaskQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "-pk"]
        constraints = [
            state_check("state", CommonTaskState, "common_task_state_known"),
            models.CheckConstraint(condition=Q(opens_on__lte=models.F("closes_on")), name="common_task_days_order"),
            models.CheckConstraint(
                condition=Q(read_share=None, read_number__gte=1)
                | Q(read_number=None, read_share__gte=0, read_share__lte=100),
                name="common_task_read_by_share_or_number",
            ),
            models.CheckConstraint(
                condition=Q(state=CommonTaskState.DRAFT, published_at=None)
                | ~Q(state=CommonTaskState.DRAFT) & Q(published_at__isnull=False),
                name="common_task_published_once_out",
            ),
        ]
        indexes = [models.Index(fields=["district", "state", "closes_on"], name="common_task_open")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The title, with the version from the second one on: what the classes' tasks are called."""
        return self.title if self.version == 1 else f"{self.title} ({self.version})"
