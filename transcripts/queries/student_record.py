"""Everything a transcript of one student would print today, gathered in five database trips."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from crediting.models import Decision, LedgerEntry
from crediting.queries.catalog import confirmed_letters, quantitative_letter
from crediting.rules.credits import precise
from crediting.rules.designations import CADR, Letters
from crediting.states import DecisionKind, EntryKind, RequestState
from hsbp.queries.pathways import pathway_line
from hsbp.queries.plans import requirement_line
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.models import District
from profiles.models import School, SchoolEnrollment, Student
from profiles.states import SchoolKind
from transcripts.models import TranscriptTemplate
from transcripts.queries.choices import GpaChoices, gpa_choices
from transcripts.queries.templates import template_for
from transcripts.rules.blocks import blocks
from transcripts.rules.contents import (
    Attendance,
    Form,
    Header,
    Identity,
    Legend,
    Line,
    Office,
    Summary,
    TermSummary,
    freeze,
)
from transcripts.rules.gpa import GpaResult, three_places
from transcripts.rules.lines import Record, Row, arrange, letters
from transcripts.rules.requirements import ALLOWED, PATHWAY_LINE, PLAN_LINE, print_lines
from transcripts.rules.template import Terms, parse

# A student is in grade 12 three school years after the year of entry to grade 9 (WAC 180-51-035).
YEARS_TO_GRADUATION = 3
_HIGH_SCHOOL_GRADES = ("09", "10", "11", "12")


@dataclass(frozen=True)
class StudentRecord:
    """A transcript before it is issued. ``entries`` are the primary keys of the ledger rows behind ``lines``, in order.

    ``blocks`` keep it from being issued; ``left_out`` says what a reader of the record might miss, and why.
    """

    student: Student
    template: TranscriptTemplate
    choices: GpaChoices
    header: Header
    lines: tuple[Line, ...]
    entries: tuple[int, ...]
    summary: Summary
    record: Record
    blocks: tuple[Reason, ...]
    left_out: tuple[Reason, ...] = field(default=())

    @property
    def digest(self) -> str:
        """What a preview showed, in 64 signs: the same while nothing that prints has changed."""
        parts = [freeze(self.header), freeze(self.summary), [freeze(line) for line in self.lines]]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def student_record(student: Student, *, on: dt.date) -> StudentRecord:
    """The record as it would print on ``on``. ``student`` comes with person, school and district joined."""
    choices = gpa_choices(student.district)
    year = graduation_year(student)
    template = template_for(student.district, year, on)
    terms = parse(template.terms)
    confirmed = confirmed_letters(student.district)
    entries = list(
        LedgerEntry.objects.filter(student=student)
        .exclude(kind=EntryKind.REVERSAL)
        .select_related("course__terms", "recovers", "reversal", "wish")
    )
    standing = [
        entry
        for entry in entries
        if not hasattr(entry, "reversal") and not _waits(entry) and not _takes_effect_after(entry, on)
    ]
    by_key = {str(entry.public_id): entry for entry in standing}
    record = arrange([_row(entry) for entry in standing], retake=choices.retake, places=choices.places)
    recorded = requirement_words(student)
    summary = _summary(record, terms, recorded, year)
    person = student.person
    return StudentRecord(
        student=student,
        template=template,
        choices=choices,
        header=_header(student, template, terms, record, year),
        lines=tuple(_line(row, confirmed) for row in record.rows),
        entries=tuple(by_key[row.key].pk for row in record.rows),
        summary=summary,
        record=record,
        blocks=blocks(
            ssid=student.ssid, has_school=student.school is not None, last_name=person.family_name, record=record
        ),
        left_out=tuple(_left_out(student, terms, record, entries, recorded, year, on)),
    )


def _waits(entry: LedgerEntry) -> bool:
    """Whether the line enters the transcript only when the student asks, and nobody has asked (R38)."""
    return entry.on_request and not hasattr(entry, "wish")


def _takes_effect_after(entry: LedgerEntry, on: dt.date) -> bool:
    """Whether the line is awarded and does not count yet on the day."""
    return entry.effective_on is not None and entry.effective_on > on


def graduation_year(student: Student) -> int | None:
    """The graduation requirement year: as recorded, or from the day of entry to grade 9; None without either."""
    if student.graduation_year is not None or student.grade_9_entry is None:
        return student.graduation_year
    return clock.school_year(student.grade_9_entry) + YEARS_TO_GRADUATION


def requirement_words(student: Student) -> dict[str, str]:
    """Words of the state requirement lines that somebody has decided, by line (T31).

    Whether the plan is met, and whether a graduation pathway is completed, is decided with the plan and nowhere else
    (R65, R55). Every other decision about a requirement names its line as ``requirement``, or as ``rule_code`` where no
    policy was asked (``washington_history``, ``seal_of_biliteracy`` …).
    """
    decided = Decision.objects.filter(
        student=student,
        kind__in=[DecisionKind.REQUIREMENT_MET, DecisionKind.WAIVED],
        replaced_by=None,
    )
    with_the_plan = {PLAN_LINE: requirement_line(student), PATHWAY_LINE: pathway_line(student)}
    lines = [code for code in ALLOWED if code not in with_the_plan]
    decided = decided.filter(Q(rule_code__in=lines) | Q(requirement__in=lines)).order_by("decided_at", "pk")
    decided = decided.exclude(request__state=RequestState.REVERSED)
    words = {DecisionKind.REQUIREMENT_MET: "MET", DecisionKind.WAIVED: "WAIVED"}
    found = {line: word for line, word in with_the_plan.items() if word}
    for rule_code, requirement, kind in decided.values_list("rule_code", "requirement", "kind"):
        line = requirement or rule_code
        word = words[DecisionKind(kind)]
        allowed = ALLOWED[line].words
        found[line] = "EARNED" if word == "MET" and "EARNED" in allowed else word
    return {code: word for code, word in found.items() if word in ALLOWED[code].words}


def _row(entry: LedgerEntry) -> Row:
    terms = getattr(entry.course, "terms", None) if entry.course else None
    senior = quantitative_letter((terms.sced_code if terms else "") or entry.state_course_code, entry.grade)
    return Row(
        key=str(entry.public_id),
        course=f"course:{entry.course_id}" if entry.course_id else "",
        worth=terms.credits if terms else None,
        is_cadr=terms.is_cadr if terms else False,
        code=entry.course_code,
        title=entry.course_title,
        school=entry.school_name,
        school_year=entry.school_year,
        term=entry.term,
        term_order=entry.term_order,
        grade=entry.grade,
        mark=entry.mark,
        is_numeric=entry.is_numeric,
        attempted=precise(entry.exact_attempted),
        earned=precise(entry.exact_earned),
        designations=tuple(dict.fromkeys([*entry.designations, *([senior] if senior else [])])),
        ended_on=entry.earned_on,
        recovers=str(entry.recovers.public_id) if entry.recovers else "",
    )


def _line(row: Row, confirmed: Letters) -> Line:
    return Line(
        school_year=row.school_year,
        term=row.term,
        grade=row.grade,
        school=row.school,
        code=row.code,
        title=row.title,
        designations=" ".join(letters(row, confirmed.confirmed(row.school_year))),
        mark=row.mark,
        attempted=three_places(row.attempted),
        earned=three_places(row.earned),
    )


def _gpa(result: GpaResult) -> str:
    return "" if result.gpa is None else str(result.gpa)


def _summary(record: Record, terms: Terms, recorded: dict[str, str], year: int | None) -> Summary:
    total = record.total
    return Summary(
        attempted=three_places(total.attempted),
        earned=three_places(total.earned),
        gpa_credits=three_places(total.credits),
        gpa_points=three_places(total.points),
        gpa=_gpa(total),
        terms=tuple(
            TermSummary(term.school_year, term.name, term.grade, _gpa(term.own), _gpa(term.running))
            for term in record.terms
        ),
        requirements=print_lines(terms.requirements, recorded, year),
    )


def _office(place: District | School, terms: Terms) -> Office:
    return Office(
        name=place.name,
        state_code=place.state_code,
        address=place.address if "address" in terms.fields else "",
        phone=place.phone if "phone" in terms.fields else "",
    )


def _header(student: Student, template: TranscriptTemplate, terms: Terms, record: Record, year: int | None) -> Header:
    person = student.person

    def optional(name: str, value: Any) -> str:
        return str(value) if value and name in terms.fields else ""

    return Header(
        form=Form(
            name=template.code,
            version=template.version,
            title=terms.title,
            statement=terms.statement,
            marks=terms.marks,
            designations=tuple(
                dict.fromkeys(Legend(one.letter, one.meaning) for one in confirmed_letters(student.district).table)
            ),
        ),
        district=_office(student.district, terms),
        school=_office(student.school, terms) if student.school else Office(name=""),
        student=Identity(
            last_name=person.family_name,
            first_name=person.given_name,
            middle_name=person.middle_name,
            ssid=student.ssid,
            graduation_year=str(year or ""),
            local_id=optional("local_id", student.local_id),
            birth_date=optional("birth_date", person.birth_date),
            gender=optional("gender", person.gender),
        ),
        attendance=_attendance(student, terms, record),
    )


def _attendance(student: Student, terms: Terms, record: Record) -> Attendance:
    """High schools, and a lower school only where high school credit was earned there."""
    enrollments = list(
        SchoolEnrollment.objects.filter(student=student).select_related("school").order_by("starts_on", "pk")
    )
    high = [one for one in enrollments if one.grade in _HIGH_SCHOOL_GRADES]
    since: dict[str, dt.date] = {}
    for row in record.rows:
        since[row.school] = min(row.ended_on, since.get(row.school, row.ended_on))
    for one in enrollments:
        if one.school.kind != SchoolKind.MIDDLE or one.school.name in since:
            since[one.school.name] = min(one.starts_on, since.get(one.school.name, one.starts_on))
    schools = sorted((name for name in since if name), key=lambda name: (since[name], name))
    last = high[-1].ends_on if high else None
    return Attendance(
        schools=tuple(schools) if "schools" in terms.fields else (),
        entry=str(high[0].starts_on) if high and "entry" in terms.fields else "",
        withdrawal=str(last) if last and not student.is_active and "withdrawal" in terms.fields else "",
    )


def _left_out(
    student: Student,
    terms: Terms,
    record: Record,
    entries: Sequence[LedgerEntry],
    recorded: dict[str, str],
    year: int | None,
    on: dt.date,
) -> list[Reason]:
    """The side list of the preview: what is not on the document, and why."""
    found: list[Reason] = []
    if student.person.preferred_name:
        found.append(Reason("left_out.preferred_name", {"name": student.person.preferred_name}, "T4"))
    for entry in entries:
        if hasattr(entry, "reversal"):
            found.append(
                Reason("left_out.reversed", {"course": entry.course_title, "credits": str(entry.credits_earned)}, "R36")
            )
        elif _waits(entry):
            line = {"course": entry.course_title, "credits": str(entry.credits_earned)}
            found.append(Reason("left_out.on_request", line, "R38"))
        elif _takes_effect_after(entry, on):
            later = {
                "course": entry.course_title,
                "credits": str(entry.credits_earned),
                "day": entry.effective_on.isoformat() if entry.effective_on else "",
            }
            found.append(Reason("left_out.not_in_effect", later, "R36"))
    confirmed = confirmed_letters(student.district)
    unconfirmed = sum(1 for row in record.rows if set(row.designations) - {CADR} - confirmed.confirmed(row.school_year))
    if unconfirmed:
        found.append(Reason("left_out.letters", {"count": unconfirmed}, "T26"))
    claimed = sum(1 for row in record.rows if CADR in row.designations and not row.is_cadr)
    if claimed:
        found.append(Reason("left_out.cadr", {"count": claimed}, "T26"))
    if any(entry.kind == EntryKind.MASTERY for entry in entries):
        found.append(Reason("left_out.evidence", {}, "T3", "WAC 392-415-070"))
    if year is None:
        found.append(Reason("left_out.no_class", {}, "T6"))
    unknown = [
        line.label for line in terms.requirements if line.code not in recorded and ALLOWED[line.code].is_for(year)
    ]
    if unknown:
        found.append(Reason("left_out.not_recorded", {"lines": ", ".join(unknown)}, "T31"))
    found.append(Reason("left_out.address", {}))
    found.append(Reason("left_out.never", {}, "T3", "WAC 392-415-070"))
    return found
