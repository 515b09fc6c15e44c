"""Local standards: begin a framework, write its items; compare editions; move what courses teach to newer standards."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.local_standards import (
    add_standard,
    change_standard,
    is_used,
    move_alignments,
    withdraw_standard,
    write_framework,
)
from crediting.actions.standards import withhold_framework
from crediting.forms.standards import ItemForm, LocalForm
from crediting.models import Framework, Standard
from crediting.queries import versions
from crediting.rules.compare import Change, Difference
from crediting.words import change_word, link_word
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.http import PER_PAGE, AuthenticatedRequest, go, page, showing_errors
from mbl.core.ui.parts import Chip
from profiles.access import Capability

EDIT = Capability.MANAGE_CATALOG


@require_http_methods(["GET", "POST"])
def local_new(request: AuthenticatedRequest) -> HttpResponse:
    """``/standards/new/``: begin a local framework with its adopting body and date (T74)."""
    district = access.get_district(request.user, request.GET.get("district", ""), EDIT)
    today = clock.today(district)
    initial = {"adopted_on": today, "starts_on": today}
    form = LocalForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with showing_errors(form):
            framework = write_framework(district, actor=request.user, **form.values())
            return go(request, _framework(framework), _("The framework is begun. Add its first standard."))
    return page(request, "crediting/standards/local_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def item_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Add an item to a local framework."""
    framework = _local(request, public_id)
    form = ItemForm(request.POST if request.method == "POST" else None, framework=framework)
    if form.is_valid():
        with showing_errors(form):
            standard = add_standard(framework, actor=request.user, **form.cleaned_data)
            again = reverse("crediting:item-new", args=[framework.public_id])
            where = again if "another" in request.POST else _standard(standard)
            return go(request, where, _("The standard is added."))
    return page(request, "crediting/standards/item.html", {"framework": framework, "form": form})


@require_http_methods(["GET", "POST"])
def item_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Change an item of a local framework; one that is used is replaced, never changed."""
    standard = access.get_standard(request.user, public_id)
    framework = _local(request, standard.framework.public_id)
    form = ItemForm(request.POST if request.method == "POST" else None, framework=framework, standard=standard)
    if form.is_valid():
        with showing_errors(form):
            after = change_standard(standard, actor=request.user, **form.cleaned_data)
            said = _("Your changes are saved. The earlier words are kept.")
            if after.pk != standard.pk:
                said = _("Students have used the old standard, so it stays as it was and this new one replaces it.")
            return go(request, _standard(after), said)
    context = {"framework": framework, "standard": standard, "form": form, "is_used": is_used(standard)}
    return page(request, "crediting/standards/item.html", context)


@require_POST
def item_withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take an item out of a local framework."""
    standard = access.get_standard(request.user, public_id)
    _local(request, standard.framework.public_id)
    withdraw_standard(standard, actor=request.user)
    return go(request, _standard(standard), _("The standard is withdrawn. It stays where it was used."))


@require_POST
def framework_withhold(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Stop publishing a framework, or (without ``withhold``) publish it again."""
    framework = access.get_framework(request.user, public_id, EDIT)
    withheld = "withhold" in request.POST
    withhold_framework(framework, withheld=withheld, actor=request.user)
    said = _("It is not published any more.") if withheld else _("It is published.")
    return go(request, _framework(framework), said)


def _local(request: AuthenticatedRequest, public_id: UUID) -> Framework:
    framework = access.get_framework(request.user, public_id, EDIT)
    if not framework.is_local:
        raise DomainError(_("These standards are their publisher’s. Import a newer package to change them."))
    return framework


def _framework(framework: Framework) -> str:
    return reverse("crediting:framework", args=[framework.public_id])


def _standard(standard: Standard) -> str:
    return reverse("crediting:standard", args=[standard.public_id])


# --- Editions ---------------------------------------------------------------------------------------------------------


@require_safe
def framework_compare(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What changed: since a day (``since``), or from another framework (``from``) to this one."""
    framework = access.get_framework(request.user, public_id)
    others = access.frameworks_visible_to(request.user).filter(district=framework.district).exclude(pk=framework.pk)
    old, day = None, None
    found: list[Difference] = []
    if said := request.GET.get("from", ""):
        old = others.filter(public_id=_uuid(said)).first()
        if old is None:
            raise Http404
        found = versions.between(old, framework)
    elif said := request.GET.get("since", ""):
        day = _day(said)
        found = versions.since(framework, dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC))
    counts = {change: sum(change in one.changes for one in found) for change in Change}
    wanted = request.GET.get("only", "")
    listed = [one for one in found if not wanted or wanted in one.changes]
    listed_page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "framework": framework,
        "old": old,
        "day": day,
        "others": others.order_by("title", "pk"),
        "days": versions.days_of_change(framework),
        "chips": _chips(request, counts, len(found), wanted) if old or day else [],
        "page": listed_page,
        "rows": [(one, ", ".join(map(change_word, one.changes))) for one in listed_page],
        "asked": bool(old or day),
    }
    return page(request, "crediting/standards/compare.html", context)


def _chips(request: AuthenticatedRequest, counts: dict[Change, int], total: int, wanted: str) -> list[Chip]:
    query = request.GET.copy()
    for name in ("only", "page"):
        query.pop(name, None)
    base = query.urlencode()
    chips = [Chip(_("All differences"), f"?{base}", total, current=not wanted)]
    return chips + [
        Chip(change_word(change), f"?{base}&only={change}", count, current=wanted == change)
        for change, count in counts.items()
        if count
    ]


def _uuid(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise Http404 from None


def _day(said: str) -> dt.date:
    try:
        day = parse_date(said)
    except ValueError:
        day = None
    if day is None:
        raise Http404
    return day


@require_http_methods(["GET", "POST"])
def framework_moves(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What courses teach from this framework and a newer one replaces: a person confirms each move."""
    framework = access.get_framework(request.user, public_id, EDIT)
    proposals = versions.proposals(framework, on=clock.today(framework.district))
    if request.method == "POST":
        ticked = set(request.POST.getlist("move"))
        moves = [(one.row, one.new) for one in proposals if one.key in ticked]
        moved = move_alignments(framework, moves=moves, actor=request.user)
        said = ngettext(
            "%(count)d standard of a course was moved.", "%(count)d standards of courses were moved.", moved
        )
        return go(request, request.path, said % {"count": moved})
    context = {
        "framework": framework,
        "rows": [(one, link_word(one.kind, True)) for one in proposals],
    }
    return page(request, "crediting/standards/moves.html", context)
