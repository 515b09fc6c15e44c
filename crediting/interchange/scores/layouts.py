"""Which heading of a file of test results is which of our columns, for a plain table and for programs' own files."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from crediting.interchange.scores.instruments import plain, skills
from mbl.core.imports.mapping import Column
from mbl.core.imports.tables import Columns

FIELDS = (
    Column("student_id", gettext_lazy("Student number"), aliases=("student number", "local id", "DistrictStudentID")),
    Column("ssid", gettext_lazy("State student ID"), aliases=("state student id", "state id", "StudentSSID")),
    Column("test", gettext_lazy("Test"), required=True, aliases=("test name", "assessment", "instrument", "exam")),
    Column("section", gettext_lazy("Subject or section"), aliases=("subject", "component", "domain", "skill")),
    Column("taken_on", gettext_lazy("Day of the test"), required=True, aliases=("test date", "date", "date taken")),
    Column("score", gettext_lazy("Score"), aliases=("scale score", "scaled score")),
    Column("level", gettext_lazy("Level"), aliases=("performance level", "achievement level", "proficiency level")),
    Column("met", gettext_lazy("Met (yes or no)"), aliases=("met standard", "passed", "proficient")),
    Column("language", gettext_lazy("Language of the test"), aliases=("test language",)),
    Column("reading", gettext_lazy("Level in reading"), aliases=("reading level",)),
    Column("writing", gettext_lazy("Level in writing"), aliases=("writing level",)),
    Column("listening", gettext_lazy("Level in listening"), aliases=("listening level",)),
    Column("speaking", gettext_lazy("Level in speaking"), aliases=("speaking level",)),
    Column("signing", gettext_lazy("Level in signing"), aliases=("signing level",)),
)
NAMES = tuple(field.name for field in FIELDS)
STUDENT = ("student_id", "ssid")
_SAID = ("score", "level", "met", *skills())
_OF_RESULT = frozenset({*NAMES, "year"}) - set(STUDENT)
_DATA = Path(__file__).resolve().parents[2] / "data" / "score-layouts.toml"


@dataclass(frozen=True)
class Slot:
    """One result of a row. ``columns``: field -> column of the file; ``test`` where the slot is of one test only,
    ``test_of`` what the file leaves out before the test's name."""

    columns: Mapping[str, str]
    test: str = ""
    test_of: str = ""

    def is_in(self, found: Collection[str]) -> bool:
        """Whether a file with the columns ``found`` says when this was taken and how it went."""
        there = {name for name, column in self.columns.items() if column in found}
        names_test = bool(self.test or self.test_of or "test" in there)
        if self.test_of and "section" in self.columns:
            names_test = "section" in there
        return names_test and not there.isdisjoint({"taken_on", "year"}) and not there.isdisjoint(_SAID)


@dataclass(frozen=True)
class Layout:
    """``headings``: heading, plain -> column. ``day``: the month and day written where a file says only the year.

    ``is_confirmed``: somebody has compared it with a file that the program really wrote.
    """

    code: str
    label: str
    headings: Mapping[str, str]
    slots: Sequence[Slot]
    day: str = ""
    is_confirmed: bool = False

    def columns_of(self, header: Sequence[str]) -> Columns:
        """The columns of this file under the headings it has."""
        known = {cell.strip().lower(): self.headings[plain(cell)] for cell in header if plain(cell) in self.headings}
        return Columns((), list(dict.fromkeys(self.headings.values())), headings=known)

    def found(self, header: Sequence[str]) -> set[str]:
        return {self.headings[plain(cell)] for cell in header if plain(cell) in self.headings}


@cache
def layouts() -> tuple[Layout, ...]:
    """The plain table first, then the programs' files."""
    headings = {plain(name): field.name for field in FIELDS for name in (field.name, *field.aliases)}
    ours = Layout("plain", "", headings, (Slot({name: name for name in NAMES if name not in STUDENT}),), "", True)
    data: dict[str, dict[str, Any]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return (ours, *(_layout(code, one) for code, one in data.items()))


def choose(header: Sequence[str]) -> Layout:
    """The layout most of whose columns are in the header; the plain table where none fits."""
    ours, *others = layouts()
    fitting = [one for one in (ours, *others) if any(slot.is_in(one.found(header)) for slot in one.slots)]
    return max(fitting, key=lambda one: len(one.found(header)), default=ours)


def knows(header: Sequence[str]) -> bool:
    """Whether the header is one of a layout, so that nobody has to say which column is which."""
    chosen = choose(header)
    found = chosen.found(header)
    return bool(found.intersection(STUDENT)) and any(slot.is_in(found) for slot in chosen.slots)


def _layout(code: str, one: Mapping[str, Any]) -> Layout:
    headings: dict[str, str] = {}
    shared = {name: listed for name, listed in one.items() if name in NAMES}
    for name, listed in shared.items():
        headings |= {plain(heading): name for heading in listed}
    slots = []
    for number in range(1, one.get("repeat", 1) + 1):
        for place, result in enumerate(one["results"]):
            columns = {name: name for name in shared if name not in STUDENT}
            for name in result.keys() & _OF_RESULT:
                if isinstance(listed := result[name], list):
                    columns[name] = f"{name} {number}.{place + 1}"
                    headings |= {plain(heading.format(n=number)): columns[name] for heading in listed}
            test = result.get("test", "")
            slots.append(Slot(columns, test if isinstance(test, str) else "", result.get("test_of", "")))
    return Layout(code, one["label"], headings, tuple(slots), one.get("day", ""), one["confirmed"])
