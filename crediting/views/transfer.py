"""Credit from another school: one student's lines, entering a transcript, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.transfer import Entered, adopt_history, enter_transcript
from crediting.actions.transfer_decisions import consolidate_parts, recognize_as_proposed
from crediting.forms.transfer import AdoptForm, ConsolidateForm, LineForms, ReasonForm, SourceForm
from crediting.models import LedgerEntry, TransferLine
from crediting.queries.transfer import (
    Ruling,
    Weighed,
    deciding_roles,
    imported_unseen,
    is_as_proposed,
    lines_of,
    parts_of,
    ruling_for,
    scales_for,
    waiting_lines,
    waiver_answers,
)
from crediting.rules.numbers import credits_text
from crediting.rules.transfer_duties import TransferDuty
from crediting.rules.transfer_terms import DECIDERS
from crediting.states import GivenUnit, Recognition, TransferState
from crediting.words import sentence, subject_word
from mbl.core import clock
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, go, page, paginate, showing_errors
from mbl.core.tabular import Cell, csv_response
from mbl.core.ui.parts import Chip, Empty
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_tone, state_word
from profiles.access import Capability, get_student, is_own, standing
from profiles.models import Course, Student

LINES = Columns(
    Column("course", gettext_lazy("Course there"), kind="header"),
    Column("term", gettext_lazy("Term")),
    Column("given", gettext_lazy("As given")),
    Column("here", gettext_lazy("Here"), card="wide"),
    Column("state", gettext_lazy("State"), card="corner"),
)
QUEUE = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("course", gettext_lazy("Course there"), card="wide"),
    Column("given", gettext_lazy("As given")),
    Column("entered", gettext_lazy("Entered")),
)


@dataclass(frozen=True)
class Row:
    """A line in the list."""

    line: TransferLine
    given: str
    here: str
    why: str
    state: str
    tone: str


def given_text(line: TransferLine) -> str:
    """``1 Semester credits``, and what was attempted where it is more."""
    earned, unit = f"{line.given_earned.normalize():f}", state_word(GivenUnit(line.unit))
    if line.given_earned == line.given_attempted:
        return f"{earned} · {unit}"
    attempted = f"{line.given_attempted.normalize():f}"
    return _("%(earned)s of %(attempted)s · %(unit)s") % {"earned": earned, "attempted": attempted, "unit": unit}


def row_of(weighed: Weighed) -> Row:
    shown = weighed.story.shown if weighed.state != TransferState.WAITING else None
    target = weighed.course.title if weighed.course else subject_word(weighed.target.subject)
    if shown is not None:
        word, tone = _state(Recognition(shown.kind), weighed.state)
        here = "–" if shown.kind == Recognition.REFUSED else _here(credits_text(shown.credits), target)
        return Row(weighed.line, given_text(weighed.line), here, "", word, tone)
    kind, credits = weighed.proposed.kind, weighed.proposed.credits
    proposed = _("Proposed: %(what)s") % {"what": state_word(kind)} if kind else _("To judge")
    if not weighed.proposed.is_decidable:
        proposed = _("Cannot be decided yet")
    here = _here(credits_text(credits), target) if weighed.proposed.is_decidable else "–"
    state = weighed.state
    return Row(weighed.line, given_text(weighed.line), here, proposed, state_word(state), state_tone(state))


def _here(credits: str, target: str) -> str:
    return _("%(credits)s credits, %(target)s") % {"credits": credits, "target": target}


def _state(kind: Recognition, state: TransferState) -> tuple[str, str]:
    if state == TransferState.TO_CONFIRM:
        return state_word(state), state_tone(state)
    return state_word(kind), state_tone(kind)


# --- One student ------------------------------------------------------------------------------------------------------


@require_safe
def transfer(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Every line, what it counts here or would count, what law demands, and what may be put together."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    lines = list(lines_of(student))
    scales = scales_for(student, lines)
    decides = bool(access.may_decide_transfer(request.user, student, student.school, scales.ruling.terms))
    # That law protects the student is for those who decide, the student and the family.
    sees_duties = decides or is_own(request.user, student)
    listed = paginate(request, lines_of(student), count=len(lines))
    weighed = {line.pk: scales.weigh(line) for line in lines}
    ready = [one for one in weighed.values() if is_as_proposed(one)] if decides else []
    context = {
        "student": student,
        "columns": LINES,
        "page": listed,
        "rows": [row_of(weighed[line.pk]) for line in listed],
        "lede": _lede(list(weighed.values())),
        "decides": decides,
        "no_policy": scales.ruling.terms is None,
        "duties": _duties(scales.ruling) if sees_duties else [],
        "waivers": waiver_answers(student) if sees_duties else [],
        "ready": len(ready),
        "form": ReasonForm(initial={"reason": _("As the policy says.")}, prefix="all"),
        "imported": imported_unseen(scales.entries) if decides else [],
        "parts": parts_of(scales) if decides else [],
        "empty": Empty(
            _("No credit from another school"),
            _("Lines show up here when somebody enters the transcript of another school."),
            icon="notes",
        ),
    }
    return page(request, "crediting/transfer/student.html", context)


def _lede(weighed: list[Weighed]) -> str:
    waiting = sum(one.state != TransferState.DECIDED for one in weighed)
    if waiting:
        return ngettext("%(count)s line is not decided yet.", "%(count)s lines are not decided yet.", waiting) % {
            "count": waiting
        }
    return _("What other schools gave, what it counts here, and why.")


def _duties(ruling: Ruling) -> list[tuple[TransferDuty, str]]:
    return [(duty, sentence(duty.reason)) for duty in ruling.duties]


@require_http_methods(["GET", "POST"])
def transfer_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Type or paste the lines of a transcript."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    _may_decide(request, student)
    today = clock.today(student.district)
    data = request.POST if request.method == "POST" else None
    form = SourceForm(data)
    rows = LineForms(data, prefix="lines", form_kwargs={"today": today})
    if form.is_valid() and rows.is_valid():
        typed = [one.details() for one in rows if one.has_changed()]
        typed += form.pasted_lines(today)
        if form.is_valid():
            with showing_errors(form):
                entered = enter_transcript(student, source=form.source(), lines=typed, actor=request.user)
                return go(request, reverse("crediting:transfer", args=[student.public_id]), _entered(entered))
    return page(request, "crediting/transfer/new.html", {"student": student, "form": form, "rows": rows})


def _entered(entered: Entered) -> str:
    count = len(entered.lines)
    said = ngettext("%(count)s line is entered.", "%(count)s lines are entered.", count) % {"count": count}
    if not entered.known:
        return said
    known = len(entered.known)
    return (
        said
        + " "
        + ngettext(
            "%(count)s line was there already and was not entered again.",
            "%(count)s lines were there already and were not entered again.",
            known,
        )
        % {"count": known}
    )


@require_http_methods(["GET", "POST"])
def transfer_adopt(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Bring a line that an import has put on the record to a decision."""
    entry = LedgerEntry.objects.filter(public_id=public_id).select_related("student").first()
    if entry is None:
        raise Http404
    student = get_student(request.user, entry.student.public_id, Capability.SEE_RECORD)
    _may_decide(request, student)
    form = AdoptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with showing_errors(form):
            line = adopt_history(entry, sending=form.cleaned_data["sending"], actor=request.user)
            return go(request, reverse("crediting:transfer-line", args=[line.public_id]))
    return page(request, "crediting/transfer/adopt.html", {"student": student, "entry": entry, "form": form})


