"""Sending, talking, signing, copying: short forms around a plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from mbl.core.forms import choose_from
from mbl.core.ui.parts import Choice
from profiles.models import Person


class SendForm(forms.Form):
    answer = forms.CharField(
        label=_("A message to go with it"),
        help_text=_("If your counselor asked something, answer it here."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=_("Write a message"),
        help_text=_("The student, the family and the school read it."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Write something first.")},
    )


class ReviewForm(forms.Form):
    """``revision`` is the version on the page: an older one is never answered by accident."""

    revision = forms.UUIDField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment to the student"),
        help_text=_("The family reads it too. You need one to return the plan or to ask the family."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class SignForm(forms.Form):
    typed_name = forms.CharField(
        label=_("Your full name"),
        help_text=_("Typing it here counts as your signature."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your full name. It stands for your signature.")},
    )


def languages() -> list[tuple[str, str]]:
    """The languages that documents exist in, each in its own name."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


class PaperSignatureForm(forms.Form):
    signer = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Who signed"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who signed."), "invalid_choice": _("Choose somebody from the list.")},
    )
    typed_name = forms.CharField(
        label=_("Name as it stands on the paper"),
        max_length=200,
        error_messages={"required": _("Write the name that stands on the paper.")},
    )
    signed_on = forms.DateField(
        label=_("Day that stands on the paper"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as year, month and day, such as 2026-10-02.")},
    )
    language = forms.ChoiceField(label=_("Language of the paper"), widget=forms.RadioSelect)

    def __init__(self, signers: QuerySet[Person], today: dt.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "signer", signers)
        self.fields["signed_on"].initial = today
        choose_from(self, "language", languages())
        self.fields["language"].initial = "en"


class CopyForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "language", languages())


class FamilyAccessForm(forms.Form):
    allowed = forms.TypedChoiceField(
        label=_("Does your family see your record?"),
        choices=[
            ("yes", Choice(_("Yes"), _("They see your plan, credits, requests and transcripts, and can write to us."))),
            ("no", Choice(_("No"), _("They see nothing of your record. You can change this on any day."))),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
