"""A project of a student's own design that carries standards of several classes, and what each teacher said to it."""

from django.db import models

from crediting.models.standards import Standard
from crediting.states import ProjectState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import AcademicSession, Person, School, Section, Student


class Project(PublicIdModel):
    """What a student wants to find out and make, in versions. Every sending is one, and stays as it was sent."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="projects")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # The student gave it up: nothing is sent any more, and what was judged before stays.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["student", "-created_at"], name="project_by_student")]

    def __str__(self) -> str:
        newest = self.versions.order_by("-number").first()
        return newest.title if newest else ""


class ProjectVersion(PublicIdModel):
    """The words of one sending; without ``sent_at`` it is still written on. A trigger keeps what was sent.

    ``session`` is the term that holds both days. ``partners`` are words about other people, never links to them.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    question = models.TextField(blank=True)
    product = models.TextField(blank=True)
    audience = models.TextField(blank=True)
    partners = models.TextField(blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    session = models.ForeignKey(AcademicSession, on_delete=models.PROTECT, null=True, related_name="+")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="project_version_once"),
            # One version at a time is written on.
            models.UniqueConstraint(fields=["project"], name="project_one_draft", condition=models.Q(sent_at=None)),
            models.CheckConstraint(
                condition=models.Q(sent_at=None)
                | models.Q(session__isnull=False, starts_on__isnull=False, ends_on__gte=models.F("starts_on")),
                name="project_sent_has_days",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProjectPart(PublicIdModel):
    """A project in one class: the standards it should show there, and what a teacher of the class said.

    A part whose words were sent anew is ``REPLACED``, or ``RETURNED`` and stays so; the next version has a part of its
    own. One that is approved holds, whatever the other classes say and whatever is sent to them later.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="parts")
    version = models.ForeignKey(ProjectVersion, on_delete=models.PROTECT, related_name="parts")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="project_parts")
    state = models.CharField(max_length=10, default=ProjectState.DRAFT)
    # What the teacher wrote to the student.
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            state_check("state", ProjectState, "project_state_known"),
            models.UniqueConstraint(fields=["version", "section"], name="project_part_once"),
            models.UniqueConstraint(
                fields=["project", "section"],
                name="project_in_class_once",
                condition=models.Q(state__in=["sent", "approved"]),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "returned"])
                | models.Q(decided_by__isnull=False, decided_by_person__isnull=False, decided_at__isnull=False),
                name="project_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["section", "state"], name="project_of_class")]

    def __str__(self) -> str:
        return f"{self.version}: {self.section}"


class ProjectStandard(models.Model):
    """A standard of the class's course: proposed by the student, counted by the teacher, or both.

    Until somebody approves, what is proposed is what would count.
    """

    part = models.ForeignKey(ProjectPart, on_delete=models.PROTECT, related_name="standards")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    is_proposed = models.BooleanField(default=True)
    is_counted = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["part", "standard"], name="project_standard_once"),
            models.CheckConstraint(
                condition=models.Q(is_proposed=True) | models.Q(is_counted=True), name="project_standard_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return str(self.standard)
