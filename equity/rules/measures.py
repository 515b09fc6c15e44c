"""Measures of who receives credit, with intervals. Plain Python on counts; a rate is a ``float`` from 0 to 1.

``a`` of ``n`` in a group, ``c`` of ``m`` among those it is compared with. Intervals are 95% and say how much chance
could move a figure: they describe the process that gave it, not a sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, exp, log, sqrt

# Two-sided 95%.
Z = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """Lower and upper limit."""

    low: float
    high: float

    def excludes(self, value: float) -> bool:
        return not self.low <= value <= self.high


@dataclass(frozen=True)
class Ratio:
    """A risk ratio with its limits; ``corrected`` where half a student was added to each cell."""

    value: float
    limits: Interval
    corrected: bool = False


def _count(a: int, n: int) -> None:
    if n <= 0 or not 0 <= a <= n:
        raise ValueError(f"{a} of {n} is not a count of a group with students in it.")


def rate(a: int, n: int) -> float:
    _count(a, n)
    return a / n


def wilson(a: int, n: int) -> Interval:
    """Wilson score interval of a rate (transcripts-and-data 5.3)."""
    _count(a, n)
    p, z2 = a / n, Z * Z
    center = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(max(0.0, center - half) if a else 0.0, min(1.0, center + half) if a < n else 1.0)


def risk_ratio(a: int, n: int, c: int, m: int) -> Ratio:
    """Rate of the group over that of its comparison, Katz log limits; 0.5 is added to all four cells if one is 0."""
    _count(a, n)
    _count(c, m)
    corrected = 0 in {a, n - a, c, m - c}
    if corrected:
        aa, cc, nn, mm = a + 0.5, c + 0.5, n + 1.0, m + 1.0
        value = (aa / nn) / (cc / mm)
    else:
        aa, cc, nn, mm = float(a), float(c), float(n), float(m)
        value = float(Fraction(a, n) / Fraction(c, m))
    spread = Z * sqrt(1 / aa - 1 / nn + 1 / cc - 1 / mm)
    return Ratio(value, Interval(exp(log(value) - spread), exp(log(value) + spread)), corrected)


def gap(a: int, n: int, c: int, m: int) -> tuple[float, Interval]:
    """Difference of two rates (0 to 1) with Newcombe's hybrid limits."""
    p, q = rate(a, n), rate(c, m)
    group, other = wilson(a, n), wilson(c, m)
    low = (p - q) - sqrt((p - group.low) ** 2 + (other.high - q) ** 2)
    high = (p - q) + sqrt((group.high - p) ** 2 + (q - other.low) ** 2)
    return p - q, Interval(low, high)


def odds_ratio(a: int, n: int, c: int, m: int) -> float:
    """p(1-q) / (q(1-p)); ``ValueError`` where a cell is 0."""
    _count(a, n)
    _count(c, m)
    if 0 in {n - a, c}:
        raise ValueError("The odds ratio has no value where nobody is left on one side.")
    return float(Fraction(a * (m - c), c * (n - a)))


def fisher_exact(a: int, n: int, c: int, m: int) -> float:
    """Two-sided p: all tables with these margins that are no more likely than this one."""
    _count(a, n)
    _count(c, m)
    received, everyone = a + c, n + m
    ways = comb(everyone, received)

    def weight(x: int) -> int:
        return comb(n, x) * comb(m, received - x)

    seen = weight(a)
    low, high = max(0, received - m), min(n, received)
    return float(Fraction(sum(w for x in range(low, high + 1) if (w := weight(x)) <= seen), ways))


def composition(a: int, n: int, received: int, everyone: int) -> tuple[float, float]:
    """Share of recipients less share of students, in points; and their ratio."""
    _count(a, n)
    share, enrolled = Fraction(a, received), Fraction(n, everyone)
    return float((share - enrolled) * 100), float(share / enrolled)


def parity_count(a: int, n: int, c: int, m: int) -> int:
    """How many more students of the group would bring it to the others' rate; 0 where it is there."""
    _count(a, n)
    _count(c, m)
    return max(0, ceil(Fraction(c, m) * n) - a)
