"""Credits that are thirds and fifths: hours of college courses, converted exactly and rounded only where they print.

Five quarter hours or three semester hours are one high school credit (WAC 180-51-050; T18).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

THREE_PLACES = Decimal("0.001")


class CollegeUnit(StrEnum):
    QUARTER = "quarter"
    SEMESTER = "semester"


HOURS_A_CREDIT = {CollegeUnit.QUARTER: 5, CollegeUnit.SEMESTER: 3}


def of_hours(hours: Decimal, unit: CollegeUnit) -> Fraction:
    """The credit of so many hours, exactly."""
    return Fraction(hours) / HOURS_A_CREDIT[unit]


def exact(credits: Decimal, hours: Decimal | None, unit: str) -> Fraction:
    """What a line is worth: by its hours where it has them and carries credit, as it stands otherwise."""
    return of_hours(hours, CollegeUnit(unit)) if hours is not None and credits else Fraction(credits)


def printed(credits: Fraction) -> Decimal:
    """To three places, half up."""
    return precise(credits).quantize(THREE_PLACES, ROUND_HALF_UP)


def precise(credits: Fraction) -> Decimal:
    """As exactly as decimals can say it, for sums that are rounded later: 28 digits."""
    return Decimal(credits.numerator) / Decimal(credits.denominator)


def total(credits: Iterable[Fraction]) -> Decimal:
    """The sum, rounded once."""
    return printed(sum(credits, Fraction(0)))
