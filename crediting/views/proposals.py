"""Proposals to learn away from school: the student writes, the family reads, staff approve before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crediting import access
from crediting.actions.proposals import (
    WRITTEN,
    amend_proposal,
    approve_proposal,
    begin_proposal,
    check_hours,
    link_request,
    log_hours,
    refuse_proposal,
    remove_hours,
    send_proposal,
    unlink_request,
    withdraw_proposal,
    write_proposal,
)
from crediting.forms.proposals import HoursCheckForm, HoursForm, LinkForm, ProposalForm, ReviewForm
from crediting.models import Proposal, ProposalDecision, ProposalVersion
from crediting.queries.decided import checklist_item
from crediting.queries.procedures import proposal_terms, reviewing_roles
from crediting.queries.proposals import (
    days_left,
    days_left_words,
    elements,
    proposal_page,
    proposals_of,
    waiting_versions,
)
from crediting.rules import proposals as rules
from crediting.rules.procedures import REVIEWERS, ProposalTerms
from crediting.states import PROPOSAL, ProposalKind, ProposalState
from crediting.views.whose import whose
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Criterion, Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, paginate, showing_errors, typed_before
from mbl.core.ui.parts import ChecklistItem, Chip, Empty, Fact, Link, Verdict
from mbl.core.ui.tables import Column, Columns
from mbl.core.words import state_word
from profiles.access import children_of, standing
from profiles.models import Student
from profiles.states import Role

COLUMNS = Columns(
    Column("student", gettext_lazy("Student"), kind="header"),
    Column("program", gettext_lazy("Proposal"), card="wide"),
    Column("starts", gettext_lazy("Begins"), card="wide"),
    Column("left", gettext_lazy("Time left"), kind="number", card="corner"),
)


def terms_for(proposal: Proposal) -> ProposalTerms | None:
    return proposal_terms(proposal.district, clock.today(proposal.district), proposal.student)


# --- The student's own, and the family reads --------------------------------------------------------------------------


@require_safe
def proposals(request: AuthenticatedRequest) -> HttpResponse:
    """Every proposal of one student, newest first."""
    record = whose(request)
    is_open = _open_terms(record.student) is not None
    context = {
        "record": record,
        "is_open": is_open,
        "page": paginate(request, proposals_of(record.student, drafts=record.is_own)),
        "empty": Empty(
            _("No proposals yet"),
            _("Do you want to learn something away from school, at work or with people who know it? Propose it first.")
            if record.is_own
            else _("What is proposed to the school shows up here."),
            Link(_("Write a proposal"), reverse("crediting:proposal-new")) if record.is_own and is_open else None,
            icon="compass",
        ),
    }
    return page(request, "crediting/proposals/list.html", context)


def _open_terms(student: Student) -> ProposalTerms | None:
    return proposal_terms(student.district, clock.today(student.district), student)


@require_http_methods(["GET", "POST"])
def proposal_new(request: AuthenticatedRequest) -> HttpResponse:
    """Which kind, then the ten elements. Nothing is sent yet."""
    record = whose(request)
    if not record.is_own:
        raise NotAllowed(_("Only the student can write a proposal. You can help them on their own account."))
    terms = _open_terms(record.student)
    kinds = _kinds(terms)
    asked = request.GET.get("kind", "")
    kind = ProposalKind(asked) if asked in {str(one) for one in kinds} else kinds[0] if kinds else None
    if kind is None or terms is None:
        return page(request, "crediting/proposals/closed.html", {"district": record.student.district})
    draft_key = f"proposal-new-{kind}"
    form = ProposalForm(
        kind, request.POST if request.method == "POST" else None, initial=typed_before(request, draft_key)
    )
    if form.is_valid():
        with showing_errors(form):
            version = begin_proposal(
                student=record.student,
                kind=kind,
                words=form.words(),
                actor=request.user,
                key=form.cleaned_data["key"],
            )
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:proposal", args=[version.proposal.public_id]))
    chips = [Chip(state_word(one), f"?kind={one}", current=one == kind) for one in (kinds if len(kinds) > 1 else ())]
    context = {
        "form": form,
        "kind": kind,
        "chips": chips,
        "terms": terms,
        "draft_key": draft_key,
        "heading": _new(kind),
    }
    return page(request, "crediting/proposals/edit.html", context)


def _kinds(terms: ProposalTerms | None) -> list[ProposalKind]:
    if terms is None:
        return []
    return [ProposalKind.EQUIVALENCY, *([ProposalKind.PAID_WORK] if terms.work else [])]


def _new(kind: ProposalKind) -> str:
    return (
        _("Propose paid work experience") if kind == ProposalKind.PAID_WORK else _("Propose to learn away from school")
    )


@require_safe
def proposal(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The proposal as it stands: its ten elements, what was decided and why, hours, and the requests it serves."""
    return _story(request, access.get_proposal(request.user, public_id))


