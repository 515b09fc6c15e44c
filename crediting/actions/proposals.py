"""A proposal's way: written, sent, approved or refused before the work begins, amended, its hours checked.

Each action locks the proposal first, so of two people who press at once one acts and the other learns who did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.models import (
    CreditRequest,
    HoursCheck,
    HoursEntry,
    Proposal,
    ProposalDecision,
    ProposalVersion,
)
from crediting.queries.procedures import proposal_terms
from crediting.queries.proposals import missing_in, term_on
from crediting.rules import proposals as rules
from crediting.rules.procedures import ProposalTerms
from crediting.states import PROPOSAL, PROPOSAL_FIELDS, ProposalKind, ProposalState
from crediting.verbs.procedures import (
    HoursChecked,
    HoursLogged,
    HoursRemoved,
    ProposalAmended,
    ProposalApproved,
    ProposalBegun,
    ProposalChanged,
    ProposalLinked,
    ProposalRefused,
    ProposalSent,
    ProposalUnlinked,
    ProposalWithdrawn,
)
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.audit import Payload
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.transitions import Already
from mbl.core.words import says_something
from profiles.access import Capability, may, person_in
from profiles.models import Student

WRITTEN = (*PROPOSAL_FIELDS, "employer", "starts_on", "ends_on")


class AlreadyReviewed(DomainError):
    """Somebody else was first; the sentence says who (409)."""

    status = 409


# --- The student's side -----------------------------------------------------------------------------------------------


@transaction.atomic
def begin_proposal(
    *, student: Student, kind: ProposalKind, words: Mapping[str, Any], actor: User, key: UUID | None = None
) -> ProposalVersion:
    """Keep a draft. ``key`` is made with the form: sending the same form twice finds the first draft.

    ``DomainError`` where no policy in force opens proposals, or not for this kind (R4, R6).
    """
    verdict = may(actor, Capability.REQUEST_CREDIT, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    student = Student.objects.select_for_update(of=["self"], no_key=True).select_related("district").get(pk=student.pk)
    if key is not None and (found := Proposal.objects.filter(public_id=key, student=student).first()):
        return found.versions.get(number=1)
    _refuse_closed(student, kind)
    if student.school_id is None:
        raise DomainError(
            _("You are not enrolled at a school yet, so nobody could decide this. Ask your school's office.")
        )
    # Somebody else's page, copied or guessed: this proposal gets an id of its own.
    if key is None or Proposal.objects.filter(public_id=key).exists():
        key = uuid4()
    proposal = Proposal.objects.create(
        public_id=key,
        district=student.district,
        student=student,
        school_id=student.school_id,
        kind=kind,
        created_by=actor,
    )
    version = ProposalVersion.objects.create(proposal=proposal, written_by=actor, **_cleaned(words))
    _record(ProposalBegun(kind=str(kind)), proposal, actor)
    return version


@transaction.atomic
def write_proposal(version: ProposalVersion, *, words: Mapping[str, Any], actor: User) -> ProposalVersion:
    """Change a draft; a field that is not among ``words`` stays."""
    version = _own(version, actor)
    if version.state != ProposalState.DRAFT:
        raise DomainError(_("This was sent and stays as it was. Write an amendment to change the plan."))
    wanted = _cleaned(words)
    changed = [name for name, value in wanted.items() if getattr(version, name) != value]
    if changed:
        for name in changed:
            setattr(version, name, wanted[name])
        version.save(update_fields=changed)
        _record(ProposalChanged(fields=", ".join(changed), version=version.number), version.proposal, actor)
    return version


@transaction.atomic
def send_proposal(version: ProposalVersion, *, actor: User) -> ProposalVersion:
    """Hand it to those who approve. ``DomainError`` says what is missing, or that it is too late (EC11)."""
    version = _own(version, actor)
    state = PROPOSAL.after("send", version.state)
    if isinstance(state, Already):
        return version
    missing = missing_in(version)
    if missing:
        raise DomainError(" ".join(sentence(reason) for reason in missing))
    assert version.starts_on is not None
    terms = _refuse_closed(version.proposal.student, ProposalKind(version.proposal.kind))
    timely = rules.in_time(version.starts_on, clock.today(version.proposal.district))
    if not timely.met:
        raise DomainError(sentence(timely.reason), field="starts_on")
    version.state, version.sent_at = state, clock.now()
    version.save(update_fields=["state", "sent_at"])
    _record(ProposalSent(version=version.number, starts_on=version.starts_on), version.proposal, actor)
    notices.tell_reviewers(version, terms.roles)
    return version


@transaction.atomic
def withdraw_proposal(version: ProposalVersion, *, actor: User) -> ProposalVersion:
    """The student no longer asks for this version; one approved before stays approved."""
    version = _own(version, actor)
    state = PROPOSAL.after("withdraw", version.state)
    if isinstance(state, Already):
        return version
    version.state = state
    version.save(update_fields=["state"])
    _record(ProposalWithdrawn(version=version.number), version.proposal, actor)
    return version


@transaction.atomic
def amend_proposal(proposal: Proposal, *, actor: User) -> ProposalVersion:
    """Begin the next version as a copy of the newest. It is approved on its own, and until then the last one holds."""
    proposal = _lock(proposal)
    own = access.owns_proposal(actor, proposal)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    newest = proposal.versions.order_by("-number")[0]
    if newest.state in {ProposalState.DRAFT, ProposalState.SENT}:
        return newest
    version = ProposalVersion.objects.create(
        proposal=proposal,
        number=newest.number + 1,
        written_by=actor,
        **{name: getattr(newest, name) for name in WRITTEN},
    )
    _record(ProposalAmended(version=version.number), proposal, actor)
    return version


@transaction.atomic
def link_request(proposal: Proposal, request: CreditRequest, *, actor: User) -> None:
    """Let a request rest on the proposal. One experience may serve several credits."""
    proposal = _lock(proposal)
    own = access.owns_proposal(actor, proposal)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    if request.student_id != proposal.student_id:
        raise DomainError(_("Choose one of your own requests."), field="request")
    if request.closed_at is not None:
        raise DomainError(_("This request is closed, so nothing is added to it."), field="request")
    if proposal.requests.filter(pk=request.pk).exists():
        return
    proposal.requests.add(request)
    _record(ProposalLinked(request=request.title, request_id=str(request.public_id)), proposal, actor)


@transaction.atomic
def unlink_request(proposal: Proposal, request: CreditRequest, *, actor: User) -> None:
    """Take an undecided request from the proposal; what was decided keeps what it rested on."""
    proposal = _lock(proposal)
    own = access.owns_proposal(actor, proposal)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    if not proposal.requests.filter(pk=request.pk).exists():
        return
    if request.closed_at is not None or request.decisions.exists():
        raise DomainError(_("This request was decided with the proposal, so the two stay together."))
    proposal.requests.remove(request)
    _record(ProposalUnlinked(request=request.title, request_id=str(request.public_id)), proposal, actor)


# --- Those who approve ------------------------------------------------------------------------------------------------


@transaction.atomic
def approve_proposal(version: ProposalVersion, *, reason: str, actor: User) -> ProposalDecision:
    """Approve before the first day of the experience; on that day or later the rule leaves no way (R16, EC11)."""
    return _review(version, "approve", reason, actor)


@transaction.atomic
def refuse_proposal(version: ProposalVersion, *, reason: str, actor: User) -> ProposalDecision:
    """Do not approve, with a reason for the student and the family (R17). They may amend it, or appeal."""
    return _review(version, "refuse", reason, actor)


def _review(version: ProposalVersion, verb: str, reason: str, actor: User) -> ProposalDecision:
    version = _locked_version(version)
    proposal, today = version.proposal, clock.today(version.proposal.district)
    terms = proposal_terms(proposal.district, today, proposal.student)
    verdict = access.may_review(actor, proposal, terms)
    if isinstance(verdict, Denied) or terms is None:
        raise NotAllowed(verdict.reason if isinstance(verdict, Denied) else "")
    if (first := _first_one(version, verb, actor)) is not None:
        return first
    # Were it done already, ``_first_one`` would have found its decision.
    state = PROPOSAL.moved(verb, version.state)
    if not says_something(reason):
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    if verb == "approve":
        _refuse_unmet(version, terms, today)
    decision = ProposalDecision.objects.create(
        version=version,
        approved=verb == "approve",
        reason=reason.strip(),
        role=sorted(access.roles_at(actor, proposal.school) & terms.roles)[0],
        decided_by=actor,
        decided_by_person=person_in(actor, proposal.district),
        decided_on=today,
        decided_at=clock.now(),
        # After an appeal the refusal that was overturned; nothing the first time.
        replaces=version.decisions.order_by("-pk").first(),
    )
    version.state = state
    version.save(update_fields=["state"])
    said = ProposalApproved if decision.approved else ProposalRefused
    _record(said(version=version.number, role=decision.role, reason=decision.reason), proposal, actor)
    notices.tell_reviewed(decision)
    return decision


def _first_one(version: ProposalVersion, verb: str, actor: User) -> ProposalDecision | None:
    """None while it waits; this person's own same answer on a second press; ``AlreadyReviewed`` otherwise."""
    if version.state not in {ProposalState.APPROVED, ProposalState.REFUSED}:
        return None
    newest = version.decisions.select_related("decided_by_person").order_by("-pk")[0]
    if newest.decided_by_id == actor.pk and newest.approved == (verb == "approve"):
        return newest
    said = (
        _("%(person)s approved this already. Nothing was changed by you.")
        if newest.approved
        else _("%(person)s decided already that this is not approved. Nothing was changed by you.")
    )
    raise AlreadyReviewed(said % {"person": newest.decided_by_person})


