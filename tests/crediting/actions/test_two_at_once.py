"""Several people at once, on a real database with real locks."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from crediting.actions.appeals import AlreadyAnswered, make_appeal, overturn_refusal, uphold_refusal
from crediting.actions.decisions import AlreadyDecided, award_credit, refuse_credit
from crediting.actions.evidence import add_evidence
from crediting.actions.proposals import AlreadyReviewed, approve_proposal, refuse_proposal
from crediting.actions.requests import return_request, submit_request
from crediting.models import (
    Appeal,
    CreditRequest,
    Decision,
    Evidence,
    LedgerEntry,
    ProposalDecision,
    ProposalVersion,
    Reading,
    ReadingLevel,
)
from crediting.states import AppealState, EvidenceKind, ProposalState, RequestState
from mbl.core.errors import DomainError, InvalidTransition
from mbl.core.models import AuditEvent, Notification
from tests.at_once import at_once
from tests.factories.crediting import Ground, judge, make_draft, make_request
from tests.factories.moderation import give, make_read_ground, make_teacher, make_waiting
from tests.factories.procedures import APPEAL, PROPOSALS, make_procedure, make_proposal
from tests.personas import Personas

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.rule("R31")
def test_twenty_presses_of_award_by_two_people_make_one_award(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    people = (personas.credit_manager, personas.principal)

    def press(number: int) -> Callable[[], Decision]:
        user = people[number % 2].user
        fresh = CreditRequest.objects.get(pk=request.pk)
        return lambda: award_credit(fresh, reason=f"Pressed by {number}", actor=user)

    answers = at_once([press(number) for number in range(20)])
    decision = Decision.objects.get()
    assert LedgerEntry.objects.count() == 1
    kinds = Counter(type(answer) for answer in answers)
    assert kinds == {Decision: 10, AlreadyDecided: 10}
    assert {answer.pk for answer in answers if isinstance(answer, Decision)} == {decision.pk}
    told = {str(answer) for answer in answers if isinstance(answer, AlreadyDecided)}
    assert len(told) == 1 and str(decision.decided_by_person) in told.pop()
    assert AuditEvent.objects.filter(verb="crediting.credit.awarded").count() == 1
    assert Notification.objects.filter(user=personas.student.user, code="crediting.awarded").count() == 1


def test_award_and_return_at_once_end_in_one_of_the_two(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    manager, principal = personas.credit_manager.user, personas.principal.user
    first, second = (CreditRequest.objects.get(pk=request.pk) for _number in range(2))
    awarded, returned = at_once(
        [
            lambda: award_credit(first, reason="Shown.", actor=manager),
            lambda: return_request(second, reason="Name the theorem.", actor=principal),
        ]
    )
    request.refresh_from_db()
    if isinstance(awarded, Decision):
        assert isinstance(returned, InvalidTransition) and request.state == RequestState.AWARDED
        assert LedgerEntry.objects.count() == 1 and not request.notes.filter(kind="returned").exists()
    else:
        assert isinstance(awarded, DomainError) and request.state == RequestState.RETURNED
        assert not LedgerEntry.objects.exists() and not Decision.objects.exists()


def test_award_and_refusal_at_once_end_in_one_decision(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    manager, principal = personas.credit_manager.user, personas.principal.user
    first, second = (CreditRequest.objects.get(pk=request.pk) for _number in range(2))
    answers = at_once(
        [
            lambda: award_credit(first, reason="Shown.", actor=manager),
            lambda: refuse_credit(second, reason="Not shown.", actor=principal),
        ]
    )
    assert Counter(type(answer) for answer in answers) == {Decision: 1, AlreadyDecided: 1}
    assert LedgerEntry.objects.count() == (Decision.objects.get().kind == "award")


def test_a_form_that_arrives_five_times_makes_one_of_each(personas: Personas, ground: Ground) -> None:
    student, user = personas.student.student, personas.student.user
    key = uuid4()
    requests = at_once([lambda: make_draft(ground, student, personas.teacher.person) for _number in range(5)])
    assert len({request.pk for request in requests}) == CreditRequest.objects.count() == 1
    pieces = at_once(
        [
            lambda: add_evidence(
                student=student, kind=EvidenceKind.TEXT, title="Proof", body="Because.", key=key, actor=user
            )
            for _number in range(5)
        ]
    )
    assert len({piece.pk for piece in pieces}) == Evidence.objects.count() == 1


def test_sent_five_times_at_once_is_one_attempt(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.RETURNED)
    user = personas.student.user
    answers = at_once([lambda: submit_request(request, answer="See page 2.", actor=user) for _number in range(5)])
    assert {answer.attempt for answer in answers} == {2}
    assert request.notes.filter(kind="sent").count() == 2
    assert Notification.objects.filter(user=personas.teacher.user, code="crediting.sent").count() == 2


@pytest.mark.rule("R16", partial=True)
def test_two_people_who_decide_a_proposal_at_once_make_one_decision(personas: Personas) -> None:
    make_procedure(personas.district, proposals=PROPOSALS)
    version = make_proposal(personas.student.student)

    def press(number: int) -> Callable[[], ProposalDecision]:
        user, decide = ((personas.principal.user, approve_proposal), (personas.counselor.user, refuse_proposal))[
            number % 2
        ]
        fresh = ProposalVersion.objects.select_related("proposal").get(pk=version.pk)
        return lambda: decide(fresh, reason=f"Pressed by {number}", actor=user)

    answers = at_once([press(number) for number in range(10)])
    assert Counter(type(answer) for answer in answers) == {ProposalDecision: 5, AlreadyReviewed: 5}
    decision = ProposalDecision.objects.get()
    version.refresh_from_db()
    assert version.state == (ProposalState.APPROVED if decision.approved else ProposalState.REFUSED)


@pytest.mark.rule("R33", partial=True)
def test_two_who_appeal_and_two_who_answer_at_once_leave_one_appeal_and_one_answer(
    personas: Personas, ground: Ground
) -> None:
    make_procedure(personas.district, appeal=APPEAL | {"roles": ["administrator", "principal"]})
    request = make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.NOT_AWARDED,
        decider=personas.credit_manager.user,
    )
    refusal = Decision.objects.get(request=request)
    family = (personas.student.user, personas.family.user)
    made = at_once([partial(make_appeal, refusal, statement="Look again.", actor=user) for user in family * 4])
    appeal = Appeal.objects.get()
    assert {one.pk for one in made} == {appeal.pk}
    answers = at_once(
        [
            partial(answer, appeal, reason="Said.", actor=user)
            for user, answer in (
                (personas.administrator.user, overturn_refusal),
                (personas.principal.user, uphold_refusal),
            )
            * 4
        ]
    )
    assert Counter(type(one) for one in answers) == {Appeal: 4, AlreadyAnswered: 4}
    appeal.refresh_from_db()
    request.refresh_from_db()
    overturned = appeal.state == AppealState.OVERTURNED
    assert request.state == (RequestState.ASSESSED if overturned else RequestState.NOT_AWARDED)


def test_two_tabs_that_send_one_second_reading_give_it_once(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)

    def send(level: str) -> Callable[[], Any]:
        return lambda: give(reading, ground, (level, "proficient"))

    answers = at_once([send("developing"), send("extending")])
    assert [one.pk for one in answers] == [reading.pk] * 2
    assert ReadingLevel.objects.filter(reading=reading).count() == 2
    assert AuditEvent.objects.filter(verb="crediting.reading.given").count() == 1


def test_two_tabs_that_finish_one_assessment_ask_one_reader(personas: Personas) -> None:
    for name in ("Noor Haddad", "Sam Okafor"):
        make_teacher(personas.school, name)
    ground = make_read_ground(personas.school)
    request = make_request(ground, personas.student.student, personas.teacher.person)
    at_once([lambda: judge(request, ground, personas.teacher.person, ("proficient", "proficient"))] * 4)
    reading = Reading.objects.get()
    assert reading.reader is not None and Notification.objects.filter(code="crediting.reading_asked").count() == 1
