"""What a course is worth, which requirements it meets and which standards it rests on."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crediting.models.standards import Standard
from mbl.core.models import District
from mbl.core.models.base import PublicIdModel
from profiles.models import Course, School


class CourseTerms(models.Model):
    """Credits are ``Decimal`` to three places. ``subject`` is a graduation subject area (WAC 180-51-210)."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="terms")
    credits = models.DecimalField(max_digits=6, decimal_places=3)
    subject = models.CharField(max_length=40)
    # The national code: two digits of area, three of course (T66).
    sced_code = models.CharField(max_length=5, blank=True)
    state_course_code = models.CharField(max_length=20, blank=True)
    # Where the board approved an equivalency, the record names the academic department and title (T69).
    equivalent_subject = models.CharField(max_length=40, blank=True)
    equivalent_title = models.CharField(max_length=200, blank=True)
    is_cadr = models.BooleanField(default=False)
    is_lab = models.BooleanField(default=False)
    grades = ArrayField(models.CharField(max_length=5), default=list)
    description = models.TextField(blank=True)
    # First and last day on which it can be chosen; none: no bound.
    active_from = models.DateField(null=True, blank=True)
    active_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(credits__gt=0, credits__lte=10), name="course_credits_sane"),
            models.CheckConstraint(
                condition=models.Q(active_to__gte=models.F("active_from")), name="course_active_days_order"
            ),
            models.CheckConstraint(
                condition=models.Q(equivalent_subject="", equivalent_title="")
                | ~models.Q(equivalent_subject="") & ~models.Q(equivalent_title=""),
                name="course_equivalency_whole",
            ),
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


class CourseSchool(models.Model):
    """A school that offers the course (T67). A course without any is offered at every school."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="offered_at")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "school"], name="course_school_once")]

    def __str__(self) -> str:
        return f"{self.course}: {self.school}"


class CourseDesignation(models.Model):
    """A designation letter of the course, from the ending year ``first_year`` to ``last_year``; none: no bound.

    It prints only where the district has confirmed the letter (T26).
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="designations")
    letter = models.CharField(max_length=3)
    first_year = models.PositiveSmallIntegerField(null=True, blank=True)
    last_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "letter", "first_year"], name="course_designation_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(last_year__gte=models.F("first_year")), name="course_designation_years_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.letter}"


class NextHigherPair(PublicIdModel):
    """Finishing ``higher`` can show mastery of ``course`` (WAC 180-51-051(4)(d)). Several pairs of a course are
    alternatives, each with a least mark of its own; ``part`` 0 is the whole course, 1 its first semester, and so on."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="next_higher")
    part = models.PositiveSmallIntegerField(default=0)
    higher = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="shows_mastery_of")
    higher_part = models.PositiveSmallIntegerField(default=0)
    # As the district writes marks; empty: the policy's.
    least_mark = models.CharField(max_length=5, blank=True)
    rationale = models.TextField()
    # Days on which the pair can be used, both included.
    listed_from = models.DateField()
    listed_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "part", "higher", "higher_part"],
                condition=models.Q(listed_to=None),
                name="next_higher_pair_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(course=models.F("higher")) | models.Q(part__gt=0, higher_part__gt=models.F("part")),
                name="next_higher_pair_goes_up",
            ),
            models.CheckConstraint(condition=~models.Q(rationale=""), name="next_higher_pair_has_rationale"),
        ]

    def __str__(self) -> str:
        return f"{self.course} < {self.higher}"


class CourseSequence(PublicIdModel):
    """Courses that are taken one after the other."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["district", "title"], name="course_sequence_title_once")]

    def __str__(self) -> str:
        return self.title


class SequenceStep(models.Model):
    """A course in a sequence. Courses with the same position are alternatives."""

    sequence = models.ForeignKey(CourseSequence, on_delete=models.CASCADE, related_name="steps")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["sequence", "course"], name="sequence_step_once")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.position}: {self.course}"
