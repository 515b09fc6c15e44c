"""One line of another school's transcript: how it was decided, deciding, confirming, the letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.transfer import withdraw_line
from crediting.actions.transfer_decisions import (
    Verdict,
    confirm_decision,
    decide_line,
    send_back,
)
from crediting.forms.transfer import DecideForm, ReasonForm
from crediting.models import Appeal, TransferDecision, TransferLine
from crediting.queries.appeals import clock_of
from crediting.queries.catalog import in_use
from crediting.queries.decided import checklist_item
from crediting.queries.procedures import appeal_terms
from crediting.queries.transfer import Scales, Weighed, scales_for
from crediting.rules.numbers import credits_text
from crediting.states import Recognition, Sending, TransferState
from crediting.views.appeals import clock_facts
from crediting.views.transfer import given_text
from crediting.words import sentence, subject_word
from mbl.core import clock
from mbl.core.decisions import Criterion, Reason
from mbl.core.errors import DomainError
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.ui.parts import ChecklistItem, Fact
from mbl.core.words import state_tone, state_word
from profiles.access import is_own
from profiles.models import Course


@require_http_methods(["GET", "POST"])
def line(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What the other school gave, every step of what it is worth here, who decided and why; and the decision."""
    found = access.get_transfer_line(request.user, public_id)
    scales = scales_for(found.student, [found])
    weighed = scales.weigh(found)
    decides = access.may_decide_transfer(request.user, found.student, found.school, scales.ruling.terms)
    draft_key = f"transfer-{found.public_id}"
    courses = _courses(found, scales) if decides else []
    form = DecideForm(
        request.POST if request.method == "POST" else None,
        weighed=weighed,
        courses=courses,
        initial=typed_before(request, draft_key),
    )
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            made = decide_line(found, verdict=_verdict(form), seen=form.cleaned_data["seen"], actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:transfer-line", args=[found.public_id]), _told(made))
    return page(request, "crediting/transfer/line.html", _context(request, found, scales, weighed, form, draft_key))


def _courses(found: TransferLine, scales: Scales) -> list[Course]:
    courses = Course.objects.filter(district=found.district_id, terms__isnull=False)
    return list(in_use(courses, scales.ruling.on).order_by("title", "code").select_related("terms"))


def _verdict(form: DecideForm) -> Verdict:
    said = form.cleaned_data
    return Verdict(
        Recognition(said["kind"]),
        said["reason"],
        form.course,
        form.subject,
        said["credits"] or Decimal(0),
        said["mark"],
    )


def _told(made: TransferDecision) -> str:
    if made.second:
        return _("Decided. It takes effect when a second person confirms it; they are told.")
    return _("Decided. The student and the family are told.")


def _context(
    request: AuthenticatedRequest,
    found: TransferLine,
    scales: Scales,
    weighed: Weighed,
    form: DecideForm,
    draft_key: str,
) -> dict[str, object]:
    user, story, terms = request.user, weighed.story, scales.ruling.terms
    decides = bool(access.may_decide_transfer(user, found.student, found.school, terms))
    pending = story.pending
    confirms = pending is not None and bool(access.may_confirm_transfer(user, _with_line(pending, found), terms))
    # What the steps say of a student's protection under law is for those who decide, the student and the family.
    sees_steps = decides or confirms or is_own(user, found.student)
    shown = story.shown if found.state != TransferState.WAITING else None
    appeal = Appeal.objects.filter(transfer_decision__line=found).order_by("-made_at").first()
    standing = story.standing
    can_decide = decides and found.state != TransferState.TO_CONFIRM
    return {
        "line": found,
        "student": found.student,
        "given": _given_facts(found),
        "shown": shown,
        "shown_facts": _decision_facts(shown) if shown else [],
        "earlier": [one for one in story.decisions if one != shown],
        "criteria": _criteria(shown, weighed) if sees_steps else [],
        "is_decidable": weighed.proposed.is_decidable,
        "state": _badge(shown, TransferState(found.state)),
        "form": form if can_decide else None,
        "draft_key": draft_key,
        "is_again": standing is not None,
        "pending": pending,
        "confirms": confirms,
        "back_form": ReasonForm(prefix="back"),
        "withdraw_form": ReasonForm(prefix="withdraw") if can_decide and not story.decisions else None,
        "may_appeal": standing is not None
        and found.state == TransferState.DECIDED
        and standing.kind != Recognition.WHOLE
        and not Appeal.objects.filter(transfer_decision=standing).exists()
        and bool(access.may_appeal(user, found.student)),
        "standing": standing,
        "appeal": appeal,
        "has_letter": standing is not None and standing.kind != Recognition.WHOLE and sees_steps,
    }


def _with_line(decision: TransferDecision, found: TransferLine) -> TransferDecision:
    decision.line = found
    return decision


def _badge(shown: TransferDecision | None, state: TransferState) -> tuple[str, str]:
    if shown is not None and state == TransferState.DECIDED:
        kind = Recognition(shown.kind)
        return state_word(kind), state_tone(kind)
    return state_word(state), state_tone(state)


def _given_facts(found: TransferLine) -> list[Fact]:
    transcript, year = found.transcript, f"{found.school_year - 1}-{found.school_year % 100:02d}"
    days = [date_format(day, "DATE_FORMAT") for day in (found.starts_on, found.ends_on) if day]
    facts = [
        Fact(_("School"), transcript.from_school, transcript.from_place),
        Fact(_("What is known of it"), state_word(Sending(transcript.sending))),
        Fact(_("Course"), found.course_title, found.course_code),
        Fact(_("Term"), f"{found.term} {year}".strip(), " – ".join(days)),
        Fact(_("Credit"), given_text(found)),
        Fact(_("Mark"), found.mark or "–"),
        Fact(_("Days attended"), _days(found)),
        Fact(_("Typed from"), transcript.document),
        Fact(_("Entered by"), str(transcript.entered_by), date_format(transcript.entered_at, "DATE_FORMAT")),
    ]
    return [fact for fact in facts if fact.value]


def _days(found: TransferLine) -> str:
    if found.attended is None or found.of_days is None:
        return ""
    return _("%(attended)s of %(of_days)s") % {
        "attended": f"{found.attended.normalize():f}",
        "of_days": f"{found.of_days.normalize():f}",
    }


def _decision_facts(shown: TransferDecision) -> list[Fact]:
    target = shown.course.title if shown.course else subject_word(shown.subject)
    is_refused = shown.kind == Recognition.REFUSED
    facts = [
        Fact(_("Decision"), state_word(Recognition(shown.kind))),
        Fact(_("Credits"), credits_text(shown.credits)),
        Fact(_("Counts for"), "" if is_refused else target, shown.course.code if shown.course else ""),
        Fact(_("Mark on our record"), "" if is_refused else shown.mark),
        Fact(_("Decided by"), str(shown.decided_by_person), date_format(_day(shown), "DATE_FORMAT")),
        Fact(_("Policy"), str(shown.policy_version) if shown.policy_version else ""),
    ]
    if hasattr(shown, "confirmation") and shown.confirmation.confirmed:
        day = clock.day_of(shown.confirmation.at, shown.line.district)
        facts.insert(5, Fact(_("Confirmed by"), str(shown.confirmation.by_person), date_format(day, "DATE_FORMAT")))
    return [fact for fact in facts if fact.value]


def _day(shown: TransferDecision) -> dt.date:
    return clock.day_of(shown.decided_at, shown.line.district)


def _criteria(shown: TransferDecision | None, weighed: Weighed) -> list[ChecklistItem]:
    """As frozen with the decision; what the rules say today where nothing is decided."""
    course = shown.course if shown else weighed.course
    titles = {course.code: course.title} if course else {}
    if shown is None:
        return [_item(one, titles) for one in weighed.proposed.criteria]
    return [
        _item(Criterion(one["code"], one["met"], Reason.from_json(one["reason"])), titles)
        for one in shown.frozen_basis["criteria"]
    ]


def _item(criterion: Criterion, titles: Mapping[str, str]) -> ChecklistItem:
    reason = criterion.reason
    return checklist_item(criterion.met, sentence(reason, titles), reason.rule_id, reason.citation)


# --- The second person, and a line typed in error ---------------------------------------------------------------------


@require_POST
def confirm(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Confirm what somebody else decided, or send it back."""
    found = access.get_transfer_line(request.user, public_id)
    scales = scales_for(found.student, [found])
    decision = scales.stories[found.pk].newest
    if decision is None or not decision.second:
        raise DomainError(_("Nothing waits to be confirmed here. Open the line again to see where it is now."))
    _with_line(decision, found)
    form = ReasonForm(request.POST, prefix="back")
    url = reverse("crediting:transfer-line", args=[found.public_id])
    if request.POST.get("verdict") == "confirm":
        confirm_decision(decision, actor=request.user)
        return go(request, url, _("Confirmed. The student and the family are told."))
    if form.is_valid():
        with showing_errors(form):
            send_back(decision, reason=form.cleaned_data["reason"], actor=request.user)
            return go(request, url, _("It waits for a decision again. Whoever decided reads why."))
    return _reason_page(request, found, form, _("Send it back"), url)


@require_POST
def withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take a line that was typed in error off the list."""
    found = access.get_transfer_line(request.user, public_id)
    form = ReasonForm(request.POST, prefix="withdraw")
    if form.is_valid():
        with showing_errors(form):
            withdraw_line(found, reason=form.cleaned_data["reason"], actor=request.user)
            url = reverse("crediting:transfer", args=[found.student.public_id])
            return go(request, url, _("The line is off the list. Enter it again as it should be."))
    url = reverse("crediting:transfer-line", args=[found.public_id])
    return _reason_page(request, found, form, _("Take it off the list"), url)


def _reason_page(
    request: AuthenticatedRequest, found: TransferLine, form: ReasonForm, title: str, back: str
) -> HttpResponse:
    context = {"student": found.student, "form": form, "title": title, "back": back}
    return page(request, "crediting/transfer/reason.html", context)


# --- The letter -------------------------------------------------------------------------------------------------------


@require_safe
def letter(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """What a family gets on paper: what was not recognized, why, by which rule, and how to appeal."""
    found = access.get_transfer_line(request.user, public_id)
    scales = scales_for(found.student, [found])
    decision = scales.stories[found.pk].standing
    if decision is None or decision.kind == Recognition.WHOLE:
        raise DomainError(_("There is no letter: nothing was refused or lowered."))
    _with_line(decision, found)
    terms = appeal_terms(found.district, clock.today(found.district), found.student, decision.course)
    clocks = clock_of(decision, terms, found.district, found.school)
    decides = access.may_decide_transfer(request.user, found.student, found.school, scales.ruling.terms)
    context = {
        "line": found,
        "student": found.student,
        "decision": decision,
        "kind": state_word(Recognition(decision.kind)),
        "given": given_text(found),
        "day": clock.day_of(decision.confirmation.at if decision.second else decision.decided_at, found.district),
        "criteria": _criteria(decision, scales.weigh(found)) if decides or is_own(request.user, found.student) else [],
        "appeal_facts": clock_facts(terms, clocks.window, None),
        "terms": terms,
    }
    return page(request, "crediting/transfer/letter.html", context)
