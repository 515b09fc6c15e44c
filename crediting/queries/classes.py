"""Where a class stands: students by standards, why one level is what it is, what one student still has to show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.models import AggregationRule, ClassJudgement, ClassTask, CourseStandard, ScaleLevel, Standard
from crediting.queries import policy
from crediting.queries.aggregation import why
from crediting.queries.class_work import judged
from crediting.queries.levels import drawn, not_yet, usual_levels, word_of
from crediting.rules import mastery
from crediting.rules.aggregation import NEWEST, Aggregation, place_of, work_out
from crediting.rules.facts import ClaimedStandard
from crediting.rules.mastery import StandardResult
from crediting.rules.plain import name_of, plain_text
from mbl.core import clock
from mbl.core.ui.levels import DrawnLevel, LevelScale
from mbl.core.ui.parts import Grid, GridCell, GridColumn, GridRow, Why
from profiles.models import Section, SectionEnrollment, Student

# A class is judged on so many standards at once.
MOST_STANDARDS = 5


@dataclass(frozen=True)
class Expected:
    """What a class is judged by: the scale's levels, the level its policy asks for, and where it says so."""

    levels: tuple[ScaleLevel, ...]
    required: ScaleLevel | None
    citation: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(level.code for level in self.levels)

    def drawn(self, code: str) -> DrawnLevel:
        """The mark of a level by its code; of another scale's level none."""
        found = next((level for level in self.levels if level.code == code), None)
        return drawn(found.position, len(self.levels), word_of(found)) if found else not_yet()


def expected_of(section: Section) -> Expected:
    """By the policy in force today for the course, else by the district's usual scale without a level asked for."""
    version = policy.version_in_force(section.course, clock.today(section.district))
    terms = policy.terms_of(version) if version else None
    levels = usual_levels(section.district, terms.scale if terms else "")
    rules = terms.rules_for(section.course.code) if terms else ()
    rule = next((rule for rule in rules if rule.required_level), None)
    required = next((level for level in levels if rule and level.code == rule.required_level), None)
    return Expected(levels, required, rule.citation if rule and required else "")


def enrolled_on(on: dt.date) -> QuerySet[SectionEnrollment]:
    """Who is in which class on a day."""
    return SectionEnrollment.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on)
    )


def roster(section: Section, on: dt.date) -> QuerySet[Student]:
    """The students of a class on a day, by name."""
    return (
        Student.objects.filter(pk__in=enrolled_on(on).filter(section=section).values("student"))
        .select_related("person")
        .order_by("person__sort_name", "pk")
    )


def standards_of(section: Section, judged_too: Collection[int] | None = None) -> list[Standard]:
    """The standards of the course, those it asks of everybody first, then others that were judged in it.

    ``judged_too`` are the primary keys of those that were judged, where they are known already.
    """
    aligned = CourseStandard.objects.filter(course=section.course_id).order_by("-is_required", "pk")
    found = [row.standard for row in aligned.select_related("standard__framework")]
    if judged_too is None:
        looks = ClassJudgement.objects.filter(task__section__course=section.course_id)
        judged_too = set(looks.order_by().values_list("standard", flat=True).distinct())
    others = set(judged_too) - {standard.pk for standard in found}
    if not others:
        return found
    return found + list(Standard.objects.filter(pk__in=others).select_related("framework").order_by("path", "pk"))


def tasks_of(section: Section) -> QuerySet[ClassTask]:
    """What the whole class did so far, newest first."""
    return ClassTask.objects.filter(section=section, project=None)


# --- The grid ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GridPage:
    """``judged`` counts cells with a level, ``reached`` those at the level asked for, of ``cells``."""

    section: Section
    expected: Expected
    grid: Grid
    legend: tuple[DrawnLevel, ...]
    judged: int
    reached: int

    @property
    def cells(self) -> int:
        return len(self.grid.rows) * len(self.grid.columns)


