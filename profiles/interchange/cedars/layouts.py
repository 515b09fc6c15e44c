"""Which CEDARS file is which, and which heading is which column: data by school year that a district may add to."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mbl.core.imports.opening import Text
from mbl.core.imports.tables import Columns
from mbl.core.models import District

_DATA = Path(__file__).resolve().parents[2] / "data" / "cedars-headers.toml"
# The setting of a district: ``headers`` (school year or "" -> letter -> column -> headings) and ``programs`` (the
# state's code -> ours), written by the command ``cedars_settings``.
SETTING = "cedars"
# 5-digit district, 4-digit school (0000 for the district), file, extract date and, in newer files, school years.
_NAME = re.compile(r"(\d{4,5})_(\d{1,4})_([A-Za-z]+)_(\d{8})(?:_(\d{8}))?\.(?:txt|csv)", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """One file. ``names``: the file's name in folders; ``headings``: column -> headings, plain."""

    letter: str
    names: frozenset[str]
    required: tuple[str, ...]
    headings: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class FileName:
    """What a file's name says; ``school_year`` (ending year) is 0 in older files."""

    district: str
    school: str
    file: str
    extracted_on: dt.date | None
    school_year: int


def plain(heading: str) -> str:
    return "".join(char for char in heading.lower() if char.isalnum())


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its letter."""
    data: dict[str, dict[str, Any]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {
        letter: Layout(
            letter,
            frozenset(map(plain, one.pop("names"))),
            tuple(one.pop("required")),
            {column: frozenset(map(plain, headings)) for column, headings in one.items()},
        )
        for letter, one in data.items()
    }


def read_name(name: str) -> FileName | None:
    """The parts of ``CCDDD_SSSS_File_YYYYMMDD_XXXXYYYY.txt``; None for another name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    day = found[4]
    try:
        extracted = dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        extracted = None
    return FileName(found[1], found[2], plain(found[3]), extracted, int(found[5][4:]) if found[5] else 0)


def header_of(text: Text) -> tuple[list[str], str]:
    """The first line's cells, and what stands between them: tabs (unquoted), else commas."""
    with text.lines() as lines:
        first = next(lines, "")
    if "\t" in first:
        return [cell.strip() for cell in first.rstrip("\r\n").split("\t")], "\t"
    try:
        return [cell.strip() for cell in next(csv.reader([first]), [])], ","
    except csv.Error:
        return [], ","


def headings_of(layout: Layout, district: District, school_year: int) -> dict[str, str]:
    """Plain heading -> column: the district's own of that year, its own of any year, then the shipped ones."""
    own = district.settings.get(SETTING, {}).get("headers", {})
    found: dict[str, str] = {}
    for year in (str(school_year), ""):
        for column, headings in own.get(year, {}).get(layout.letter, {}).items():
            if column in layout.headings:
                found |= {plain(heading): column for heading in headings}
    for column, shipped in layout.headings.items():
        for heading in shipped:
            found.setdefault(heading, column)
    return found


def columns_for(layout: Layout, header: list[str], district: District, school_year: int) -> Columns:
    """The columns of this file under the headings it has."""
    known = headings_of(layout, district, school_year)
    return Columns(
        layout.required,
        tuple(column for column in layout.headings if column not in layout.required),
        headings={cell.lower(): known[plain(cell)] for cell in header if plain(cell) in known},
    )


def letter_of(name: FileName | None, header: list[str], district: District) -> str:
    """By the file's name; otherwise the one layout that the headings fill best. Empty where that is not clear."""
    if name is not None:
        for letter, layout in layouts().items():
            if name.file in layout.names:
                return letter
    cells = {plain(cell) for cell in header}
    scores = {}
    for letter, layout in layouts().items():
        found = {headings_of(layout, district, 0)[cell] for cell in cells & headings_of(layout, district, 0).keys()}
        if set(layout.required) <= found:
            scores[letter] = len(found)
    best = sorted(scores, key=lambda letter: -scores[letter])
    return best[0] if best and (len(best) == 1 or scores[best[0]] > scores[best[1]]) else ""
