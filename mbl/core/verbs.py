"""Audit verbs of core."""

from django.utils.translation import gettext_lazy as _

from mbl.core.audit import Payload, verb


@verb("core.access.denied", _("{actor} asked for {path} and did not get it ({status})"))
class AccessDenied(Payload):
    status: int
    method: str
    path: str
    page: str


@verb("core.account.signed_in", _("{actor} signed in"))
class SignedIn(Payload):
    pass


@verb("core.account.signed_out", _("{actor} signed out"))
class SignedOut(Payload):
    pass


@verb("core.account.sign_in_failed", _("Somebody tried to sign in as {target} with a wrong password"))
class SignInFailed(Payload):
    pass


@verb("core.account.password_changed", _("{actor} changed the password"))
class PasswordChanged(Payload):
    pass


@verb("core.account.settings_changed", _("{actor} changed account settings: {changed}"))
class AccountSettingsChanged(Payload):
    changed: str


@verb(
    "core.import.undone",
    _("{actor} took back the import {target}: {restored} rows went back, {deleted} went away, {stayed} stayed"),
)
class ImportUndone(Payload):
    run: str
    restored: int
    deleted: int
    stayed: int
