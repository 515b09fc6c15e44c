"""What a person sets for themselves."""

import time

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mbl.core.actions import change_account_settings
from mbl.core.forms import AccountForm
from mbl.core.http import AuthenticatedRequest, go, page, showing_errors


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: AuthenticatedRequest) -> HttpResponse:
    """``/account/``: language, density, single-key shortcuts, notices by e-mail."""
    form = AccountForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            change_account_settings(request.user, actor=request.user, **form.cleaned_data)
            return go(request, reverse("core:account"), _("Your settings are saved."))
    return page(request, "core/account.html", {"form": form})


@require_POST
def keep_alive(request: AuthenticatedRequest) -> HttpResponse:
    """The person said that they are still there."""
    request.session["seen"] = time.time()
    return HttpResponse(status=204)


@login_not_required
@require_safe
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Accounts are made by schools; the page says whom to ask."""
    return render(request, "account/signup_closed.html")
