"""Policy files: what is read, and every fault with its line and a sentence."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crediting.rules.credit import decide
from crediting.rules.facts import Purpose
from crediting.rules.policy import agreement, document, loader, readiness, schema
from crediting.rules.policy.document import Problem
from crediting.rules.policy.loader import PolicyFile, parse
from crediting.rules.policy.readiness import checklist
from crediting.rules.policy.terms import Amount, Approval, Mark
from crediting.states import LocalAssessment, Method
from crediting.words import sentence
from mbl.core.words import has_words
from tests.conftest import ROOT
from tests.crediting.rules.facts import attempt, claim, judged, local, result, state

D4 = (ROOT / "tests" / "fixtures" / "policies" / "d4-math.yaml").read_text()
SAMPLE = ROOT / "crediting" / "data" / "policies" / "sample-policy-1.yaml"


def read(text: str) -> PolicyFile:
    found = parse(text)
    assert isinstance(found, PolicyFile), [(one.line, one.column, sentence(one.reason)) for one in found]
    return found


def faults(text: str) -> list[tuple[int, str, str]]:
    found = parse(text)
    assert isinstance(found, list), "this should not have been accepted"
    return [(one.line, one.where, one.reason.code) for one in found]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# --- The fixture ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R10", partial=True)
def test_the_mathematics_procedure_is_data() -> None:
    terms = read(D4).terms
    assert (terms.series, terms.effective_from, terms.effective_to) == ("2403", dt.date(2020, 7, 1), None)
    assert (terms.adopted_on, terms.board_reference) == (dt.date(2020, 4, 28), "Procedure 2403P")
    assert (terms.other_methods, terms.review_every_months) == ("none", 12)
    assert terms.courses == {"MAT101": "math", "MAT201": "math"}
    assert terms.approval == Approval(frozenset({"credit_manager", "principal"}), two_roles=True)
    assert terms.approval_at("S-TEACHER") == Approval(frozenset({"teacher", "principal"}), two_roles=False)
    by_state, by_work = terms.rules
    assert (by_state.code, by_state.method, by_state.purpose) == ("D4-M1", Method.STATE_ASSESSMENT, Purpose.RECOVERY)
    assert dict(by_state.instruments) == {"sba-math": 3, "eoc-math": None}
    assert by_state.prior_attempt == frozenset({"failed", "no_credit", "incomplete"})
    assert by_work.kinds == frozenset(str(kind) for kind in LocalAssessment)
    assert (by_work.required_level, by_work.min_standards) == ("proficient", 3)
    assert (by_work.amount, by_work.mark, by_work.reflection_required) == (
        Amount(up_to=Decimal("1.0")),
        Mark("P"),
        True,
    )
    assert by_work.prior_attempt == frozenset()
    assert all(criterion.met for criterion in checklist(terms))


@pytest.mark.rule("R13")
def test_the_procedure_asks_for_a_failed_course_on_its_state_route_only() -> None:
    terms = read(D4).terms
    three = tuple(map(claim, "abc"))
    work = local(claims=three, judgements=tuple(map(judged, "abc")), reflected=True)
    assert decide(terms, work).rule_code == "D4-M2"
    assert decide(terms, state()).rule_code == "D4-M1"
    assert not decide(terms, state(record=())).is_award
    assert not decide(terms, state(results=(result(level=2),))).is_award
    assert decide(terms, state(record=(attempt(),), results=(result("eoc-math", None, met=True),))).is_award


@pytest.mark.rule("R6")
def test_the_sample_policy_waits_for_what_only_a_board_can_say() -> None:
    open_items = {one.reason.code for one in checklist(read(SAMPLE.read_text()).terms) if not one.met}
    assert open_items == {"ready.adopted.missing", "ready.reference.missing"}
    assert "example to adapt" in SAMPLE.read_text()


def test_a_policy_file_may_be_json() -> None:
    assert read(json.dumps(document.read(D4).value, default=float)).terms == read(D4).terms


def test_what_was_stored_reads_back_as_the_same_terms() -> None:
    loaded = read(D4)
    stored = json.loads(json.dumps(loaded.document))
    closed = loader.terms_of(stored, number=3, first=dt.date(2020, 7, 1), last=dt.date(2026, 6, 30))
    assert (closed.number, closed.effective_to) == (3, dt.date(2026, 6, 30))
    assert closed.rules == loaded.terms.rules


def test_plain_words_stay_what_was_written() -> None:
    odd = D4.replace("statement: none", "statement: no").replace("S-TEACHER:", "0123:")
    assert read(odd).terms.other_methods == "no"
    assert "0123" in read(odd).terms.school_approval


# --- The schema -------------------------------------------------------------------------------------------------------


def test_the_schema_is_a_schema_and_is_published_as_it_is() -> None:
    Draft202012Validator.check_schema(schema.SCHEMA)
    published = json.loads((ROOT / "docs" / "policy.schema.json").read_text())
    assert published == schema.SCHEMA


def test_every_example_of_the_documentation_is_a_policy_file() -> None:
    text = (ROOT / "docs" / "policy-file.md").read_text()
    examples = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    whole = [example for example in examples if example.startswith("schema: mbl-policy/")]
    assert whole, "docs/policy-file.md shows no whole policy"
    for example in whole:
        read(example)


@pytest.mark.rule("R5")
def test_a_way_of_the_districts_own_is_defined_and_decides_without_a_change_of_code() -> None:
    text = (ROOT / "docs" / "policy-file.md").read_text()
    terms = read(text.split("```yaml\n")[1].split("```")[0]).terms
    own = terms.methods["AP_EXAM"]
    assert (own.title, own.description) == ("Advanced Placement exam", "An exam result sent by the testing agency.")
    shown = dt.date(2026, 9, 1)
    asked = state(method="AP_EXAM", results=(result("ap-precalculus", 3),), record=(), demonstrated_on=shown)
    outcome = decide(terms, asked)
    assert (outcome.rule_code, outcome.credits, outcome.mark, outcome.is_numeric) == (
        "MATH-AP",
        Decimal("0.5"),
        "B",
        True,
    )
    assert not decide(terms, replace(asked, results=(result("ap-precalculus", 2),))).is_award


@pytest.mark.rule("R4", "R6")
def test_nothing_is_open_and_nothing_is_set_by_default() -> None:
    bare = """
