"""Requests, their evidence, attestations and decisions: who sees them, and who may do what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.roles import (
    OPEN,
    Anybody,
    decides_at,
    deciding,
    is_asked,
    is_impartial,
    reading_now,
    roles_at,
    uses_to_read,
)
from crediting.models import (
    Attestation,
    AttestationInvite,
    CreditRequest,
    Decision,
    Evidence,
    EvidenceUse,
)
from crediting.rules import attestations, credit
from crediting.rules.policy.terms import Approval
from crediting.states import READ_TWICE, DecisionKind, EvidenceState, RequestState
from crediting.words import sentence
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.words import state_word
from profiles.access import (
    Capability,
    children_of,
    get_student,
    may,
    standing,
    students_with,
)
from profiles.models import School, Student
from profiles.states import Role

# A second look is possible until the decision, and again after a reversal.
JUDGEABLE = (RequestState.SUBMITTED, RequestState.ASSESSED, RequestState.REVERSED)


def requests_visible_to(user: Anybody) -> QuerySet[CreditRequest]:
    """Requests whose existence ``user`` may know of today; drafts are their student's alone."""
    now = standing(user)
    near = (
        Q(student__in=students_with(user, Capability.SEE_RECORD).order_by().values("pk"))
        | Q(assessor__in=now.people_holding(Role.TEACHER))
        | deciding(user)
    )
    return _joined(CreditRequest.objects.filter(Q(student__person__in=list(now.people)) | ~_draft() & near))


def requests_to_assess(user: Anybody) -> QuerySet[CreditRequest]:
    """Requests that were sent to ``user`` as a teacher, in every state since."""
    return _joined(CreditRequest.objects.filter(~_draft(), assessor__in=standing(user).people_holding(Role.TEACHER)))


def requests_at_schools_of(user: Anybody) -> QuerySet[CreditRequest]:
    """Sent requests at the schools where ``user`` holds a role that decides credit."""
    return _joined(CreditRequest.objects.filter(~_draft(), deciding(user)))


def evidence_visible_to(user: Anybody) -> QuerySet[Evidence]:
    """Evidence that ``user`` may open today."""
    now = standing(user)
    # One filter on one use: the same use must be sent, and near by the same request.
    sent = EvidenceUse.objects.exclude(state=EvidenceState.DRAFT).filter(
        Q(request__student__in=children_of(user).order_by().values("pk"))
        | Q(request__assessor__in=now.people_holding(Role.TEACHER), request__state__in=(*OPEN, RequestState.REVERSED))
        | Q(pk__in=uses_to_read(user))
        | deciding(user, "request__")
    )
    return Evidence.objects.filter(
        Q(student__person__in=list(now.people)) | Q(pk__in=sent.values("evidence"))
    ).select_related("student__person", "district")


def decisions_visible_to(user: Anybody) -> QuerySet[Decision]:
    """Decisions about students whose record ``user`` sees, and those on requests they were part of."""
    now = standing(user)
    return Decision.objects.filter(
        Q(student__in=students_with(user, Capability.SEE_RECORD).order_by().values("pk"))
        | Q(request__assessor__in=now.people_holding(Role.TEACHER))
        | deciding(user, "request__")
    ).select_related(
        "student__person",
        "student__school",
        "request__course",
        "request__school",
        "decided_by",
        "policy_version__series",
    )


def _draft() -> Q:
    return Q(state=RequestState.DRAFT)


def _joined(requests: QuerySet[CreditRequest]) -> QuerySet[CreditRequest]:
    return requests.select_related(
        "district", "student__person", "school", "course__terms", "scale", "assessor", "chosen_by"
    )


def get_request(user: Anybody, public_id: UUID, capability: Capability = Capability.SEE_RECORD) -> CreditRequest:
    """The request: 404 where not visible, ``NotAllowed`` with the reason where ``capability`` is missing on it.

    ``SEE_RECORD`` reads, ``REQUEST_CREDIT`` is the student's own, ``ASSESS`` the teacher's who was asked,
    ``DECIDE_CREDIT`` opens the decision page; whether they may decide is ``may_decide``.
    """
    request = _joined(CreditRequest.objects.filter(public_id=public_id)).first()
    if request is None or not _sees(user, request):
        raise Http404
    verdict = _ROADS[capability](user, request)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return request


def _sees(user: Anybody, request: CreditRequest) -> bool:
    """Whether the request is among ``requests_visible_to``. Three of its ways are plain from the row itself."""
    if is_own(user, request):
        return True
    if request.state != RequestState.DRAFT and (is_asked(user, request) or decides_at(user, request.school)):
        return True
    return requests_visible_to(user).filter(pk=request.pk).exists()


def get_evidence(user: Anybody, public_id: UUID, capability: Capability = Capability.SEE_RECORD) -> Evidence:
    """The evidence: 404 where not visible, ``NotAllowed`` where only its student may change it."""
    evidence = evidence_visible_to(user).filter(public_id=public_id).first()
    if evidence is None:
        raise Http404
    if capability == Capability.REQUEST_CREDIT and isinstance(verdict := owns_evidence(user, evidence), Denied):
        raise NotAllowed(verdict.reason)
    return evidence


