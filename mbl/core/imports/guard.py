"""Rails that stop a run which would change unusually much, until a person has looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mbl.core.models import District


@dataclass(frozen=True)
class Rails:
    """When to ask. Shares are of what is there now."""

    withdrawn_share: float = 0.05
    withdrawn_most: int = 200
    created_share: float = 0.25
    moved_share: float = 0.10


def rails_of(district: District) -> Rails:
    """The district's own: its setting ``import_rails``, an object with names of ``Rails``; the rest is as usual."""
    chosen = district.settings.get("import_rails", {})
    usual = Rails()
    return Rails(
        withdrawn_share=float(chosen.get("withdrawn_share", usual.withdrawn_share)),
        withdrawn_most=int(chosen.get("withdrawn_most", usual.withdrawn_most)),
        created_share=float(chosen.get("created_share", usual.created_share)),
        moved_share=float(chosen.get("moved_share", usual.moved_share)),
    )


def error_share(district: District) -> float:
    """The share of rows not taken above which a picked-up file waits for a person."""
    return float(district.settings.get("pickup_error_share", 0.05))


@dataclass(frozen=True)
class Alarm:
    """One reason to stop and ask."""

    code: str
    kind: str
    count: int
    of: int


def alarms(
    *,
    present: Mapping[str, int],
    withdrawn: Mapping[str, int],
    created: Mapping[str, int],
    moved: Mapping[str, int],
    watched: frozenset[str],
    rails: Rails | None = None,
) -> list[Alarm]:
    """What is unusual. ``present`` counts what is there before the run; a first run has nothing to compare with.

    ``watched``: the kinds whose many new rows are unusual. ``moved``: how many of a kind change their place.
    """
    rails = rails or Rails()
    found = []
    for kind, count in withdrawn.items():
        before = present.get(kind, 0)
        if before and (count > rails.withdrawn_most or count > rails.withdrawn_share * before):
            found.append(Alarm("MANY_WITHDRAWN", kind, count, before))
    for kind in watched:
        before = present.get(kind, 0)
        if before and created.get(kind, 0) > rails.created_share * before:
            found.append(Alarm("MANY_NEW", kind, created[kind], before))
    for kind, count in moved.items():
        before = present.get(kind, 0)
        if before and count > rails.moved_share * before:
            found.append(Alarm("MANY_MOVED", kind, count, before))
    return found
