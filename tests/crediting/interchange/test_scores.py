"""Test results from a CSV, shown to those who see the record, and used where a policy asks for them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from crediting.interchange.scores import import_scores, instrument_of
from crediting.models import ScoreRecord
from crediting.queries.facts import gather
from crediting.states import Method, RequestState
from mbl.core.imports import ImportResult
from mbl.core.imports.undo import undo
from mbl.core.models import ImportRun
from profiles.models import Student
from tests.factories.crediting import make_ground, make_request
from tests.personas import Personas

pytestmark = pytest.mark.django_db
HEAD = "Student Number,Assessment,Subject,Test Date,Scale Score,Achievement Level,Met Standard"
GOOD = "70001,SBAC,Math,5/14/2026,2650,Level 3,"


def bring(personas: Personas, folder: Path, *rows: str) -> ImportResult:
    Student.objects.filter(pk=personas.student.student.pk).update(local_id="70001")
    Student.objects.filter(pk=personas.other_district_student.student.pk).update(local_id="80001")
    path = folder / "scores.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return import_scores(path, district=personas.district, actor=None)


def test_results_come_in_once_and_change_when_the_file_does(personas: Personas, tmp_path: Path) -> None:
    first = bring(personas, tmp_path, GOOD, "70001,STAMP,Spanish,2026-03-01,,6,")
    assert (first.created, first.issues) == ({"scores": 2}, [])
    one = ScoreRecord.objects.get(instrument="SBA-MATH")
    assert (one.score, one.level, one.taken_on) == (Decimal("2650.00"), 3, dt.date(2026, 5, 14))
    assert bring(personas, tmp_path, GOOD).changes == 0
    second = bring(personas, tmp_path, GOOD.replace("2650", "2651"))
    assert second.updated == {"scores": 1}
    undo(ImportRun.objects.get(public_id=second.run), actor=None)
    one.refresh_from_db()
    assert one.score == Decimal("2650.00")


def test_rows_that_cannot_be_taken_are_named(personas: Personas, tmp_path: Path) -> None:
    result = bring(
        personas, tmp_path, GOOD,
        "80001,SBAC,Math,5/14/2026,2650,3,", "70001,SBAC,ELA,5/14/2099,2650,3,", "70001,SBAC,ELA,May,2650,3,",
        "70001,SBAC,ELA,5/14/2026,,,", "70001,,,5/14/2026,5,,", "70001,SBAC,Math,5/14/2026,2000,1,",
    )  # fmt: skip
    assert result.created == {"scores": 1} and result.rejected == {"scores": 6}
    assert Counter(issue.code for issue in result.issues) == {
        "SCORE_STUDENT_UNKNOWN": 1, "SCORE_DATE": 2, "SCORE_MISSING": 1, "SCORE_TEST_MISSING": 1, "SCORE_TWICE": 1,
    }  # fmt: skip


def test_names_of_tests_become_codes() -> None:
    assert instrument_of("Smarter Balanced Math", {}) == "SBA-MATH"
    assert instrument_of("AP Calculus AB", {}) == "AP-CALCULUS-AB"
    assert instrument_of("Our math test", {"our MATH test": "SBA-MATH"}) == "SBA-MATH"


def test_the_decision_sees_what_the_program_reported(personas: Personas, tmp_path: Path) -> None:
    bring(personas, tmp_path, GOOD)
    request = make_request(
        make_ground(personas.school), personas.student.student, personas.teacher.person, RequestState.SUBMITTED
    )
    today = dt.date(2026, 11, 1)
    assert gather([request], today=today)[request.pk].facts.results == ()
    request.method = Method.STATE_ASSESSMENT
    [result] = gather([request], today=today)[request.pk].facts.results
    assert (result.instrument, result.level) == ("SBA-MATH", 3)


def test_results_are_shown_to_those_who_see_the_record(personas: Personas, tmp_path: Path) -> None:
    bring(personas, tmp_path, GOOD)
    page = reverse("profiles:student", args=[personas.student.student.public_id])
    assert "SBAC Math" in personas.counselor.client().get(page).content.decode()
    assert "SBAC Math" not in personas.teacher.client().get(page).content.decode()


def test_the_command_reads_the_same_way(personas: Personas, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring(personas, tmp_path)
    (tmp_path / "scores.csv").write_text(f"{HEAD}\n{GOOD}\n", encoding="utf-8")
    call_command("import_scores", str(tmp_path / "scores.csv"), district=personas.district.code)
    assert "created: scores 1" in capsys.readouterr().out
