"""When somebody is 18."""

import datetime as dt

import pytest

from profiles.rules.age import is_adult

BORN = dt.date(2008, 11, 21)
LEAP = dt.date(2008, 2, 29)


@pytest.mark.parametrize(
    ("birth_date", "on", "adult"),
    [
        (BORN, dt.date(2026, 11, 20), False),
        (BORN, dt.date(2026, 11, 21), True),
        (LEAP, dt.date(2026, 2, 28), False),
        (LEAP, dt.date(2026, 3, 1), True),
        (dt.date(2010, 2, 28), dt.date(2028, 2, 29), True),
        (dt.date(2010, 3, 1), dt.date(2028, 2, 29), False),
        (None, dt.date(2026, 3, 1), False),
    ],
)
def test_somebody_is_18_from_the_birthday_on(birth_date: dt.date | None, on: dt.date, adult: bool) -> None:
    assert is_adult(birth_date, on) is adult
