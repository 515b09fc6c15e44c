"""Calibration sessions: teachers judge examples blind, then look together at how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.calibration import judge_calibration, keep_discussion, open_calibration, set_calibration
from crediting.forms.calibration import CalibrationForm, DiscussionForm, JudgeAnchorsForm
from crediting.models import Anchor, CalibrationItem, CalibrationSession
from crediting.queries import calibration as queries
from crediting.queries.levels import description_of, drawn, word_of
from crediting.rules.moderation import LEAST_READERS
from crediting.rules.plain import plain_text
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Empty, RubricCriterion, RubricLevel
from mbl.core.ui.tables import Column, Columns
from profiles.access import Capability, person_in, schools_where

DRAFT = "calibration-new"
COLUMNS = Columns(
    Column("title", gettext_lazy("Session"), kind="header"),
    Column("who", gettext_lazy("For the teachers of")),
    Column("examples", gettext_lazy("Examples"), kind="number"),
    Column("due", gettext_lazy("Judge until")),
    Column("state", gettext_lazy("State"), card="corner"),
    Column("open", pgettext_lazy("verb", "Open"), kind="actions", card="hidden"),
)
SCORES = Columns(
    Column("who", gettext_lazy("Whose"), kind="header"),
    Column("pairs", gettext_lazy("Examples judged"), kind="number"),
    Column("exact", gettext_lazy("Same level"), kind="number"),
    Column("adjacent", gettext_lazy("At most one apart"), kind="number"),
    Column("kappa", gettext_lazy("Weighted kappa"), kind="number"),
)


@require_safe
def calibrations(request: AuthenticatedRequest) -> HttpResponse:
    """Which examples am I to judge, and what came of the last ones?"""
    found: Page[Any] = paginate(request, queries.listed(access.calibrations_visible_to(request.user)))
    context = {
        "columns": COLUMNS,
        "page": found,
        "keeps": schools_where(request.user, Capability.DECIDE_CREDIT).exists(),
        "empty": Empty(
            _("No session yet"),
            _("In a session teachers judge the same examples, each alone, and then look together at their levels."),
            icon="users",
        ),
    }
    return page(request, "crediting/calibration/list.html", context)


@require_http_methods(["GET", "POST"])
def calibration_new(request: AuthenticatedRequest) -> HttpResponse:
    """Choose examples, and until when they are judged."""
    schools = schools_where(request.user, Capability.DECIDE_CREDIT)
    first = schools.first()
    if first is None:
        raise NotAllowed(_("Sessions are set up by those who decide credit in the district."))
    district = first.district
    anchors = Anchor.objects.filter(district=district).open_to_teachers().select_related("standard", "level")
    form = CalibrationForm(
        schools.filter(district=district),
        anchors,
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, DRAFT),
    )
    if form.is_valid():
        with showing_errors(form):
            said = form.cleaned_data
            made = set_calibration(
                district,
                title=said["title"],
                due_on=said["due_on"],
                school=said["school"],
                anchors=list(said["anchors"]),
                actor=request.user,
            )
            forget_draft(request.user, DRAFT)
            address = reverse("crediting:calibration", args=[made.public_id])
            return go(request, address, _("The session is set up, and the teachers are told."))
    return page(request, "crediting/calibration/new.html", {"form": form, "draft_key": DRAFT})


@require_http_methods(["GET", "POST"])
def calibration(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The rubric while it runs; the levels side by side once it is open."""
    session = access.get_calibration(request.user, public_id)
    if session.opened_at is not None:
        return _opened(request, session)
    allowed = access.judges_in(request.user, session)
    if isinstance(allowed, Denied):
        return _running(request, session, allowed.reason)
    return _judge(request, session)


@dataclass(frozen=True)
class JudgeRow:
    item: CalibrationItem
    criterion: RubricCriterion
    level: BoundField
    comment: BoundField


def _judge(request: AuthenticatedRequest, session: CalibrationSession) -> HttpResponse:
    items = queries.items_of(session)
    said = queries.said_by(session, person_in(request.user, session.district))
    draft_key = f"calibration-{session.public_id}"
    kept = {f"level-{pk}": one.level.code for pk, one in said.items()}
    kept |= {f"comment-{pk}": one.comment for pk, one in said.items()}
    form = JudgeAnchorsForm(
        items,
        request.POST if request.method == "POST" else None,
        initial=kept | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            judge_calibration(session, levels=form.chosen(), actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, request.path, _("Saved. You can change it until the session is opened."))
    context = {
        "session": session,
        "form": form,
        "rows": [_row(form, item) for item in items],
        "judged": len(said),
        "total": len(items),
        "draft_key": draft_key,
    }
    return page(request, "crediting/calibration/judge.html", context)


def _row(form: JudgeAnchorsForm, item: CalibrationItem) -> JudgeRow:
    standard, levels = item.anchor.standard, item.anchor.level.scale.levels.all()
    offered = [
        RubricLevel(one.code, drawn(one.position, len(levels), word_of(one)), description_of(one)) for one in levels
    ]
    criterion = RubricCriterion(
        code=standard.code or standard.framework.title,
        title=plain_text(standard.short or standard.statement),
        levels=offered,
        lang=standard.framework.language,
    )
    return JudgeRow(item, criterion, form.level_field(item), form.comment_field(item))


def _running(request: AuthenticatedRequest, session: CalibrationSession, why_not: str) -> HttpResponse:
    """For those who know the agreed levels: who has judged, and the button that opens it."""
    if request.method == "POST":
        raise NotAllowed(why_not)
    runs = bool(access.runs(request.user, session))
    asked = list(queries.asked(session)) if runs else []
    judged = queries.readers_of(session)
    context = {
        "session": session,
        "runs": runs,
        "items": queries.items_of(session),
        "judged": len(judged),
        "open_ones": [person for person in asked if person.pk not in judged],
        "asked": len(asked),
        "why_not": why_not,
    }
    return page(request, "crediting/calibration/running.html", context)


@require_POST
def calibration_open(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Nobody changes a level from here."""
    session = access.get_calibration(request.user, public_id)
    open_calibration(session, actor=request.user)
    address = reverse("crediting:calibration", args=[session.public_id])
    return go(request, address, _("The session is open. Everybody sees the levels now."))


def _opened(request: AuthenticatedRequest, session: CalibrationSession) -> HttpResponse:
    runs = bool(access.runs(request.user, session))
    form = DiscussionForm(request.POST if request.method == "POST" else None, initial={"text": session.discussion})
    if request.method == "POST":
        verdict = access.runs(request.user, session)
        if isinstance(verdict, Denied):
            raise NotAllowed(verdict.reason)
        if form.is_valid():
            with showing_errors(form):
                keep_discussion(session, text=form.cleaned_data["text"], actor=request.user)
                return go(request, request.path, _("Kept."))
    result = queries.result_of(session, person_in(request.user, session.district), runs=runs)
    scores = [
        *([(_("Mine"), result.mine)] if result.mine else []),
        *([(_("All teachers"), result.group)] if result.group else []),
        *((pgettext("rubric", "All on %(standard)s") % {"standard": one.who}, one) for one in result.rubrics),
    ]
    context = {
        "session": session,
        "result": result,
        "scores": scores,
        "people": [(one.who, one) for one in result.people],
        "columns": SCORES,
        "runs": runs,
        "form": form,
        "least_readers": LEAST_READERS,
        "standards": [
            plain_text(one.item.anchor.standard.short or one.item.anchor.standard.statement) for one in result.items
        ],
    }
    return page(request, "crediting/calibration/opened.html", context)
