"""How far two readers of the same work agree: exact, adjacent, and weighted kappa. Plain Python, exact fractions.

Quadratic weights: a reading two levels apart counts four times one that is a single level apart (Cohen 1968). Kappa is
1 where all readings are equal, 0 where they agree as often as chance would make them, and below where less often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

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


def weighted_kappa(pairs: Sequence[Pair]) -> Fraction | None:
    """1 minus the squared distance seen, divided by the one that chance would make of the same two readers' levels."""
    seen = Fraction(sum((first - second) ** 2 for first, second in pairs), len(pairs))
    by_chance = Fraction(sum((first - second) ** 2 for first, _ in pairs for _, second in pairs), len(pairs) ** 2)
    return 1 - seen / by_chance if by_chance else None
