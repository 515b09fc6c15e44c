"""Where standards are fetched from each day: an address is added, looked at now, or left alone from now on."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crediting import access
from crediting.actions.fetch_standards import look_now, remember_source, stop_source
from crediting.forms.standards import SourceForm
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability

IMPORT = Capability.IMPORT_DATA
SOURCES = Columns(
    Column("address", gettext_lazy("Address"), kind="header"),
    Column("looked", gettext_lazy("Last look")),
    Column("said", gettext_lazy("What came"), card="wide"),
    Column("act", gettext_lazy("Do"), kind="actions"),
)


@require_http_methods(["GET", "POST"])
def sources(request: AuthenticatedRequest) -> HttpResponse:
    """``/standards/sources/``: the addresses of the district, and one more."""
    district = access.get_district(request.user, request.GET.get("district", ""), IMPORT)
    form = SourceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            source = remember_source(district, address=form.cleaned_data["address"], actor=request.user)
            job = look_now(source, actor=request.user)
            return go(request, reverse("core:job", args=[job.public_id]))
    context = {
        "form": form,
        "page": paginate(request, access.sources_of(district)),
        "columns": SOURCES,
        "hosts": settings.CASE_SOURCES,
        "empty": Empty(_("No address yet"), _("Standards come by file, until an address is added."), icon="world"),
    }
    return page(request, "crediting/standards/sources.html", context)


@require_POST
def source_look(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Look at one address now, as a job."""
    job = look_now(access.get_source(request.user, public_id), actor=request.user)
    return go(request, reverse("core:job", args=[job.public_id]))


@require_POST
def source_stop(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Leave an address alone from now on. What came from it stays."""
    stop_source(access.get_source(request.user, public_id), actor=request.user)
    return go(request, reverse("crediting:sources"), _("Nothing is fetched from there any more. What came stays."))
