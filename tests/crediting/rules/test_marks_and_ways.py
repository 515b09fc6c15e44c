"""Marks, next higher courses, languages and excused students, as state rules ask for them of any policy."""

from __future__ import annotations

from typing import Any

import pytest

from crediting.rules.outcome import Outcome
from crediting.rules.policy import document, loader
from crediting.rules.policy.readiness import checklist
from crediting.rules.trial import try_cases
from tests.crediting.rules import pieces

A_LETTER = "{value: B, basis: The scale that teachers of the course agreed on.}"


def decided(piece: str) -> dict[str, Outcome]:
    """What came of each case, by its name."""
    terms, cases = pieces.whole(piece)
    return {one.case: one.outcome for one in try_cases([terms], cases)}


def faults(**rule: Any) -> list[str]:
    base = document.read(pieces.WHOLE[1]).value
    written = {"code": "R", "method": "DISTRICT", "courses": ["MAT101"], "credit": {"exactly": 0.5}, **rule}
    read = loader.parse(pieces.as_text(base | {"rules": [written]}))
    return [one.reason.code for one in read] if isinstance(read, list) else []


@pytest.mark.rule("T21")
def test_subject_and_way_say_whether_a_letter_or_a_pass_and_each_award_carries_one() -> None:
    found = decided(f"""
facts: [{{name: project, title: Project, kind: yes_no}}]
rules:
  - {{code: LETTER, courses: [MAT101], when: [{{fact: {{name: project}}}}], mark: {A_LETTER}}}
  - {{code: PASS, courses: [SCI101], when: [{{fact: {{name: project}}}}], mark: P}}
cases:
  - {{case: letter, facts: {{project: true}}, request: {{course: MAT101}}}}
  - {{case: pass, facts: {{project: true}}, request: {{course: SCI101}}}}
""")

    assert [(one.rule_code, one.mark, one.is_numeric) for one in found.values()] == [
        ("LETTER", "B", True),
        ("PASS", "P", False),
    ]


@pytest.mark.rule("T22")
def test_a_letter_without_its_basis_is_no_policy_and_a_pass_has_no_points() -> None:
    asked: dict[str, Any] = {"when": [{"evidence": {"at_least": 1}}], "citation": "Procedure"}

    assert faults(**asked, mark="P") == []
    assert faults(**asked, mark={"value": "B", "basis": "The scale of the course."}) == []
    assert len(faults(**asked, mark="B")) == 1
    assert len(faults(**asked, mark={"value": "B"})) == 1
    assert len(faults(**asked, mark={"value": "P", "counts_in_gpa": True})) == 1


@pytest.mark.rule("T24", partial=True)
def test_a_next_higher_course_posts_with_both_courses_the_mark_and_both_attestations() -> None:
    found = decided("""
rules:
  - code: R
    method: NEXT_COURSE
    purpose: recovery
    when:
      - prior_attempt: {outcomes: [failed], within_months: 24}
      - completed: {any_of: [{course: MAT201, grade: C}], because: Geometry builds on it.}
      - attestation: {code: school, roles: [administrator]}
      - attestation: {code: teacher, roles: [teacher]}
cases:
  - case: whole
    record:
      - {course: MAT101, ended: 2026-01-30, mark: F}
      - {course: MAT201, ended: 2026-09-20, mark: B}
    attestations:
      - {code: school, role: administrator, on: 2026-09-25}
      - {code: teacher, role: teacher, on: 2026-09-25}
    request: {method: NEXT_COURSE}
  - case: never attempted
    record: [{course: MAT201, ended: 2026-09-20, mark: B}]
    attestations: [{code: school, role: administrator, on: 2026-09-25}, {code: teacher, role: teacher, on: 2026-09-25}]
    request: {method: NEXT_COURSE}
  - case: too long ago
    record: [{course: MAT101, ended: 2023-01-30, mark: F}, {course: MAT201, ended: 2026-09-20, mark: B}]
    attestations: [{code: school, role: administrator, on: 2026-09-25}, {code: teacher, role: teacher, on: 2026-09-25}]
    request: {method: NEXT_COURSE}
  - case: mark too low
    record: [{course: MAT101, ended: 2026-01-30, mark: F}, {course: MAT201, ended: 2026-09-20, mark: D}]
    attestations: [{code: school, role: administrator, on: 2026-09-25}, {code: teacher, role: teacher, on: 2026-09-25}]
    request: {method: NEXT_COURSE}
  - case: nobody of the school
    record: [{course: MAT101, ended: 2026-01-30, mark: F}, {course: MAT201, ended: 2026-09-20, mark: B}]
    attestations: [{code: teacher, role: teacher, on: 2026-09-25}]
    request: {method: NEXT_COURSE}
  - case: no teacher
    record: [{course: MAT101, ended: 2026-01-30, mark: F}, {course: MAT201, ended: 2026-09-20, mark: B}]
    attestations: [{code: school, role: administrator, on: 2026-09-25}]
    request: {method: NEXT_COURSE}
""")

    assert {case: str(one.kind) for case, one in found.items()} == {
        "whole": "award",
        "never attempted": "refused",
        "too long ago": "refused",
        "mark too low": "refused",
        "nobody of the school": "not-decidable",
        "no teacher": "not-decidable",
    }


