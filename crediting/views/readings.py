"""Second readings: what I am to read, one reading, blind, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.judgements import JudgedStandard
from crediting.actions.readings import (
    Settled,
    ask_reader,
    excuse_reading,
    give_reading,
    hand_back,
    place_work,
    settle_readings,
)
from crediting.forms.readings import AskReaderForm, LevelsForm, PlaceForm, SettleForm, WhyForm
from crediting.models import ClassWork, CreditRequest, Reading, ScaleLevel, Standard, Work
from crediting.queries import moderation as queries
from crediting.queries.anchors import AnchorLine, anchors_beside
from crediting.queries.levels import description_of, drawn, word_of
from crediting.queries.queue import days_between
from crediting.queries.requests import EvidenceRow, evidence_rows
from crediting.queries.second_readings import moderation_of, modifications_of, standards_to_read, teachers_near
from crediting.rules.plain import plain_text
from crediting.states import EvidenceState, Moderated, ReadingKind, ReadingState
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Chip, Empty, Fact, RubricCriterion, RubricLevel
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Capability, standing
from profiles.states import Role

COLUMNS = Columns(
    Column("work", gettext_lazy("Work"), kind="header"),
    Column("kind", gettext_lazy("What is asked")),
    Column("reader", gettext_lazy("Second reader")),
    Column("state", gettext_lazy("State"), card="wide"),
    Column("wait", gettext_lazy("Waiting"), kind="number", card="corner"),
    Column("open", pgettext_lazy("verb", "Open"), kind="actions", card="hidden"),
)


@dataclass(frozen=True)
class Row:
    """A reading in the list, in words."""

    reading: Reading
    kind: str
    reader: str
    state: str
    tone: str
    wait: str
    url: str


@require_safe
def readings(request: AuthenticatedRequest) -> HttpResponse:
    """Which work am I to read as a second teacher? ``?show=school``: every one of my schools."""
    now = standing(request.user)
    decides = now.may_anywhere(Capability.DECIDE_CREDIT)
    teaches = bool(now.people_holding(Role.TEACHER))
    if not decides and not teaches:
        raise NotAllowed(_("This list is for teachers who read work a second time, and for those who decide credit."))
    shows = [*(["mine", "closed", "classes"] if teaches else []), *(["school"] if decides else [])]
    show = asked if (asked := request.GET.get("show", "")) in shows else shows[0]
    if show == "classes":
        return _of_my_classes(request, shows)
    near = access.readings_at_schools_of(request.user) if show == "school" else access.readings_of(request.user)
    found: Page[Any] = paginate(request, queries.closed(near) if show == "closed" else queries.waiting(near))
    found.object_list = [_row(one) for one in found.object_list]
    context = {
        "columns": COLUMNS,
        "page": found,
        "show": show,
        "chips": _chips(shows, show),
        "empty": Empty(
            _("Nothing is waiting for a second reading") if show != "closed" else _("Nothing here"),
            _("Where the district’s policy has part of the work read twice, the lot decides which. It shows up here."),
            icon="clipboard-check",
        ),
        "decides": decides,
    }
    return page(request, "crediting/readings/list.html", context)


def _chips(shows: Sequence[str], show: str) -> list[Chip]:
    words = {
        "mine": _("For me to read"),
        "closed": _("What I have read"),
        "classes": _("Read again from my classes"),
        "school": _("Every open reading of my schools"),
    }
    return [Chip(words[one], f"?show={one}", current=one == show) for one in shows] if len(shows) > 1 else []


def _row(one: Reading) -> Row:
    state = ReadingState(one.state)
    days = days_between(one.asked_at, one.work.district.timezone)
    wait = ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else pgettext("waiting", "today")
    return Row(
        one,
        state_word(ReadingKind(one.kind)),
        str(one.reader or _("nobody yet")),
        state_word(state),
        "attention" if one.reader is None and state == ReadingState.WAITING else "",
        wait if state == ReadingState.WAITING else "–",
        reverse("crediting:reading", args=[one.public_id]),
    )


@require_http_methods(["GET", "POST"])
def reading(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The work and the rubric for its reader; who reads for those who decide; both readings once they are given."""
    found = access.get_reading(request.user, public_id)
    mine = found.reader_id in standing(request.user).people_holding(Role.TEACHER)
    if found.state != ReadingState.WAITING:
        return _compared(request, found)
    return _read(request, found) if mine else _waits(request, found)


