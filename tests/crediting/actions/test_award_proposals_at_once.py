"""Proposed awards and several people at once, on a real database with real locks."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from crediting.actions.award_choices import record_choice
from crediting.actions.award_proposals import Confirmed, confirm_proposals, look_through
from crediting.actions.decisions import award_credit
from crediting.models import AwardProposal, CreditRequest, Decision, LedgerEntry, Scale
from crediting.states import AwardProposalState, Method, RequestState
from mbl.core.models import AuditEvent, Notification
from tests.at_once import at_once
from tests.factories.award_proposals import TAKEN, listed, make_results_ground, make_score
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REASON = "The result is on file."


def test_twenty_look_through_a_district_at_once_and_each_award_is_listed_once(personas: Personas) -> None:
    make_results_ground(personas.school)
    for student in (personas.student.student, make_student(personas.school), make_student(personas.school)):
        make_score(student)
    answers = at_once([lambda: look_through(personas.district) for _number in range(20)])
    assert sum(run.listed for run in answers) == 3
    assert AwardProposal.objects.filter(state=AwardProposalState.OPEN).count() == AwardProposal.objects.count() == 3


@pytest.mark.rule("R31", partial=True)
def test_twenty_presses_on_one_list_award_each_line_once(personas: Personas) -> None:
    make_results_ground(personas.school)
    for student in (personas.student.student, make_student(personas.school), make_student(personas.school)):
        make_score(student)
    rows = listed(personas.district)
    people = (personas.credit_manager, personas.principal)

    def press(number: int) -> Callable[[], Confirmed]:
        user = people[number % 2].user
        mine = rows if number % 3 else rows[::-1]
        return lambda: confirm_proposals(mine, reason=REASON, actor=user)

    answers = at_once([press(number) for number in range(20)])
    assert {frozenset(one.pk for one in answer.decisions) for answer in answers} == {
        frozenset(Decision.objects.values_list("pk", flat=True))
    }
    assert not any(answer.problems for answer in answers)
    assert LedgerEntry.objects.count() == Decision.objects.count() == CreditRequest.objects.count() == 3
    assert AuditEvent.objects.filter(verb="crediting.credit.awarded").count() == 3
    assert Notification.objects.filter(user=personas.student.user, code="crediting.awarded").count() == 1


@pytest.mark.rule("R22", partial=True)
def test_a_pool_is_never_exceeded_whoever_presses_first(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student, "sba-math", level=3)
    rows = listed(personas.district)
    assert len(rows) == 2
    for row in rows:
        record_choice(row, actor=personas.student.user)
    users = (personas.credit_manager.user, personas.principal.user)

    def press(number: int) -> Callable[[], Any]:
        return lambda: confirm_proposals([rows[number % 2]], reason=REASON, actor=users[number // 10])

    at_once([press(number) for number in range(20)])
    assert LedgerEntry.objects.aggregate(total=Sum("credits_earned"))["total"] == Decimal("1.000")


@pytest.mark.rule("R22", partial=True)
def test_requests_in_two_courses_of_one_pool_never_exceed_it(personas: Personas) -> None:
    """They have nothing in common but the student: without the student's lock each would see no award of the other."""
    results = make_results_ground(personas.school)
    student = personas.student.student
    make_score(student, "sba-math", level=3)
    requests = [
        CreditRequest.objects.create(
            district=student.district,
            student=student,
            school=personas.school,
            course=course,
            title=course.title,
            method=Method.STATE_ASSESSMENT,
            chosen_by=personas.student.user,
            scale=Scale.objects.get(district=student.district),
            state=RequestState.ASSESSED,
            demonstrated_on=TAKEN,
        )
        for course in (results.algebra, results.geometry)
    ]
    user = personas.credit_manager.user

    def press(number: int) -> Callable[[], Decision]:
        fresh = CreditRequest.objects.get(pk=requests[number % 2].pk)
        return lambda: award_credit(fresh, reason="Shown.", actor=user)

    at_once([press(number) for number in range(20)])
    assert LedgerEntry.objects.get().credits_earned == Decimal("1.000")
