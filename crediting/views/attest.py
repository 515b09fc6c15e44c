"""The page behind a one-time link: somebody without an account attests what they witnessed.

A GET never uses the link up: programs that look at mail and previews of messages open addresses. The page shows the
student's first name and what the asker wrote, and nothing else about the student; the pages of a link that does not
open show nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from crediting.actions import attestations as actions
from crediting.actions.attestations import Unusable
from crediting.forms.attestations import CodeForm, TestimonyForm
from crediting.models import AttestationInvite
from crediting.states import InviteStanding
from mbl.core import clock
from mbl.core.http import page, showing_errors
from mbl.core.ratelimit import Limited, limited
from mbl.core.ui.shell import ShellDistrict
from mbl.core.views.errors import too_many

# A community center's people share one address; 80 bits at this rate are never guessed.
RATE = "40/10m"

View = Callable[..., HttpResponse]


def closed(view: View) -> View:
    """Kept nowhere, found by no search engine, and the address travels to no other site.

    Not ``no-referrer``: with it browsers send ``Origin: null`` with the form, which is refused as a forgery.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verdict = limited(request, "attest", RATE)
        response = too_many(request, verdict) if isinstance(verdict, Limited) else view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


@login_not_required
@require_http_methods(["GET", "POST"])
@closed
def code(request: HttpRequest) -> HttpResponse:
    """``/attest/``: for people who hold a paper. The code goes by POST, so that no history keeps it."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect("crediting:attest", token=form.cleaned_data["code"])
    return page(request, "crediting/attest/code.html", {"form": form})


@login_not_required
@sensitive_variables()
@require_http_methods(["GET", "POST"])
@closed
def attest(request: HttpRequest, token: str) -> HttpResponse:
    """``/attest/<token>/``: what is asked, and the form. Sending it uses the link up."""
    try:
        invite = actions.usable(token)
    except Unusable as unusable:
        with _language_for(request, unusable.invite):
            return _does_not_open(request, unusable)
    with _language_for(request, invite):
        return _open(request, token, invite)


@login_not_required
@require_safe
@closed
def done(request: HttpRequest) -> HttpResponse:
    """``/attest/thank-you/``: the same for everybody."""
    return page(request, "crediting/attest/done.html")


def _open(request: HttpRequest, token: str, invite: AttestationInvite) -> HttpResponse:
    form = TestimonyForm(invite, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with showing_errors(form):
                actions.attest(
                    token,
                    actions.Testimony(**form.testimony()),
                    language=translation.get_language() or settings.LANGUAGE_CODE,
                    for_few=form.cleaned_data["readers"] == "few",
                )
                return redirect("crediting:attest-done")
        except Unusable as unusable:
            # Somebody else's click, or one's own second one, came first.
            return _does_not_open(request, unusable)
    asker, student = invite.asked_by, invite.request.student.person
    context = {
        "form": form,
        "invite": invite,
        "first_name": student.preferred_name or student.given_name,
        # A student who asks is named as on the rest of the page.
        "asker": "" if asker.pk == student.user_id else str(asker),
        "until": clock.day_of(invite.expires_at, invite.district),
        **_school(invite),
    }
    return _page(request, "crediting/attest/open.html", context)


def _does_not_open(request: HttpRequest, unusable: Unusable) -> HttpResponse:
    """Why, and what to do; nothing about the student, the request or the witness."""
    heading, text = {
        InviteStanding.GIVEN: (
            _("This link has been used"),
            _("It works once. If you sent it yourself, everything has arrived: thank you. If not, tell the school."),
        ),
        InviteStanding.EXPIRED: (
            _("This link is too old"),
            _("Nothing was sent. If you would still like to attest, ask the person who gave it to you for a new one."),
        ),
        InviteStanding.CANCELLED: (
            _("This link was canceled"),
            _("Whoever asked you no longer needs it, or has sent you a newer one. Look for that one, or ask them."),
        ),
        InviteStanding.CLOSED: (
            _("The school has finished with this"),
            _("Nothing more can be attested here. Thank you for coming. If you think it matters, tell the school."),
        ),
        None: (
            _("There is no such link"),
            _("Copy the whole link once more, or type the code from your paper. Otherwise ask who gave it to you."),
        ),
    }[unusable.standing]
    context = {
        "heading": heading,
        "text": text,
        "is_unknown": unusable.invite is None,
        **(_school(unusable.invite) if unusable.invite else {}),
    }
    return _page(request, "crediting/attest/closed.html", context, 404 if unusable.invite is None else 410)


def _school(invite: AttestationInvite) -> dict[str, object]:
    school = invite.request.school
    return {"school": school, "district": ShellDistrict(name=invite.district.name, school=school.name)}


def _language_for(request: HttpRequest, invite: AttestationInvite | None) -> AbstractContextManager[None]:
    """The language the asker chose for the witness, until the witness chooses another on the page."""
    has_chosen = request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return nullcontext() if invite is None or has_chosen else translation.override(invite.language)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = page(request, template, context, status=status)
    response["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    return response
