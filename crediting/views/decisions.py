"""Does this meet the policy? What waits for a decision, the decision, taking an award back, how it was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.decisions import (
    Lift,
    award_credit,
    may_be_refused_though_met,
    refuse_credit,
    reverse_award,
    why_not_refused,
)
from crediting.actions.transcript_wish import ask_for_transcript, keep_off_transcript
from crediting.forms.decisions import DecisionForm, OwedReverseForm, ReverseForm
from crediting.forms.queue import QueueFilter
from crediting.models import CreditRequest, Decision
from crediting.panels import decision_panels
from crediting.queries import queue as queue_queries
from crediting.queries.assess import class_lines
from crediting.queries.award_proposals import owed_now
from crediting.queries.biliteracy import evidence_of
from crediting.queries.confirmed import confirmed_lines
from crediting.queries.decided import checklist_item, decided_page
from crediting.queries.decisions import Deliberation, deliberate, deliberate_many
from crediting.queries.ledger import PlannedLine, planned_line
from crediting.queries.policy import terms_of
from crediting.queries.policy_words import way_title
from crediting.queries.queue import Show
from crediting.queries.rare import Rare
from crediting.queries.requests import request_page
from crediting.rules.basis import Basis, BasisConfirmed, thaw
from crediting.rules.biliteracy import WORLD_LANGUAGES
from crediting.rules.numbers import credits_text
from crediting.rules.outcome import OutcomeKind
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import REQUEST, AwardReviewState, ConfirmedKind, DecisionKind, Method, RequestState
from crediting.views.attestations import attestations_part
from crediting.views.confirmed import confirmed_items
from crediting.views.queue import Row, chips, page_of, row_of, show_of, way_word
from crediting.views.readings import readings_notice
from crediting.views.requests import clock_facts
from crediting.words import kind_word, method_word, sentence, stored_sentence, value_word
from mbl.core import clock
from mbl.core.decisions import Denied, Verdict
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import Empty, Fact, Link
from mbl.core.ui.parts import Verdict as Button
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles.access import Capability, schools_where, standing
from profiles.states import Role

DECIDE = Capability.DECIDE_CREDIT
OWED_SHOWN = 10
COLUMNS = Columns(
    Column("student", gettext_lazy("Student"), kind="header", sort=True),
    Column("course", gettext_lazy("Course"), card="wide"),
    Column("state", gettext_lazy("Why it is here"), card="wide"),
    Column("criteria", gettext_lazy("Criteria met")),
    Column("wait", gettext_lazy("Waiting"), kind="number", sort=True, card="corner"),
    Column("open", pgettext_lazy("verb", "Open"), kind="actions", card="hidden"),
)


@require_safe
def decisions(request: AuthenticatedRequest) -> HttpResponse:
    """Which requests are ready? Longest wait first, each with what the policy says of it."""
    if not schools_where(request.user, DECIDE).exists():
        raise NotAllowed(_("This list is for credit managers and principals, who decide credit."))
    near = access.requests_at_schools_of(request.user)
    tally = queue_queries.deciders_tally(request.user)
    show = show_of(request, (Show.WAITING, Show.WITH_TEACHER, Show.WITH_STUDENT, Show.CLOSED, Show.ALL))
    form = QueueFilter(queue_queries.courses_in(set(standing(request.user).people.values())), request.GET or None)
    order = COLUMNS.order(request.GET.get("order"), default="wait")
    found = page_of(request, near, tally, form, show, order)
    listed = list(found.object_list)
    said = deliberate_many(listed)
    found.object_list = rows = [
        DecisionRow(row_of(one, "crediting:decision", RequestState.ASSESSED), said[one.pk]) for one in listed
    ]
    context = {
        "columns": COLUMNS,
        "order": order,
        "page": found,
        "tally": tally,
        "first_url": rows[0].row.url if rows and show == Show.WAITING else "",
        "filter_form": form,
        "chips": chips(tally, show),
        "owed": owed_now(access.award_proposals_visible_to(request.user))[:OWED_SHOWN],
        "to_review": access.award_reviews_visible_to(request.user).filter(state=AwardReviewState.OPEN).count(),
        "empty": Empty(
            _("Nothing is waiting for a decision"),
            _("A request shows up here when a teacher has assessed it."),
            Link(_("Show every request of your schools"), "?show=all"),
            icon="gavel",
        ),
    }
    return page(request, "crediting/decisions/list.html", context, partial="list")


OVERDUE = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("course", gettext_lazy("Course"), card="wide"),
    Column("state", gettext_lazy("Waits for"), card="wide"),
    Column("due", gettext_lazy("Decision due"), card="wide"),
    Column("late", gettext_lazy("Late"), kind="number", card="corner"),
)


@dataclass(frozen=True)
class OverdueRow:
    """A request whose decision is late: for whom it waits, the arithmetic of its day, and how late it is."""

    request: CreditRequest
    waits_for: str
    due: str
    late: str


@require_safe
def overdue(request: AuthenticatedRequest) -> HttpResponse:
    """Which decisions are late? The latest first, each with how its day was worked out (R21)."""
    if not schools_where(request.user, DECIDE).exists():
        raise NotAllowed(_("This list is for credit managers and principals, who decide credit."))
    found: Page[Any] = paginate(request, queue_queries.overdue(access.requests_at_schools_of(request.user)))
    found.object_list = [_overdue_row(one) for one in found.object_list]
    context = {
        "columns": OVERDUE,
        "page": found,
        "empty": Empty(
            _("Nothing is overdue"),
            _("A request shows up here when the day by which the policy wants it decided is over."),
            Link(_("Show what waits for a decision"), reverse("crediting:decisions")),
            icon="clock",
        ),
    }
    return page(request, "crediting/decisions/overdue.html", context)


def _overdue_row(one: CreditRequest) -> OverdueRow:
    days = queue_queries.days_late(one) + 1
    return OverdueRow(
        one,
        str(one.assessor) if one.state == RequestState.SUBMITTED and one.assessor else _("a decision"),
        stored_sentence(one.decide_by_reason),
        ngettext("%(days)s day", "%(days)s days", days) % {"days": days},
    )


@dataclass(frozen=True)
class DecisionRow:
    """A request with what the policy says of it."""

    row: Row
    deliberation: Deliberation

    @property
    def criteria(self) -> str:
        """How many of the policy's points are met; a badge where one is missing."""
        found = self.deliberation.outcome.criteria
        return _("%(met)s of %(total)s") % {"met": sum(one.met for one in found), "total": len(found)}

    @property
    def is_complete(self) -> bool:
        return self.deliberation.outcome.is_granted


