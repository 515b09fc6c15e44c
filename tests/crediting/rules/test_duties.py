"""What a statute demands, and what discharges it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from crediting.rules.engine.duties import owed
from crediting.rules.facts import AssessmentResult, EarlierAward

DAY = dt.date(2026, 10, 1)
PASSED = AssessmentResult("GED-MATH", DAY, met=True)


def standing(credits: str, result: AssessmentResult = PASSED) -> EarlierAward:
    return EarlierAward("MAT101", "STATE_ASSESSMENT", "GED", Decimal(credits), frozenset({result.evidence_id}))


@pytest.mark.rule("R26")
@pytest.mark.parametrize(
    ("awards", "count"),
    [
        ((), 1),
        ((standing("0"),), 1),  # a requirement met or waived is no credit
        ((standing("0.5"),), 0),
        ((standing("0"), standing("1.0")), 0),
        ((standing("1.0", replace(PASSED, taken_on=dt.date(2026, 3, 1))),), 0),  # the same test, passed twice
        ((standing("1.0", replace(PASSED, instrument="GED-SCIENCE")),), 1),
    ],
)
def test_only_credit_discharges_the_duty_to_award_it(awards: tuple[EarlierAward, ...], count: int) -> None:
    found = list(owed(frozenset({"institutional"}), (PASSED,), awards, None))
    assert [one.result for one in found] == [PASSED] * count
    again = replace(PASSED, taken_on=dt.date(2026, 11, 1))
    assert len(list(owed(frozenset({"institutional"}), (PASSED, again), awards, None))) == count
    assert list(owed(frozenset({"homeless"}), (PASSED,), awards, None)) == []
