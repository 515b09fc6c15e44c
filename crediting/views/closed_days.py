"""On which days is school not held? The list, adding many at once, taking one off."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crediting import access
from crediting.actions.closed_days import add_closed_days, remove_closed_day
from crediting.forms.closed_days import ClosedDaysForm
from crediting.models import ClosedDay
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.ui.parts import Chip, Empty
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability
from profiles.models import School

EDIT = Capability.MANAGE_POLICY
COLUMNS = Columns(
    Column("day", gettext_lazy("Day"), kind="header"),
    Column("title", gettext_lazy("Name"), card="wide"),
    Column("school", gettext_lazy("School"), card="wide"),
    Column("actions", gettext_lazy("Actions"), kind="actions"),
)


@require_http_methods(["GET", "POST"])
def closed_days(request: AuthenticatedRequest) -> HttpResponse:
    """``/closed-days/``: the days ahead, or those past, and a form for more."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    schools = School.objects.filter(district=district, is_active=True).order_by("name", "pk")
    form = ClosedDaysForm(schools, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            new = add_closed_days(district, form.days, school=form.cleaned_data["school"], actor=request.user)
            words = ngettext("%(count)s day is added.", "%(count)s days are added.", len(new)) % {"count": len(new)}
            return go(request, request.get_full_path(), words if new else _("All of these days were there already."))
    today = clock.today(district)
    is_past = request.GET.get("show") == "past"
    rows = ClosedDay.objects.filter(district=district).select_related("school")
    rows = rows.filter(day__lt=today).order_by("-day", "pk") if is_past else rows.filter(day__gte=today)
    context = {
        "columns": COLUMNS,
        "page": paginate(request, rows),
        "form": form,
        "chips": [
            Chip(_("Ahead"), "?show=ahead", current=not is_past),
            Chip(_("Past"), "?show=past", current=is_past),
        ],
        "empty": Empty(
            _("No days off are known"),
            _("Deadlines in school days then count every weekday within a term."),
            None,
            icon="calendar",
        ),
    }
    return page(request, "crediting/closed_days/list.html", context)


@require_POST
def closed_day_remove(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """School is held on it after all."""
    rows = ClosedDay.objects.filter(district__in=access.districts_of(request.user).order_by())
    row = rows.filter(public_id=public_id).select_related("district", "school").first()
    if row is None:
        raise Http404
    access.get_district(request.user, row.district.code, EDIT)
    remove_closed_day(row, actor=request.user)
    return go(request, reverse("crediting:closed-days"), _("It counts as a school day again."))
