"""Procedures of further districts, as files that were written from the page alone: the language says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crediting.rules.policy.readiness import checklist
from crediting.rules.trial import try_cases
from tests.crediting.rules.test_fixtures import FIXTURES, cases_beside, terms_in

PROCEDURES = sorted(file for file in FIXTURES.glob("procedure-*.yaml") if ".cases." not in file.name)


@pytest.mark.rule("R10", "R13", "R14", "R16", "R18", "R19", "R21", "R22", "R23", "R24", "R29", "R33", "R35", "R37")
@pytest.mark.parametrize("file", PROCEDURES, ids=lambda file: file.stem)
def test_a_procedure_decides_its_cases_as_it_says(file: Path) -> None:
    tried = list(try_cases([terms_in(file)], cases_beside(file)))
    assert [(one.case, one.outcome.kind.value) for one in tried if one.matches is not True] == []
    assert len({one.outcome.kind for one in tried}) > 1, "cases that all come out alike prove little"


@pytest.mark.parametrize("file", PROCEDURES, ids=lambda file: file.stem)
def test_a_procedure_could_be_published(file: Path) -> None:
    assert [one.code for one in checklist(terms_in(file)) if not one.met] == []
