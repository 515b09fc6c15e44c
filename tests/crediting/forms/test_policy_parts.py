"""The descriptions of the editor and the schema say the same; whatever is drawn is read back unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from crediting.forms.policy_case import CASE
from crediting.forms.policy_kinds import KINDS, menu
from crediting.forms.policy_parts import PAGES, RULE
from crediting.forms.shapes import Ask, Conditions, Part, Rows, ShapeForm, described, read_all
from crediting.interchange import starter
from crediting.rules.policy import cases as case_file
from crediting.rules.policy import document
from crediting.rules.policy.document import Problem
from crediting.rules.policy.parts import PARTS
from crediting.rules.policy.schema import SCHEMA
from mbl.core.decisions import Reason
from tests.conftest import ROOT
from tests.crediting.pages import flat

CONDITION = SCHEMA["$defs"]["condition"]["properties"]
FILES = sorted((ROOT / "tests" / "fixtures" / "policies").glob("*.yaml"))
POLICIES = {
    **{f"sample {number}": text for number, text in starter.sample_policies().items()},
    **{file.name: text for file in FILES if (text := file.read_text("utf-8")).find("mbl-policy/1") >= 0},
}
CASES = {
    **{f"sample {number}": text for number, text in starter.sample_cases().items()},
    **{file.name: text for file in FILES if (text := file.read_text("utf-8")).find("mbl-cases/1") >= 0},
}


def keys_of(shape: dict[str, Any]) -> set[str]:
    """The keys that a schema knows, also those of one of its alternatives."""
    found = set(shape.get("properties", {}))
    for side in ("then", "else"):
        if side in shape:
            found |= keys_of(shape[side])
    return found


def unnested(asks: Sequence[Ask]) -> dict[str, Ask]:
    return {
        key: inner
        for one in asks
        for key, inner in ({one.key: one} if one.key else unnested(getattr(one, "asks", ()))).items()
    }


def assert_knows(asks: Sequence[Ask], shape: dict[str, Any], where: str) -> None:
    """Every key of the schema has its input, also further down."""
    known = keys_of(shape)
    assert described(asks) == known, where
    properties = shape.get("properties") or shape.get("else", {}).get("properties") or {}
    for key, one in unnested(asks).items():
        inner = properties.get(key, {})
        if isinstance(one, Rows) and not isinstance(one, Conditions):
            inner = inner.get("items") or inner.get("additionalProperties") or {}
        if isinstance(one, Rows) and [ask.key for ask in one.asks] == [""]:
            inner = inner.get("items", inner)
        if isinstance(one, Part | Rows) and described(one.asks) and key not in ("mark", "course_code", "evidence"):
            assert_knows(one.asks, inner, f"{where}.{key}")


def test_every_kind_of_condition_is_on_the_menu_with_all_it_may_say() -> None:
    assert set(KINDS) == set(CONDITION)
    assert sorted(kind for _heading, kinds in menu() for kind, _label in kinds) == sorted(CONDITION)
    for kind, known in KINDS.items():
        if any(one.key for one in known.asks):
            assert_knows(known.asks, CONDITION[kind], kind)


def test_every_part_of_a_policy_has_its_input() -> None:
    for part, what in PAGES.items():
        assert described(what.asks) == set(PARTS[part])
        for one in what.asks:
            assert one.key in SCHEMA["properties"]
        shape = {"properties": {key: SCHEMA["properties"][key] for key in PARTS[part]}}
        assert_knows(what.asks, shape, part)
    assert_knows(RULE, SCHEMA["properties"]["rules"]["items"], "rule")
    on_pages = {key for keys in PARTS.values() for key in keys}
    assert on_pages | {"schema", "series"} == set(SCHEMA["properties"])


def test_every_part_of_a_case_has_its_input() -> None:
    shape = case_file.CASES_SCHEMA["properties"]["cases"]["items"]
    # A case on the page has one request, no name, and nothing that is expected.
    assert described(CASE) == set(shape["properties"]) - {"case", "about", "requests", "expect"}
    request = shape["properties"]["request"]
    assert described(unnested(CASE)["request"].asks) == set(request["properties"]) - {"expect"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_is_drawn_and_sent_back_is_the_same(name: str) -> None:
    whole = document.read(POLICIES[name]).value
    for rule in whole["rules"]:
        assert read_all(RULE, flat(ShapeForm(RULE, rule, whole=whole)), "") == rule
    for part, what in PAGES.items():
        now = {key: whole[key] for key in PARTS[part] if key in whole}
        assert (read_all(what.asks, flat(ShapeForm(what.asks, now, whole=whole)), "") or {}) == _without_blanks(now)


@pytest.mark.parametrize("name", CASES)
def test_a_case_that_is_drawn_and_sent_back_is_the_same(name: str) -> None:
    for case in document.read(CASES[name]).value["cases"]:
        known = {key: one for key, one in case.items() if key in described(CASE)}
        known.get("request", {}).pop("expect", None)
        assert (read_all(CASE, flat(ShapeForm(CASE, known, whole={})), "") or {}) == _without_blanks(known)


def _without_blanks(value: Any) -> Any:
    """What a form can hold: nothing where a key was written with nothing after it, text without space around it."""
    if isinstance(value, dict):
        return {key: inner for key, one in value.items() if (inner := _without_blanks(one)) not in (None, {}, [], "")}
    if isinstance(value, list):
        return [_without_blanks(one) for one in value]
    return value.strip() if isinstance(value, str) else value


@pytest.mark.parametrize("key", ["a [b", "[", "]", "..", "a.b[", "[1]x", "- &x [*x, *x]", "x" * 5000])
def test_a_fault_under_any_name_that_somebody_typed_finds_a_place(key: str) -> None:
    """A name with a bracket once kept the page looking for its input for ever."""
    problem = Problem(1, 1, f"rules[1].credit.{key}", Reason("shape.other", {"key": key}))
    form = ShapeForm(RULE, {}, whole={}, problems=[problem], at="rules[1].")
    assert sum(map(len, form.errors.values())) == 1