def _refuse_unmet(version: ProposalVersion, terms: ProposalTerms, today: dt.date) -> None:
    assert version.starts_on is not None  # a version that was sent has its days
    criteria = rules.approval_criteria(
        terms,
        kind=ProposalKind(version.proposal.kind),
        starts_on=version.starts_on,
        today=today,
        birth_date=version.proposal.student.person.birth_date,
    )
    unmet = [sentence(one.reason) for one in criteria if not one.met]
    if unmet:
        raise DomainError(" ".join(unmet))


# --- Hours ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def log_hours(proposal: Proposal, *, day: dt.date, hours: Decimal, done: str, actor: User) -> HoursEntry:
    """Write down the hours of one day. A day that is there already is written over until somebody has checked it."""
    proposal = _lock(proposal)
    own = access.owns_proposal(actor, proposal)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    _refuse_day(proposal, day)
    if not 0 < hours <= 24:
        raise DomainError(_("A day has more than 0 and at most 24 hours."), field="hours")
    if not says_something(done):
        raise DomainError(_("Say in a few words what you did."), field="done")
    entry = proposal.hours.filter(day=day).first() or HoursEntry(proposal=proposal, day=day)
    if entry.checked_id is not None:
        raise DomainError(_("The hours of this day were checked and stay as they are."), field="day")
    if entry.pk and (entry.hours, entry.done) == (hours, done.strip()):
        return entry
    entry.hours, entry.done, entry.logged_by = hours, done.strip(), actor
    entry.save()
    _record(HoursLogged(day=day, hours=rules.plain(hours)), proposal, actor)
    return entry


