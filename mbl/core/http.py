"""What views share: typed requests, pages and fragments, answers after a POST, errors in forms, paged lists."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from mbl.core import drafts
from mbl.core.drafts import forget_draft
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import error_text

__all__ = [
    "AuthenticatedRequest",
    "forget_draft",
    "go",
    "is_htmx",
    "page",
    "paginate",
    "showing_errors",
    "typed_before",
]

M = TypeVar("M", bound=Model)
PER_PAGE = 25


class AuthenticatedRequest(HttpRequest):
    """A request that the sign-in middleware has let through."""

    user: User


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment; a restored history entry and a boosted link want the whole page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-History-Restore-Request") != "true"
        and headers.get("HX-Boosted") != "true"
    )


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render ``template``; for htmx its named partial. A posted form with errors answers 422."""
    context = dict(context or {})
    if status == 200 and request.method == "POST" and any(map(_has_errors, context.values())):
        status = 422
    name = f"{template}#{partial}" if partial and is_htmx(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _has_errors(value: object) -> bool:
    return isinstance(value, BaseForm | BaseFormSet) and value.is_bound and not value.is_valid()


def go(request: HttpRequest, url: str, message: str = "", *, undo_url: str = "") -> HttpResponse:
    """The answer after a POST: on to ``url``, where ``message`` is the toast and ``undo_url`` its undo (a POST).

    The shells read the undo address from the message's ``extra_tags``.
    """
    if message:
        messages.success(request, message, extra_tags=undo_url)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def showing_errors(form: BaseForm) -> "_ShowingErrors":
    """Put a ``DomainError`` of the block into ``form``; ``NotAllowed`` goes on to the page that says why."""
    return _ShowingErrors(form)


class _ShowingErrors:
    # A class, because type checkers do not see that a generator's block may end early.
    def __init__(self, form: BaseForm) -> None:
        self._form = form

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, DomainError) or isinstance(error, NotAllowed):
            return False
        self._form.add_error(error.field if error.field in self._form.fields else None, error_text(error))
        return True


def typed_before(request: HttpRequest, key: str) -> dict[str, str | list[str]] | None:
    """What this person typed for this form and did not send: a POST that came after expiry, else their draft.

    Use it as the form's ``initial``. Text only; files are chosen again.
    """
    if request.method == "POST" or not isinstance(request.user, User):
        return None
    held = drafts.held(request.user, request.GET.get("held", ""))
    if held is not None:
        drafts.mark_shown(request)
        messages.info(request, reopened_sentence(held))
        return held.fields
    return drafts.kept(request.user, key)


def reopened_sentence(held: drafts.Held) -> str:
    if held.had_files:
        return _("You were signed out while you worked. What you typed is here again. Choose your file once more.")
    return _("You were signed out while you worked. Nothing was sent yet, and what you typed is here again.")


def paginate(
    request: HttpRequest, queryset: QuerySet[M], per_page: int = PER_PAGE, *, count: int | None = None
) -> Page[M]:
    """The page that ``?page=`` names, or the nearest one. One query reads; one counts, unless ``count`` is known."""
    paginator = Paginator(queryset, per_page)
    if count is not None:
        paginator.count = count
    try:
        wanted = int(request.GET.get("page", "1"))
    except ValueError:
        wanted = 1
    found = paginator.page(max(1, min(wanted, paginator.num_pages)))
    found.object_list = list(found.object_list)
    return found