schema: mbl-policy/1
series: "2403"
title: Bare
effective: {from: 2026-07-01}
approval: {roles: [principal]}
scale: {code: mastery, levels: [not-yet, met]}
courses: []
rules: []
"""
    terms = read(bare).terms
    assert (terms.rules, dict(terms.courses), terms.equity_provision, terms.other_methods) == ((), {}, "", "")
    assert terms.review_every_months is None
    codes = {one.reason.code for one in checklist(terms) if not one.met}
    assert codes >= {
        "ready.equity.missing",
        "ready.courses.missing",
        "ready.other_methods.missing",
        "ready.rules.missing",
    }


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    ("removed", "missing"),
    [
        ("    credit: {up_to: 1.0}\n", "ready.rule_credit.missing"),
        ("    mark: P\n", "ready.rule_mark.missing"),
        ("    citation: 2403P (3)\n", "ready.rule_citation.missing"),
        ("      - standards: {level: proficient, at_least: 3}\n", "ready.rule_when.missing"),
    ],
)
def test_a_rule_may_have_blanks_and_is_then_not_ready(removed: str, missing: str) -> None:
    codes = [one.reason.code for one in checklist(read(D4.replace(removed, "")).terms) if not one.met]
    assert missing in codes


# --- Faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "where", "code"),
    [
        ("title: Mathematics credit by showing mastery\n", "", "", "shape.missing"),
        ("mark: P\n    citation: 2403P (3)", "mark: X\n    citation: 2403P (3)", "rules[2].mark", "shape.not_a_choice"),
        ("mark: P\n    citation: 2403P (3)", "mark: A\n    citation: 2403P (3)", "rules[2].mark", "shape.not_a_choice"),
        (
            "mark: P\n    citation: 2403P (3)",
            "mark: {value: A}\n    citation: 2403P (3)",
            "rules[2].mark",
            "agree.letter_needs_basis",
        ),
        ("at_least: 3", "at_least: 0", "rules[2].when[1].standards.at_least", "shape.at_least"),
        ("at_least: 3", "at_least: three", "rules[2].when[1].standards.at_least", "shape.kind"),
        ("level: proficient,", "level: Proficiënt,", "rules[2].when[1].standards.level", "shape.code"),
        ("level: proficient,", "level: mastered,", "rules[2].when[1].standards.level", "agree.unknown_level"),
        ("kinds: all", "kinds: [portfolo]", "rules[2].kinds[1]", "shape.not_a_choice_near"),
        ("    kinds: all\n", "", "rules[2]", "agree.kinds_missing"),
        ("all\n    courses: all", "all\n    courses: [MAT999]", "rules[2].courses[1]", "agree.unknown_course"),
        ("method: LOCAL_ASSESSMENT\n    kinds: all", "method: NEXT_COURSE", "rules[2]", "agree.next_course_names_none"),
        ("method: LOCAL_ASSESSMENT", "method: AP_EXAM", "rules[2].method", "agree.unknown_method"),
        ("code: D4-M2", "code: D4-M1", "rules[2].code", "agree.twice"),
        ("from: 2020-07-01", "from: 2020-02-30", "effective.from", "agree.no_such_day"),
        ("from: 2020-07-01", "from: 07/01/2020", "effective.from", "shape.date"),
        ("from: 2020-07-01", "from: 2020-07-01\n  to: 2019-01-01", "effective.to", "agree.ends_before_start"),
        ("Algebra 1, subject: math", "Algebra 1, subject: maths", "courses[1].subject", "shape.not_a_choice_near"),
        ("two_roles: true", "two_roles: yes", "approval.two_roles", "shape.kind"),
        ("roles: [credit_manager, principal]", "roles: []", "approval.roles", "shape.too_short"),
        ("credit: {up_to: 1.0}", "credit: {up_to: 1.0, exactly: 1}", "rules[1].credit", "agree.one_amount"),
        ("credit: {up_to: 1.0}", "credit: {up_to: 0}", "rules[1].credit.up_to", "shape.more_than"),
        ("other_methods:", "other_method:", "other_method", "shape.unknown_key_near"),
        ("- reflection: required", "- reflection: maybe", "rules[2].when[2].reflection", "shape.not_a_choice"),
        ("- reflection: required", "- fact: {name: hours}", "rules[2].when[2].fact.name", "agree.unknown_fact"),
        ('series: "2403"', 'series: "2403"\nseries: "2404"', "series", "file.key_twice"),
    ],
)  # fmt: skip
def test_a_fault_is_named_where_it_stands(old: str, new: str, where: str, code: str) -> None:
    text = D4.replace(old, new, 1)
    assert text != D4
    ((line, found_where, found),) = faults(text)
    assert (found_where, found) == (where, code)
    if where:
        last = "D4-M2" if where == "rules[2]" else where.rsplit(".", 1)[-1].split("[")[0]
        assert last in "\n".join(text.splitlines()[max(0, line - 3) : line]), f"line {line} is not where {last} is"


def test_every_fault_of_a_file_is_found_at_once_in_the_order_of_lines() -> None:
    text = (
        D4.replace("mark: P", "mark: X").replace("level: 3}", "level: none}").replace("two_roles: true", "two_roles: 1")
    )
    lines = [line for line, _where, _code in faults(text)]
    assert len(lines) == 4
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "file.empty", 1),
        ("# only a comment\n", "file.empty", 1),
        ("- a\n- b\n", "file.not_a_policy", 1),
        ("just words", "file.not_a_policy", 1),
        ("schema: mbl-policy/2\n", "file.unknown_schema", 1),
        ("series: 1\n", "file.unknown_schema", 1),
        ("schema: mbl-policy/1\ntitle: [a\nseries: b: c\n", "file.not_yaml", 3),
        ("schema: mbl-policy/1\n\ttitle: x\n", "file.not_yaml", 2),
        ("schema: mbl-policy/1\ntitle: &a x\n", "file.alias", 2),
        ("schema: mbl-policy/1\ntitle: *a\n", "file.alias", 2),
        ("schema: mbl-policy/1\ntitle: !!python/object/apply:os.system [ls]\n", "file.tag", 2),
        ("schema: !x mbl-policy/1\n", "file.tag", 1),
        ("schema: mbl-policy/1\n---\nschema: mbl-policy/1\n", "file.second_document", 2),
        ("schema: mbl-policy/1\n? [a, b]\n: c\n", "file.key_not_text", 2),
        ("schema: mbl-policy/1\ntitle: \x07\n", "file.strange_character", 2),
        ("schema: " + "[" * 40, "file.too_deep", 1),
        ("[" * 100_000, "file.too_deep", 1),
        ("x" * (document.MAX_CHARACTERS + 1), "file.too_large", 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, code: str, line: int) -> None:
    found = [one for one in faults(text) if one[2] == code]
    assert found, faults(text)
    assert found[0][0] == line


def test_aliases_cannot_make_a_small_file_large() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [" + ",".join([f"*{chr(97 + n)}"] * 9) + "]" for n in range(8)
    )
    assert faults(bomb) == [(1, "", "file.alias")]


def test_at_most_a_hundred_faults_are_told() -> None:
    courses = "".join(f"  - {{code: X{n}, title: T, subject: nothing}}\n" for n in range(200))
    assert len(faults(D4.replace("courses:\n", f"courses:\n{courses}", 1))) == loader.MAX_PROBLEMS


def test_ten_thousand_rules_are_too_large_and_a_file_that_is_wrong_throughout_is_answered_soon() -> None:
    rules = "".join(
        f"  - {{code: R{n}, method: M, courses: [MAT101], credit: {{exactly: 1}}}}\n" for n in range(10_000)
    )
    assert [code for _line, _where, code in faults(D4 + rules)] == ["file.too_large"]
    wrong = "".join(f"  - {{code: R{n}, metod: M, coures: [MAT101]}}\n" for n in range(5_000))
    began = time.process_time()
    assert len(faults(D4.split("rules:\n")[0] + "rules:\n" + wrong)) == loader.MAX_PROBLEMS
    assert time.process_time() - began < 8  # 15 seconds when every fault was looked at


def test_every_fault_and_every_item_of_the_checklist_has_a_sentence() -> None:
    sources = "".join(Path(module.__file__ or "").read_text() for module in (agreement, document, loader, readiness))
    codes = set(re.findall(r'"((?:file|shape|agree|ready|warn)\.[a-z_.]+)"', sources))
    assert len(codes) > 50
    for code in codes:
        assert has_words(code) or has_words(f"{code}.missing"), code


# --- Anything at all --------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_terms_or_faults_with_sentences(text: str) -> None:
    found = parse("schema: mbl-policy/1\n" + text)
    for problem in found if isinstance(found, list) else []:
        assert isinstance(problem, Problem)
        assert problem.line >= 1
        assert sentence(problem.reason)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_policy_with_one_place_changed_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    lines = D4.splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    line = lines[place]
    cut = data.draw(st.integers(0, len(line)))
    added = data.draw(
        st.sampled_from(
            ["", " ", "[", "}", ": ", "- ", "null", "~", "1e5", "true", "&a", "*a", '"', "#", "1.0000", "-3"]
        )
    )
    lines[place] = line[:cut] + added + line[data.draw(st.integers(cut, len(line))) :]
    found = parse("\n".join(lines))
    if isinstance(found, PolicyFile):
        checklist(found.terms)
        decide(found.terms, local())
        decide(found.terms, state())
    else:
        assert all(sentence(problem.reason) for problem in found)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from(["all", "P", "none"])),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
        max_leaves=8,
    ),
    st.sampled_from(
        ["equity", "approval", "scale", "courses", "rules", "effective", "other_methods", "classes", "text"]
    ),
)
def test_any_value_in_any_part_is_read_or_refused(value: object, part: str) -> None:
    found = parse(json.dumps(document.read(D4).value | {part: value}, default=float))
    assert isinstance(found, PolicyFile) or all(sentence(problem.reason) for problem in found)
