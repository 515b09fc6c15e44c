"""Grade point averages: the sum of points times credits attempted over the credits attempted (WAC 392-415-050, -055).

Decimal and half-up throughout: binary fractions print V-GPA3 as 3.17, and rounding to even prints V-GPA1 as 2.32.
Nothing is weighted: an honors or college course gives the points of its mark and no more (T17).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from crediting.rules.marks import TABLES, MarkTable, in_force
from mbl.core.decisions import Reason

THREE_PLACES = Decimal("0.001")
_SOURCE = "WAC 392-415-050"


class Retake(StrEnum):
    """A course taken again: only its highest mark counts, or every attempt does. All of them print (T15)."""

    HIGHEST = "highest"
    ALL = "all"


@dataclass(frozen=True)
class Attempt:
    """One row as the average sees it. Rows with the same ``course`` are attempts at the same thing.

    Credits are ``Decimal``. ``is_numeric`` False keeps a row out whatever its mark: an F of a pass/fail course.
    """

    key: str
    course: str
    mark: str
    is_numeric: bool
    attempted: Decimal
    earned: Decimal
    ended_on: dt.date


@dataclass(frozen=True)
class Counted:
    """A row in the average with the points it brought: ``points_each`` times ``credits``."""

    key: str
    mark: str
    credits: Decimal
    points_each: Decimal

    @property
    def points(self) -> Decimal:
        return self.credits * self.points_each


@dataclass(frozen=True)
class NotCounted:
    """A row outside the average, and why."""

    key: str
    mark: str
    reason: Reason


@dataclass(frozen=True)
class GpaResult:
    """Credits of all rows; credits, points and average of those that count. No average is None and never 0 (V-GPA4).

    ``gpa`` is rounded to the places asked for; the other figures are exact.
    """

    attempted: Decimal
    earned: Decimal
    credits: Decimal
    points: Decimal
    gpa: Decimal | None
    counted: tuple[Counted, ...]
    not_counted: tuple[NotCounted, ...]

    @property
    def unknown_marks(self) -> tuple[NotCounted, ...]:
        """Rows that say they carry grade points under a mark the table does not have (T12)."""
        return tuple(row for row in self.not_counted if row.reason.code == "gpa.unknown_mark")


def evaluate(
    attempts: Sequence[Attempt], *, retake: Retake, places: int, tables: Sequence[MarkTable] = TABLES
) -> GpaResult:
    """The average of ``attempts``, oldest first. Each row's mark is read in the table of the day it ended."""
    counting: list[Counted] = []
    outside: dict[str, Reason] = {}
    course_of: dict[str, str] = {}
    for attempt in attempts:
        table = in_force(attempt.ended_on, tables)
        if not attempt.is_numeric or attempt.mark in table.other or not attempt.mark:
            outside[attempt.key] = Reason("gpa.not_numeric", {"mark": attempt.mark}, "T13", _SOURCE)
        elif attempt.mark not in table.points:
            outside[attempt.key] = Reason("gpa.unknown_mark", {"mark": attempt.mark}, "T12", table.source)
        else:
            course_of[attempt.key] = attempt.course
            counting.append(Counted(attempt.key, attempt.mark, attempt.attempted, table.points[attempt.mark]))
    if retake == Retake.HIGHEST:
        replaced = _replaced(counting, course_of)
        outside |= replaced
        counting = [row for row in counting if row.key not in replaced]
    credits = sum((row.credits for row in counting), Decimal(0))
    points = sum((row.points for row in counting), Decimal(0))
    return GpaResult(
        attempted=sum((attempt.attempted for attempt in attempts), Decimal(0)),
        earned=sum((attempt.earned for attempt in attempts), Decimal(0)),
        credits=credits,
        points=points,
        gpa=(points / credits).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if credits else None,
        counted=tuple(counting),
        not_counted=tuple(
            NotCounted(attempt.key, attempt.mark, outside[attempt.key])
            for attempt in attempts
            if attempt.key in outside
        ),
    )


def _replaced(rows: Sequence[Counted], course_of: Mapping[str, str]) -> dict[str, Reason]:
    """Attempts that a better one of the same course takes the place of; of equal marks the earlier one stays."""
    best: dict[str, Counted] = {}
    for row in rows:
        course = course_of[row.key]
        if course not in best or row.points_each > best[course].points_each:
            best[course] = row
    return {
        row.key: Reason("gpa.retaken", {"mark": row.mark, "better": best[course_of[row.key]].mark}, "T15", _SOURCE)
        for row in rows
        if best[course_of[row.key]].key != row.key
    }


def three_places(value: Decimal) -> str:
    """Credits and points as they print: three places, half-up (T9)."""
    return str(value.quantize(THREE_PLACES, ROUND_HALF_UP))
