"""Every structure of docs/policy-file.md, "How to say it": the YAML of the page, decided case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crediting.rules.policy import document, loader
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.policy.readiness import checklist
from crediting.rules.trial import try_cases
from tests.crediting.rules import pieces

PIECES = pieces.pieces()


@pytest.mark.rule("R10", "R14", "R18", "R19", "R20", "R21", "R22", "R23", "R24", "R26", "R29", "R35")
@pytest.mark.parametrize("title", PIECES)
def test_a_structure_of_a_procedure_can_be_said_and_decides_as_meant(title: str) -> None:
    terms, cases = pieces.whole(PIECES[title])
    tried = list(try_cases([terms], cases))
    assert [(one.case, one.outcome.kind.value) for one in tried if one.matches is not True] == []
    kinds = {one.outcome.kind for one in tried}
    assert kinds, "a piece without a case proves nothing"


def test_a_piece_is_a_policy_that_could_be_published() -> None:
    unready = {
        title: [one.code for one in checklist(replace(terms)) if not one.met]
        for title, yaml in PIECES.items()
        for terms, _cases in [pieces.whole(yaml)]
        if not all(one.met for one in checklist(terms))
    }
    assert unready == {}


def test_the_whole_policy_of_the_page_comes_with_cases_that_it_meets() -> None:
    read = loader.parse(pieces.WHOLE[0])
    assert isinstance(read, PolicyFile)
    (written,) = pieces.WHOLE_CASES
    tried = list(try_cases([read.terms], pieces.parsed_cases(written)))
    assert [one.matches for one in tried] == [True, True, True]


def test_the_parts_that_the_page_shows_alone_are_of_the_published_shape() -> None:
    base = document.read(pieces.WHOLE[1]).value
    shown = [
        block
        for block in pieces.blocks(pieces.PAGE.split("## How to say it")[0])
        if block.startswith(("mark:", "calendar:\n"))
    ]
    assert len(shown) == 2
    deadlines = document.read(next(block for block in shown if block.startswith("calendar:"))).value
    deadlines["deadlines"].append({"code": "marks", "windows": [{"after": "demonstrated", "days": 7}]})
    rule = {"code": "R", "method": "DISTRICT", "courses": "all", "credit": {"up_to": "course"}}
    for part in shown:
        value = document.read(part).value
        rules = [rule | value] if "mark" in value else [rule]
        policy = base | deadlines | {key: one for key, one in value.items() if key != "mark"} | deadlines
        found = loader.parse(pieces.as_text(policy | {"rules": rules}))
        assert isinstance(found, PolicyFile), found


def test_every_key_condition_and_amount_of_the_schema_is_on_the_page() -> None:
    from crediting.rules.policy.schema import SCHEMA

    schema = SCHEMA["properties"]
    rule = schema["rules"]["items"]["properties"]
    names = [
        *schema,
        *rule,
        *SCHEMA["$defs"]["condition"]["properties"],
        *rule["credit"]["properties"],
        *schema["caps"]["items"]["properties"],
        *schema["deadlines"]["items"]["properties"],
        *schema["calendar"]["items"]["properties"],
        *schema["appeal"]["properties"],
        *rule["fee"]["properties"],
    ]
    assert [name for name in names if f"`{name}" not in pieces.PAGE and f"{name}:" not in pieces.PAGE] == []