@require_POST
def transfer_recognize(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Recognize every line that the rules propose to recognize as it stands, with one press."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    _may_decide(request, student)
    form = ReasonForm(request.POST, prefix="all")
    back = reverse("crediting:transfer", args=[student.public_id])
    if form.is_valid():
        with showing_errors(form):
            lines = [line for line in lines_of(student) if line.state == TransferState.WAITING]
            made = recognize_as_proposed(lines, reason=form.cleaned_data["reason"], actor=request.user)
            told = ngettext("%(count)s line is recognized.", "%(count)s lines are recognized.", len(made))
            return go(request, back, told % {"count": len(made)})
    context = {"student": student, "form": form, "back": back, "title": _("Recognize as proposed")}
    return page(request, "crediting/transfer/reason.html", context)


@require_http_methods(["GET", "POST"])
def transfer_consolidate(request: AuthenticatedRequest, public_id: UUID, course: UUID) -> HttpResponse:
    """Put the parts of one course into one line of the record."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    _may_decide(request, student)
    ours = Course.objects.filter(public_id=course, district=student.district_id).first()
    if ours is None:
        raise Http404
    scales = scales_for(student, [])
    parts = next((one for one in parts_of(scales) if one.course == ours), None)
    back = reverse("crediting:transfer", args=[student.public_id])
    if parts is None:
        return go(request, back, _("Nothing is left to put together."))
    form = ConsolidateForm(request.POST if request.method == "POST" else None, parts=parts)
    if form.is_valid():
        with showing_errors(form):
            entry = consolidate_parts(
                student,
                ours,
                mark=form.cleaned_data["mark"],
                reason=form.cleaned_data["reason"],
                days=form.days(),
                actor=request.user,
            )
            credits = credits_text(entry.credits_earned) if entry else ""
            return go(request, back, _("One line stands for the parts: %(credits)s credits.") % {"credits": credits})
    context = {"student": student, "parts": parts, "form": form, "back": back}
    return page(request, "crediting/transfer/consolidate.html", context)


def _may_decide(request: AuthenticatedRequest, student: Student) -> None:
    terms = ruling_for(student).terms
    verdict = access.may_decide_transfer(request.user, student, student.school, terms)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


@require_safe
def transfer_table(request: AuthenticatedRequest, public_id: UUID) -> HttpResponseBase:
    """The lines as a table to keep: what was given, what it counts here."""
    student = get_student(request.user, public_id, Capability.SEE_RECORD)
    lines = list(lines_of(student))
    scales = scales_for(student, lines)
    header = [
        _("School"), _("State or country"), _("Course there"), _("Code there"), _("School year"), _("Term"), _("Unit"),
        _("Attempted there"), _("Earned there"), _("Mark there"), _("Decision"), _("Course here"), _("Credits here"),
        _("Mark here"), _("Reason"),
    ]  # fmt: skip
    rows = [_cells(scales.weigh(line)) for line in lines]
    return csv_response(f"transfer-{student.public_id}.csv", header, rows)


def _cells(weighed: Weighed) -> list[Cell]:
    line, decision = weighed.line, weighed.story.standing
    return [
        line.transcript.from_school,
        line.transcript.from_place,
        line.course_title,
        line.course_code,
        f"{line.school_year - 1}-{line.school_year % 100:02d}",
        line.term,
        state_word(GivenUnit(line.unit)),
        line.given_attempted,
        line.given_earned,
        line.mark,
        state_word(Recognition(decision.kind)) if decision else state_word(weighed.state),
        decision.course.code if decision and decision.course else "",
        decision.credits if decision else None,
        decision.mark if decision and decision.kind != Recognition.REFUSED else "",
        decision.reason if decision else "",
    ]


# --- What waits -------------------------------------------------------------------------------------------------------


@require_safe
def transfer_queue(request: AuthenticatedRequest) -> HttpResponse:
    """Lines that wait for a decision, or for the second person, where the reader is one of those who may."""
    roles = deciding_roles(access.districts_of(request.user))
    to_confirm = request.GET.get("show") == "confirm"
    state = TransferState.TO_CONFIRM if to_confirm else TransferState.WAITING
    mine = access.transfer_lines_for(request.user, roles[state])
    if not standing(request.user).has(*DECIDERS):
        raise NotAllowed(_("This list is for those who decide credit of other schools."))
    found: Any = paginate(request, waiting_lines(mine, state))
    context = {
        "columns": QUEUE,
        "page": found,
        "rows": [(line, given_text(line)) for line in found],
        "chips": [
            Chip(_("To decide"), "?", current=not to_confirm),
            Chip(_("To confirm"), "?show=confirm", current=to_confirm),
        ],
        "empty": Empty(_("Nothing waits"), _("Every line of other schools’ transcripts is decided."), icon="check"),
    }
    return page(request, "crediting/transfer/queue.html", context)
