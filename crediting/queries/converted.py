"""Letter grades that follow from levels: how they are set, what they are now, what was kept, and how each came about.

What a page for students and families may print comes from ``shown`` and ``past`` alone: outside a window they work no
grade out. ``grades_of`` is for staff and for keeping what a window showed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crediting.models import (
    ClassJudgement,
    GradeConversion,
    GradeWindow,
    KeptGrade,
    ScaleLevel,
    Standard,
)
from crediting.queries import policy
from crediting.queries.classes import current_levels, enrolled_on
from crediting.queries.grade_windows import end_of, last_day, showing_at
from crediting.queries.levels import drawn, usual_levels, word_of
from crediting.queries.policy import Asked
from crediting.rules.converted import Conversion, Converted, convert
from crediting.rules.plain import name_of, plain_text
from crediting.words import conversion_words, sentence, subjects_word
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.models import District
from mbl.core.ui.levels import DrawnLevel
from profiles.models import Course, Section, Student

DAY = dt.timedelta(days=1)

# --- How levels become grades -----------------------------------------------------------------------------------------


def conversions_in_force(district_pk: int, on: dt.date) -> dict[str, GradeConversion]:
    """The district's conversions on a day, by subject; empty text is that of all other subjects."""
    rows = GradeConversion.objects.filter(district=district_pk, effective__contains=on)
    return {row.subject: row for row in rows}


def _of_course(conversions: Mapping[str, GradeConversion], course: Course) -> GradeConversion | None:
    terms = getattr(course, "terms", None)
    return conversions.get(terms.subject if terms else "") or conversions.get("")


@dataclass(frozen=True)
class ConversionRow:
    """A conversion with its days, and how it stands on the day of the page."""

    conversion: GradeConversion
    first: dt.date
    last: dt.date | None
    is_in_force: bool
    is_scheduled: bool

    @property
    def subject(self) -> str:
        return subjects_word(self.conversion.subject)

    @property
    def words(self) -> str:
        return conversion_words(self.conversion.terms)


def conversions_of(district: District) -> QuerySet[GradeConversion]:
    """Every conversion of the district by subject, newest first."""
    return GradeConversion.objects.filter(district=district).order_by("subject", "-effective")


def conversion_row(conversion: GradeConversion, on: dt.date) -> ConversionRow:
    first, after = conversion.effective.lower, conversion.effective.upper
    last = after - DAY if after else None
    return ConversionRow(conversion, first, last, first <= on and (last is None or on <= last), on < first)


# --- Working grades out -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Used:
    """A standard's current level. ``modification`` says what was asked in its place, where such a judgement counted."""

    standard: int
    place: int
    modification: str = ""


@dataclass(frozen=True)
class ClassGrade:
    """One student's grade in one class on a day, with everything that it was worked out from."""

    on: dt.date
    conversion: GradeConversion | None
    scale: tuple[ScaleLevel, ...]
    used: tuple[Used, ...]
    grade: Converted

    @property
    def mark(self) -> str:
        return self.grade.mark

    @property
    def words(self) -> str:
        return sentence(self.grade.reason)


Seat = tuple[Section, Student]


def grades_of(
    seats: Sequence[Seat], on: dt.date, *, before: dt.datetime | None = None
) -> dict[tuple[int, int], ClassGrade]:
    """The grade of each seat, by section and student, in a fixed number of trips. The classes are of one district.

    Levels are those of the grid: work judged in any class of the course counts. ``before`` leaves out what was judged
    at that moment or later, so that a day in the past gives what it gave then.
    """
    if not seats:
        return {}
    sections = {section.pk: section for section, _student in seats}
    scales = _scales(sections.values(), on)
    conversions = conversions_in_force(next(iter(sections.values())).district_id, on)
    used = _used(seats, scales, before)
    found = {}
    for section, student in seats:
        levels = scales[section.course_id]
        conversion = _of_course(conversions, section.course)
        mine = used.get((section.course_id, student.pk), ())
        grade = convert(conversion.terms if conversion else None, [one.place for one in mine], len(levels))
        found[section.pk, student.pk] = ClassGrade(on, conversion, levels, mine, grade)
    return found


