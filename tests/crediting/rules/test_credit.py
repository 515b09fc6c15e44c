"""The decision core: each criterion met and not met, and what must hold whatever the facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crediting.rules.credit import decide
from crediting.rules.facts import AttemptOutcome, EarlierAttempt, EarlierAward, Purpose, RequestFacts
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.policy.terms import Amount, Approval, Mark, PolicyTerms
from crediting.states import LocalAssessment, Method
from crediting.words import sentence
from mbl.core.words import has_words
from tests.crediting.rules.facts import (
    LEVELS,
    LOCAL,
    attempt,
    award,
    claim,
    judged,
    local,
    local_rule,
    result,
    state,
    state_rule,
    terms,
)

AWARD, REFUSED, OPEN = OutcomeKind.AWARD, OutcomeKind.REFUSED, OutcomeKind.NOT_DECIDABLE
TEACHER_ALONE = Approval(frozenset({"teacher", "principal"}), two_roles=False)


def codes(outcome: Outcome) -> set[str]:
    return {reason.code for reason in outcome.reasons}


# --- An award ---------------------------------------------------------------------------------------------------------


def test_a_portfolio_at_the_level_asked_for_earns_the_credit() -> None:
    outcome = decide(terms(), local())
    assert (outcome.kind, outcome.credits, outcome.mark, outcome.is_numeric) == (AWARD, Decimal("1.000"), "P", False)
    assert (outcome.rule_code, outcome.course_code, outcome.two_roles) == ("local", "MAT201", True)
    assert all(criterion.met for criterion in outcome.criteria)
    assert not outcome.missing


def test_every_criterion_names_a_rule_and_a_source() -> None:
    for criterion in decide(terms(), state()).criteria:
        assert criterion.reason.rule_id, criterion.code
        assert criterion.reason.citation, criterion.code


@pytest.mark.rule("R7")
def test_an_award_cites_one_version_by_the_day_it_was_shown_and_one_rule_of_one_way() -> None:
    outcome = decide(terms(), local())
    (in_force,) = [one for one in outcome.criteria if one.code == "policy.in_force"]
    assert dict(in_force.reason.params) == {"policy": "2403", "version": 1, "on": "2026-05-20"}
    assert outcome.rule_code == LOCAL.code


# --- The policy -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R1", "R3")
def test_without_a_version_in_force_nothing_can_be_decided() -> None:
    outcome = decide(None, local())
    assert (outcome.kind, codes(outcome)) == (OPEN, {"policy.none_in_force"})


@pytest.mark.rule("R1")
@pytest.mark.parametrize(
    ("blank", "reason"),
    [
        ({"equity_provision": " "}, "policy.no_equity_provision"),
        ({"courses": {}}, "policy.no_courses"),
        ({"other_methods": ""}, "policy.no_other_methods"),
    ],
)
def test_a_policy_without_one_of_its_three_parts_awards_nothing(blank: dict[str, Any], reason: str) -> None:
    outcome = decide(terms(**blank), local())
    assert (outcome.kind, codes(outcome)) == (OPEN, {reason})


@pytest.mark.rule("R7", "EC21")
@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        (dt.date(2025, 6, 30), AWARD),
        (dt.date(2025, 7, 1), OPEN),
        (dt.date(2020, 6, 30), OPEN),
    ],
)
def test_a_version_decides_work_shown_on_its_days_only(shown: dt.date, kind: OutcomeKind) -> None:
    ended = terms(effective_to=dt.date(2025, 6, 30))
    outcome = decide(ended, local(demonstrated_on=shown))
    assert outcome.kind == kind
    assert kind == AWARD or codes(outcome) == {"policy.not_in_force"}


@pytest.mark.rule("R10a")
def test_a_version_for_named_classes_decides_for_those_only() -> None:
    for_2030 = terms(classes=frozenset({2030}))
    assert decide(for_2030, local(graduation_year=2030)).is_award
    assert codes(decide(for_2030, local(graduation_year=2028))) == {"policy.not_in_force"}


@pytest.mark.rule("R10a")
def test_work_that_was_never_fully_shown_cannot_be_decided() -> None:
    assert codes(decide(terms(), local(demonstrated_on=None))) == {"policy.no_demonstration_date"}


# --- Course, way, kind, purpose ---------------------------------------------------------------------------------------


@pytest.mark.rule("R12")
def test_a_course_that_is_not_on_the_list_is_refused() -> None:
    outcome = decide(terms(), local(course_code="SPA101", subject="world_languages"))
    assert (outcome.kind, codes(outcome)) == (REFUSED, {"course.not_eligible"})


@pytest.mark.rule("EC9")
def test_a_policy_for_languages_and_careers_refuses_mathematics() -> None:
    both = frozenset({"SPA101", "CTE110"})
    policy = terms(
        series="2409",
        courses={"SPA101": "world_languages", "CTE110": "cte"},
        rules=(local_rule(courses=both),),
    )
    outcome = decide(policy, local(course_code="MAT201"))
    assert (outcome.kind, codes(outcome)) == (REFUSED, {"course.not_eligible"})
    assert decide(policy, local(course_code="CTE110", subject="cte")).is_award


@pytest.mark.rule("R4")
@pytest.mark.parametrize("method", [*Method, "AP_EXAM"])
def test_no_way_is_open_unless_a_rule_opens_it_for_the_course(method: str) -> None:
    outcome = decide(terms(rules=()), local(method=str(method)))
    assert (outcome.kind, codes(outcome)) == (REFUSED, {"method.not_enabled"})


@pytest.mark.rule("R4")
@pytest.mark.parametrize("kind", sorted(LocalAssessment))
def test_a_kind_of_local_assessment_is_open_only_where_the_rule_names_it(kind: str) -> None:
    outcome = decide(terms(), local(kind=kind))
    assert outcome.is_award == (kind in LOCAL.kinds)
    assert outcome.is_award or codes(outcome) == {"method.kind_not_enabled"}


def test_a_local_assessment_without_its_kind_waits_for_the_choice() -> None:
    assert (decide(terms(), local(kind="")).kind, codes(decide(terms(), local(kind="")))) == (
        OPEN,
        {"method.kind_not_chosen"},
    )


def test_a_rule_for_recovery_does_not_serve_a_challenge() -> None:
    assert codes(decide(terms(), state(purpose=Purpose.CHALLENGE))) >= {"purpose.not_served"}


@pytest.mark.rule("R6")
@pytest.mark.parametrize("blank", [{"amount": Amount()}, {"mark": None}, {"required_level": ""}])
def test_a_rule_with_a_blank_awards_nothing(blank: dict[str, Any]) -> None:
    outcome = decide(terms(rules=(local_rule(**blank),)), local())
    assert (outcome.kind, outcome.credits) == (OPEN, Decimal(0))
    assert "rule.not_configured" in codes(outcome)


# --- Standards and judgements -----------------------------------------------------------------------------------------


@pytest.mark.rule("R11")
def test_a_request_without_standards_cannot_be_decided() -> None:
    assert "standards.none_named" in codes(decide(terms(), local(claims=(), judgements=())))


@pytest.mark.rule("R11", "R2")
@pytest.mark.parametrize(
    ("body", "state_has_some", "kind", "reason"),
    [
        ("state", True, AWARD, ""),
        ("local", False, AWARD, ""),
        ("local", True, REFUSED, "standards.local_not_allowed"),
        ("", True, REFUSED, "standards.not_adopted"),
        ("", False, REFUSED, "standards.not_adopted"),
    ],
)
def test_standards_are_the_states_or_local_where_the_state_has_none(
    body: str, state_has_some: bool, kind: OutcomeKind, reason: str
) -> None:
    claims = (claim("a"), claim("b", body=body))
    outcome = decide(terms(), local(claims=claims, state_standards_exist=state_has_some))
    assert outcome.kind == kind
    assert kind == AWARD or codes(outcome) == {reason}


def test_a_standard_without_a_judgement_leaves_the_request_open() -> None:
    outcome = decide(terms(), local(judgements=(judged("a"),)))
    assert (outcome.kind, codes(outcome)) == (OPEN, {"mastery.not_judged"})


def test_a_standard_that_everybody_must_show_is_asked_of_everybody() -> None:
    claims = (claim("a"), claim("b"), claim("c", is_required=True))
    assert decide(terms(), local(claims=claims)).kind == OPEN
    shown = (judged("a"), judged("b"), judged("c"))
    assert decide(terms(), local(claims=claims, judgements=shown)).is_award


def test_one_standard_below_the_level_refuses_however_high_the_others_are() -> None:
    shown = (judged("a", "extending"), judged("b", "developing"))
    outcome = decide(terms(), local(judgements=shown))
    assert (outcome.kind, codes(outcome)) == (REFUSED, {"mastery.below"})


def test_the_newest_judgement_counts_up_and_down() -> None:
    better = (judged("a"), judged("b", "developing"), judged("b", "proficient", attempt=2, day=9))
    worse = (judged("a"), judged("b", "proficient"), judged("b", "developing", attempt=2, day=9))
    assert decide(terms(), local(judgements=better)).is_award
    assert decide(terms(), local(judgements=worse)).kind == REFUSED


def test_fewer_standards_than_the_rule_asks_for_leaves_the_request_open() -> None:
    outcome = decide(terms(), local(claims=(claim("a"),), judgements=(judged("a"),)))
    assert (outcome.kind, codes(outcome)) == (OPEN, {"standards.too_few"})


def test_a_level_that_the_policy_does_not_know_leaves_the_request_open() -> None:
    strange = replace(judged("b"), level="mastered")
    assert codes(decide(terms(), local(judgements=(judged("a"), strange)))) == {"mastery.level_unknown"}


# --- Earlier attempts, results, evidence, reflection ------------------------------------------------------------------


@pytest.mark.rule("R13")
def test_the_local_way_asks_for_no_earlier_attempt_and_says_nothing_of_one() -> None:
    outcome = decide(terms(), local(record=()))
    assert outcome.is_award
    assert "prior_attempt" not in {criterion.code for criterion in outcome.criteria}


@pytest.mark.rule("R13")
@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ((attempt(),), AWARD),
        ((attempt(AttemptOutcome.INCOMPLETE),), AWARD),
        ((), REFUSED),
        ((attempt(AttemptOutcome.WITHDRAWN),), REFUSED),
        ((attempt(course="MAT101"),), REFUSED),
        ((attempt(ended_on=dt.date(2026, 6, 1)),), REFUSED),
    ],
)
def test_the_state_way_asks_for_a_failed_or_incomplete_attempt_before(
    record: tuple[EarlierAttempt, ...], kind: OutcomeKind
) -> None:
    assert decide(terms(), state(record=record)).kind == kind


@pytest.mark.parametrize(
    ("results", "kind", "reason"),
    [
        ((result(level=3),), AWARD, "credit.award"),
        ((result(level=4),), AWARD, "credit.award"),
        ((result(level=2),), REFUSED, "assessment.below"),
        ((result("eoc-math", None, met=True),), AWARD, "credit.award"),
        ((result("eoc-math", None, met=False),), REFUSED, "assessment.below"),
        ((result("eoc-math", None),), REFUSED, "assessment.below"),
        ((result("sba-ela"),), OPEN, "assessment.none"),
        ((result(level=None),), OPEN, "assessment.no_level"),
        ((), OPEN, "assessment.none"),
        ((result(level=2, day=9), result(level=3, day=1)), AWARD, "credit.award"),
    ],
)
def test_a_result_on_a_named_assessment_at_its_level_is_what_the_state_way_asks(
    results: tuple[Any, ...], kind: OutcomeKind, reason: str
) -> None:
    outcome = decide(terms(), state(results=results))
    assert (outcome.kind, codes(outcome)) == (kind, {reason})


@pytest.mark.rule("EC24")
@pytest.mark.rule("R29", partial=True)
def test_the_same_score_does_not_earn_credit_in_the_same_course_twice() -> None:
    first = decide(terms(rules=(state_rule(amount=Amount(up_to=Decimal("0.5"))),)), state())
    assert first.evidence_used == {"sba-math@2026-05-01"}
    again = decide(terms(), state(awards=(award("0.5", evidence=tuple(first.evidence_used)),)))
    assert (again.kind, codes(again)) == (REFUSED, {"evidence.already_used"})
    used = tuple(first.evidence_used)
    elsewhere = decide(terms(), state(awards=(award("0.5", course="MAT101", rule="state", evidence=used),)))
    assert elsewhere.is_award  # the same rule opens both courses to the score
    by_another = decide(terms(), state(awards=(award("0.5", course="MAT101", rule="local", evidence=used),)))
    assert (by_another.kind, codes(by_another)) == (REFUSED, {"evidence.used_elsewhere"})


@pytest.mark.rule("R29", partial=True)
def test_the_same_piece_does_not_earn_credit_in_the_same_course_twice() -> None:
    half = award("0.5", evidence=("piece-1",))
    assert codes(decide(terms(), local(awards=(half,)))) == {"evidence.already_used"}
    assert decide(terms(), local(awards=(half,), evidence=frozenset({"piece-2"}))).credits == Decimal("0.500")
    assert decide(terms(), local(awards=(replace(half, course_code="MAT101"),))).is_award


def test_work_is_needed_where_work_is_judged() -> None:
    assert codes(decide(terms(), local(evidence=frozenset()))) == {"evidence.none"}


def test_a_reflection_is_needed_where_the_rule_asks_for_one() -> None:
    asks = terms(rules=(local_rule(reflection_required=True),))
    assert codes(decide(asks, local())) == {"reflection.missing"}
    assert decide(asks, local(reflected=True)).is_award


# --- Amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "standing", "expected"),
    [
        (Amount(up_to=Decimal("1.0")), "0", "1.000"),
        (Amount(up_to=Decimal("1.0")), "0.5", "0.500"),
        (Amount(up_to=Decimal("0.5")), "0", "0.500"),
        (Amount(up_to=Decimal("4.0")), "0", "1.000"),
        (Amount(exactly=Decimal("0.5")), "0.5", "0.500"),
        (Amount(exactly=Decimal("1.0")), "0.5", None),
        (Amount(up_to=Decimal("1.0")), "1.0", None),
    ],
)
def test_no_more_than_the_course_has_left(amount: Amount, standing: str, expected: str | None) -> None:
    outcome = decide(terms(rules=(local_rule(amount=amount),)), local(awards=(award(standing),)))
    assert outcome.is_award == (expected is not None)
    assert outcome.credits == Decimal(expected or 0)


def test_credit_earned_in_class_counts_as_standing() -> None:
    outcome = decide(terms(), local(record=(attempt(AttemptOutcome.PASSED, earned="0.5"),)))
    assert outcome.credits == Decimal("0.500")


@pytest.mark.rule("R34", partial=True)
def test_credit_in_other_courses_is_no_cap() -> None:
    others = tuple(award("1.0", course=f"MAT{number}") for number in range(300, 330))
    assert decide(terms(), local(awards=others)).credits == Decimal("1.000")


def test_of_two_rules_the_one_that_gives_more_counts_and_among_equals_the_first() -> None:
    half = local_rule(code="half", amount=Amount(exactly=Decimal("0.5")))
    assert decide(terms(rules=(half, LOCAL)), local()).rule_code == "local"
    assert decide(terms(rules=(local_rule(code="first"), LOCAL)), local()).rule_code == "first"


def test_a_rule_that_cannot_be_met_does_not_hide_one_that_can() -> None:
    strict = local_rule(code="strict", required_level="extending")
    assert decide(terms(rules=(strict, LOCAL)), local()).rule_code == "local"


def test_a_letter_mark_counts_in_the_average() -> None:
    letter = local_rule(mark=Mark("B", is_numeric=True, basis="Level table"))
    outcome = decide(terms(rules=(letter,)), local())
    assert (outcome.mark, outcome.is_numeric) == ("B", True)


# --- Who decides ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R10b")
@pytest.mark.parametrize(
    ("approval", "decider", "roles", "assessors", "reason"),
    [
        (None, "manager-1", {"credit_manager"}, {"teacher-1"}, ""),
        (None, "counselor-1", {"counselor"}, {"teacher-1"}, "approver.wrong_role"),
        (None, "teacher-1", {"teacher"}, {"teacher-1"}, "approver.wrong_role"),
        (None, "principal-1", {"principal"}, {"principal-1"}, "approver.assessed_alone"),
        (None, "principal-1", {"principal"}, {"principal-1", "teacher-1"}, ""),
        (TEACHER_ALONE, "teacher-1", {"teacher"}, {"teacher-1"}, ""),
        (TEACHER_ALONE, "teacher-2", {"teacher"}, {"teacher-1"}, "approver.did_not_assess"),
        (TEACHER_ALONE, "principal-1", {"principal"}, {"teacher-1"}, ""),
        (TEACHER_ALONE, "manager-1", {"credit_manager"}, {"teacher-1"}, "approver.wrong_role"),
    ],
)
def test_who_may_decide_follows_the_policy(
    approval: Approval | None, decider: str, roles: set[str], assessors: set[str], reason: str
) -> None:
    policy = terms(approval=approval) if approval else terms()
    outcome = decide(policy, local(decider=decider, decider_roles=frozenset(roles), assessors=frozenset(assessors)))
    assert outcome.is_award == (not reason)
    assert not reason or (outcome.kind, codes(outcome)) == (OPEN, {reason})
    assert outcome.two_roles == policy.approval.two_roles


@pytest.mark.rule("R10b")
def test_a_school_with_approval_of_its_own_decides_by_it() -> None:
    policy = terms(school_approval={"S2": TEACHER_ALONE})
    alone = local(decider="teacher-1", decider_roles=frozenset({"teacher"}))
    assert decide(policy, replace(alone, school_code="S1")).kind == OPEN
    at_its_school = decide(policy, replace(alone, school_code="S2"))
    assert (at_its_school.is_award, at_its_school.two_roles) == (True, False)


def test_a_preview_without_a_decider_leaves_out_who_decides() -> None:
    outcome = decide(terms(), local(decider="", decider_roles=frozenset()))
    assert outcome.is_award
    assert "approver" not in {criterion.code for criterion in outcome.criteria}


# --- Whatever the facts -----------------------------------------------------------------------------------------------

amounts = st.decimals(min_value="0.001", max_value="4", places=3)
guids = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True)


@st.composite
def any_facts(draw: st.DrawFn) -> RequestFacts:
    """A request, complete or not, of a student with any record."""
    claimed = draw(guids)
    judgements = draw(
        st.lists(
            st.builds(
                judged,
                st.sampled_from("abcdef"),
                st.sampled_from(LEVELS),
                attempt=st.integers(1, 4),
                day=st.integers(1, 28),
            ),
            max_size=12,
        )
    )
    courses = st.sampled_from(["MAT101", "MAT201", "ENG101"])
    awards = draw(
        st.lists(
            st.builds(
                award,
                amounts.map(str),
                course=courses,
                evidence=st.lists(st.sampled_from(["piece-1", "piece-2", "sba-math@2026-05-01"]), max_size=2),
            ),
            max_size=3,
        )
    )
    record = draw(
        st.lists(
            st.builds(
                attempt, st.sampled_from(AttemptOutcome), course=courses, earned=st.sampled_from(["0", "0.5", "1"])
            ),
            max_size=3,
        )
    )
    return local(
        course_code=draw(courses),
        course_credits=draw(amounts),
        method=draw(st.sampled_from(["LOCAL_ASSESSMENT", "STATE_ASSESSMENT", "NEXT_COURSE"])),
        kind=draw(st.sampled_from(["", "portfolio", "test"])),
        purpose=draw(st.sampled_from(Purpose)),
        demonstrated_on=draw(st.sampled_from([None, dt.date(2019, 1, 1), dt.date(2026, 5, 20)])),
        claims=tuple(claim(guid, body=draw(st.sampled_from(["state", "local", ""]))) for guid in claimed),
        judgements=tuple(judgements),
        results=tuple(draw(st.lists(st.builds(result, level=st.integers(1, 4)), max_size=2))),
        record=tuple(record),
        awards=tuple(awards),
        evidence=draw(st.frozensets(st.sampled_from(["piece-1", "piece-2", "piece-3"]))),
        reflected=draw(st.booleans()),
        state_standards_exist=draw(st.booleans()),
    )


@st.composite
def any_terms(draw: st.DrawFn) -> PolicyTerms:
    up_to, exactly = draw(st.sampled_from([("1.0", None), (None, "0.5"), (None, None), ("4.0", None)]))
    amount = Amount(exactly=Decimal(exactly) if exactly else None, up_to=Decimal(up_to) if up_to else None)
    rules = tuple(rule(amount=amount, reflection_required=draw(st.booleans())) for rule in (state_rule, local_rule))
    return terms(rules=draw(st.permutations(rules)))


@pytest.mark.rule("R29", partial=True)
@settings(deadline=None)
@given(any_terms(), any_facts())
def test_the_course_never_holds_more_than_it_gives(policy: PolicyTerms, facts: RequestFacts) -> None:
    outcome = decide(policy, facts)
    standing = sum(
        (
            *(row.credits_earned for row in facts.record if row.course_code == facts.course_code),
            *(one.credits for one in facts.awards if one.course_code == facts.course_code),
        ),
        Decimal(0),
    )
    if outcome.is_award:
        assert Decimal(0) < outcome.credits <= facts.course_credits - standing
    else:
        assert (outcome.credits, outcome.mark) == (Decimal(0), "")


@settings(deadline=None)
@given(any_terms(), any_facts())
def test_deciding_twice_gives_the_same_answer(policy: PolicyTerms, facts: RequestFacts) -> None:
    assert decide(policy, facts) == decide(policy, facts)


@settings(deadline=None)
@given(any_terms(), any_facts())
def test_an_award_has_no_unmet_criterion_and_anything_else_has_one(policy: PolicyTerms, facts: RequestFacts) -> None:
    outcome = decide(policy, facts)
    assert outcome.is_award == all(criterion.met for criterion in outcome.criteria)
    assert outcome.reasons
    assert (outcome.kind == OPEN) <= bool(outcome.missing)
    said = [*outcome.reasons, *(one.reason for one in outcome.criteria), *(one.arithmetic for one in outcome.standards)]
    for reason in said:
        assert reason is None or has_words(reason.code), reason
        # A placeholder that the reason does not fill would print as a dash.
        assert reason is None or "–" not in sentence(reason), reason


@settings(deadline=None)
@given(any_terms(), any_facts())
def test_facts_about_other_courses_change_nothing(policy: PolicyTerms, facts: RequestFacts) -> None:
    more = replace(
        facts,
        record=(*facts.record, attempt(AttemptOutcome.PASSED, course="HIS900", earned="1")),
        awards=(*facts.awards, EarlierAward("HIS900", "LOCAL_ASSESSMENT", "x", Decimal("1"), facts.evidence)),
        judgements=(*facts.judgements, judged("unclaimed", "beginning")),
        results=(*facts.results, result("another-test", 1)),
    )
    assert decide(policy, more) == decide(policy, facts)


@settings(deadline=None)
@given(any_terms(), any_facts(), st.randoms())
def test_the_order_of_the_facts_changes_nothing(policy: PolicyTerms, facts: RequestFacts, random: Any) -> None:
    moments = {(one.standard, one.judged_at, one.attempt) for one in facts.judgements}
    if len(moments) < len(facts.judgements):
        return  # two judgements of one moment and attempt: the later given one counts, so order matters there
    shuffled: dict[str, Any] = {
        name: list(getattr(facts, name)) for name in ("judgements", "results", "record", "awards")
    }
    for rows in shuffled.values():
        random.shuffle(rows)
    fields: dict[str, Any] = {name: tuple(rows) for name, rows in shuffled.items()}
    other = replace(facts, **fields)
    assert decide(policy, other).kind == decide(policy, facts).kind
    assert decide(policy, other).credits == decide(policy, facts).credits
