"""A student's complete course history, and the rows that wait for a registrar."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from crediting.models import HeldRow, LedgerEntry
from crediting.states import EntryKind, HeldState
from profiles.models import Student


@dataclass(frozen=True)
class HistoryLine:
    """One row as the page prints it. ``standing``: it counts; otherwise a reversal, or what one took back."""

    entry: LedgerEntry
    standing: bool
    by_award: bool

    @property
    def is_reversal(self) -> bool:
        return self.entry.kind == EntryKind.REVERSAL


def complete_history(student: Student) -> QuerySet[LedgerEntry]:
    """Every row, oldest first; what took a row back, and what came in its place, stand right after it."""
    return (
        LedgerEntry.objects.filter(student=student)
        .annotate(
            # A reversal and a replacement stand with the row they are about.
            family=Case(
                When(reverses__isnull=False, then=F("reverses_id")),
                When(replaces__isnull=False, then=F("replaces_id")),
                default=F("pk"),
                output_field=IntegerField(),
            ),
            turn=Case(When(Q(reverses__isnull=False), then=Value(1)), default=Value(0), output_field=IntegerField()),
        )
        .select_related("run", "created_by", "reversal", "decision", "recovers")
        .order_by("school_year", "term_order", "course_title", "family", "pk", "turn")
    )


def history_line(entry: LedgerEntry) -> HistoryLine:
    return HistoryLine(
        entry=entry,
        standing=entry.kind != EntryKind.REVERSAL and not hasattr(entry, "reversal"),
        by_award=entry.decision_id is not None,
    )


def waiting_rows(students: QuerySet[Student]) -> QuerySet[HeldRow]:
    """Rows that wait for an answer about some of ``students``, the longest first."""
    return (
        HeldRow.objects.filter(state=HeldState.WAITING, student__in=students.order_by().values("pk"))
        .select_related("student__person", "student__school", "entry", "run")
        .order_by("created_at", "pk")
    )


def source_word(entry: LedgerEntry) -> str:
    """Who said so: a file, a person, a decision."""
    if entry.run is not None:
        return _("File %(file)s") % {"file": entry.run.file_name}
    if entry.decision_id is not None:
        return _("Decision")
    return str(entry.created_by) if entry.created_by else entry.source
