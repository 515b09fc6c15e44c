"""The part of a policy about credit of other schools, as the editor asks for it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from crediting.forms import choices as of
from crediting.forms.shapes import Area, Ask, Choice, Line, Many, Number, Part, Rows

_STEP: Final = _("Such as 0.25. Empty: three decimals are kept.")

ASKS: Final[tuple[Ask, ...]] = (
    Part(
        "transfer",
        _("Credit of other schools"),
        asks=(
            Many("decided_by", _("Who decides"), choices=of.TRANSFER_ROLES),
            Many("confirmed_by", _("Who confirms it"), _("Nobody: one person decides."), choices=of.TRANSFER_ROLES),
            Choice(
                "confirm",
                _("What a second person confirms"),
                choices=of.TRANSFER_CONFIRM,
                blank=_("As usual: only where less is recognized"),
            ),
            Many("recognized", _("Schools whose credit is recognized as it stands"), choices=of.SENDING_RECOGNIZED),
            Choice(
                "others",
                _("Credit of every other school"),
                choices=of.TRANSFER_OTHERS,
                blank=_("As usual: judged line by line"),
            ),
            Line("others_mark", _("Mark for credit of other schools"), _("Empty: the mark stays as it was given.")),
            Number("others_at_most", _("Credits of other schools in all, at most")),
            Rows(
                "units",
                _("What other units make"),
                asks=(
                    Choice("unit", _("Unit"), choices=of.TRANSFER_UNITS),
                    Number("count", _("So many"), _("Empty: one.")),
                    Number("credits", _("Make so many credits")),
                ),
                one=_("Unit"),
            ),
            Number("round_to", _("Rounded to"), _STEP),
            Choice("rounding", _("How it is rounded"), choices=of.ROUNDING, blank=_("Down, as usual")),
            Part(
                "partial",
                _("A part of a term"),
                asks=(
                    Number("round_to", _("In steps of"), _("Such as 0.25.")),
                    Choice("rounding", _("How it is rounded"), choices=of.ROUNDING, blank=_("Down, as usual")),
                ),
            ),
            Area("text", _("What the policy says of it")),
        ),
        is_open=True,
    ),
)
