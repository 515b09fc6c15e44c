"""Signing in as somebody of the demonstration: only in demo mode, and only when asked on this machine."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from mbl.core.ui.parts import Empty
from mbl.demo.door import is_open
from mbl.demo.personas import present, user_of


@login_not_required
@never_cache
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody one can be, by district."""
    _only_here(request)
    districts = [(name, list(found)) for name, found in groupby(present(), key=lambda one: one.place)]
    nobody = Empty(_("Nobody is here yet"), _("The demonstration is not loaded. Run manage.py seed_demo, then reload."))
    context = {"districts": districts, "nobody": nobody}
    return render(request, "demo/people.html", context)


@login_not_required
@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the chosen person and go to their first page."""
    _only_here(request)
    user = user_of(request.POST.get("person", ""))
    if user is None:
        raise Http404
    login(request, user)
    return redirect("/")


def _only_here(request: HttpRequest) -> None:
    if not is_open(request):
        raise Http404
