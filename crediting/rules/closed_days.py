"""Read a list of days off as people paste it: one a line, a day or two with ``to`` between them, then its name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mbl.core.decisions import Reason

_DAY = r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})"
_LINE = re.compile(rf"^\s*\"?{_DAY}\"?(?:\s*(?:,|;|\t|-|–|to|through|a|al)?\s*\"?{_DAY}\"?)?\s*[,;:\t]?\s*(.*)$", re.I)
_HEAD = re.compile(r"^\W*(date|day|first|from|fecha|d[ií]a)\b", re.I)
# Longer is a summer, which the school's terms say already.
LONGEST = 60
YEARS = range(2000, 2101)


@dataclass(frozen=True)
class DayOff:
    """A weekday on which school is not held."""

    day: dt.date
    title: str


@dataclass(frozen=True)
class Read:
    """``days`` in order, each once; ``faults`` name the line."""

    days: tuple[DayOff, ...]
    faults: tuple[Reason, ...]


def read_days(text: str) -> Read:
    """The days of a pasted list or a CSV file. A first line of column names is passed over, and so are weekends."""
    days: dict[dt.date, str] = {}
    faults: list[Reason] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or (number == 1 and _HEAD.match(line)):
            continue
        said = _read_line(line, number)
        if isinstance(said, Reason):
            faults.append(said)
            continue
        first, last, title = said
        for day in _weekdays(first, last):
            days.setdefault(day, title)
    return Read(tuple(DayOff(day, days[day]) for day in sorted(days)), tuple(faults))


def _read_line(line: str, number: int) -> tuple[dt.date, dt.date, str] | Reason:
    found = _LINE.match(line)
    if found is None:
        return Reason("closed.no_day", {"line": number, "text": line.strip()[:80]})
    texts = [found[1], found[2] or found[1]]
    days = [_day(one) for one in texts]
    if None in days:
        wrong = texts[days.index(None)]
        return Reason("closed.no_such_day", {"line": number, "text": wrong})
    first, last = (one for one in days if one is not None)
    if last < first:
        return Reason("closed.backwards", {"line": number, "text": line.strip()[:80]})
    if (last - first).days >= LONGEST:
        return Reason("closed.too_long", {"line": number, "most": LONGEST})
    return first, last, found[3].strip(' \t,;"')[:100]


def _day(text: str) -> dt.date | None:
    try:
        if "/" in text:
            month, day, year = (int(part) for part in text.split("/"))
        else:
            year, month, day = (int(part) for part in text.split("-"))
        return dt.date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def _weekdays(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for step in range((last - first).days + 1):
        day = first + dt.timedelta(days=step)
        if day.weekday() < 5:
            yield day
