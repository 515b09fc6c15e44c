"""Days and school years, counted without a database and without a clock."""

from __future__ import annotations

import calendar
import datetime as dt

# A day outside is a slip of the pen, and arithmetic with it may leave the calendar.
KNOWN_YEARS = range(1900, 2201)


def school_year(day: dt.date) -> int:
    """The ending year of the school year that ``day`` falls in; a year starts on July 1 (2026-11-21 gives 2027)."""
    return day.year + 1 if day.month >= 7 else day.year


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months earlier; the last of the month where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))
