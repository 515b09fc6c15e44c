"""What a district says about credit of other schools, and lines of their transcripts, entered by the action."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from crediting.actions.transfer import enter_transcript
from crediting.models import LedgerEntry, TransferLine
from crediting.rules.transfer_entry import LineDetails, SourceDetails
from crediting.states import EntryKind, GivenUnit, Sending
from mbl.core.models import User
from profiles.models import Student

# The registrar decides, the principal confirms what is lowered.
TRANSFER: dict[str, Any] = {
    "decided_by": ["registrar", "counselor"],
    "confirmed_by": ["principal"],
    "recognized": ["washington_public", "accredited"],
    "others": "elective",
    "others_at_most": "2",
    "units": [
        {"unit": "semester", "credits": "0.5"},
        {"unit": "trimester", "count": "3", "credits": "1"},
        {"unit": "clock_hours", "count": "150", "credits": "1"},
    ],
    "partial": {"round_to": "0.25"},
}
ALONE = TRANSFER | {"confirmed_by": []}


def a_line(title: str = "Geometry", **said: Any) -> LineDetails:
    given: dict[str, Any] = {
        "school_year": 2025,
        "attempted": Decimal(1),
        "earned": Decimal(1),
        "mark": "B",
        "term": "S1",
    }
    return LineDetails(title, **(given | said))


def enter(
    student: Student,
    actor: User,
    *lines: LineDetails,
    sending: Sending = Sending.WASHINGTON_PUBLIC,
    unit: GivenUnit = GivenUnit.CREDIT,
    school: str = "Lakeside High School",
) -> list[TransferLine]:
    """The lines, entered as one transcript."""
    source = SourceDetails(school, "Idaho", sending, unit, "Transcript of June 2025")
    return list(enter_transcript(student, source=source, lines=lines or [a_line()], actor=actor).lines)


def make_imported(student: Student, title: str = "Geometry", **fields: Any) -> LedgerEntry:
    """A line of another school that an import has put on the record."""
    facts: dict[str, Any] = {
        "course_code": "GEO1",
        "subject": "math",
        "school_name": "Lakeside",
        "school_year": 2025,
        "term": "Semester 1",
        "mark": "B",
        "credits_attempted": Decimal(1),
        "credits_earned": Decimal(1),
        "earned_on": dt.date(2025, 1, 31),
        "source": "history",
    }
    return LedgerEntry.objects.create(
        district=student.district, student=student, kind=EntryKind.TRANSFER, course_title=title, **(facts | fields)
    )
