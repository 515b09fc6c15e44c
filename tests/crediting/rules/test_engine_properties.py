"""What holds for every policy and every order of requests: limits, repeatability, and deafness to what is not asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from random import Random

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


# --- Any limits at all ------------------------------------------------------------------------------------------------

SUBJECTS = {"MAT101": "math", "MAT201": "math"}
selections = st.one_of(
    st.just(Selection()),
    st.sets(st.sampled_from(["state", "local"]), min_size=1).map(lambda them: Selection(rules=frozenset(them))),
    st.sets(st.sampled_from(COURSES), min_size=1).map(lambda them: Selection(courses=frozenset(them))),
    st.sets(st.sampled_from([STATE.method, LOCAL.method]), min_size=1).map(
        lambda them: Selection(methods=frozenset(them))
    ),
    st.just(Selection(subjects=frozenset({"math"}))),
    st.sets(st.sampled_from(["course", "method", "subject"]), min_size=1, max_size=2).map(
        lambda them: Selection(same=frozenset(them))
    ),
)
limits = st.lists(
    st.tuples(
        selections,
        st.sampled_from(["0.25", "0.5", "0.75", "1", "1.5", "2"]),
        st.sampled_from(["student", "quarter"]),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def counted_by(cap: Cap, award: EarlierAward, key: tuple[str, ...]) -> bool:
    """Written anew, so that the engine is not asked about itself: whether the cap counts the award under ``key``."""
    of = cap.of
    named = (
        (of.rules, award.rule_code),
        (of.courses, award.course_code),
        (of.methods, award.method),
        (of.subjects, SUBJECTS[award.course_code]),
    )
    return all(not asked or value in asked for asked, value in named) and key_of(cap, award) == key


def key_of(cap: Cap, award: EarlierAward) -> tuple[str, ...]:
    """What awards under one limit have in common: course, method or subject, and the quarter."""
    same = {"course": award.course_code, "method": award.method, "subject": SUBJECTS[award.course_code]}
    assert award.on is not None
    quarter = "" if cap.per == "student" else str((award.on.month - 1) // 3)
    return (*(same[name] for name in sorted(cap.of.same)), quarter)


@pytest.mark.rule("R22", partial=True)
@settings(max_examples=300, deadline=None)
@given(limits, requests, st.randoms(use_true_random=False))
def test_any_limits_hold_for_any_requests_in_any_order(
    said: list[tuple[Selection, str, str, bool, bool]], wanted: list[tuple[str, bool, str, int]], chance: Random
) -> None:
    """Caps and pools by rule, course, method, subject, what is alike and quarter, in credits and in times."""
    caps = tuple(
        Cap(f"cap{number}", of, at_most=Decimal(int(Decimal(most)) or 1) if times else Decimal(most), per=per,
            counts_awards=times, refuses=refuses)
        for number, (of, most, per, times, refuses) in enumerate(said)
    )  # fmt: skip
    policy = replace(capped(), caps=caps)
    chance.shuffle(wanted)
    made: list[EarlierAward] = []
    for number, (course, by_state, credits, month) in enumerate(wanted):
        facts = asked(course, by_state, credits, month, number, made)
        outcome = decide(policy, facts)
        assert outcome == decide(policy, facts)
        if outcome.is_award:
            award = EarlierAward(
                course,
                facts.method,
                outcome.rule_code,
                outcome.credits,
                outcome.evidence_used,
                subject="math",
                on=facts.decided_on,
            )
            made.append(award)
    for cap in caps:
        for key in {key_of(cap, one) for one in made}:
            under = [one for one in made if counted_by(cap, one, key)]
            taken = Decimal(len(under)) if cap.counts_awards else sum((one.credits for one in under), Decimal(0))
            assert cap.at_most is not None and taken <= cap.at_most, (cap, under)
