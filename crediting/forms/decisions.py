"""Deciding: a reason, always; it is what the student and the family read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice

SECOND_LOOK = _("Every point is met. Award it, or tick here that you do not award it all the same.")


def though_met() -> forms.BooleanField:
    """The tick of who refuses what meets every point: that they have seen it."""
    return forms.BooleanField(
        label=_("I do not award it although every point is met"),
        help_text=_("Only for “Do not award”. The student and the family read that every point was met."),
        required=False,
    )


class DecisionForm(forms.Form):
    """``lifts`` are the criteria that the decider may let pass, by code with their words; usually none.

    ``is_met``: every point is met, so who does not award it says by a tick that this was seen.
    """

    reason = Words(
        label=_("Reason"),
        help_text=_("The student and the family read this."),
        rows=4,
        error_messages={"required": _("Say why. The student and the family read it.")},
    )

    lift = forms.MultipleChoiceField(
        label=_("Let pass by the discretion that the policy gives you"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lift_why = Words(
        label=_("Why do you let it pass?"),
        help_text=_("The student and the family read this."),
        required=False,
        max_length=1000,
        rows=2,
    )

    though_met = though_met()

    def __init__(self, lifts: Sequence[tuple[str, str]], *args: Any, is_met: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lifts:
            choose_from(self, "lift", lifts)
        else:
            del self.fields["lift"], self.fields["lift_why"]
        if not is_met:
            del self.fields["though_met"]

    def clean_though_met(self) -> bool:
        ticked: bool = self.cleaned_data["though_met"]
        if self.data.get("verdict") == "refuse" and not ticked:
            raise forms.ValidationError(SECOND_LOOK)
        return ticked


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


class OwedReverseForm(ReverseForm):
    """Of an award that a statute demands: what was wrong says whether it is owed all the same (R26)."""

    AWARD, RESULT = "award", "result"

    wrong = forms.ChoiceField(
        label=_("What was wrong?"),
        widget=forms.RadioSelect,
        choices=[
            (AWARD, Choice(_("The award: its course, school or amount"), _("It is still owed, and is listed again."))),
            (
                RESULT,
                Choice(
                    _("What it rests on: the result or the program is not this student’s"),
                    _("It is listed again only when the result or the program on file changes. Have them corrected."),
                ),
            ),
        ],
        error_messages={"required": _("Say what was wrong, so that the law is followed.")},
    )
    field_order = ("wrong", "reason")
