"""When students and families read letter grades: the windows of a district, and what to say outside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crediting.models import GradeWindow
from mbl.core import clock
from mbl.core.models import District
from profiles.models import School

DAY = dt.timedelta(days=1)
SETTLING = dt.timedelta(minutes=15)
FIRST_MONTH = 7  # of a school year


def first_day(window: GradeWindow) -> dt.date:
    day: dt.date = window.days.lower
    return day


def last_day(window: GradeWindow) -> dt.date:
    day: dt.date = window.days.upper - DAY
    return day


def end_of(window: GradeWindow) -> dt.datetime:
    """The first moment after the window: midnight where the district is."""
    return dt.datetime.combine(window.days.upper, dt.time(), ZoneInfo(window.district.timezone))


@dataclass(frozen=True)
class Showing:
    """Whether students and families of a school read letter grades on a day: ``window`` is the one that is open.

    ``next`` is the one that opens next, ``before`` the last one that ended, both within the school year.
    """

    on: dt.date
    window: GradeWindow | None = None
    next: GradeWindow | None = None
    before: GradeWindow | None = None

    @property
    def is_set(self) -> bool:
        """Whether any window is set this school year."""
        return bool(self.window or self.next or self.before)

    @property
    def sentence(self) -> str:
        """For students and families, when they do and do not read grades."""
        if self.window is not None:
            # One that was to last all year may have been given an earlier last day.
            if self.window.is_always and self.window.days.upper.month == FIRST_MONTH:
                return _("Letter grades are shown all year. Your levels say more exactly where you stand.")
            return _("%(name)s: letter grades are shown until %(last)s.") % {
                "name": self.window.name,
                "last": _said(last_day(self.window)),
            }
        if self.next is not None:
            days = {"first": _said(first_day(self.next)), "last": _said(last_day(self.next))}
            return (
                _("Letter grades are shown from %(first)s to %(last)s. Until then your levels say where you stand.")
                % days
            )
        if self.before is not None:
            return _("Letter grades were shown until %(last)s. Your levels say where you stand now.") % {
                "last": _said(last_day(self.before))
            }
        return _("Your school shows levels and no letter grades. Your levels say where you stand.")

    @property
    def for_staff(self) -> str:
        """What whoever reads a grade at any time has to know before they speak of it."""
        if self.window is not None:
            return _("Students and families read these grades until %(last)s.") % {"last": _said(last_day(self.window))}
        if self.next is not None:
            return _("Not shown to students and families until %(first)s.") % {"first": _said(first_day(self.next))}
        return _("Not shown to students and families: no days are set on which they read letter grades.")


def _said(day: dt.date) -> str:
    return date_format(day, "DATE_FORMAT")


def showing_at(schools: Collection[School], on: dt.date) -> dict[int, Showing]:
    """By school, in one trip. ``schools`` are of one district."""
    year = clock.school_year(on)
    rows = list(
        GradeWindow.objects.filter(
            Q(school=None) | Q(school__in=[school.pk for school in schools]),
            district__in={school.district_id for school in schools},
            days__overlap=(dt.date(year - 1, 7, 1), dt.date(year, 7, 1)),
        ).order_by("days")
    )
    found = {}
    for school in schools:
        own = [row for row in rows if row.school_id in {None, school.pk} and row.district_id == school.district_id]
        found[school.pk] = Showing(
            on,
            next((row for row in own if row.days.lower <= on < row.days.upper), None),
            next((row for row in own if on < row.days.lower), None),
            next((row for row in reversed(own) if row.days.upper <= on), None),
        )
    return found


def showing(school: School, on: dt.date) -> Showing:
    return showing_at([school], on)[school.pk]


def windows_of(district: District) -> QuerySet[GradeWindow]:
    """Every window of the district, newest first."""
    return GradeWindow.objects.filter(district=district).select_related("school").order_by("-days", "pk")


@dataclass(frozen=True)
class WindowRow:
    """A window with its days, and how it stands on the day of the page."""

    window: GradeWindow
    first: dt.date
    last: dt.date
    is_open: bool
    is_ahead: bool


def window_row(window: GradeWindow, on: dt.date) -> WindowRow:
    first, last = first_day(window), last_day(window)
    return WindowRow(window, first, last, first <= on <= last, on < first)


def year_of(window: GradeWindow) -> int:
    """The ending year of the window's school year."""
    return clock.school_year(last_day(window))


def windows_to_keep(district: District, now: dt.datetime) -> list[GradeWindow]:
    """Windows that have ended and whose grades are not all kept. Work that was being saved at midnight has time to
    arrive: it counts by the moment at which it was judged."""
    waiting = GradeWindow.objects.filter(
        district=district, kept_at=None, days__endswith__lte=clock.day_of(now, district)
    ).select_related("district", "school")
    return [window for window in waiting.order_by("days", "pk") if end_of(window) + SETTLING <= now]