def get_decision(user: Anybody, public_id: UUID, capability: Capability = Capability.SEE_RECORD) -> Decision:
    """The decision: 404 where not visible, ``NotAllowed`` where ``REVERSE_CREDIT`` is missing on it."""
    decision = decisions_visible_to(user).filter(public_id=public_id).first()
    if decision is None:
        raise Http404
    if capability == Capability.REVERSE_CREDIT:
        verdict = may_reverse(user, decision)
        if isinstance(verdict, Denied):
            raise NotAllowed(verdict.reason)
    return decision


def get_attestation(user: Anybody, public_id: UUID) -> Attestation:
    """The attestation: 404 where its request is not visible. Whether its content is, ``may_read_attested`` says."""
    found = Attestation.objects.filter(public_id=public_id).select_related(
        "recorded_by", "invite__asked_by", "withdrawal__withdrawn_by"
    )
    attestation = found.first()
    if attestation is None:
        raise Http404
    attestation.request = _request_of(user, attestation.request_id)
    return attestation


def get_attestation_invite(user: Anybody, public_id: UUID) -> AttestationInvite:
    """An invitation that ``user`` may cancel or send anew: 404 where its request is not visible."""
    invite = AttestationInvite.objects.filter(public_id=public_id).first()
    if invite is None:
        raise Http404
    invite.request = _request_of(user, invite.request_id)
    verdict = may_ask_to_attest(user, invite.request)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return invite


def _request_of(user: Anybody, pk: int) -> CreditRequest:
    request = _joined(CreditRequest.objects.filter(pk=pk)).get()
    if not _sees(user, request):
        raise Http404
    return request


def students_of_record(user: Anybody) -> QuerySet[Student]:
    """Students whose course history ``user`` keeps: those for whom they issue transcripts."""
    return students_with(user, Capability.ISSUE_TRANSCRIPT)


def get_student_of_record(user: Anybody, public_id: UUID) -> Student:
    """A student whose course history ``user`` keeps: 404 where not visible, ``NotAllowed`` where only read."""
    student = get_student(user, public_id, Capability.SEE_RECORD)
    if not keeps_record_of(user, student):
        raise NotAllowed(_("The registrar of the school keeps the course history."))
    return student


def keeps_records(user: Anybody) -> bool:
    """Whether ``user`` keeps course history anywhere."""
    return standing(user).may_anywhere(Capability.ISSUE_TRANSCRIPT)


def keeps_record_of(user: Anybody, student: Student) -> bool:
    return bool(may(user, Capability.ISSUE_TRANSCRIPT, student))