def _scales(sections: Iterable[Section], on: dt.date) -> dict[int, tuple[ScaleLevel, ...]]:
    """The levels that each course is judged by, as ``queries.classes.expected_of`` says of one class."""
    courses = {section.course_id: section.district for section in sections}
    versions = policy.versions_in_force(Asked(course, on, None) for course in courses)
    codes = {asked.course: policy.terms_of(version).scale if version else "" for asked, version in versions.items()}
    known = {code: usual_levels(next(iter(courses.values())), code) for code in sorted(set(codes.values()))}
    return {course: known[code] for course, code in codes.items()}


def _used(
    seats: Sequence[Seat], scales: Mapping[int, tuple[ScaleLevel, ...]], before: dt.datetime | None
) -> dict[tuple[int, int], tuple[Used, ...]]:
    """Each student's current levels in each course, by course and student."""
    codes = {course: [level.code for level in levels] for course, levels in scales.items()}
    students = {student.pk for _section, student in seats}
    judgements = ClassJudgement.objects.filter(task__section__course__in=list(codes), student__in=students)
    now = current_levels(judgements.filter(judged_at__lt=before) if before else judgements, codes)
    found: defaultdict[tuple[int, int], list[Used]] = defaultdict(list)
    for (course, student, standard), one in sorted(now.items(), key=lambda item: item[0]):
        if one.place:
            found[course, student].append(Used(standard, one.place, one.modification))
    return {key: tuple(those) for key, those in found.items()}


# --- What students and families read ----------------------------------------------------------------------------------


def shown(seats: Sequence[Seat], on: dt.date) -> dict[tuple[int, int], ClassGrade]:
    """The grades that students and families may read on a day: those of classes at schools with an open window."""
    if not seats:
        return {}
    at = showing_at(list({section.school_id: section.school for section, _student in seats}.values()), on)
    return grades_of([seat for seat in seats if at[seat[0].school_id].window is not None], on)


@dataclass(frozen=True)
class PastGrade:
    """A grade as it was on the last day of a window that has ended."""

    window: GradeWindow
    section: Section
    grade: ClassGrade


def past(student: Student, on: dt.date, *, section: Section | None = None) -> list[PastGrade]:
    """What the student and the family could read when each window ended, newest first.

    Grades that are not kept yet, because the job that keeps them has not come so far, are worked out as they stood at
    that moment: the same answer.
    """
    rows = KeptGrade.objects.filter(student=student).select_related(
        "window__district", "section__course__terms", "section__school", "conversion"
    )
    if section is not None:
        rows = rows.filter(section=section)
    kept = list(rows)
    scales: defaultdict[int, list[ScaleLevel]] = defaultdict(list)
    if kept:
        for level in ScaleLevel.objects.filter(scale__in={row.scale_id for row in kept}).order_by("position"):
            scales[level.scale_id].append(level)
    found = [PastGrade(row.window, row.section, _as_kept(row, tuple(scales[row.scale_id]))) for row in kept]
    found += _not_kept_yet(student, on, section)
    return sorted(found, key=lambda one: (one.window.days.upper, one.section.title), reverse=True)


def _as_kept(row: KeptGrade, scale: tuple[ScaleLevel, ...]) -> ClassGrade:
    used = tuple(Used(*one) for one in row.levels)
    return ClassGrade(
        last_day(row.window), row.conversion, scale, used, Converted(row.mark, Reason.from_json(row.reason))
    )


def _not_kept_yet(student: Student, on: dt.date, section: Section | None) -> list[PastGrade]:
    waiting = GradeWindow.objects.filter(
        district=student.district_id, kept_at=None, days__endswith__lte=on
    ).select_related("district")
    found = []
    for window in waiting:
        done = set(KeptGrade.objects.filter(window=window, student=student).values_list("section", flat=True))
        sections = sections_to_keep(window).exclude(pk__in=done)
        if section is not None:
            sections = sections.filter(pk=section.pk)
        last = last_day(window)
        attended = enrolled_on(last).filter(student=student).values("section")
        seats = [(one, student) for one in sections.filter(pk__in=attended)]
        grades = grades_of(seats, last, before=end_of(window))
        found += [PastGrade(window, one.section, one.grade) for one in named(seats, grades) if one.grade.used]
    return found


def seats_of(student: Student, on: dt.date) -> list[Seat]:
    """The classes of the student that meet this school year, as of a day, by title."""
    enrolled = enrolled_on(on).filter(
        student=student, section__is_active=True, section__session__school_year=clock.school_year(on)
    )
    seats = enrolled.select_related("section__course__terms", "section__school", "section__district")
    return [(seat.section, student) for seat in seats.order_by("section__title", "pk")]


