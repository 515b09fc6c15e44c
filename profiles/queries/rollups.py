"""The roll-ups the product ships, read from ``profiles/data/race-codes.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from profiles.rules.rollup import Group, RollUp

CODES = Path(__file__).resolve().parent.parent / "data" / "race-codes.toml"


@cache
def rollups() -> dict[str, RollUp]:
    """Every version by its name."""
    data = tomllib.loads(CODES.read_text(encoding="utf-8"))
    known: dict[str, RollUp] = {}
    for row in data["rollup"]:
        summary = {code: Group(group) for code, group in data["summary"].items()}
        as_group = Group(row["middle_eastern_as"])
        known[row["version"]] = RollUp(
            version=row["version"],
            summary={code: as_group if group == Group.MIDDLE_EASTERN else group for code, group in summary.items()},
            not_hispanic=frozenset(data["not_hispanic"]),
            hispanic_first=row.get("hispanic_first", True),
        )
    return known