def grid_page(section: Section) -> GridPage:
    """Every student on every standard, in a fixed number of trips. Judgements in any class of the course count."""
    expected = expected_of(section)
    students = list(roster(section, clock.today(section.district)))
    judgements = ClassJudgement.objects.filter(task__section__course=section.course_id, student__in=students)
    now = current_levels(judgements, {section.course_id: expected.codes})
    reached = {(student, standard): (one.place, one.attempts) for (_c, student, standard), one in now.items()}
    standards = standards_of(section, {standard for _student, standard in reached})
    scale = LevelScale([word_of(level) for level in expected.levels], str(not_yet().word))
    who = short_keys(student.public_id for student in students)
    what = short_keys(standard.public_id for standard in standards)
    columns = [(standard.pk, what[standard.public_id]) for standard in standards]
    rows = [
        GridRow(
            str(student),
            [
                GridCell(*reached.get((student.pk, standard), (0, 0)), f"why/{who[student.public_id]}.{key}/")
                for standard, key in columns
            ],
            f"students/{student.public_id}/",
        )
        for student in students
    ]
    asked = expected.required.position if expected.required else 0
    places = [place for place, _attempts in reached.values() if place]
    return GridPage(
        section=section,
        expected=expected,
        grid=Grid(
            scale,
            [
                GridColumn(standard.code or "–", _short(plain_text(standard.short or standard.statement)))
                for standard in standards
            ],
            rows,
            _("Student"),
        ),
        legend=tuple(scale.legend),
        judged=len(places),
        reached=sum(place >= asked for place in places) if asked else 0,
    )


def _short(text: str) -> str:
    return shorten(text, 60, placeholder="…") if len(text) > 60 else " ".join(text.split())


@dataclass(frozen=True)
class Current:
    """A standard's level now: its place on the scale (0: none yet) and the number of attempts.

    ``modification`` says what was asked in its place, where a judgement that counted was given so.
    """

    place: int
    attempts: int
    modification: str = ""


def current_levels(
    judgements: QuerySet[ClassJudgement], scales: Mapping[int, Sequence[str]]
) -> dict[tuple[int, int, int], Current]:
    """What ``judgements`` come to, by course, student and standard; ``scales`` are the level codes of each course.

    Two trips, whatever their number.
    """
    positions = {course: {code: place for place, code in enumerate(codes, start=1)} for course, codes in scales.items()}
    looks: defaultdict[tuple[int, int, int], list[tuple[int, int, str]]] = defaultdict(list)
    newest: dict[tuple[int, int, int], int | None] = {}
    columns = (
        "task__section__course",
        "student_id",
        "standard_id",
        "attempt",
        "level__code",
        "modification",
        "rule_id",
    )
    for course, student, standard, attempt, code, words, rule in _in_order(judgements).values_list(*columns):
        key = course, student, standard
        looks[key].append((attempt, positions[course].get(code, 0), words))
        newest[key] = rule
    rules: dict[int | None, Aggregation] = {None: NEWEST}
    if used := {rule for rule in newest.values() if rule is not None}:
        rules |= {rule.pk: rule.terms for rule in AggregationRule.objects.filter(pk__in=used)}
    return {key: _current(those, rules[newest[key]]) for key, those in looks.items()}


def _current(looks: Sequence[tuple[int, int, str]], terms: Aggregation) -> Current:
    place, attempts = place_of([(attempt, at) for attempt, at, _words in looks], terms)
    if not place or not any(words for _attempt, _at, words in looks):
        return Current(place, attempts)
    last = list({attempt: (at, words) for attempt, at, words in looks}.values())
    counted = work_out(terms, [at for at, _words in last]).used
    return Current(place, attempts, "; ".join(dict.fromkeys(last[one][1] for one in counted if last[one][1])))


