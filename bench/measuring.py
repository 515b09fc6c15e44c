"""What a benchmark answers, and how two things are timed fairly beside each other."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Measurement:
    """Ours and the reference in the same ``unit``; ``goal`` is what their ratio should not pass (or should reach)."""

    name: str
    ours: float
    reference: float
    unit: str
    goal: float
    better: Better = "lower"

    @property
    def ratio(self) -> float:
        return self.ours / self.reference

    @property
    def reached(self) -> bool:
        return self.ratio <= self.goal if self.better == "lower" else self.ratio >= self.goal

    def as_json(self) -> dict[str, str | float]:
        return {
            "name": self.name,
            "ours": round(self.ours, 4),
            "reference": round(self.reference, 4),
            "unit": self.unit,
            "ratio": round(self.ratio, 3),
            "goal": self.goal,
            "better": self.better,
        }


def milliseconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes, once."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def interleaved(
    ours: Callable[[], object], reference: Callable[[], object], *, rounds: int, warm: int = 3
) -> tuple[float, float]:
    """Medians in milliseconds of ``rounds`` runs each, taken in turn: what slows the machine slows both."""
    for _ in range(warm):
        ours()
        reference()
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            times[0].append(milliseconds(ours))
            times[1].append(milliseconds(reference))
    finally:
        gc.enable()
    return statistics.median(times[0]), statistics.median(times[1])
