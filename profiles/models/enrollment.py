"""Which school a student attended, in which grade, from when to when."""

from django.db import models

from mbl.core.models import District
from profiles.models.person import Student
from profiles.models.school import School


class SchoolEnrollment(models.Model):
    """A dated interval, inclusive; an open one has no last day. A new grade or school ends one and begins another."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="enrollments")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="enrollments")
    grade = models.CharField(max_length=2)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    exit_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["student", "school", "grade", "starts_on"], name="enrollment_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="enrollment_dates_order",
            ),
        ]
        indexes = [models.Index(fields=["district", "starts_on", "ends_on"], name="enrollment_by_day")]

    def __str__(self) -> str:
        return f"{self.student}: {self.school}, {self.grade}"
