"""Letter grades from levels: a table that names marks nobody else uses, and days within one school year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crediting.actions.converted import set_conversion, set_window
from crediting.models import GradeConversion, GradeWindow
from crediting.rules.converted import Conversion, ConversionKind, FromShares, FromValue
from mbl.core import clock
from mbl.core.models import District
from profiles.models import School
from tests.personas import Personas

# Marks of the district's own, so that a page that prints one of them is found.
TOP, MIDDLE, LOW = "QZTOP", "QZMID", "QZLOW"
MEAN = Conversion(
    ConversionKind.MEAN,
    places=1,
    values=(FromValue(TOP, Decimal("3.5")), FromValue(MIDDLE, Decimal("2.5")), FromValue(LOW, Decimal(1))),
)
LOWEST = Conversion(
    ConversionKind.LOWEST,
    values=(FromValue(TOP, Decimal(4)), FromValue(MIDDLE, Decimal(3)), FromValue(LOW, Decimal(1))),
)
SHARES = Conversion(
    ConversionKind.SHARES, shares=(FromShares(TOP, 100, 4), FromShares(MIDDLE, 50, 3, 2), FromShares(LOW, 0, 1))
)


def with_own_marks(district: District) -> None:
    district.settings = district.settings | {"marks": {"other": [{"mark": mark} for mark in (TOP, MIDDLE, LOW)]}}
    district.save(update_fields=["settings"])


def set_table(personas: Personas, terms: Conversion = MEAN, subject: str = "", *, days: int = 0) -> GradeConversion:
    with_own_marks(personas.district)
    (row,) = set_conversion(
        personas.district,
        subjects=[subject],
        terms=terms,
        starts_on=clock.today(personas.district) + dt.timedelta(days=days),
        actor=personas.administrator.user,
    )
    return row


def open_window(
    personas: Personas, first: dt.date, last: dt.date, *, name: str = "Progress report", school: School | None = None
) -> GradeWindow:
    return set_window(
        personas.district, name=name, first=first, last=last, school=school, actor=personas.administrator.user
    )


class Calendar:
    """Days of the present school year, November 1 being day 1, and a clock that can be set to one of them."""

    def __init__(self, district: District, monkeypatch: pytest.MonkeyPatch) -> None:
        self._district, self._patch = district, monkeypatch
        self._first = dt.date(clock.school_year(clock.today(district)) - 1, 11, 1)

    def day(self, number: int) -> dt.date:
        return self._first + dt.timedelta(days=number - 1)

    def set(self, number: int, time: dt.time = dt.time(12)) -> dt.date:
        """From now on it is that day in the district, at noon unless said otherwise."""
        moment = dt.datetime.combine(self.day(number), time, ZoneInfo(self._district.timezone)).astimezone(dt.UTC)
        self._patch.setattr(clock, "now", lambda: moment)
        return self.day(number)
