"""How far two readers of the same work agree: exact, adjacent, and weighted kappa. Plain Python, exact fractions.

Quadratic weights: a reading two levels apart counts four times one that is a single level apart (Cohen 1968). Kappa is
1 where all readings are equal, 0 where they agree as often as chance would make them, and below where less often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

# Of a normal distribution 95 % lies within so many standard errors.
_Z = 1.96

Pair = tuple[int, int]  # the places that two readers gave to the same work, counted from 1


@dataclass(frozen=True)
class Agreement:
    """Of ``pairs`` readings, the shares that are equal and at most one level apart. ``kappa`` is None where both
    readers gave every piece the same one level: then chance would agree always too."""

    pairs: int
    exact: Fraction
    adjacent: Fraction
    kappa: Fraction | None


@dataclass(frozen=True)
class TooFew:
    """Fewer readings than may be shown: figures of so few would speak of single people, and mean little."""

    least: int


def agreement(pairs: Sequence[Pair], *, least: int) -> Agreement | TooFew:
    """How far the readers agree on ``pairs``; hidden where there are fewer than ``least``."""
    if len(pairs) < max(least, 1):
        return TooFew(least)
    total = len(pairs)
    return Agreement(
        pairs=total,
        exact=Fraction(sum(first == second for first, second in pairs), total),
        adjacent=Fraction(sum(abs(first - second) <= 1 for first, second in pairs), total),
        kappa=weighted_kappa(pairs),
    )


@dataclass(frozen=True)
class Part:
    """One part of a whole, such as a school of a district: its pairs, and the people of whom they speak."""

    pairs: tuple[Pair, ...]
    people: frozenset[int]


def sayable(parts: Sequence[Part], *, least_pairs: int, least_people: int) -> list[bool]:
    """Which parts of one whole have enough pairs and people to be shown, when the whole is shown beside them.

    Whoever takes the shown parts from the whole gets the hidden ones together; where those are too few, the next
    smallest part is hidden with them.
    """

    def is_enough(those: Sequence[Part]) -> bool:
        people: frozenset[int] = frozenset().union(*(part.people for part in those))
        return sum(len(part.pairs) for part in those) >= least_pairs and len(people) >= least_people

    hidden = {place for place, part in enumerate(parts) if not is_enough([part])}
    shown = sorted(set(range(len(parts))) - hidden, key=lambda place: (len(parts[place].pairs), place), reverse=True)
    while shown and any(parts[place].pairs for place in hidden) and not is_enough([parts[one] for one in hidden]):
        hidden.add(shown.pop())
    return [place not in hidden for place in range(len(parts))]


def weighted_kappa(pairs: Sequence[Pair]) -> Fraction | None:
    """1 minus the squared distance seen, divided by the one that chance would make of the same two readers' levels."""
    return _kappa(_Sums.of(pairs))


def interval(pairs: Sequence[Pair]) -> tuple[float, float] | None:
    """Where kappa lies with 95 % confidence: the spread of the kappas that are left when each pair in turn is left out
    (jackknife). None where there is no kappa, with any pair left out either."""
    whole = _Sums.of(pairs)
    left = [_kappa(whole.without(pair)) for pair in pairs]
    kappa, known = _kappa(whole), [one for one in left if one is not None]
    if kappa is None or len(pairs) < 2 or len(known) < len(left):
        return None
    mean = sum(known) / len(known)
    spread = _Z * math.sqrt((len(known) - 1) / len(known) * sum((one - mean) ** 2 for one in known))
    return max(float(kappa) - spread, -1.0), min(float(kappa) + spread, 1.0)


@dataclass(frozen=True)
class _Sums:
    """What kappa needs of all pairs, so that one pair can be left out without looking at the others again."""

    pairs: int
    apart: int
    first: int
    second: int
    first_squares: int
    second_squares: int

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> _Sums:
        return cls(
            len(pairs),
            sum((first - second) ** 2 for first, second in pairs),
            sum(first for first, _ in pairs),
            sum(second for _, second in pairs),
            sum(first**2 for first, _ in pairs),
            sum(second**2 for _, second in pairs),
        )

    def without(self, pair: Pair) -> _Sums:
        first, second = pair
        return _Sums(
            self.pairs - 1,
            self.apart - (first - second) ** 2,
            self.first - first,
            self.second - second,
            self.first_squares - first**2,
            self.second_squares - second**2,
        )


def _kappa(sums: _Sums) -> Fraction | None:
    """Both distances summed: what was seen over n pairs, and what chance makes over n times n."""
    by_chance = sums.pairs * (sums.first_squares + sums.second_squares) - 2 * sums.first * sums.second
    return 1 - Fraction(sums.pairs * sums.apart, by_chance) if by_chance else None
