"""Official transcripts: inserted once, superseded or revoked by new rows, never edited (a trigger refuses)."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crediting.models import LedgerEntry
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel
from profiles.models import School, Student
from transcripts.models.template import TranscriptTemplate
from transcripts.states import Standing


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    def with_standing(self) -> TranscriptQuerySet:
        """Each row with the facts of ``rules.standing``, read in the same trip."""
        reversed_lines = TranscriptLine.objects.filter(transcript=OuterRef("pk"), entry__reversal__isnull=False)
        return self.annotate(
            is_revoked=Exists(TranscriptRevocation.objects.filter(transcript=OuterRef("pk"))),
            is_replaced=Exists(Transcript.objects.filter(supersedes=OuterRef("pk"))),
            has_reversed_line=Exists(reversed_lines),
        )

    def standing_at(self, standing: Standing) -> TranscriptQuerySet:
        """Those whose standing is ``standing``; on rows that carry the facts (``with_standing``)."""
        kept = Q(is_revoked=False, is_replaced=False)
        return self.filter(
            {
                Standing.REVOKED: Q(is_revoked=True),
                Standing.REPLACED: Q(is_revoked=False, is_replaced=True),
                Standing.NOT_CURRENT: kept & Q(has_reversed_line=True),
                Standing.VALID: kept & Q(has_reversed_line=False),
            }[standing]
        )


class Transcript(PublicIdModel):
    """``header``, ``summary`` and the lines hold every printed fact, copied at issue.

    ``code`` is the check code a reader types: 16 characters of Crockford's alphabet, 80 bits, without I, L, O and U.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="transcripts")
    template = models.ForeignKey(TranscriptTemplate, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    code = models.CharField(max_length=16, unique=True)
    header = models.JSONField()
    summary = models.JSONField()
    recipient = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # As they print; an account may change its name later.
    issued_by_name = models.CharField(max_length=200)
    issued_by_title = models.CharField(max_length=100)
    issued_at = models.DateTimeField()
    # Made with the preview: sending the same preview twice finds the first transcript.
    issue_key = models.UUIDField(unique=True)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["district", "number"], name="transcript_number_unique")]
        indexes = [
            models.Index(fields=["student", "-issued_at"], name="transcript_by_student"),
            models.Index(fields=["school", "-issued_at"], name="transcript_by_school"),
        ]

    def __str__(self) -> str:
        return self.number


class TranscriptCounter(models.Model):
    """The last number a district has given out in a school year. A number may be skipped, and is never given twice."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "school_year"], name="transcript_counter_unique")]

    def __str__(self) -> str:
        return f"{self.school_year}: {self.last}"


class TranscriptLine(models.Model):
    """One printed row, frozen; ``entry`` says which ledger row it was copied from."""

    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="transcript_lines")
    facts = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["transcript", "position"], name="line_position_unique")]

    def __str__(self) -> str:
        return f"{self.transcript} {self.position}"


class TranscriptDocument(models.Model):
    """The rendered file: written once by a job, kept as bytes with their SHA-256."""

    transcript = models.OneToOneField(Transcript, on_delete=models.PROTECT, related_name="document")
    stored_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.stored_name


class TranscriptRevocation(models.Model):
    """A transcript that must no longer be relied on, and why."""

    transcript = models.OneToOneField(Transcript, on_delete=models.PROTECT, related_name="revocation")
    reason = models.TextField()
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.transcript)
