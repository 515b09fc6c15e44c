"""Hide small groups for good: in a table, across its totals, across schools and district, across reports.

A reader of a published table knows every figure that is shown, every total, and that counts are whole and not
negative. ``protect`` hides cells until that knowledge leaves each hidden count more than one possible value.
Small groups are those with fewer than ten *students* (WAC 392-117-060 as proposed; V-SUP rules).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Key = Hashable
PRIME = 2**61 - 1
# More students than any table has.
ENDLESS = 2**40


class Hidden(StrEnum):
    """Why a cell is not shown."""

    SMALL = "n<10"
    COMPLEMENTARY = "complementary"
    # Hidden in an earlier report of the same year: showing it now would tell what was hidden then.
    EARLIER = "earlier"


class Coded(StrEnum):
    """A rate so near 0 or 1 that it would tell about single students."""

    HIGH = ">95%"
    LOW = "<5%"


@dataclass(frozen=True)
class Cell:
    """``a`` of ``n`` students received."""

    key: Key
    n: int
    a: int


@dataclass(frozen=True)
class Total:
    """The parts add up to the whole, for students and for recipients alike."""

    whole: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class Shown:
    """Everything may be printed."""

    n: int
    a: int

    @property
    def rate(self) -> float:
        return self.a / self.n


@dataclass(frozen=True)
class TopBottom:
    """The number of students may be printed, the rate only as a bound, the number of recipients not."""

    n: int
    code: Coded


@dataclass(frozen=True)
class Suppressed:
    """Nothing but the reason may be printed: never blank, never zero."""

    reason: Hidden


@dataclass(frozen=True)
class Empty:
    """No student at all, which tells about nobody; a reader counts it as the 0 it is."""


Published = Shown | TopBottom | Suppressed | Empty


def protect(
    cells: Sequence[Cell],
    totals: Sequence[Total] = (),
    *,
    hidden: Mapping[Key, Hidden] = MappingProxyType({}),
    least: int = 10,
    low: float = 0.05,
    high: float = 0.95,
) -> dict[Key, Published]:
    """What may be printed of each cell.

    ``hidden`` names cells that other tables hide already, and why. ``least`` is never below ten for anything that
    leaves authorized staff.
    """
    if least < 10:
        raise ValueError("Groups of fewer than ten students are always hidden (T53).")
    known = {cell.key: cell for cell in cells}
    answer: dict[Key, Published] = {cell.key: _first(cell, least, low, high) for cell in cells}
    for key, reason in hidden.items():
        if key in answer and not isinstance(answer[key], Suppressed):
            answer[key] = Suppressed(reason)
    while True:
        victim = _most_exposed(known, totals, answer, least)
        if victim is None:
            return answer
        answer[victim] = Suppressed(Hidden.COMPLEMENTARY)


def _first(cell: Cell, least: int, low: float, high: float) -> Published:
    if cell.n == 0:
        return Empty()
    if cell.n < least:
        return Suppressed(Hidden.SMALL)
    if cell.a == cell.n or cell.a / cell.n > high:
        return TopBottom(cell.n, Coded.HIGH)
    if cell.a == 0 or cell.a / cell.n < low:
        return TopBottom(cell.n, Coded.LOW)
    return Shown(cell.n, cell.a)


def _most_exposed(
    cells: Mapping[Key, Cell],
    totals: Sequence[Total],
    answer: Mapping[Key, Published],
    least: int,
) -> Key | None:
    """The next cell to hide, or None when nothing hidden can be worked out.

    The totals to mend are those with the fewest cells hidden. Of their parts still shown the one that mends most of
    them goes next, then the smallest; a whole goes only when no part is left to hide.
    """
    exposed = exposures(answer, totals)
    broken = [
        total
        for total in totals
        if exposed & {total.whole, *total.parts}
        or (
            not isinstance(answer[total.whole], Suppressed)
            and 0 < sum(cells[key].n for key in total.parts if isinstance(answer[key], Suppressed)) < least
        )
    ]
    if not broken:
        return None
    hidden = {
        id(total): sum(isinstance(answer[key], Suppressed) for key in (total.whole, *total.parts)) for total in broken
    }
    for count in sorted(set(hidden.values())):
        tight = [total for total in broken if hidden[id(total)] == count]
        mends = Counter(key for total in tight for key in total.parts if _can_hide(answer[key], cells[key]))
        if mends:
            # A coded cell already hides its recipients; hiding a whole one helps more.
            return min(mends, key=lambda key: (-mends[key], isinstance(answer[key], TopBottom), cells[key].n))
        for total in tight:
            if not isinstance(answer[total.whole], Suppressed):
                return total.whole
    return None


def _can_hide(published: Published, cell: Cell) -> bool:
    return not isinstance(published, Suppressed) and cell.n > 0


def exposures(answer: Mapping[Key, Published], totals: Sequence[Total]) -> set[Key]:
    """Keys of cells of which a reader can work out a hidden count exactly, from what is printed.

    Two attacks: subtraction (a hidden count is a linear combination of printed ones) and squeezing (whole numbers,
    not negative, recipients never more than students, coded rates within their bounds).
    """
    return _by_subtraction(answer, totals) | _by_bounds(answer, totals)


def _hidden(published: Published) -> tuple[bool, bool]:
    """Whether the number of students and the number of recipients are hidden."""
    return isinstance(published, Suppressed), isinstance(published, Suppressed | TopBottom)


def _by_subtraction(answer: Mapping[Key, Published], totals: Sequence[Total]) -> set[Key]:
    found: set[Key] = set()
    for which in (0, 1):
        index: dict[Key, int] = {}
        for key, published in answer.items():
            if _hidden(published)[which]:
                index[key] = len(index)
        unknown = list(index)
        rows: list[dict[int, int]] = []
        for total in totals:
            row = {index[part]: 1 for part in total.parts if part in index}
            if total.whole in index:
                row[index[total.whole]] = -1 % PRIME
            if row:
                rows.append(row)
        found |= {unknown[column] for column in _determined(rows)}
    return found


def _determined(rows: Iterable[dict[int, int]]) -> set[int]:
    """Columns whose value follows from the equations: those that stand alone in reduced row echelon form.

    Counted modulo a large prime: whole numbers stay small, and a coefficient that is not 0 does not become 0.
    """
    pivots: dict[int, dict[int, int]] = {}
    for row in rows:
        for column in [column for column in row if column in pivots]:
            if column in row:
                _subtract(row, pivots[column], row[column])
        if not row:
            continue
        pivot = min(row)
        inverse = pow(row[pivot], -1, PRIME)
        if inverse != 1:
            row = {column: value * inverse % PRIME for column, value in row.items()}
        for other in pivots.values():
            if pivot in other:
                _subtract(other, row, other[pivot])
        pivots[pivot] = row
    return {pivot for pivot, row in pivots.items() if len(row) == 1}


def _subtract(row: dict[int, int], other: Mapping[int, int], times: int) -> None:
    for column, value in other.items():
        left = (row.get(column, 0) - times * value) % PRIME
        if left:
            row[column] = left
        else:
            row.pop(column, None)


def _by_bounds(answer: Mapping[Key, Published], totals: Sequence[Total]) -> set[Key]:
    bounds = _Bounds(answer, totals)
    bounds.settle()
    return {
        key
        for key, published in answer.items()
        if any(hidden and bounds.is_point(key, which) for which, hidden in enumerate(_hidden(published)))
    }


class _Bounds:
    """The least and the most that each count can be: for every cell the students (0) and the recipients (1)."""

    def __init__(self, answer: Mapping[Key, Published], totals: Sequence[Total]) -> None:
        self._place = {key: position for position, key in enumerate(answer)}
        self._low: tuple[list[int], list[int]] = ([], [])
        self._high: tuple[list[int], list[int]] = ([], [])
        for published in answer.values():
            for which, (low, high) in enumerate(_known(published)):
                self._low[which].append(low)
                self._high[which].append(high)
        self._totals = [(self._place[t.whole], [self._place[key] for key in t.parts]) for t in totals]
        self._touches: list[list[int]] = [[] for _ in answer]
        for number, (whole, parts) in enumerate(self._totals):
            for place in (whole, *parts):
                self._touches[place].append(number)
        self._waiting = {(which, number) for which in (0, 1) for number in range(len(totals))}

    def is_point(self, key: Key, which: int) -> bool:
        place = self._place[key]
        return self._low[which][place] == self._high[which][place]

    def settle(self) -> None:
        """Narrow until nothing moves."""
        while self._waiting:
            which, number = self._waiting.pop()
            self._squeeze(which, *self._totals[number])

    def _squeeze(self, which: int, whole: int, parts: list[int]) -> None:
        low, high = self._low[which], self._high[which]
        lows = sum(low[part] for part in parts)
        finite = sum(high[part] for part in parts if high[part] < ENDLESS)
        endless = sum(high[part] >= ENDLESS for part in parts)
        self._narrow(which, whole, lows, ENDLESS if endless else finite)
        for part in parts:
            was_low, was_high = low[part], high[part]
            if was_low == was_high:
                continue
            is_endless = was_high >= ENDLESS
            bottom = 0
            if endless == is_endless:
                bottom = low[whole] - (finite if is_endless else finite - was_high)
            top = high[whole] - (lows - was_low) if high[whole] < ENDLESS else ENDLESS
            self._narrow(which, part, bottom, top)
            if low[part] != was_low or high[part] != was_high:
                lows += low[part] - was_low
                if high[part] < ENDLESS:
                    finite += high[part] - (0 if is_endless else was_high)
                    endless -= is_endless

    def _narrow(self, which: int, place: int, low: int, high: int) -> None:
        moved = False
        if low > self._low[which][place]:
            self._low[which][place], moved = low, True
        if high < self._high[which][place]:
            self._high[which][place], moved = high, True
        if not moved:
            return
        self._waiting.update((which, number) for number in self._touches[place])
        # Nobody receives who is not a student of the group.
        if which == 0:
            self._narrow(1, place, 0, self._high[0][place])
        else:
            self._narrow(0, place, self._low[1][place], ENDLESS)


def _known(published: Published) -> tuple[tuple[int, int], tuple[int, int]]:
    """What a reader knows of students and recipients from what is printed of one cell."""
    if isinstance(published, Shown):
        return (published.n, published.n), (published.a, published.a)
    if isinstance(published, Empty):
        return (0, 0), (0, 0)
    if isinstance(published, TopBottom):
        n, edge = published.n, published.n * 95 // 100
        return (n, n), (edge, n) if published.code == Coded.HIGH else (0, n - edge)
    return (0, ENDLESS), (0, ENDLESS)
