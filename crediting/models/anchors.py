"""Anchor samples: work on whose level teachers have agreed; and sessions in which teachers judge some of them blind."""

from django.db import models
from django.db.models import Q, QuerySet

from crediting.models.evidence import Evidence
from crediting.models.scale import ScaleLevel
from crediting.models.standards import Standard
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel
from profiles.models import Person, School


class AnchorQuerySet(QuerySet["Anchor"]):
    def in_use(self) -> "AnchorQuerySet":
        return self.filter(retired_at=None)

    def open_to_teachers(self) -> "AnchorQuerySet":
        """In use, and in no session that still runs: there they are judged blind."""
        running = CalibrationItem.objects.filter(session__opened_at=None)
        return self.in_use().exclude(pk__in=running.values("anchor"))


class Anchor(PublicIdModel):
    """A copy of some work without names, with its agreed level and the reason. Nothing but its retirement is written
    to it later (a trigger refuses that); a change is a new version that ``replaces`` it.

    ``source`` is the student's work it was copied from, which only those who see that work may open; ``consent`` says
    who agreed to the copy. ``made_by`` took the names out and confirmed it.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="anchors")
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    stored_name = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    alt_text = models.CharField(max_length=300, blank=True)
    reason = models.TextField()
    source = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.CharField(max_length=300, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_label = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    retired_reason = models.TextField(blank=True)

    objects = AnchorQuerySet.as_manager()

    class Meta:
        ordering = ["standard", "level__position", "pk"]
        indexes = [models.Index(fields=["standard"], condition=Q(retired_at=None), name="anchor_in_use")]
        constraints = [
            models.CheckConstraint(condition=Q(source=None) | ~Q(consent=""), name="anchor_of_a_student_with_consent")
        ]

    def __str__(self) -> str:
        return self.title


class CalibrationSession(PublicIdModel):
    """Teachers judge anchors blind before ``due_on``; then it is opened, and everybody sees how far they agree."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    # None: every teacher of the district.
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    run_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    # What was said when the levels were talked over.
    discussion = models.TextField(blank=True)

    class Meta:
        ordering = ["-due_on", "-pk"]

    def __str__(self) -> str:
        return self.title


class CalibrationItem(models.Model):
    """One anchor in a session."""

    session = models.ForeignKey(CalibrationSession, on_delete=models.PROTECT, related_name="items")
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="calibration_items")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["session", "position"]
        constraints = [models.UniqueConstraint(fields=["session", "anchor"], name="calibration_item_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.anchor}"


class CalibrationLevel(models.Model):
    """The level that a teacher gives to one anchor; theirs to change until the session is opened."""

    item = models.ForeignKey(CalibrationItem, on_delete=models.PROTECT, related_name="levels")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["item", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "reader"], name="calibration_level_once")]

    def __str__(self) -> str:
        return f"{self.reader}: {self.level}"
