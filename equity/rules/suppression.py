"""Hide small groups for good: in a table, across its totals, across schools and district, across reports.

A reader of a published table knows every figure that is shown, every total, and that counts are whole and not
negative. ``protect`` hides cells until that knowledge leaves each hidden count more than one possible value.
Small groups are those with fewer than ten *students* (WAC 392-117-060 as proposed; V-SUP rules).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

Key = Hashable
# A total by the places of its cells: the whole, and the parts.
Sum = tuple[int, list[int]]
# The places of one total that are not printed: the whole (None where it is), and the parts.
Equation = tuple[int | None, tuple[int, ...]]
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


@dataclass(frozen=True)
class Elsewhere:
    """Another report prints how many students there are. How many of them received is printed nowhere."""

    n: int


Published = Shown | TopBottom | Suppressed | Empty


def protect(
    cells: Sequence[Cell],
    totals: Sequence[Total] = (),
    *,
    hidden: Mapping[Key, Hidden] = MappingProxyType({}),
    kept: Set[Key] = frozenset(),
    least: int = 10,
    low: float = 0.05,
    high: float = 0.95,
) -> dict[Key, Published]:
    """What may be printed of each cell; nothing of those that another report prints.

    ``hidden`` names cells that other tables hide already, and why. ``kept`` are those of another report: it alone
    decides whether their students are printed, so others are hidden in their place, and it says nothing of these
    recipients. ``least`` is never below ten for anything that leaves authorized staff.
    """
    if least < 10:
        raise ValueError("Groups of fewer than ten students are always hidden (T53).")
    first = [
        Elsewhere(cell.n) if cell.key in kept and cell.n >= least else _first(cell, least, low, high) for cell in cells
    ]
    reader = _Reader(first, _placed([cell.key for cell in cells], totals))
    for place, cell in enumerate(cells):
        if cell.key in hidden:
            reader.hide(place, hidden[cell.key])
    fixed = {place for place, cell in enumerate(cells) if cell.key in kept}
    while victims := _most_exposed(cells, reader, least, fixed):
        for victim in victims:
            reader.hide(victim, Hidden.COMPLEMENTARY)
    return {
        cell.key: published
        for cell, published in zip(cells, reader.published, strict=True)
        if not isinstance(published, Elsewhere)
    }


def _placed(keys: Iterable[Key], totals: Iterable[Total]) -> list[Sum]:
    """The totals by the places of their cells."""
    place = {key: number for number, key in enumerate(keys)}
    return [(place[total.whole], [place[key] for key in total.parts]) for total in totals]


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


def _most_exposed(cells: Sequence[Cell], reader: _Reader, least: int, fixed: Set[int]) -> list[int]:
    """The places of the cells to hide next; none when nothing hidden can be worked out.

    The totals to mend are those with the fewest cells hidden. Of their parts still shown the one that mends most of
    them goes first, then the smallest, until each total is mended; a whole goes only when no part is left to hide.
    """
    exposed = reader.exposed()
    answer = reader.published
    broken = [
        (whole, parts)
        for whole, parts in reader.sums
        if whole in exposed
        or not exposed.isdisjoint(parts)
        or (
            not isinstance(answer[whole], Suppressed)
            and 0 < sum(cells[part].n for part in parts if isinstance(answer[part], Suppressed)) < least
        )
    ]
    hidden = [sum(isinstance(answer[place], Suppressed) for place in (whole, *parts)) for whole, parts in broken]
    for count in sorted(set(hidden)):
        tight = [total for total, hides in zip(broken, hidden, strict=True) if hides == count]
        victims = []
        while mends := Counter(
            part
            for _whole, parts in tight
            for part in parts
            if part not in fixed and _can_hide(answer[part], cells[part])
        ):
            # A coded cell already hides its recipients; hiding a whole one helps more.
            victims.append(
                min(mends, key=lambda part: (-mends[part], isinstance(answer[part], TopBottom), cells[part].n))
            )
            tight = [total for total in tight if victims[-1] not in total[1]]
        if victims:
            return victims
        for whole, _parts in tight:
            if whole not in fixed and not isinstance(answer[whole], Suppressed):
                return [whole]
    return []


def _can_hide(published: Published | Elsewhere, cell: Cell) -> bool:
    return not isinstance(published, Suppressed) and cell.n > 0


def exposures(answer: Mapping[Key, Published], totals: Sequence[Total]) -> set[Key]:
    """Keys of cells of which a reader can work out a hidden count exactly, from what is printed."""
    keys = list(answer)
    return {keys[place] for place in _Reader(list(answer.values()), _placed(keys, totals)).exposed()}


class _Reader:
    """What somebody can work out who reads every printed figure. Cells are named by their places in ``published``.

    Two attacks: subtraction (a hidden count is a linear combination of printed ones) and squeezing (whole numbers,
    not negative, recipients never more than students, coded rates within their bounds). Each count is bounded from
    below and above, of every cell for the students (0) and the recipients (1); where the two differ it is hidden.
    """

    def __init__(self, published: list[Published | Elsewhere], sums: list[Sum]) -> None:
        self.published = published
        self.sums = sums
        bounds = [_bounds(cell) for cell in published]
        self._low, self._high = ([[cell[which][end] for cell in bounds] for which in (0, 1)] for end in (0, 1))
        # The places whose count is not known, for students and for recipients.
        self._vague = [
            {
                place
                for place, (low, high) in enumerate(zip(self._low[which], self._high[which], strict=True))
                if low != high
            }
            for which in (0, 1)
        ]
        self._touching: list[list[int]] = [[] for _ in published]
        for number, (whole, parts) in enumerate(sums):
            for place in (whole, *parts):
                self._touching[place].append(number)
        # Of each sum: its hidden parts, and what the printed ones add up to.
        self._open = [[self._split(which, number) for number in range(len(sums))] for which in (0, 1)]

    def hide(self, place: int, reason: Hidden) -> None:
        """Print ``reason`` in place of the cell, unless it is hidden already."""
        if isinstance(self.published[place], Suppressed):
            return
        self.published[place] = Suppressed(reason)
        for which in (0, 1):
            self._low[which][place], self._high[which][place] = 0, ENDLESS
            self._vague[which].add(place)
            for number in self._touching[place]:
                self._open[which][number] = self._split(which, number)

    def exposed(self) -> set[int]:
        """Places of cells of which a hidden count is certain."""
        elsewhere = {place for place, one in enumerate(self.published) if isinstance(one, Elsewhere)}
        return (self._by_subtraction() | self._by_bounds()) - elsewhere

    def _split(self, which: int, number: int) -> tuple[list[int], int]:
        low, vague, parts = self._low[which].__getitem__, self._vague[which], self.sums[number][1]
        least = sum(map(low, parts))
        if vague.isdisjoint(parts):
            return [], least
        unknown = [part for part in parts if part in vague]
        return unknown, least - sum(map(low, unknown))

    def _by_subtraction(self) -> set[int]:
        found: set[int] = set()
        for which in (0, 1):
            vague = self._vague[which]
            equations = [
                (whole if whole in vague else None, tuple(unknown))
                for (whole, _parts), (unknown, _known) in zip(self.sums, self._open[which], strict=True)
                if unknown or whole in vague
            ]
            found |= _determined(tuple(equations))
        return found

    def _by_bounds(self) -> set[int]:
        low, high = [list(ends) for ends in self._low], [list(ends) for ends in self._high]
        _Squeeze(low, high, self.sums, self._open, self._touching).settle()
        return {
            place
            for which in (0, 1)
            for place, least in enumerate(self._low[which])
            if least != self._high[which][place] and low[which][place] == high[which][place]
        }


@lru_cache(maxsize=256)
def _determined(equations: tuple[Equation, ...]) -> frozenset[int]:
    """Columns whose value follows from the equations: those that stand alone in reduced row echelon form.

    Counted modulo a large prime: whole numbers stay small, and a coefficient that is not 0 does not become 0. Which
    cells are hidden is often the same in the next subject, so an answer is kept.
    """
    pivots: dict[int, dict[int, int]] = {}
    for whole, unknown in equations:
        row = dict.fromkeys(unknown, 1)
        if whole is not None:
            row[whole] = -1 % PRIME
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
    return frozenset(pivot for pivot, row in pivots.items() if len(row) == 1)


def _subtract(row: dict[int, int], other: Mapping[int, int], times: int) -> None:
    for column, value in other.items():
        left = (row.get(column, 0) - times * value) % PRIME
        if left:
            row[column] = left
        else:
            row.pop(column, None)


class _Squeeze:
    """Narrows the bounds of every count by every sum, until nothing moves. Changes the lists it is given."""

    def __init__(
        self,
        low: list[list[int]],
        high: list[list[int]],
        sums: list[Sum],
        unknown: list[list[tuple[list[int], int]]],
        touching: list[list[int]],
    ) -> None:
        self._low, self._high, self._sums, self._unknown, self._touching = low, high, sums, unknown, touching
        self._waiting = {
            (which, number)
            for which in (0, 1)
            for number, (whole, _parts) in enumerate(sums)
            if unknown[which][number][0] or low[which][whole] != high[which][whole]
        }

    def settle(self) -> None:
        while self._waiting:
            which, number = self._waiting.pop()
            self._squeeze(which, self._sums[number][0], *self._unknown[which][number])

    def _squeeze(self, which: int, whole: int, parts: list[int], known: int) -> None:
        low, high = self._low[which], self._high[which]
        lows = known + sum([low[part] for part in parts])
        bounded = [high[part] for part in parts if high[part] < ENDLESS]
        finite = known + sum(bounded)
        endless = len(parts) - len(bounded)
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
            if bottom > was_low or top < was_high:
                self._narrow(which, part, bottom, top)
                lows += low[part] - was_low
                if high[part] < ENDLESS:
                    finite += high[part] - (0 if is_endless else was_high)
                    endless -= is_endless

    def _narrow(self, which: int, place: int, low: int, high: int) -> None:
        lows, highs = self._low[which], self._high[which]
        if low <= lows[place] and high >= highs[place]:
            return
        lows[place], highs[place] = max(low, lows[place]), min(high, highs[place])
        self._waiting.update([(which, number) for number in self._touching[place]])
        # Nobody receives who is not a student of the group.
        if which == 0:
            self._narrow(1, place, 0, self._high[0][place])
        else:
            self._narrow(0, place, self._low[1][place], ENDLESS)


def _bounds(published: Published | Elsewhere) -> tuple[tuple[int, int], tuple[int, int]]:
    """The least and the most of students and of recipients that a reader knows from what is printed of one cell."""
    if isinstance(published, Shown):
        return (published.n, published.n), (published.a, published.a)
    if isinstance(published, Empty):
        return (0, 0), (0, 0)
    if isinstance(published, Elsewhere):
        return (published.n, published.n), (0, published.n)
    if isinstance(published, TopBottom):
        n, edge = published.n, published.n * 95 // 100
        return (n, n), (edge, n) if published.code == Coded.HIGH else (0, n - edge)
    return (0, ENDLESS), (0, ENDLESS)
