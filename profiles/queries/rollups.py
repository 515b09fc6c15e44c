"""The roll-ups the product ships, read from ``profiles/data/race-codes.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

from mbl.core.models import District
from profiles.rules.rollup import Group, RollUp

CODES = Path(__file__).resolve().parent.parent / "data" / "race-codes.toml"


def rollups_of(district: District) -> dict[str, RollUp]:
    """Every version, with the groups of the district's own codes: its setting ``race_codes`` (code -> group)."""
    own = {str(code): Group(group) for code, group in district.settings.get("race_codes", {}).items()}
    return {
        version: replace(rollup, summary={code: rollup.of(group) for code, group in own.items()} | dict(rollup.summary))
        for version, rollup in rollups().items()
    }


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
            middle_eastern_as=as_group,
            not_hispanic=frozenset(data["not_hispanic"]),
            hispanic_first=row.get("hispanic_first", True),
        )
    return known
