"""Who receives mastery credit: the report, its files, and the screen of exact counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.files.storage import storages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crediting.words import subject_word
from equity import access
from equity.actions.snapshots import ask_for_report, show_exact_counts
from equity.forms import ExactCounts, ReportFilter
from equity.models import EquityFile
from equity.queries import report as queries
from equity.queries.counts import RACE
from equity.reports.screen import printed, printed_years
from equity.rules.flags import Thresholds
from equity.rules.report import DISTRICT, against, references
from equity.rules.views import VIEWS
from equity.words import OVERLAP_WORDS, group_word, partition_word
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.files import serve
from mbl.core.http import AuthenticatedRequest, go, page, showing_errors
from mbl.core.models import District
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns

COLUMNS = Columns(
    Column("group", gettext_lazy("Group"), kind="header"),
    Column("students", gettext_lazy("Students"), kind="number"),
    Column("received", gettext_lazy("Received"), kind="number"),
    Column("rate", gettext_lazy("Rate"), kind="number"),
    Column("figure", gettext_lazy("Rate and interval (95%)"), card="wide", card_label=""),
    Column("gap", gettext_lazy("Gap, points"), kind="number"),
    Column("ratio", gettext_lazy("Ratio"), kind="number"),
    Column("more", gettext_lazy("More to match"), kind="number"),
    Column("signal", gettext_lazy("Signal"), card="end"),
)

MEASURES = Columns(
    Column("group", gettext_lazy("Group"), kind="header"),
    Column("gap", gettext_lazy("Gap, points"), kind="number"),
    Column("ratio", gettext_lazy("Ratio of receiving"), kind="number"),
    Column("not_receiving", gettext_lazy("Ratio of not receiving"), kind="number"),
    Column("composition", gettext_lazy("Share of recipients less share of students, points"), kind="number"),
    Column("more", gettext_lazy("More students to match"), kind="number"),
)


@require_safe
def report(request: AuthenticatedRequest) -> HttpResponse:
    district = access.get_district(request.user, request.GET.get("district", ""))
    this_year = clock.school_year(clock.today(district))
    year = number(request.GET.get("year"), this_year)
    snapshot = queries.latest(district, year)
    context: dict[str, Any] = {
        "district": district,
        "year_text": str(year),
        "year_word": year_word(year),
        "lede": _("School year %(year)s.") % {"year": year_word(year)},
        "snapshot": snapshot,
        "can_see_raw": not isinstance(access.may_see_raw(request.user, district), Denied),
        "exact_form": ExactCounts(),
        "columns": COLUMNS,
    }
    if snapshot is None:
        context["empty"] = Empty(
            _("Nothing has been counted for this school year"),
            _("Count now: it takes less than a minute, and you may leave the page."),
            icon="chart-bar",
        )
        return page(request, "equity/report.html", context)
    names = queries.school_names(district)
    schools, (partitions, subjects) = queries.schools_of(snapshot), queries.offered(snapshot)
    chosen = _chosen(request, district, partitions, schools, subjects)
    table = queries.read_table(snapshot, **chosen)
    assert table is not None  # ``_chosen`` offers only what the snapshot has
    history = printed_years(queries.earlier_years(snapshot, **chosen) | {year: table}, district)
    standing_in = references(table)
    other = request.GET.get("against", "")
    if other in standing_in:
        table = against(table, other, Thresholds(**snapshot.thresholds))
    on_paper = printed(table, district)
    context |= {
        "form": ReportFilter(
            initial={**chosen, "compare": chosen["partition"], "year": year, "against": table.against},
            choices={
                "compare": [(name, partition_word(name)) for name in partitions],
                "school": [("", _("All schools")), *((code, names.get(code, code)) for code in schools)],
                "subject": [("", _("Any subject")), *((code, subject_word(code)) for code in subjects)],
                "year": [(str(one), year_word(one)) for one in years_of(district, this_year)],
                "against": [
                    ("", _("All other students")),
                    *((group, group_word(table.partition, group, district)) for group in standing_in),
                ],
            },
        ),
        "table": on_paper,
        "history": history,
        "measure_columns": MEASURES,
        "lede": _lede(year_word(year), chosen, names, on_paper.sentence),
        "partition": chosen["partition"],
        "overlap": OVERLAP_WORDS.get(chosen["partition"], ""),
        "thresholds": snapshot.thresholds,
        "files": {file.kind: file for file in EquityFile.objects.filter(snapshot=snapshot)},
    }
    return page(request, "equity/report.html", context)


@require_POST
def count_now(request: AuthenticatedRequest) -> HttpResponse:
    district = access.get_district(request.user, request.POST.get("district", ""))
    year = number(request.POST.get("year"), clock.school_year(clock.today(district)))
    label = _("Equity report %(year)s") % {"year": year_word(year)}
    job = ask_for_report(district, year, actor=request.user, label=label)
    return go(request, reverse("core:job", args=[job.public_id]))


@require_safe
def download(request: AuthenticatedRequest, kind: str) -> HttpResponseBase:
    """The newest file of the year; without one, a sentence that says how to have it made."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    year = number(request.GET.get("year"), clock.school_year(clock.today(district)))
    found = (
        EquityFile.objects.filter(snapshot__district=district, snapshot__school_year=year, kind=kind)
        .order_by("-snapshot__taken_at", "-snapshot_id")
        .first()
    )
    if found is None:
        raise DomainError(
            _("This file has not been made yet. Open the equity report, choose “Count now”, and come back here.")
        )
    name = f"equity-{district.code}-{year}.{kind}"
    content_type = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}[kind]
    return serve(storages["documents"].open(found.stored_name), name, content_type, inline=False)


