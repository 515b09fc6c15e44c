"""Anybody can check a transcript by its code. The answer says what it is worth, and nothing about the student."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from mbl.core.codes import grouped, normalise
from mbl.core.http import page
from mbl.core.ratelimit import Limited, limited
from mbl.core.ui.shell import ShellDistrict
from mbl.core.views.errors import too_many
from transcripts.forms.register import CheckForm
from transcripts.queries.verify import check
from transcripts.states import Standing

# 80 bits at this rate: trying codes finds nothing within the age of the world, and a reader never meets the limit.
RATE = "20/m"


@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """``/verify/``: the form. With a code it goes on to the code's own page."""
    form = CheckForm(request.GET or None)
    if form.is_valid():
        code = normalise(form.cleaned_data["code"])
        return _closed(redirect("transcripts:verify-code", code=code or "-"))
    return _closed(page(request, "transcripts/verify/form.html", {"form": form}))


@login_not_required
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """``/verify/<code>/``: valid, no longer current, replaced, revoked or unknown."""
    verdict = limited(request, "verify", RATE)
    if isinstance(verdict, Limited):
        return _closed(too_many(request, verdict))
    found = check(code)
    context = {
        "found": found,
        "standing": found.standing,
        "code": grouped(found.code),
        "form": CheckForm(),
        "district": ShellDistrict(name=found.district, school=found.school) if found.district else None,
        **{str(one): one == found.standing for one in Standing},
    }
    return _closed(page(request, "transcripts/verify/answer.html", context))


def _closed(response: HttpResponse) -> HttpResponse:
    """Not in search engines, not in shared caches, and the code does not travel on to other sites."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
