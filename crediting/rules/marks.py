"""The marks and what each is worth, as dated tables with their source. A new rule is a new table, not a new branch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True)
class OtherMark:
    """A mark without grade points: its word on the legend. ``earns`` is None where the record alone says it."""

    word: str
    earns: bool | None = None


@dataclass(frozen=True)
class MarkTable:
    """Marks of attempts that ended between two days, inclusive; None is open. ``points`` are per credit.

    ``other`` marks may be met on a record; the list is not closed, because districts and sending schools have more.
    """

    source: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    points: Mapping[str, Decimal]
    other: Mapping[str, OtherMark]

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", MappingProxyType(dict(self.points)))
        object.__setattr__(self, "other", MappingProxyType(dict(self.other)))

    def covers(self, day: dt.date) -> bool:
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day <= self.effective_to)


# E and F are one step under two names: eleven marks. Letters of the others are not confirmed by the state's own text,
# so nothing is decided by them: whether credit was earned and whether a mark counts stand in the row itself.
TABLES: tuple[MarkTable, ...] = (
    MarkTable(
        source="WAC 392-415-050 (former WAC 180-57-050, text of 2001)",
        effective_from=None,
        effective_to=None,
        points={
            "A": Decimal("4.0"),
            "A-": Decimal("3.7"),
            "B+": Decimal("3.3"),
            "B": Decimal("3.0"),
            "B-": Decimal("2.7"),
            "C+": Decimal("2.3"),
            "C": Decimal("2.0"),
            "C-": Decimal("1.7"),
            "D+": Decimal("1.3"),
            "D": Decimal("1.0"),
            "E": Decimal("0.0"),
            "F": Decimal("0.0"),
        },
        other={
            "P": OtherMark("Pass", earns=True),
            "CR": OtherMark("Credit", earns=True),
            "NC": OtherMark("No credit", earns=False),
            "S": OtherMark("Satisfactory", earns=True),
            "U": OtherMark("Unsatisfactory", earns=False),
            "I": OtherMark("Incomplete", earns=False),
            "W": OtherMark("Withdrawn", earns=False),
            "N": OtherMark("No mark", earns=False),
        },
    ),
)


def in_force(day: dt.date, tables: Sequence[MarkTable] = TABLES) -> MarkTable:
    """The table for an attempt that ended on ``day``. ``LookupError`` where the tables leave a gap or overlap."""
    found = [table for table in tables if table.covers(day)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} tables of marks are in force on {day}; there must be one.")
    return found[0]
