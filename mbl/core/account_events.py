"""Writes into the ledger who signed in and out, who failed to, and whose password changed."""

import time
from typing import Any

from allauth.account import signals as allauth_signals
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from mbl.core import audit
from mbl.core.models import User
from mbl.core.verbs import PasswordChanged, SignedIn, SignedOut, SignInFailed


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    request.session["seen"] = time.time()
    audit.record(SignedIn(), actor=user, district=None, target=user)


@receiver(user_logged_out)
def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record(SignedOut(), actor=user, district=None, target=user)


@receiver(user_login_failed)
def _sign_in_failed(credentials: dict[str, Any], **_: Any) -> None:
    """Only for accounts that exist: a password typed into the name field must not end in the ledger."""
    name = str(credentials.get("username") or credentials.get("email") or "").strip().lower()
    user = (User.objects.filter(login_name=name) | User.objects.filter(email__iexact=name)).first() if name else None
    if user is not None:
        audit.record(SignInFailed(), actor=None, district=None, target=user)


@receiver(allauth_signals.password_changed)
@receiver(allauth_signals.password_set)
@receiver(allauth_signals.password_reset)
def _password_changed(user: User, **_: Any) -> None:
    audit.record(PasswordChanged(), actor=user, district=None, target=user)
