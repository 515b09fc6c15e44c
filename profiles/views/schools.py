"""The schools of a district."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Empty, Link
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles import access
from profiles.actions.schools import add_school
from profiles.forms.people import SchoolForm
from profiles.models import School
from profiles.queries.people import schools_with_counts
from profiles.rules.roles import Capability
from profiles.states import SchoolKind

MANAGE = Capability.MANAGE_PEOPLE
COLUMNS = Columns(
    Column("name", gettext_lazy("School"), kind="header"),
    Column("code", gettext_lazy("Code")),
    Column("kind", gettext_lazy("Kind")),
    Column("students", gettext_lazy("Students"), kind="number"),
    Column("staff", gettext_lazy("Staff"), card="corner"),
)


@require_safe
def schools(request: AuthenticatedRequest) -> HttpResponse:
    """``/schools/``: schools with their students, and whether somebody has a role there."""
    district = access.district_for(request.user, MANAGE, request.GET.get("district", ""))
    found = School.objects.filter(district=district, is_active=True)
    listed = paginate(request, schools_with_counts(found, on=clock.today(district)).order_by("name", "pk"))
    rows = [(school, state_word(SchoolKind(school.kind))) for school in listed]
    count = listed.paginator.count
    context = {
        "page": listed,
        "rows": rows,
        "columns": COLUMNS,
        "district": district,
        "lede": ngettext("%(count)d school of %(district)s.", "%(count)d schools of %(district)s.", count)
        % {"count": count, "district": district.name},
        "empty": Empty(
            _("No school yet"),
            _("Import a roster, or add the schools by hand."),
            Link(_("Add a school"), reverse("profiles:school-new")),
            icon="school",
        ),
    }
    return page(request, "profiles/schools/list.html", context)


@require_http_methods(["GET", "POST"])
def school_new(request: AuthenticatedRequest) -> HttpResponse:
    """Add a school."""
    district = access.district_for(request.user, MANAGE, request.GET.get("district", ""))
    form = SchoolForm(request.POST if request.method == "POST" else None, initial=typed_before(request, "school-new"))
    if form.is_valid():
        with showing_errors(form):
            school = add_school(district, **form.cleaned_data, actor=request.user)
            forget_draft(request.user, "school-new")
            return go(request, reverse("profiles:schools"), _("%(school)s is added.") % {"school": school})
    return page(request, "profiles/schools/new.html", {"form": form, "draft_key": "school-new"})
