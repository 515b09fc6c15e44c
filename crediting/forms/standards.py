"""Searching standards, and recording who adopted them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crediting.states import AdoptionBody, SubjectArea
from crediting.words import subject_word
from mbl.core.words import state_word


class StandardsSearchForm(forms.Form):
    """Words or the beginning of a code."""

    q = forms.CharField(
        label=_("Words or a code"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class AdoptForm(forms.Form):
    """Who adopted a framework, for which subjects, from when to when."""

    body = forms.ChoiceField(label=_("Adopted as"), widget=forms.RadioSelect)
    adopted_by = forms.CharField(label=_("Adopted by"), max_length=200, help_text=_("The state, or your board."))
    adopted_on = forms.DateField(label=_("Day of adoption"), widget=forms.DateInput(attrs={"type": "date"}))
    subjects = forms.MultipleChoiceField(
        label=_("For which subject areas?"),
        help_text=_("Where state standards cover a subject area, local ones cannot carry credit in it."),
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = forms.DateField(label=_("First day in use"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Last day in use"),
        required=False,
        help_text=_("Leave empty where no end is known."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [(str(body), state_word(body)) for body in AdoptionBody]  # type: ignore[attr-defined]
        self.fields["subjects"].choices = [  # type: ignore[attr-defined]
            (str(area), subject_word(area)) for area in SubjectArea
        ]

    def values(self) -> dict[str, Any]:
        """The arguments of ``adopt_framework``."""
        cleaned = self.cleaned_data
        return cleaned | {
            "body": AdoptionBody(cleaned["body"]),
            "subjects": [SubjectArea(subject) for subject in cleaned["subjects"]],
        }


class EndForm(forms.Form):
    """The last day of something that has no end yet."""

    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    @property
    def day(self) -> dt.date:
        chosen: dt.date = self.cleaned_data["last_day"]
        return chosen