def _in_order(judgements: QuerySet[ClassJudgement]) -> QuerySet[ClassJudgement]:
    """As the work was done, not as it was entered; looks at one piece as they were given."""
    return judgements.order_by("task__given_on", "attempt", "judged_at", "pk")


def short_keys(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The shortest beginnings that tell the ids apart, four letters or more: a thousand cells carry two each."""
    known = list(ids)
    for length in range(4, 33):
        keys = {one: one.hex[:length] for one in known}
        if len(set(keys.values())) == len(set(known)):
            return keys
    raise AssertionError("Equal ids are one key.")


def cell_of(section: Section, cell: str) -> tuple[Student, Standard]:
    """The student and the standard of a cell's address. 404 where it names none or more than one."""
    who, _dot, what = cell.partition(".")
    students = [one for one in roster(section, clock.today(section.district)) if one.public_id.hex.startswith(who)]
    standards = [one for one in standards_of(section) if one.public_id.hex.startswith(what)]
    if not who or not what or len(students) != 1 or len(standards) != 1:
        raise Http404
    return students[0], standards[0]


# --- One student ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandardLine:
    """A standard with what it came to, every judgement of it oldest first, and why."""

    standard: Standard
    result: StandardResult
    level: DrawnLevel
    why: Why
    judgements: tuple[ClassJudgement, ...]

    @property
    def name(self) -> str:
        return name_of(self.standard.code, self.standard.statement)

    @property
    def comments(self) -> tuple[ClassJudgement, ...]:
        return tuple(one for one in reversed(self.judgements) if one.comment)

    @property
    def modifications(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.modification for one in self.judgements if one.modification))


@dataclass(frozen=True)
class StudentPage:
    """``gaps`` are standards still to show, ``shown`` those at the level asked for (or judged, where none is)."""

    section: Section
    student: Student
    expected: Expected
    gaps: tuple[StandardLine, ...]
    shown: tuple[StandardLine, ...]


def student_page(section: Section, student: Student) -> StudentPage:
    """What the student has shown in the course and what is still open."""
    expected = expected_of(section)
    lines = lines_of(section, student, standards_of(section), expected)
    return StudentPage(
        section,
        student,
        expected,
        tuple(line for line in lines if not line.result.met),
        tuple(line for line in lines if line.result.met),
    )


def lines_of(
    section: Section, student: Student, standards: Sequence[Standard], expected: Expected
) -> list[StandardLine]:
    """Each of ``standards`` for one student, with its reasons. Where no level is asked for, any level is enough."""
    rows = _in_order(
        ClassJudgement.objects.filter(
            task__section__course=section.course_id, student=student, standard__in=standards
        ).select_related("standard", "level", "assessor", "rule", "task__project")
    )
    by_standard: Mapping[int, list[ClassJudgement]] = _grouped(rows)
    facts = [
        # The work counts from the day it was done; several looks at it keep the order in which they were given.
        replace(judged(row), judged_at=dt.datetime.combine(row.task.given_on, dt.time(12), dt.UTC))
        for those in by_standard.values()
        for row in those
    ]
    claims = [
        ClaimedStandard(str(one.guid), one.code, one.statement, one.framework.title, one.framework.version, body="")
        for one in standards
    ]
    required = expected.required.code if expected.required else expected.codes[0]
    results = mastery.evaluate(expected.codes, required, claims, facts, expected.citation)
    return [
        StandardLine(
            standard,
            result,
            expected.drawn(result.level),
            why(
                result,
                expected.levels,
                subject=name_of(standard.code, standard.statement),
                detail=plain_text(standard.statement) if standard.code else "",
            ),
            tuple(by_standard.get(standard.pk, ())),
        )
        for standard, result in zip(standards, results, strict=True)
    ]


def _grouped(rows: Iterable[ClassJudgement]) -> dict[int, list[ClassJudgement]]:
    found: defaultdict[int, list[ClassJudgement]] = defaultdict(list)
    for row in rows:
        found[row.standard_id].append(row)
    return found
