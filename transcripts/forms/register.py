"""Finding students and transcripts, and checking a code."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class RegisterFilter(forms.Form):
    q = forms.CharField(
        label=_("Find a student or a transcript"),
        help_text=_("By name, student ID or transcript number."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class CheckForm(forms.Form):
    """A GET form; the code's shape is not judged here, so that every wrong code is answered alike."""

    code = forms.CharField(
        label=_("Check code"),
        help_text=_("16 letters and digits, at the foot of every page. Spaces and dashes do not matter."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the check code that stands on the transcript.")},
    )
