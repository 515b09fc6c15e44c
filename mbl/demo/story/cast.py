"""The people of ``data/cast.toml``, typed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class CastDistrict:
    code: str
    name: str
    state_code: str
    address: str
    phone: str
    brand_color: str


@dataclass(frozen=True)
class CastSchool:
    """``students`` is how many attend each grade."""

    id: str
    district: str
    name: str
    code: str
    kind: str
    address: str
    phone: str
    students: dict[int, int]


@dataclass(frozen=True)
class CastStaff:
    """``teaches`` names subjects; ``roles`` are given by an administrator, at ``school`` and ``also_at``."""

    id: str
    given: str
    family: str
    school: str = ""
    district: str = ""
    teaches: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    also_at: tuple[str, ...] = ()
    sign_in: str = ""


@dataclass(frozen=True)
class CastStudent:
    """``failed`` lists courses of earlier years without credit, ``MAT201:2`` for the second half; ``track`` chooses
    among the courses of a grade."""

    id: str
    school: str
    grade: int
    given: str
    family: str
    birth_date: str
    gender: str
    origin: str
    language: str = ""
    failed: tuple[str, ...] = ()
    track: int = 0
    counselor: str = ""
    sign_in: str = ""


@dataclass(frozen=True)
class CastFamily:
    id: str
    given: str
    family: str
    label: str
    children: tuple[str, ...]
    language: str = ""
    sign_in: str = ""


@dataclass(frozen=True)
class Cast:
    """Everybody with a part, in the order of the file."""

    districts: tuple[CastDistrict, ...]
    schools: tuple[CastSchool, ...]
    staff: tuple[CastStaff, ...]
    students: tuple[CastStudent, ...]
    families: tuple[CastFamily, ...]
    by_id: dict[str, CastStaff | CastStudent | CastFamily] = field(default_factory=dict, compare=False)

    def district_of(self, school: str) -> str:
        return next(found.district for found in self.schools if found.id == school)


@cache
def cast() -> Cast:
    raw = tomllib.loads((DATA / "cast.toml").read_text(encoding="utf-8"))
    staff = tuple(CastStaff(**_tuples(row)) for row in raw["staff"])
    students = tuple(CastStudent(**_tuples(row)) for row in raw["student"])
    families = tuple(CastFamily(**_tuples(row)) for row in raw["family"])
    people: list[CastStaff | CastStudent | CastFamily] = [*staff, *students, *families]
    return Cast(
        districts=tuple(CastDistrict(**row) for row in raw["district"]),
        schools=tuple(
            CastSchool(**{**row, "students": {int(grade): count for grade, count in row["students"].items()}})
            for row in raw["school"]
        ),
        staff=staff,
        students=students,
        families=families,
        by_id={person.id: person for person in people},
    )


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