@require_http_methods(["GET", "POST"])
def decision(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Every criterion, what the record will say, and the decision with its reason."""
    credit_request = access.get_request(request.user, public_id)
    _refuse_others(request, credit_request)
    draft_key = f"decide-{credit_request.public_id}"
    said = deliberate(credit_request)
    form = DecisionForm(
        _lifts(request, said),
        request.POST if request.method == "POST" else None,
        is_met=may_be_refused_though_met(said.outcome),
        initial=typed_before(request, draft_key),
    )
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            made = _verdict(request, form)(
                credit_request,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                replaces=_named(credit_request, request.POST.get("replaces", "")),
            )
            forget_draft(request.user, draft_key)
            return go(request, _after(request, credit_request), _told(made))
        credit_request.refresh_from_db()
        said = deliberate(credit_request)
    return page(request, "crediting/decisions/decide.html", _context(request, said, form, draft_key))


def _lifts(request: AuthenticatedRequest, said: Deliberation) -> list[tuple[str, str]]:
    """The points that are not met and that the policy lets this person pass over, with their words."""
    codes = frozenset().union(*said.lifts_for(access.roles_at(request.user, said.request.school)).values())
    open_ones = [one for one in said.outcome.criteria if not one.met and one.code in codes]
    return list({one.code: sentence(one.reason) for one in open_ones}.items())


def _verdict(request: AuthenticatedRequest, form: DecisionForm) -> Callable[..., Decision]:
    """What the pressed button says. A form without a button decides nothing."""
    lift = Lift(frozenset(form.cleaned_data.get("lift", ())), form.cleaned_data.get("lift_why", ""))
    verdicts: dict[str, Callable[..., Decision]] = {
        "award": partial(award_credit, lift=lift),
        "refuse": refuse_credit,
    }
    try:
        return verdicts[request.POST.get("verdict", "")]
    except KeyError:
        raise DomainError(_("The page got something it cannot read. Go back and try again.")) from None


def _refuse_others(request: AuthenticatedRequest, credit_request: CreditRequest) -> None:
    """The page is for who decides at the school, who was asked, and whomever the policy names."""
    opens = access.decides_at(request.user, credit_request.school)
    if isinstance(opens, Denied) and not access.is_asked(request.user, credit_request):
        said = deliberate(credit_request)
        if not access.may_decide(request.user, credit_request, said.approval, said.assessors):
            raise NotAllowed(opens.reason)


def _named(credit_request: CreditRequest, public_id: str) -> Decision | None:
    """The decision that the form was opened to replace, so that an old page cannot decide anew by accident."""
    try:
        return credit_request.decisions.filter(public_id=UUID(public_id)).first()
    except ValueError:
        return None


def _context(
    request: AuthenticatedRequest,
    said: Deliberation,
    form: DecisionForm,
    draft_key: str,
) -> dict[str, object]:
    credit_request = said.request
    may = access.may_decide(request.user, credit_request, said.approval, said.assessors)
    waiting = access.requests_at_schools_of(request.user).filter(state=RequestState.ASSESSED)
    story = request_page(credit_request, said)
    is_open = credit_request.state in {RequestState.ASSESSED, RequestState.REVERSED, RequestState.SUBMITTED}
    decided_states = {RequestState.AWARDED, RequestState.GRANTED, RequestState.NOT_AWARDED}
    # What was decided stands, or was reversed or reopened by an appeal: then a new decision replaces it.
    standing = story.decision if credit_request.state in decided_states else None
    replaced = story.decision if standing is None else None
    is_planned = said.outcome.is_award and credit_request.demonstrated_on is not None
    line = planned_line(credit_request, said.outcome, said.facts, said.gathered.record) if is_planned else None
    titles = {credit_request.course.code: credit_request.course.title}
    criteria = [
        checklist_item(one.met, sentence(one.reason, titles), one.reason.rule_id, one.reason.citation)
        for one in said.outcome.criteria
    ]
    met = sum(one.met for one in said.outcome.criteria)
    return {
        "request_": credit_request,
        "readings": readings_notice(request, credit_request),
        "story": story,
        "in_class": class_lines(said, story.levels),
        "sees_modifications": True,  # whoever opens this page may decide
        "said": said,
        "line": line,
        "lede": _lede(credit_request, said.terms),
        "criteria": criteria,
        "criteria_side": _("%(met)s of %(total)s met") % {"met": met, "total": len(criteria)},
        "summary": _summary(said, line),
        "record_facts": _record_facts(line) if line else (),
        "request_facts": _request_facts(credit_request, said.terms),
        "can_list": bool(access.decides_at(request.user, credit_request.school)),
        "is_asked": bool(access.is_asked(request.user, credit_request)),
        "can_return": REQUEST.allows("send_back", credit_request.state)
        and bool(access.may_return(request.user, credit_request)),
        "form": form,
        "draft_key": draft_key,
        "may": may,
        "replaced": replaced,
        "is_open": is_open,
        "standing": standing,
        "may_reverse": bool(standing and access.may_reverse(request.user, standing)),
        "can_reassign": bool(access.decides_at(request.user, credit_request.school))
        and credit_request.state in access.OPEN,
        "verdicts": _buttons(credit_request, said, may, "lift" in form.fields),
        "confirmed_items": confirmed_items(credit_request, confirmed_lines(credit_request, said.rules, said.terms)),
        "can_confirm": bool(access.may_confirm(request.user, credit_request)),
        "place": queue_queries.place_in(waiting, credit_request),
        **attestations_part(
            request.user, credit_request, said.gathered.attestations, is_asked=Rare.INVITED in said.gathered.has
        ),
    }


def _buttons(credit_request: CreditRequest, said: Deliberation, may: Verdict, form_lifts: bool) -> list[Button]:
    why_not = may.reason if isinstance(may, Denied) else ""
    if not why_not and credit_request.state == RequestState.SUBMITTED:
        why_not_award = _("The teacher has not finished assessing it.")
    elif not why_not and not said.outcome.is_granted and not form_lifts:
        why_not_award = _("Not every criterion is met.")
    else:
        why_not_award = why_not
    return [
        Button("award", _award_word(said), kind="primary", icon="award", key="a", disabled_reason=why_not_award),
        Button(
            "refuse",
            _("Do not award"),
            icon="circle-x",
            key="r",
            disabled_reason=why_not or why_not_refused(said.outcome) or "",
        ),
    ]


def _award_word(said: Deliberation) -> str:
    """What pressing the button gives."""
    if said.outcome.is_award:
        return _("Award %(credits)s credits") % {"credits": credits_text(said.outcome.credits)}
    return {
        OutcomeKind.REQUIREMENT_MET: _("Mark the requirement met"),
        OutcomeKind.EXCUSED: _("Release from the requirement"),
        OutcomeKind.WAIVED: _("Waive the requirement"),
    }.get(said.outcome.kind, _("Award credit"))


def _lede(credit_request: CreditRequest, terms: PolicyTerms | None) -> str:
    values = {
        "grade": credit_request.student.grade.lstrip("0") or "–",
        "course": credit_request.course.title,
        "title": credit_request.title,
        "way": way_word(credit_request, terms),
    }
    return _("Grade %(grade)s. Asks for credit in %(course)s with “%(title)s”, by: %(way)s.") % values


@dataclass(frozen=True)
class Summary:
    """The answer of the policy in a sentence, on top of its criteria."""

    tone: str
    icon: str
    head: str
    text: str


def _summary(said: Deliberation, line: PlannedLine | None) -> Summary:
    if line is not None:
        values = {"credits": credits_text(line.credits), "course": line.course_title, "mark": line.mark}
        return Summary(
            "ok",
            "circle-check",
            _("Every point is met."),
            _("The policy gives %(credits)s credits in %(course)s with the mark %(mark)s.") % values,
        )
    reasons = " ".join(sentence(why) for why in said.outcome.reasons)
    if said.outcome.is_granted:
        return Summary("ok", "circle-check", _("Every point is met."), reasons)
    if said.outcome.kind == OutcomeKind.NOT_DECIDABLE:
        return Summary("info", "info-circle", _("It cannot be awarded yet."), reasons)
    return Summary("attention", "alert-triangle", _("The policy does not allow an award."), reasons)


def _record_facts(line: PlannedLine) -> list[Fact]:
    return [
        Fact(_("Course"), line.course_title, line.course_code),
        Fact(_("Credits"), credits_text(line.credits)),
        Fact(_("Mark"), line.mark, "" if line.is_numeric else _("outside the average")),
        Fact(_("Term"), _place(line.place.term, line.place.school_year)),
        *_effective(line.effective_on),
        Fact(_("School"), line.school_name),
    ]


def _effective(day: dt.date | None) -> list[Fact]:
    """From when it counts, where that is later than the award."""
    return [Fact(_("Counts from"), date_format(day, "DATE_FORMAT"))] if day else []


def _place(term: str, school_year: int) -> str:
    """The term and its school year; a whole year's name says both."""
    year = f"{school_year - 1}-{school_year % 100:02}"
    return term if year in term else f"{term}, {year}"


def _request_facts(credit_request: CreditRequest, terms: PolicyTerms | None) -> list[Fact]:
    facts = [
        Fact(_("Way"), way_word(credit_request, terms)),
        Fact(_("Chosen by"), credit_request.chosen_by),
        Fact(_("Assessed by"), credit_request.assessor or "–"),
        Fact(_("Attempt"), credit_request.attempt),
    ]
    if credit_request.demonstrated_on:
        facts.append(Fact(_("Shown on"), date_format(credit_request.demonstrated_on, "DATE_FORMAT")))
    return [*facts, *clock_facts(credit_request)]


def _after(request: AuthenticatedRequest, credit_request: CreditRequest) -> str:
    """The next request that waits for a decision, else how this one was decided."""
    waiting = access.requests_at_schools_of(request.user).filter(state=RequestState.ASSESSED)
    following = waiting.order_by("waiting_since", "pk").first()
    if following is not None:
        return reverse("crediting:decision", args=[following.public_id])
    return reverse("crediting:decision", args=[credit_request.public_id])


def _told(made: Decision) -> str:
    values = {"student": made.student, "course": made.request.course.title if made.request else ""}
    if made.kind not in {DecisionKind.AWARD, DecisionKind.REFUSED}:
        return _("Recorded for %(student)s, without credit. The student and the family are told.") % values
    if made.kind == DecisionKind.AWARD:
        return _("Awarded to %(student)s: %(course)s. The student and the family are told.") % values
    return _("Not awarded to %(student)s: %(course)s. The student and the family are told why.") % values


@require_http_methods(["GET", "POST"])
def decision_reverse(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Take an award back, with a reason."""
    found = access.get_decision(request.user, public_id, Capability.REVERSE_CREDIT)
    draft_key = f"reverse-{found.public_id}"
    kind = ReverseForm if found.request is not None else OwedReverseForm
    # A page that found what no longer holds prepares the reason.
    typed = typed_before(request, draft_key) or {"reason": request.GET.get("why", "")[:2000]}
    form = kind(request.POST if request.method == "POST" else None, initial=typed)
    asked = found.request
    if form.is_valid():
        with showing_errors(form):
            again = form.cleaned_data.get("wrong") == OwedReverseForm.AWARD
            reverse_award(found, reason=form.cleaned_data["reason"], actor=request.user, owed_still=again)
            forget_draft(request.user, draft_key)
            if asked is None:
                here = reverse("crediting:decided", args=[found.public_id])
                return go(request, here, _("The award is reversed. It stays in the record, with its reversal."))
            return go(
                request,
                reverse("crediting:decision", args=[asked.public_id]),
                _("The award is reversed. It stays in the record, with its reversal. You can decide anew."),
            )
    course = thaw(found.frozen_basis).request.course_title
    context = {"form": form, "decision": found, "course": course, "draft_key": draft_key}
    return page(request, "crediting/decisions/reverse.html", context)


@require_safe
def decided(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """How this was decided: for the student, the family and staff, from what was frozen then."""
    found = access.get_decision(request.user, public_id)
    shown = decided_page(found)
    basis = shown.basis
    context = {
        "shown": shown,
        "lede": _decided_lede(found, basis),
        "award_facts": _award_facts(basis),
        "confirmed": _confirmed(found, basis),
        "override": _override(basis),
        "wish": _wish(request, found),
        "policy_facts": _policy_facts(basis),
        "statute": found.statute,
        "people_facts": _people_facts(found, basis),
        "decision": found,
        "panels": decision_panels(request.user, found),
        "today": clock.today(found.district),
        "seal": evidence_of(found) if basis.request.subject == WORLD_LANGUAGES else None,
        "may_reverse": bool(access.may_reverse(request.user, found)),
        "may_appeal": shown.appeal is None
        and found.kind == DecisionKind.REFUSED
        and shown.replaced_by is None
        and bool(access.may_appeal(request.user, found.student)),
        "sees_evidence": bool(found.request and access.sees_evidence_of(request.user, found.request)),
        "sees_modifications": shown.is_modified
        and bool(found.request and access.sees_modifications_of(request.user, found.request)),
    }
    return page(request, "crediting/decisions/decided.html", context)


@require_POST
def transcript_wish(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The student says whether the line of this award stands on the transcript (R38)."""
    found = access.get_decision(request.user, public_id)
    verdict = access.may_ask_for_transcript(request.user, found.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    entry = found.entries.effective().filter(on_request=True).first()
    if entry is None:
        raise DomainError(_("There is nothing to ask for: this decision has no line that waits for you."))
    back = reverse("crediting:decided", args=[found.public_id])
    if request.POST.get("wanted") == "no":
        keep_off_transcript(entry, actor=request.user)
        return go(request, back, _("Your next transcript leaves it out. It still counts."))
    ask_for_transcript(entry, actor=request.user)
    return go(request, back, _("It stands on your transcript from now on."))


@dataclass(frozen=True)
class Wish:
    """A line that stands on the transcript only if the student asks; ``is_own``: this is the student."""

    asked: bool
    is_own: bool


def _wish(request: AuthenticatedRequest, found: Decision) -> Wish | None:
    entry = found.entries.effective().filter(on_request=True).select_related("wish").first()
    if entry is None:
        return None
    return Wish(hasattr(entry, "wish"), bool(access.may_ask_for_transcript(request.user, found.student)))


def _confirmed_word(one: BasisConfirmed) -> str:
    if one.kind == ConfirmedKind.FEE:
        return _("Fee of $%(amount)s") % {"amount": one.title}
    return kind_word(one.title) if one.kind == ConfirmedKind.PART else one.title


def _confirmed(found: Decision, basis: Basis) -> list[Fact]:
    """What the school confirmed, with who and from what document."""
    return [
        Fact(
            _confirmed_word(one),
            value_word(one.value),
            _("%(person)s, from: %(source)s") % {"person": one.confirmed_by, "source": one.source},
        )
        for one in basis.confirmed
    ]


def _override(basis: Basis) -> str:
    """Who let a point pass, and why; empty where nobody did."""
    if basis.override is None:
        return ""
    values = {"role": state_word(Role(basis.override.role)), "why": basis.override.reason}
    return _("By the discretion that the policy gives the role %(role)s, a point was let pass: %(why)s") % values


def _decided_lede(found: Decision, basis: Basis) -> str:
    values = {
        "student": basis.request.student,
        "course": basis.request.course_title,
        "way": kind_word(basis.request.kind) if basis.request.kind else _way(found, basis.request.method),
    }
    return (
        _("%(student)s asked for credit in %(course)s, by: %(way)s. This page shows what was true that day.") % values
    )


def _way(found: Decision, method: str) -> str:
    """The title that the policy cited gives to a way of its own."""
    if method in set(Method) or found.policy_version is None:
        return method_word(method)
    return way_title(terms_of(found.policy_version), method)


def _award_facts(basis: Basis) -> list[Fact]:
    award = basis.award
    if award is None:
        return []
    return [
        Fact(_("Course"), award.course_title, award.course_code),
        Fact(_("Credits"), credits_text(award.credits)),
        Fact(_("Mark"), award.mark, "" if award.is_numeric else _("outside the average")),
        Fact(_("Term"), _place(award.term, award.school_year)),
        *_effective(award.effective_on),
    ]


def _policy_facts(basis: Basis) -> list[Fact]:
    policy = basis.policy
    if policy is None:
        return [Fact(_("Law"), basis.statute)]
    facts = [
        Fact(_("Policy"), policy.series, policy.title),
        Fact(_("Version"), policy.number, policy.board_reference),
        Fact(_("In force from"), date_format(policy.effective_from, "DATE_FORMAT")),
    ]
    if policy.effective_to:
        facts.append(Fact(_("To"), date_format(policy.effective_to, "DATE_FORMAT")))
    if basis.rule.code:
        facts.append(Fact(_("Rule"), basis.rule.code))
    return facts


def _people_facts(found: Decision, basis: Basis) -> list[Fact]:
    assessors = ", ".join(dict.fromkeys(judgement.assessor for judgement in basis.judgements))
    return [
        Fact(_("Asked by"), basis.request.chosen_by),
        Fact(_("Shown on"), date_format(basis.request.demonstrated_on, "DATE_FORMAT")),
        Fact(_("Assessed by"), assessors or "–"),
        Fact(_("Decided by"), basis.decided_by),
        Fact(_("Decided on"), date_format(found.decided_at, "DATE_FORMAT")),
    ]
