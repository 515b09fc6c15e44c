"""When a difference between groups asks for a look. Every threshold is the district's own choice (T64)."""

from __future__ import annotations

from collections.abc import Sequence
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


# So many years of Review in one direction are a lasting difference (T63).
LASTING = 3


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


def lasts(years: Sequence[tuple[Signal, float | None]]) -> bool:
    """Whether the newest three years were all Review, and the ratio on the same side of 1 each time (T63).

    ``years`` holds signal and ratio of a group, oldest first, one for each year in a row; None where there is no ratio.
    """
    newest = years[-LASTING:]
    sides = {ratio < 1 for signal, ratio in newest if signal == Signal.REVIEW and ratio is not None}
    return len(newest) == LASTING and all(signal == Signal.REVIEW for signal, _ratio in newest) and len(sides) == 1
