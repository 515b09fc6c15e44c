"""What a staff home is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class LineRow:
    """One thing that waits: who, what, how long. Without ``url`` there is no page of it for the reader."""

    name: str
    about: str
    wait: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One answer: what waits, in a sentence, and the page where it is done."""

    heading: str
    sentence: str
    label: str
    url: str
    icon: str
    waiting: int = 0
    # The first few, longest wait first.
    rows: Sequence[LineRow] = ()
