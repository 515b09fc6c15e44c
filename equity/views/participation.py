"""Who reaches the aims for experiences: every aim with its total, and one of them by group."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from equity import access
from equity.forms import CompareForm, YearForm
from equity.models import Participation
from equity.queries import report as queries
from equity.queries.counts import PROGRAMS, RACE
from equity.queries.participation import participation_of
from equity.reports.participation import header, printed_aim, rows, table_of
from equity.reports.screen import printed
from equity.rules.views import GENDER
from equity.views.report import number, year_word, years_of
from equity.words import partition_word
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, page
from mbl.core.models import District
from mbl.core.tabular import write_csv
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns

PARTITIONS = (RACE, GENDER, *map(str, PROGRAMS))
AIMS = Columns(
    Column("aim", gettext_lazy("Aim in the school year"), kind="header"),
    Column("grade", gettext_lazy("Grade")),
    Column("school", gettext_lazy("School"), card="wide"),
    Column("students", gettext_lazy("Students"), kind="number"),
    Column("reached", gettext_lazy("Reached it"), kind="number"),
    Column("wanted", gettext_lazy("Aimed at"), kind="number"),
    Column("answer", gettext_lazy("Share"), card="end"),
    Column("groups", gettext_lazy("By group"), kind="actions"),
)
GROUPS = Columns(
    Column("group", gettext_lazy("Group"), kind="header"),
    Column("students", gettext_lazy("Students"), kind="number"),
    Column("received", gettext_lazy("Reached it"), kind="number"),
    Column("rate", gettext_lazy("Rate"), kind="number"),
    Column("figure", gettext_lazy("Rate and interval (95%)"), card="wide", card_label=""),
    Column("gap", gettext_lazy("Gap, points"), kind="number"),
    Column("ratio", gettext_lazy("Ratio"), kind="number"),
    Column("signal", gettext_lazy("Signal"), card="end"),
)


@require_safe
def participation(request: AuthenticatedRequest) -> HttpResponse:
    """``/equity/experiences/``: the aims as the newest snapshot of the year counted them."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    this_year = clock.school_year(clock.today(district))
    year = number(request.GET.get("year"), this_year)
    snapshot = queries.latest(district, year)
    names = queries.school_names(district)
    found = participation_of(snapshot) if snapshot is not None else []
    asked = request.GET.get("aim", "")
    years = [(str(one), year_word(one)) for one in years_of(district, this_year)]
    context: dict[str, Any] = {
        "district": district,
        "year_text": str(year),
        "year_word": year_word(year),
        "snapshot": snapshot,
        "year_form": YearForm(initial={"year": year}, choices=years),
        "columns": AIMS,
        "empty": Empty(
            _("No aim was counted for this school year"),
            _("Aims for experiences are counted with the equity report. Set one, then count."),
            icon="target",
        ),
    }
    context["aims"] = [(printed_aim(one, names), str(one.public_id) == asked) for one in found]
    chosen = next((one for one in found if str(one.public_id) == asked), None)
    if chosen is not None:
        context |= _by_group(request, chosen, district, printed_aim(chosen, names).aim)
    return page(request, "equity/participation.html", context)


def _by_group(request: AuthenticatedRequest, chosen: Participation, district: District, aim: str) -> dict[str, Any]:
    offered = [name for name in PARTITIONS if name in chosen.tables]
    if not offered:
        return {"chosen": chosen, "chosen_aim": aim}
    asked = request.GET.get("compare", "")
    compare = asked if asked in offered else offered[0]
    return {
        "chosen": chosen,
        "chosen_aim": aim,
        "table": printed(table_of(chosen, compare), district),
        "group_columns": GROUPS,
        "compare_form": CompareForm(
            initial={"compare": compare}, choices=[(name, partition_word(name)) for name in offered]
        ),
    }


@require_safe
def participation_csv(request: AuthenticatedRequest) -> HttpResponse:
    """The same, every aim and every group, for a spreadsheet; hidden cells with their reason."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    year = number(request.GET.get("year"), clock.school_year(clock.today(district)))
    snapshot = queries.latest(district, year)
    if snapshot is None:
        raise DomainError(_("Nothing has been counted for this school year."))
    text = io.StringIO()
    write_csv(text, header(), rows(participation_of(snapshot), PARTITIONS, district, queries.school_names(district)))
    name = f"experiences-{district.code}-{year}.csv"
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
