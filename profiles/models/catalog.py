"""Courses and sections by identity. What a course is worth lives in ``crediting.models.course``."""

from django.db import models

from mbl.core.models import District
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models.person import Person, Student
from profiles.models.school import School
from profiles.states import SessionKind


class AcademicSession(PublicIdModel):
    """A school year, semester, term or grading period. ``school_year`` is the ending year (2026-27 is 2027; T51)."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="sessions")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=15)
    school_year = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on", "-ends_on", "pk"]
        constraints = [
            state_check("kind", SessionKind, "session_kind_known"),
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="session_dates_order"),
        ]

    def __str__(self) -> str:
        return self.title


class Course(PublicIdModel):
    """A course in a district's catalog. ``code`` is the district's own."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="courses")
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code", "pk"]
        constraints = [models.UniqueConstraint(fields=["district", "code"], name="course_code_unique")]

    def __str__(self) -> str:
        return self.title


class Section(PublicIdModel):
    """A class: a course taught at a school in a session."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sections")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="sections")
    session = models.ForeignKey(AcademicSession, on_delete=models.PROTECT, related_name="sections")
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["title", "code", "pk"]
        indexes = [models.Index(fields=["district", "session"], name="section_by_session")]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"


class SectionTeacher(models.Model):
    """Who teaches a section. Dates are inclusive; none means the session's."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="teachers", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="taught_sections")
    is_primary = models.BooleanField(default=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "person"], name="section_teacher_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.section}"


class SectionEnrollment(models.Model):
    """Who is in a section. Dates are inclusive; none means the session's."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="enrollments", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="section_enrollments")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "student"], name="section_enrollment_once")]

    def __str__(self) -> str:
        return f"{self.student}: {self.section}"
