"""Who may see and do what with requests, evidence and decisions.

A request is its student's from the first word, the family's and the staff's once it is sent. Evidence is closer held:
the student, guardians with the portal, the teacher who was asked while the request is open, and whoever decides at the
school that would grant the credit. A teacher who was not asked sees nothing of either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.models import (
    AggregationRule,
    Appeal,
    Attestation,
    AttestationInvite,
    AwardProposal,
    CourseSequence,
    CreditRequest,
    Decision,
    Evidence,
    EvidenceUse,
    Framework,
    FrameworkSource,
    PolicyVersion,
    Proposal,
    Standard,
)
from crediting.rules import attestations, credit
from crediting.rules.policy.terms import Approval
from crediting.rules.procedures import ProposalTerms
from crediting.states import DecisionKind, EvidenceState, RequestState
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Allowed, Denied, Reason, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.models import District, User
from mbl.core.words import state_word
from profiles.access import (
    Capability,
    children_of,
    districts_where,
    get_student,
    may,
    may_in_district,
    schools_where,
    standing,
    students_visible_to,
    students_with,
)
from profiles.models import Course, School, Section, SectionEnrollment, SectionTeacher, Student
from profiles.states import Role

OPEN = (RequestState.SUBMITTED, RequestState.RETURNED, RequestState.ASSESSED)
# A second look is possible until the decision, and again after a reversal.
JUDGEABLE = (RequestState.SUBMITTED, RequestState.ASSESSED, RequestState.REVERSED)

Anybody = User | AnonymousUser


# --- What somebody sees -----------------------------------------------------------------------------------------------


def requests_visible_to(user: Anybody) -> QuerySet[CreditRequest]:
    """Requests whose existence ``user`` may know of today; drafts are their student's alone."""
    now = standing(user)
    near = (
        Q(student__in=students_with(user, Capability.SEE_RECORD).order_by().values("pk"))
        | Q(assessor__in=now.people_holding(Role.TEACHER))
        | _deciding(user)
    )
    return _joined(CreditRequest.objects.filter(Q(student__person__in=list(now.people)) | ~_draft() & near))


def requests_to_assess(user: Anybody) -> QuerySet[CreditRequest]:
    """Requests that were sent to ``user`` as a teacher, in every state since."""
    return _joined(CreditRequest.objects.filter(~_draft(), assessor__in=standing(user).people_holding(Role.TEACHER)))


def requests_at_schools_of(user: Anybody) -> QuerySet[CreditRequest]:
    """Sent requests at the schools where ``user`` holds a role that decides credit."""
    return _joined(CreditRequest.objects.filter(~_draft(), _deciding(user)))


def evidence_visible_to(user: Anybody) -> QuerySet[Evidence]:
    """Evidence that ``user`` may open today."""
    now = standing(user)
    # One filter on one use: the same use must be sent, and near by the same request.
    sent = EvidenceUse.objects.exclude(state=EvidenceState.DRAFT).filter(
        Q(request__student__in=children_of(user).order_by().values("pk"))
        | Q(request__assessor__in=now.people_holding(Role.TEACHER), request__state__in=(*OPEN, RequestState.REVERSED))
        | _deciding(user, "request__")
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
        | _deciding(user, "request__")
    ).select_related(
        "student__person",
        "student__school",
        "request__course",
        "request__school",
        "decided_by",
        "policy_version__series",
    )


def award_proposals_visible_to(user: Anybody) -> QuerySet[AwardProposal]:
    """Proposed awards at the schools where ``user`` decides credit."""
    return AwardProposal.objects.filter(_deciding(user)).select_related(
        "district",
        "student__person",
        "student__school",
        "school",
        "course__terms",
        "policy_version__series",
        "decision",
        "closed_by",
    )


def _draft() -> Q:
    return Q(state=RequestState.DRAFT)


def _deciding(user: Anybody, path: str = "") -> Q:
    """Requests at schools where ``user`` holds a role that decides credit, by the ids in their standing."""
    now = standing(user)
    schools = Q(**{f"{path}school__in": list(now.schools.get(Capability.DECIDE_CREDIT, ()))})
    districts = list(now.districts.get(Capability.DECIDE_CREDIT, ()))
    return schools | Q(**{f"{path}district__in": districts}) if districts else schools


def _joined(requests: QuerySet[CreditRequest]) -> QuerySet[CreditRequest]:
    return requests.select_related(
        "district", "student__person", "school", "course__terms", "scale", "assessor", "chosen_by"
    )


