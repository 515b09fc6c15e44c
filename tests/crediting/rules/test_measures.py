"""Numbers that a policy adds up, and what is said where a part of a policy cannot matter or is closed."""

from __future__ import annotations

import pytest

from crediting.rules.asks import asks
from crediting.rules.outcome import Outcome
from crediting.rules.policy import cases, loader
from crediting.rules.policy.document import Problem
from crediting.rules.trial import try_cases
from crediting.words import said, sentence
from tests.crediting.rules import pieces
from tests.crediting.rules.test_fixtures import FIXTURES

COMPOSITE = """
facts:
  - {name: exam, title: Exam, kind: number}
  - {name: both, title: Exam and talk, kind: number, total: [{name: exam, times: 0.5}, {name: talk, times: 0.5}]}
rules: [{when: [{fact: {name: both, at_least: 70}}]}]
cases:
"""


def outcome(piece: str) -> Outcome:
    terms, written = pieces.whole(piece)
    (tried,) = try_cases([terms], written)
    return tried.outcome


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("facts: {exam: 80}, results: [{instrument: talk, taken: 2026-09-01, score: 60}]", "award"),
        ("facts: {exam: 79}, results: [{instrument: talk, taken: 2026-09-01, score: 60}]", "refused"),
        # A result of a later day is for a later request, and nobody can say the sum itself.
        ("facts: {exam: 80}, results: [{instrument: talk, taken: 2026-10-02, score: 60}]", "not-decidable"),
        ("facts: {exam: 80, both: 99}", "not-decidable"),
    ],
)
def test_a_number_that_is_added_up_follows_its_parts(case: str, kind: str) -> None:
    assert outcome(f"{COMPOSITE}  - {{case: one, {case}}}").kind == kind


def test_what_is_missing_of_a_sum_is_named_by_its_part() -> None:
    found = outcome(f"{COMPOSITE}  - {{case: one, facts: {{}}, results: []}}")
    assert [sentence(one) for one in found.missing] == ["Nobody has confirmed this yet: Exam, talk."]


def test_a_sum_is_read_with_its_parts() -> None:
    terms, _cases = pieces.whole(f"{COMPOSITE}  - {{case: one}}")
    (rule,) = terms.rules
    first = asks(rule, terms.approval, terms)[0]
    assert said(first).text == "Exam and talk (Exam × 0.5 + talk × 0.5): at least 70. Your school confirms it."


@pytest.mark.rule("R22")
@pytest.mark.parametrize(
    ("awards", "kind"),
    [("", "award"), (", awards: [{course: SCI101, credits: 0.5, on: 2026-09-10}]", "not-decidable")],
)
def test_a_cap_by_period_asks_for_the_period_only_where_it_matters(awards: str, kind: str) -> None:
    piece = f"""
calendar: [{{kind: term, from: 2026-09-02, to: 2026-12-01}}]
caps: [{{code: TERM, at_most: 0.5, per: term}}]
rules: [{{when: [{{evidence: {{}}}}]}}]
cases: [{{case: in summer{awards}, request: {{on: 2027-07-10, evidence: [e]}}}}]
"""
    assert outcome(piece).kind == kind


@pytest.mark.rule("R10")
def test_a_rule_that_the_school_closed_says_so_beside_rules_that_are_open() -> None:
    piece = """
schools: {"4021": {closed_rules: [EASY]}}
rules:
  - {code: EASY, method: DISTRICT, courses: [MAT101], when: [{paper: {code: form}}]}
  - {code: HARD, method: DISTRICT, courses: [MAT101], when: [{earned: {credits: 9}}, {enrolled: {any_of: [same]}}]}
cases: [{case: closed, student: {school: "4021"}, papers: [form]}]
"""
    found = outcome(piece)
    assert [one.code for one in found.reasons] == ["school.closed"]


@pytest.mark.rule("R14")
def test_a_request_without_its_language_is_not_refused_for_it() -> None:
    piece = """
rules: [{courses: [WLS900], when: [{request: {languages: [french]}}, {evidence: {}}]}]
cases: [{case: one, request: {course: WLS900, evidence: [e]}}]
"""
    assert [one.code for one in outcome(piece).missing] == ["request.language_unknown"]


def test_what_disqualifies_is_said_without_asking_for_it() -> None:
    piece = """
facts: [{name: kin, title: Lives in the household, kind: yes_no}]
rules: [{when: [{none_of: [{fact: {name: kin}}]}, {evidence: {}}]}]
cases: [{case: one, facts: {kin: yes}, request: {evidence: [e]}}]
"""
    (reason,) = outcome(piece).reasons
    assert sentence(reason) == "The rule excludes this: Lives in the household: yes."


def test_a_way_of_the_district_is_called_by_its_title() -> None:
    found = outcome("rules: [{when: [{evidence: {}}]}]\ncases: [{case: one, request: {evidence: [e]}}]")
    (way,) = [one.reason for one in found.criteria if one.code == "method.enabled"]
    assert sentence(way) == "The policy allows this way for MAT101: The district's own way."


# --- Faults -----------------------------------------------------------------------------------------------------------


def faults(text: str) -> list[tuple[str, str]]:
    found = loader.parse(text)
    assert isinstance(found, list)
    return [(one.where, one.reason.code) for one in found]


SEASONS = (FIXTURES / "procedure-seasons.yaml").read_text()


def test_a_fault_of_one_rule_does_not_hide_those_of_another() -> None:
    text = (
        SEASONS.replace("citation: X1", "citaton: X1")
        .replace("on: 2026-05-12", "on: 2026-02-30")
        .replace("rules: [FIRE-CERT]", "rules: [FIRE-CERTT]")
    )
    assert faults(text) == [
        ("adopted.on", "agree.no_such_day"),
        ("rules[1].citaton", "shape.unknown_key_near"),
        ("rules[4].when[1].awarded.rules[1]", "agree.unknown_rule_near"),
    ]


def test_every_key_that_is_missing_is_named() -> None:
    found = loader.parse('{"schema": "mbl-policy/1", "series": "1", "title": "T"}')
    assert isinstance(found, list)
    assert [sentence(one.reason) for one in found] == [
        "These keys are missing here: effective, approval, scale, courses, rules."
    ]


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        (
            "kind: number}\n  - {name: drills",
            "kind: text, total: [drills]}\n  - {name: drills",
            "agree.total_not_number",
        ),
        (
            "kind: number}\n  - {name: drills",
            "kind: number, total: [calls]}\n  - {name: drills",
            "agree.total_of_total",
        ),
        (
            "kind: number}\n  - {name: drills",
            "kind: number, total: [paid]}\n  - {name: drills",
            "agree.fact_not_number",
        ),
        ("    mark: P\n    repeatable", "    mark: {choice: [P, A]}\n    repeatable", "shape.letter"),
        ("- fact: {name: certificate}", "- fact: {name: certificate}\n        paper: {code: x}", "shape.one_key_of"),
    ],
)
def test_a_fault_is_told(was: str, now: str, code: str) -> None:
    assert was in SEASONS
    assert code in [found for _where, found in faults(SEASONS.replace(was, now))]


def test_a_wrong_case_does_not_hide_a_wrong_day_in_another() -> None:
    found = cases.parse(
        "schema: mbl-cases/1\ncases: [{case: a, requst: {}}, {case: b, request: {course: A, on: 2026-02-30}}]"
    )
    assert [one.reason.code for one in found if isinstance(one, Problem)] == [
        "shape.unknown_key_near",
        "agree.no_such_day",
    ]
