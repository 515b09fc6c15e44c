"""Mastery awards for the school's system: is the layout confirmed, what was received, and the file."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.award_file import EXPORT, confirm_layout, export_awards
from crediting.forms.history import ConfirmForm
from crediting.queries import award_file as queries
from mbl.core import clock, exports
from mbl.core.files import serve
from mbl.core.http import AuthenticatedRequest, go, page, showing_errors
from mbl.core.models import Job
from mbl.core.states import JobState
from mbl.core.ui.parts import Fact
from profiles.access import Capability


@require_http_methods(["GET", "POST"])
def award_file(request: AuthenticatedRequest) -> HttpResponse:
    """Where the district stands, and the confirmation."""
    district = access.get_district(request.user, request.GET.get("district", ""), Capability.IMPORT_DATA)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            confirm_layout(district, note=form.cleaned_data["note"], actor=request.user)
            return go(request, reverse("crediting:award-file"), _("Confirmed. The file can be made now."))
    seen = queries.confirmation(district)
    counts = queries.tally(district)
    context = {
        "district": district,
        "form": form,
        "seen": seen,
        "seen_on": date_format(dt.date.fromisoformat(seen["on"]), "DATE_FORMAT") if seen else "",
        "facts": [
            Fact(_("Mastery awards that stand"), counts["total"]),
            Fact(_("Received: come back in a course history"), counts["received"]),
            Fact(_("Left out for want of a state course code"), counts["left_out"]),
        ],
        "layout": queries.newest(),
        "is_newest": queries.layout_of(district) == queries.newest(),
    }
    return page(request, "crediting/history/award_file.html", context)


@require_POST
def award_file_make(request: AuthenticatedRequest) -> HttpResponse:
    """Make the file, as a job."""
    district = access.get_district(request.user, request.GET.get("district", ""), Capability.IMPORT_DATA)
    job = export_awards(district, actor=request.user)
    return go(request, reverse("core:job", args=[job.public_id]))


@require_safe
def award_file_download(request: AuthenticatedRequest, public_id: UUID) -> HttpResponseBase:
    """The file, for the person who asked for it and who still imports and exports for the district."""
    job = get_object_or_404(Job, public_id=public_id, owner=request.user, kind=EXPORT, state=JobState.DONE)
    assert job.district is not None
    district = access.get_district(request.user, job.district.code, Capability.IMPORT_DATA)
    day = clock.today(district)
    year = clock.school_year(day)
    code = district.state_code or district.code
    name = f"{code}_0000_StudentGradeHistory_{day:%Y%m%d}_{year - 1}{year}.txt"
    return serve(exports.opened(job), name, "text/tab-separated-values", inline=False)