@dataclass(frozen=True)
class NamedGrade:
    """A grade with its class."""

    section: Section
    grade: ClassGrade


def named(seats: Sequence[Seat], grades: Mapping[tuple[int, int], ClassGrade]) -> list[NamedGrade]:
    """The grades in the order of the seats; seats without one, because nothing is shown, are left out."""
    return [
        NamedGrade(section, grades[section.pk, student.pk])
        for section, student in seats
        if (section.pk, student.pk) in grades
    ]


def sections_to_keep(window: GradeWindow) -> QuerySet[Section]:
    """The classes whose grades the window showed: those of its school year in a course in which anything was judged."""
    judged = ClassJudgement.objects.filter(task__section__district=window.district_id).values("task__section__course")
    found = Section.objects.filter(
        district=window.district_id,
        session__school_year=clock.school_year(last_day(window)),
        course__in=judged.order_by(),
    ).select_related("course__terms", "school", "district")
    return found.filter(school=window.school_id) if window.school_id else found


# --- How it was worked out --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LevelLine:
    """A standard with the level that went into a grade."""

    name: str
    statement: str
    language: str
    level: DrawnLevel
    place: int
    modification: str


@dataclass(frozen=True)
class Explained:
    """A grade as a page prints it: the mark, the arithmetic, the district's rule, each level, the day of the data."""

    grade: ClassGrade
    lines: tuple[LevelLine, ...]

    @property
    def rule(self) -> str:
        """The district's own table, in words; empty where it has none."""
        return conversion_words(self.grade.conversion.terms) if self.grade.conversion else ""

    @property
    def citation(self) -> str:
        return cited(self.grade.conversion)

    @property
    def modified(self) -> bool:
        """Whether a judgement that counted asked for something else than the standard as written."""
        return any(line.modification for line in self.lines)


def cited(conversion: GradeConversion | None) -> str:
    """Whose rule it is and since when."""
    if conversion is None:
        return _("No table of the district.")
    return _("The district’s table, %(subject)s, in force since %(first)s.") % {
        "subject": subjects_word(conversion.subject),
        "first": date_format(conversion.effective.lower, "DATE_FORMAT"),
    }


def explained(grades: Sequence[ClassGrade]) -> list[Explained]:
    """Each grade with the names of its standards, in one trip for all."""
    wanted = {one.standard for grade in grades for one in grade.used}
    standards = {
        one.pk: one
        for one in Standard.objects.filter(pk__in=wanted)
        .select_related("framework")
        .only("code", "statement", "framework__language")
    }
    return [
        Explained(
            grade,
            tuple(
                LevelLine(
                    name_of(standards[one.standard].code, standards[one.standard].statement),
                    plain_text(standards[one.standard].statement) if standards[one.standard].code else "",
                    standards[one.standard].framework.language,
                    drawn(one.place, len(grade.scale), word_of(grade.scale[one.place - 1])),
                    one.place,
                    one.modification,
                )
                for one in sorted(grade.used, key=lambda one: (-one.place, one.standard))
            ),
        )
        for grade in grades
    ]


def set_for(section: Section, on: dt.date) -> GradeConversion | None:
    """The conversion in force for a class."""
    return _of_course(conversions_in_force(section.district_id, on), section.course)


def used_in(districts: Collection[int]) -> set[int]:
    """Of the districts those that have ever set how levels become letter grades."""
    rows = GradeConversion.objects.filter(district__in=districts).order_by()
    return set(rows.values_list("district", flat=True).distinct())


def is_used(district_pk: int) -> bool:
    return bool(used_in([district_pk]))


@dataclass(frozen=True)
class GradeRow:
    """A line of a class: a student and the grade now."""

    student: Student
    grade: ClassGrade


def class_grades(section: Section, students: Sequence[Student], on: dt.date) -> list[GradeRow]:
    """The grade of each of ``students`` now, for whoever reads it at any time."""
    grades = grades_of([(section, student) for student in students], on)
    return [GradeRow(student, grades[section.pk, student.pk]) for student in students]


def example(terms: Conversion, places: Sequence[int]) -> Converted:
    """What a table makes of an example student."""
    return convert(terms, places, terms.levels)