# --- Reading, blind ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadRow:
    """One standard to judge. ``modification``: what was asked in its place."""

    criterion: RubricCriterion
    level: BoundField
    comment: BoundField | None
    modification: str = ""
    anchors: Sequence[AnchorLine] = ()


def _read(request: AuthenticatedRequest, found: Reading) -> HttpResponse:
    """Nothing here says what the first reader found, or who it was."""
    work = found.work
    standards, levels = standards_to_read(found), list(work.scale.levels.all())
    draft_key = f"reading-{found.public_id}"
    form = LevelsForm(
        standards,
        levels,
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, draft_key),
    )
    allowed = access.may_give(request.user, found)
    if request.method == "POST":
        if isinstance(allowed, Denied):
            raise NotAllowed(allowed.reason)
        if form.is_valid():
            with showing_errors(form):
                rows = [JudgedStandard(*chosen) for chosen in form.chosen()]
                given = give_reading(found, rows=rows, actor=request.user)
                forget_draft(request.user, draft_key)
                return go(request, reverse("crediting:reading", args=[given.public_id]), _given(given))
    modified = modifications_of(work, found.attempt)
    context = {
        "reading": found,
        "work": work,
        "kind": state_word(ReadingKind(found.kind)),
        "grade": work.student.grade.lstrip("0") or "–",
        "pieces": _pieces(found.request) if found.request is not None else (),
        "form": form,
        "rows": _rows(form, standards, levels, modified, anchors_beside(work.scale, levels, standards)),
        "why_not": allowed.reason if isinstance(allowed, Denied) else "",
        "draft_key": draft_key,
        "hand_back": WhyForm(prefix="back"),
    }
    return page(request, "crediting/readings/read.html", context)


def _given(given: Reading) -> str:
    standing_now = Moderated(given.work.moderated)
    if standing_now == Moderated.AGREED:
        return _("Your reading is saved. The two of you agree.")
    if standing_now == Moderated.SETTLED:
        return _("Your reading is saved, and the readings are settled.")
    if standing_now == Moderated.WAITING:
        return _("Your reading is saved. The two of you do not agree, so a third teacher reads it too.")
    return _("Your reading is saved. The two of you do not agree: talk, and write down on what you settle.")


def _pieces(credit_request: CreditRequest) -> tuple[EvidenceRow, ...]:
    uses = credit_request.uses.exclude(state=EvidenceState.DRAFT).select_related("evidence")
    return evidence_rows(uses.prefetch_related("standards").order_by("pk"))


def _rows(
    form: LevelsForm,
    standards: list[Standard],
    levels: list[ScaleLevel],
    modified: dict[int, str],
    anchors: dict[int, list[AnchorLine]],
) -> list[ReadRow]:
    offered = [
        RubricLevel(level.code, drawn(level.position, len(levels), word_of(level)), description_of(level))
        for level in levels
    ]
    return [
        ReadRow(
            RubricCriterion(
                code=standard.code or standard.framework.title,
                title=plain_text(standard.short or standard.statement),
                levels=offered,
                url=standard.uri if standard.uri.startswith(("http://", "https://")) else "",
                lang=standard.framework.language,
            ),
            form.level_field(standard),
            form.comment_field(standard),
            modified.get(standard.pk, ""),
            anchors.get(standard.pk, ()),
        )
        for standard in standards
    ]


