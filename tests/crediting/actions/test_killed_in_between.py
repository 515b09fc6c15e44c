"""A worker that dies between two batches of many: what was written stays, and doing it again ends in the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from crediting.actions import award_proposals
from crediting.actions.award_proposals import confirm_proposals, look_through
from crediting.models import AwardProposal, CreditRequest, Decision, LedgerEntry
from crediting.states import AwardProposalState
from mbl.core.models import AuditEvent, Notification
from tests.factories.award_proposals import make_results_ground, make_score
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db(transaction=True)
STUDENTS, BATCH = 7, 2


class Killed(BaseException):
    """No error of ours catches it, as nothing catches SIGKILL."""


def dies_after(batches: int) -> award_proposals.Step:
    def step(done: int, _total: int) -> None:
        if done >= batches * BATCH:
            raise Killed

    return step


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(award_proposals, "AT_ONCE", BATCH)


@pytest.fixture
def many(personas: Personas) -> Personas:
    make_results_ground(personas.school)
    make_score(personas.student.student)
    for _number in range(STUDENTS - 1):
        make_score(make_student(personas.school))
    return personas


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_search_that_died_is_made_again_and_lists_each_award_once(many: Personas, batches: int) -> None:
    with pytest.raises(Killed):
        look_through(many.district, step=dies_after(batches))
    assert AwardProposal.objects.count() == batches * BATCH
    again = look_through(many.district)
    assert (again.listed, again.expired) == (STUDENTS - batches * BATCH, 0)
    assert AwardProposal.objects.filter(state=AwardProposalState.OPEN).count() == STUDENTS
    assert AwardProposal.objects.values("student").distinct().count() == STUDENTS


@pytest.mark.rule("R31", partial=True)
@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_confirmation_that_died_is_made_again_and_awards_each_line_once(many: Personas, batches: int) -> None:
    look_through(many.district)
    rows = list(AwardProposal.objects.order_by("pk"))
    user = many.credit_manager.user
    with pytest.raises(Killed):
        confirm_proposals(rows, reason="On file.", actor=user, step=dies_after(batches))
    # Whole batches are there, and of the others nothing.
    assert Decision.objects.count() == LedgerEntry.objects.count() == CreditRequest.objects.count() == batches * BATCH
    assert AwardProposal.objects.filter(state=AwardProposalState.CONFIRMED).count() == batches * BATCH
    answer = confirm_proposals(rows, reason="On file.", actor=user)
    assert not answer.problems and len({one.pk for one in answer.decisions}) == STUDENTS
    assert Decision.objects.count() == LedgerEntry.objects.count() == CreditRequest.objects.count() == STUDENTS
    assert LedgerEntry.objects.aggregate(total=Sum("credits_earned"))["total"] == Decimal(STUDENTS)
    assert AuditEvent.objects.filter(verb="crediting.credit.awarded").count() == STUDENTS
    assert Notification.objects.filter(user=many.student.user, code="crediting.awarded").count() == 1