def _story(request: AuthenticatedRequest, found: Proposal, form: HoursForm | None = None) -> HttpResponse:
    own = bool(access.owns_proposal(request.user, found))
    terms = terms_for(found)
    shown = proposal_page(found, own=own, terms=terms)
    state = ProposalState(shown.version.state)
    may_review = access.may_review(request.user, found, terms)
    today = clock.today(found.district)
    is_family = not own and children_of(request.user).filter(pk=found.student_id).exists()
    context = {
        "proposal": found,
        "shown": shown,
        "state": state,
        "is_own": own,
        "is_family": is_family,
        "child_query": f"?child={found.student.public_id}" if is_family else "",
        "may_review": bool(may_review),
        "may_appeal": state == ProposalState.REFUSED
        and shown.decision is not None
        and not hasattr(shown.decision, "appeal")
        and bool(access.may_appeal(request.user, found.student)),
        "can": set(PROPOSAL.verbs_from(state)) if own else set(),
        "can_amend": own and state not in {ProposalState.DRAFT, ProposalState.SENT},
        "facts": _facts(shown.version, terms),
        "link_form": LinkForm(shown.could_link) if shown.could_link else None,
        "hours_form": form or (HoursForm(today) if own and shown.hours else None),
        "check_form": HoursCheckForm(today) if may_review and shown.hours and shown.hours.unchecked else None,
    }
    return page(request, "crediting/proposals/detail.html", context, status=422 if form and form.errors else 200)


def _facts(version: ProposalVersion, terms: ProposalTerms | None) -> list[Fact]:
    facts = [Fact(_("Kind"), state_word(ProposalKind(version.proposal.kind)))]
    if version.starts_on and version.ends_on:
        facts.append(Fact(_("First day"), date_format(version.starts_on, "DATE_FORMAT")))
        facts.append(Fact(_("Last day"), date_format(version.ends_on, "DATE_FORMAT")))
    if version.employer:
        facts.append(Fact(_("Employer"), version.employer))
    if terms:
        roles = ", ".join(str(state_word(Role(role))) for role in sorted(terms.roles))
        facts.append(Fact(_("Approved by"), roles))
    return facts


