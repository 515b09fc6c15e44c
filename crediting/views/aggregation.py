"""How levels are worked out: what holds in which subject from when, and a new rule tried on an example student."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.aggregation import remove_aggregation, set_aggregation
from crediting.forms.aggregation import AggregationForm
from crediting.queries.aggregation import RuleRow, preview, rules_of
from crediting.queries.levels import usual_levels
from crediting.words import aggregation_words, subjects_word
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, may_in_district

EDIT = Capability.MANAGE_POLICY
DRAFT = "aggregation-new"
COLUMNS = Columns(
    Column("subject", gettext_lazy("Subject"), kind="header"),
    Column("rule", gettext_lazy("What counts")),
    Column("first", gettext_lazy("First day")),
    Column("last", gettext_lazy("Last day")),
    Column("actions", gettext_lazy("Actions"), kind="actions"),
)


@require_safe
def aggregation(request: AuthenticatedRequest) -> HttpResponse:
    """``/levels/``: how several judgements of a standard become one level."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    context = {
        "rows": [_said(row) for row in rules_of(district, clock.today(district))],
        "columns": COLUMNS,
        "can_edit": bool(may_in_district(request.user, EDIT, district)),
        "empty": Empty(
            _("The newest judgement counts"),
            _("No department has set another rule, so the newest judgement of a standard is its level."),
            icon="scale",
        ),
    }
    return page(request, "crediting/aggregation/list.html", context)


def _said(row: RuleRow) -> tuple[RuleRow, str, str]:
    return row, subjects_word(row.rule.subject), aggregation_words(row.rule.terms)


@require_http_methods(["GET", "POST"])
def aggregation_new(request: AuthenticatedRequest) -> HttpResponse:
    """Set a rule. The preview changes nothing."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    levels = usual_levels(district)
    tomorrow = clock.today(district) + dt.timedelta(days=1)
    initial = {"starts_on": tomorrow, "kind": "best", "rounding": "half_up"}
    form = AggregationForm(
        len(levels),
        request.POST if request.method == "POST" else None,
        initial=initial | (typed_before(request, DRAFT) or {}),
    )
    shown = None
    if form.is_valid():
        given = form.cleaned_data
        shown = preview(form.terms(), given["example"], levels)
        if request.POST.get("verdict") == "save":
            with showing_errors(form):
                set_aggregation(
                    district,
                    subjects=given["subjects"],
                    terms=form.terms(),
                    starts_on=given["starts_on"],
                    actor=request.user,
                )
                forget_draft(request.user, DRAFT)
                return go(request, reverse("crediting:aggregation"), _("The rule is saved."))
    return page(request, "crediting/aggregation/new.html", {"form": form, "preview": shown, "draft_key": DRAFT})


@require_POST
def aggregation_remove(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take back a rule that has not begun."""
    remove_aggregation(access.get_aggregation_rule(request.user, public_id, EDIT), actor=request.user)
    return go(request, reverse("crediting:aggregation"), _("The rule is removed. The one before it goes on."))
