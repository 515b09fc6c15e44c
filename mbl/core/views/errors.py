"""Pages for when something does not work: what happened, what is safe, what to do, and a reference."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from mbl.core import drafts
from mbl.core.errors import DomainError
from mbl.core.files import UploadTooBig
from mbl.core.http import is_htmx
from mbl.core.logs import current_request_id
from mbl.core.models import User
from mbl.core.ratelimit import Limited
from mbl.core.views import health
from mbl.core.words import error_text

RETRY_SECONDS = 10
_CODES = {403: "not_allowed", 404: "not_found", 409: "moved_on", 429: "too_many", 500: "failed", 503: "away"}


def reference() -> str:
    """What a person reads out on the phone, and what the log line carries."""
    return current_request_id()[:8]


def _error(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    if _wants_json(request):
        return _for_programs(str(context.get("reason", "")), status)
    response = render(request, template, context | {"reference": reference(), "status": status}, status=status)
    add_never_cache_headers(response)
    return response


def _for_programs(message: str, status: int) -> JsonResponse:
    """The shape of the API's refusals, and the reference."""
    facts = {"code": _CODES.get(status, "refused"), "message": message, "field": "", "reference": reference()}
    return JsonResponse(facts, status=status)


def _wants_json(request: HttpRequest) -> bool:
    """Programs, and htmx: its page stays as it is and shows the message."""
    return (
        is_htmx(request)
        or request.path.startswith("/api/")
        or request.headers.get("Accept", "").startswith("application/json")
    )


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, UploadTooBig):
        return _error(request, "errors/400.html", 413, reason=str(exception))
    return _error(
        request, "errors/400.html", 400, reason=_("The page got something it cannot read. Go back and try again.")
    )


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, "errors/403.html", 403, reason=str(exception or ""))


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, "errors/404.html", 404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponseBase:
    """Also where errors of other middleware end, so a database that is away shows here too."""
    import sys

    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return away(request)
    if request.path.startswith("/api/"):
        return _for_programs(_("Something went wrong on our side. Nothing was changed."), 500)
    return static_page("errors/500.html", 500)


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a ``DomainError`` that no form could show."""
    return _error(request, f"errors/{error.status}.html", error.status, reason=error_text(error))


def too_many(request: HttpRequest, verdict: Limited) -> HttpResponse:
    """429, with the seconds to wait."""
    response = _error(request, "errors/429.html", 429, reason=verdict.reason)
    response["Retry-After"] = str(verdict.seconds)
    return response


def away(request: HttpRequest) -> HttpResponseBase:
    """503 without a look at session or database; for ``/health/`` the facts."""
    if request.path_info == "/health/":
        return health.health(request)
    if request.path.startswith("/api/"):
        response: HttpResponse = _for_programs(_("The database does not answer. Try again in a moment."), 503)
    else:
        response = static_page("errors/503.html", 503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def static_page(template: str, status: int) -> HttpResponse:
    """A page that asks nobody: no session, no person, no context processors."""
    response = HttpResponse(render_to_string(template, {"reference": reference(), "status": status}), status=status)
    add_never_cache_headers(response)
    return response


# --- Forms that could not be taken -----------------------------------------------------------------------------------


@requires_csrf_token
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The page of a failed CSRF check. A form of our own keeps what was typed in it.

    A forged form has no signed owner; it gets a plain page and nothing of it is shown or kept.
    """
    from mbl.core.middleware import held_for_sign_in

    owner = drafts.owner_of(request.POST)
    user = request.user if isinstance(request.user, User) else None
    if owner is None:
        return _error(request, "core/form_expired.html", 403, back=drafts.opened_from(request))
    if user is None:
        return held_for_sign_in(request, owner)
    if owner != user.public_id:
        drafts.hold(owner, request)
        return someone_elses_form(request)
    try:
        fields = drafts.fields_of(request.POST)
    except DomainError:
        return _error(request, "core/form_expired.html", 403, back=drafts.opened_from(request))
    held = drafts.Held("", request.get_full_path(), drafts.opened_from(request), fields, bool(request.FILES))
    return send_again(request, held, status=403)


def send_again(request: HttpRequest, held: drafts.Held, *, status: int = 200) -> HttpResponse:
    """What was typed, to read and copy, and a button that sends it again; for forms that cannot re-open themselves."""
    pairs = [
        (name, text) for name, value in held.fields.items() for text in (value if isinstance(value, list) else [value])
    ]
    texts = [text for _name, text in pairs if len(text) > 30 or "\n" in text]
    context = {"held": held, "pairs": pairs, "texts": texts, "status": status}
    response = render(request, "core/send_again.html", context, status=status)
    add_never_cache_headers(response)
    return response


def someone_elses_form(request: HttpRequest) -> HttpResponse:
    """The form belongs to a person who was signed in here before."""
    reason = _(
        "This page was opened by somebody else who was signed in on this device. Nothing was sent in your name. "
        "What they typed is kept for them."
    )
    return _error(request, "errors/403.html", 403, reason=reason)


# Django calls these outside any view, and public pages may end here.
for _view in (bad_request, permission_denied, page_not_found, server_error, form_expired):
    login_not_required(_view)
