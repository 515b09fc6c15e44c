"""Letter grades that follow from levels: how, why this one, and what lacks."""

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from crediting.rules.converted import Conversion, ConversionKind, FromShares, digits
from crediting.states import Rounding
from mbl.core.words import register_states, register_words, state_word

register_states(
    ConversionKind,
    {
        ConversionKind.MEAN: pgettext_lazy("conversion", "The mean of the levels"),
        ConversionKind.LOWEST: pgettext_lazy("conversion", "The lowest level"),
        ConversionKind.SHARES: pgettext_lazy("conversion", "How many standards are at which level"),
        ConversionKind.NONE: pgettext_lazy("conversion", "No letter grade"),
    },
)

_ROUNDED = {
    Rounding.HALF_UP: gettext_lazy("rounded to the nearest, from the middle up"),
    Rounding.DOWN: gettext_lazy("rounded down"),
    Rounding.UP: gettext_lazy("rounded up"),
}

register_words(
    {
        "grade.not_set": gettext_lazy(
            "The district has not set how levels become a letter grade in this subject, so there is none."
        ),
        "grade.not_given": gettext_lazy("There are no letter grades in this subject. The levels say where one stands."),
        "grade.other_scale": gettext_lazy(
            "The table was written for a scale of %(written)s levels, and this class is judged on %(levels)s. "
            "An administrator can set a table for it."
        ),
        "grade.too_few": ngettext_lazy(
            "%(judged)s of at least %(least)s standard has a level, so there is no grade yet.",
            "%(judged)s of at least %(least)s standards have a level, so there is no grade yet.",
            "least",
        ),
        "grade.off_table": gettext_lazy("The table has no row for %(value)s, so there is no grade."),
        "grade.by_mean_half_up": gettext_lazy(
            "The mean of the levels: (%(numbers)s) / %(count)s = %(exact)s, rounded to the nearest, from the middle "
            "up: %(value)s. From %(bound)s on the grade is %(mark)s."
        ),
        "grade.by_mean_down": gettext_lazy(
            "The mean of the levels: (%(numbers)s) / %(count)s = %(exact)s, rounded down: %(value)s. "
            "From %(bound)s on the grade is %(mark)s."
        ),
        "grade.by_mean_up": gettext_lazy(
            "The mean of the levels: (%(numbers)s) / %(count)s = %(exact)s, rounded up: %(value)s. "
            "From %(bound)s on the grade is %(mark)s."
        ),
        "grade.by_lowest": gettext_lazy(
            "The lowest of the levels (%(numbers)s) is %(value)s. From %(bound)s on the grade is %(mark)s."
        ),
        "grade.by_shares": gettext_lazy(
            "%(reached)s of %(count)s standards (%(percent)s percent) are at level %(at)s or above, and %(share)s "
            "percent are asked for %(mark)s. Levels: %(numbers)s."
        ),
        "grade.by_shares_floored": gettext_lazy(
            "%(reached)s of %(count)s standards (%(percent)s percent) are at level %(at)s or above, and none is below "
            "level %(floor)s (the lowest is %(lowest)s). %(share)s percent are asked for %(mark)s. Levels: %(numbers)s."
        ),
        "grade.by_shares_rest": gettext_lazy(
            "No row above holds for these levels (%(numbers)s), so the grade is %(mark)s."
        ),
        "conversion.empty": gettext_lazy("Write at least one row, best mark first."),
        "conversion.twice": gettext_lazy("%(mark)s stands in two rows. Keep one of them."),
        "conversion.off_scale": gettext_lazy(
            "The row of %(mark)s names a level that the scale does not have: it goes from 1 to %(levels)s."
        ),
        "conversion.order": gettext_lazy(
            "%(lower)s stands below %(upper)s and has to begin at a smaller value, so that better levels never give a "
            "lower grade."
        ),
        "conversion.last_value": gettext_lazy(
            "The last row, %(mark)s, has to begin at 1 or less, so that everybody with enough levels has a grade."
        ),
        "conversion.last_share": gettext_lazy(
            "The last row, %(mark)s, has to hold for everybody: 0 percent, and no lowest level."
        ),
        "conversion.hides": gettext_lazy(
            "The row of %(mark)s holds for everybody, so no row below it is ever reached. Make it the last."
        ),
    }
)


def conversion_words(terms: Conversion) -> str:
    """How levels become a grade, in a few sentences that a family can follow."""
    if terms.kind == ConversionKind.NONE:
        return f"{state_word(terms.kind)}."
    how = {
        ConversionKind.MEAN: _("The mean of the current levels, %(rounded)s (decimal places: %(places)s):")
        % {"rounded": _ROUNDED[terms.rounding], "places": terms.places},
        ConversionKind.LOWEST: _("The lowest of the current levels:"),
        ConversionKind.SHARES: _("The first that holds:"),
    }[terms.kind]
    rows = "; ".join(_shares(row) for row in terms.shares) if terms.shares else _values(terms)
    least = ngettext(
        "At least %(least)s standard must have a level.",
        "At least %(least)s standards must have a level.",
        terms.minimum,
    )
    return f"{how} {rows}. {least % {'least': terms.minimum}}"


def _values(terms: Conversion) -> str:
    return "; ".join(
        _("%(mark)s from %(least)s") % {"mark": row.mark, "least": digits(Fraction(row.least))} for row in terms.values
    )


def _shares(row: FromShares) -> str:
    said = {"mark": row.mark, "share": row.share, "at": row.at, "floor": row.floor}
    if row.is_always:
        return _("%(mark)s otherwise") % said
    if not row.share:
        return _("%(mark)s with none below level %(floor)s") % said
    if row.floor <= 1:
        return _("%(mark)s with at least %(share)s percent at level %(at)s or above") % said
    return _("%(mark)s with at least %(share)s percent at level %(at)s or above and none below level %(floor)s") % said
