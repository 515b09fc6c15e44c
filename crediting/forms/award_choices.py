"""What the student chooses of a listed award, and what staff write down of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice


class SaidForm(forms.Form):
    """When the student said so: for staff who write it down."""

    said_on = forms.DateField(
        label=_("When did the student say so?"), widget=forms.DateInput(attrs={"type": "date"}), required=True
    )

    def __init__(self, data: Any, *, for_student: bool, today: dt.date, **kwargs: Any) -> None:
        super().__init__(data, initial={"said_on": today, **kwargs.pop("initial", {})}, **kwargs)
        if not for_student:
            del self.fields["said_on"]


class TakeForm(SaidForm):
    """Which mark, how much. Fields that are not the student's to choose are not there."""

    mark = forms.ChoiceField(label=_("Which mark should the record show?"), widget=forms.RadioSelect, required=False)
    credits = forms.DecimalField(
        label=_("How much credit?"), min_value=Decimal("0.001"), max_digits=6, decimal_places=3
    )
    field_order = ("mark", "credits", "said_on")

    def __init__(
        self, data: Any, marks: Sequence[tuple[str, Choice]], *, most: Decimal | None, hint: str = "", **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if len(marks) > 1:
            choose_from(self, "mark", marks)
            self.fields["mark"].required = all(mark for mark, _word in marks)
        else:
            del self.fields["mark"]
        if most is not None:
            self.fields["credits"].help_text = hint
        else:
            del self.fields["credits"]


class DeclineForm(SaidForm):
    reason = Words(
        label=_("Why not?"), help_text=_("You do not have to say. The school reads it."), required=False, rows=2
    )
    field_order = ("reason", "said_on")
