"""World language credit earned by showing mastery, as evidence for the Seal of Biliteracy (T27).

The state's rule takes so many competency-based credits in one language for the level of the language, at its
intermediate award. The Seal itself is decided by a person and needs more than that; nothing of it is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

RULE = "T27"
WORLD_LANGUAGES = "world_languages"


@dataclass(frozen=True)
class Route:
    """So many competency-based ``credits`` in one language. ``read_on`` is the day on which the rule was read."""

    citation: str
    credits: Decimal
    read_on: str


INTERMEDIATE = Route("WAC 392-410-350", Decimal("4.0"), "2026-11-21")


@dataclass(frozen=True)
class Credit:
    """One award that stands. ``language`` is empty where neither the request nor the award names it."""

    language: str
    title: str
    credits: Decimal


@dataclass(frozen=True)
class Evidence:
    """What a student has in one language. ``is_named`` is false where it goes by the course, not by a language."""

    language: str
    credits: Decimal
    is_named: bool
    route: Route = INTERMEDIATE

    @property
    def still(self) -> Decimal:
        return max(self.route.credits - self.credits, Decimal(0))

    @property
    def is_enough(self) -> bool:
        """Whether the credits that the rule asks for are there, in a language that is named."""
        return self.is_named and not self.still


def evidence(credits: Iterable[Credit]) -> tuple[Evidence, ...]:
    """By language, however its name is capitalized, in the order of the first award; credit in two never adds up."""
    found: dict[tuple[str, bool], tuple[str, Decimal]] = {}
    for one in credits:
        said = one.language or one.title
        key = (said.casefold(), bool(one.language))
        first, earned = found.get(key, (said, Decimal(0)))
        found[key] = (first, earned + one.credits)
    return tuple(Evidence(said, earned, is_named) for (_key, is_named), (said, earned) in found.items() if earned > 0)
