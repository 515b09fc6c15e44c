"""When something is due: calendar expressions as data, with the arithmetic told (R21).

A deadline is one or more windows. A window is a distance from a day that is known (the end of a term, a test, a
sending), or a day that comes round every year (the second Tuesday of May, the last day of October). Where several
windows, terms or years give a day, the next one that is not over counts: a missed window rolls to the following one.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from mbl.core.decisions import Param, Reason

# A window of every year is looked for from the year before to so many years on: 29 February comes round in eight.
_YEARS = range(-1, 9)


class Unit(StrEnum):
    DAYS = "days"
    SCHOOL_DAYS = "school_days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True)
class Offset:
    """``number`` units after a day called ``anchor``; before it where negative."""

    anchor: str
    number: int
    unit: Unit = Unit.DAYS


@dataclass(frozen=True)
class NthWeekday:
    """The ``nth`` ``weekday`` (Monday is 0) of a month, counted from its end where negative: -1 is the last."""

    nth: int
    weekday: int
    month: int


@dataclass(frozen=True)
class MonthDay:
    """The same day every year. A year that does not have it has no window."""

    month: int
    day: int


Window = Offset | NthWeekday | MonthDay


@dataclass(frozen=True)
class Deadline:
    """``at`` is the last minute in the district's own time; None is the end of the day.

    ``schools`` holds the windows of schools that have their own, by school code. ``comes_before``: the last one until
    the day counts, as for what is sent in before the work is shown.
    """

    windows: tuple[Window, ...]
    at: dt.time | None = None
    schools: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    comes_before: bool = False

    def windows_at(self, school: str) -> tuple[Window, ...]:
        return self.schools.get(school, self.windows)


@dataclass(frozen=True)
class Calendar:
    """School is held Monday to Friday within ``terms`` (first and last day of each), except on days ``closed``.

    Outside the terms that are known, before the first and after the last, every weekday is taken for a school day.
    """

    zone: ZoneInfo
    terms: tuple[tuple[dt.date, dt.date], ...] = ()
    closed: frozenset[dt.date] = frozenset()

    def is_school_day(self, day: dt.date) -> bool:
        if day.weekday() > 4 or day in self.closed:
            return False
        return self.is_beyond(day) or any(first <= day <= last for first, last in self.terms)

    def is_beyond(self, day: dt.date) -> bool:
        """Whether the day lies outside everything that is known of the school's terms."""
        first = min((first for first, _last in self.terms), default=dt.date.max)
        return day < first or day > max((last for _first, last in self.terms), default=dt.date.min)

    def school_days_from(self, day: dt.date, number: int) -> dt.date:
        """The ``number``-th school day after ``day``, which is not counted itself; before it where negative."""
        step = dt.timedelta(days=1 if number > 0 else -1)
        left = abs(number)
        while left:
            day += step
            left -= self.is_school_day(day)
        return day


@dataclass(frozen=True)
class Due:
    """The last day, and the last minute where one is set. ``moment`` is the first instant that is too late."""

    day: dt.date
    reason: Reason
    moment: dt.datetime

    def is_over(self, now: dt.datetime) -> bool:
        return now >= self.moment


@dataclass(frozen=True)
class Undated:
    """No day can be told; ``reason`` says what is missing."""

    reason: Reason


Anchors = Mapping[str, dt.date | Sequence[dt.date]]


def due(
    deadline: Deadline,
    anchors: Anchors,
    calendar: Calendar,
    *,
    now: dt.datetime,
    school: str = "",
    rule_id: str = "R21",
    citation: str = "",
) -> Due | Undated:
    """The deadline as it stands at ``now``: the earliest window that is not over, else the last one, which was missed.

    ``anchors`` are the days that offsets count from; a name may have several days, such as the ends of a year's terms.
    """
    found = [
        Due(day, Reason(code, params, rule_id, citation), _moment(day, deadline.at, calendar.zone))
        for window in deadline.windows_at(school)
        for day, code, params in _days(window, anchors, calendar, now, deadline.at)
    ]
    if found and deadline.comes_before:
        passed = [one for one in found if one.day <= now.astimezone(calendar.zone).date()]
        return max(passed, key=lambda one: one.moment) if passed else min(found, key=lambda one: one.moment)
    if not found:
        names = sorted({one.anchor for one in deadline.windows_at(school) if isinstance(one, Offset)})
        return Undated(Reason("deadline.no_anchor", {"anchor": ",".join(names)}, rule_id, citation))
    open_ones = [one for one in found if not one.is_over(now)]
    return min(open_ones, key=lambda one: one.moment) if open_ones else max(found, key=lambda one: one.moment)


Dated = tuple[dt.date, str, dict[str, Param]]


def _days(
    window: Window, anchors: Anchors, calendar: Calendar, now: dt.datetime, at: dt.time | None
) -> Iterator[Dated]:
    said: dict[str, Param] = {"at": at.isoformat("minutes") if at else ""}
    if isinstance(window, Offset):
        known = anchors.get(window.anchor, ())
        for start in (known,) if isinstance(known, dt.date) else known:
            day = _shifted(start, window, calendar)
            told = said | {"anchor": window.anchor, "from": start.isoformat(), "on": day.isoformat()}
            yield day, _offset_code(window, calendar, day), told | {"number": abs(window.number)}
        return
    this_year = now.astimezone(calendar.zone).year
    for year in (this_year + step for step in _YEARS):
        if (day_of_year := _in_year(window, year)) is not None:
            told = said | {"on": day_of_year.isoformat(), "month": window.month}
            if isinstance(window, NthWeekday):
                yield day_of_year, "deadline.weekday", told | {"nth": window.nth, "weekday": window.weekday}
            else:
                yield day_of_year, "deadline.month_day", told


def _offset_code(window: Offset, calendar: Calendar, day: dt.date) -> str:
    way = "before" if window.number < 0 else "after"
    guessed = window.unit == Unit.SCHOOL_DAYS and bool(calendar.terms) and calendar.is_beyond(day)
    return f"deadline.{window.unit}_{way}" + ("_guessed" if guessed else "")


def _shifted(start: dt.date, window: Offset, calendar: Calendar) -> dt.date:
    match window.unit:
        case Unit.DAYS:
            return start + dt.timedelta(days=window.number)
        case Unit.WEEKS:
            return start + dt.timedelta(weeks=window.number)
        case Unit.SCHOOL_DAYS:
            return calendar.school_days_from(start, window.number)
        case Unit.MONTHS:
            return months_from(start, window.number)


def months_from(start: dt.date, number: int) -> dt.date:
    """The same day so many months on; the month's last day where it is shorter (31 January and a month: 28 or 29)."""
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return dt.date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def _in_year(window: NthWeekday | MonthDay, year: int) -> dt.date | None:
    length = months.monthrange(year, window.month)[1]
    if isinstance(window, MonthDay):
        return dt.date(year, window.month, window.day) if window.day <= length else None
    days = [
        day
        for number in range(1, length + 1)
        if (day := dt.date(year, window.month, number)).weekday() == window.weekday
    ]
    place = window.nth - 1 if window.nth > 0 else window.nth
    return days[place] if -len(days) <= place < len(days) else None


def _moment(day: dt.date, at: dt.time | None, zone: ZoneInfo) -> dt.datetime:
    """The instant after which it is late: the minute itself still counts, and so does the whole day without one."""
    if at is None:
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    # Compared in UTC, so that an hour that the clocks repeat or skip is a place in time all the same.
    return dt.datetime.combine(day, at, zone).astimezone(dt.UTC) + dt.timedelta(minutes=1)
