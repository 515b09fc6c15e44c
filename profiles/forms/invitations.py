"""Taking up an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NewAccountForm(forms.Form):
    """A name to sign in with and a password."""

    login_name = forms.CharField(
        label=_("Name to sign in with"),
        max_length=150,
        help_text=_("Three letters or more, without spaces. You can also sign in with your e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        help_text=_("Ten characters or more. Several words are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, second = cleaned.get("password"), cleaned.get("password_again")
        if first and second and first != second:
            self.add_error("password_again", _("The two passwords differ. Type the same one twice."))
        return cleaned


def language_of(request_language: str) -> str:
    """The language the page was read in, if the product speaks it."""
    return request_language if request_language in dict(settings.LANGUAGES) else ""
