"""Past decisions under a version of a policy: ask for a replay, watch it, read what would have come out otherwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.policy import NotReady
from crediting.actions.replays import start_replay, stop_replay
from crediting.forms.replay import ReplayForm
from crediting.models import PolicyReplay
from crediting.queries import replay_pages as queries
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.http import AuthenticatedRequest, go, is_htmx, page, paginate, showing_errors
from mbl.core.models import District
from mbl.core.states import JobState
from mbl.core.tabular import csv_response
from mbl.core.ui.parts import Empty, Fact
from mbl.core.ui.tables import Column, Columns
from mbl.core.views.jobs import progress_of
from mbl.core.words import state_tone, state_word

RUNS = Columns(
    Column("period", gettext_lazy("Decided"), kind="header"),
    Column("version", gettext_lazy("Version")),
    Column("decisions", gettext_lazy("Replayed"), kind="number"),
    Column("changed", gettext_lazy("Would change"), kind="number"),
    Column("asked", gettext_lazy("Asked for")),
    Column("state", gettext_lazy("State"), card="corner"),
)
OUTCOMES = Columns(
    Column("change", gettext_lazy("What changes"), kind="header"),
    Column("then", gettext_lazy("Decided")),
    Column("now", gettext_lazy("Under this version")),
    Column("count", gettext_lazy("Requests"), kind="number"),
)
CHANGED = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("change", gettext_lazy("What changes"), card="corner"),
    Column("then", gettext_lazy("Decided"), card="wide", card_label=gettext_lazy("Decided")),
    Column("now", gettext_lazy("Under this version"), card="wide", card_label=gettext_lazy("Under this version")),
    Column("open", gettext_lazy("How it was decided"), kind="actions"),
)


@require_http_methods(["GET", "POST"])
def policy_replay(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Choose a version and a period, and start; the runs that are there stand below."""
    version = access.get_policy_version(request.user, public_id)
    first, last = _last_school_year(version.series.district)
    form = ReplayForm(
        request.POST if request.method == "POST" else None, version=version, first_day=first, last_day=last
    )
    unmet: tuple[Reason, ...] = ()
    if form.is_valid():
        chosen = form.cleaned_data
        with showing_errors(form):
            try:
                found = start_replay(
                    form.chosen,
                    first_day=chosen["first_day"],
                    last_day=chosen["last_day"],
                    actor=request.user,
                )
                return go(request, _address(found))
            except NotReady as error:
                unmet = error.reasons
    listed = paginate(request, queries.replays_of(version))
    context = {
        "version": version,
        "form": form,
        "unmet": [sentence(reason) for reason in unmet],
        "page": listed,
        "rows": [(one, state_word(JobState(one.job.state)), state_tone(JobState(one.job.state))) for one in listed],
        "columns": RUNS,
        "empty": Empty(_("Nothing was replayed yet"), _("Choose the days and start."), icon="history"),
    }
    return page(request, "crediting/policy/replay.html", context, status=422 if unmet else 200)


def _last_school_year(district: District) -> tuple[dt.date, dt.date]:
    """The school year before the one that runs."""
    year = clock.school_year(clock.today(district)) - 1
    return dt.date(year - 1, 7, 1), dt.date(year, 6, 30)


@require_safe
def replay(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """How far it is, or what it found: counts of each pair of outcomes, and every changed request."""
    found = access.get_replay(request.user, public_id)
    context: dict[str, Any] = {
        "replay": found,
        "version": found.version,
        "is_stale": found.version.sha256 != found.sha256,
    }
    if found.ended_at is None:
        if is_htmx(request) and not found.job.is_open:
            return go(request, _address(found))
        context["progress"] = replace(progress_of(found.job), url=_address(found), result=None)
        return page(request, "crediting/policy/replay_running.html", context, partial="progress")
    if is_htmx(request):
        return go(request, _address(found))
    asked = {name: request.GET.get(name, "") for name in ("then", "now", "change")}
    visible = queries.narrowed(access.changed_visible_to(request.user, found), asked)
    listed = paginate(request, visible, 30)
    context |= {
        "facts": _facts(found),
        "lede": _lede(found),
        "outcomes": [
            (line, f"?{urlencode(line.key)}#changed" if line.is_changed else "", dict(line.key) == asked)
            for line in queries.outcome_lines(found)
        ],
        "outcome_columns": OUTCOMES,
        "unknown": queries.unknown_lines(found),
        "page": listed,
        "rows": [queries.changed_line(row) for row in listed],
        "columns": CHANGED,
        "is_narrowed": any(asked.values()),
        "empty": Empty(_("Nothing would change"), _("Every decision comes out as it was made."), icon="circle-check"),
    }
    return page(request, "crediting/policy/replay_result.html", context)


def _lede(found: PolicyReplay) -> str:
    if not found.decisions:
        return _("Nothing was decided in these days that this policy speaks of.")
    if not found.changed:
        return _("Every decision that can be replayed comes out as it was made.")
    return ngettext(
        "%(changed)s of %(total)s decisions would come out otherwise.",
        "%(changed)s of %(total)s decisions would come out otherwise.",
        found.changed,
    ) % {"changed": found.changed, "total": found.decisions}


def _facts(found: PolicyReplay) -> list[Fact]:
    counts = queries.as_shown(found)
    credits = found.found["credits"].replace("-", "−")
    return [
        Fact(_("Decisions replayed"), counts["decisions"]),
        Fact(_("Would change"), counts["changed"]),
        Fact(_("Cannot be replayed"), counts["unknown"]),
        Fact(_("Credits more or fewer"), credits if credits.startswith("−") or credits == "0.0" else f"+{credits}"),
    ]


@require_POST
def replay_stop(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """End a run that nobody needs any more."""
    found = access.get_replay(request.user, public_id)
    stop_replay(found, actor=request.user)
    return go(request, _address(found))


@require_safe
def replay_file(request: AuthenticatedRequest, public_id: UUID) -> StreamingHttpResponse:
    """The changed requests as CSV."""
    found = access.get_replay(request.user, public_id)
    name = f"replay-{found.version.series.code}-v{found.version.number}-{found.first_day}-{found.last_day}.csv"
    rows = queries.file_rows(found, access.changed_visible_to(request.user, found))
    return csv_response(name, queries.header(), rows)


def _address(found: PolicyReplay) -> str:
    return reverse("crediting:replay", args=[found.public_id])
