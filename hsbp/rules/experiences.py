"""How far a student is toward a target for experiences, entry by entry, with the reason why each counts or does not.

A target is an aim for a grade in one school year: so many experiences of a kind, each at least so long. An entry
counts in the school year of its last day, and only once somebody of the school has confirmed it. Nothing else is
looked at: no mark, no average and no credit opens or closes an experience.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hsbp.states import ExperienceState
from mbl.core.calendar import school_year


class Why(StrEnum):
    """Why an entry of the target's kind counts, or what keeps it from counting."""

    COUNTS = "counts"
    TOO_SHORT = "too_short"
    NOT_CONFIRMED = "not_confirmed"
    WITHDRAWN = "withdrawn"
    OTHER_YEAR = "other_year"


# No aim asks for more in one school year.
MOST_COUNT = 50


@dataclass(frozen=True)
class Told:
    """What somebody tells of an experience. ``ends_on`` is the last day, often the first; ``hours`` are all of it."""

    starts_on: dt.date
    ends_on: dt.date
    hours: Decimal
    organization: str = ""
    contact: str = ""
    done: str = ""
    reflection: str = ""


@dataclass(frozen=True)
class Aim:
    """So many in a school year, each of ``least_hours``; ``share`` (0 to 1) of the students, where one is said."""

    count: int
    least_hours: Decimal
    share: Decimal | None = None


@dataclass(frozen=True)
class Target:
    """``count`` experiences of ``kind`` in one school year, each of ``least_hours`` or more.

    For students of ``grade`` ("09" to "12") at ``school``; empty text is every school without a target of its own.
    """

    kind: str
    grade: str
    school: str
    count: int
    least_hours: Decimal


@dataclass(frozen=True)
class Entry:
    """One experience as the log has it. ``key`` tells entries apart; ``last_day`` says to which year it belongs."""

    key: str
    kind: str
    hours: Decimal
    last_day: dt.date
    state: ExperienceState


@dataclass(frozen=True)
class Standing:
    """Every entry of the target's kind with its reason, newest first."""

    target: Target
    entries: tuple[tuple[Entry, Why], ...]

    @property
    def counted(self) -> int:
        return sum(why == Why.COUNTS for _entry, why in self.entries)

    @property
    def is_reached(self) -> bool:
        return self.counted >= self.target.count


def held_to(targets: Iterable[Target], *, grade: str, school: str) -> list[Target]:
    """The targets of a student: a school's own stands in place of the district's for the same kind and grade."""
    found: dict[str, Target] = {}
    for target in targets:
        if target.grade == grade and target.school in {"", school} and (target.school or target.kind not in found):
            found[target.kind] = target
    return list(found.values())


def standing(target: Target, entries: Iterable[Entry], year: int) -> Standing:
    """Where a student stands in the school year that ends in ``year``. The order of ``entries`` does not matter."""
    of_kind = sorted(
        (entry for entry in entries if entry.kind == target.kind),
        key=lambda entry: (entry.last_day, entry.key),
        reverse=True,
    )
    return Standing(target, tuple((entry, reason(target, entry, year)) for entry in of_kind))


def reason(target: Target, entry: Entry, year: int) -> Why:
    """Of several reasons the one that comes first: what could not be mended by confirming it stands before that."""
    if entry.state == ExperienceState.WITHDRAWN:
        return Why.WITHDRAWN
    if school_year(entry.last_day) != year:
        return Why.OTHER_YEAR
    if entry.hours < target.least_hours:
        return Why.TOO_SHORT
    return Why.COUNTS if entry.state == ExperienceState.CONFIRMED else Why.NOT_CONFIRMED


def reached_by(target: Target, entries: Sequence[Entry], year: int) -> bool:
    """Whether these entries of one student reach the target."""
    return standing(target, entries, year).is_reached
