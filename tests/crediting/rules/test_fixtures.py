"""Procedures of six districts, and the samples that ship, each with its cases (law.md 2.2 to 2.8 and 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crediting.rules.outcome import Outcome
from crediting.rules.policy import cases as case_file
from crediting.rules.policy import loader
from crediting.rules.policy.cases import Case
from crediting.rules.policy.loader import PolicyFile
from crediting.rules.policy.readiness import checklist
from crediting.rules.policy.terms import PolicyTerms
from crediting.rules.trial import Tried, try_cases
from tests.conftest import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "policies"
SAMPLES = ROOT / "crediting" / "data" / "policies"
DISTRICTS = ("d1", "d2", "d3", "d4", "d5", "d7")
PAIRS = [FIXTURES / f"{name}.yaml" for name in (*DISTRICTS, "work")] + [
    SAMPLES / f"sample-policy-{number}.yaml" for number in range(1, 7)
]


def terms_in(file: Path) -> PolicyTerms:
    read = loader.parse(file.read_text())
    assert isinstance(read, PolicyFile), [(one.line, one.where, one.reason) for one in read]
    return read.terms


def cases_beside(file: Path) -> list[Case]:
    return list(_cases(case_file.parse((file.parent / f"{file.stem}.cases.yaml").read_text())))


def _cases(found: object) -> Iterator[Case]:
    assert isinstance(found, list)
    for one in found:
        assert isinstance(one, Case), one
        yield one


def tried(name: str) -> list[Tried]:
    file = FIXTURES / f"{name}.yaml"
    return list(try_cases([terms_in(file)], cases_beside(file)))


def outcomes(name: str, start: str) -> list[Outcome]:
    """What came of the cases whose names begin so."""
    found = [one.outcome for one in tried(name) if one.case.startswith(start)]
    assert found
    return found


@pytest.mark.rule(
    "R10", "R13", "R14", "R16", "R18", "R19", "R20", "R21", "R22", "R23", "R24", "R26", "R29", "R35", "R37"
)
@pytest.mark.rule("EC1", "EC2", "EC3", "EC4", "EC5", "EC6", "EC7", "EC8", "EC9", "EC10", "EC11", "EC12", "EC23", "EC24")
@pytest.mark.parametrize("file", PAIRS, ids=lambda file: file.stem)
def test_a_policy_decides_its_cases_as_they_expect(file: Path) -> None:
    found = list(try_cases([terms_in(file)], cases_beside(file)))
    assert [(one.case, one.outcome.kind.value) for one in found if one.matches is not True] == []


@pytest.mark.rule("R10")
@pytest.mark.parametrize("name", DISTRICTS)
def test_every_rule_of_a_district_gives_once_and_does_not_give_once(name: str) -> None:
    terms = terms_in(FIXTURES / f"{name}.yaml")
    found = [one.outcome for one in tried(name)]
    gives = {one.rule_code for one in found if one.is_granted}
    withholds = {one.rule_code for one in found if not one.is_granted}
    codes = {rule.code for rule in terms.rules}
    # State law gives the GED credit before the policy is asked; and one route of the procedure has no amount.
    assert codes - gives <= {"D1-ALL", "D1-W1"}
    refusals = {case.split()[0] for one in tried(name) if not one.outcome.is_granted and (case := one.case)}
    assert codes - withholds - refusals == set()


@pytest.mark.rule("EC21", "R7")
def test_work_is_decided_by_the_version_in_force_when_it_was_shown() -> None:
    versions = [terms_in(FIXTURES / "ec21" / f"v{number}.yaml") for number in (1, 2)]
    found = list(try_cases(versions, cases_beside(FIXTURES / "ec21.yaml")))
    assert [one.matches for one in found] == [True, True, True]


@pytest.mark.rule("EC26", "R30")
def test_a_word_is_enough_where_nothing_may_be_recorded_and_two_roles_see_it() -> None:
    (given,) = outcomes("d7", "EC26")
    assert given.is_award
    (rule,) = terms_in(FIXTURES / "d7.yaml").rules
    assert rule.visible_to == frozenset({"credit_manager", "practitioner"})


@pytest.mark.rule("EC10", "R26")
def test_the_statute_is_cited_where_it_gives_the_credit() -> None:
    (owed,) = outcomes("d1", "EC10")
    assert [(one.rule_id, one.citation) for one in owed.reasons] == [("R26", "RCW 28A.320.192(4)")]


def test_a_case_that_expects_otherwise_is_a_mismatch() -> None:
    file = FIXTURES / "d7.yaml"
    text = (FIXTURES / "d7.cases.yaml").read_text().replace("credits: 0.5, mark: P", "credits: 0.6, mark: P")
    found = list(try_cases([terms_in(file)], _cases(case_file.parse(text))))
    assert [one.matches for one in found].count(False) == 1


# --- Samples ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R6")
@pytest.mark.parametrize("number", range(1, 7))
def test_a_sample_waits_only_for_what_a_board_can_say(number: int) -> None:
    file = SAMPLES / f"sample-policy-{number}.yaml"
    terms = terms_in(file)
    open_items = {one.reason.code for one in checklist(terms) if not one.met}
    assert open_items == {"ready.adopted.missing", "ready.reference.missing"}
    assert file.read_text().startswith(f"# Sample policy {number}. An example to adapt")
    assert terms.title.startswith(f"Sample policy {number}: ")


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_sample_names_no_district(file: Path) -> None:
    names = ("Franklin Pierce", "Highline", "Walla Walla", "La Center", "Seattle", "Enumclaw", "School District")
    assert [name for name in names if re.search(name, file.read_text(), re.I)] == []
