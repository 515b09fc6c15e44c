"""Names by origin, read from ``data/names.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "names.toml"


@dataclass(frozen=True)
class Names:
    """Given and family names of one origin."""

    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]


@cache
def origins() -> dict[str, Names]:
    """Every origin with its names."""
    return {
        origin: Names(tuple(lists["girls"]), tuple(lists["boys"]), tuple(lists["families"]))
        for origin, lists in tomllib.loads(FILE.read_text(encoding="utf-8")).items()
    }
