"""What happens around every request, from the outside in (the order stands in ``settings.MIDDLEWARE``)."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url
from django.utils import translation

from mbl.core import audit, drafts
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.logs import set_request_id
from mbl.core.models import User
from mbl.core.verbs import AccessDenied
from mbl.core.views import errors, health
from mbl.core.words import says_something

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]


class DatabaseAway:
    """Answers for a database that is away: an honest page, and for ``/health/`` the facts.

    Errors inside other middleware reach ``errors.server_error``, which gives the same page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Health is asked by machines, under any host name, and must answer when sessions cannot be read.
        if request.path_info == "/health/":
            return health.health(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("The database did not answer on %s", request.path, exc_info=exception)
        return errors.away(request)


class RequestId:
    """Gives each request an id that its log lines, its audit events and its answer share."""

    _acceptable = re.compile(r"[A-Za-z0-9-]{8,36}")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
        request_id = given if self._acceptable.fullmatch(given) else str(uuid.uuid4())
        set_request_id(request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ReadableText:
    """Text that arrives can be kept and can be seen.

    PostgreSQL keeps NUL nowhere: an address with one was made by a program and is refused (400), and what somebody
    pasted into a form loses it. A field in which nothing can be seen, such as a zero-width space, counts as left empty.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if "\x00" in request.path or _has_nul(request.GET):
            return errors.bad_request(request)
        posted = QueryDict(mutable=True)
        for name, values in request.POST.lists():
            posted.setlist(name.replace("\x00", ""), [_readable(value) for value in values])
        if posted != request.POST:
            request.POST = posted  # type: ignore[assignment]
        return None


def _readable(value: str) -> str:
    """White space stays as it is, because the fields themselves decide about it."""
    value = value.replace("\x00", "")
    return value if not value.strip() or says_something(value) else ""


def _has_nul(fields: QueryDict) -> bool:
    return any("\x00" in text for name, values in fields.lists() for text in (name, *values))


class PersonLanguage:
    """The language a person has chosen; without one, what the cookie or the browser asks for (``LocaleMiddleware``)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without a session cookie nobody is signed in, and the session is not touched.
        user = _user(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        chosen = user.language if user is not None else ""
        if chosen and translation.check_for_language(chosen):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def _user(request: HttpRequest) -> User | None:
    """The signed-in person behind Django's lazy wrapper."""
    return request.user if request.user.is_authenticated else None


class SignInRequired(LoginRequiredMiddleware):
    """Sign-in everywhere, unless a view says ``login_not_required``; nobody loses what they typed.

    A form posted after its author's session ended carries a signed ``form_owner``. Its fields are kept for that person,
    and after sign-in as the same person the page opens with them. Somebody else who signs in sees nothing of it.
    """

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        user = _user(request)
        if user is not None and request.method == "POST":
            owner = drafts.owner_of(request.POST)
            if owner is not None and owner != user.public_id:
                # A shared computer: the page was opened by one person and sent after another had signed in.
                drafts.hold(owner, request)
                return errors.someone_elses_form(request)
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        return answer

    def handle_no_permission(  # type: ignore[override]  # htmx wants no redirect but a header
        self, request: HttpRequest, view_func: View
    ) -> HttpResponseBase:
        sign_in = resolve_url(self.get_login_url(view_func))
        if request.method == "POST" and (owner := drafts.owner_of(request.POST)):
            return held_for_sign_in(request, owner)
        if request.headers.get("HX-Request") == "true":
            # The fragment's address is no page to come back to; the page it was on is.
            address = drafts.opened_from(request) or "/"
            return HttpResponse(headers={"HX-Redirect": redirect_to_login(address, sign_in)["Location"]})
        if request.method not in {"GET", "HEAD"}:
            return redirect_to_login(drafts.opened_from(request) or "/", sign_in)
        response: HttpResponseBase = super().handle_no_permission(request, view_func)
        return response

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Re-open held text where the page itself did not, and forget it once it was sent.

        What a signed-in person sees is kept nowhere: on a shared computer, Back shows nothing after signing out.
        """
        user = _user(request) if hasattr(request, "user") else None
        if user is None:
            return response
        response.headers.setdefault("Cache-Control", "private, no-store")
        if request.method == "POST" and response.status_code < 400 and "held" in request.POST:
            drafts.forget_held(user, request.POST["held"])
        elif request.method == "GET" and response.status_code in {200, 405} and not drafts.is_shown(request):
            held = drafts.held(user, request.GET.get("held", ""))
            if held is not None:
                return errors.send_again(request, held)
        return response


def held_for_sign_in(request: HttpRequest, owner: uuid.UUID) -> HttpResponseBase:
    """Keep the posted form for ``owner`` and ask for sign-in; afterwards the form opens again."""
    token = drafts.hold(owner, request)
    parts = urlsplit(request.get_full_path())
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "held"]
    address = urlunsplit(parts._replace(query=urlencode([*query, ("held", token)] if token else query)))
    location = redirect_to_login(address, resolve_url(settings.LOGIN_URL))["Location"]
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": location})
    return HttpResponse(status=302, headers={"Location": location})


class IdleTimeout:
    """Ends a session in which nobody did anything for the idle minutes, and writes that somebody did at most every
    few minutes, so that opening pages does not write.

    The limit is ``IDLE_TIMEOUT_MINUTES``, or less where sign-in put the district's or role's ``idle_minutes`` into the
    session. A page that asks by itself (``passive`` views: a job's progress) does not count as somebody.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            seen = request.session.get("seen")
            if seen is not None and time.time() - seen > idle_seconds(request) + _touch_every(request):
                logout(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> None:
        if getattr(view_func, "passive", False) or not request.user.is_authenticated:
            return
        now = time.time()
        if now - request.session.get("seen", 0) > _touch_every(request):
            request.session["seen"] = now


def idle_seconds(request: HttpRequest) -> int:
    """After how many seconds without activity this session ends."""
    minutes = min(settings.IDLE_TIMEOUT_MINUTES, request.session.get("idle_minutes") or settings.IDLE_TIMEOUT_MINUTES)
    return int(minutes) * 60


def _touch_every(request: HttpRequest) -> int:
    return min(300, idle_seconds(request) // 5)


class DomainErrors:
    """Turns errors for people into pages: 403 with the reason, 409 for what has moved on, 400 otherwise.

    A signed-in person who asks for one thing's page and may not have it is recorded (R76: a denied attempt is logged).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, Http404 | PermissionDenied | NotAllowed):
            record_denied(request, 404 if isinstance(exception, Http404) else 403)
        if not isinstance(exception, DomainError):
            return None
        log.info("%s answered %s: %s", request.path, exception.status, type(exception).__name__)
        return errors.domain_error(request, exception)


def record_denied(request: HttpRequest, status: int) -> None:
    """Once a minute for a person and an address, so that a script cannot flood the ledger."""
    match, user = request.resolver_match, _user(request)
    if user is None or match is None or not match.kwargs:
        return
    if not cache.add(f"denied:{user.pk}:{status}:{request.path}"[:200], 1, timeout=60):
        return
    target = next((value for value in match.kwargs.values() if isinstance(value, uuid.UUID)), None)
    audit.record(
        AccessDenied(status=status, method=request.method or "", path=request.path[:200], page=match.view_name),
        actor=user,
        district=getattr(request, "district", None),
        target=_Asked(target, request.path) if target else None,
        target_kind=match.view_name[:40],
    )


class _Asked:
    """What somebody asked for without getting it."""

    def __init__(self, public_id: uuid.UUID, path: str) -> None:
        self.public_id = public_id
        self._path = path

    def __str__(self) -> str:
        return self._path
