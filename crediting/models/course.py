"""What a course is worth, which requirements it meets and which standards it rests on."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crediting.models.standards import Standard
from profiles.models import Course


class CourseTerms(models.Model):
    """Credits are ``Decimal`` to three places. ``subject`` is a graduation subject area (WAC 180-51-210)."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="terms")
    credits = models.DecimalField(max_digits=6, decimal_places=3)
    subject = models.CharField(max_length=40)
    state_course_code = models.CharField(max_length=20, blank=True)
    is_cadr = models.BooleanField(default=False)
    is_lab = models.BooleanField(default=False)
    # Printed only where the district has confirmed the letters (T26); empty prints nothing.
    designations = ArrayField(models.CharField(max_length=3), default=list)
    grades = ArrayField(models.CharField(max_length=5), default=list)
    description = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(credits__gt=0, credits__lte=10), name="course_credits_sane")
        ]

    def __str__(self) -> str:
        return str(self.course)


class CourseRequirement(models.Model):
    """One requirement a course can meet; several rows, and the credit still counts once (T68)."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="requirements")
    requirement = models.CharField(max_length=60)
    credits = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "requirement"], name="course_requirement_once")]

    def __str__(self) -> str:
        return f"{self.course}: {self.requirement}"


class CourseStandard(models.Model):
    """A standard the course teaches. ``is_required`` ones must all be shown for mastery credit in the course."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="standards")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    is_required = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "standard"], name="course_standard_once")]

    def __str__(self) -> str:
        return f"{self.course}: {self.standard}"