def is_own(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` is the student who asks."""
    if request.student.person_id in standing(user).people:
        return Allowed()
    return Denied(_("Only the student can change this request."))


def owns_evidence(user: Anybody, evidence: Evidence) -> Verdict:
    """Whether ``user`` is the student whose evidence this is."""
    if evidence.student.person_id in standing(user).people:
        return Allowed()
    return Denied(_("Only the student can change this evidence."))


def sees_evidence_of(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` may open what was sent with the request; the same people as ``evidence_visible_to``."""
    asked = bool(is_asked(user, request)) and request.state in {*OPEN, RequestState.REVERSED}
    if is_own(user, request) or asked or decides_at(user, request.school):
        return Allowed()
    if children_of(user).filter(pk=request.student_id).exists():
        return Allowed()
    if request.moderated and reading_now(user).filter(request=request).exists():
        return Allowed()
    return Denied(_("The work itself is open to the student, the family, the teacher asked, and who decides."))


def keeps_attestations(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` writes spoken words down, maps attestations to standards and withdraws them: the teacher who was
    asked, and whoever decides at the school. Until the decision; after it, the decision has to be reversed first."""
    if not is_asked(user, request) and not decides_at(user, request.school):
        return Denied(_("Attestations are kept by the teacher who was asked and by who decides at the school."))
    if isinstance(impartial := is_impartial(user, request.student), Denied):
        return impartial
    return _open_to_attest(request)


def may_ask_to_attest(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` may ask somebody to attest: the student, and those who keep attestations."""
    return _open_to_attest(request) if is_own(user, request) else keeps_attestations(user, request)


def _open_to_attest(request: CreditRequest) -> Verdict:
    if request.state in attestations.OPEN:
        return Allowed()
    word = state_word(RequestState(request.state))
    return Denied(_("This request is “%(state)s”, so nothing can be attested for it now.") % {"state": word})


def may_read_attested(user: Anybody, request: CreditRequest) -> Callable[[Sequence[str]], bool]:
    """Answers for each ``visible_to`` on the request whether ``user`` may read what is attested; asked once for all.

    Student and family always may: it is the student's record (34 CFR 99.10). Where roles are named, staff need one of
    them at the school; a teacher counts as the one who was asked, until the decision. Everybody else learns that it
    exists (R30, EC26).
    """
    own, sees_work = bool(is_own(user, request)), bool(sees_evidence_of(user, request))
    roles = roles_at(user, request.school) - {Role.TEACHER}
    if sees_work and is_asked(user, request):
        roles |= {Role.TEACHER}

    @cache
    def is_family() -> bool:
        return children_of(user).filter(pk=request.student_id).exists()

    def may_read(visible_to: Sequence[str]) -> bool:
        return own or (bool(roles & set(visible_to)) if visible_to else sees_work) or is_family()

    return may_read


def may_read(user: Anybody, request: CreditRequest) -> Verdict:
    return Allowed()


def may_return(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` may ask the student for more: the teacher who was asked, and whoever decides at the school."""
    if is_asked(user, request) or decides_at(user, request.school):
        return is_impartial(user, request.student)
    return decides_at(user, request.school)


def may_assess(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` may judge now: the teacher who was asked, while it is sent and not decided."""
    asked = is_asked(user, request)
    if isinstance(asked, Denied):
        return asked
    if isinstance(impartial := is_impartial(user, request.student), Denied):
        return impartial
    if request.state not in JUDGEABLE:
        word = state_word(RequestState(request.state))
        return Denied(_("This request is “%(state)s”, so there is nothing to assess now.") % {"state": word})
    if request.state == RequestState.ASSESSED and request.moderated in READ_TWICE:
        return Denied(
            _("Two teachers have read this, so nobody changes a level alone. Return it if something is open.")
        )
    return Allowed()


def may_confirm(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` may confirm what the policy asks of the school: the teacher who was asked, and whoever decides
    at the school, from the sending to the decision."""
    if not is_asked(user, request) and isinstance(decides := decides_at(user, request.school), Denied):
        return decides
    if isinstance(impartial := is_impartial(user, request.student), Denied):
        return impartial
    if request.state not in {*OPEN, RequestState.REVERSED}:
        word = state_word(RequestState(request.state))
        return Denied(_("This request is “%(state)s”, so there is nothing to confirm now.") % {"state": word})
    return Allowed()


def may_decide(
    user: Anybody, request: CreditRequest, approval: Approval | None, assessors: Mapping[int, str]
) -> Verdict:
    """Whether ``user`` may decide the request, under what its policy says about that school (R10b).

    ``approval`` is ``terms.approval_at(school)`` of the policy that decides, None where no policy was in force;
    ``assessors`` are the public ids of those who judged, by primary key (``queries.decisions.Deliberation``).
    """
    if approval is None:
        return Denied(
            _("No policy was in force when this work was shown, so nobody can decide it. Return or withdraw it.")
        )
    person = next((pk for pk, district in standing(user).people.items() if district == request.district_id), None)
    roles = roles_at(user, request.school)
    # The board may name other roles than those that decide everywhere.
    if person is None or not (decides_at(user, request.school) or is_asked(user, request) or roles & approval.roles):
        return decides_at(user, request.school)
    if isinstance(impartial := is_impartial(user, request.student), Denied):
        return impartial
    decider = assessors.get(person) or str(person)  # compared with the assessors only
    criterion = credit.may_decide(approval, decider, roles, frozenset(assessors.values()))
    return Allowed() if criterion.met else Denied(sentence(criterion.reason))


def may_ask_for_transcript(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` is the student who says what a line that waits for them does (R38)."""
    if student.person_id in standing(user).people:
        return Allowed()
    return Denied(_("Only the student decides whether this stands on the transcript."))


def may_reverse(user: Anybody, decision: Decision) -> Verdict:
    """Whether ``user`` may take the award back: whoever may reverse credit at the school that granted it."""
    school = school_of(decision)
    if decision.kind == DecisionKind.REFUSED or school is None:
        return Denied(_("Only what was awarded or granted can be reversed."))
    now = standing(user)
    if school.pk in now.schools.get(Capability.REVERSE_CREDIT, frozenset()) or (
        decision.district_id in now.districts.get(Capability.REVERSE_CREDIT, frozenset())
    ):
        return is_impartial(user, _student_of(decision))
    return Denied(_("An award of %(school)s is reversed by its credit manager or principal.") % {"school": school})


def school_of(decision: Decision) -> School | None:
    """The school that decided: of the request, or of the line where a statute demanded it of nobody's asking."""
    if decision.request is not None:
        return decision.request.school
    line = decision.entries.exclude(reverses__isnull=False).select_related("school").first()
    return line.school if line else None


def _student_of(decision: Decision) -> Student:
    if decision.request is not None:
        return decision.request.student
    return decision.entries.select_related("student").earliest("pk").student


_ROADS: Mapping[Capability, Callable[[Anybody, CreditRequest], Verdict]] = {
    Capability.SEE_RECORD: may_read,
    Capability.REQUEST_CREDIT: is_own,
    Capability.ASSESS: is_asked,
    Capability.DECIDE_CREDIT: lambda user, request: decides_at(user, request.school),
}
