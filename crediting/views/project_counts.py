"""How many projects each class has in a term, and which have none; the district's aim of one each term."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crediting import access
from crediting.actions.projects import set_project_aim
from crediting.forms.projects import ProjectCountsForm
from crediting.queries import projects as queries
from crediting.views.projects import chips
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, go, page, paginate
from mbl.core.models import District
from mbl.core.ui.parts import Chip, Empty
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, may_in_district, standing
from profiles.models import AcademicSession, School, Section
from profiles.states import Role

COLUMNS = Columns(
    Column("section", gettext_lazy("Class"), kind="header"),
    Column("school", gettext_lazy("School")),
    Column("proposed", gettext_lazy("Proposed"), kind="number"),
    Column("approved", gettext_lazy("Approved"), kind="number"),
    Column("judged", gettext_lazy("Judged"), kind="number"),
)


@require_safe
def projects_by_class(request: AuthenticatedRequest) -> HttpResponse:
    """Each class of a term with its projects; ``?show=none``: only those without an approved one."""
    sections = access.sections_to_count(request.user)
    terms = _terms(sections)
    schools = list(School.objects.filter(pk__in=sections.order_by().values("school")).order_by("name", "pk"))
    form = ProjectCountsForm(request.GET or None, terms, schools)
    term, school = form.chosen()
    term = term or _now(terms)
    if term is None:
        context: dict[str, Any] = {"empty": _no_terms()}
        return page(request, "crediting/projects/by_class.html", context)
    form.initial["term"] = str(term.public_id)
    every = queries.in_term(sections.filter(school=school) if school else sections, term)
    without = queries.without_project(every, term)
    none_only = request.GET.get("show") == "none"
    total, lacking = every.count(), without.count()
    listed: Page[Any] = paginate(
        request, queries.ordered(without if none_only else every), count=lacking if none_only else total
    )
    kept = "".join(f"&{name}={request.GET[name]}" for name in ("term", "school") if request.GET.get(name))
    context = {
        "columns": COLUMNS,
        "page": listed,
        "term": term,
        "form": form,
        "total": total,
        "having": total - lacking,
        "aims": queries.aims(term.district),
        "sets_aim": bool(may_in_district(request.user, Capability.MANAGE_POLICY, term.district)),
        "pages": chips("counts") if standing(request.user).has(Role.TEACHER) else (),
        "chips": [
            Chip(_("All classes"), f"?show=all{kept}", total, current=not none_only),
            Chip(_("None yet"), f"?show=none{kept}", lacking, current=none_only),
        ],
        "empty": Empty(
            _("Every class has a project") if none_only and total else _("No classes in this term"),
            _("At least one project is approved in each of them.")
            if none_only and total
            else _("Classes come with the school’s roster."),
            icon="bulb",
        ),
    }
    return page(request, "crediting/projects/by_class.html", context)


def _no_terms() -> Empty:
    return Empty(
        _("No classes this school year"),
        _("Classes come with the school’s roster. They show up here when the roster names you or your school."),
        icon="school",
    )


def _terms(sections: QuerySet[Section]) -> list[tuple[AcademicSession, str]]:
    """The terms of every district of ``sections``, with their names; those of several districts name theirs."""
    districts = list(District.objects.filter(pk__in=sections.order_by().values("district")).order_by("name", "pk"))
    return [
        (term, f"{term.title} · {district}" if len(districts) > 1 else term.title)
        for district in districts
        for term in queries.terms_of(district, clock.today(district))
    ]


def _now(terms: list[tuple[AcademicSession, str]]) -> AcademicSession | None:
    """The term of today, else the first that is to come, else the last."""
    known = [term for term, _label in terms]
    if not known:
        return None
    today = clock.today(known[0].district)
    return next((term for term in known if term.ends_on >= today), known[-1])


@require_POST
def project_aim(request: AuthenticatedRequest) -> HttpResponse:
    """Set or drop the aim of a district."""
    district = access.get_district(request.user, request.GET.get("district", ""), Capability.MANAGE_POLICY)
    wanted = request.POST.get("wanted") == "on"
    set_project_aim(district, wanted=wanted, actor=request.user)
    told = _("The aim is set: a project in every class each term.") if wanted else _("The aim is dropped.")
    return go(request, reverse("crediting:projects-by-class"), told)
