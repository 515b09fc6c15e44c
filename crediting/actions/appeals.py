"""Appeal against a refusal, and answer: the refusal stays, or it is decided anew (WAC 180-51-050(6), R33)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.requests import lock_request, reopen_request
from crediting.actions.transfer import lock_student
from crediting.models import (
    Appeal,
    CreditRequest,
    Decision,
    Proposal,
    ProposalVersion,
    TransferDecision,
    TransferLine,
)
from crediting.queries.appeals import Refusal, clock_of, named, title_of
from crediting.queries.procedures import appeal_terms
from crediting.queries.transfer import takes_effect
from crediting.states import (
    APPEAL,
    PROPOSAL,
    TRANSFER,
    AppealState,
    DecisionKind,
    ProposalState,
    Recognition,
    RequestState,
    TransferState,
)
from crediting.verbs.procedures import AppealMade, AppealOverturned, AppealUpheld
from crediting.words import sentence
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.words import says_something
from profiles.access import person_in
from profiles.models import Course, School, Student


class AlreadyAnswered(DomainError):
    """Somebody else was first; the sentence says who (409)."""

    status = 409


@dataclass(frozen=True)
class _Of:
    """Whose refusal it is, and where."""

    district: District
    student: Student
    school: School
    course: Course | None


@transaction.atomic
def make_appeal(refusal: Refusal, *, statement: str, actor: User) -> Appeal:
    """Ask the district to look again, in writing, once for each refusal; a second press answers the first.

    ``DomainError`` when the days for it are over, or when what was refused has been decided anew since.
    """
    if isinstance(refusal, TransferDecision):
        # Read anew: a second person may have confirmed it since.
        refusal = TransferDecision.objects.get(pk=refusal.pk)
    of = _locked(refusal)
    verdict = access.may_appeal(actor, of.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if (made := Appeal.objects.filter(**named(refusal)).first()) is not None:
        return made
    _refuse_decided_anew(refusal)
    today = clock.today(of.district)
    terms = appeal_terms(of.district, today, of.student, of.course)
    clocks = clock_of(refusal, terms, of.district, of.school)
    if clocks.window is not None and clocks.window.is_over(clock.now()):
        raise DomainError(sentence(clocks.too_late()))
    if not says_something(statement):
        raise DomainError(_("Say in your own words why this should be looked at again."), field="statement")
    answer = clocks.answer
    appeal = Appeal.objects.create(
        district=of.district,
        student=of.student,
        school=of.school,
        statement=statement.strip(),
        made_by=actor,
        made_by_label=str(actor),
        made_at=clock.now(),
        due_on=answer.day if answer else None,
        due_at=answer.moment if answer else None,
        due_reason=answer.reason.as_json() if answer else {},
        roles=sorted(terms.roles),
        **named(refusal),
    )
    audit.record(
        AppealMade(due=answer.day.isoformat() if answer else "–"),
        actor=actor,
        district=of.district,
        target=appeal,
        student=of.student,
    )
    notices.tell_appealed(appeal, title=title_of(appeal))
    return appeal


@transaction.atomic
def uphold_refusal(appeal: Appeal, *, reason: str, actor: User) -> Appeal:
    """The refusal stays, for a reason that student and family read."""
    return _answer(appeal, "uphold", reason, actor)


@transaction.atomic
def overturn_refusal(appeal: Appeal, *, reason: str, actor: User) -> Appeal:
    """The appeal is right: what was refused waits for a decision again. The old decision stays as it was made (R31)."""
    return _answer(appeal, "overturn", reason, actor)


def _answer(appeal: Appeal, verb: str, reason: str, actor: User) -> Appeal:
    refusal = appeal.refusal
    _locked(refusal)
    appeal = access.appeals_visible_to(actor).select_for_update(of=["self"]).get(pk=appeal.pk)
    verdict = access.may_answer(actor, appeal)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    state = {"uphold": AppealState.UPHELD, "overturn": AppealState.OVERTURNED}[verb]
    if appeal.state != AppealState.OPEN:
        if appeal.answered_by_id == actor.pk and appeal.state == state:
            return appeal
        raise AlreadyAnswered(
            _("%(person)s has answered this already. Nothing was changed by you.")
            % {"person": appeal.answered_by_person}
        )
    if not says_something(reason):
        raise DomainError(_("Say why. The student and the family read it."), field="reason")
    after = APPEAL.moved(verb, appeal.state)
    if verb == "overturn":
        _reopen(refusal)
    appeal.state, appeal.answer, appeal.closed_at = after, reason.strip(), clock.now()
    appeal.answered_by, appeal.answered_by_person = actor, person_in(actor, appeal.district)
    appeal.save(update_fields=["state", "answer", "closed_at", "answered_by", "answered_by_person"])
    said = AppealOverturned if verb == "overturn" else AppealUpheld
    audit.record(
        said(reason=appeal.answer), actor=actor, district=appeal.district, target=appeal, student=appeal.student
    )
    notices.tell_answered(appeal, title=title_of(appeal), overturned=verb == "overturn")
    return appeal


def _reopen(refusal: Refusal) -> None:
    """Bring back what was refused to where it waits for a decision."""
    _refuse_decided_anew(refusal)
    if isinstance(refusal, Decision):
        assert refusal.request is not None  # ``_locked`` has seen to it
        reopen_request(refusal.request)
        return
    if isinstance(refusal, TransferDecision):
        line = TransferLine.objects.select_for_update().get(pk=refusal.line_id)
        line.state = TRANSFER.moved("reopen", line.state)
        line.save(update_fields=["state"])
        return
    version = refusal.version
    if version.proposal.versions.filter(state__in=[ProposalState.DRAFT, ProposalState.SENT]).exists():
        raise DomainError(
            _("The student has begun a new version of this proposal. Decide that one, and uphold or leave this appeal.")
        )
    state = PROPOSAL.moved("reopen", version.state)
    version.state = state
    version.save(update_fields=["state"])


def _refuse_decided_anew(refusal: Refusal) -> None:
    """Only a refusal that stands is appealed."""
    if isinstance(refusal, Decision):
        request = CreditRequest.objects.get(decisions=refusal)
        stands = refusal.kind == DecisionKind.REFUSED and request.state == RequestState.NOT_AWARDED
    elif isinstance(refusal, TransferDecision):
        line = TransferLine.objects.get(pk=refusal.line_id)
        lowered = refusal.kind != Recognition.WHOLE and takes_effect(refusal)
        stands = lowered and line.state == TransferState.DECIDED
    else:
        version = ProposalVersion.objects.get(pk=refusal.version_id)
        stands = not refusal.approved and version.state == ProposalState.REFUSED
    if not stands or type(refusal).objects.filter(replaces=refusal.pk).exists():
        raise DomainError(_("This is not a refusal that stands. Open it again to see where it is now."))


def _locked(refusal: Refusal) -> _Of:
    """Lock what was refused, so that deciding and appealing take turns."""
    if isinstance(refusal, Decision):
        if refusal.request is None:
            raise DomainError(_("This is not a refusal that stands. Open it again to see where it is now."))
        request = lock_request(refusal.request)
        return _Of(request.district, request.student, request.school, request.course)
    if isinstance(refusal, TransferDecision):
        line = TransferLine.objects.select_related("district", "school").get(pk=refusal.line_id)
        return _Of(line.district, lock_student(line.student), line.school, refusal.course)
    proposal = (
        Proposal.objects.select_for_update(of=["self"])
        .select_related("district", "school", "student__person__user", "student__district")
        .get(versions=refusal.version_id)
    )
    return _Of(proposal.district, proposal.student, proposal.school, None)
