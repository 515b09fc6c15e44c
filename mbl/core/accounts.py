"""How people sign in: allauth's adapter. Accounts come by invitation; nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mbl.core.models import User
from mbl.core.ratelimit import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed to sign-up; speaks our words; writes to people in their own language."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Ask your school if that is not right."),
        "username_password_mismatch": _("The name and the password do not go together. Check both and try again."),
        "email_password_mismatch": _("The address and the password do not go together. Check both and try again."),
        "invalid_login": _("The name and the password do not go together. Check both and try again."),
        "too_many_login_attempts": _("Too many tries did not fit. Wait five minutes, or ask for a new password."),
        "rate_limited": _("That was too often in a short time. Wait a few minutes and try again."),
        "incorrect_password": _("This is not your password. Try again."),
        "enter_current_password": _("This is not your present password. Try again."),
        "invalid_password_reset": _("This link is used up or too old. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """In the reader's language: somebody else may have asked for the link."""
        user = context.get("user")
        language = user.language if isinstance(user, User) and user.language else translation.get_language()
        with translation.override(language):
            mail: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        return mail
