"""What the product ships to begin with: a starter catalog, a sample policy, lists of codes. Read, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from crediting.rules.catalog import Quantitative
from crediting.rules.policy import document
from crediting.states import SubjectArea

DATA = Path(__file__).resolve().parent.parent / "data"
# A small framework in our own words; no board has adopted it.
SAMPLE_STANDARDS = DATA / "sample-standards.cfpackage.json"


def sample_policy() -> str:
    """A policy file to adapt; its comments say so."""
    return sample_policies()["1"]


def sample_policies() -> dict[str, str]:
    """The text of each sample policy by its number."""
    return _samples("sample-policy-*.yaml")


def sample_cases() -> dict[str, str]:
    """The text of the cases that go with a sample policy, by its number."""
    return _samples("sample-policy-*.cases.yaml")


def _samples(pattern: str) -> dict[str, str]:
    files = sorted((DATA / "policies").glob(pattern))
    return {
        number: file.read_text(encoding="utf-8")
        for file in files
        if (number := file.name.removesuffix(".yaml").removesuffix(".cases").rpartition("-")[2])
        and (file.suffixes[0] == ".cases") == (".cases" in pattern)
    }


@dataclass(frozen=True)
class StarterCourse:
    """One course of the starter catalog. ``requirements`` is empty where it meets its own subject area."""

    code: str
    title: str
    subject: SubjectArea
    credits: Decimal
    sced_code: str
    state_course_code: str
    is_cadr: bool
    is_lab: bool
    requirements: dict[str, Decimal]


def courses() -> list[StarterCourse]:
    """The starter catalog in the order of its file."""
    read = document.read((DATA / "starter-catalog.yaml").read_text(encoding="utf-8"))
    return [
        StarterCourse(
            code=row["code"],
            title=row["title"],
            subject=SubjectArea(row["subject"]),
            credits=Decimal(row["credits"]),
            sced_code=row.get("sced", ""),
            state_course_code=row.get("state", row.get("sced", "")),
            is_cadr=row.get("cadr", False),
            is_lab=row.get("lab", False),
            requirements={name: Decimal(amount) for name, amount in row.get("requirements", {}).items()},
        )
        for row in read.value["courses"]
    ]


def sequences() -> list[tuple[str, list[str]]]:
    """Titles of the starter sequences, each with its course codes in order."""
    read = document.read((DATA / "starter-catalog.yaml").read_text(encoding="utf-8"))
    return [(row["title"], list(row["courses"])) for row in read.value["sequences"]]


@cache
def sced_areas() -> dict[str, str]:
    """Names of the SCED subject areas by their two digits (T66)."""
    return dict(_sced()["areas"])


@cache
def quantitative() -> Quantitative:
    """Which courses count as math-based and quantitative in the senior year (T70)."""
    read = _sced()["quantitative"]
    return Quantitative(read["letter"], read["grade"], frozenset(read["codes"]))


def _sced() -> dict[str, Any]:
    return dict(document.read((DATA / "sced.yaml").read_text(encoding="utf-8")).value)
