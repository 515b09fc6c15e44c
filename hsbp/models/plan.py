"""The High School and Beyond Plan: one working copy a student, and a frozen version for each sending.

``content`` is one document with the sections ``goals``, ``interests``, ``courses`` (by grade 09-12), ``pathway``,
``activities``, ``aid`` and ``mastery``; its shape is ``hsbp.rules.content`` and is checked before it is stored.
"""

from django.db import models

from hsbp.states import PlanState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Student


class Plan(PublicIdModel):
    """The student's own document. ``edition`` rises with each saved change.

    ``sections`` notes for each section the edition, the moment and the person of its newest change, so that two people
    in the same section are told of each other, and people in different sections are left alone.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.OneToOneField(Student, on_delete=models.PROTECT, related_name="plan")
    content = models.JSONField(default=dict)
    edition = models.PositiveIntegerField(default=1)
    sections = models.JSONField(default=dict)

    state = models.CharField(max_length=10, default=PlanState.DRAFT)
    # When it came into that state.
    state_since = models.DateTimeField(null=True)
    latest = models.ForeignKey("PlanRevision", on_delete=models.PROTECT, null=True, related_name="+")
    approved = models.ForeignKey("PlanRevision", on_delete=models.PROTECT, null=True, related_name="+")

    # Since when somebody of the school is waited for (a version to review, or a question), and since when the family.
    waiting_since = models.DateTimeField(null=True)
    family_since = models.DateTimeField(null=True)
    # The oldest question of student or family that nobody of the school has answered.
    question = models.ForeignKey("PlanComment", on_delete=models.PROTECT, null=True, related_name="+")

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [state_check("state", PlanState, "plan_state_known")]
        indexes = [models.Index(fields=["district", "state", "waiting_since"], name="plan_queue")]

    def __str__(self) -> str:
        return str(self.student)

    @property
    def waits_unchanged(self) -> bool:
        """Whether the version that waits says the same as the approved one, and nobody asks anything."""
        revision = self.latest
        return (
            self.state == PlanState.SUBMITTED
            and revision is not None
            and revision.is_unchanged
            and revision.base_id == self.approved_id
            and self.question_id is None
        )


class PlanRevision(PublicIdModel):
    """What was sent, frozen (a trigger refuses change): content, its SHA-256, language and who sent it.

    ``base`` is the version that was approved then, and ``changed`` counts the differences from it by section. A version
    without differences from an approved one is unchanged.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    school_name = models.CharField(max_length=200, blank=True)
    grade = models.CharField(max_length=2, blank=True)
    school_year = models.PositiveSmallIntegerField()
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    changed = models.JSONField(default=dict)
    # The version before it was returned.
    follows_return = models.BooleanField(default=False)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_revision_number_unique")]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"

    @property
    def changes(self) -> int:
        """How many differences from the version that was approved when this one was sent."""
        return sum(self.changed.values())

    @property
    def is_unchanged(self) -> bool:
        return self.base_id is not None and not self.changed
