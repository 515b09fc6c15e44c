"""Frameworks of standards: what the district has, what it adopted, and each one's tree."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.standards import adopt_framework, end_adoption
from crediting.forms.standards import AdoptForm, EndForm, FindForm
from crediting.models import Framework
from crediting.queries import crosswalks, graduation
from crediting.queries import standards as queries
from crediting.queries.find_standards import find
from crediting.states import AdoptionBody, EdgeKind, FrameworkStatus, StandardStatus
from crediting.words import any_of, link_word, subject_word
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, go, is_htmx, page, paginate, showing_errors
from mbl.core.ui.parts import Empty, Fact
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Capability, may_in_district, standing
from profiles.states import Role

FRAMEWORKS = Columns(
    Column("title", gettext_lazy("Framework"), kind="header"),
    Column("publisher", gettext_lazy("Published by")),
    Column("standards", gettext_lazy("Standards"), kind="number"),
    Column("adopted", gettext_lazy("Adopted")),
)


@require_safe
def standards(request: AuthenticatedRequest) -> HttpResponse:
    """``/standards/``: every framework of the district, the adopted ones first."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    today = clock.today(district)
    frameworks = queries.frameworks_in_order(
        access.frameworks_visible_to(request.user).filter(district=district), today
    )
    listed = paginate(request, frameworks)
    rows = [(framework, _adoption_words(framework, today)) for framework in listed]
    adopted = queries.adopted_among(frameworks, today)
    lede = ngettext(
        "%(count)s framework of standards; %(adopted)s adopted.",
        "%(count)s frameworks of standards; %(adopted)s adopted.",
        listed.paginator.count,
    ) % {"count": listed.paginator.count, "adopted": adopted}
    context = {
        "district_": district,
        "page": listed,
        "rows": rows,
        "lede": lede,
        "columns": FRAMEWORKS,
        "empty": Empty(
            _("No standards yet"),
            _("Standards come from their publisher as a CASE package. An administrator imports it."),
            icon="book",
        ),
        "can_import": bool(may_in_district(request.user, Capability.IMPORT_DATA, district)),
        "can_write": bool(may_in_district(request.user, Capability.MANAGE_CATALOG, district)),
        "search": FindForm(frameworks=frameworks.order_by("title", "pk")),
    }
    return page(request, "crediting/standards/list.html", context, partial="list")


@require_safe
def standards_find(request: AuthenticatedRequest) -> HttpResponse:
    """``/standards/find/``: standards of all frameworks of the district by code or words."""
    district = access.get_district(request.user, request.GET.get("district", ""))
    frameworks = access.frameworks_visible_to(request.user).filter(district=district).order_by("title", "pk")
    form = FindForm(request.GET, frameworks=frameworks)
    wanted = form.wanted()
    context = {
        "district_": district,
        "search": form,
        "found": find(district, wanted, page=_page_number(request)),
        "text": wanted.text.strip(),
        "asked": wanted.says_something,
    }
    return page(request, "crediting/standards/find.html", context, partial="found")