@transaction.atomic
def remove_hours(entry: HoursEntry, *, actor: User) -> None:
    """Take out a day that was written by mistake and not checked yet."""
    proposal = _lock(entry.proposal)
    own = access.owns_proposal(actor, proposal)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    found = proposal.hours.filter(pk=entry.pk).first()
    if found is None:
        return
    if found.checked_id is not None:
        raise DomainError(_("The hours of this day were checked and stay as they are."))
    found.delete()
    _record(HoursRemoved(day=entry.day, hours=rules.plain(entry.hours)), proposal, actor)


@transaction.atomic
def check_hours(proposal: Proposal, *, through: dt.date, note: str, actor: User) -> HoursCheck:
    """Say that the hours up to a day are right, at least once a term (WAC 392-410-316). They stay so from then on."""
    proposal = _lock(proposal)
    today = clock.today(proposal.district)
    verdict = access.may_review(actor, proposal, proposal_terms(proposal.district, today, proposal.student))
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if through > today:
        raise DomainError(_("This day has not come yet."), field="through")
    open_ones = list(proposal.hours.filter(checked=None, day__lte=through).order_by("day"))
    if not open_ones:
        raise DomainError(_("There are no hours up to this day that wait to be checked."), field="through")
    check = HoursCheck.objects.create(
        proposal=proposal,
        through=through,
        term=term_on(proposal, open_ones[-1].day),
        hours=sum((one.hours for one in open_ones), Decimal(0)),
        note=note.strip(),
        checked_by=actor,
        checked_at=clock.now(),
    )
    proposal.hours.filter(pk__in=[one.pk for one in open_ones]).update(checked=check)
    _record(HoursChecked(through=through, hours=rules.plain(check.hours), term=check.term), proposal, actor)
    notices.tell_hours_checked(check)
    return check


def _refuse_day(proposal: Proposal, day: dt.date) -> None:
    """Hours count within an approved version's days, and not before they are worked."""
    if day > clock.today(proposal.district):
        raise DomainError(_("This day has not come yet. Write down hours when you have worked them."), field="day")
    approved = proposal.versions.filter(state=ProposalState.APPROVED)
    if not approved.exists():
        raise DomainError(_("Hours count once the proposal is approved."))
    if not approved.filter(starts_on__lte=day, ends_on__gte=day).exists():
        raise DomainError(_("This day is outside the days that were approved. Ask for an amendment."), field="day")


# --- Shared -----------------------------------------------------------------------------------------------------------


def _refuse_closed(student: Student, kind: ProposalKind) -> ProposalTerms:
    terms = proposal_terms(student.district, clock.today(student.district), student)
    if terms is None:
        raise DomainError(_("No policy of your district is in force for learning away from school. Ask your school."))
    if kind == ProposalKind.PAID_WORK and terms.work is None:
        raise DomainError(_("Your district does not give credit for paid work. Choose the other kind."), field="kind")
    return terms


def _cleaned(words: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in words.items() if name in WRITTEN
    }


def _lock(proposal: Proposal) -> Proposal:
    return (
        Proposal.objects.select_for_update(of=["self"])
        .select_related("district", "school", "student__person__user", "student__district")
        .get(pk=proposal.pk)
    )


def _locked_version(version: ProposalVersion) -> ProposalVersion:
    """The version as it is now, with its proposal locked."""
    proposal = _lock(version.proposal)
    fresh = proposal.versions.get(pk=version.pk)
    fresh.proposal = proposal
    return fresh


def _own(version: ProposalVersion, actor: User) -> ProposalVersion:
    fresh = _locked_version(version)
    own = access.owns_proposal(actor, fresh.proposal)
    if isinstance(own, Denied):
        raise NotAllowed(own.reason)
    return fresh


def _record(payload: Payload, proposal: Proposal, actor: User) -> None:
    audit.record(payload, actor=actor, district=proposal.district, target=proposal, student=proposal.student)
