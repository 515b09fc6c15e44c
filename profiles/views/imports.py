"""Imports: did the data arrive, what would a file do, and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.imports import adapter, mapping
from mbl.core.models import ImportRun
from mbl.core.states import ImportState
from mbl.core.ui.parts import Chip, Empty, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles import access
from profiles.actions.import_settings import ImportSettings, set_import_settings
from profiles.actions.import_settings import import_settings as settings_of
from profiles.actions.imports import check_upload, keep_upload, needs_columns, upload_of
from profiles.forms.imports import ColumnsForm, ImportForm, SettingsForm
from profiles.rules.roles import Capability

IMPORT = Capability.IMPORT_DATA
RUNS = Columns(
    Column("file", gettext_lazy("File"), kind="header"),
    Column("when", gettext_lazy("When")),
    Column("who", gettext_lazy("By")),
    Column("new", gettext_lazy("New"), kind="number"),
    Column("changed", gettext_lazy("Changed"), kind="number"),
    Column("problems", gettext_lazy("Rows not taken"), kind="number"),
    Column("state", gettext_lazy("State"), card="corner"),
)


SAMPLES = Columns(
    Column("header", gettext_lazy("Column of the file"), kind="header"),
    Column("cells", gettext_lazy("First cells"), card="wide"),
)


@dataclass(frozen=True)
class RunRow:
    """One run as the list prints it."""

    run: ImportRun
    label: str
    new: int
    changed: int
    rejected: int
    word: str
    tone: str

    @property
    def who(self) -> str:
        if self.run.actor:
            return str(self.run.actor)
        return _("Pick-up folder") if self.run.options.get("picked_up") else _("Console")


@require_safe
def imports(request: AuthenticatedRequest) -> HttpResponse:
    """``/imports/``: the runs of the district, newest first."""
    district = access.district_for(request.user, IMPORT, request.GET.get("district", ""))
    listed = paginate(request, ImportRun.objects.filter(district=district).select_related("actor"))
    rows = [run_row(run) for run in listed]
    context = {
        "page": listed,
        "rows": rows,
        "columns": RUNS,
        "district": district,
        "empty": Empty(
            _("Nothing was imported yet"),
            _("Bring a roster and the standards, and the district fills by itself."),
            Link(_("Bring a file"), reverse("profiles:import-new")),
            icon="upload",
        ),
    }
    return page(request, "profiles/imports/list.html", context)


def run_row(run: ImportRun) -> RunRow:
    """The run in the words of its format."""
    state = ImportState(run.state)
    known = adapter(run.kind)
    return RunRow(
        run=run,
        label=str(known.label) if known else run.kind,
        new=sum(run.created.values()),
        changed=sum(run.updated.values()) + sum(run.withdrawn.values()),
        rejected=sum(run.rejected.values()),
        word=state_word(state),
        tone=state_tone(state),
    )


@require_http_methods(["GET", "POST"])
def import_new(request: AuthenticatedRequest) -> HttpResponse:
    """Bring a file; it is checked first, as a job."""
    district = access.district_for(request.user, IMPORT, request.GET.get("district", ""))
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        with showing_errors(form):
            values = form.cleaned_data
            upload = keep_upload(values["file"], kind=values["kind"], district=district)
            if needs_columns(upload):
                return go(request, reverse("profiles:import-columns", args=[upload.token]))
            job = check_upload(upload, actor=request.user, reading=values["reading"])
            return go(request, reverse("core:job", args=[job.public_id]))
    return page(request, "profiles/imports/new.html", {"form": form, "district": district})


@require_http_methods(["GET", "POST"])
def import_columns(request: AuthenticatedRequest, token: str) -> HttpResponse:
    """Say which column of the file is which of ours: guessed, or chosen for an earlier file, and confirmed here."""
    upload = upload_of(token)
    if upload is None or upload.district not in access.districts_where(request.user, IMPORT):
        raise Http404
    head = upload.head()
    columns = upload.adapter.columns
    kept = mapping.fitting(upload.district, upload.kind, head.headers)
    used = next((one for one in kept if one.name == request.GET.get("use", kept[0].name)), None) if kept else None
    initial = mapping.check(columns, used.columns, head.headers) if used else mapping.guess(columns, head.headers)
    initial |= {"save_as": used.name} if used else {}
    data = request.POST if request.method == "POST" else None
    form = ColumnsForm(data, columns=columns, headers=head.headers, initial=initial)
    if form.is_valid():
        with showing_errors(form):
            values = form.cleaned_data
            job = check_upload(upload, actor=request.user, chosen=form.chosen, save_as=values["save_as"])
            return go(request, reverse("core:job", args=[job.public_id]))
    chips = [Chip(one.name, f"?use={quote(one.name)}", current=one == used) for one in kept]
    if kept:
        chips.append(Chip(_("Guess by name"), "?use=", current=used is None))
    context = {
        "form": form,
        "upload": upload,
        "chips": chips,
        "columns": SAMPLES,
        "samples": [(header, head.samples[header]) for header in head.headers],
        "fields": [form[column.name] for column in columns],
    }
    return page(request, "profiles/imports/columns.html", context)


@require_http_methods(["GET", "POST"])
def import_settings(request: AuthenticatedRequest) -> HttpResponse:
    """When imports of the district stop and ask."""
    district = access.district_for(request.user, IMPORT, request.GET.get("district", ""))
    data = request.POST if request.method == "POST" else None
    form = SettingsForm(data, initial=vars(settings_of(district)))
    if form.is_valid():
        set_import_settings(district, ImportSettings(**form.cleaned_data), actor=request.user)
        return go(request, reverse("profiles:imports"), _("The settings are saved."))
    return page(request, "profiles/imports/settings.html", {"form": form, "district": district})
