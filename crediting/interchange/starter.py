"""What the product ships to begin with: a starter catalog and a sample policy. Read, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from crediting.rules.policy import document
from crediting.states import SubjectArea

DATA = Path(__file__).resolve().parent.parent / "data"


def sample_policy() -> str:
    """A policy file to adapt; its comments say so."""
    return (DATA / "policies" / "sample-policy-1.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class StarterCourse:
    """One course of the starter catalog. ``requirements`` is empty where it meets its own subject area."""

    code: str
    title: str
    subject: SubjectArea
    credits: Decimal
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
            state_course_code=row.get("state", ""),
            is_cadr=row.get("cadr", False),
            is_lab=row.get("lab", False),
            requirements={name: Decimal(amount) for name, amount in row.get("requirements", {}).items()},
        )
        for row in read.value["courses"]
    ]
