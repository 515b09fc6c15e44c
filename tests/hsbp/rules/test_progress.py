"""Credits earned and needed per subject from a dated set."""

import datetime as dt
from decimal import Decimal

import pytest

from hsbp.rules.progress import EarnedCredit, Entry, RequirementRow, RequirementSet, entry_of, pace, progress, set_for
from hsbp.states import Pace

SET = RequirementSet(
    code="wa-2021",
    titles={"en": "Class of 2021 and later"},
    citation="WAC 180-51-210",
    first=dt.date(2017, 7, 1),
    last=None,
    total=Decimal("24.000"),
    rows=(
        RequirementRow("english", Decimal("4.000"), True, "WAC 180-51-210(4)(a)"),
        RequirementRow("math", Decimal("3.000"), True, "WAC 180-51-210(4)(b)"),
        RequirementRow("elective", Decimal("4.000"), False, "WAC 180-51-210(5)(c)", takes_overflow=True),
    ),
    expected={"09": Decimal(0), "11": Decimal("12.000")},
    check_within=Decimal("1.500"),
)
ONE, HALF = Decimal("1.000"), Decimal("0.500")


@pytest.mark.rule("R42", partial=True)
def test_the_set_follows_the_day_of_entry_to_grade_nine() -> None:
    assert set_for([SET], dt.date(2017, 7, 1)) is SET
    assert set_for([SET], dt.date(2017, 6, 30)) is None
    assert set_for([SET], None) is None


@pytest.mark.rule("R34", "T28")
def test_mastery_credit_counts_like_any_other() -> None:
    by_course = progress(SET, [EarnedCredit("math", ONE), EarnedCredit("math", HALF)])
    by_mastery = progress(SET, [EarnedCredit("math", ONE), EarnedCredit("math", HALF, is_mastery=True)])
    assert [(s.subject, s.counted, s.left) for s in by_mastery.subjects] == [
        (s.subject, s.counted, s.left) for s in by_course.subjects
    ]
    assert by_mastery.subjects[1].mastery == HALF


def test_what_a_subject_does_not_need_counts_as_an_elective_once() -> None:
    answer = progress(SET, [EarnedCredit("math", Decimal("3.500")), EarnedCredit("band", HALF)])
    math, elective = answer.subjects[1], answer.subjects[2]
    assert (math.counted, math.earned, math.is_met) == (Decimal("3.000"), Decimal("3.500"), True)
    assert (elective.counted, elective.left) == (ONE, Decimal("3.000"))
    assert answer.total_earned == Decimal("4.000")
    assert answer.total_counted == Decimal("4.000")


def test_an_empty_ledger_needs_everything() -> None:
    answer = progress(SET, [])
    assert answer.total_earned == Decimal("0.000")
    assert [row.left for row in answer.subjects] == [Decimal("4.000"), Decimal("3.000"), Decimal("4.000")]


@pytest.mark.parametrize(
    ("earned", "grade", "word"),
    [
        ("0.000", "09", Pace.ON_PACE),
        ("12.000", "11", Pace.ON_PACE),
        ("11.999", "11", Pace.CHECK_PLAN),
        ("10.500", "11", Pace.CHECK_PLAN),
        ("10.499", "11", Pace.OFF_PACE),
        ("10.499", "08", None),
    ],
)
def test_pace_compares_what_is_earned_with_what_the_finished_years_were_for(
    earned: str, grade: str, word: Pace | None
) -> None:
    assert pace(SET, Decimal(earned), grade) == word


@pytest.mark.rule("R42", partial=True)
def test_without_a_recorded_day_the_entry_is_taken_from_the_class_and_says_so() -> None:
    recorded = dt.date(2023, 9, 6)
    assert entry_of(recorded, 2099) == Entry(recorded, is_assumed=False)
    assert entry_of(None, 2027) == Entry(dt.date(2023, 7, 1), is_assumed=True)
    assert entry_of(None, None) is None