# --- Obtaining one ----------------------------------------------------------------------------------------------------


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


def get_award_proposal(user: Anybody, public_id: UUID) -> AwardProposal:
    """The proposal, for whoever decides at its school; 404 where the student is not visible, 403 where they are."""
    found = award_proposals_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        near = AwardProposal.objects.filter(public_id=public_id, student__in=students_visible_to(user).order_by())
        if (other := near.select_related("school").first()) is not None:
            refused = decides_at(user, other.school)
            raise NotAllowed(refused.reason if isinstance(refused, Denied) else "")
        raise Http404
    return found


def may_choose(user: Anybody, proposal: AwardProposal) -> Verdict:
    """Whether ``user`` may say what the student chose: the student, or staff who decide at the school."""
    if proposal.student.person_id in standing(user).people:
        return Allowed()
    return decides_at(user, proposal.school)


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


# --- Doing ------------------------------------------------------------------------------------------------------------


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
    family = children_of(user).filter(pk=request.student_id)
    if is_own(user, request) or asked or decides_at(user, request.school) or family.exists():
        return Allowed()
    return Denied(_("The work itself is open to the student, the family, the teacher asked, and who decides."))


def keeps_attestations(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` writes spoken words down, maps attestations to standards and withdraws them: the teacher who was
    asked, and whoever decides at the school. Until the decision; after it, the decision has to be reversed first."""
    if not is_asked(user, request) and not decides_at(user, request.school):
        return Denied(_("Attestations are kept by the teacher who was asked and by who decides at the school."))
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
    if is_own(user, request) or children_of(user).filter(pk=request.student_id).exists():
        return lambda visible_to: True
    sees_work = bool(sees_evidence_of(user, request))
    roles = roles_at(user, request.school) - {Role.TEACHER}
    if sees_work and is_asked(user, request):
        roles |= {Role.TEACHER}
    return lambda visible_to: bool(roles & set(visible_to)) if visible_to else sees_work


def may_read(user: Anybody, request: CreditRequest) -> Verdict:
    return Allowed()


def is_asked(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` is the teacher this was sent to."""
    if request.assessor_id and request.assessor_id in standing(user).people_holding(Role.TEACHER):
        return Allowed()
    if request.assessor is None:
        return Denied(_("This request was not sent to a teacher."))
    return Denied(_("This request was sent to %(teacher)s, who assesses it.") % {"teacher": request.assessor})


def may_assess(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` may judge now: the teacher who was asked, while it is sent and not decided."""
    asked = is_asked(user, request)
    if isinstance(asked, Denied):
        return asked
    if request.state not in JUDGEABLE:
        word = state_word(RequestState(request.state))
        return Denied(_("This request is “%(state)s”, so there is nothing to assess now.") % {"state": word})
    return Allowed()


def decides_at(user: Anybody, school: School) -> Verdict:
    """Whether ``user`` holds a role that decides credit at ``school``."""
    now = standing(user)
    if school.pk in now.schools.get(Capability.DECIDE_CREDIT, frozenset()) or (
        school.district_id in now.districts.get(Capability.DECIDE_CREDIT, frozenset())
    ):
        return Allowed()
    return Denied(_("Credit at %(school)s is decided by its credit manager or principal.") % {"school": school})


def roles_at(user: Anybody, school: School) -> frozenset[str]:
    """The roles ``user`` holds today at ``school`` or in its whole district."""
    return frozenset(
        str(held.role)
        for held in standing(user).roles
        if held.district_id == school.district_id and held.school_id in {None, school.pk}
    )


def may_confirm(user: Anybody, request: CreditRequest) -> Verdict:
    """Whether ``user`` may confirm what the policy asks of the school: the teacher who was asked, and whoever decides
    at the school, from the sending to the decision."""
    if not is_asked(user, request) and isinstance(decides := decides_at(user, request.school), Denied):
        return decides
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
    request = decision.request
    if decision.kind == DecisionKind.REFUSED or request is None:
        return Denied(_("Only what was awarded or granted can be reversed."))
    now = standing(user)
    if request.school_id in now.schools.get(Capability.REVERSE_CREDIT, frozenset()) or (
        request.district_id in now.districts.get(Capability.REVERSE_CREDIT, frozenset())
    ):
        return Allowed()
    return Denied(
        _("An award of %(school)s is reversed by its credit manager or principal.") % {"school": request.school}
    )


_ROADS: Mapping[Capability, Callable[[Anybody, CreditRequest], Verdict]] = {
    Capability.SEE_RECORD: may_read,
    Capability.REQUEST_CREDIT: is_own,
    Capability.ASSESS: is_asked,
    Capability.DECIDE_CREDIT: lambda user, request: decides_at(user, request.school),
}


# --- Proposals and appeals --------------------------------------------------------------------------------------------


def proposals_visible_to(user: Anybody) -> QuerySet[Proposal]:
    """Proposals of students whose record ``user`` sees; until it is first sent it is its student's alone."""
    near = students_with(user, Capability.SEE_RECORD).order_by().values("pk")
    own = Q(student__person__in=list(standing(user).people))
    sent = Q(pk__in=Proposal.objects.filter(versions__sent_at__isnull=False).values("pk"))
    return Proposal.objects.filter(own | sent & Q(student__in=near)).select_related(
        "district", "school", "student__person__user", "student__district"
    )


def get_proposal(user: Anybody, public_id: UUID, *, own: bool = False) -> Proposal:
    """The proposal: 404 where not visible; with ``own``, ``NotAllowed`` for everybody but its student."""
    proposal = proposals_visible_to(user).filter(public_id=public_id).first()
    if proposal is None:
        raise Http404
    if own and isinstance(verdict := owns_proposal(user, proposal), Denied):
        raise NotAllowed(verdict.reason)
    return proposal


def owns_proposal(user: Anybody, proposal: Proposal) -> Verdict:
    """Whether ``user`` is the student whose proposal this is."""
    if proposal.student.person_id in standing(user).people:
        return Allowed()
    return Denied(_("Only the student can change this proposal."))


def may_review(user: Anybody, proposal: Proposal, terms: ProposalTerms | None) -> Verdict:
    """Whether ``user`` holds a role that the district's policy names for proposals (R16)."""
    if terms is None:
        return Denied(_("No policy in force says who approves proposals, so nobody can. Ask your administrator."))
    if owns_proposal(user, proposal):
        return Denied(_("Nobody decides their own proposal."))
    if roles_at(user, proposal.school) & terms.roles:
        return Allowed()
    return _for_others(terms.roles)


def appeals_visible_to(user: Anybody) -> QuerySet[Appeal]:
    """Appeals of students whose record ``user`` sees: the student, the family, and staff near them."""
    near = students_with(user, Capability.SEE_RECORD).order_by().values("pk")
    return Appeal.objects.filter(student__in=near).select_related(
        "district",
        "school",
        "student__person__user",
        "student__district",
        "decision__request__course",
        "decision__decided_by_person",
        "proposal_decision__version__proposal",
        "proposal_decision__decided_by_person",
        "answered_by_person",
    )


def appeals_to_answer(user: Anybody) -> QuerySet[Appeal]:
    """Appeals that go to a role which ``user`` holds at their school or in their district."""
    held = Q(pk__in=())
    for role in {str(one.role) for one in standing(user).roles}:
        held |= schools_as(user, [role]) & Q(roles__contains=[role])
    return appeals_visible_to(user).filter(held)


def get_appeal(user: Anybody, public_id: UUID) -> Appeal:
    appeal = appeals_visible_to(user).filter(public_id=public_id).first()
    if appeal is None:
        raise Http404
    return appeal


def may_appeal(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` may appeal for the student: the student, and the family that sees the record."""
    if student.person_id in standing(user).people or children_of(user).filter(pk=student.pk).exists():
        return Allowed()
    return Denied(_("The student and the family appeal, in their own words."))


def may_answer(user: Anybody, appeal: Appeal) -> Verdict:
    """Whether ``user`` may answer: one of those it goes to, and not the person who refused."""
    refused_by = (appeal.decision or appeal.proposal_decision).decided_by_person_id  # type: ignore[union-attr]
    if not roles_at(user, appeal.school) & set(appeal.roles):
        return _for_others(appeal.roles)
    if refused_by in standing(user).people:
        return Denied(_("You refused this yourself, so somebody else answers the appeal."))
    if bool(may_appeal(user, appeal.student)):
        return Denied(_("Nobody answers an appeal for themselves or their own family."))
    return Allowed()


def _for_others(roles: Collection[str]) -> Denied:
    return Denied(sentence(Reason("approver.wrong_role", {"roles": ",".join(sorted(roles))})))


def schools_as(user: Anybody, roles: Collection[str]) -> Q:
    """Rows with a ``school`` and ``district`` where ``user`` holds one of ``roles``."""
    held = [one for one in standing(user).roles if str(one.role) in roles]
    return Q(school__in=[one.school_id for one in held if one.school_id]) | Q(
        district__in=[one.district_id for one in held if one.school_id is None]
    )


# --- Classes ----------------------------------------------------------------------------------------------------------


def sections_taught(user: Anybody) -> QuerySet[Section]:
    """Classes that ``user`` teaches today, this school year."""
    now = standing(user)
    teaching = SectionTeacher.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=now.on),
        Q(ends_on=None) | Q(ends_on__gte=now.on),
        person__in=now.people_holding(Role.TEACHER),
    )
    return _this_year(user, Q(pk__in=teaching.values("section")))


def sections_visible_to(user: Anybody) -> QuerySet[Section]:
    """Classes whose levels ``user`` may read: those they teach, and all where they see the record of every student."""
    schools = schools_where(user, Capability.SEE_RECORD).order_by().values("pk")
    return _this_year(user, Q(pk__in=sections_taught(user).order_by().values("pk")) | Q(school__in=schools))


def _this_year(user: Anybody, reach: Q) -> QuerySet[Section]:
    year = clock.school_year(standing(user).on)
    return Section.objects.filter(reach, is_active=True, session__school_year=year).select_related(
        "course__terms", "course__district", "school", "session", "district"
    )


def sections_attended(user: Anybody) -> QuerySet[SectionEnrollment]:
    """Classes of this school year that ``user``, or a child of theirs, attends."""
    now = standing(user)
    return SectionEnrollment.objects.filter(
        Q(student__person__in=list(now.people)) | Q(student__in=children_of(user).order_by().values("pk")),
        section__is_active=True,
        section__session__school_year=clock.school_year(now.on),
    ).select_related("section__course", "section__school", "student__person")


def get_section(user: Anybody, public_id: UUID) -> Section:
    """A class whose grid ``user`` may read. 404 otherwise, 403 for those who attend it and read their own page."""
    section = sections_visible_to(user).filter(public_id=public_id).first()
    if section is not None:
        return section
    if sections_attended(user).filter(section__public_id=public_id).exists():
        raise NotAllowed(_("The levels of the whole class are for its teachers. Your own page shows yours."))
    raise Http404


def get_section_to_judge(user: Anybody, public_id: UUID) -> Section:
    """A class that ``user`` teaches; ``NotAllowed`` where they may only read it."""
    section = get_section(user, public_id)
    if isinstance(verdict := teaches(user, section), Denied):
        raise NotAllowed(verdict.reason)
    return section


def teaches(user: Anybody, section: Section) -> Verdict:
    """Whether ``user`` teaches the class today, and so judges in it."""
    if sections_taught(user).filter(pk=section.pk).exists():
        return Allowed()
    return Denied(_("Only a teacher of this class enters levels and habits in it."))


def get_class_student(user: Anybody, section_id: UUID, student_id: UUID) -> tuple[Section, Student]:
    """One student of a class: for its teachers, for whoever sees the student's record, and for the student.

    404 where the class, the student, or the student in that class cannot be seen.
    """
    enrolled = SectionEnrollment.objects.filter(
        Q(section__in=sections_visible_to(user).order_by().values("pk"))
        | Q(student__in=students_with(user, Capability.SEE_RECORD).order_by().values("pk")),
        section__public_id=section_id,
        student__public_id=student_id,
    ).select_related(
        "section__course__terms", "section__course__district", "section__school", "section__district", "student__person"
    )
    found = enrolled.first()
    if found is None:
        raise Http404
    return found.section, found.student


def sees_modifications_of(user: Anybody, request: CreditRequest) -> Verdict:
    """``sees_modifications`` for what was judged in a request."""
    return sees_modifications(user, request.student, request.assessor_id, request.school)


def sees_modifications(user: Anybody, student: Student, assessor: int | None, school: School) -> Verdict:
    """Whether ``user`` may read that expectations were changed for ``student``: the student, the family, whoever judges
    or decides (``assessor``, ``school``), and the student's counselor. Others see the level only."""
    now = standing(user)
    near = (
        student.person_id in now.people
        or (assessor is not None and assessor in now.people_holding(Role.TEACHER))
        or bool(decides_at(user, school))
        or children_of(user).filter(pk=student.pk).exists()
        or bool(may(user, Capability.REVIEW_PLAN, student))
    )
    if near:
        return Allowed()
    return Denied(_("What was asked of one student only is for the student, the family, and those who judge."))


# --- Standards, courses and policies ----------------------------------------------------------------------------------


def districts_of(user: Anybody) -> QuerySet[District]:
    """The districts in which ``user`` is somebody: whose standards and courses they may read."""
    return District.objects.filter(pk__in=set(standing(user).people.values())).order_by("name", "pk")


def get_district(user: Anybody, code: str, capability: Capability | None = None) -> District:
    """The district of a page: the one named ``code``, or the only or first one. 404 where ``user`` is nobody.

    With ``capability``: ``NotAllowed`` where ``user`` does not hold it in the whole district.
    """
    districts = districts_of(user)
    district = districts.filter(code=code).first() if code else districts.first()
    if district is None:
        raise Http404
    if capability is not None and isinstance(verdict := may_in_district(user, capability, district), Denied):
        raise NotAllowed(verdict.reason)
    return district


def frameworks_visible_to(user: Anybody) -> QuerySet[Framework]:
    return (
        Framework.objects.filter(district__in=districts_of(user).order_by()).select_related("district").defer("extra")
    )


def get_framework(user: Anybody, public_id: UUID, capability: Capability | None = None) -> Framework:
    framework = frameworks_visible_to(user).filter(public_id=public_id).first()
    if framework is None:
        raise Http404
    if capability is not None:
        get_district(user, framework.district.code, capability)
    return framework


def sources_of(district: District) -> QuerySet[FrameworkSource]:
    """The addresses from which the district has standards fetched."""
    return FrameworkSource.objects.filter(district=district, is_active=True)


def get_source(user: Anybody, public_id: UUID) -> FrameworkSource:
    """For whoever imports in its district."""
    sources = FrameworkSource.objects.filter(is_active=True, district__in=districts_of(user))
    source = sources.filter(public_id=public_id).select_related("district").first()
    if source is None:
        raise Http404
    get_district(user, source.district.code, Capability.IMPORT_DATA)
    return source


def get_standard(user: Anybody, public_id: UUID) -> Standard:
    standard = (
        Standard.objects.filter(framework__in=frameworks_visible_to(user).order_by(), public_id=public_id)
        .select_related("framework__district", "parent")
        .defer("search_text", "extra", "framework__extra", "parent__search_text", "parent__extra")
        .first()
    )
    if standard is None:
        raise Http404
    return standard


def courses_visible_to(user: Anybody) -> QuerySet[Course]:
    """Active courses; those out of use too where ``user`` manages the catalog."""
    managed = districts_where(user, Capability.MANAGE_CATALOG)
    return Course.objects.filter(
        Q(district__in=districts_of(user).order_by(), is_active=True) | Q(district__in=managed)
    ).select_related("district", "terms")


def get_course(user: Anybody, public_id: UUID, capability: Capability | None = None) -> Course:
    course = courses_visible_to(user).filter(public_id=public_id).first()
    if course is None:
        raise Http404
    if capability is not None:
        get_district(user, course.district.code, capability)
    return course


def get_sequence(user: Anybody, public_id: UUID, capability: Capability) -> CourseSequence:
    """404 outside the districts of ``user``; ``NotAllowed`` without the capability."""
    sequence = CourseSequence.objects.filter(district__in=districts_of(user).order_by(), public_id=public_id).first()
    if sequence is None:
        raise Http404
    get_district(user, sequence.district.code, capability)
    return sequence


def get_aggregation_rule(user: Anybody, public_id: UUID, capability: Capability) -> AggregationRule:
    """404 outside the districts of ``user``; ``NotAllowed`` without the capability."""
    rules = AggregationRule.objects.filter(district__in=districts_of(user).order_by()).select_related("district")
    rule = rules.filter(public_id=public_id).first()
    if rule is None:
        raise Http404
    get_district(user, rule.district.code, capability)
    return rule


def policy_versions_visible_to(user: Anybody) -> QuerySet[PolicyVersion]:
    """Every version, drafts included, where ``user`` manages policy; everybody else reads the public page (R8)."""
    return PolicyVersion.objects.filter(
        series__district__in=districts_where(user, Capability.MANAGE_POLICY)
    ).select_related("series__district", "published_by")


def get_policy_version(user: Anybody, public_id: UUID) -> PolicyVersion:
    version = policy_versions_visible_to(user).filter(public_id=public_id).first()
    if version is None:
        raise Http404
    return version
