"""The record of credit: where a line will stand, what a student has, subject by subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crediting.models import CreditRequest, LedgerEntry
from crediting.queries.catalog import confirmed_letters, letters_in, quantitative_letter
from crediting.rules.credits import total
from crediting.rules.facts import Purpose
from crediting.rules.ledger import Place, RecordRow, Term, place_of, recovered_row
from crediting.rules.outcome import Outcome
from crediting.states import EntryKind
from mbl.core import clock
from mbl.core.models import District
from profiles.models import AcademicSession, Course, SchoolEnrollment, Student
from profiles.states import SessionKind

_TERMS = (SessionKind.SEMESTER, SessionKind.TERM)


@dataclass(frozen=True)
class PlannedLine:
    """What the record will say if this is awarded: every printed fact, and the line it recovers."""

    course_code: str
    course_title: str
    subject: str
    state_course_code: str
    school_name: str
    place: Place
    grade: str
    mark: str
    is_numeric: bool
    credits: Decimal
    designations: tuple[str, ...]
    earned_on: dt.date
    recovers: LedgerEntry | None


def planned_line(request: CreditRequest, outcome: Outcome, record: Sequence[LedgerEntry]) -> PlannedLine:
    """The line that awarding ``outcome`` would write; ``record`` holds the student's course rows that stand."""
    course, terms, day = request.course, request.course.terms, request.demonstrated_on
    if day is None:
        raise ValueError("A request that was never sent has no line.")
    grade = grade_on(request.student, day)
    letters = letters_in(course, clock.school_year(day))
    if letter := quantitative_letter(terms.sced_code or terms.state_course_code, grade):
        letters.append(letter)
    return PlannedLine(
        course_code=outcome.course_code,
        # An equivalency stands on the record under the academic department and title (T69).
        course_title=terms.equivalent_title or course.title,
        subject=terms.equivalent_subject or terms.subject,
        state_course_code=terms.state_course_code,
        school_name=request.school.name,
        place=place_on_record(request.district, day),
        grade=grade,
        mark=outcome.mark,
        is_numeric=outcome.is_numeric,
        credits=outcome.credits,
        designations=tuple(confirmed_letters(request.district).of_mastery(letters, clock.school_year(day))),
        earned_on=day,
        recovers=find_recovered(record, course, Purpose(request.purpose)),
    )


def place_on_record(district: District, day: dt.date) -> Place:
    """The school year and term in which something shown on ``day`` stands."""
    year = clock.school_year(day)
    sessions = AcademicSession.objects.filter(district=district, school_year=year, kind__in=_TERMS)
    terms = [
        Term(session.title, session.school_year, session.starts_on, session.ends_on)
        for session in sessions.order_by("starts_on", "-ends_on", "pk")
    ]
    return place_of(day, year, terms)


def grade_on(student: Student, day: dt.date) -> str:
    """The grade the student was in on ``day``; the present one where the history does not say."""
    enrollment = (
        SchoolEnrollment.objects.filter(student=student, starts_on__lte=day).order_by("-starts_on", "-pk").first()
    )
    return enrollment.grade if enrollment else student.grade


def find_recovered(record: Sequence[LedgerEntry], course: Course, purpose: Purpose) -> LedgerEntry | None:
    """The earlier attempt at the course that an award now recovers, among the ``record`` of course rows that stand."""
    entries = {entry.pk: entry for entry in record if entry.course_code == course.code}
    if not entries:
        return None
    taken = LedgerEntry.objects.effective().filter(recovers__in=entries).values_list("recovers_id", flat=True)
    recovered = set(taken)
    rows = [
        RecordRow(
            key=entry.pk,
            course_code=entry.course_code,
            mark=entry.mark,
            credits_attempted=entry.credits_attempted,
            credits_earned=entry.credits_earned,
            ended_on=entry.earned_on,
            recovered=entry.pk in recovered,
        )
        for entry in entries.values()
    ]
    found = recovered_row(rows, course.code, purpose)
    return entries[found.key] if found else None


# --- What a student has -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SubjectCredits:
    """The credit that stands in one subject area, with its lines, newest first."""

    subject: str
    earned: Decimal
    entries: tuple[LedgerEntry, ...]

    @property
    def by_mastery(self) -> int:
        return sum(entry.kind == EntryKind.MASTERY for entry in self.entries)


def credits_by_subject(student: Student, *, sums_only: bool = False) -> tuple[SubjectCredits, ...]:
    """What counts, subject by subject, from lines that stand. One query.

    ``sums_only``: of each line nothing is read but what the sums need.
    """
    by_subject: dict[str, list[LedgerEntry]] = {}
    entries = (
        LedgerEntry.objects.effective()
        .filter(student=student, credits_earned__gt=0)
        .order_by("-school_year", "-term_order", "course_title", "pk")
    )
    if sums_only:
        entries = entries.only("subject", "kind", "credits_earned", "college_hours", "college_unit")
    else:
        entries = entries.select_related("decision", "recovers")
    for entry in entries:
        by_subject.setdefault(entry.subject, []).append(entry)
    return tuple(
        SubjectCredits(subject, total(entry.exact_earned for entry in rows), tuple(rows))
        for subject, rows in sorted(by_subject.items())
    )


def credits_earned(subjects: Sequence[SubjectCredits]) -> Decimal:
    """The total of what counts."""
    return total(entry.exact_earned for subject in subjects for entry in subject.entries)
