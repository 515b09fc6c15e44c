"""Imports: did the data arrive, what would a file do, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.imports import adapter
from mbl.core.models import ImportRun
from mbl.core.states import ImportState, Severity
from mbl.core.tabular import Cell, csv_response
from mbl.core.ui.parts import Empty, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles import access
from profiles.actions.imports import apply_checked, can_be_confirmed, check_upload, is_kept
from profiles.forms.imports import ApplyForm, ImportForm
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
COUNTS = Columns(
    Column("kind", gettext_lazy("What"), kind="header"),
    Column("created", gettext_lazy("New"), kind="number"),
    Column("updated", gettext_lazy("Changed"), kind="number"),
    Column("unchanged", gettext_lazy("Same"), kind="number"),
    Column("withdrawn", gettext_lazy("No longer there"), kind="number"),
    Column("rejected", gettext_lazy("Not taken"), kind="number"),
)
ISSUES = Columns(
    Column("where", gettext_lazy("Where"), kind="header"),
    Column("message", gettext_lazy("What to know"), card="wide"),
    Column("severity", gettext_lazy("Kind"), card="corner"),
)
COUNTED = ("created", "updated", "unchanged", "withdrawn", "rejected")


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


@require_safe
def imports(request: AuthenticatedRequest) -> HttpResponse:
    """``/imports/``: the runs of the district, newest first."""
    district = access.district_for(request.user, IMPORT, request.GET.get("district", ""))
    listed = paginate(request, ImportRun.objects.filter(district=district).select_related("actor"))
    rows = [_row(run) for run in listed]
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


def _row(run: ImportRun) -> RunRow:
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
            job = check_upload(values["file"], kind=values["kind"], district=district, actor=request.user)
            return go(request, reverse("core:job", args=[job.public_id]))
    return page(request, "profiles/imports/new.html", {"form": form, "district": district})


@require_safe
def import_run(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What a file would do, or did: counts by kind, and every issue with file and line."""
    return _show(request, _run(request, public_id), ApplyForm())


def _show(request: AuthenticatedRequest, run: ImportRun, form: ApplyForm) -> HttpResponse:
    listed = paginate(request, run.issues.order_by("pk"))
    row = _row(run)
    known = adapter(run.kind)
    kinds = known.kinds if known else {}
    stored = {kind for name in COUNTED for kind in getattr(run, name)}
    # The format's own order; the database keeps none.
    counted = [kind for kind in kinds if kind in stored] + sorted(stored - kinds.keys())
    asks = run.state == ImportState.REFUSED and can_be_confirmed(run)
    context = {
        "run": run,
        "row": row,
        "lede": _lede(run, row),
        "columns": COUNTS,
        "counts": [(kinds.get(kind, kind), [getattr(run, name).get(kind, 0) for name in COUNTED]) for kind in counted],
        "issue_columns": ISSUES,
        "page": listed,
        "issues": [(issue, *_severity(Severity(issue.severity))) for issue in listed],
        "form": form,
        "asks": asks,
        "can_apply": (run.state == ImportState.CHECKED or asks) and is_kept(run),
        "no_issues": Empty(_("Nothing to report"), _("Every row was read without a remark.")),
    }
    return page(request, "profiles/imports/run.html", context)


def _lede(run: ImportRun, row: RunRow) -> str:
    if run.state == ImportState.REFUSED:
        return _("Nothing was changed. Read why below.")
    changes = row.new + row.changed
    if run.state == ImportState.CHECKED:
        if not changes:
            return _("There is nothing to do: everything in the file is here already.")
        return ngettext(
            "%(count)s row would be written. Nothing is changed yet.",
            "%(count)s rows would be written. Nothing is changed yet.",
            changes,
        ) % {"count": intcomma(changes)}
    return ngettext("%(count)s row was written.", "%(count)s rows were written.", changes) % {
        "count": intcomma(changes)
    }


def _severity(severity: Severity) -> tuple[str, str]:
    return {
        Severity.ERROR: (_("Not taken"), "urgent"),
        Severity.WARNING: (_("Look at this"), "attention"),
        Severity.INFO: (_("Note"), ""),
    }[severity]


@require_POST
def import_apply(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Apply what was checked, as a job."""
    run = _run(request, public_id)
    form = ApplyForm(request.POST)
    if form.is_valid():
        with showing_errors(form):
            job = apply_checked(run, actor=request.user, confirmed=form.cleaned_data["confirmed"])
            return go(request, reverse("core:job", args=[job.public_id]))
    return _show(request, run, form)


@require_safe
def import_issues(request: AuthenticatedRequest, public_id: UUID) -> StreamingHttpResponse:
    """Every issue as a file, for whoever corrects the export."""
    run = _run(request, public_id)
    header = ("severity", "code", "file", "line", "column", "message")

    def rows() -> Iterator[tuple[Cell, ...]]:
        for issue in run.issues.order_by("pk").iterator():
            yield issue.severity, issue.code, issue.file, issue.line, issue.column, issue.message

    return csv_response(f"import-issues-{run.started_at:%Y-%m-%d}.csv", header, rows())


def _run(request: AuthenticatedRequest, public_id: UUID) -> ImportRun:
    """A run of a district in which the reader imports; 404 otherwise."""
    run = (
        ImportRun.objects.filter(public_id=public_id, district__in=access.districts_where(request.user, IMPORT))
        .select_related("actor", "district")
        .first()
    )
    if run is None:
        raise Http404
    return run
