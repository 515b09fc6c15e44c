"""Nobody judges or decides for themselves or their own family, whatever their roles: the link alone is enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from crediting import access
from crediting.actions.appeals import make_appeal, uphold_refusal
from crediting.actions.award_proposals import confirm_proposals, dismiss_proposal
from crediting.actions.confirmed import confirm_facts
from crediting.actions.decisions import award_credit, refuse_credit, reverse_award
from crediting.actions.evidence import attach_evidence
from crediting.actions.judgements import JudgedStandard, confirm_result, record_judgements
from crediting.actions.proposals import approve_proposal, check_hours
from crediting.actions.requests import reassign_request, return_request, submit_request, update_request
from crediting.models import Appeal, Attestation, ClassJudgement, CreditRequest, Decision, Judgement, LedgerEntry
from crediting.queries.requests import teachers_for
from crediting.states import AwardProposalState, ProposalState, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import AuditEvent, User
from profiles.models import Person
from profiles.states import Role
from tests.crediting.pages import text_of
from tests.factories.attestations import make_spoken
from tests.factories.award_proposals import listed, make_institutional, make_results_ground, make_score
from tests.factories.classes import make_class
from tests.factories.crediting import Ground, make_draft, make_evidence, make_ground, make_request
from tests.factories.procedures import APPEAL, PROPOSALS, make_procedure, make_proposal
from tests.factories.profiles import make_account_holder, make_guardian, make_role, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
SENTENCE = "Nobody judges or decides for themselves or their own family"


def assert_refused(act: Callable[[User], object], own: User) -> None:
    """The family is refused with the reason, and nothing is written; that somebody else may is each test's own."""
    events = AuditEvent.objects.count()
    with pytest.raises(NotAllowed, match=SENTENCE):
        act(own)
    assert AuditEvent.objects.count() == events


def colleague(personas: Personas, role: Role = Role.TEACHER) -> Person:
    person = make_account_holder(personas.district, "Nora Vance")
    make_role(person, role, personas.school)
    return person


def account(person: Person) -> User:
    assert person.user is not None
    return User.objects.get(pk=person.user.pk)


@pytest.fixture
def sent(personas: Personas, ground: Ground) -> CreditRequest:
    """Sent to the teacher before anybody at the school knew that the student is their child."""
    request = make_request(ground, personas.student.student, personas.teacher.person)
    make_guardian(personas.teacher.person, personas.student.student, portal=False)
    return request


def test_the_parent_judges_confirms_and_returns_nothing(
    personas: Personas, ground: Ground, sent: CreditRequest
) -> None:
    rows = [JudgedStandard(claim.standard, ground.level("extending")) for claim in sent.claims.all()]
    day = clock.today(personas.district)
    acts: list[Callable[[User], object]] = [
        lambda user: record_judgements(sent, rows=rows, actor=user),
        lambda user: confirm_result(sent, instrument="sba-math", taken_on=day, level=3, actor=user),
        lambda user: confirm_facts(sent, [], actor=user),
        lambda user: return_request(sent, reason="More.", actor=user),
        lambda user: make_spoken(sent, user),
    ]
    for act in acts:
        assert_refused(act, personas.teacher.user)
    assert not Judgement.objects.exists() and not Attestation.objects.exists()
    # Whoever decides asks another teacher, and that one judges.
    other = colleague(personas)
    reassign_request(sent, assessor=other, reason="The first is the parent.", actor=personas.credit_manager.user)
    assert len(record_judgements(sent, rows=rows, actor=account(other))) == 2


def test_a_teacher_who_is_a_parent_of_somebody_else_judges(personas: Personas, ground: Ground) -> None:
    """Of a classmate, and of a student of another district: no family of this student."""
    for child in (make_student(personas.school), personas.other_district_student.student):
        make_guardian(personas.teacher.person, child)
    request = make_request(ground, personas.student.student, personas.teacher.person)
    assert access.may_assess(personas.teacher.user, request)


