"""Faults of policy and case files: each where it stands, with what to do; and files that nobody meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.rules.policy import cases as case_file
from crediting.rules.policy import document, loader
from crediting.rules.policy.cases import Case
from crediting.rules.policy.document import Problem
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.policy.strangers import strangers
from crediting.rules.trial import Tried, try_cases
from crediting.words import sentence
from mbl.core.words import has_words, known_codes
from tests.crediting.rules.test_fixtures import FIXTURES, PAIRS, cases_beside, terms_in

D2, D5 = ((FIXTURES / f"{name}.yaml").read_text() for name in ("d2", "d5"))
D2_CASES = (FIXTURES / "d2.cases.yaml").read_text()


def faults(text: str) -> list[tuple[str, str]]:
    found = loader.parse(text)
    assert isinstance(found, list), "this should not have been accepted"
    assert all(sentence(one.reason) and "%(" not in sentence(one.reason) for one in found)
    return [(one.where, one.reason.code) for one in found]


@pytest.mark.parametrize(
    ("text", "old", "new", "where", "code"),
    [
        (D2, "- deadline: form", "- deadline: from", "rules[4].when[5].deadline", "agree.unknown_deadline"),
        (D2, "- deadline: form", "- deadlin: form", "rules[4].when[5].deadlin", "shape.unknown_key_near"),
        (D2, "- deadline: form", "- deadline", "rules[4].when[5]", "shape.kind"),
        (D2, "decide_by: committee", "decide_by: comittee", "rules[4].decide_by", "agree.unknown_deadline"),
        (
            D2,
            "after: term_end, weeks: 1",
            "after: trem_end, weeks: 1",
            "deadlines[1].windows[1].after",
            "agree.unknown_anchor",
        ),
        (
            D2,
            "after: term_end, weeks: 1",
            "after: term_end, weeks: 1, days: 2",
            "deadlines[1].windows[1]",
            "agree.window_how",
        ),
        (D2, "after: term_end, weeks: 1", "after: term_end", "deadlines[1].windows[1]", "shape.more_keys"),
        (
            D2,
            "{after: term_end, weeks: 1}",
            "{nth: 0, weekday: monday, month: 5}",
            "deadlines[1].windows[1]",
            "agree.window_how",
        ),
        (D2, "deadlines:\n", "time_zone: Seattle\ndeadlines:\n", "time_zone", "agree.no_such_zone"),
        (
            D2,
            "deadlines:\n",
            "school_days: {within: season}\ndeadlines:\n",
            "school_days.within",
            "agree.unknown_period",
        ),
        (D2, "from: 2023-01-30", "from: 2023-01-20", "calendar[2].from", "agree.periods_overlap"),
        (D2, "to: 2023-01-27", "to: 2023-01-32", "calendar[1].to", "agree.no_such_day"),
        (D2, "decide_by: committee", "effective: {end_of: year}", "rules[4].effective.end_of", "agree.unknown_period"),
        (D2, "decide_by: committee", "source: handbook", "rules[4].source", "agree.unknown_source"),
        (
            D2,
            "grade: C}]\n              because: Geometry",
            "grade: C, grad: B}]\n              because: Geometry",
            "rules[4].when[2].any_of[1].completed.any_of[1].grad",
            "shape.unknown_key_near",
        ),
        (D2, "score: 2595", "score: high", "rules[1].when[2].assessment.any_of[1].score", "shape.kind"),
        (D2, "of: {rules: [D2-M1]}", "of: {rules: [D2-M9]}", "caps[1].of.rules[1]", "agree.unknown_rule_near"),
        (
            D5,
            "{level: novice-high, credits: 2.0}",
            "{level: novice-hi, credits: 2.0}",
            "rules[1].credit.by_language_level.rows[2].level",
            "agree.table_level",
        ),
        (
            D5,
            "{level: novice-high, credits: 2.0}",
            "{level: novice-high, credits: two}",
            "rules[1].credit.by_language_level.rows[2].credits",
            "shape.kind",
        ),
        (
            D5,
            "{level: novice-high, credits: 2.0}",
            "{level: novice-high, credit: 2.0}",
            "rules[1].credit.by_language_level.rows[2]",
            "shape.missing",
        ),
        (
            D5,
            "{languages: [asl], skills: [signing]}",
            "{language: [asl], skills: [signing]}",
            "rules[1].credit.by_language_level.skills_for[1].language",
            "shape.unknown_key_near",
        ),
        (
            D5,
            "fact: {name: partner}",
            "fact: {name: partner, at_least: 2}",
            "rules[2].when[1].fact.name",
            "agree.fact_not_number",
        ),
        (D5, "same: [language]", "same: [languages]", "rules[1].credit.less.same[1]", "shape.not_a_choice_near"),
    ],
)
def test_a_fault_is_named_at_its_place(text: str, old: str, new: str, where: str, code: str) -> None:
    changed = text.replace(old, new, 1)
    assert changed != text
    assert (where, code) in faults(changed)


def test_a_table_with_a_hole_is_told_and_stops_nothing() -> None:
    holed = loader.parse(D5.replace("          - {level: novice-high, credits: 2.0}\n", "", 1))
    assert isinstance(holed, PolicyFile)
    assert [(one.reason.code, one.reason.params["levels"]) for one in holed.warnings] == [
        ("warn.table_levels", "novice-high")
    ]


def test_a_hole_in_a_table_of_marks_is_told_too() -> None:
    rows = "[{from: 80, to: 89, mark: B}, {from: 90, to: 100, mark: A}]"
    mark = f"mark: {{by_score: {{instruments: [exam], rows: {rows}, basis: Table.}}}}"
    holed = loader.parse(D2.replace("mark: P", mark, 1))
    assert isinstance(holed, PolicyFile)
    assert [(one.reason.code, one.reason.params["after"], one.reason.params["before"]) for one in holed.warnings] == [
        ("warn.table_hole", "89", "90")
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "code"),
    [
        ("score: 2595}]", "scor: 2595}]", "cases[1].results[1].scor", "shape.unknown_key_near"),
        (
            "taken: 2024-05-08, score: 2595",
            "taken: 2024-02-30, score: 2595",
            "cases[1].results[1].taken",
            "agree.no_such_day",
        ),
        ("score: 2595}]", "score: many}]", "cases[1].results[1].score", "shape.kind"),
        ("case: D2-M1 refuses a lower score", "case: D2-M1 awards", "cases[2].case", "agree.twice"),
        (
            "expect: {outcome: refused, reasons: [assessment.below]}",
            "expect: refuse",
            "cases[2].expect",
            "shape.not_a_choice_near",
        ),
        (
            "expect: {outcome: refused, reasons: [assessment.below]}",
            "expect: [refused]",
            "cases[2].expect",
            "case.one_expected",
        ),
        (
            "    request: {course: MAT101, method",
            "    requests: [{course: MAT101}]\n    request: {course: MAT101, method",
            "cases[1].requests",
            "case.request_or_requests",
        ),
    ],
)
def test_a_fault_of_a_case_is_named_at_its_place(old: str, new: str, where: str, code: str) -> None:
    changed = D2_CASES.replace(old, new, 1)
    assert changed != D2_CASES
    found = [one for one in case_file.parse(changed) if isinstance(one, Problem)]
    assert (where, code) in [(one.where, one.reason.code) for one in found]
    assert all(sentence(one.reason) for one in found)


# --- Files that nobody meant ------------------------------------------------------------------------------------------

_WORD = re.compile(r"[A-Za-z0-9_.-]+")
_JUNK = st.sampled_from(
    ["", "null", "[]", "{}", "-1", "0", "9999999", "1.5", "true", "zzz", "2026-13-45", '"', "[", "{a: b}", "all"]
)
FILES = [*PAIRS, *sorted(one for one in FIXTURES.glob("procedure-*.yaml") if ".cases." not in one.name)]


def mutated(text: str, data: st.DataObject) -> str:
    for _ in range(data.draw(st.integers(1, 3))):
        words = list(_WORD.finditer(text))
        word = data.draw(st.sampled_from(words))
        text = text[: word.start()] + data.draw(_JUNK) + text[word.end() :]
    return text


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_changed_policy_is_refused_with_reasons_or_decides(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    found = loader.parse(mutated(file.read_text(), data))
    if isinstance(found, PolicyFile):
        assert_all_said(list(try_cases([found.terms], cases_beside(file))))
    else:
        assert all(one.line >= 1 and sentence(one.reason) for one in found)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_changed_file_of_cases_is_refused_with_reasons_or_tried(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    text = mutated((file.parent / f"{file.stem}.cases.yaml").read_text(), data)
    found, terms = case_file.parse(text), terms_in(file)
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        assert all(sentence(one.reason) for one in problems)
    else:
        assert all(sentence(one.reason) for one in strangers([terms], document.read(text), known_codes()))
        assert_all_said(list(try_cases([terms], [one for one in found if isinstance(one, Case)])))


def assert_all_said(tried: list[Tried]) -> None:
    assert tried
    for one in tried:
        assert all(has_words(reason.code) and sentence(reason) for reason in one.outcome.reasons)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("mark: P", "mark: {by_purpse: {recovery: P}}", "shape.unknown_key_near"),
        ("mark: P", "mark: {value: P, by_purpose: {recovery: P}}", "agree.mark_or_ways"),
        ("mark: P", "mark: {from: completed, basis: As there.}", "agree.mark_from_no_course"),
        ("mark: P", "mark: {by_score: {instruments: [x], rows: [{from: 80, mark: B}]}}", "agree.letter_needs_basis"),
        ("mark: P", "mark: {by_score: {instruments: [x], rows: [{from: 9, mark: P}, {from: 8, mark: S}]}}", None),
        ("citation: EHDB", "citation: 911", "shape.quote"),
        ("citation: EHDB", "citation: null", "shape.blank"),
        ("per: exam}", "per: exams}", "agree.unknown_period"),
        ("courses: [HEAL]", "courses: [HAEL]", "agree.unknown_course_near"),
        ("method: EXAM_PRIOR", "method: EXAM_PROIR", "agree.unknown_method_near"),
        ("score: 70}]}", "score: 70}], which: last}", "shape.not_a_choice"),
        ("schema: mbl-policy/1", "schema: mbl-cases/1", "file.cases_for_policy"),
    ],
)
def test_a_slip_in_a_newer_part_is_named(old: str, new: str, code: str | None) -> None:
    text = (FIXTURES / "procedure-exams.yaml").read_text()
    changed = text.replace(old, new, 1)
    assert changed != text
    found = loader.parse(changed)
    assert isinstance(found, list)
    assert code is None or code in {one.reason.code for one in found}
    assert all(sentence(one.reason) for one in found)
