"""Decide a request: award, do not award, take an award back, decide anew.

Each locks the request first, so of two people who press a button at once one decides and the other is told who did and
when. The second press of one person answers what the first one did.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.award_proposals import take_back
from crediting.actions.awards import Award, lock_students, new_decision, write_awards
from crediting.actions.ledger import reverse_entries
from crediting.actions.requests import end_relationship, lock_request
from crediting.models import AwardReview, CreditRequest, Decision, LedgerEntry
from crediting.queries.decisions import Deliberation, deliberate, newest_decision
from crediting.rules.facts import Override
from crediting.rules.numbers import credits_text
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.states import REQUEST, AwardReviewState, DecisionKind, RequestState
from crediting.verbs.decisions import AwardReversed, CreditRefused, RequirementGranted
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.transitions import Already
from mbl.core.words import says_something
from profiles.access import person_in


class AlreadyDecided(DomainError):
    """Somebody else was first; the sentence says who and when (409)."""

    status = 409


@dataclass(frozen=True)
class Lift:
    """What the decider lets pass by the discretion that the policy gives their role: codes of criteria, and why."""

    criteria: frozenset[str] = frozenset()
    why: str = ""


NOTHING_LIFTED = Lift()
_KINDS = {
    OutcomeKind.AWARD: DecisionKind.AWARD,
    OutcomeKind.MUST_AWARD: DecisionKind.AWARD,
    OutcomeKind.REQUIREMENT_MET: DecisionKind.REQUIREMENT_MET,
    OutcomeKind.EXCUSED: DecisionKind.EXCUSED,
    OutcomeKind.WAIVED: DecisionKind.WAIVED,
}


@transaction.atomic
def award_credit(
    request: CreditRequest,
    *,
    reason: str,
    actor: User,
    replaces: Decision | None = None,
    lift: Lift = NOTHING_LIFTED,
) -> Decision:
    """Give what the policy gives, and tell student and family (R7, R31, R32).

    Credit is written into the record. A requirement that is met, waived or released is a decision without a line.
    After a reversal ``replaces`` names the decision that was taken back: the new decision replaces it, and the new line
    of the record its line. ``DomainError`` names every criterion that is not met; ``AlreadyDecided`` who was first.
    """
    lock_students([request.student_id])
    request = lock_request(request)
    if (first := _first_one(request, replaces, actor, grants=True)) is not None:
        return first
    reason = _given(reason)
    deliberation = _deliberate(request, actor, lift)
    outcome = deliberation.outcome
    # Were it done already, ``_first_one`` would have found its decision.
    state = REQUEST.moved("award" if outcome.is_award else "grant", request.state)
    if not outcome.is_granted:
        raise DomainError(
            _("The policy does not allow this award. %(reasons)s")
            % {"reasons": " ".join(sentence(why) for why in outcome.reasons)}
        )
    if not outcome.is_award:
        return _grant(deliberation, state, reason, actor, replaces)
    (decision,) = write_awards([Award(deliberation, replaces)], reason=reason, actor=actor)
    _close(request, state)
    return decision


def _grant(
    deliberation: Deliberation, state: RequestState, reason: str, actor: User, replaces: Decision | None
) -> Decision:
    """A requirement met, waived or released: nothing enters the record."""
    request, outcome = deliberation.request, deliberation.outcome
    kind = _KINDS[outcome.kind]
    person = person_in(actor, request.district)
    decision = new_decision(deliberation, kind, reason, actor, person, replaces, None)
    decision.save(force_insert=True)
    _close(request, state)
    _record(
        request,
        RequirementGranted(
            requirement=outcome.requirement,
            kind=kind,
            policy=_source(decision),
            rule=decision.rule_code,
            reason=reason,
        ),
        actor,
    )
    notices.tell_granted(decision)
    return decision


@transaction.atomic
def refuse_credit(request: CreditRequest, *, reason: str, actor: User, replaces: Decision | None = None) -> Decision:
    """Decide that there is no credit, with a reason for the student and the family (R17). Nothing enters the record.

    ``DomainError`` where law or policy say that it must be awarded (R26).
    """
    request = lock_request(request)
    if (first := _first_one(request, replaces, actor, grants=False)) is not None:
        return first
    reason = _given(reason)
    deliberation = _deliberate(request, actor)
    if (why_not := why_not_refused(deliberation.outcome)) is not None:
        raise DomainError(why_not)
    if (waits := waits_for_reading(deliberation.outcome)) is not None:
        raise DomainError(waits)
    state = REQUEST.moved("refuse", request.state)
    person = person_in(actor, request.district)
    decision = new_decision(deliberation, DecisionKind.REFUSED, reason, actor, person, replaces, None)
    decision.save(force_insert=True)
    _close(request, state)
    _record(request, CreditRefused(course=request.course.title, policy=_source(decision), reason=reason), actor)
    notices.tell_refused(decision, course=request.course.title)
    return decision


def why_not_refused(outcome: Outcome) -> str | None:
    """Why nobody can refuse this, in words; None where somebody may (R26)."""
    if outcome.kind != OutcomeKind.MUST_AWARD:
        return None
    reasons = " ".join(f"{sentence(why)} ({why.citation})" for why in outcome.reasons)
    return _("This must be awarded, and nobody can refuse it. %(reasons)s") % {"reasons": reasons}


def may_be_refused_though_met(outcome: Outcome) -> bool:
    """Whether every point is met, so that who refuses it says that this was seen."""
    return outcome.is_granted and why_not_refused(outcome) is None


def waits_for_reading(outcome: Outcome) -> str | None:
    """Why nothing is decided yet, in words: a second reading is not given or not settled. None where nothing waits."""
    return next(
        (sentence(one.reason) for one in outcome.criteria if one.code == "second_reading" and not one.met), None
    )


def _source(decision: Decision) -> str:
    """The policy version or the law that a decision rests on."""
    return str(decision.policy_version) if decision.policy_version else decision.statute


def _record(request: CreditRequest, payload: audit.Payload, actor: User) -> None:
    audit.record(payload, actor=actor, district=request.district, target=request, student=request.student)


@transaction.atomic
def reverse_award(decision: Decision, *, reason: str, actor: User, owed_still: bool = False) -> list[LedgerEntry]:
    """Take an award back, with a reason: reversals in the record, nothing deleted (R31). It can be decided anew.

    What a statute demanded of nobody's asking has no request; ``owed_still`` says that the award was wrong and the
    result is not, so that it is listed again at once (R26). A second call answers the same reversals.
    """
    lock_students([decision.student_id])
    request = lock_request(decision.request) if decision.request is not None else None
    if decision.kind == DecisionKind.REFUSED or (request is not None and newest_decision(request) != decision):
        raise DomainError(_("This is not the decision that stands. Open the newest one to see where it is now."))
    verdict = access.may_reverse(actor, decision)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    state = REQUEST.after("reverse", request.state) if request is not None else None
    earlier = list(LedgerEntry.objects.filter(reverses__decision=decision).order_by("pk"))
    if isinstance(state, Already) or (request is None and earlier):
        return earlier
    reason = _given(reason)
    course = _course_of(decision)
    reversals = reverse_entries(decision, reason=reason, actor=actor)
    if request is not None and state is not None:
        request.state = state
        request.closed_at = clock.now()
        request.save(update_fields=["state", "closed_at"])
    AwardReview.objects.filter(decision=decision, state=AwardReviewState.OPEN).update(
        state=AwardReviewState.REVERSED, answer=reason, closed_by=actor, closed_at=clock.now()
    )
    take_back(decision, reason=reason, actor=actor, owed_still=owed_still and request is None)
    audit.record(
        AwardReversed(
            credits=credits_text(sum((-entry.credits_earned for entry in reversals), Decimal())), reason=reason
        ),
        actor=actor,
        district=decision.district,
        target=request or decision,
        student=decision.student,
    )
    notices.tell_reversed(decision, course=course, reason=reason)
    return reversals


def _course_of(decision: Decision) -> str:
    if decision.request is not None:
        return decision.request.course.title
    line = decision.entries.first()
    return line.course_title if line else decision.statute


def _first_one(request: CreditRequest, replaces: Decision | None, actor: User, *, grants: bool) -> Decision | None:
    """None while nothing has been decided since ``replaces``. Otherwise the decision, if it is this person's own
    same answer (a second press); ``AlreadyDecided`` if not."""
    newest = newest_decision(request)
    if newest is None and replaces is None:
        return None
    # Decided before, and open again: after a reversal, or after an appeal that was right.
    waits_again = request.state not in {RequestState.AWARDED, RequestState.GRANTED, RequestState.NOT_AWARDED}
    if newest is not None and replaces is not None and newest.pk == replaces.pk:
        if waits_again:
            return None
        raise DomainError(_("This award stands. Reverse it first, with a reason, if it has to be decided anew."))
    assert newest is not None
    if request.state == RequestState.REVERSED:
        # An old page would repeat what has been taken back since.
        raise AlreadyDecided(
            _("The award is reversed. It stays in the record, with its reversal. You can decide anew.")
        )
    if waits_again:
        raise AlreadyDecided(_("An appeal has reopened this. Open the page again to decide anew."))
    same_answer = (newest.kind != DecisionKind.REFUSED) == grants
    if same_answer and newest.decided_by_id == actor.pk and newest.replaces == replaces:
        return newest
    raise AlreadyDecided(_told(newest))


def _told(decision: Decision) -> str:
    local = decision.decided_at.astimezone(ZoneInfo(decision.district.timezone))
    values = {
        "person": decision.decided_by_person,
        "date": formats.date_format(local, "DATE_FORMAT"),
        "time": formats.time_format(local, "TIME_FORMAT"),
    }
    if decision.kind != DecisionKind.REFUSED:
        return _("%(person)s awarded this credit on %(date)s at %(time)s. Nothing was changed by you.") % values
    return (
        _("%(person)s decided on %(date)s at %(time)s that this is not awarded. Nothing was changed by you.") % values
    )


def _given(reason: str) -> str:
    if not says_something(reason):
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    return reason.strip()


def _deliberate(request: CreditRequest, actor: User, lift: Lift = NOTHING_LIFTED) -> Deliberation:
    """What the policy says with ``actor`` deciding; ``NotAllowed`` with the reason where they may not."""
    person, roles = person_in(actor, request.district), access.roles_at(actor, request.school)
    deliberation = deliberate(request, decider=person, roles=roles)
    if lift.criteria:
        override = _override(deliberation, roles, lift, by=str(person.public_id))
        deliberation = deliberate(request, decider=person, roles=roles, override=override)
    if deliberation.statute:
        verdict = access.decides_at(actor, request.school) and access.is_impartial(actor, request.student)
    else:
        verdict = access.may_decide(actor, request, deliberation.approval, deliberation.assessors)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return deliberation


def _override(deliberation: Deliberation, roles: frozenset[str], lift: Lift, *, by: str) -> Override:
    """The discretion used; a refusal where the policy gives it to none of these roles, or where no reason is said."""
    allowed = deliberation.lifts_for(roles)
    role = next((one for one, lifts in allowed.items() if lift.criteria <= lifts), None)
    if role is None:
        raise NotAllowed(_("The policy does not let you pass over this point. Somebody else may: read the rule."))
    if not says_something(lift.why):
        raise DomainError(_("Say why you let this pass. The student and the family read it."), field="lift_why")
    return Override(role, lift.criteria, lift.why.strip(), by)


def _close(request: CreditRequest, state: RequestState) -> None:
    request.state = state
    request.waiting_since = None
    request.closed_at = clock.now()
    request.save(update_fields=["state", "waiting_since", "closed_at"])
    end_relationship(request)