LANGUAGE = """
facts: [{name: tribe, title: Certified by the Tribe, kind: yes_no}]
caps: [{code: FOUR, of: {rules: [R], same: [language]}, at_most: 4.0, citation: Procedure}]
rules:
  - code: R
    courses: [WLS900]
    when:
      - any_of:
          - all_of: [{request: {languages: [Lushootseed]}}, {fact: {name: tribe}}]
          - all_of:
              - none_of: [{request: {languages: [Lushootseed]}}]
              - assessment: {any_of: [{instrument: language-test, level: 5}]}
    credit: {exactly: 2.0}
cases:
"""


@pytest.mark.rule("R25", partial=True)
def test_a_policy_can_take_the_certificate_of_the_tribe_alone() -> None:
    result = "results: [{instrument: language-test, taken: 2026-09-20, level: 6}]"
    found = decided(f"""{LANGUAGE}
  - {{case: test, {result}, request: {{course: WLS900, language: Lushootseed}}}}
  - {{case: certified, facts: {{tribe: true}}, request: {{course: WLS900, language: Lushootseed}}}}
  - {{case: another language, {result}, request: {{course: WLS900, language: Spanish}}}}
""")

    assert {case: one.is_granted for case, one in found.items()} == {
        "test": False,
        "certified": True,
        "another language": True,
    }


@pytest.mark.rule("T27", partial=True)
def test_the_credits_of_a_language_end_at_the_cap_of_the_district() -> None:
    result = "results: [{instrument: language-test, taken: 2026-09-20, level: 6}]"
    found = decided(f"""{LANGUAGE}
  - case: four have been given
    {result}
    awards: [{{course: WLS1, rule: R, credits: 4.0, language: Spanish}}]
    request: {{course: WLS900, language: Spanish}}
  - case: four of another language
    {result}
    awards: [{{course: WLS1, rule: R, credits: 4.0, language: French}}]
    request: {{course: WLS900, language: Spanish}}
""")

    assert {case: one.credits for case, one in found.items()} == {
        "four have been given": 0,
        "four of another language": 2,
    }


@pytest.mark.rule("R28")
def test_a_student_excused_from_physical_education_shows_its_knowledge_first() -> None:
    found = decided("""
rules:
  - {code: R, courses: [PE1], purpose: excused, when: [{standards: {level: proficient, at_least: 2}}]}
cases:
  - {case: nothing shown, request: {course: PE1, purpose: excused}}
  - case: below
    request:
      course: PE1
      purpose: excused
      standards: [{code: A, levels: [proficient]}, {code: B, levels: [beginning]}]
  - case: shown
    request:
      course: PE1
      purpose: excused
      standards: [{code: A, levels: [proficient]}, {code: B, levels: [proficient]}]
  - case: asks for nothing
    request: {course: PE1, purpose: challenge, standards: [{code: A, levels: [proficient]}]}
""")

    assert [case for case, one in found.items() if one.is_granted] == ["shown"]


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("[{paper: {code: doctor}}]", ["R"]),
        ("[{any_of: [{paper: {code: doctor}}, {standards: {level: proficient}}]}]", ["R"]),
        ("[{fact: {name: points, at_least: 36}}]", []),
        ("[{standards: {level: proficient}}]", []),
        ("[{any_of: [{assessment: {any_of: [{instrument: fitness}]}}, {standards: {level: proficient}}]}]", []),
    ],
)
def test_no_policy_credits_an_excused_student_for_no_knowledge(when: str, told: list[str]) -> None:
    terms, _cases = pieces.whole(f"""
facts: [{{name: points, title: Points, kind: number}}]
rules:
  - {{code: R, courses: [PE1], purpose: excused, when: {when}}}
  - code: FREE
    courses: [PE1]
    purpose: excused
    gives: excused
    requirement: PE
    when: [{{paper: {{code: doctor}}}}]
  - {{code: MATH, courses: [MAT101], purpose: excused, when: [{{paper: {{code: doctor}}}}]}}
cases:
  - {{case: one, request: {{course: PE1}}}}
""")
    unmet = [one.reason for one in checklist(terms) if one.code == "ready.rule_excused"]
    assert [(one.params["rule"], one.rule_id) for one in unmet] == [(rule, "R28") for rule in told]


@pytest.mark.rule("T29")
def test_a_subject_without_state_standards_needs_locally_adopted_ones() -> None:
    found = decided("""
rules: [{code: R, courses: [ELE900], when: [{standards: {level: proficient}}]}]
cases:
  - case: adopted by nobody
    request: {course: ELE900, state_standards: false, standards: [{code: A, body: none, levels: [proficient]}]}
  - case: adopted here
    request: {course: ELE900, state_standards: false, standards: [{code: A, body: local, levels: [proficient]}]}
""")

    assert {case: one.is_granted for case, one in found.items()} == {"adopted by nobody": False, "adopted here": True}
