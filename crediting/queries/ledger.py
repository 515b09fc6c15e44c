"""The record of credit: where a line will stand, what a student has, subject by subject."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crediting.models import CreditRequest, LedgerEntry
from crediting.queries.catalog import confirmed_letters, designations_of, quantitative_letter
from crediting.rules.catalog import letters_for
from crediting.rules.credits import total
from crediting.rules.facts import Purpose, RequestFacts
from crediting.rules.ledger import Place, RecordRow, Term, place_of, recovered_row
from crediting.rules.outcome import Outcome
from crediting.states import EntryKind
from mbl.core import clock
from mbl.core.models import District
from profiles.models import AcademicSession, Course, Student
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
    # It waits off the transcript until the student asks (R38).
    on_request: bool = False
    # It counts from this day, where that is later than the award.
    effective_on: dt.date | None = None


def planned_line(
    request: CreditRequest, outcome: Outcome, facts: RequestFacts, record: Sequence[LedgerEntry]
) -> PlannedLine:
    """The line that awarding ``outcome`` would write; ``record`` holds the student's course rows that stand."""
    (line,) = planned_lines([(request, outcome, facts, record)])
    return line


def planned_lines(
    wanted: Sequence[tuple[CreditRequest, Outcome, RequestFacts, Sequence[LedgerEntry]]],
) -> list[PlannedLine]:
    """``planned_line`` for each, in a fixed number of trips. The requests are of one district."""
    if not wanted:
        return []
    requests = [request for request, *_rest in wanted]
    letters = designations_of(request.course_id for request in requests)
    years = {clock.school_year(request.demonstrated_on) for request in requests if request.demonstrated_on}
    years |= {clock.school_year(outcome.effective_on) for _r, outcome, *_rest in wanted if outcome.effective_on}
    terms = _terms_of(requests[0].district, years)
    recovered = _recovered(
        entry for request, _outcome, _facts, record in wanted for entry in _attempts(record, request.course)
    )
    confirmed = confirmed_letters(requests[0].district)
    lines = []
    for request, outcome, facts, record in wanted:
        course, gives, day = request.course, request.course.terms, request.demonstrated_on
        if day is None:
            raise ValueError("A request that was never sent has no line.")
        # It stands where it takes effect, and was earned on that day.
        stands = outcome.effective_on or day
        year = clock.school_year(stands)
        grade = facts.student.grade
        its_letters = letters_for(letters[course.pk], year)
        if letter := quantitative_letter(gives.sced_code or gives.state_course_code, grade):
            its_letters.append(letter)
        lines.append(
            PlannedLine(
                course_code=outcome.course_code,
                # An equivalency stands on the record under the academic department and title (T69).
                course_title=gives.equivalent_title or course.title,
                subject=gives.equivalent_subject or gives.subject,
                state_course_code=gives.state_course_code,
                school_name=request.school.name,
                place=place_of(stands, year, terms[year]),
                grade=grade,
                mark=outcome.mark,
                is_numeric=outcome.is_numeric,
                credits=outcome.credits,
                designations=tuple(confirmed.of_mastery(its_letters, year)),
                earned_on=stands,
                effective_on=outcome.effective_on,
                recovers=_find_recovered(record, course, Purpose(request.purpose), recovered),
            )
        )
    return lines


def _terms_of(district: District, years: Iterable[int]) -> defaultdict[int, list[Term]]:
    """The district's sessions by school year."""
    sessions = AcademicSession.objects.filter(district=district, school_year__in=set(years), kind__in=_TERMS)
    found: defaultdict[int, list[Term]] = defaultdict(list)
    for one in sessions.order_by("starts_on", "-ends_on", "pk"):
        found[one.school_year].append(Term(one.title, one.school_year, one.starts_on, one.ends_on))
    return found


def place_on_record(district: District, day: dt.date) -> Place:
    """The school year and term in which something shown on ``day`` stands."""
    year = clock.school_year(day)
    return place_of(day, year, _terms_of(district, [year])[year])


def _attempts(record: Sequence[LedgerEntry], course: Course) -> list[LedgerEntry]:
    return [entry for entry in record if entry.course_code == course.code]


def _recovered(entries: Iterable[LedgerEntry]) -> set[int]:
    """Which of these rows an award has made good already. No trip where there are none."""
    rows = [entry.pk for entry in entries]
    if not rows:
        return set()
    taken = LedgerEntry.objects.effective().filter(recovers__in=rows).values_list("recovers_id", flat=True)
    return {pk for pk in taken if pk is not None}


def _find_recovered(
    record: Sequence[LedgerEntry], course: Course, purpose: Purpose, recovered: Collection[int]
) -> LedgerEntry | None:
    """The earlier attempt at the course that an award now recovers, among the ``record`` of course rows that stand."""
    entries = {entry.pk: entry for entry in _attempts(record, course)}
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
        LedgerEntry.objects.counting(clock.today(student.district))
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


def awarded_for_later(student: Student) -> list[LedgerEntry]:
    """Credit that is awarded and does not count yet, the nearest day first."""
    rows = LedgerEntry.objects.effective().filter(student=student, effective_on__gt=clock.today(student.district))
    return list(rows.select_related("decision").order_by("effective_on", "pk"))


def credits_earned(subjects: Sequence[SubjectCredits]) -> Decimal:
    """The total of what counts."""
    return total(entry.exact_earned for subject in subjects for entry in subject.entries)
