"""A traditional grade from the levels that a student has reached in a class, by a district's own table.

Levels are places on a scale, counted from 1, one for each standard with a level; their order says nothing. The product
brings no table (R6). Means and shares are exact fractions until the stated rounding. Habits of work have no place here:
nothing but levels comes in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from crediting.rules.aggregation import rounded
from crediting.states import Rounding
from mbl.core.decisions import Param, Reason

RULE = "R6"
MOST_ROWS = 14
MOST_PLACES = 2


class ConversionKind(StrEnum):
    """What is looked up in the table: a mean, the lowest level, or how many standards are where. Or nothing at all."""

    MEAN = "mean"
    LOWEST = "lowest"
    SHARES = "shares"
    NONE = "none"


Kind = ConversionKind


@dataclass(frozen=True)
class FromValue:
    """``mark`` where the value is ``least`` or more."""

    mark: str
    least: Decimal


@dataclass(frozen=True)
class FromShares:
    """``mark`` where at least ``share`` percent of the standards are at level ``at`` or above and none is below
    ``floor``. 0 percent and a floor of 0 or 1 hold for everybody."""

    mark: str
    share: int
    at: int
    floor: int = 0

    @property
    def is_always(self) -> bool:
        return not self.share and self.floor <= 1


@dataclass(frozen=True)
class Conversion:
    """One way from levels to a mark, written for a scale of ``levels`` levels. Rows stand best first; the first that
    holds says the mark.

    ``values`` are the rows of a mean (rounded to ``places`` decimal places) and of the lowest level, ``shares`` those
    of the third kind. ``minimum`` is how many standards must have a level before there is a grade.
    """

    kind: ConversionKind
    levels: int = 4
    minimum: int = 1
    places: int = 0
    rounding: Rounding = Rounding.HALF_UP
    values: tuple[FromValue, ...] = ()
    shares: tuple[FromShares, ...] = ()

    @property
    def rows(self) -> Sequence[FromValue | FromShares]:
        return self.shares if self.kind == Kind.SHARES else self.values

    @property
    def marks(self) -> tuple[str, ...]:
        """Best first."""
        return tuple(row.mark for row in self.rows)


@dataclass(frozen=True)
class Converted:
    """``mark`` is empty where there is no grade, and ``reason`` then says what lacks; else it is the arithmetic."""

    mark: str
    reason: Reason


def convert(conversion: Conversion | None, places: Sequence[int], levels: int) -> Converted:
    """The grade for current levels at ``places`` of a scale with ``levels`` levels.

    Raising one of the levels never lowers the grade: a mean, a lowest level and a share only rise with it, and the
    first row that holds can only move up.
    """
    if conversion is None:
        return _none("grade.not_set")
    if conversion.kind == Kind.NONE:
        return _none("grade.not_given")
    if conversion.levels != levels:
        return _none("grade.other_scale", written=conversion.levels, levels=levels)
    if len(places) < max(conversion.minimum, 1):
        return _none("grade.too_few", judged=len(places), least=max(conversion.minimum, 1))
    match conversion.kind:
        case Kind.MEAN:
            return _by_mean(conversion, places)
        case Kind.LOWEST:
            return _by_lowest(conversion, places)
    return _by_shares(conversion, places)


def _none(code: str, **params: Param) -> Converted:
    return Converted("", Reason(code, params, RULE))


def _by_mean(conversion: Conversion, places: Sequence[int]) -> Converted:
    exact = Fraction(sum(places), len(places))
    scale = 10**conversion.places
    value = Fraction(rounded(exact * scale, conversion.rounding), scale)
    said: dict[str, Param] = {
        "count": len(places),
        "numbers": listed(places),
        "exact": digits(exact),
        "value": digits(value),
    }
    return _looked_up(conversion, value, f"grade.by_mean_{conversion.rounding}", said)


def _by_lowest(conversion: Conversion, places: Sequence[int]) -> Converted:
    said: dict[str, Param] = {"count": len(places), "numbers": listed(places), "value": min(places)}
    return _looked_up(conversion, Fraction(min(places)), "grade.by_lowest", said)


def _looked_up(conversion: Conversion, value: Fraction, code: str, said: dict[str, Param]) -> Converted:
    row = next((row for row in conversion.values if value >= Fraction(row.least)), None)
    if row is None:
        return _none("grade.off_table", value=digits(value))
    return Converted(row.mark, Reason(code, said | {"bound": digits(Fraction(row.least)), "mark": row.mark}, RULE))


def _by_shares(conversion: Conversion, places: Sequence[int]) -> Converted:
    said: dict[str, Param] = {"count": len(places), "numbers": listed(places), "lowest": min(places)}
    for row in conversion.shares:
        reached = sum(place >= row.at for place in places)
        if Fraction(100 * reached, len(places)) < row.share or min(places) < row.floor:
            continue
        said |= {"mark": row.mark}
        if row.is_always:
            return Converted(row.mark, Reason("grade.by_shares_rest", said, RULE))
        share = digits(Fraction(100 * reached, len(places)))
        said |= {"reached": reached, "at": row.at, "share": row.share, "percent": share, "floor": row.floor}
        floored = "_floored" if row.floor > 1 else ""
        return Converted(row.mark, Reason(f"grade.by_shares{floored}", said, RULE))
    return _none("grade.off_table", value=listed(places))


def listed(places: Sequence[int]) -> str:
    """``2 × 4 + 1 × 3``: how often each level, highest first."""
    return " + ".join(f"{count} × {place}" for place, count in sorted(Counter(places).items(), reverse=True))


def digits(value: Fraction) -> str:
    """``2.5``, ``3``, and ``2.666…`` where three places are not the whole: cut off, never rounded."""
    thousandths = value * 1000
    cut = Decimal(thousandths.numerator // thousandths.denominator) / 1000
    if thousandths.denominator != 1:
        return f"{cut:.3f}…"
    return format(cut.normalize(), "f")


# --- What a table has to be -------------------------------------------------------------------------------------------


def problems(conversion: Conversion) -> Iterator[Reason]:
    """What is wrong with a table, so that it would leave a student without a grade or a row without a use."""
    if conversion.kind == Kind.NONE:
        return
    rows = conversion.rows
    if not rows:
        yield Reason("conversion.empty")
        return
    if twice := next((mark for mark, times in Counter(conversion.marks).items() if times > 1), None):
        yield Reason("conversion.twice", {"mark": twice})
    yield from _off_scale(conversion)
    if conversion.kind == Kind.SHARES:
        if not conversion.shares[-1].is_always:
            yield Reason("conversion.last_share", {"mark": rows[-1].mark})
        for row in conversion.shares[:-1]:
            if row.is_always:
                yield Reason("conversion.hides", {"mark": row.mark})
        return
    for upper, lower in zip(conversion.values, conversion.values[1:], strict=False):
        if lower.least >= upper.least:
            yield Reason("conversion.order", {"upper": upper.mark, "lower": lower.mark})
    if conversion.values[-1].least > 1:
        yield Reason("conversion.last_value", {"mark": rows[-1].mark})


def _off_scale(conversion: Conversion) -> Iterator[Reason]:
    for value in conversion.values:
        if value.least > conversion.levels:
            yield Reason("conversion.off_scale", {"mark": value.mark, "levels": conversion.levels})
    for share in conversion.shares:
        if not 1 <= share.at <= conversion.levels or not 0 <= share.floor <= conversion.levels:
            yield Reason("conversion.off_scale", {"mark": share.mark, "levels": conversion.levels})
