"""Credits that are thirds and fifths: hours of college courses, converted exactly and rounded only where they print.

Five quarter hours or three semester hours are one high school credit (WAC 180-51-050; T18).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from crediting.states import Rounding

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


def to_step(credits: Fraction | Decimal, step: Decimal, rounding: Rounding) -> Fraction:
    """Rounded to a multiple of ``step`` as a policy says."""
    steps = Fraction(credits) / Fraction(step)
    whole = {
        Rounding.DOWN: floor(steps),
        Rounding.UP: ceil(steps),
        Rounding.HALF_UP: floor(steps + Fraction(1, 2)),
    }[rounding]
    return Fraction(whole) * Fraction(step)
