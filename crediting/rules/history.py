"""A row of course history in three parts that repeat from row to row: where it stands, which course, how it ended.

Two million rows of a district hold a few thousand different parts, so each part is read and judged once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from crediting.rules.credits import CollegeUnit
from crediting.rules.marks import TABLES, MarkTable, in_force
from crediting.states import EntryKind, SubjectArea

# Where the state's files put courses of schools outside the district.
OUTSIDE = "9999"
PLUS_MINUS = frozenset({"A-", "B+", "B-", "C+", "C-", "D+"})


def hash64(*values: object) -> int:
    """64 bits of SHA-256, signed as PostgreSQL's bigint is."""
    return int.from_bytes(sha256("\x1f".join(map(str, values)).encode()).digest()[:8], "big", signed=True)


@dataclass(frozen=True)
class Place:
    """Where on the record a row stands. ``school`` is the primary key of a school of ours, or None.

    ``location`` is the school's code in the file, ``stated`` the day the course ended if the file says it. ``identity``
    tells rows apart; ``content`` is everything the file says, and nothing that our own catalog, calendar or list of
    schools adds: a school that changes its name changes no history.
    """

    school_year: int
    term: str
    earned_on: dt.date
    location: str
    school_name: str
    school: int | None = None
    term_order: int = 0
    kind: EntryKind = EntryKind.COURSE
    stated: dt.date | None = None

    @property
    def _outside(self) -> str:
        return "" if self.school else self.school_name.casefold()

    @property
    def identity(self) -> int:
        return hash64("place", self.school_year, self.term.casefold(), self.location, self._outside)

    @property
    def content(self) -> int:
        return hash64("place", self.school_year, self.term, self.location, self._outside, self.kind, self.stated)


@dataclass(frozen=True)
class CourseFacts:
    """Which course. ``course`` is the primary key of one in the catalog, or None."""

    code: str
    title: str
    subject: str
    state_code: str = ""
    course: int | None = None
    designations: tuple[str, ...] = ()

    @property
    def identity(self) -> int:
        return hash64("course", self.code.casefold(), self.title.casefold())

    @property
    def content(self) -> int:
        return hash64("course", self.code, self.title, self.state_code, *self.designations)


@dataclass(frozen=True)
class Ending:
    """How the course ended. Credits are ``Decimal`` to three places; hours are those of a college course.

    ``is_known`` is false where the district's table of marks does not have the mark: the row waits for somebody.
    """

    mark: str
    attempted: Decimal
    earned: Decimal
    grade: str = ""
    is_numeric: bool = True
    college_hours: Decimal | None = None
    college_unit: str = ""
    method: str = ""
    is_known: bool = True

    @property
    def content(self) -> int:
        credits = (_plain(value) for value in (self.attempted, self.earned, self.college_hours))
        return hash64("ending", self.mark, self.grade, *credits, self.college_unit, self.method)


def _plain(value: Decimal | None) -> str:
    """``0.5`` and ``0.500`` are the same."""
    return "" if value is None else format(value.normalize(), "f")


# --- Terms ------------------------------------------------------------------------------------------------------------

_TERM = re.compile(r"(S|SEM|SEMESTER|T|TRI|TRIMESTER|Q|QTR|QUARTER|H|HEX)\s*-?\s*0*(\d)")
_YEAR_LONG = re.compile(r"(Y|YR|YEAR|FY|FULL YEAR)\s*-?\s*\d?")
_WORDS = {"S": "Semester", "T": "Trimester", "Q": "Quarter", "H": "Hexter"}
_YEAR_ORDER = 9
# The last month of each part of a school year, where neither the file nor the calendar of the district gives a day.
_ENDS = {("S", 1): 1, ("T", 1): 11, ("T", 2): 3, ("Q", 1): 11, ("Q", 2): 1, ("Q", 3): 3}


@dataclass(frozen=True)
class TermName:
    """A term as it prints, where in the year it comes, and the last day of its month for want of a better one."""

    name: str
    order: int
    ends_on: dt.date


def term_of(text: str, school_year: int) -> TermName:
    """``S1`` is Semester 1, ``Q3`` Quarter 3, ``Y1`` the year; anything else stays as it is."""
    sign = " ".join(text.split()).upper()
    june = dt.date(school_year, 6, 30)
    if found := _TERM.fullmatch(sign):
        letter, number = found[1][0], int(found[2])
        month = _ENDS.get((letter, number))
        return TermName(f"{_WORDS[letter]} {number}", number, _end_of(month, school_year) if month else june)
    if not sign or _YEAR_LONG.fullmatch(sign):
        return TermName(f"{school_year - 1}-{school_year % 100:02d}", _YEAR_ORDER, june)
    return TermName(" ".join(text.split())[:40], 0, june)


def _end_of(month: int, school_year: int) -> dt.date:
    year = school_year - 1 if month >= 7 else school_year
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


# --- Numbers ----------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?\d{1,6}(?:[.,]\d*)?|[+-]?[.,]\d+")


