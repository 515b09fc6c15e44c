"""What a district calls its kinds of experience, and what it aims at by grade. Nobody is kept out by either."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hsbp import access
from hsbp.actions.experience_settings import add_kind, begin_kinds, change_kind, end_target, set_target
from hsbp.forms.experiences import KindForm, TargetForm
from hsbp.models import ExperienceKind, ExperienceTarget
from hsbp.queries.experiences import kind_word, kinds_of
from hsbp.words import GRADE_WORDS, aim_text, year_text
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.models import District
from mbl.core.ui.parts import Chip, Empty
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, districts_where
from profiles.models import School

EDIT = Capability.MANAGE_POLICY
KINDS = Columns(
    Column("name", gettext_lazy("Name"), kind="header"),
    Column("code", gettext_lazy("Code")),
    Column("languages", gettext_lazy("Other languages"), card="wide"),
    Column("state", pgettext_lazy("kind of experience", "Offered")),
    Column("actions", gettext_lazy("Actions"), kind="actions"),
)
TARGETS = Columns(
    Column("aim", gettext_lazy("Aim in a school year"), kind="header"),
    Column("grade", gettext_lazy("Grade")),
    Column("school", gettext_lazy("School"), card="wide"),
    Column("share", gettext_lazy("Of the students"), kind="number"),
    Column("years", gettext_lazy("School years")),
    Column("actions", gettext_lazy("Actions"), kind="actions"),
)


def _district(request: AuthenticatedRequest) -> District:
    return access.district_for(request.user, EDIT, request.GET.get("district", ""))


@require_http_methods(["GET", "POST"])
def kinds(request: AuthenticatedRequest) -> HttpResponse:
    """``/experiences/kinds/``: what the district offers, and a form for one more."""
    district = _district(request)
    form = KindForm(request.POST if request.method == "POST" and "begin" not in request.POST else None, is_new=True)
    if "begin" in request.POST:
        begin_kinds(district, actor=request.user)
        return go(request, request.get_full_path(), _("The usual kinds are there. Change what you call otherwise."))
    if form.is_valid():
        given = form.cleaned_data
        with showing_errors(form):
            made = add_kind(
                district,
                name=given["name"],
                code=given["code"],
                translations=form.translations(),
                actor=request.user,
            )
            return go(request, request.get_full_path(), _("“%(kind)s” is offered now.") % {"kind": kind_word(made)})
    context = {
        "columns": KINDS,
        "page": paginate(request, ExperienceKind.objects.filter(district=district)),
        "form": form,
        "empty": Empty(
            _("No kinds of experience yet"),
            _("Begin with the usual ones and change their names, or add your own."),
            icon="briefcase",
        ),
    }
    return page(request, "hsbp/experiences/kinds.html", context)


@require_http_methods(["GET", "POST"])
def kind(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Other words for a kind, or no longer offered."""
    found = (
        ExperienceKind.objects.filter(public_id=public_id, district__in=districts_where(request.user, EDIT))
        .select_related("district")
        .first()
    )
    if found is None:
        _district(request)
        raise Http404
    form = KindForm(request.POST if request.method == "POST" else None, initial=KindForm.values_of(found), is_new=False)
    if form.is_valid():
        given = form.cleaned_data
        with showing_errors(form):
            change_kind(
                found,
                name=given["name"],
                translations=form.translations(),
                is_active=given["is_active"],
                actor=request.user,
            )
            return go(request, reverse("hsbp:experience-kinds"), _("Saved."))
    return page(request, "hsbp/experiences/kind.html", {"form": form, "kind": found})


@require_http_methods(["GET", "POST"])
def targets(request: AuthenticatedRequest) -> HttpResponse:
    """``/experiences/aims/``: what is aimed at in which grade and from when, and a form for one more."""
    district = _district(request)
    this_year = clock.school_year(clock.today(district))
    schools = School.objects.filter(district=district, is_active=True).order_by("name", "pk")
    form = TargetForm(kinds_of(district), schools, this_year, request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        with showing_errors(form):
            set_target(
                district,
                given["kind"],
                form.aim(),
                grades=given["grades"],
                school=given["school"],
                first_year=given["first_year"],
                actor=request.user,
            )
            return go(request, request.get_full_path(), _("The aim is set. Earlier years keep theirs."))
    is_past = request.GET.get("show") == "past"
    found = ExperienceTarget.objects.filter(district=district).select_related("kind", "school")
    found = found.filter(last_year__lt=this_year) if is_past else found.exclude(last_year__lt=this_year)
    listed = paginate(request, found)
    context = {
        "columns": TARGETS,
        "page": listed,
        "rows": [_row(one) for one in listed.object_list],
        "chips": [
            Chip(_("Now and later"), "?show=now", current=not is_past),
            Chip(_("Earlier"), "?show=past", current=is_past),
        ],
        "form": form,
        "has_kinds": kinds_of(district).exists(),
        "empty": Empty(
            _("No aims"), _("Without one, experiences are logged and confirmed all the same."), icon="target"
        ),
    }
    return page(request, "hsbp/experiences/targets.html", context)


def _row(target: ExperienceTarget) -> tuple[ExperienceTarget, str, object, str, str]:
    """The target with its aim, its grade, its share and its years in words."""
    first = year_text(target.first_year)
    last = target.last_year
    years = _("from %(year)s") % {"year": first} if last is None else first
    if last is not None and last != target.first_year:
        years = _("%(first)s to %(last)s") % {"first": first, "last": year_text(last)}
    share = f"{target.share * 100:.0f}%" if target.share is not None else "–"
    aim = aim_text(kind_word(target.kind), target.count, target.least_hours)
    return target, aim, GRADE_WORDS[target.grade], share, years


@require_POST
def target_end(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Nobody is held to it from this school year on."""
    found = (
        ExperienceTarget.objects.filter(public_id=public_id, district__in=districts_where(request.user, EDIT))
        .select_related("district")
        .first()
    )
    if found is None:
        _district(request)
        raise Http404
    end_target(found, actor=request.user)
    return go(request, reverse("hsbp:experience-targets"), _("The aim is ended. Earlier years keep it."))
