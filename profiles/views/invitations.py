"""The page behind an invitation's link. Opening it changes nothing; the form makes or connects an account."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mbl.core.decisions import Denied
from mbl.core.errors import DomainError
from mbl.core.http import go, page, showing_errors
from mbl.core.models import User
from mbl.core.ratelimit import limited
from profiles.actions import invitations
from profiles.actions.invitations import Unusable
from profiles.forms.invitations import NewAccountForm, language_of
from profiles.states import InvitationState


@login_not_required
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a name and password, or connect the account one is signed in with."""
    if isinstance(verdict := limited(request, "invitation", "40/10m"), Denied):
        return page(request, "profiles/invitation/closed.html", {"reason": verdict.reason}, status=429)
    try:
        found = invitations.usable(token)
    except Unusable as unusable:
        status = 404 if unusable.why == "unknown" else 410
        return page(request, "profiles/invitation/closed.html", {"reason": _closed(unusable.why)}, status=status)
    signed_in = request.user if isinstance(request.user, User) else None
    connecting = request.method == "POST" and "connect" in request.POST
    form = NewAccountForm(request.POST if request.method == "POST" and not connecting else None)
    problem = ""
    try:
        if connecting and signed_in is not None:
            invitations.accept_with_account(token, user=signed_in)
            return go(request, "/", _("Your account now belongs to %(district)s too.") % {"district": found.district})
        if form.is_valid():
            with showing_errors(form):
                user = invitations.accept_with_new_account(
                    token,
                    login_name=form.cleaned_data["login_name"],
                    password=form.cleaned_data["password"],
                    language=language_of(get_language() or ""),
                )
                login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
                return go(request, "/", _("Welcome. Your account is ready."))
    except Unusable as unusable:
        # Somebody else's click, or one's own second one, came first.
        return page(request, "profiles/invitation/closed.html", {"reason": _closed(unusable.why)}, status=410)
    except DomainError as error:
        problem = str(error)
    context = {
        "invitation": found,
        "form": form,
        "problem": problem,
        "signed_in": signed_in,
        "district": {"name": found.district.name, "school": "", "home_url": "/"},
        "status": 422 if problem else 200,
    }
    return page(request, "profiles/invitation/open.html", context, status=422 if problem else 200)


def _closed(why: str) -> str:
    return {
        InvitationState.ACCEPTED: _("This invitation was used. Sign in with the name and password you chose."),
        InvitationState.WITHDRAWN: _("This invitation was withdrawn. Ask your school if you need an account."),
        "expired": _("This invitation is older than 14 days. Ask your school for a new one."),
    }.get(why, _("There is no such invitation. Copy the whole link once more, or ask your school for a new one."))
