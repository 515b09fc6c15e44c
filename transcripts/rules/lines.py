"""From ledger rows to the lines of a transcript: order, terms, retakes, averages, letters.

Input is every row that stands. A row that was reversed, and the reversal itself, do not print: the pair cancels, as if
the credit had never been given. Nothing else is left out: failed, no-credit and withdrawn attempts print (T7, R36).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from crediting.rules.designations import CADR
from crediting.rules.marks import TABLES, MarkTable
from transcripts.rules.gpa import Attempt, GpaResult, Retake, evaluate


@dataclass(frozen=True)
class Row:
    """One row of the ledger that stands.

    ``key`` is its public id. ``course`` names the course of the district's catalog, empty for a row from elsewhere;
    ``worth`` are that course's credits. ``recovers`` is the key of the earlier attempt this row makes good.
    """

    key: str
    course: str
    worth: Decimal | None
    is_cadr: bool
    code: str
    title: str
    school: str
    school_year: int
    term: str
    term_order: int
    grade: str
    mark: str
    is_numeric: bool
    attempted: Decimal
    earned: Decimal
    designations: tuple[str, ...]
    ended_on: dt.date
    recovers: str = ""


@dataclass(frozen=True)
class Term:
    """The rows of one term, with its own average and the one over everything up to its end (T8).

    ``grade`` is as it prints: "9", or "9, 10" where the rows differ.
    """

    school_year: int
    name: str
    grade: str
    rows: tuple[Row, ...]
    own: GpaResult
    running: GpaResult


@dataclass(frozen=True)
class Record:
    """What there is to print, oldest first, and the average over all of it."""

    terms: tuple[Term, ...]
    total: GpaResult

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for term in self.terms for row in term.rows)


def arrange(rows: Sequence[Row], *, retake: Retake, places: int, tables: Sequence[MarkTable] = TABLES) -> Record:
    """Order the rows by year, term and title, and work out each term's averages.

    A term's own average and the running one stand as they were at its end: a course that was later taken again counts
    there with its first mark. Only the total knows every attempt.
    """
    ordered = sorted(rows, key=_place)
    course_of = retake_groups(ordered)

    def average(some: Sequence[Row]) -> GpaResult:
        attempts = [
            Attempt(row.key, course_of[row.key], row.mark, row.is_numeric, row.attempted, row.earned, row.ended_on)
            for row in some
        ]
        return evaluate(attempts, retake=retake, places=places, tables=tables)

    terms: list[Term] = []
    so_far: list[Row] = []
    for (year, name), group in groupby(ordered, key=lambda row: (row.school_year, row.term)):
        of_term = tuple(group)
        so_far.extend(of_term)
        grades = sorted({row.grade for row in of_term if row.grade})
        grade = ", ".join(grade.lstrip("0") for grade in grades)
        terms.append(Term(year, name, grade, of_term, average(of_term), average(so_far)))
    return Record(tuple(terms), average(ordered))


def _place(row: Row) -> tuple[int, int, str, str, str, str, str]:
    """In a term spent at two schools, the courses of each stand together."""
    return (row.school_year, row.term_order, row.term, row.school, row.title.casefold(), row.code, row.key)


def retake_groups(rows: Sequence[Row]) -> dict[str, str]:
    """For each row the name of the thing attempted; rows of one retaken course share it. ``rows`` are oldest first.

    A ledger row that names the attempt it recovers belongs to it. Otherwise two rows of one catalog course are a
    retake only when together they attempt more than the course is worth **and** one of them gave no credit: so the
    two halves of a year-long course stay apart, and so do repeated band or team sports, which give credit each time.
    Rows without points never join: a pass earned later does not take an F out of the average (T13, T25).
    """
    group = {row.key: row.key for row in rows}
    of_course: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.is_numeric:
            continue
        if row.recovers in group:
            _join(group, row.key, row.recovers)
        elif row.course:
            of_course[row.course].append(row)
    recovered = {row.recovers for row in rows if row.recovers and row.is_numeric}
    for same in of_course.values():
        worth = same[0].worth
        if worth is None or len(same) < 2:
            continue
        excess = sum((row.attempted for row in same), Decimal(0)) - worth
        for row in same:
            if row.earned or row.key in recovered or row.attempted > excess:
                continue
            if partner := _partner(row, same):
                _join(group, row.key, partner.key)
                excess -= row.attempted
    return group


def _partner(row: Row, same: Sequence[Row]) -> Row | None:
    """The other attempt at the same part: as many credits; rather the same term of the year, rather with credit."""
    others = [other for other in same if other.key != row.key and other.attempted == row.attempted]
    return max(
        others,
        key=lambda other: (other.term_order == row.term_order, other.earned > 0, other.ended_on > row.ended_on),
        default=None,
    )


def _join(group: dict[str, str], one: str, other: str) -> None:
    old, new = group[one], group[other]
    for key, name in group.items():
        if name == old:
            group[key] = new


def letters(row: Row, confirmed: Collection[str]) -> tuple[str, ...]:
    """The designation letters beside a row: only those the district has confirmed for the year (T26).

    B follows the district's list of college-preparatory courses and nothing else, also where a record brings one along.
    """
    own = [letter for letter in row.designations if letter != CADR]
    wanted = [CADR, *own] if row.is_cadr else own
    return tuple(letter for letter in dict.fromkeys(wanted) if letter in confirmed)
