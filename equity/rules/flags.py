"""When a difference between groups asks for a look. Every threshold is the district's own choice (T64)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from equity.rules.measures import Ratio, risk_ratio


class Signal(StrEnum):
    """``not_enough`` is never read as "no gap" (T62)."""

    REVIEW = "review"
    WATCH = "watch"
    NONE = "none"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True)
class Thresholds:
    """``least_numerator`` and ``least_denominator`` hold on both sides (T58); bounds of the ratio are inclusive."""

    least_numerator: int = 10
    least_denominator: int = 20
    low_ratio: float = 0.80
    high_ratio: float = 1.25


def comparison(a: int, n: int, c: int, m: int, thresholds: Thresholds) -> Ratio | None:
    """The risk ratio against all other students; None where either side has too few for one (V-ES1)."""
    enough = min(a, c) >= thresholds.least_numerator and min(n, m) >= thresholds.least_denominator
    return risk_ratio(a, n, c, m) if enough else None


def signal(ratio: Ratio | None, thresholds: Thresholds) -> Signal:
    """Review where ratio and interval both speak, watch where one does (transcripts-and-data 5.5)."""
    if ratio is None:
        return Signal.NOT_ENOUGH
    far = ratio.value <= thresholds.low_ratio or ratio.value >= thresholds.high_ratio
    clear = ratio.limits.excludes(1.0)
    if far and clear:
        return Signal.REVIEW
    return Signal.WATCH if far or clear else Signal.NONE