@never_cache
@require_POST
def exact(request: AuthenticatedRequest) -> HttpResponse:
    """Exact counts, on this screen only: never in a file, never kept by the browser, and the reason is logged."""
    district = access.get_district(request.user, request.POST.get("district", ""))
    verdict = access.may_see_raw(request.user, district)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    year = number(request.POST.get("year"), clock.school_year(clock.today(district)))
    partition = request.POST.get("partition", RACE)
    form = ExactCounts(request.POST)
    context: dict[str, Any] = {
        "form": form,
        "district": district,
        "year_text": str(year),
        "year_word": year_word(year),
    }
    if form.is_valid():
        with showing_errors(form):
            facts = show_exact_counts(district, year, reason=form.cleaned_data["reason"], actor=request.user)
            names = {DISTRICT: _("All schools")} | queries.school_names(district)
            context["rows"] = [
                (names.get(fact.school, fact.school), group_word(partition, fact.group, district), fact)
                for fact in facts
                if fact.partition == partition
            ]
            context["compare_word"] = partition_word(partition)
    return page(request, "equity/exact.html", context | {"partition": partition})


def _chosen(
    request: HttpRequest,
    district: District,
    partitions: Collection[str],
    schools: Collection[str],
    subjects: Collection[str],
) -> dict[str, str]:
    """Partition, school and subject asked for, each only if there is such a table."""
    partition, school, subject = (request.GET.get(name, "") for name in ("compare", "school", "subject"))
    own = access.own_schools(request.user, district)
    if "school" not in request.GET and len(own) == 1:
        school = own[0].code
    if partition in VIEWS and partition in partitions:
        return {"partition": partition, "school": "", "subject": ""}
    return {
        "partition": partition if partition in partitions else RACE,
        "school": school if school in schools else "",
        "subject": subject if subject in subjects else "",
    }


def years_of(district: District, this_year: int) -> list[int]:
    return sorted({this_year, *queries.years(district)}, reverse=True)


def _lede(year: str, chosen: dict[str, str], names: Mapping[str, str], sentence: str) -> str:
    return _("School year %(year)s, %(school)s, %(subject)s. %(sentence)s") % {
        "year": year,
        "school": names.get(chosen["school"], _("all schools")),
        "subject": subject_word(chosen["subject"]) if chosen["subject"] else _("any subject"),
        "sentence": sentence,
    }


def year_word(year: int) -> str:
    return f"{year - 1}–{year % 100:02}"


def number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100 else default
