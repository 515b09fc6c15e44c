"""How far do second readings agree? By rubric and department; no student and no reader is named."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crediting import access
from crediting.forms.calibration import PeriodForm
from crediting.queries.agreement import AgreementRow, Period, agreement_rows, numbers, this_year
from crediting.rules.agreement import TooFew
from crediting.rules.moderation import LEAST_PAIRS, LEAST_READERS
from crediting.words import subject_word
from mbl.core.http import AuthenticatedRequest, page
from mbl.core.models import District
from mbl.core.tabular import csv_response
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, standing

COLUMNS = Columns(
    Column("rubric", gettext_lazy("Rubric"), kind="header"),
    Column("subject", gettext_lazy("Department")),
    Column("pairs", gettext_lazy("Pairs"), kind="number"),
    Column("exact", gettext_lazy("Same level"), kind="number"),
    Column("adjacent", gettext_lazy("At most one apart"), kind="number"),
    Column("kappa", gettext_lazy("Weighted kappa"), kind="number"),
    Column("between", gettext_lazy("Interval, 95%"), kind="number"),
)
HEADER = ("rubric", "department", "from", "to", "pairs", "exact", "adjacent", "weighted_kappa", "interval_95", "note")


@dataclass(frozen=True)
class Line:
    """A row in words; without figures where there are too few to say."""

    row: AgreementRow
    subject: str
    exact: str
    adjacent: str
    kappa: str
    between: str

    @property
    def is_hidden(self) -> bool:
        return isinstance(self.row.found, TooFew)


@require_safe
def agreement(request: AuthenticatedRequest) -> HttpResponse:
    """Exact, adjacent and kappa of the readings that were given in a period."""
    district, form, period = _asked(request)
    lines = _lines(request, district, period)
    context = {
        "columns": COLUMNS,
        "lines": lines,
        "form": form,
        "period": period,
        "district": district,
        "lists_readings": standing(request.user).may_anywhere(Capability.DECIDE_CREDIT),
        "file_url": f"{reverse('crediting:agreement-file')}?{request.GET.urlencode()}",
        "least_pairs": LEAST_PAIRS,
        "least_readers": LEAST_READERS,
        "empty": Empty(
            _("No second reading was given in this time"),
            _("Where the policy has part of the work read twice, the figures show up here."),
            icon="chart-bar",
        ),
    }
    return page(request, "crediting/readings/agreement.html", context)


@require_safe
def agreement_file(request: AuthenticatedRequest) -> StreamingHttpResponse:
    """The same as CSV; what is hidden on the page is empty in the file, with a note."""
    district, _form, period = _asked(request)
    rows = [
        (
            line.row.rubric,
            line.subject,
            period.first.isoformat(),
            period.last.isoformat(),
            line.row.pairs,
            line.exact,
            line.adjacent,
            line.kappa,
            line.between,
            _("too few to say") if line.is_hidden else "",
        )
        for line in _lines(request, district, period)
    ]
    return csv_response(f"agreement-{period.first}-{period.last}.csv", HEADER, rows)


def _asked(request: AuthenticatedRequest) -> tuple[District, PeriodForm, Period]:
    district = access.get_agreement_district(request.user, request.GET.get("district", ""))
    usual = this_year(district)
    form = PeriodForm(request.GET or None, initial={"first": usual.first, "last": usual.last})
    return district, form, form.period(usual)


def _lines(request: AuthenticatedRequest, district: District, period: Period) -> list[Line]:
    rows = agreement_rows(access.readings_to_count(request.user), period, district)
    return [
        Line(row, subject_word(row.subject) if row.subject else _("All departments"), *numbers(row.found, row.between))
        for row in rows
    ]
