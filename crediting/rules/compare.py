"""What is different between two editions of standards, in the terms a curriculum lead uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    RECODED = "recoded"
    MOVED = "moved"


@dataclass(frozen=True)
class Edition:
    """One standard as one edition has it. ``key`` is the code as search compares it; ``above`` its parent."""

    guid: UUID
    code: str
    key: str
    statement: str
    above: UUID | None = None
    above_name: str = ""
    order: str = ""


@dataclass(frozen=True)
class Difference:
    """One standard that is not the same in both; ``old`` or ``new`` is None where an edition lacks it."""

    changes: tuple[Change, ...]
    old: Edition | None
    new: Edition | None


def compare(old: Sequence[Edition], new: Sequence[Edition], links: Mapping[UUID, UUID]) -> list[Difference]:
    """Every difference, in the order of the new edition, then what was removed in the order of the old one.

    A standard is the same one by its identifier, else by a link of the publisher (``links``: old to new), else by a
    code that each edition has once. A wording differs where more than spaces do.
    """
    pairs = _pairs(old, new, links)
    by_new = {one.guid: before for before, one in pairs}
    partner = {before.guid: one.guid for before, one in pairs}
    found: list[Difference] = []
    for one in sorted(new, key=_order):
        before = by_new.get(one.guid)
        if before is None:
            found.append(Difference((Change.ADDED,), None, one))
        elif changes := tuple(_changes(before, one, partner)):
            found.append(Difference(changes, before, one))
    matched = {before.guid for before, _one in pairs}
    removed = [one for one in sorted(old, key=_order) if one.guid not in matched]
    return found + [Difference((Change.REMOVED,), one, None) for one in removed]


def _order(one: Edition) -> tuple[str, str]:
    return (one.order, one.key)


def _changes(before: Edition, after: Edition, partner: Mapping[UUID, UUID]) -> Iterable[Change]:
    if before.statement.split() != after.statement.split():
        yield Change.REWORDED
    if before.key != after.key:
        yield Change.RECODED
    if (partner.get(before.above) if before.above else None) != after.above:
        yield Change.MOVED


def _pairs(old: Sequence[Edition], new: Sequence[Edition], links: Mapping[UUID, UUID]) -> list[tuple[Edition, Edition]]:
    after = {one.guid: one for one in new}
    found: list[tuple[Edition, Edition]] = []
    taken: set[UUID] = set()

    def match(before: Edition, guid: UUID | None) -> bool:
        if guid is None or guid not in after or guid in taken:
            return False
        taken.add(guid)
        found.append((before, after[guid]))
        return True

    rest = [one for one in old if not match(one, one.guid)]
    rest = [one for one in rest if not match(one, links.get(one.guid))]
    codes = _once(one for one in new if one.guid not in taken)
    mine = _once(rest)
    for one in rest:
        if one.key and mine.get(one.key) == one.guid:
            match(one, codes.get(one.key))
    return found


def _once(editions: Iterable[Edition]) -> dict[str, UUID]:
    """Codes that one standard alone has."""
    listed: dict[str, list[UUID]] = defaultdict(list)
    for one in editions:
        listed[one.key].append(one.guid)
    return {key: guids[0] for key, guids in listed.items() if key and len(guids) == 1}
