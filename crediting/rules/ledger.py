"""How a decision becomes a line of the record, and how earlier lines are read back as facts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crediting.rules.facts import AttemptOutcome, Purpose

_FAILED = frozenset({"F", "E", "U"})
_NO_CREDIT = frozenset({"NC", "N", "NP"})
_INCOMPLETE = frozenset({"I", "INC"})
_WITHDRAWN = frozenset({"W", "WD"})
_SUMMER = re.compile(r"summer|verano|\b(?:sum|ss)\b", re.IGNORECASE)
RECOVERABLE = frozenset({AttemptOutcome.FAILED, AttemptOutcome.NO_CREDIT, AttemptOutcome.INCOMPLETE})


def outcome_of(mark: str, earned: Decimal) -> AttemptOutcome:
    """How a course on the record ended. Credit earned is a pass, whatever the mark is called."""
    if earned > 0:
        return AttemptOutcome.PASSED
    sign = mark.strip().upper()
    for marks, outcome in (
        (_FAILED, AttemptOutcome.FAILED),
        (_NO_CREDIT, AttemptOutcome.NO_CREDIT),
        (_INCOMPLETE, AttemptOutcome.INCOMPLETE),
        (_WITHDRAWN, AttemptOutcome.WITHDRAWN),
    ):
        if sign in marks:
            return outcome
    return AttemptOutcome.IN_PROGRESS if sign in {"", "IP"} else AttemptOutcome.FAILED


def is_summer(term: str) -> bool:
    """Whether a term's name, as records print it, is that of a summer: ``Summer 2026``, ``SS``, ``SUM``."""
    return bool(_SUMMER.search(term))


@dataclass(frozen=True)
class RecordRow:
    """A course row of the ledger; ``key`` is how the caller finds it again."""

    key: int
    course_code: str
    mark: str
    credits_attempted: Decimal
    credits_earned: Decimal
    ended_on: dt.date
    recovered: bool = False


def recovered_row(rows: Sequence[RecordRow], course_code: str, purpose: Purpose) -> RecordRow | None:
    """The earlier attempt an award recovers: the newest of the course without credit that nothing has recovered yet.

    That row stays as it is (R36, T25). A challenge recovers nothing.
    """
    if purpose == Purpose.CHALLENGE:
        return None
    open_rows = [
        row
        for row in rows
        if row.course_code == course_code
        and not row.recovered
        and outcome_of(row.mark, row.credits_earned) in RECOVERABLE
    ]
    return max(open_rows, key=lambda row: (row.ended_on, row.key), default=None)


@dataclass(frozen=True)
class Term:
    """A session of a district: its name as it prints, its year, its first and last day."""

    title: str
    school_year: int
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True)
class Place:
    """Where on the record a line stands: ending year of the school year, the term's name and its order in the year."""

    school_year: int
    term: str
    order: int


def place_of(day: dt.date, school_year: int, terms: Sequence[Term]) -> Place:
    """The term in which ``day`` falls; between two terms the earlier one; the year alone where no term is known.

    Of terms that lie within each other the shortest is taken.
    """
    of_year = sorted(
        (term for term in terms if term.school_year == school_year), key=lambda term: (term.starts_on, term.ends_on)
    )
    if not of_year:
        return Place(school_year, f"{school_year - 1}-{school_year % 100:02d}", 0)
    within = [term for term in of_year if term.starts_on <= day <= term.ends_on]
    begun = [term for term in of_year if term.starts_on <= day]
    if within:
        chosen = min(within, key=lambda term: term.ends_on - term.starts_on)
    else:
        chosen = begun[-1] if begun else of_year[0]
    return Place(school_year, chosen.title, of_year.index(chosen) + 1)
