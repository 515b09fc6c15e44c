"""Write the one ledger of all credit. Rows are inserted; a correction is a reversal and, where due, a new row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.models import Decision, LedgerEntry
from crediting.queries.ledger import PlannedLine
from crediting.states import EntryKind
from crediting.verbs import CourseHistoryPosted
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from profiles.models import Course, School, Student

BATCH = 2000


def post_mastery(decision: Decision, line: PlannedLine, *, actor: User) -> LedgerEntry:
    """Write the line an award gives. Call it inside the award's transaction.

    An earlier attempt without credit is named by ``recovers`` and stays as it is (R36, T25). A re-award names the
    reversed line it ``replaces``.
    """
    request = decision.request
    assert request is not None
    replaced = decision.replaces.entries.filter(kind=EntryKind.MASTERY).first() if decision.replaces else None
    return LedgerEntry.objects.create(
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
        decision=decision,
        request=request,
        recovers=line.recovers,
        replaces=replaced,
        reason=decision.reason,
        source="crediting",
        created_by=actor,
    )


def reverse_entries(decision: Decision, *, reason: str, actor: User) -> list[LedgerEntry]:
    """Take back what a decision wrote: for each line that stands, a reversal with the negative of its credits."""
    return [reverse_entry(entry, reason=reason, actor=actor) for entry in decision.entries.effective()]


def reverse_entry(entry: LedgerEntry, *, reason: str, actor: User | None) -> LedgerEntry:
    """The reversal of one line. The database refuses a second one."""
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
        decision_id=entry.decision_id,
        request_id=entry.request_id,
        reverses=entry,
        reason=reason,
        source=entry.source,
        created_by=actor,
    )


# --- Course history ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CourseRow:
    """A course as it goes on the record. ``course_code`` is printed; ``course`` ties it to the catalog where known."""

    student: Student
    course_code: str
    course_title: str
    subject: str
    school_name: str
    school_year: int
    term: str
    mark: str
    credits_attempted: Decimal
    credits_earned: Decimal
    earned_on: dt.date
    course: Course | None = None
    school: School | None = None
    state_course_code: str = ""
    term_order: int = 0
    grade: str = ""
    is_numeric: bool = True
    designations: tuple[str, ...] = ()
    # How a mastery credit was shown; empty for every other kind.
    method: str = ""


@dataclass(frozen=True)
class Posted:
    """How many rows were new, already there, or corrected by a reversal and a new row."""

    created: int = 0
    unchanged: int = 0
    corrected: int = 0


@transaction.atomic
def post_course_history(
    rows: Iterable[CourseRow],
    *,
    district: District,
    source: str,
    actor: User | None,
    kind: EntryKind = EntryKind.COURSE,
) -> Posted:
    """Enter history, set by set; ``source`` names where it is from. ``kind`` MASTERY is credit that was awarded
    elsewhere, on paper or by another system: it has no request and no decision here. A REVERSAL is never history.

    A row is the same one when student, course, school year, term and source are the same. The same content again
    changes nothing; other content reverses the old line and writes a new one that replaces it.
    """
    if kind == EntryKind.REVERSAL:
        raise ValueError("A reversal is not history: reverse the line itself.")
    rows = list(rows)
    _refuse_impossible_rows(rows, district)
    # One writer of a district's history at a time, so that two runs cannot both find a row missing.
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    created = unchanged = corrected = 0
    seen: dict[tuple[object, ...], LedgerEntry] = {}
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        known = {
            _key(entry): entry
            for entry in LedgerEntry.objects.effective().filter(
                student__in={row.student.pk for row in batch}, kind=kind, source=source
            )
        }
        new = []
        for number, row in enumerate(batch, start=start + 1):
            entry = _entry(row, district, kind, source, actor)
            if (twin := seen.setdefault(_key(entry), entry)) is not entry:
                _refuse_other_twin(twin, entry, number)
                continue
            before = known.get(_key(entry))
            if before is None:
                created += 1
            elif _content(before) == _content(entry):
                unchanged += 1
                continue
            else:
                corrected += 1
                reverse_entry(before, reason=_("Corrected by %(source)s") % {"source": source}, actor=actor)
                entry.replaces = before
            new.append(entry)
        LedgerEntry.objects.bulk_create(new, batch_size=BATCH)
    posted = Posted(created, unchanged, corrected)
    if created or corrected:
        audit.record(
            CourseHistoryPosted(source=source, created=created, unchanged=unchanged, corrected=corrected),
            actor=actor,
            district=district,
        )
    return posted


def _refuse_impossible_rows(rows: Sequence[CourseRow], district: District) -> None:
    for number, row in enumerate(rows, start=1):
        if row.student.district_id != district.pk:
            raise DomainError(_("Row %(number)s is about a student of another district.") % {"number": number})
        if row.credits_earned < 0 or row.credits_attempted < row.credits_earned:
            raise DomainError(
                _("Row %(number)s, %(course)s: credits earned must lie between 0 and the credits attempted.")
                % {"number": number, "course": row.course_title}
            )


def _refuse_other_twin(first: LedgerEntry, second: LedgerEntry, number: int) -> None:
    if _content(first) != _content(second):
        raise DomainError(
            _("Row %(number)s, %(course)s in %(term)s: another row says something else about the same course and term.")
            % {"number": number, "course": second.course_title, "term": second.term}
        )


def _entry(row: CourseRow, district: District, kind: EntryKind, source: str, actor: User | None) -> LedgerEntry:
    return LedgerEntry(
        district=district,
        student=row.student,
        kind=kind,
        course=row.course,
        course_code=row.course_code,
        course_title=row.course_title,
        subject=row.subject,
        state_course_code=row.state_course_code,
        school=row.school,
        school_name=row.school_name,
        school_year=row.school_year,
        term=row.term,
        term_order=row.term_order,
        grade=row.grade,
        mark=row.mark,
        is_numeric=row.is_numeric,
        credits_attempted=row.credits_attempted,
        credits_earned=row.credits_earned,
        designations=list(row.designations),
        method=row.method,
        earned_on=row.earned_on,
        source=source,
        created_by=actor,
    )


def _key(entry: LedgerEntry) -> tuple[object, ...]:
    return (entry.student_id, entry.course_code, entry.school_year, entry.term)


def _content(entry: LedgerEntry) -> tuple[object, ...]:
    return (
        entry.course_title,
        entry.subject,
        entry.school_name,
        entry.grade,
        entry.mark,
        entry.is_numeric,
        entry.credits_attempted,
        entry.credits_earned,
        entry.earned_on,
        tuple(entry.designations),
        entry.method,
    )
