"""Graduation standards: make a local framework theirs from a day on, what leads to each, a student's line to them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.graduation import change_links, end_graduation_standards, set_graduation_standards
from crediting.forms.standards import GraduationForm
from crediting.models import Standard
from crediting.queries import graduation as queries
from crediting.queries import standards as standard_queries
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from profiles.access import Capability, get_student, standing

EDIT = Capability.MANAGE_CATALOG


@require_safe
def graduation_line(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """From all work of a student to the district's graduation standards. 404 where the district has none."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    line = queries.graduation_line(student, access.requests_visible_to(request.user))
    if line is None:
        raise Http404
    is_own = student.person_id in standing(request.user).people
    return page(request, "crediting/standards/line.html", {"student": student, "line": line, "is_own": is_own})


@require_http_methods(["GET", "POST"])
def framework_graduation(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Say from which day a local framework holds the graduation standards, or (``end``) no longer does."""
    framework = access.get_framework(request.user, public_id, EDIT)
    if not framework.is_local:
        raise DomainError(_("Graduation standards are your district’s own. Write a local framework for them first."))
    today = clock.today(framework.district)
    known = queries.in_force(framework.district, today)
    own = known if known and known.framework_id == framework.pk else None
    initial = {"starts_on": today, "habits": own.habits.public_id if own and own.habits else None}
    form = GraduationForm(request.POST if request.method == "POST" else None, framework=framework, initial=initial)
    if form.is_valid():
        with showing_errors(form):
            day = form.cleaned_data["starts_on"]
            if "end" in request.POST:
                end_graduation_standards(framework, starts_on=day, actor=request.user)
                said = _("The district has no graduation standards from that day on.")
            else:
                habits = form.cleaned_data["habits"]
                set_graduation_standards(framework, starts_on=day, habits=habits, actor=request.user)
                said = _("These are the district’s graduation standards from that day on.")
            return go(request, reverse("crediting:framework", args=[framework.public_id]), said)
    context = {
        "framework": framework,
        "form": form,
        "own": own,
        "other": known.framework if known and own is None else None,
    }
    return page(request, "crediting/standards/graduation.html", context)


@require_http_methods(["GET", "POST"])
def graduation_links(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Which targets lead to one graduation standard: choose several to add, tick those to take off."""
    found = access.get_standard(request.user, public_id)
    district = access.get_framework(request.user, found.framework.public_id, EDIT).district
    if not queries.may_be_led_to(found):
        raise DomainError(_("Targets lead to graduation standards in use only, and never to one about habits of work."))
    today = clock.today(district)
    draft_key = f"graduation-{found.public_id}"
    links = queries.links_to(found)
    problem = ""
    if request.method == "POST":
        chosen = standard_queries.chosen(district, request.POST.getlist("standards"), on=today)
        ticked = set(request.POST.getlist("remove"))
        try:
            added, removed = change_links(
                found,
                add=list(Standard.objects.filter(pk__in=[one.pk for one in chosen])),
                remove=[edge.origin for edge in links if edge.origin and str(edge.origin.public_id) in ticked],
                actor=request.user,
            )
            forget_draft(request.user, draft_key)
            said = _("Linked: %(added)d. Taken off: %(removed)d.") % {"added": added, "removed": removed}
            return go(request, request.path, said)
        except DomainError as error:
            problem = error.message
    else:
        held = (typed_before(request, draft_key) or {}).get("standards", [])
        chosen = standard_queries.chosen(district, [held] if isinstance(held, str) else held, on=today)
    context = {
        "standard": found,
        "framework": found.framework,
        "picker_district": district,
        "links": links,
        "chosen": chosen,
        "draft_key": draft_key,
        "problem": problem,
    }
    return page(request, "crediting/standards/graduation_links.html", context, status=422 if problem else 200)
