"""The district's day. Rules receive dates as arguments; only edges ask the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from mbl.core.calendar import school_year as school_year
from mbl.core.models import District


def now() -> dt.datetime:
    """This instant, aware, in UTC."""
    return timezone.now()


def today(district: District) -> dt.date:
    """The calendar day in the district's own time zone."""
    return day_of(now(), district)


def day_of(moment: dt.datetime, district: District) -> dt.date:
    """The district-local calendar day on which ``moment`` falls."""
    return moment.astimezone(ZoneInfo(district.timezone)).date()


def day_after(day: dt.date) -> dt.date | None:
    """The next calendar day. None after 9999-12-31, which people write for "no end" and which has no next day."""
    return day + dt.timedelta(days=1) if day < dt.date.max else None
