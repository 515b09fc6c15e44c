"""When rights move from the family to the student: at 18 (34 CFR 99.5(a))."""

from __future__ import annotations

import datetime as dt

ADULT_YEARS = 18


def last_adult_birth_date(on: dt.date) -> dt.date:
    """Whoever was born on that day or before is 18 or older on ``on``.

    Somebody born on February 29 turns 18 on March 1 of a year without that day.
    """
    try:
        return on.replace(year=on.year - ADULT_YEARS)
    except ValueError:  # February 29, and eighteen years earlier there was none
        return dt.date(on.year - ADULT_YEARS, 2, 28)


def age_on(birth_date: dt.date | None, on: dt.date) -> int | None:
    """Whole years on ``on``; None where the birth date is not known."""
    if birth_date is None:
        return None
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def is_adult(birth_date: dt.date | None, on: dt.date) -> bool:
    """Whether somebody is 18 or older on ``on``; an unknown birth date is no reason to say so."""
    return birth_date is not None and birth_date <= last_adult_birth_date(on)