def test_a_link_that_ended_closes_nothing(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    yesterday = clock.today(personas.district) - dt.timedelta(days=2)
    make_guardian(personas.teacher.person, personas.student.student, ends_on=yesterday)
    assert access.may_assess(personas.teacher.user, request)


def test_a_student_who_teaches_too_judges_nobody_s_own_work(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    make_role(personas.student.person, Role.TEACHER, personas.school)
    make_role(personas.student.person, Role.CREDIT_MANAGER, personas.school)
    CreditRequest.objects.filter(pk=request.pk).update(assessor=personas.student.person)
    request.refresh_from_db()
    assert_refused(lambda user: record_judgements(request, rows=[], actor=user), personas.student.user)
    assert_refused(lambda user: award_credit(request, reason="Mine.", actor=user), personas.student.user)


@pytest.mark.rule("R10b", partial=True)
def test_the_parent_decides_and_reverses_nothing(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    make_guardian(personas.credit_manager.person, personas.student.student)
    own, other = personas.credit_manager.user, personas.principal.user
    assert_refused(lambda user: award_credit(request, reason="Shown.", actor=user), own)
    assert_refused(lambda user: refuse_credit(request, reason="Not shown.", actor=user), own)
    decision = award_credit(request, reason="Shown.", actor=other)
    assert_refused(lambda user: reverse_award(decision, reason="A mistake.", actor=user), own)
    assert LedgerEntry.objects.count() == 1
    assert len(reverse_award(decision, reason="A mistake.", actor=other)) == 1


def test_one_person_for_all_is_no_way_round_it(personas: Personas, ground_of_one: Ground) -> None:
    """Where the assessing teacher may award, the parent still may not."""
    request = make_request(ground_of_one, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    make_guardian(personas.teacher.person, personas.student.student)
    assert_refused(lambda user: award_credit(request, reason="Shown.", actor=user), personas.teacher.user)


def test_the_parent_reviews_no_proposal_and_checks_no_hours(personas: Personas) -> None:
    make_procedure(personas.district, proposals=PROPOSALS)
    version = make_proposal(personas.student.student, ProposalState.SENT)
    make_guardian(personas.principal.person, personas.student.student)
    assert_refused(lambda user: approve_proposal(version, reason="Clear.", actor=user), personas.principal.user)
    approve_proposal(version, reason="Clear.", actor=personas.counselor.user)
    day = clock.today(personas.district)
    assert_refused(
        lambda user: check_hours(version.proposal, through=day, note="", actor=user), personas.principal.user
    )


def test_the_parent_answers_no_appeal_even_with_an_unchecked_link(personas: Personas, ground: Ground) -> None:
    make_procedure(personas.district, appeal=APPEAL)
    make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.NOT_AWARDED,
        decider=personas.credit_manager.user,
    )
    appeal = make_appeal(Decision.objects.get(), statement="Look again.", actor=personas.student.user)
    make_guardian(personas.administrator.person, personas.student.student, portal=False)
    assert_refused(lambda user: uphold_refusal(appeal, reason="It stays.", actor=user), personas.administrator.user)
    assert Appeal.objects.get().state == "open"


@pytest.mark.parametrize("owed", [False, True])
def test_the_parent_confirms_and_sets_aside_no_proposed_award(personas: Personas, owed: bool) -> None:
    results = make_results_ground(personas.school)
    child, classmate = personas.student.student, make_student(personas.school)
    for student in (child, classmate):
        if owed:
            make_institutional(student)
            make_score(student, "ged-math", level=None, met=True)
        else:
            make_score(student)
    make_guardian(personas.credit_manager.person, child)
    rows = [row for row in listed(personas.district) if row.is_owed == owed]
    own = personas.credit_manager.user
    answer = confirm_proposals(rows, reason="On file.", actor=own, course=results.geometry if owed else None)
    assert [decision.student for decision in answer.decisions] == [classmate]
    (problem,) = answer.problems
    assert problem.proposal.student == child and SENTENCE in problem.sentence
    (mine,) = (row for row in rows if row.student == child)
    mine.refresh_from_db()
    assert mine.state == AwardProposalState.OPEN
    if not owed:
        assert_refused(lambda user: dismiss_proposal(mine, reason="Later.", actor=user), own)


# --- A class ----------------------------------------------------------------------------------------------------------


def test_in_a_class_the_child_s_row_is_not_offered_and_not_taken(personas: Personas) -> None:
    geometry = make_class(personas, more=1)
    child, classmate = geometry.students
    make_guardian(personas.teacher.person, child, portal=False)
    with pytest.raises(NotAllowed, match=SENTENCE):
        geometry.judge({child: "extending", classmate: "proficient"})
    assert not ClassJudgement.objects.exists()
    geometry.judge({classmate: "proficient"})
    browser, standard = personas.teacher.client(), geometry.standards[0]
    address = f"/classes/{geometry.section.public_id}/judge/?standard={standard.public_id}"
    html = text_of(browser.get(address))
    assert f"level-{classmate.public_id}" in html and f"level-{child.public_id}" not in html
    assert f"Not here: {child}." in html
    name = f"level-{child.public_id}-{standard.public_id}"
    browser.post(
        address, {"title": "Unit 1", "given_on": clock.today(personas.district).isoformat(), name: "extending"}
    )
    assert not ClassJudgement.objects.filter(student=child).exists()


# --- Whom a student asks ----------------------------------------------------------------------------------------------


def test_a_student_is_not_offered_and_cannot_name_their_own_parent(personas: Personas, ground: Ground) -> None:
    student = personas.student.student
    draft = make_draft(ground, student, personas.teacher.person)
    make_guardian(personas.teacher.person, student, portal=False)
    other = colleague(personas)
    assert [person for _group, people in teachers_for(student) for person in people] == [other]
    with pytest.raises(DomainError, match="Choose another teacher"):
        update_request(draft, assessor=personas.teacher.person, actor=personas.student.user)
    with pytest.raises(DomainError, match="Choose another teacher"):
        make_draft(make_ground(personas.school, title="Algebra"), student, personas.teacher.person)
    attach_evidence(draft, make_evidence(student), actor=personas.student.user)
    with pytest.raises(DomainError, match="Choose another teacher"):
        submit_request(draft, actor=personas.student.user)
    update_request(draft, assessor=other, actor=personas.student.user)
    submit_request(draft, actor=personas.student.user)
    with pytest.raises(DomainError, match="Choose another teacher"):
        reassign_request(draft, assessor=personas.teacher.person, reason="Ill.", actor=personas.principal.user)


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_say_why_and_offer_no_button(personas: Personas, sent: CreditRequest) -> None:
    browser = personas.teacher.client()
    html = text_of(browser.get(f"/requests/{sent.public_id}/assess/"))
    assert SENTENCE in html
    assert browser.get(f"/requests/{sent.public_id}/return/").status_code == 403
    assert browser.get(f"/requests/{sent.public_id}/confirm/").status_code == 403
    assert browser.get(f"/requests/{sent.public_id}/attestations/record/").status_code == 403