@require_POST
def reading_hand_back(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """I should not read this: another teacher is asked."""
    found = access.get_reading(request.user, public_id)
    form = WhyForm(request.POST, prefix="back")
    if form.is_valid():
        with showing_errors(form):
            hand_back(found, reason=form.cleaned_data["reason"], actor=request.user)
            return go(request, reverse("crediting:readings"), _("Handed back. Another teacher is asked."))
    context = {"form": form, "reading": found, "work": found.work}
    return page(request, "crediting/readings/hand_back.html", context)


# --- For those who decide, while it waits -----------------------------------------------------------------------------


def _waits(request: AuthenticatedRequest, found: Reading) -> HttpResponse:
    """Who reads it, since when and why this work; ask somebody else, or go on without."""
    verb = request.POST.get("verdict", "") if request.method == "POST" else ""
    work = found.work
    near = teachers_near(work, moderation_of(found)).order_by("sort_name", "pk")
    teachers = list(near.exclude(pk__in=[pk for pk in (found.reader_id, work.assessor_id) if pk]))
    ask = AskReaderForm(teachers, request.POST if verb == "ask" else None, prefix="ask")
    excuse = WhyForm(request.POST if verb == "excuse" else None, prefix="excuse")
    back = _where_decided(work) or f"{reverse('crediting:readings')}?show=school"
    if ask.is_valid():
        with showing_errors(ask):
            asked = ask_reader(found, reader=ask.asked, reason=ask.cleaned_data["reason"], actor=request.user)
            return go(request, request.path, _("%(teacher)s is asked to read it.") % {"teacher": asked.reader})
    if excuse.is_valid():
        with showing_errors(excuse):
            excuse_reading(found, reason=excuse.cleaned_data["reason"], actor=request.user)
            return go(request, back, _("It goes on without this reading. Your reason is kept with the decision."))
    day = clock.day_of(found.asked_at, work.district)
    context = {
        "reading": found,
        "work": work,
        "kind": state_word(ReadingKind(found.kind)),
        "facts": [
            Fact(_("Reads it"), str(found.reader or _("nobody yet"))),
            Fact(_("Asked"), date_format(day, "DATE_FORMAT")),
            Fact(_("Why this work"), sentence(queries.why_drawn(found))),
            *([Fact(_("Where it is"), work.place or _("not said yet"))] if isinstance(work, ClassWork) else []),
        ],
        "ask": ask,
        "excuse": excuse,
        "back": back,
    }
    return page(request, "crediting/readings/waits.html", context)


# --- Side by side -----------------------------------------------------------------------------------------------------


def _compared(request: AuthenticatedRequest, found: Reading) -> HttpResponse:
    """Both readings, and the level on which they settle where they do not agree."""
    work = found.work
    may_settle = found.attempt == work.attempt and bool(access.may_settle(request.user, work))
    lines = queries.side_by_side(work, found.attempt)
    apart = [line.standard for line in lines if line.is_open]
    levels = list(work.scale.levels.all())
    draft_key = f"settle-{work.public_id}-{found.attempt}"
    form = SettleForm(
        apart,
        levels,
        request.POST if request.method == "POST" else None,
        initial=typed_before(request, draft_key),
    )
    if request.method == "POST":
        verdict = access.may_settle(request.user, work)
        if isinstance(verdict, Denied):
            raise NotAllowed(verdict.reason)
        if form.is_valid():
            with showing_errors(form):
                rows = [Settled(standard, level) for standard, level, _comment in form.chosen()]
                settle_readings(work, rows=rows, reason=form.cleaned_data["reason"], actor=request.user)
                forget_draft(request.user, draft_key)
                told = _("Settled. It can be decided now.") if found.request is not None else _("Settled.")
                return go(request, request.path, told)
    standing_now = Moderated(work.moderated)
    context = {
        "reading": found,
        "work": work,
        "lines": [_line(line) for line in lines],
        "standing": state_word(standing_now),
        "tone": state_tone(standing_now),
        "drawn": sentence(queries.why_drawn(found)),
        "excused": found.reason if found.state == ReadingState.EXCUSED else "",
        "may_settle": may_settle,
        "form": form,
        "rows": _rows(form, apart, levels, {}, {}),
        "draft_key": draft_key,
        "decide": _where_decided(work) if access.decides_at(request.user, work.school) else "",
    }
    return page(request, "crediting/readings/compared.html", context)


def _where_decided(work: Work) -> str:
    """The page on which a request is decided; work of a class is not."""
    return reverse("crediting:decision", args=[work.public_id]) if isinstance(work, CreditRequest) else ""


@dataclass(frozen=True)
class Line:
    """One standard with its readings, in words."""

    name: str
    looks: list[tuple[str, queries.Look]]
    is_open: bool
    outcome: str


def _line(line: queries.SideBySide) -> Line:
    words = {"first": _("First reading"), **{str(kind): state_word(kind) for kind in ReadingKind}}
    return Line(
        name=" ".join(filter(None, [line.standard.code, plain_text(line.standard.short or line.standard.statement)])),
        looks=[(words[look.label], look) for look in line.looks],
        is_open=line.is_open,
        outcome=sentence(line.outcome) if line.outcome else "",
    )


# --- For the teacher of a class, whose work was drawn -----------------------------------------------------------------

DRAWN = Columns(
    Column("work", gettext_lazy("Work"), kind="header"),
    Column("student", gettext_lazy("Student")),
    Column("place", gettext_lazy("Where it is")),
    Column("state", gettext_lazy("State"), card="wide"),
    Column("open", pgettext_lazy("verb", "Open"), kind="actions", card="hidden"),
)


@dataclass(frozen=True)
class DrawnRow:
    """A work of a class that somebody else reads too. Who does is said nowhere before it is given."""

    work: ClassWork
    state: str
    tone: str
    url: str


def _of_my_classes(request: AuthenticatedRequest, shows: Sequence[str]) -> HttpResponse:
    """What I judged in class and somebody else reads too; is it said where the work is?"""
    found: Page[Any] = paginate(request, access.drawn_in_classes_of(request.user))
    found.object_list = [
        DrawnRow(
            work,
            state_word(Moderated(work.moderated)),
            state_tone(Moderated(work.moderated)),
            reverse("crediting:drawn-work", args=[work.public_id]),
        )
        for work in found.object_list
    ]
    context = {
        "columns": DRAWN,
        "page": found,
        "chips": _chips(shows, "classes"),
        "empty": Empty(
            _("Nothing from your classes was drawn"),
            _("Where the district’s policy has part of the work read twice, the lot decides which. It shows up here."),
            icon="clipboard-check",
        ),
    }
    return page(request, "crediting/readings/classes.html", context)


@require_http_methods(["GET", "POST"])
def drawn_work(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Where does the second reader find what a student of mine did? Once it is read: what came of it."""
    work = access.get_drawn_work(request.user, public_id)
    part = queries.readings_part(work)
    assert part is not None  # it was drawn
    form = PlaceForm(request.POST if request.method == "POST" else None, initial={"place": work.place})
    if form.is_valid():
        with showing_errors(form):
            place_work(work, place=form.cleaned_data["place"], actor=request.user)
            told = _("Saved. Whoever reads it is told.")
            return go(request, f"{reverse('crediting:readings')}?show=classes", told)
    standing_now = Moderated(work.moderated)
    context = {
        "work": work,
        "form": form,
        "is_open": part.open_one is not None,
        "given": part.given_one,
        "standing": state_word(standing_now),
        "tone": state_tone(standing_now),
    }
    return page(request, "crediting/readings/drawn.html", context)


# --- On other pages ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadingsNotice:
    """How the second readings of a request stand: a sentence, and the page that says more to this reader."""

    text: str
    tone: str
    url: str
    word: str


def readings_notice(request: AuthenticatedRequest, credit_request: CreditRequest) -> ReadingsNotice | None:
    """None where nobody reads it a second time; then it costs no trip."""
    part = queries.readings_part(credit_request)
    if part is None:
        return None
    decides = bool(access.decides_at(request.user, credit_request.school))
    closed = next((one for one in part.readings if one.state != ReadingState.WAITING), None)
    shown = part.open_one if decides and part.open_one else part.given_one or (closed if decides else None)
    tone = "attention" if part.standing == Moderated.DISAGREED else "info"
    text = {
        Moderated.WAITING: _("A second teacher reads this work too. It is decided when that reading is there."),
        Moderated.DISAGREED: _("The two readings do not agree. The readers settle it before it is decided."),
        Moderated.AGREED: _("A second teacher read this work, without seeing the first reading. They agree."),
        Moderated.SETTLED: _("A second teacher read this work. The readings did not agree, and that is settled."),
        Moderated.EXCUSED: _("This work was drawn for a second reading and went on without."),
    }[part.standing]
    word = _("Who reads it") if shown is not None and shown == part.open_one else _("See both readings")
    return ReadingsNotice(text, tone, reverse("crediting:reading", args=[shown.public_id]) if shown else "", word)
