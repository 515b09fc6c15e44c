"""Every refusal has one shape: ``{"code", "message", "field"}``. The message is for people, the code for programs."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import exceptions
from rest_framework.response import Response

from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.middleware import record_denied
from mbl.core.words import error_text

log = logging.getLogger(__name__)

NOT_FOUND = "not_found"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer for ``error``; None for a bug, which stays loud."""
    request = context["request"]._request
    if isinstance(error, Http404 | exceptions.NotFound):
        record_denied(request, 404)
        return _refusal(404, NOT_FOUND, _("There is nothing here, or it is not yours to know."))
    if isinstance(error, NotAllowed | PermissionDenied | exceptions.PermissionDenied):
        record_denied(request, 403)
        reason = error_text(error) if isinstance(error, NotAllowed) else _("This is not open to you.")
        return _refusal(403, "not_allowed", reason)
    if isinstance(error, DomainError):
        code = "moved_on" if isinstance(error, InvalidTransition) else "refused"
        return _refusal(error.status, code, error_text(error), error.field)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        refusal = _refusal(401, "not_signed_in", _("Sign in first; the API uses the session of the browser."))
        refusal["WWW-Authenticate"] = "Session"
        return refusal
    if isinstance(error, exceptions.Throttled):
        seconds = max(1, round(getattr(error, "wait", None) or 1))
        message = ngettext(
            "That was too often in a short time. Wait %(seconds)s second and try again.",
            "That was too often in a short time. Wait %(seconds)s seconds and try again.",
            seconds,
        )
        refusal = _refusal(429, "too_many", message % {"seconds": seconds})
        refusal["Retry-After"] = str(seconds)
        return refusal
    if isinstance(error, exceptions.ValidationError):
        field, message = _first(error.detail)
        return _refusal(400, "refused", message, field)
    if isinstance(error, exceptions.APIException):
        return _refusal(error.status_code, str(error.default_code), str(error.detail))
    return None


def _refusal(status: int, code: str, message: str, field: str = "") -> Response:
    return Response({"code": code, "message": message, "field": field}, status=status)


def _first(detail: Any) -> tuple[str, str]:
    """The first field that is not right and what is wrong with it."""
    if isinstance(detail, dict):
        for field, problems in detail.items():
            return ("" if field == "non_field_errors" else str(field)), _first(problems)[1]
    if isinstance(detail, list) and detail:
        return _first(detail[0])
    return "", str(detail)
