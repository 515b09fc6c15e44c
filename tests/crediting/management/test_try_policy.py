"""``try_policy`` as people run it: two files, no database, an exit code that says how it went."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crediting.management.commands.try_policy import as_json, as_text
from crediting.rules.trial import try_cases
from mbl.core.words import has_words
from tests.conftest import ROOT
from tests.crediting.rules import pieces
from tests.crediting.rules.test_fixtures import FIXTURES, PAIRS, cases_beside, terms_in

D7, D7_CASES = FIXTURES / "d7.yaml", FIXTURES / "d7.cases.yaml"
KEYS = {"case", "outcome", "credits", "mark", "course_code", "reasons", "missing", "expected", "match"}


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own that knows of no server."""
    bare = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", "try_policy", *map(str, words)],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def listed(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def test_cases_that_come_out_as_expected_exit_with_nought_and_print_a_list() -> None:
    done = run(D7, D7_CASES, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    first = listed(done)[0]
    assert set(first) >= KEYS
    assert {key: first[key] for key in ("outcome", "credits", "mark", "course_code", "match", "missing")} == {
        "outcome": "award",
        "credits": "0.500",
        "mark": "P",
        "course_code": "ENG910",
        "match": True,
        "missing": [],
    }
    assert first["expected"]["credits"] == "0.500"
    assert [set(reason) for reason in first["reasons"]] == [{"code", "text", "rule", "citation"}]


def test_a_mismatch_exits_with_one_and_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(D7_CASES.read_text().replace("outcome: award, credits: 0.5, mark: P", "outcome: refused"))
    done = run(D7, wrong)
    assert done.returncode == 1
    assert "NOT AS EXPECTED" in done.stdout
    assert [one["match"] for one in listed(run(D7, wrong, "--json"))].count(False) == 1


def test_a_case_that_expects_nothing_is_tried_all_the_same(tmp_path: Path) -> None:
    plain = tmp_path / "plain.yaml"
    plain.write_text("schema: mbl-cases/1\ncases: [{case: a, request: {course: ENG910, on: 2026-09-01}}]\n")
    done = run(D7, plain, "--json")
    assert done.returncode == 0
    assert [(one["outcome"], one["expected"], one["match"]) for one in listed(done)] == [("not-decidable", None, None)]


def test_versions_in_a_folder_are_tried_together() -> None:
    assert run(FIXTURES / "ec21", FIXTURES / "ec21.cases.yaml").returncode == 0


def test_an_invalid_file_exits_with_two_and_every_fault_has_its_line(tmp_path: Path) -> None:
    bad, bad_cases = tmp_path / "bad.yaml", tmp_path / "bad.cases.yaml"
    bad.write_text(D7.read_text().replace("    method: COMMUNITY\n", "    metod: COMMUNITY\n"))
    bad_cases.write_text("schema: mbl-cases/1\ncases:\n  - case: a\n    recrd: []\n")
    faults = listed(run(bad, bad_cases, "--json"))["faults"]
    line = bad.read_text().splitlines().index("    metod: COMMUNITY") + 1
    assert [(one["file"], one["line"], one["code"]) for one in faults] == [
        ("bad.yaml", line - 1, "shape.missing"),
        ("bad.yaml", line, "shape.unknown_key_near"),
        ("bad.cases.yaml", 4, "shape.unknown_key_near"),
    ]
    done = run(bad, bad_cases)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"bad.yaml:{line}: “metod” is not known here. Did you mean “method”?" in done.stderr


def test_what_looks_misspelt_is_noted_and_changes_nothing(tmp_path: Path) -> None:
    odd = tmp_path / "odd.cases.yaml"
    odd.write_text(
        "schema: mbl-cases/1\n"
        "cases:\n"
        "  - case: a\n"
        "    facts: {hours_of_sport: 60}\n"
        "    request: {course: FIT1, method: ATHLETIC, on: 2026-10-01}\n"
        "    expect: {outcome: refused, reasons: [method.not_enable]}\n"
    )
    done = run(FIXTURES / "procedure-fitness.yaml", odd)
    assert done.returncode == 1
    assert [line.split(": note: ")[0] for line in done.stderr.splitlines()] == [
        "odd.cases.yaml:4",
        "odd.cases.yaml:5",
        "odd.cases.yaml:6",
    ]
    assert "Did you mean “method.not_enabled”?" in done.stderr
    assert done.stdout.splitlines()[-1] == "1 tried: 0 as expected, 1 not as expected, 0 with nothing expected"


def test_a_part_of_a_requirement_is_printed() -> None:
    done = run(FIXTURES / "procedure-fitness.yaml", FIXTURES / "procedure-fitness.cases.yaml", "--json")
    first = listed(done)[0]
    assert (first["outcome"], first["credits"], first["released"]) == ("waived", "0.000", "1.000")


@pytest.mark.parametrize("swapped", [(D7, D7), (D7_CASES, D7_CASES)])
def test_the_two_files_in_the_wrong_place_are_told_apart(swapped: tuple[Path, Path]) -> None:
    (fault,) = listed(run(*swapped, "--json"))["faults"]
    assert fault["code"] in ("file.policy_for_cases", "file.cases_for_policy")


def test_a_file_that_is_not_there_is_said() -> None:
    done = run(ROOT / "nowhere.yaml", D7_CASES)
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr


@pytest.mark.parametrize("file", PAIRS, ids=lambda file: file.stem)
def test_everything_that_is_said_has_words(file: Path) -> None:
    assert_said(list(try_cases([terms_in(file)], cases_beside(file))))


@pytest.mark.parametrize("title", pieces.pieces())
def test_everything_that_a_structure_says_has_words(title: str) -> None:
    terms, cases = pieces.whole(pieces.pieces()[title])
    assert_said(list(try_cases([terms], cases)))


def assert_said(tried: list[Any]) -> None:
    for one in tried:
        said = as_json(one)
        reasons = [*said["reasons"], *said["missing"], *said["notes"], *(row["reason"] for row in said["criteria"])]
        assert said["reasons"], one.case
        for reason in reasons:
            assert has_words(reason["code"]), reason["code"]
            assert "%(" not in reason["text"]
        assert one.case in as_text(one)


def test_a_rule_in_a_language_of_tribes_without_a_certificate_is_noted_with_its_line(tmp_path: Path) -> None:
    policy, cases = tmp_path / "policy.yaml", tmp_path / "cases.yaml"
    text = (FIXTURES / "d5.yaml").read_text(encoding="utf-8").replace("languages: [maay]", "languages: [lushootseed]")
    policy.write_text(text, encoding="utf-8")
    cases.write_text(
        "schema: mbl-cases/1\ncases:\n  - case: tested\n"
        "    results: [{instrument: OPI, taken: 2025-03-04, language: lushootseed,"
        " skills: {speaking: novice-high, listening: novice-high}}]\n"
        "    request: {course: WLO900, method: WL_PROFICIENCY, language: lushootseed}\n"
        "    expect: {outcome: not-decidable, missing: [language.not_certified]}\n",
        encoding="utf-8",
    )
    done = run(policy, cases, "--json")
    line = text[: text.index("  - code: D5-W")].count("\n") + 1
    assert done.returncode == 0
    assert done.stderr.startswith(f"policy.yaml:{line}: note: Rule D5-W: Lushootseed is a language of Tribes")
    (one,) = listed(done)
    assert [(why["rule"], why["citation"]) for why in one["missing"] if why["code"] == "language.not_certified"] == [
        ("R25", "RCW 28A.300.575(2)(c)(ii)")
    ]
