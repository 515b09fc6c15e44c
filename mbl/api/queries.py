"""What the API reads, joined once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from crediting.models import LedgerEntry, PolicyCourse
from crediting.states import EntryKind, PolicyState
from mbl.core.models import District
from profiles.models import Student


def open_courses(district: District, on: dt.date) -> QuerySet[PolicyCourse]:
    """Courses that a version in force on ``on`` opens to mastery credit, by title."""
    return (
        PolicyCourse.objects.filter(
            district=district,
            effective__contains=on,
            version__state=PolicyState.PUBLISHED,
            course__is_active=True,
        )
        .select_related("course__terms", "version__series", "district")
        .annotate(title=F("course__title"))
    )


def ledger(student: Student) -> QuerySet[LedgerEntry]:
    """Every line of the student's record, those that were taken back and the reversals too."""
    return LedgerEntry.objects.filter(student=student).select_related("reverses", "replaces", "recovers", "reversal")


def awards_since(district: District, day: dt.date) -> QuerySet[LedgerEntry]:
    """Mastery credit recorded on ``day`` or later, and what was taken back of it; a day is the district's own."""
    start = dt.datetime.combine(day, dt.time(), ZoneInfo(district.timezone))
    return (
        LedgerEntry.objects.filter(district=district, created_at__gte=start)
        .filter(Q(kind=EntryKind.MASTERY) | Q(kind=EntryKind.REVERSAL, reverses__kind=EntryKind.MASTERY))
        .select_related("student", "reverses", "replaces", "recovers", "reversal")
    )