@require_http_methods(["GET", "POST"])
def proposal_edit(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Write on a draft."""
    found = access.get_proposal(request.user, public_id, own=True)
    version = found.versions.order_by("-number")[0]
    version.proposal = found
    if version.state != ProposalState.DRAFT:
        raise NotAllowed(_("This was sent and stays as it was. Write an amendment to change the plan."))
    draft_key = f"proposal-{version.public_id}"
    now = {name: getattr(version, name) for name in WRITTEN}
    kind = ProposalKind(found.kind)
    form = ProposalForm(
        kind,
        request.POST if request.method == "POST" else None,
        initial=now | (typed_before(request, draft_key) or {}),
    )
    if form.is_valid():
        with showing_errors(form):
            write_proposal(version, words=form.words(), actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:proposal", args=[found.public_id]), _("Your changes are saved."))
    context = {
        "form": form,
        "kind": kind,
        "terms": terms_for(found),
        "draft_key": draft_key,
        "proposal": found,
        "heading": _("Change the proposal") if version.number == 1 else _("Write the amendment"),
    }
    return page(request, "crediting/proposals/edit.html", context)


@require_POST
def proposal_send(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    return _step(request, public_id, send_proposal, _("Sent. You hear from your school here before it begins."))


@require_POST
def proposal_withdraw(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    return _step(request, public_id, withdraw_proposal, _("Withdrawn. You can write it again whenever you want."))


def _step(
    request: AuthenticatedRequest, public_id: UUID, action: Callable[..., ProposalVersion], told: str
) -> HttpResponse:
    found = access.get_proposal(request.user, public_id, own=True)
    action(found.versions.select_related("proposal").order_by("-number")[0], actor=request.user)
    return go(request, reverse("crediting:proposal", args=[found.public_id]), told)


@require_POST
def proposal_amend(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Begin an amendment, and write on it."""
    found = access.get_proposal(request.user, public_id, own=True)
    version = amend_proposal(found, actor=request.user)
    to = "crediting:proposal-edit" if version.state == ProposalState.DRAFT else "crediting:proposal"
    return go(request, reverse(to, args=[found.public_id]))


@require_POST
def proposal_link(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Let a request rest on it."""
    found = access.get_proposal(request.user, public_id, own=True)
    shown = proposal_page(found, own=True, terms=None)
    form = LinkForm(shown.could_link, request.POST)
    back = reverse("crediting:proposal", args=[found.public_id])
    if not form.is_valid():
        return go(request, back)
    link_request(found, form.cleaned_data["request"], actor=request.user)
    return go(request, back, _("“%(title)s” rests on this proposal now.") % {"title": form.cleaned_data["request"]})


@require_POST
def proposal_unlink(request: AuthenticatedRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    found = access.get_proposal(request.user, public_id, own=True)
    linked = found.requests.filter(public_id=request_id).first()
    if linked is not None:
        unlink_request(found, linked, actor=request.user)
    return go(request, reverse("crediting:proposal", args=[found.public_id]), _("Taken from this proposal."))


@require_POST
def hours_log(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Write down the hours of a day."""
    found = access.get_proposal(request.user, public_id, own=True)
    form = HoursForm(clock.today(found.district), request.POST)
    if form.is_valid():
        with showing_errors(form):
            entry = log_hours(found, actor=request.user, **form.cleaned_data)
            told = _("%(hours)s hours are written down.") % {"hours": rules.plain(entry.hours)}
            return go(request, reverse("crediting:proposal", args=[found.public_id]), told)
    return _story(request, found, form)


@require_POST
def hours_remove(request: AuthenticatedRequest, public_id: UUID, entry_id: UUID) -> HttpResponse:
    found = access.get_proposal(request.user, public_id, own=True)
    entry = found.hours.select_related("proposal").filter(public_id=entry_id).first()
    if entry is not None:
        remove_hours(entry, actor=request.user)
    return go(request, reverse("crediting:proposal", args=[found.public_id]), _("The day is taken out."))


# --- Those who approve ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A proposal that waits: how many days are left before it begins."""

    version: ProposalVersion
    left: str
    tone: str


@require_safe
def proposal_queue(request: AuthenticatedRequest) -> HttpResponse:
    """Which proposals wait for me? Those that begin first on top: on their first day it is too late."""
    if not standing(request.user).has(*REVIEWERS):
        raise NotAllowed(_("This list is for those whom the policy names to approve proposals."))
    roles = reviewing_roles(access.districts_of(request.user))
    near = access.proposals_visible_to(request.user).filter(access.schools_as(request.user, roles))
    found: Page[Any] = paginate(request, waiting_versions(near))
    found.object_list = [_row(one) for one in found.object_list]
    context = {
        "columns": COLUMNS,
        "page": found,
        "empty": Empty(
            _("No proposal waits for you"),
            _("A proposal shows up here when a student sends it, and has to be decided before its first day.")
            if any(standing(request.user).has(Role(role)) for role in roles)
            else _("The policies in force name other roles to approve proposals, or none."),
            icon="compass",
        ),
    }
    return page(request, "crediting/proposals/queue.html", context)


def _row(version: ProposalVersion) -> Row:
    left = days_left(version)
    return Row(version, days_left_words(left), "urgent" if left <= 0 else "attention" if left <= 7 else "")


@require_http_methods(["GET", "POST"])
def proposal_review(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """The ten elements beside the points of the rule, and the decision with its reason."""
    found = access.get_proposal(request.user, public_id)
    terms = terms_for(found)
    verdict = access.may_review(request.user, found, terms)
    if isinstance(verdict, Denied) or terms is None:
        raise NotAllowed(verdict.reason if isinstance(verdict, Denied) else "")
    version = found.versions.filter(sent_at__isnull=False).order_by("-number")[0]
    version.proposal = found
    draft_key = f"review-{version.public_id}"
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=typed_before(request, draft_key))
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            made = _verdict(request)(version, reason=form.cleaned_data["reason"], actor=request.user)
            forget_draft(request.user, draft_key)
            return go(request, reverse("crediting:proposal", args=[found.public_id]), _told(made))
        version.refresh_from_db(fields=["state"])
    criteria = _criteria(version, terms)
    context = {
        "proposal": found,
        "version": version,
        "elements": elements(version),
        "facts": _facts(version, terms),
        "criteria": criteria,
        "form": form,
        "draft_key": draft_key,
        "is_open": version.state == ProposalState.SENT,
        "verdicts": _buttons(version, terms),
    }
    return page(request, "crediting/proposals/review.html", context)


def _verdict(request: AuthenticatedRequest) -> Callable[..., ProposalDecision]:
    """What the pressed button says. A form without a button decides nothing."""
    verdicts: dict[str, Callable[..., ProposalDecision]] = {"approve": approve_proposal, "refuse": refuse_proposal}
    try:
        return verdicts[request.POST.get("verdict", "")]
    except KeyError:
        raise DomainError(_("The page got something it cannot read. Go back and try again.")) from None


def _met(version: ProposalVersion, terms: ProposalTerms) -> tuple[Criterion, ...]:
    assert version.starts_on is not None  # it was sent
    return rules.approval_criteria(
        terms,
        kind=ProposalKind(version.proposal.kind),
        starts_on=version.starts_on,
        today=clock.today(version.proposal.district),
        birth_date=version.proposal.student.person.birth_date,
    )


def _criteria(version: ProposalVersion, terms: ProposalTerms) -> list[ChecklistItem]:
    return [
        checklist_item(one.met, sentence(one.reason), one.reason.rule_id, one.reason.citation)
        for one in _met(version, terms)
    ]


def _buttons(version: ProposalVersion, terms: ProposalTerms) -> list[Verdict]:
    unmet = [sentence(one.reason) for one in _met(version, terms) if not one.met]
    return [
        Verdict(
            "approve", _("Approve"), kind="primary", icon="circle-check", key="a", disabled_reason=" ".join(unmet[:1])
        ),
        Verdict("refuse", _("Do not approve"), icon="circle-x", key="r"),
    ]


def _told(made: ProposalDecision) -> str:
    values = {"student": made.version.proposal.student}
    if made.approved:
        return _("Approved for %(student)s. The student and the family are told.") % values
    return _("Not approved for %(student)s. The student and the family are told why.") % values


@require_POST
def hours_check(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """Say that the hours up to a day are right."""
    found = access.get_proposal(request.user, public_id)
    verdict = access.may_review(request.user, found, terms_for(found))
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    form = HoursCheckForm(clock.today(found.district), request.POST)
    back = reverse("crediting:proposal", args=[found.public_id])
    if not form.is_valid():
        raise DomainError(_("Write the day through which you checked the hours."))
    made = check_hours(found, actor=request.user, **form.cleaned_data)
    return go(request, back, _("%(hours)s hours are checked.") % {"hours": rules.plain(made.hours)})
