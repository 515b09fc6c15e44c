"""Deciding: a reason, always; it is what the student and the family read."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words


class DecisionForm(forms.Form):
    reason = Words(
        label=_("Reason"),
        help_text=_("The student and the family read this."),
        rows=4,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )


class ReturnForm(forms.Form):
    reason = Words(
        label=_("What would you like to see?"),
        help_text=_("The student reads this and can send the work again."),
        rows=4,
        error_messages={"required": _("Say what you would like to see, so that the student can act on it.")},
    )


class ReverseForm(forms.Form):
    reason = Words(
        label=_("Why is it taken back?"),
        help_text=_("The student and the family read this. The award stays in the record, with its reversal."),
        rows=4,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )
