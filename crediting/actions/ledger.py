"""Write the one ledger of all credit. Rows are inserted; a correction is a reversal and, where due, a new row."""

from __future__ import annotations

from collections.abc import Iterable

from crediting.models import CreditRequest, Decision, LedgerEntry
from crediting.queries.ledger import PlannedLine
from crediting.states import EntryKind
from mbl.core.models import User


def mastery_line(
    request: CreditRequest, decision: Decision, line: PlannedLine, *, actor: User, replaces: LedgerEntry | None = None
) -> LedgerEntry:
    """The line an award gives, not written yet.

    An earlier attempt without credit is named by ``recovers`` and stays as it is (R36, T25). A re-award names the
    reversed line it ``replaces``. ``request`` says what was asked for, also where nobody did (``decision.request``).
    """
    return LedgerEntry(
        district=decision.district,
        student=decision.student,
        kind=EntryKind.MASTERY,
        course=request.course,
        course_code=line.course_code,
        course_title=line.course_title,
        subject=line.subject,
        state_course_code=line.state_course_code,
        school=request.school,
        school_name=line.school_name,
        school_year=line.place.school_year,
        term=line.place.term,
        term_order=line.place.order,
        grade=line.grade,
        mark=line.mark,
        is_numeric=line.is_numeric,
        credits_attempted=line.credits,
        credits_earned=line.credits,
        designations=list(line.designations),
        method=request.method,
        earned_on=line.earned_on,
        effective_on=line.effective_on,
        decision=decision,
        request=decision.request,
        recovers=line.recovers,
        replaces=replaces,
        reason=decision.reason,
        source="crediting",
        on_request=line.on_request,
        created_by=actor,
    )


def replaced_lines(decisions: Iterable[Decision]) -> dict[int | None, LedgerEntry]:
    """The reversed lines that new decisions stand in for, by the decision they were of. No trip without any."""
    replaced = [one.replaces_id for one in decisions if one.replaces_id is not None]
    if not replaced:
        return {}
    entries = LedgerEntry.objects.filter(decision__in=replaced, kind=EntryKind.MASTERY).order_by("-pk")
    return {entry.decision_id: entry for entry in entries}


def reverse_entries(decision: Decision, *, reason: str, actor: User) -> list[LedgerEntry]:
    """Take back what a decision wrote: for each line that stands, a reversal with the negative of its credits."""
    return [reverse_entry(entry, reason=reason, actor=actor) for entry in decision.entries.effective()]


def reverse_entry(entry: LedgerEntry, *, reason: str, actor: User | None, source: str = "") -> LedgerEntry:
    """The reversal of one line. The database refuses a second one. ``source``: who takes it back, if another."""
    return LedgerEntry.objects.create(
        district_id=entry.district_id,
        student_id=entry.student_id,
        kind=EntryKind.REVERSAL,
        course_id=entry.course_id,
        course_code=entry.course_code,
        course_title=entry.course_title,
        subject=entry.subject,
        state_course_code=entry.state_course_code,
        school_id=entry.school_id,
        school_name=entry.school_name,
        school_year=entry.school_year,
        term=entry.term,
        term_order=entry.term_order,
        grade=entry.grade,
        mark=entry.mark,
        is_numeric=entry.is_numeric,
        credits_attempted=-entry.credits_attempted,
        credits_earned=-entry.credits_earned,
        designations=entry.designations,
        method=entry.method,
        earned_on=entry.earned_on,
        effective_on=entry.effective_on,
        decision_id=entry.decision_id,
        request_id=entry.request_id,
        reverses=entry,
        reason=reason,
        college_hours=entry.college_hours,
        college_unit=entry.college_unit,
        source=source or entry.source,
        source_key=entry.source_key,
        attempt=entry.attempt,
        created_by=actor,
    )
