"""The columns of a course history, and which heading of which layout is which of them."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from mbl.core.imports.opening import Text

# Ours; a file in our own words needs no layout.
NAMES = (
    "student_id", "ssid", "district_code", "school_year", "term_id", "term", "term_end", "location", "school_name",
    "course_code", "course_title", "state_code", "designations", "grade", "mark", "attempted", "earned",
    "college_hours", "college_unit", "row_id",
)  # fmt: skip
# In each of these groups a file needs one.
NEEDED = (
    ("student_id", "ssid"),
    ("school_year", "term_id"),
    ("course_code", "course_title"),
    ("mark",),
    ("attempted", "college_hours"),
    ("earned", "college_hours"),
)
PLAIN = "plain"
# Before the letter of a designation that has a column of its own.
FLAG = "flag "
_DATA = Path(__file__).resolve().parents[2] / "data" / "history-columns.toml"


@dataclass(frozen=True)
class Heading:
    """How a layout calls a column: in which school years (ending years, inclusive), and its number in the manual."""

    heading: str
    element: str = ""
    first: int = 0
    last: int = 9999


@dataclass(frozen=True)
class Layout:
    """``flags``: heading -> the letter of the designation that a 1 under it means.

    ``is_confirmed``: somebody has compared the layout with a file that a system really wrote.
    """

    code: str
    label: str
    columns: Mapping[str, tuple[Heading, ...]]
    flags: Mapping[str, str] = field(default_factory=dict)
    is_confirmed: bool = False

    def headings(self, year: int | None = None) -> dict[str, str]:
        """Heading in small letters -> our column. Of the year where it is known; those of other years serve as well."""
        found = {heading.lower(): FLAG + letter for heading, letter in self.flags.items()}
        for column, headings in self.columns.items():
            for one in sorted(headings, key=lambda one: year is None or one.first <= year <= one.last, reverse=True):
                found.setdefault(one.heading.lower(), column)
        return found


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its code."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))["layouts"]
    return {code: _layout(code, dict(one)) for code, one in data.items()}


def _layout(code: str, one: dict[str, Any]) -> Layout:
    label, confirmed, flags = one.pop("label"), one.pop("confirmed"), one.pop("flags", {})
    if unknown := one.keys() - set(NAMES):
        raise ValueError(f"{code}: there is no column {', '.join(sorted(unknown))}.")
    columns = {column: tuple(map(_heading, listed)) for column, listed in one.items()}
    return Layout(code, label, columns, flags, confirmed)


def _heading(one: str | dict[str, Any]) -> Heading:
    if isinstance(one, str):
        return Heading(one)
    return Heading(one["heading"], one.get("element", ""), one.get("from", 0), one.get("to", 9999))


# In the state's files a quote is a letter like others.
UNQUOTED = ("\t", "|")


def delimiter_of(text: Text) -> str:
    """Tabs or bars where the first line has them; otherwise commas or semicolons, with quotes."""
    with text.lines() as lines:
        first = next(lines, "")
    return next((sign for sign in (*UNQUOTED, ",", ";") if sign in first), ",")


def knows(header: Sequence[str]) -> bool:
    """Whether one of the layouts reads this header, so that nobody has to say which column is which."""
    present = {cell.strip().lower() for cell in header}
    for layout in layouts().values():
        headings = layout.headings()
        found = {headings[heading] for heading in present & headings.keys()}
        if all(found.intersection(group) for group in NEEDED):
            return True
    return False


def choose(
    text: Text, *, preset: str, own: Mapping[str, str], mapping: Mapping[str, str] | None, year: int | None
) -> tuple[str, dict[str, str]]:
    """The layout whose columns the file has most of, and which heading is which column.

    ``own``: heading -> column, as the district says once and for all; ``mapping``: column -> heading, for this file.
    """
    with text.lines() as lines:
        first = next(csv.reader(lines, delimiter=delimiter_of(text)), [])
    own = {**own, **{heading: column for column, heading in (mapping or {}).items()}}
    return _match({cell.strip().lower() for cell in first}, preset, own, year)


def _match(present: Set[str], preset: str, own: Mapping[str, str], year: int | None) -> tuple[str, dict[str, str]]:
    own = {heading.lower(): column for heading, column in own.items() if column in NAMES}
    candidates = {preset: layouts()[preset]} if preset and preset != PLAIN else {} if preset else layouts()
    best, chosen = PLAIN, {name: name for name in NAMES}
    found = len(present & set(NAMES))
    for code, layout in candidates.items():
        headings = layout.headings(year)
        count = len({headings[heading] for heading in present & headings.keys()})
        if preset or count > found:
            best, chosen, found = code, headings, count
    taken = set(own.values())
    return best, {heading: column for heading, column in chosen.items() if column not in taken} | own
