"""How several judgements of one standard become one level. Levels are places on a scale, counted from 1.

Nothing here knows a standard or a person: ``work_out`` gets the places of the attempts, oldest first, and answers the
place that is reached, which attempts it used and the numbers of its one line of arithmetic. Means are exact fractions
until the stated rounding; what is printed has two places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor

from crediting.states import AggregationKind, Rounding
from mbl.core.decisions import Param

Kind = AggregationKind


@dataclass(frozen=True)
class Aggregation:
    """One way to work out a level. ``n`` is how many attempts count (0: all); ``minimum`` how many there must be.

    ``weight`` is the percent that the newest attempt counts in a decaying average. Without a rule of its own a district
    has this one: the newest counts.
    """

    kind: AggregationKind = Kind.NEWEST
    n: int = 0
    minimum: int = 1
    weight: int = 0
    rounding: Rounding = Rounding.HALF_UP

    @property
    def least(self) -> int:
        """How many attempts there must be before it gives a level."""
        return max(1, self.minimum, self.n if self.kind == Kind.TIMES else 0)

    def window(self, attempts: int) -> range:
        """Which of ``attempts``, oldest first, it looks at."""
        if self.kind == Kind.NEWEST:
            return range(max(attempts - 1, 0), attempts)
        if self.kind in {Kind.BEST, Kind.MEAN} and self.n:
            return range(max(attempts - self.n, 0), attempts)
        return range(attempts)


NEWEST = Aggregation()


@dataclass(frozen=True)
class Worked:
    """``used`` are indexes into the places that were given; ``numbers`` is what the line of arithmetic prints."""

    place: int
    used: tuple[int, ...]
    numbers: Mapping[str, Param]


def work_out(aggregation: Aggregation, places: Sequence[int]) -> Worked:
    """The place reached by ``places``, oldest first and at least ``aggregation.least`` of them."""
    if len(places) < aggregation.least:
        raise ValueError(f"{len(places)} attempts are fewer than {aggregation.least}.")
    window = aggregation.window(len(places))
    return _KINDS[aggregation.kind](aggregation, places, window)


def place_of(looks: Iterable[tuple[int, int]], aggregation: Aggregation) -> tuple[int, int]:
    """The place reached (0: none yet) and the number of attempts, by looks as (attempt, place) in their order.

    What ``rules.mastery`` says of one standard, without its reasons: for a grid of a thousand.
    """
    places = list(dict(looks).values())
    if aggregation is NEWEST:
        return places[-1] if places else 0, len(places)
    if len(places) < aggregation.least or not all(places[index] for index in aggregation.window(len(places))):
        return 0, len(places)
    return work_out(aggregation, places).place, len(places)


def rounded(value: Fraction, rounding: Rounding) -> int:
    """A whole place. ``half_up``: to the nearest, and from the middle up."""
    match rounding:
        case Rounding.DOWN:
            return floor(value)
        case Rounding.UP:
            return ceil(value)
        case Rounding.HALF_UP:
            return floor(value + Fraction(1, 2))


def _newest(_aggregation: Aggregation, places: Sequence[int], window: range) -> Worked:
    return Worked(places[window[-1]], (window[-1],), {})


def _best(_aggregation: Aggregation, places: Sequence[int], window: range) -> Worked:
    """Of equals the newest is the one that counts."""
    best = max(window, key=lambda index: (places[index], index))
    return Worked(places[best], (best,), {"numbers": _listed(places, window, ", ")})


def _mean(aggregation: Aggregation, places: Sequence[int], window: range) -> Worked:
    value = Fraction(sum(places[index] for index in window), len(window))
    numbers: dict[str, Param] = {
        "numbers": _listed(places, window, " + "),
        "value": _text(value),
        "rounding": aggregation.rounding.value,
    }
    return Worked(rounded(value, aggregation.rounding), tuple(window), numbers)


def _decaying(aggregation: Aggregation, places: Sequence[int], window: range) -> Worked:
    """Each attempt counts ``weight`` percent, and what stood before it the rest."""
    weight = Fraction(aggregation.weight, 100)
    steps = [Fraction(places[window[0]])]
    for index in window[1:]:
        steps.append(weight * places[index] + (1 - weight) * steps[-1])
    numbers: dict[str, Param] = {
        "numbers": _listed(places, window, ", "),
        "weight": aggregation.weight,
        "before": 100 - aggregation.weight,
        "steps": " → ".join(_text(step) for step in steps),
        "value": _text(steps[-1]),
        "rounding": aggregation.rounding.value,
    }
    return Worked(rounded(steps[-1], aggregation.rounding), tuple(window), numbers)


def _times(aggregation: Aggregation, places: Sequence[int], window: range) -> Worked:
    """The highest level that ``n`` attempts reach or pass."""
    times = max(aggregation.n, 1)
    place = sorted((places[index] for index in window), reverse=True)[times - 1]
    used = tuple(index for index in window if places[index] >= place)
    numbers: dict[str, Param] = {"numbers": _listed(places, window, ", "), "times": times}
    return Worked(place, used, numbers)


def _mode(_aggregation: Aggregation, places: Sequence[int], window: range) -> Worked:
    """The most frequent level; of equally frequent ones the one that was shown last."""
    counts = Counter(places[index] for index in window)
    newest = {places[index]: index for index in window}
    place = max(counts, key=lambda one: (counts[one], newest[one]))
    used = tuple(index for index in window if places[index] == place)
    return Worked(place, used, {"numbers": _listed(places, window, ", ")})


_KINDS: Mapping[AggregationKind, Callable[[Aggregation, Sequence[int], range], Worked]] = {
    Kind.NEWEST: _newest,
    Kind.BEST: _best,
    Kind.MEAN: _mean,
    Kind.DECAYING: _decaying,
    Kind.TIMES: _times,
    Kind.MODE: _mode,
}


def _listed(places: Sequence[int], window: range, between: str) -> str:
    return between.join(str(places[index]) for index in window)


def _text(value: Fraction) -> str:
    """Two places at most: ``2.5``, ``3``, ``2.67``."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return format(exact.quantize(Decimal("0.01"), ROUND_HALF_UP).normalize(), "f")
