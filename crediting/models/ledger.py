"""One ledger of all credit: course, mastery, transfer, equivalency, reversal. Rows are inserted and never changed."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crediting.models.decision import Decision
from crediting.models.request import CreditRequest
from crediting.rules.credits import exact
from crediting.states import EntryKind
from mbl.core.models import District, ImportRun, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Course, School, Student


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def effective(self) -> LedgerQuerySet:
        """Rows that stand: no reversals, and nothing that a reversal took back."""
        return self.exclude(kind=EntryKind.REVERSAL).filter(reversal=None)

    def counting(self, on: dt.date) -> LedgerQuerySet:
        """Rows that stand and count on a day: an award may take effect later than it is made."""
        return self.effective().filter(models.Q(effective_on=None) | models.Q(effective_on__lte=on))

    def for_transcript(self) -> LedgerQuerySet:
        """Without lines that wait until their student asks for them (R38)."""
        return self.filter(models.Q(on_request=False) | models.Q(wish__isnull=False))

    def relied_on(self) -> LedgerQuerySet:
        """Rows that an issued transcript prints, or that an award makes good: only a registrar changes them."""
        return self.filter(
            models.Exists(self.model.objects.filter(recovers=models.OuterRef("pk")))
            | models.Q(transcript_lines__isnull=False)
        ).distinct()


class LedgerEntry(PublicIdModel):
    """A line of the record. Credits are ``Decimal`` to three places; a reversal carries the negative of its row.

    What prints on a transcript is copied here as it was: title, code, school, term and mark.
    """

    # History comes by the million, so the database checks its keys once for each statement, not for each row
    # (``models.triggers.references``), and composite and partial indexes serve them.
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="ledger", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=12)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="ledger", db_constraint=False)
    course_code = models.CharField(max_length=30)
    course_title = models.CharField(max_length=200)
    subject = models.CharField(max_length=40)
    state_course_code = models.CharField(max_length=20, blank=True)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, related_name="ledger", db_index=False, db_constraint=False
    )
    school_name = models.CharField(max_length=200)
    # Ending year of the school year, the term's name as it prints, and the grade the student was in.
    school_year = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=40)
    term_order = models.PositiveSmallIntegerField(default=0)
    grade = models.CharField(max_length=2, blank=True)
    mark = models.CharField(max_length=5, blank=True)
    # Whether the mark carries grade points; a failed pass/fail course does not (T13).
    is_numeric = models.BooleanField(default=True)
    credits_attempted = models.DecimalField(max_digits=7, decimal_places=3)
    credits_earned = models.DecimalField(max_digits=7, decimal_places=3)
    # Hours of a college course, whose credits above are rounded; sums are taken over the hours (T18).
    college_hours = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    college_unit = models.CharField(max_length=8, blank=True, default="", db_default="")
    designations = ArrayField(models.CharField(max_length=3), default=list)
    method = models.CharField(max_length=40, blank=True)
    earned_on = models.DateField()
    # The last day of the period at whose end it takes effect, where its rule says so; it counts from that day.
    effective_on = models.DateField(null=True)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, db_constraint=False
    )
    request = models.ForeignKey(
        CreditRequest, on_delete=models.PROTECT, null=True, related_name="entries", db_index=False, db_constraint=False
    )
    # An earlier attempt this row recovers; that row stays as it is (T25, R36).
    recovers = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="recovered_by", db_index=False, db_constraint=False
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal", db_constraint=False
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replacement", db_constraint=False
    )
    reason = models.TextField(blank=True)
    source = models.CharField(max_length=60, blank=True)
    # Its rule lets it onto the transcript only when the student asks (R38): see ``TranscriptWish``.
    on_request = models.BooleanField(default=False, db_default=False)
    # Of a row that a system sent: which row it is to that system (``attempt`` tells equal ones apart, from 1), what it
    # said as 64 bits of a hash, and the run that brought it.
    source_key = models.BigIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(default=1, db_default=1)
    content_hash = models.BigIntegerField(null=True)
    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["school_year", "term_order", "course_title", "pk"]
        verbose_name_plural = "ledger entries"
        constraints = [
            state_check("kind", EntryKind, "ledger_kind_known"),
            models.UniqueConstraint(
                fields=["request", "course", "replaces"],
                name="ledger_one_award_per_request_and_course",
                condition=models.Q(kind="mastery", request__isnull=False),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | ~models.Q(kind="reversal") & models.Q(reverses=None),
                name="ledger_reversal_names_its_row",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="reversal") | models.Q(credits_attempted__gte=0, credits_earned__gte=0),
                name="ledger_credits_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["student", "school_year", "term_order"], name="ledger_by_student"),
            models.Index(fields=["district", "kind", "earned_on"], name="ledger_by_kind"),
            *(
                models.Index(fields=[name], name=f"ledger_by_{name}", condition=models.Q((f"{name}__isnull", False)))
                for name in ("decision", "request", "recovers")
            ),
            # The feed of awards, in the order they were written; few rows of the ledger are in it.
            models.Index(
                fields=["district", "created_at", "id"],
                name="ledger_awards_feed",
                condition=models.Q(kind__in=["mastery", "reversal"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_title} {self.credits_earned}"

    @property
    def exact_attempted(self) -> Fraction:
        """Credits attempted for sums: by the hours of a college course, as they stand otherwise (T18)."""
        return exact(self.credits_attempted, self.college_hours, self.college_unit)

    @property
    def exact_earned(self) -> Fraction:
        """Credits earned, likewise."""
        return exact(self.credits_earned, self.college_hours, self.college_unit)


class TranscriptWish(models.Model):
    """The student asked that a line which is ``on_request`` stand on the transcript (R38)."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="wish")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.entry)
