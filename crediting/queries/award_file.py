"""Mastery awards as rows of the state's grade history, for the system that keeps the district's transcripts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_date

from crediting.models import LedgerEntry
from crediting.rules.history import OUTSIDE, is_state_code
from crediting.states import EntryKind
from mbl.core import clock
from mbl.core.models import District

SETTING = "award_file"
_DATA = Path(__file__).resolve().parents[1] / "data" / "award-layouts.toml"


@dataclass(frozen=True)
class Layout:
    """One version of the file: its columns in order. Versions are added and never changed (R41)."""

    version: str
    columns: tuple[str, ...]


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its version, oldest first."""
    data: dict[str, list[dict[str, Any]]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {one["version"]: Layout(one["version"], tuple(one["columns"])) for one in data["layout"]}


def newest() -> Layout:
    """The layout that a district is asked to confirm."""
    return list(layouts().values())[-1]


def confirmation(district: District) -> dict[str, str] | None:
    """Who confirmed which layout against the district's own system, when, and what they saw; None before."""
    found = district.settings.get(SETTING)
    return found if isinstance(found, dict) and parse_date(str(found.get("on", ""))) else None


def layout_of(district: District) -> Layout:
    """The layout of the district's file: the one it confirmed, the newest one before."""
    seen = confirmation(district)
    return layouts()[seen.get("layout", "1")] if seen else newest()


def awards(district: District) -> QuerySet[LedgerEntry]:
    """Mastery credit that stands and counts."""
    return (
        LedgerEntry.objects.counting(clock.today(district))
        .for_transcript()
        .filter(district=district, kind=EntryKind.MASTERY)
        .select_related("student", "school", "decision", "receipt")
        .order_by("school_year", "student__local_id", "pk")
    )


def tally(district: District) -> dict[str, int]:
    """How many awards there are, were received by the system, and cannot be written for want of a state code (T66)."""
    # One receipt a row, so nothing multiplies.
    return awards(district).aggregate(
        total=Count("pk"),
        received=Count("receipt"),
        left_out=Count("pk", filter=~Q(state_course_code__regex=r"^\d{5}[A-Z]?$")),
    )


def rows(district: District, layout: Layout) -> Iterator[tuple[str, ...]]:
    """One row for each award line that has a state course code (T66); a transfer keeps location 9999 (T20)."""
    for entry in awards(district).iterator(chunk_size=2000):
        if is_state_code(entry.state_course_code):
            cells = _cells(district, entry)
            yield tuple(" ".join(cells[column].split()) for column in layout.columns)


def _cells(district: District, entry: LedgerEntry) -> dict[str, str]:
    """Everything that a layout can ask for, by the name of its column."""
    student, school, decision = entry.student, entry.school, entry.decision
    roles = decision.frozen_basis.get("decider_roles", ()) if decision else ()
    return {
        "SchoolYear": str(entry.school_year),
        "ServingCountyDistrictCode": district.state_code,
        "DistrictStudentID": student.local_id,
        "SSID": student.ssid,
        "LocationID": (school.state_code or school.code) if school else OUTSIDE,
        "Term": entry.term,
        "TermEndDate": entry.earned_on.strftime("%m/%d/%Y"),
        "CourseID": entry.course_code,
        "CourseTitle": entry.course_title,
        "GradeLevel": entry.grade,
        "LetterGrade": entry.mark,
        "CreditsAttempted": str(entry.credits_attempted),
        "CreditsEarned": str(entry.credits_earned),
        "CourseDesignationCode": "".join(entry.designations),
        "StateCourseCode": entry.state_course_code,
        "AwardID": str(entry.public_id),
        "AwardMethod": entry.method,
        "DecidedByRole": " ".join(roles),
        "DecidedOn": decision.decided_at.strftime("%m/%d/%Y") if decision else "",
    }
