"""Tells what happened on other days: inside ``told_at`` every clock of this process stands at that moment."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone

from mbl.core.models import District

SATURDAY = 5


@contextlib.contextmanager
def told_at(moment: dt.datetime) -> Iterator[None]:
    """For one command in a process of its own: fields that note the time ask ``timezone.now`` as everybody does."""
    real = timezone.now
    setattr(timezone, "now", lambda: moment)  # noqa: B010  (the type checker refuses a plain assignment)
    try:
        yield
    finally:
        setattr(timezone, "now", real)  # noqa: B010


def school_day(today: dt.date, days_ago: int) -> dt.date:
    """That many days before ``today``, or the Friday before where it was a weekend. Today stays today."""
    day = today - dt.timedelta(days=days_ago)
    if days_ago and day.weekday() >= SATURDAY:
        day -= dt.timedelta(days=day.weekday() - SATURDAY + 1)
    return day


def moment(day: dt.date, district: District, *, minutes: int = 0) -> dt.datetime:
    """Morning of ``day`` in the district, ``minutes`` after half past eight; never later than now."""
    at = dt.datetime.combine(day, dt.time(8, 30), ZoneInfo(district.timezone)) + dt.timedelta(minutes=minutes)
    return min(at.astimezone(dt.UTC), timezone.now())
