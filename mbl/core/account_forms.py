"""allauth's forms in our words: labels above the fields, hints before the control, no placeholders."""

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as allauth_forms
from django.utils.translation import gettext_lazy as _

from mbl.core.words import Text


class _Plain:
    """Sets labels and hints by field name."""

    fields: Any
    labels: Mapping[str, Text] = {}
    hints: Mapping[str, Text] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


_NEW = {"password1": _("New password"), "password2": _("The new password once more")}
# What ``AUTH_PASSWORD_VALIDATORS`` asks for, in one sentence.
_NEW_HINTS = {
    "password1": _("Ten characters or more; not your name, not only digits, and nothing that many people use.")
}


class LoginForm(_Plain, allauth_forms.LoginForm):  # type: ignore[misc]
    labels = {"login": _("Login name or e-mail address"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].max_length = 254
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }


class ResetPasswordForm(_Plain, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": _("Your e-mail address")}


class ResetPasswordKeyForm(_Plain, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    labels, hints = _NEW, _NEW_HINTS


class SetPasswordForm(_Plain, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    labels, hints = _NEW, _NEW_HINTS


class ChangePasswordForm(_Plain, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    labels, hints = {"oldpassword": _("Your present password"), **_NEW}, _NEW_HINTS


class ReauthenticateForm(_Plain, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("Password")}
