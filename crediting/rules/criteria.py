"""What must be shown, as a tree over standards: all of these, one of those, three of these five.

Pure: a tree and what each standard has come to (``rules.mastery``) go in; met, still open or not met comes out, with a
reason for every node. A node is open while judging what is not judged yet could still make it met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crediting.rules.mastery import StandardResult, place
from mbl.core.decisions import Param, Reason


class Standing(StrEnum):
    MET = "met"
    OPEN = "open"
    NOT_MET = "not_met"


@dataclass(frozen=True)
class Shown:
    """One standard, at ``level`` or above; without one, at the level that it was evaluated against."""

    standard: str
    level: str = ""


@dataclass(frozen=True)
class AtLeast:
    """At least ``count`` of the parts."""

    count: int
    parts: tuple[Tree, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.count <= len(self.parts):
            raise ValueError(f"{self.count} of {len(self.parts)} parts cannot be asked for.")


Tree = Shown | AtLeast


def all_of(*parts: Tree) -> AtLeast:
    return AtLeast(len(parts), parts)


def any_of(*parts: Tree) -> AtLeast:
    return AtLeast(1, parts)


@dataclass(frozen=True)
class Found:
    """How a node stands, why, and how its parts do."""

    standing: Standing
    reason: Reason
    parts: tuple[Found, ...] = ()

    @property
    def met(self) -> bool:
        return self.standing == Standing.MET


def weigh(tree: Tree, results: Mapping[str, StandardResult], levels: Sequence[str], citation: str = "") -> Found:
    """How ``tree`` stands. ``results`` by the standard's guid; ``levels`` are level codes, lowest first.

    A ``KeyError`` means that a standard of the tree was never evaluated, which is a mistake of the caller.
    """
    if isinstance(tree, Shown):
        return _shown(tree, results[tree.standard], levels, citation)
    parts = tuple(weigh(part, results, levels, citation) for part in tree.parts)
    met = sum(part.met for part in parts)
    still_open = sum(part.standing == Standing.OPEN for part in parts)
    count: dict[str, Param] = {"met": met, "asked": tree.count, "parts": len(parts)}
    if met >= tree.count:
        standing = Standing.MET
    else:
        standing = Standing.OPEN if met + still_open >= tree.count else Standing.NOT_MET
    return Found(standing, Reason(f"criteria.{standing}", count, "R7", citation), parts)


def _shown(leaf: Shown, result: StandardResult, levels: Sequence[str], citation: str) -> Found:
    if result.arithmetic is None:
        return Found(Standing.OPEN, result.reason)
    if not leaf.level or leaf.level == result.required:
        return Found(Standing.MET if result.met else Standing.NOT_MET, result.reason)
    met = place(levels, result.level) >= place(levels, leaf.level) > 0
    said: dict[str, Param] = {
        **result.reason.params,
        "level": result.level,
        "required_level": leaf.level,
    }
    reason = Reason("mastery.reached" if met else "mastery.below", said, "R7", citation)
    return Found(Standing.MET if met else Standing.NOT_MET, reason)
