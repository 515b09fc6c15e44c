"""For which groups a replayed policy would change outcomes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from equity import access
from equity.actions.replay_groups import count_groups
from equity.forms import CompareForm
from equity.models import ReplayGroups
from equity.queries.counts import RACE
from equity.queries.replay_groups import GAIN, LOSE
from equity.reports.replay import partitions_of, printed
from equity.words import OVERLAP_WORDS, partition_word
from mbl.core.http import AuthenticatedRequest, go, page
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns

COLUMNS = Columns(
    Column("group", gettext_lazy("Group"), kind="header"),
    Column("students", gettext_lazy("Students with a decision"), kind="number"),
    Column(GAIN, gettext_lazy("Would gain"), kind="number"),
    Column(LOSE, gettext_lazy("Would lose"), kind="number"),
)


@require_safe
def replay(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The group tables as they were counted, or the offer to count them."""
    found = access.get_replay(request.user, public_id)
    groups = ReplayGroups.objects.filter(replay=found).defer("sets", "hidden").first()
    context: dict[str, Any] = {"replay": found, "version": found.version, "groups": groups, "columns": COLUMNS}
    if groups is None:
        context["empty"] = Empty(
            _("The groups were not counted yet") if found.ended_at else _("This replay has not ended yet"),
            _("They are counted once for each replay, and small groups are hidden."),
            icon="chart-bar",
        )
    elif groups.tables:
        partitions = partitions_of(groups)
        chosen = request.GET.get("compare", "")
        chosen = chosen if chosen in partitions else RACE
        context |= {
            "form": CompareForm(
                initial={"compare": chosen}, choices=[(name, partition_word(name)) for name in partitions]
            ),
            "rows": printed(groups, chosen, found.district),
            "overlap": OVERLAP_WORDS.get(chosen, ""),
            "shows_gain": GAIN in groups.tables,
            "shows_lose": LOSE in groups.tables,
        }
    return page(request, "equity/replay.html", context)


@require_POST
def replay_count(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Count the groups; a second press finds them counted."""
    found = access.get_replay(request.user, public_id)
    count_groups(found, actor=request.user)
    return go(request, reverse("equity:replay", args=[found.public_id]))
