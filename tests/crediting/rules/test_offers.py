"""What a policy opens to a student, what each way asks, and why the rest is closed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from crediting.rules.offers import course_offer, offers
from crediting.rules.policy.terms import Amount, Approval, LocalMethod, PolicyTerms
from crediting.words import sentence
from mbl.core.words import has_words
from tests.crediting.rules.facts import SHOWN, local_rule, state_rule, terms


def look(policy: PolicyTerms | None, code: str = "MAT201", **changes: Any) -> tuple[bool, str]:
    """Whether the course is open, and why not."""
    fields: dict[str, Any] = {"on": SHOWN, "worth": Decimal("1.000")}
    seen = course_offer(policy, code, "Geometry", **fields | changes)
    for reason in (
        *([seen.why_not] if seen.why_not else []),
        *(asked for offer in seen.offers for asked in offer.asks),
    ):
        assert has_words(reason.code), reason
        assert "–" not in sentence(reason), reason
    return seen.is_open, seen.why_not.code if seen.why_not else ""


@pytest.mark.rule("R4")
@pytest.mark.rule("R15", partial=True)
def test_the_ways_of_a_course_come_with_the_kinds_to_choose_from() -> None:
    by_state, by_work = offers(terms(), "MAT201")
    assert (by_state.method, by_state.kinds, by_state.instruments) == ("STATE_ASSESSMENT", (), ("eoc-math", "sba-math"))
    assert (by_work.method, by_work.kinds) == ("LOCAL_ASSESSMENT", ("portfolio", "presentation"))
    assert offers(terms(), "ENG101") == ()


@pytest.mark.rule("R13")
def test_an_earlier_attempt_is_asked_for_only_where_the_rule_does() -> None:
    by_state, by_work = offers(terms(), "MAT201")
    assert [reason.code for reason in by_state.asks] == [
        "ask.prior_attempt",
        "ask.assessment",
        "ask.second_person_decides",
    ]
    assert [reason.code for reason in by_work.asks] == ["ask.standards", "ask.second_person_decides"]
    assert sentence(by_work.asks[0]) == "At least 2 standards that you name, each judged Proficient or above."
    assert sentence(by_state.asks[1]) == (
        "A result that your school has on file: the standard met on eoc-math or level 3 or above on sba-math."
    )


@pytest.mark.rule("R6")
@pytest.mark.parametrize("blank", [{"amount": Amount()}, {"mark": None}, {"required_level": ""}])
def test_a_way_with_a_blank_is_not_offered(blank: dict[str, Any]) -> None:
    policy = terms(rules=(local_rule(**blank),))
    assert offers(policy, "MAT201") == ()
    assert look(policy) == (False, "course.ways_not_configured")


@pytest.mark.rule("R1")
def test_an_incomplete_policy_offers_nothing() -> None:
    assert offers(terms(equity_provision=""), "MAT201") == ()
    assert look(terms(equity_provision="")) == (False, "policy.no_equity_provision")


@pytest.mark.rule("R5", partial=True)
def test_a_way_of_the_district_s_own_is_offered_under_its_own_name() -> None:
    own = state_rule(code="ap", method="AP_EXAM", prior_attempt=frozenset())
    policy = terms(rules=(own,), methods={"AP_EXAM": LocalMethod("AP_EXAM", "Advanced Placement exam")})
    assert [(offer.method, offer.method_title) for offer in offers(policy, "MAT201")] == [
        ("AP_EXAM", "Advanced Placement exam")
    ]


@pytest.mark.rule("R10b")
def test_who_decides_is_said_for_the_students_own_school() -> None:
    policy = terms(school_approval={"S2": Approval(frozenset({"teacher"}), two_roles=False)})
    assert offers(policy, "MAT201", "S1")[0].asks[-1].code == "ask.second_person_decides"
    assert offers(policy, "MAT201", "S2")[0].asks[-1].code == "ask.assessor_decides"


@pytest.mark.parametrize(
    ("policy", "changes", "why"),
    [
        (terms(), {}, ""),
        (None, {}, "course.no_policy"),
        (terms(), {"worth": None}, "course.no_credits"),
        (terms(), {"standing": Decimal("1.000")}, "course.already_earned"),
        (terms(), {"standing": Decimal("0.999")}, ""),
        (terms(effective_to=dt.date(2026, 5, 19)), {}, "course.policy_not_in_force"),
        (terms(rules=()), {}, "course.no_way"),
    ],
)
def test_a_closed_course_says_why(policy: PolicyTerms | None, changes: dict[str, Any], why: str) -> None:
    assert look(policy, **changes) == (not why, why)


@pytest.mark.rule("R12")
def test_a_course_off_the_list_says_so() -> None:
    assert look(terms(), "SPA101") == (False, "course.not_eligible")
