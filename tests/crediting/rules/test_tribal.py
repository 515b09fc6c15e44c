"""Languages of Tribes: nothing stands for a tribal government's certificate, whatever a policy says (R25)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from crediting.rules import tribal
from crediting.rules.credit import decide, must_awards
from crediting.rules.facts import AssessmentResult, StudentFacts
from crediting.rules.outcome import Outcome
from crediting.rules.policy import document, loader
from crediting.rules.policy.readiness import TRIBAL, checklist
from crediting.rules.trial import try_cases
from tests.crediting.rules import pieces
from tests.crediting.rules.facts import local

SKILLS = "skills: {speaking: intermediate-mid, listening: intermediate-mid}"
TABLE = (
    "credit: {by_language_level: {instruments: [INSTRUMENTS], skills: [speaking, listening], "
    "levels: [novice-mid, intermediate-mid], rows: [{level: intermediate-mid, credits: 2.0}]}}"
)
# Ways by which a policy may try to do without the Tribe, each with what the student brings.
OTHER_WAYS = {
    "a test by its level": (
        "when: [{assessment: {any_of: [{instrument: opi, level: 5}]}}]",
        "results: [{instrument: opi, taken: 2026-09-20, level: 6, language: LANGUAGE}]",
        "",
    ),
    "a test that names no language": (
        "when: [{assessment: {any_of: [{instrument: opi, level: 5}]}}]",
        "results: [{instrument: opi, taken: 2026-09-20, level: 6}]",
        "",
    ),
    "a table of levels": (
        TABLE.replace("INSTRUMENTS", "opi"),
        f"results: [{{instrument: opi, taken: 2026-09-20, language: LANGUAGE, {SKILLS}}}]",
        "",
    ),
    "a teacher's judgement": (
        "when: [{standards: {level: proficient}}]",
        "",
        "standards: [{code: A, levels: [extending]}], ",
    ),
    "an elder and a teacher": (
        "when: [{attestation: {code: panel, roles: [elder, teacher], count: 2}}]",
        "attestations: [{role: elder, on: 2026-09-01, code: panel, by: a},"
        " {role: teacher, on: 2026-09-01, code: panel, by: b}]",
        "",
    ),
    "a confirmed fact": ("when: [{fact: {name: heritage}}]", "facts: {heritage: true}", ""),
    "a paper of the school": ("when: [{paper: {code: portfolio}}]", "papers: [portfolio]", ""),
    "discretion": (
        "when: [{attestation: {code: word, roles: [tribal_government]}}]\n"
        "    discretion: {roles: [principal], lifts: [attestation]}",
        "",
        "override: {role: principal, lifts: [attestation], reason: Everybody knows.}, "
        "decided_by: {person: p, roles: [principal]}, ",
    ),
}
CERTIFICATES = {
    "a word of the tribal government": "attestations: [{role: tribal_government, on: 2026-09-20, by: council}]",
    "a paper": "papers: [tribal-certificate]",
    "a fact": "facts: {tribe: true}",
    "a result": "results: [{instrument: tribal-certificate, taken: 2026-09-20, met: true, language: LANGUAGE}]",
}


def outcome(rule: str, brings: str, asks: str, language: str) -> Outcome:
    """What one rule decides of one request in the language."""
    lines = [line for line in brings.split("\n") if line]
    indented = "".join(f"\n    {line}" for line in lines)
    terms, cases = pieces.whole(
        "facts: [{name: heritage, title: Heritage speaker, kind: yes_no},"
        " {name: tribe, title: By the Tribe, kind: yes_no}]\n"
        f"rules:\n  - code: R\n    courses: [WLS900]\n    {rule}\n"
        f"cases:\n  - case: one{indented}\n    request: {{{asks}course: WLS900, language: LANGUAGE}}\n".replace(
            "LANGUAGE", f'"{language}"'
        )
    )
    (tried,) = try_cases([terms], cases)
    return tried.outcome


@pytest.mark.rule("R25")
@pytest.mark.parametrize("language", ["Lushootseed", "lut", "dxʷləšucid", "S'Klallam", "Ichishkíin"])
@pytest.mark.parametrize("way", OTHER_WAYS)
def test_no_other_test_and_no_judgement_stands_for_a_language_of_tribes(way: str, language: str) -> None:
    rule, brings, asks = OTHER_WAYS[way]
    found = outcome(rule, brings, asks, language)
    assert (str(found.kind), str(found.credits)) == ("not-decidable", "0.000")
    assert ("language.not_certified", "R25", "RCW 28A.300.575(2)(c)(ii)") in {
        (one.code, one.rule_id, one.citation) for one in found.missing
    }


@pytest.mark.parametrize("way", [way for way in OTHER_WAYS if way != "discretion"])
def test_the_same_ways_give_credit_in_any_other_language(way: str) -> None:
    rule, brings, asks = OTHER_WAYS[way]
    assert outcome(rule, brings, asks, "Spanish").is_award


@pytest.mark.rule("R25", partial=True)
@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_a_certificate_of_the_tribal_government_lets_the_policy_decide(certificate: str) -> None:
    brings = CERTIFICATES[certificate]
    rule = "when: [{evidence: {}}]"
    assert outcome(rule, "", "evidence: [e], ", "Lushootseed").is_award is False
    found = outcome(rule, brings, "evidence: [e], ", "Lushootseed")
    assert found.is_award
    assert "language.certified" in {one.reason.code for one in found.criteria if one.met}


def test_a_certificate_is_for_its_own_language_and_for_what_was_shown_until_then() -> None:
    rule = "when: [{evidence: {}}]"
    result = "results: [{{instrument: tribal-certificate, taken: {day}, met: {met}, language: {language}}}]"
    for day, met, language in (
        ("2026-09-20", "true", "Makah"),
        ("2026-09-20", "true", "Spanish"),
        ("2026-09-20", "false", "Lushootseed"),
        ("2026-10-20", "true", "Lushootseed"),
    ):
        brings = result.format(day=day, met=met, language=language)
        assert not outcome(rule, brings, "evidence: [e], ", "Lushootseed").is_granted


def test_levels_of_a_certificate_say_how_much() -> None:
    rule = TABLE.replace("INSTRUMENTS", "tribal-certificate")
    brings = f"results: [{{instrument: tribal-certificate, taken: 2026-09-20, language: LANGUAGE, {SKILLS}}}]"
    assert outcome(rule, brings, "", "Lushootseed").credits == 2


@pytest.mark.rule("R25", partial=True)
def test_the_title_of_a_course_names_the_language_too() -> None:
    base = document.read(pieces.WHOLE[1]).value
    course = {"code": "LUS", "title": "Lushootseed 1", "subject": "world_languages", "credits": 1.0}
    higher = course | {"code": "LU2", "title": "Lushootseed 2"}
    rule = {"courses": ["LUS"], "credit": {"exactly": 0.5}, "mark": "P", "citation": "P"}
    read = loader.parse(
        pieces.as_text(
            base
            | {
                "courses": [course, higher],
                "rules": [
                    rule | {"code": "WORK", "method": "DISTRICT", "when": [{"evidence": {}}]},
                    rule
                    | {
                        "code": "NEXT",
                        "method": "NEXT_COURSE",
                        "when": [{"completed": {"any_of": [{"course": "LU2"}], "because": "It builds on it."}}],
                    },
                ],
            }
        )
    )
    assert isinstance(read, loader.PolicyFile)
    written: list[dict[str, Any]] = [
        {"case": "work", "request": {"course": "LUS", "method": "DISTRICT", "on": "2026-10-01", "evidence": ["e"]}},
        # A finished course is class credit and no test of the language.
        {
            "case": "next",
            "record": [{"course": "LU2", "mark": "B", "ended": "2026-06-12"}],
            "request": {"course": "LUS", "method": "NEXT_COURSE", "on": "2026-10-01"},
        },
    ]
    cases = pieces.parsed_cases(pieces.as_text({"schema": "mbl-cases/1", "cases": written}))
    found = {one.case: one.outcome for one in try_cases([read.terms], cases)}
    assert [one.code for one in found["work"].missing] == ["language.not_certified"]
    assert found["next"].is_award
    assert [(one.reason.params["rule"], one.reason.params["language"]) for one in read.warnings] == [
        ("WORK", "Lushootseed")
    ]


@pytest.mark.rule("R25", partial=True)
def test_a_statute_owes_nothing_for_a_test_that_the_tribe_did_not_certify() -> None:
    def owed(instrument: str, language: str) -> list[str]:
        result = AssessmentResult(instrument, dt.date(2026, 9, 1), met=True, language=language)
        facts = local(
            claims=(), judgements=(), results=(result,), student=StudentFacts(groups=frozenset({"institutional"}))
        )
        return [str(one.kind) for one in must_awards(None, facts)]

    assert owed("STAMP-WS", "lushootseed") == []
    assert owed("STAMP-WS", "spanish") == ["must-award"]
    assert owed("tribal-certificate", "lushootseed") == ["must-award"]


def test_facts_without_a_language_are_decided_as_before() -> None:
    assert decide(None, local()).criteria[-1].code == "policy.in_force"


# --- Before a board adopts it -----------------------------------------------------------------------------------------

NAMED = "{request: {languages: [Lushootseed]}}"
WORD = "{attestation: {code: word, roles: [tribal_government]}}"
TEST = "{assessment: {any_of: [{instrument: opi, level: 5}]}}"


@pytest.mark.rule("R25")
@pytest.mark.parametrize(
    ("when", "is_fine"),
    [
        (f"[{NAMED}, {TEST}]", False),
        (f"[{NAMED}, {TEST}, {WORD}]", True),
        (f"[{NAMED}, {{attestation: {{code: word, roles: [tribal_government, teacher]}}}}]", False),
        (f"[{NAMED}, {{any_of: [{WORD}, {TEST}]}}]", False),
        (f"[{NAMED}, {{any_of: [{WORD}, {{paper: {{code: tribal-certificate}}}}]}}]", True),
        (f"[{{any_of: [{{all_of: [{NAMED}, {WORD}]}}, {{all_of: [{{none_of: [{NAMED}]}}, {TEST}]}}]}}]", True),
        (f"[{{any_of: [{{all_of: [{NAMED}, {WORD}]}}, {TEST}]}}]", False),
        (f"[{NAMED}, {{at_least: {{count: 2, of: [{WORD}, {TEST}]}}}}]", True),
        (f"[{NAMED}, {{at_least: {{count: 1, of: [{WORD}, {TEST}]}}}}]", False),
        (f"[{NAMED}, {{fact: {{name: tribe}}}}]", True),
        (f"[{NAMED}, {{fact: {{name: tribe, is: false}}}}]", False),
        (f"[{{request: {{languages: [Spanish]}}}}, {TEST}]", True),
        (f"[{{request: {{languages: [Spanish, Makah]}}}}, {TEST}]", False),
    ],
)
def test_a_rule_that_names_the_language_and_asks_for_no_certificate_is_no_policy_yet(when: str, is_fine: bool) -> None:
    text = pieces.WHOLE[1].replace(
        "rules: []",
        "facts: [{name: tribe, title: By the Tribe, kind: yes_no}]\n"
        "rules:\n"
        "  - {code: FIRST, method: DISTRICT, courses: [MAT101], when: [{evidence: {}}], credit: {exactly: 0.5},"
        " mark: P, citation: P}\n"
        "  - code: LANGUAGES\n    method: DISTRICT\n    courses: [WLS900]\n"
        f"    when: {when}\n    credit: {{exactly: 1.0}}\n    mark: P\n    citation: P",
    )
    read = loader.parse(text)
    assert isinstance(read, loader.PolicyFile), read
    line = text.split("\n").index("  - code: LANGUAGES") + 1
    assert [(one.line, one.reason.code) for one in read.warnings] == ([] if is_fine else [(line, f"{TRIBAL}.missing")])
    # It keeps a version from being published.
    assert all(one.met for one in checklist(read.terms)) is is_fine


def test_a_table_of_skills_that_names_the_language_is_told_as_well() -> None:
    table = TABLE.replace("INSTRUMENTS", "opi").replace(
        "levels:", "skills_for: [{languages: [lut], skills: [speaking]}], levels:"
    )
    terms, _cases = pieces.whole(
        f"rules:\n  - code: R\n    courses: [WLS900]\n    {table}\n"
        "cases:\n  - {case: one, request: {course: WLS900}}\n"
    )
    assert [one.reason.params["language"] for one in checklist(terms) if one.code == TRIBAL] == ["Lushootseed"]


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("LUSHOOTSEED", "Lushootseed"),
        ("southern-lushootseed", "Lushootseed"),
        ("sklallam", "Klallam"),
        ("Coeur d’Alene", "Coeur d'Alene"),
        ("chinuk-wawa", "Chinuk Wawa"),
        ("Spanish", ""),
        ("", ""),
    ],
)
def test_a_language_is_known_however_it_is_written(name: str, language: str) -> None:
    assert tribal.language_of(name) == language


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Lushootseed 1", "Lushootseed"),
        ("Introduction to Makah", "Makah"),
        ("Spanish at Spokane Falls", ""),
        ("Latin", ""),
    ],
)
def test_a_title_names_a_language_and_no_place(title: str, language: str) -> None:
    assert tribal.named_in(title) == language


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("tribal-certificate", True),
        ("tribe", True),
        ("tribal_language_department", True),
        ("tribal_elder", False),
        ("contribution", False),
    ],
)
def test_a_certificate_is_known_by_its_code(code: str, is_one: bool) -> None:
    assert tribal.is_certificate(code) is is_one
