"""A district's written policy as versioned, frozen data (WAC 180-51-051(3))."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models

from crediting.states import PolicyState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Course


class PolicySeries(PublicIdModel):
    """A policy with a life of its own, such as 2402 or 2409; its versions follow one another."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="policies")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="policy_series_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class PolicyVersion(PublicIdModel):
    """One version. Published means frozen: a trigger refuses any change but setting an open end once.

    ``effective`` is half-open, ``[first day, day after the last)``. ``document`` is the parsed file, ``source`` its
    text.
    """

    series = models.ForeignKey(PolicySeries, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=PolicyState.DRAFT)
    title = models.CharField(max_length=200)
    document = models.JSONField()
    source = models.TextField()
    sha256 = models.CharField(max_length=64)
    adopted_on = models.DateField(null=True)
    board_reference = models.CharField(max_length=200, blank=True)
    effective = DateRangeField()
    # Classes (graduation years) it is for; empty is every class.
    classes = ArrayField(models.PositiveSmallIntegerField(), default=list)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["series", "-number"]
        constraints = [
            state_check("state", PolicyState, "policy_state_known"),
            models.UniqueConstraint(fields=["series", "number"], name="policy_number_unique"),
            # One draft at a time: loading a file again replaces its text.
            models.UniqueConstraint(
                fields=["series"], name="policy_one_draft", condition=models.Q(state=PolicyState.DRAFT)
            ),
            models.CheckConstraint(
                condition=models.Q(effective__isempty=False, effective__startswith__isnull=False),
                name="policy_has_a_first_day",
            ),
            models.CheckConstraint(
                condition=models.Q(state=PolicyState.DRAFT)
                | models.Q(published_at__isnull=False, adopted_on__isnull=False),
                name="policy_published_is_adopted",
            ),
            ExclusionConstraint(
                name="policy_versions_never_overlap",
                expressions=[("series", RangeOperators.EQUAL), ("effective", RangeOperators.OVERLAPS)],
                condition=models.Q(state=PolicyState.PUBLISHED, classes=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series.code} v{self.number}"


class PolicyCourse(models.Model):
    """A course that a published version makes eligible. One series at a time may hold a course (R10a)."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="courses")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="policy_courses")
    methods = ArrayField(models.CharField(max_length=40), default=list)
    effective = DateRangeField()
    classes = ArrayField(models.PositiveSmallIntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "course"], name="policy_course_once"),
            ExclusionConstraint(
                name="course_in_one_policy_at_a_time",
                expressions=[("course", RangeOperators.EQUAL), ("effective", RangeOperators.OVERLAPS)],
                condition=models.Q(classes=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.course}"
