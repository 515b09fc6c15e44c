"""A case to begin a trial with, for each rule of a policy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crediting.interchange import starter
from crediting.rules.examples import examples
from crediting.rules.policy import loader
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.policy.terms import Amount, PolicyTerms
from crediting.rules.trial import try_cases

FIXTURES = Path(__file__).parents[2] / "fixtures" / "policies"
TEXTS = {
    **{f"sample {number}": text for number, text in starter.sample_policies().items()},
    **{one.name: one.read_text("utf-8") for one in sorted(FIXTURES.glob("*.yaml")) if ".cases." not in one.name},
}


def terms_in(text: str) -> PolicyTerms:
    read = loader.parse(text)
    assert isinstance(read, PolicyFile), read
    return read.terms


@pytest.mark.parametrize("name", TEXTS)
def test_every_configured_rule_has_an_example_that_it_grants(name: str) -> None:
    terms = terms_in(TEXTS[name])
    found = {}
    for rule, course, case in examples(terms):
        (tried,) = try_cases([terms], [case])
        assert tried.outcome.is_granted and tried.outcome.rule_code == rule.code and course in rule.courses
        found[rule.code] = tried.outcome.kind
    assert set(found) == {rule.code for rule in terms.rules if rule.is_configured}


@pytest.mark.rule("R6")
def test_a_rule_without_an_amount_has_none() -> None:
    terms = terms_in(TEXTS["sample 1"])
    blank = replace(terms, rules=tuple(replace(rule, amount=Amount()) for rule in terms.rules))
    assert list(examples(blank)) == []
