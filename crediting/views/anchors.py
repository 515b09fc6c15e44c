"""Anchor samples: what work at each level looks like. Teachers read them; those who decide credit keep them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.core.paginator import Page
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crediting import access
from crediting.actions.anchors import make_anchor, retire_anchor
from crediting.forms.anchors import AnchorForm
from crediting.forms.readings import WhyForm
from crediting.models import Anchor, Evidence, Standard
from crediting.queries.anchors import level_of, listed, standards_shown_by, versions_of
from crediting.queries.levels import usual_levels
from crediting.rules.plain import plain_text
from mbl.core import files
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.models import District
from mbl.core.ui.levels import DrawnLevel
from mbl.core.ui.parts import Empty
from mbl.core.ui.tables import Column, Columns

COLUMNS = Columns(
    Column("title", gettext_lazy("Example"), kind="header"),
    Column("standard", gettext_lazy("Standard"), card="wide"),
    Column("level", gettext_lazy("Level")),
    Column("version", gettext_lazy("Version"), kind="number"),
    Column("open", pgettext_lazy("verb", "Open"), kind="actions", card="hidden"),
)


@dataclass(frozen=True)
class Row:
    anchor: Anchor
    level: DrawnLevel
    standard: str


@require_safe
def anchors(request: AuthenticatedRequest) -> HttpResponse:
    """What does work at each level look like?"""
    near = access.anchors_visible_to(request.user)
    standard = _standard(request)
    found: Page[Any] = paginate(request, listed(near, standard=standard))
    found.object_list = [_row(one) for one in found.object_list]
    district = standard.district if standard else access.districts_of(request.user).first()
    keeps = district is not None and bool(access.keeps_anchors(request.user, district))
    context = {
        "columns": COLUMNS,
        "page": found,
        "standard": standard,
        "new_url": f"{reverse('crediting:anchor-new')}?standard={standard.public_id}" if standard and keeps else "",
        "keeps": keeps,
        "empty": Empty(
            _("No examples yet"),
            _("An example is work on whose level teachers have agreed. It stands beside the rubric when others judge.")
            + (" " + _("Start from a standard, or from a piece of work.") if keeps else ""),
            icon="star",
        ),
    }
    return page(request, "crediting/anchors/list.html", context)


def _row(one: Anchor) -> Row:
    standard = one.standard
    words = plain_text(standard.short or standard.statement)
    return Row(one, level_of(one), " ".join(filter(None, [standard.code, words])))


def _standard(request: AuthenticatedRequest) -> Standard | None:
    asked = request.GET.get("standard", "")
    if not asked:
        return None
    try:
        return access.get_standard(request.user, UUID(asked))
    except ValueError:
        raise Http404 from None


@require_safe
def anchor(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """One sample: the work, its level and why."""
    found = access.get_anchor(request.user, public_id)
    keeps = bool(access.keeps_anchors(request.user, found.district))
    context = {
        "anchor": found,
        "level": level_of(found),
        "standard": _row(found).standard,
        "keeps": keeps,
        "versions": versions_of(found) if keeps else [],
        "next_one": Anchor.objects.filter(replaces=found).first() if keeps else None,
        "sees_source": keeps
        and found.source is not None
        and access.evidence_visible_to(request.user).filter(pk=found.source.pk).exists(),
        "in_session": keeps and not Anchor.objects.open_to_teachers().filter(pk=found.pk).exists(),
    }
    return page(request, "crediting/anchors/detail.html", context)


@require_safe
def anchor_file(request: AuthenticatedRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes of a sample, for whoever may see it."""
    found = access.get_anchor(request.user, public_id, in_sessions=True)
    storage = storages[files.EVIDENCE]
    if not found.stored_name or not storage.exists(found.stored_name):
        raise Http404
    return files.serve(
        storage.open(found.stored_name),
        found.file_name,
        found.content_type,
        inline="download" not in request.GET,
        request=request,
    )


@require_http_methods(["GET", "POST"])
def anchor_new(request: AuthenticatedRequest) -> HttpResponse:
    """Make a sample of a piece of work (``?evidence=``), for a standard (``?standard=``), or anew (``?replaces=``)."""
    standard, source, replaced = _standard(request), _source(request), _replaced(request)
    shown: Anchor | Evidence | Standard
    if replaced is not None:
        shown, standards, source = replaced, [replaced.standard], replaced.source
    elif source is not None:
        shown, standards = source, [standard] if standard else standards_shown_by(source)
    elif standard is not None:
        shown, standards = standard, [standard]
    else:
        raise Http404
    district = shown.district
    _refuse(request, district)
    draft_key = f"anchor-{shown.public_id}"
    form = AnchorForm(
        standards,
        usual_levels(district),
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial=_initial(source, replaced) | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            made = make_anchor(district, source=source, replaces=replaced, actor=request.user, **form.values())
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:anchor", args=[made.public_id]), _("The example is kept."))
    context = {"form": form, "source": source, "replaced": replaced, "draft_key": draft_key}
    return page(request, "crediting/anchors/new.html", context)


def _initial(source: Evidence | None, replaced: Anchor | None) -> dict[str, Any]:
    if replaced is not None:
        copied = ("title", "body", "reason", "consent", "alt_text")
        return {name: getattr(replaced, name) for name in copied} | {"level": replaced.level.code}
    return {"body": source.body} if source is not None else {}


def _source(request: AuthenticatedRequest) -> Evidence | None:
    asked = request.GET.get("evidence", "")
    try:
        return access.get_evidence(request.user, UUID(asked)) if asked else None
    except ValueError:
        raise Http404 from None


def _replaced(request: AuthenticatedRequest) -> Anchor | None:
    asked = request.GET.get("replaces", "")
    try:
        return access.get_anchor(request.user, UUID(asked)) if asked else None
    except ValueError:
        raise Http404 from None


@require_http_methods(["GET", "POST"])
def anchor_retire(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """It is shown beside no rubric any more, and stays where it was used."""
    found = access.get_anchor(request.user, public_id)
    _refuse(request, found.district)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            retire_anchor(found, reason=form.cleaned_data["reason"], actor=request.user)
            return go(request, reverse("crediting:anchor", args=[found.public_id]), _("The example is retired."))
    return page(request, "crediting/anchors/retire.html", {"form": form, "anchor": found})


def _refuse(request: AuthenticatedRequest, district: District) -> None:
    verdict = access.keeps_anchors(request.user, district)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
