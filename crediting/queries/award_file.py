"""Mastery awards as rows of the state's grade history, for the system that keeps the district's transcripts."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_date

from crediting.models import LedgerEntry
from crediting.rules.history import OUTSIDE, is_state_code
from crediting.states import EntryKind
from mbl.core.models import District

# The headings of file H that its columns have, then ours. Not compared with a real file: a district confirms it.
HEADER = (
    "SchoolYear", "ServingCountyDistrictCode", "DistrictStudentID", "SSID", "LocationID", "Term", "TermEndDate",
    "CourseID", "CourseTitle", "GradeLevel", "LetterGrade", "CreditsAttempted", "CreditsEarned",
    "CourseDesignationCode", "StateCourseCode", "AwardID", "AwardMethod", "DecidedByRole", "DecidedOn",
)  # fmt: skip
SETTING = "award_file"


def confirmation(district: District) -> dict[str, str] | None:
    """Who confirmed the layout against the district's own system, when, and what they saw; None before."""
    found = district.settings.get(SETTING)
    return found if isinstance(found, dict) and parse_date(str(found.get("on", ""))) else None


def awards(district: District) -> QuerySet[LedgerEntry]:
    """Mastery credit that stands."""
    return (
        LedgerEntry.objects.effective()
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


def rows(district: District) -> Iterator[tuple[str, ...]]:
    """One row for each award line that has a state course code (T66); a transfer keeps location 9999 (T20)."""
    for entry in awards(district).iterator(chunk_size=2000):
        if is_state_code(entry.state_course_code):
            yield tuple(" ".join(cell.split()) for cell in _cells(district, entry))


def _cells(district: District, entry: LedgerEntry) -> tuple[str, ...]:
    student, school, decision = entry.student, entry.school, entry.decision
    roles = decision.frozen_basis.get("decider_roles", ()) if decision else ()
    return (
        str(entry.school_year),
        district.state_code,
        student.local_id,
        student.ssid,
        (school.state_code or school.code) if school else OUTSIDE,
        entry.term,
        entry.earned_on.strftime("%m/%d/%Y"),
        entry.course_code,
        entry.course_title,
        entry.grade,
        entry.mark,
        str(entry.credits_attempted),
        str(entry.credits_earned),
        "".join(entry.designations),
        entry.state_course_code,
        str(entry.public_id),
        entry.method,
        " ".join(roles),
        decision.decided_at.strftime("%m/%d/%Y") if decision else "",
    )
