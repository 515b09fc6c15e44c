"""Consent to share a record, as staff ask for it and as families sign it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mbl.core.forms import choose_from
from mbl.core.words import state_word
from profiles.states import SharedRecords


class FindReaderForm(forms.Form):
    q = forms.CharField(label=_("Find by name or e-mail"), required=False, max_length=100)


class ConsentForm(forms.Form):
    """What the law wants named: the records, the purpose, the party; and until when."""

    reader = forms.UUIDField(label=_("Person"))
    party = forms.CharField(
        label=_("For whom"), max_length=200, help_text=_("The college, employer or program this person works for.")
    )
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In plain words. The family reads this before it signs."),
    )
    records = forms.ChoiceField(label=_("What they see"), widget=forms.RadioSelect, initial=SharedRecords.BASICS)
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "records", [(str(one), state_word(one)) for one in SharedRecords])

    def clean_records(self) -> SharedRecords:
        return SharedRecords(self.cleaned_data["records"])


class SignConsentForm(forms.Form):
    typed_name = forms.CharField(
        label=_("Your full name"),
        help_text=_("Typing it here counts as your signature."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name. It stands for your signature.")},
    )