def number_of(text: str) -> Decimal | None:
    """A number with point or comma; None where it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def whole_of(text: str) -> int | None:
    """A whole number, also where a spreadsheet has written ``2026.0``."""
    found = re.fullmatch(r"(\d{1,9})(?:\.0*)?", text)
    return int(found[1]) if found else None


_YEARS = re.compile(r"(\d{4})\s*[-/–]\s*(\d{2}|\d{4})")


def school_year_of(text: str) -> int | None:
    """The ending year: ``2027``, ``2026-27``, ``2026-2027``, ``20262027``."""
    if found := _YEARS.fullmatch(text):
        first, last = int(found[1]), int(found[2])
        return first + 1 if last in {first + 1, (first + 1) % 100} else None
    year = whole_of(text)
    if year is not None and year > 9999:
        first, last = divmod(year, 10_000)
        year = last if last == first + 1 else None
    return year if year is not None and 1950 <= year <= 2200 else None


# --- Marks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnMark:
    """A mark without points that a district has beside the state's; ``earns`` None where the row alone says it."""

    mark: str
    earns: bool | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Marks:
    """The marks of a district by the day a course ended: the state's table, what the district adds and leaves out."""

    own: tuple[OwnMark, ...] = ()
    plus_minus: bool = True
    tables: Sequence[MarkTable] = TABLES

    def has_points(self, mark: str, day: dt.date) -> bool:
        return mark in in_force(day, self.tables).points

    def is_known(self, mark: str, day: dt.date, *, is_transfer: bool = False) -> bool:
        """Whether a row may carry the mark. Marks of another school stay as that school gave them (T16, T20)."""
        if not self.plus_minus and not is_transfer and mark in PLUS_MINUS:
            return False
        table = in_force(day, self.tables)
        return mark in table.points or mark in table.other or self._own(mark, day) is not None

    def earns(self, mark: str, day: dt.date) -> bool | None:
        """Whether the mark gives credit; None where only the row says it."""
        table = in_force(day, self.tables)
        if mark in table.points:
            return table.points[mark] > 0
        if mark in table.other:
            return table.other[mark].earns
        own = self._own(mark, day)
        return own.earns if own else None

    def is_better(self, mark: str, than: str, day: dt.date) -> bool:
        """Whether ``mark`` has more points than ``than``, or earns credit where ``than`` does not."""
        points = in_force(day, self.tables).points
        if mark in points and than in points:
            return points[mark] > points[than]
        return self.earns(mark, day) is True and self.earns(than, day) is False

    def _own(self, mark: str, day: dt.date) -> OwnMark | None:
        return next((own for own in self.own if own.mark == mark and own.covers(day)), None)


# --- Courses ----------------------------------------------------------------------------------------------------------

# The first two digits of a state course code (SCED) are its area.
_AREAS: Mapping[str, SubjectArea] = {
    "01": SubjectArea.ENGLISH,
    "02": SubjectArea.MATH,
    "03": SubjectArea.SCIENCE,
    "04": SubjectArea.SOCIAL_STUDIES,
    "05": SubjectArea.ARTS,
    "06": SubjectArea.WORLD_LANGUAGES,
    "08": SubjectArea.PHYSICAL_EDUCATION,
    "24": SubjectArea.WORLD_LANGUAGES,
    **{str(area): SubjectArea.CTE for area in range(10, 22)},
}
_STATE_CODE = re.compile(r"\d{5}[A-Z]?")


def is_state_code(text: str) -> bool:
    """Five digits, sometimes with a letter behind (T66)."""
    return _STATE_CODE.fullmatch(text) is not None


def subject_of(state_code: str) -> SubjectArea:
    """The subject area for a course that the catalog does not have; an elective where its code does not say more."""
    return _AREAS.get(state_code[:2], SubjectArea.ELECTIVE)


def designations_of(text: str) -> tuple[str, ...]:
    """Several letters stand in one cell, with or without something between them; in the order of the alphabet."""
    parts = re.split(r"[\s,;/|]+", text.upper().strip())
    letters = [letter for part in parts for letter in part if letter.isalnum()]
    return tuple(sorted(set(letters)))


UNITS = {
    "Q": CollegeUnit.QUARTER,
    "QTR": CollegeUnit.QUARTER,
    "QUARTER": CollegeUnit.QUARTER,
    "S": CollegeUnit.SEMESTER,
    "SEM": CollegeUnit.SEMESTER,
    "SEMESTER": CollegeUnit.SEMESTER,
}


# --- Rows typed by hand -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RowDetails:
    """What a registrar types of one row. Credits are ``Decimal``; the school year is its ending year."""

    course_title: str
    school_year: int
    term: str
    grade: str
    mark: str
    attempted: Decimal
    earned: Decimal
    school_name: str = ""
    course_code: str = ""
    subject: str = ""
    state_course_code: str = ""


# --- Courses before grade 9 -------------------------------------------------------------------------------------------

EARLY_GRADES = ("07", "08")


def early_wish_until(graduation_year: int | None, grade: str, school_year: int) -> dt.date | None:
    """The last day of grade 11, until which student and parent may ask about courses taken before grade 9 (T19, R40).

    ``school_year`` is the present one. None where neither class nor grade is known.
    """
    if graduation_year is not None:
        return dt.date(graduation_year - 1, 6, 30)
    if grade.isdigit() and 1 <= int(grade) <= 12:
        return dt.date(school_year + 11 - int(grade), 6, 30)
    return None
