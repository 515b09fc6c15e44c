"""Two people, and one impatient one, on one line of another school's transcript at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from crediting.actions.transfer_decisions import (
    DecidedInBetween,
    Verdict,
    confirm_decision,
    consolidate_parts,
    decide_line,
    send_back,
)
from crediting.models import CourseTerms, LedgerEntry, TransferConfirmation, TransferDecision, TransferLine
from crediting.states import GivenUnit, Recognition
from tests.at_once import at_once
from tests.factories.procedures import make_procedure
from tests.factories.profiles import make_course
from tests.factories.transfer import TRANSFER, a_line, enter
from tests.personas import Personas

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def policy(personas: Personas) -> None:
    make_procedure(personas.district, transfer=TRANSFER)


@pytest.mark.rule("R31", partial=True)
def test_ten_presses_by_two_people_are_one_decision_and_one_line(personas: Personas, policy: None) -> None:
    (line,) = enter(personas.student.student, personas.registrar.user)

    def press(number: int) -> Callable[[], TransferDecision]:
        user = (personas.registrar, personas.counselor)[number % 2].user
        verdict = Verdict(Recognition.WHOLE, "As the policy says.", subject="math", mark="B")
        return lambda: decide_line(line, verdict=verdict, seen="", actor=user)

    answers = at_once([press(number) for number in range(10)])
    assert TransferDecision.objects.count() == LedgerEntry.objects.count() == 1
    assert Counter(type(one) for one in answers) == {TransferDecision: 5, DecidedInBetween: 5}


def test_confirming_and_sending_back_at_once_end_in_one_of_the_two(personas: Personas, policy: None) -> None:
    (line,) = enter(personas.student.student, personas.registrar.user)
    verdict = Verdict(Recognition.ELECTIVE, "Nothing fits.", mark="B")
    made = decide_line(line, verdict=verdict, seen="", actor=personas.registrar.user)
    first, second = (TransferDecision.objects.select_related("line").get(pk=made.pk) for _number in range(2))
    principal = personas.principal.user
    answers = at_once(
        [
            lambda: confirm_decision(first, actor=principal),
            lambda: send_back(second, reason="Look again.", actor=principal),
        ]
    )
    assert Counter(type(one) for one in answers) == {TransferDecision: 1, DecidedInBetween: 1}
    confirmed = TransferConfirmation.objects.get().confirmed
    assert LedgerEntry.objects.count() == int(confirmed)
    assert TransferLine.objects.get().state == ("decided" if confirmed else "waiting")


def test_putting_parts_together_at_once_makes_one_line(personas: Personas, policy: None) -> None:
    student, registrar = personas.student.student, personas.registrar.user
    course = make_course(personas.district, "Geometry")
    CourseTerms.objects.create(course=course, credits=Decimal(1), subject="math")
    thirds = [a_line(term=f"T{one}") for one in (1, 2, 3)]
    for line in enter(student, registrar, *thirds, unit=GivenUnit.TRIMESTER):
        decide_line(line, verdict=Verdict(Recognition.WHOLE, "Yes.", course, mark="B"), seen="", actor=registrar)
    answers = at_once([lambda: consolidate_parts(student, course, mark="B", reason="One course.", actor=registrar)] * 5)
    assert sum(isinstance(one, LedgerEntry) for one in answers) == 1
    assert [one.credits_earned for one in LedgerEntry.objects.effective()] == [Decimal("1.000")]
