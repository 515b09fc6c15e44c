"""What a line of another school's transcript is worth: converted exactly, rounded once, never too much, never lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crediting.rules.credits import printed
from crediting.rules.transfer import (
    Choice,
    GivenLine,
    Part,
    Proposed,
    Target,
    consolidated,
    is_lower,
    needs_second,
    problems,
    propose,
)
from crediting.rules.transfer_duties import duties
from crediting.rules.transfer_entry import LineDetails, amount_of, is_ambiguous
from crediting.rules.transfer_entry import problems as faults
from crediting.rules.transfer_terms import TransferTerms, transfer_of
from crediting.states import GivenUnit, Recognition, Sending
from crediting.words import sentence
from mbl.core.words import has_words
from tests.factories.transfer import TRANSFER

D = Decimal
MATH = Target("math", "MAT101", D("1.000"))
ELECTIVE = Target("elective")


def terms(**more: Any) -> TransferTerms:
    found = transfer_of(TRANSFER | more)
    assert found is not None
    return found


def line(**more: Any) -> GivenLine:
    said: dict[str, Any] = {
        "sending": Sending.WASHINGTON_PUBLIC,
        "unit": GivenUnit.CREDIT,
        "attempted": D(1),
        "earned": D(1),
        "mark": "B",
    }
    return GivenLine(**(said | more))


def codes(proposed: Proposed) -> list[str]:
    return [one.reason.code for one in proposed.criteria]


@pytest.mark.parametrize(
    ("given_line", "target", "kind", "credits"),
    [
        (line(), MATH, Recognition.WHOLE, "1.000"),
        (line(earned=D("0.5")), MATH, Recognition.WHOLE, "0.500"),
        (line(unit=GivenUnit.SEMESTER, attempted=D(2), earned=D(2)), MATH, Recognition.WHOLE, "1.000"),
        (line(unit=GivenUnit.TRIMESTER), MATH, Recognition.WHOLE, "0.333"),
        (line(unit=GivenUnit.CLOCK_HOURS, attempted=D(90), earned=D(90)), MATH, Recognition.WHOLE, "0.600"),
        # State rule converts hours of a college without any policy (T18).
        (line(unit=GivenUnit.COLLEGE_QUARTER, attempted=D(5), earned=D(5)), MATH, Recognition.WHOLE, "1.000"),
        (line(unit=GivenUnit.COLLEGE_SEMESTER, attempted=D(4), earned=D(4)), ELECTIVE, Recognition.ELECTIVE, "1.333"),
        # Only what the course has open.
        (line(), Target("math", "MAT101", D(1), D("0.5")), Recognition.PARTIAL, "0.500"),
        (line(), Target("math", "MAT101", D(1), D(1)), Recognition.REFUSED, "0.000"),
        # An attempt without credit is kept (T7).
        (line(earned=D(0), mark="F"), MATH, Recognition.WHOLE, "0.000"),
        # Of schools that the policy does not name.
        (line(sending=Sending.NOT_ACCREDITED), MATH, Recognition.ELECTIVE, "1.000"),
        (line(sending=Sending.UNKNOWN), ELECTIVE, Recognition.ELECTIVE, "1.000"),
        # A part of a term, in the policy's steps.
        (line(earned=D(0), mark="W", attended=D(60), of_days=D(90)), MATH, Recognition.PARTIAL, "0.500"),
    ],
)
@pytest.mark.rule("R27", partial=True)
def test_a_line_is_worth_what_the_policy_says(
    given_line: GivenLine, target: Target, kind: Recognition, credits: str
) -> None:
    proposed = propose(terms(), given_line, target)
    assert (proposed.kind, proposed.credits) == (kind, D(credits))
    assert all(has_words(code) for code in codes(proposed))
    assert all(one.reason.rule_id and one.reason.citation for one in proposed.criteria)


@pytest.mark.rule("EC23")
@pytest.mark.rule("R34", partial=True)
def test_spanish_by_mastery_in_another_district_is_recognized_and_may_be_refused_with_a_reason() -> None:
    spanish = line(mark="P", is_mastery=True)
    proposed = propose(terms(), spanish, Target("world_languages", "SPA2", D(1)))
    assert (proposed.kind, proposed.credits, proposed.mark) == (Recognition.WHOLE, D(1), "P")
    assert "transfer.mastery" in codes(proposed)
    assert {one.reason.citation for one in proposed.criteria} >= {"WAC 180-51-050(6)"}
    refusal = Choice(Recognition.REFUSED)
    assert list(problems(refusal, proposed)) == [] and is_lower(refusal, proposed)
    assert needs_second(terms(), refusal, proposed) and not needs_second(terms(confirmed_by=[]), refusal, proposed)


def test_the_arithmetic_is_in_the_words() -> None:
    proposed = propose(terms(round_to="0.25"), line(unit=GivenUnit.TRIMESTER, attempted=D(2), earned=D(2)), MATH)
    said = [sentence(one.reason) for one in proposed.criteria]
    assert "2 (Trimester credits) × 1/3 = 0.667 credits." in said
    assert "Rounded down to a multiple of 0.25: 0.667 becomes 0.5." in said
    assert proposed.credits == D("0.500")


def test_what_no_policy_says_cannot_be_decided() -> None:
    for said, given_line, code in (
        (None, line(), "transfer.no_policy"),
        (terms(), line(unit=GivenUnit.CARNEGIE), "transfer.no_unit"),
    ):
        proposed = propose(said, given_line, MATH)
        assert proposed.kind is None and not proposed.is_decidable
        assert [one.code for one in problems(Choice(Recognition.REFUSED), proposed)] == [code]


def test_credit_of_schools_the_policy_does_not_name_has_a_limit_of_its_own() -> None:
    private = line(sending=Sending.NOT_ACCREDITED)
    assert propose(terms(), private, ELECTIVE, others_taken=D("1.5")).credits == D("0.500")
    used = propose(terms(), private, ELECTIVE, others_taken=D(2))
    assert (used.kind, used.credits) == (Recognition.REFUSED, D(0))
    assert propose(terms(others="judged"), private, ELECTIVE).kind is None
    assert propose(terms(others="refused"), private, ELECTIVE).kind == Recognition.REFUSED
    assert propose(terms(others_mark="P"), private, ELECTIVE).mark == "P"


# --- Protected students -----------------------------------------------------------------------------------------------


@pytest.mark.rule("R27")
def test_for_a_protected_student_credit_is_accepted_in_any_fraction_and_cannot_be_lowered() -> None:
    said = terms(round_to="0.25", recognized=[])
    third = line(unit=GivenUnit.TRIMESTER)
    assert propose(said, third, MATH).kind == Recognition.ELECTIVE
    proposed = propose(said, third, MATH, is_protected=True)
    assert (proposed.kind, proposed.credits, proposed.must_accept) == (Recognition.WHOLE, D("0.333"), True)
    refused = [one.code for one in problems(Choice(Recognition.REFUSED), proposed)]
    less = [one.code for one in problems(Choice(Recognition.PARTIAL, D("0.25")), proposed)]
    assert refused == less == ["transfer.cannot_lower"]
    assert list(problems(Choice(Recognition.WHOLE), proposed)) == []


@pytest.mark.rule("R27")
def test_for_a_protected_student_part_of_a_term_counts_day_by_day_without_any_policy() -> None:
    left = line(earned=D(0), mark="W", attended=D(31), of_days=D(90))
    assert propose(terms(), left, MATH).credits == D("0.250")
    proposed = propose(None, left, MATH, is_protected=True)
    assert (proposed.credits, proposed.exact) == (D("0.344"), Fraction(31, 90))
    assert "transfer.statute_alone" in codes(proposed)
    without = propose(terms(partial={"round_to": 1}), left, MATH)
    assert without.credits == 0 and propose(None, left, MATH).kind is None


@pytest.mark.rule("R29", partial=True)
def test_even_then_no_credit_counts_twice() -> None:
    proposed = propose(terms(), line(), Target("math", "MAT101", D(1), D(1)), is_protected=True)
    assert not proposed.must_accept and list(problems(Choice(Recognition.REFUSED), proposed)) == []
    assert [one.code for one in problems(Choice(Recognition.WHOLE), proposed)] == ["transfer.nothing_left"]


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ({"homeless"}, ["accept", "consolidate", "waive"]),
        ({"institutional"}, ["accept", "consolidate", "waive", "tests"]),
        ({"military"}, ["waive"]),
        ({"pe_excused"}, []),
        (set(), []),
    ],
)
def test_the_duties_of_law_by_who_the_student_is(groups: set[str], found: list[str]) -> None:
    owed = duties(groups, dt.date(2026, 11, 22))
    assert [one.code for one in owed] == found and all(has_words(one.reason.code) for one in owed)
    assert duties(groups, dt.date(2009, 1, 1)) == ()


# --- Properties -------------------------------------------------------------------------------------------------------

_amounts = st.decimals(min_value=0, max_value=100, places=3)
_units = st.sampled_from([one for one in GivenUnit if one not in {GivenUnit.CARNEGIE, GivenUnit.QUARTER}])


@settings(max_examples=300, deadline=None)
@given(
    earned=_amounts,
    more=_amounts,
    unit=_units,
    sending=st.sampled_from(Sending),
    worth=st.decimals(min_value="0.125", max_value=10, places=3),
    standing=st.decimals(min_value=0, max_value=12, places=3),
    taken=st.decimals(min_value=0, max_value=4, places=3),
    step=st.sampled_from([None, "0.25", "0.125", "0.1", "1"]),
    protected=st.booleans(),
)
@pytest.mark.rule("R27", partial=True)
@pytest.mark.rule("R22", partial=True)
def test_conversion_never_exceeds_and_never_loses(
    earned: Decimal,
    more: Decimal,
    unit: GivenUnit,
    sending: Sending,
    worth: Decimal,
    standing: Decimal,
    taken: Decimal,
    step: str | None,
    protected: bool,
) -> None:
    said = terms(round_to=step) if step else terms()
    given_line = line(sending=sending, unit=unit, attempted=earned + more, earned=earned)
    target = Target("math", "MAT101", worth, standing)
    proposed = propose(said, given_line, target, others_taken=taken, is_protected=protected)
    factor = said.worth_of(unit)
    assert factor is not None
    exact = Fraction(earned) * factor
    assert proposed.exact <= exact, "rounded down by default"
    assert 0 <= proposed.credits <= max(proposed.most, D(0))
    if proposed.kind not in (Recognition.ELECTIVE, Recognition.REFUSED):
        assert proposed.credits + standing <= max(worth, standing)
    if sending in said.recognized and (step is None or protected):
        assert proposed.exact == exact and abs(Fraction(proposed.most) - exact) <= Fraction(1, 2000)
    if sending not in said.recognized:
        assert proposed.most <= max(D(2) - taken, D(0)) or (protected and sending in said.recognized)
    for kind in Recognition:
        choice = Choice(kind, proposed.credits)
        if not list(problems(choice, proposed)):
            assert 0 <= choice.given(proposed) <= proposed.most


@settings(max_examples=300, deadline=None)
@given(
    shares=st.lists(st.tuples(st.integers(1, 90), st.sampled_from([1, 2, 3, 5, 7, 90])), min_size=1, max_size=9),
    worth=st.one_of(st.none(), st.decimals(min_value="0.25", max_value=4, places=3)),
)
@pytest.mark.rule("R27", partial=True)
def test_consolidating_never_exceeds_the_course_and_loses_nothing(
    shares: list[tuple[int, int]], worth: Decimal | None
) -> None:
    exact = [Fraction(one, of * 90) for one, of in shares]
    parts = [Part(printed(one), one) for one in exact]
    whole = consolidated(parts, worth)
    assert whole <= (worth if worth is not None else whole)
    if worth is None or sum(exact) <= Fraction(worth):
        assert abs(Fraction(whole) - sum(exact)) <= Fraction(1, 2000)
    assert consolidated(reversed(parts), worth) == whole


def test_three_thirds_are_one_credit() -> None:
    third = Part(D("0.333"), Fraction(1, 3))
    assert consolidated([third] * 3, D(1)) == D("1.000")
    # Where somebody decided another amount, that amount counts.
    assert consolidated([Part(D("0.25"), Fraction(1, 3))] * 3, D(1)) == D("0.750")


# --- What is typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1e400", "NaN", "Infinity", "-1", "1,000", "1.2345", "3000", "=1+1", "½", ""])
def test_hostile_numbers_are_none(text: str) -> None:
    assert amount_of(text) is None


@pytest.mark.parametrize(("text", "value"), [("0,5", "0.5"), ("0.333", "0.333"), (" 1 ", "1"), ("150", "150")])
def test_numbers_with_comma_or_point_are_read(text: str, value: str) -> None:
    assert amount_of(text) == D(value) and not is_ambiguous(text)


def test_a_line_that_cannot_be_is_named() -> None:
    today = dt.date(2026, 11, 22)

    def found(**said: Any) -> list[str]:
        given_line: dict[str, Any] = {"school_year": 2025, "attempted": D(1), "earned": D(1)} | said
        return [why.code.rpartition(".")[2] for _field, why in faults(LineDetails("Art", **given_line), today)]

    assert found() == []
    assert found(earned=D(2)) == ["earned_over_attempted"]
    assert found(attempted=D(0), earned=D(0)) == ["nothing_attempted"]
    assert found(starts_on=dt.date(2025, 6, 1), ends_on=dt.date(2025, 1, 1)) == ["days_reversed"]
    assert found(ends_on=dt.date(2027, 1, 1)) == ["ahead"] and found(school_year=2029) == ["ahead"]
    assert found(attended=D(3)) == ["days_incomplete"] and found(attended=D(0), of_days=D(0)) == ["days_incomplete"]
    assert found(attended=D(91), of_days=D(90)) == ["attended_over_days"]


def test_the_same_line_has_the_same_print_however_it_is_spelled() -> None:
    one = LineDetails("Algebra I", 2025, D(1), D(1), term="S1", mark="B")
    other = LineDetails("ALGEBRA  I", 2025, D(2), D(2), term="Semester 1", mark="b", course_code="X")
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != LineDetails("Algebra I", 2025, D(1), D(1), term="S2", mark="B").fingerprint