def _page_number(request: AuthenticatedRequest) -> int:
    said = request.GET.get("page", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 1


def _adoption_words(framework: Framework, today: dt.date) -> str:
    """How the framework is adopted today, in a word; empty where it is not."""
    for adoption in framework.adoptions.all():
        if adoption.starts_on <= today and (adoption.ends_on is None or today <= adoption.ends_on):
            return state_word(AdoptionBody(adoption.body))
    return ""


@require_safe
def framework(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One framework: its facts, its adoptions, its first branch, or what a search inside it finds."""
    found = access.get_framework(request.user, public_id)
    today = clock.today(found.district)
    unplaced = "unplaced" in request.GET
    search = FindForm(request.GET)
    wanted = search.wanted(found)
    searched = bool(wanted.text.strip() or wanted.grade or wanted.only_leaves or wanted.status != StandardStatus.ACTIVE)
    status = FrameworkStatus(found.status)
    context = {
        "framework": found,
        "search": search,
        "text": wanted.text.strip(),
        "searched": searched,
        "unplaced": unplaced,
        "adoptions": [
            (adoption, state_word(AdoptionBody(adoption.body)), any_of(map(subject_word, adoption.subjects)))
            for adoption in found.adoptions.order_by("-starts_on")
        ],
        "today": today,
        "graduation": graduation.said_of(found, today),
        "facts": _facts(found, status),
        "status_word": state_word(status),
        "status_tone": state_tone(status),
        "can_adopt": bool(may_in_district(request.user, Capability.MANAGE_CATALOG, found.district)),
    }
    context["case_address"] = request.build_absolute_uri(
        reverse("crediting:case-of-district-package", args=[found.district.code, found.guid])
    )
    if searched:
        context["found"] = find(found.district, wanted, page=_page_number(request))
    else:
        context["page"] = paginate(request, queries.branch(found, unplaced=unplaced))
        context["has_unplaced"] = queries.branch(found, unplaced=True).exists()
    return page(request, "crediting/standards/framework.html", context, partial="branch")


def _facts(found: Framework, status: FrameworkStatus) -> list[Fact]:
    pairs = [
        Fact(_("Made by"), found.creator),
        Fact(_("Published by"), found.publisher),
        Fact(_("Edition"), found.version),
        Fact(_("State of publication"), state_word(status)),
        Fact(_("Licence"), found.licence),
        Fact(_("Identifier"), found.guid),
    ]
    return [pair for pair in pairs if pair.value]


@require_safe
def standard(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One standard: where it stands, what it says, what stands below it, what it is linked to."""
    found = access.get_standard(request.user, public_id)
    context = {
        "standard": found,
        "framework": found.framework,
        "page": paginate(request, queries.branch(found.framework, found)),
    }
    if is_htmx(request):  # a branch of the tree was opened and wants what stands below alone
        context["more"] = request.path
    else:
        can_edit = (
            found.framework.is_local
            and found.status == StandardStatus.ACTIVE
            and bool(may_in_district(request.user, Capability.MANAGE_CATALOG, found.framework.district))
        )
        links, now = crosswalks.links_of(found), standing(request.user)
        context |= {
            "trail": queries.trail(found),
            "equal": crosswalks.equal_to(found),
            "replaced": [link for link in links if link.kind == EdgeKind.REPLACED_BY],
            "links": [
                (link, link_word(link.kind, link.forward)) for link in links if link.kind != EdgeKind.REPLACED_BY
            ],
            "history": list(found.history.all()[:20]),
            "can_link": can_edit and graduation.may_be_led_to(found),
            "can_edit": can_edit,
            "sees_examples": now.has(Role.TEACHER) or now.may_anywhere(Capability.DECIDE_CREDIT),
        }
    return page(request, "crediting/standards/standard.html", context, partial="below")


@require_http_methods(["GET", "POST"])
def framework_adopt(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Record who adopted the framework, for which subject areas and days (T74)."""
    found = access.get_framework(request.user, public_id, Capability.MANAGE_CATALOG)
    today = clock.today(found.district)
    initial = {"starts_on": today, "adopted_on": today}
    form = AdoptForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with showing_errors(form):
            adopt_framework(found, actor=request.user, **form.values())
            return go(
                request, _address(found), _("The adoption is recorded. Its standards can be chosen on those days.")
            )
    return page(request, "crediting/standards/adopt.html", {"framework": found, "form": form})


@require_http_methods(["GET", "POST"])
def adoption_end(request: AuthenticatedRequest, public_id: UUID, starts_on: str) -> HttpResponse:
    """Set the last day of an adoption."""
    found = access.get_framework(request.user, public_id, Capability.MANAGE_CATALOG)
    try:
        adoption = found.adoptions.filter(starts_on=dt.date.fromisoformat(starts_on)).first()
    except ValueError:
        raise Http404 from None
    if adoption is None:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None, initial={"last_day": adoption.ends_on})
    if form.is_valid():
        with showing_errors(form):
            end_adoption(adoption, last_day=form.day, actor=request.user)
            return go(request, _address(found), _("The last day is recorded."))
    return page(
        request, "crediting/standards/adoption_end.html", {"framework": found, "adoption": adoption, "form": form}
    )


def _address(found: Framework) -> str:
    return reverse("crediting:framework", args=[found.public_id])
