"""What holds for every policy and every order of requests: limits, repeatability, and deafness to what is not asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crediting.rules.credit import decide
from crediting.rules.facts import AssessmentResult, EarlierAward, RequestFacts, Try
from crediting.rules.policy.conditions import Selection
from crediting.rules.policy.terms import Amount, Cap, Period, PolicyTerms
from tests.crediting.rules.facts import LOCAL, STATE, attempt, local, result, state, terms

COURSES = ("MAT101", "MAT201")
QUARTERS = tuple(
    Period("quarter", "", dt.date(2026, month, 1), dt.date(2026, month + 2, 28)) for month in (1, 4, 7, 10)
)
POOL = Cap("pool", Selection(rules=frozenset({"state", "local"})), at_most=Decimal("1.25"))
QUARTER = Cap("quarter", Selection(), at_most=Decimal("0.75"), per="quarter")
TWO_TIMES = Cap("times", Selection(same=frozenset({"course"})), at_most=Decimal(2), counts_awards=True)


def capped() -> PolicyTerms:
    either = Amount(up_to=Decimal("1.0"))
    rules = (replace(STATE, amount=either), replace(LOCAL, amount=either))
    return terms(rules=rules, caps=(POOL, QUARTER, TWO_TIMES), calendar=QUARTERS)


requests = st.lists(
    st.tuples(
        st.sampled_from(COURSES),
        st.booleans(),
        st.sampled_from(["0.25", "0.5", "1", "3"]),
        st.integers(1, 12),
    ),
    max_size=10,
)


def asked(course: str, by_state: bool, wanted: str, month: int, number: int, made: list[EarlierAward]) -> RequestFacts:
    day = dt.date(2026, month, 15)
    common = {
        "course_code": course,
        "credits_wanted": Decimal(wanted),
        "demonstrated_on": day,
        "decided_on": day,
        "awards": tuple(made),
    }
    if not by_state:
        return local(**common, evidence=frozenset({f"piece-{number}"}))
    shown = AssessmentResult("sba-math", day, level=3)
    return state(**common, record=(attempt(course=course),), results=(shown,))


@pytest.mark.rule("R22", "R29")
@settings(max_examples=150, deadline=None)
@given(requests)
def test_no_order_of_requests_takes_more_than_a_cap_a_pool_or_a_course_has(
    wanted: list[tuple[str, bool, str, int]],
) -> None:
    policy = capped()
    made: list[EarlierAward] = []
    for number, (course, by_state, credits, month) in enumerate(wanted):
        facts = asked(course, by_state, credits, month, number, made)
        outcome = decide(policy, facts)
        if outcome.is_award:
            assert outcome.credits > 0
            award = EarlierAward(
                course, facts.method, outcome.rule_code, outcome.credits, outcome.evidence_used, on=facts.decided_on
            )
            made.append(award)
    assert sum(one.credits for one in made) <= Decimal("1.25")
    for quarter in QUARTERS:
        inside = [one for one in made if one.on and quarter.first <= one.on <= quarter.last]
        assert sum(one.credits for one in inside) <= Decimal("0.75")
    for course in COURSES:
        own = [one for one in made if one.course_code == course]
        assert len(own) <= 2
        assert sum(one.credits for one in own) <= 1


@settings(max_examples=100, deadline=None)
@given(requests)
def test_deciding_twice_gives_the_same_answer(wanted: list[tuple[str, bool, str, int]]) -> None:
    policy = capped()
    for number, (course, by_state, credits, month) in enumerate(wanted):
        facts = asked(course, by_state, credits, month, number, [])
        assert decide(policy, facts) == decide(policy, facts)


@settings(max_examples=150, deadline=None)
@given(
    st.booleans(),
    st.dictionaries(st.sampled_from(["shoe_size", "colour", "hours"]), st.sampled_from([Decimal(7), "red", True])),
    st.frozensets(st.sampled_from(["form-x", "note"])),
    st.frozensets(st.sampled_from(["swim-team", "choir"])),
    st.booleans(),
)
def test_what_no_rule_asks_for_changes_nothing(
    by_state: bool,
    confirmed: dict[str, Decimal | str | bool],
    papers: frozenset[str],
    enrolled: frozenset[str],
    more: bool,
) -> None:
    facts = state() if by_state else local()
    other = replace(facts, confirmed=confirmed, papers=papers, student=replace(facts.student, enrolled=enrolled))
    if more:
        other = replace(
            other,
            results=(*other.results, result("typing-test", 9)),
            record=(*other.record, attempt(course="ART110")),
            tries=(Try("ART110", "GED", dt.date(2026, 1, 5)),),
            awards=(EarlierAward("ART110", "GED", "other", Decimal("0.5"), subject="arts"),),
        )
    assert decide(terms(), other) == decide(terms(), facts)
