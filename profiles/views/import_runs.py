"""One import: what it would do or did, in counts and in words; apply it, take it back, download what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.imports import adapter
from mbl.core.imports.registry import hint_of
from mbl.core.imports.undo import undo_until
from mbl.core.models import ImportRun
from mbl.core.states import ImportState, Severity
from mbl.core.tabular import csv_response
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns
from profiles import access
from profiles.actions.imports import apply_checked, ask_undo, can_be_confirmed, is_kept
from profiles.forms.imports import ApplyForm, UndoForm
from profiles.queries.import_issues import HEADER, issue_rows
from profiles.views.imports import IMPORT, RunRow, run_row

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
DIFFERENCES = Columns(
    Column("what", gettext_lazy("What"), kind="header"),
    Column("details", gettext_lazy("From and to"), card="wide"),
    Column("change", pgettext_lazy("column", "Change"), card="corner"),
)
UNDONE = Columns(
    Column("what", gettext_lazy("What"), kind="header"),
    Column("restored", gettext_lazy("As it was before"), kind="number"),
    Column("deleted", gettext_lazy("Goes away"), kind="number"),
    Column("returned", gettext_lazy("Comes back"), kind="number"),
    Column("stayed", gettext_lazy("Stays"), kind="number"),
)
STAYS = Columns(
    Column("message", gettext_lazy("Row"), kind="header"),
)
COUNTED = ("created", "updated", "unchanged", "withdrawn", "rejected")


@dataclass(frozen=True)
class Difference:
    """One line of the differences: a changed row, or the names of those that are new or gone, and how many more."""

    what: str
    kind: str
    word: str
    tone: str
    lines: list[str] = field(default_factory=list)
    more: int = 0


@require_safe
def import_run(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What a file would do, or did: counts by kind, differences in words, and every issue with file and line."""
    return _show(request, _run(request, public_id), ApplyForm())


def _show(request: AuthenticatedRequest, run: ImportRun, form: ApplyForm) -> HttpResponse:
    listed = paginate(request, run.issues.order_by("pk"))
    row = run_row(run)
    known = adapter(run.kind)
    kinds = known.kinds if known else {}
    stored = {kind for name in COUNTED for kind in getattr(run, name)}
    # The format's own order; the database keeps none.
    counted = [kind for kind in kinds if kind in stored] + sorted(stored - kinds.keys())
    asks = run.state == ImportState.REFUSED and can_be_confirmed(run)
    until = undo_until(run)
    context = {
        "run": run,
        "row": row,
        "lede": _lede(run, row),
        "columns": COUNTS,
        "counts": [(kinds.get(kind, kind), [getattr(run, name).get(kind, 0) for name in COUNTED]) for kind in counted],
        "difference_columns": DIFFERENCES,
        "differences": _differences(run),
        "issue_columns": ISSUES,
        "page": listed,
        "issues": [(issue, hint_of(issue.code, run.kind), *_severity(Severity(issue.severity))) for issue in listed],
        "form": form,
        "asks": asks,
        "can_apply": (run.state == ImportState.CHECKED or asks) and is_kept(run),
        "undo_until": until if until and until >= clock.now() and run.changes.exists() else None,
        "undo_over": until if until and until < clock.now() else None,
        "stayed": _stayed(run),
        "stay_columns": STAYS,
        "no_issues": Empty(_("Nothing to report"), _("Every row was read without a remark.")),
    }
    return page(request, "profiles/imports/run.html", context)


def _lede(run: ImportRun, row: RunRow) -> str:
    changes = row.new + row.changed
    if run.state == ImportState.REFUSED:
        return _("Nothing was changed. Read why below.")
    if run.state == ImportState.UNDONE:
        count = sum((run.undo_result or {}).get("rejected", {}).values())
        if count:
            return ngettext(
                "This import was taken back. %(count)s row stayed.",
                "This import was taken back. %(count)s rows stayed.",
                count,
            ) % {"count": intcomma(count)}
        return _("This import was taken back. Everything is as it was before.")
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


def _differences(run: ImportRun) -> list[Difference]:
    known = adapter(run.kind)
    told = {one.model: one for one in known.told} if known else {}
    words = {"new": (_("New"), ""), "changed": (_("Changed"), ""), "gone": (_("No longer there"), "attention")}
    found = []
    for example in run.examples:
        table = told.get(example["model"])
        if table is None:
            continue
        kind, (word, tone), rows = str(table.label), words[example["change"]], example["rows"]
        more = example["count"] - len(rows)
        if example["change"] == "changed":
            for place, row in enumerate(rows, start=1):
                lines = [
                    _("%(field)s: %(before)s → %(after)s")
                    % {"field": table.fields.get(name, name), "before": before, "after": after}
                    for name, (before, after) in row["fields"].items()
                ]
                found.append(Difference(row["what"], kind, word, tone, lines, more if place == len(rows) else 0))
        else:
            names = [row["what"] for row in rows]
            found.append(Difference(kind, intcomma(example["count"]), word, tone, names, more))
    return found


def _stayed(run: ImportRun) -> list[str]:
    if run.state != ImportState.UNDONE:
        return []
    return [issue["message"] for issue in (run.undo_result or {}).get("issues", [])]


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


@require_http_methods(["GET", "POST"])
def import_undo(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What would go back, what would stay and why; a POST asks for that, and, confirmed, takes the run back."""
    run = _run(request, public_id)
    until = undo_until(run)
    if until is None:
        raise Http404
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            job = ask_undo(run, actor=request.user, dry_run=not form.cleaned_data["confirmed"])
            return go(request, reverse("core:job", args=[job.public_id]))
    result = run.undo_result
    context = {
        "run": run,
        "form": form,
        "until": until,
        "result": result,
        "columns": UNDONE,
        "counts": _undo_counts(run, result) if result else [],
        "goes": sum(sum(result[name].values()) for name in ("created", "updated", "withdrawn")) if result else 0,
        "stay_columns": STAYS,
        "stays": [issue["message"] for issue in result["issues"]] if result else [],
    }
    return page(request, "profiles/imports/undo.html", context)


def _undo_counts(run: ImportRun, result: Mapping[str, Any]) -> list[tuple[str, list[int]]]:
    """A line for each table, by the name that the format gives it."""
    names = ("updated", "withdrawn", "created", "rejected")
    known = adapter(run.kind)
    labels = {one.model.rpartition(".")[2].lower(): str(one.label) for one in known.told} if known else {}
    models = {str(one._meta.model_name): str(one._meta.verbose_name_plural).capitalize() for one in apps.get_models()}
    kinds = sorted({kind for name in names for kind in result[name]}, key=lambda kind: labels.get(kind, models[kind]))
    return [(labels.get(kind, models[kind]), [result[name].get(kind, 0) for name in names]) for kind in kinds]


@require_safe
def import_issues(request: AuthenticatedRequest, public_id: UUID) -> StreamingHttpResponse:
    """Every issue as a file, for whoever corrects the export."""
    run = _run(request, public_id)
    return csv_response(f"import-issues-{run.started_at:%Y-%m-%d}.csv", HEADER, issue_rows(run))


def _run(request: AuthenticatedRequest, public_id: UUID) -> ImportRun:
    """A run of a district in which the reader imports; 404 otherwise."""
    run = (
        ImportRun.objects.filter(public_id=public_id, district__in=access.districts_where(request.user, IMPORT))
        .select_related("actor", "district", "undone_by")
        .first()
    )
    if run is None:
        raise Http404
    return run
