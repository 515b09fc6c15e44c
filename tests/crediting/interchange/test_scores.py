"""Test results from a CSV, shown to those who see the record, and used where a policy asks for them."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from crediting.interchange.scores import import_scores, knows
from crediting.interchange.scores.instruments import instrument_of
from crediting.interchange.scores.layouts import layouts
from crediting.models import ScoreRecord
from crediting.queries.facts import gather
from crediting.states import RequestState
from mbl.core.imports import ImportResult, adapter, mapping
from mbl.core.imports.undo import undo
from mbl.core.models import District, ImportRun
from profiles.models import Student
from tests.factories.core import make_district
from tests.factories.crediting import make_ground, make_request
from tests.factories.profiles import make_school, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "scores"
HEAD = "Student Number,Assessment,Subject,Test Date,Scale Score,Achievement Level,Met Standard"
GOOD = "70001,SBAC,Math,5/14/2026,2650,Level 3,"


def bring(personas: Personas, folder: Path, *rows: str) -> ImportResult:
    Student.objects.filter(pk=personas.student.student.pk).update(local_id="70001")
    Student.objects.filter(pk=personas.other_district_student.student.pk).update(local_id="80001")
    path = folder / "scores.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return import_scores(path, district=personas.district, actor=None)


@pytest.fixture
def district(db: None) -> District:
    """Three students, and one of the same number in another district."""
    district = make_district("Northfield")
    school = make_school(district, "Northfield High School")
    for number in (70001, 70002, 70003):
        make_student(school, local_id=str(number), ssid=f"10000{number}")
    make_student(make_school(make_district("Southfield"), "Southfield High School"), local_id="70001")
    return district


def read(path: Path, district: District) -> ImportResult:
    return import_scores(path, district=district, actor=None)


def codes(result: ImportResult) -> Counter[str]:
    return Counter(issue.code for issue in result.issues)


def records() -> list[tuple[object, ...]]:
    rows = ScoreRecord.objects.order_by("student__local_id", "instrument", "language", "taken_on")
    return list(
        rows.values_list("student__local_id", "instrument", "language", "score", "level", "met", "skills", "title")
    )


def test_results_come_in_once_and_change_when_the_file_does(personas: Personas, tmp_path: Path) -> None:
    first = bring(personas, tmp_path, GOOD, "70001,STAMP,Spanish,2026-03-01,,6,")
    assert (first.created, first.issues) == ({"scores": 2}, [])
    one = ScoreRecord.objects.get(instrument="sba-math")
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
        "70001,SBAC,ELA,5/14/2026,,,", "70001,,,5/14/2026,5,,", "70001,WCAS,,5/14/2026,2000,1,",
        "70001,WCAS,,5/14/2026,2001,1,", "70001,WCAS,,5/15/2026,200000,1,",
    )  # fmt: skip
    assert result.created == {"scores": 1} and result.rejected == {"scores": 8}
    assert codes(result) == {
        "SCORE_STUDENT_UNKNOWN": 1, "SCORE_DATE": 2, "SCORE_MISSING": 1, "SCORE_TEST_MISSING": 1, "SCORE_TWICE": 2,
        "SCORE_RANGE": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("test", "section", "code"),
    [
        ("Smarter Balanced Math", "", "sba-math"),
        ("AP Calculus AB", "", "ap-calculus-ab"),
        ("AP", "66", "ap-calculus-ab"),
        ("AP Pre-Calculus", "", "ap-precalculus"),
        ("GED", "Mathematical Reasoning", "ged-math"),
        ("ged®", "RLA", "ged-rla"),
        ("ASVAB", "AFQT", "asvab-afqt"),
        ("Our math test", "", "sba-math"),
        ("IB", "Mathematics: Analysis and Approaches Higher Level", "ib-mathematics-analysis-and-approaches-h"),
    ],
)
def test_names_of_tests_become_the_codes_that_policies_write(test: str, section: str, code: str) -> None:
    assert instrument_of(test, section, own={"our MATH test": "SBA-Math"}).code == code


@pytest.mark.parametrize(
    ("test", "section", "language", "found"),
    [
        ("STAMP 4S", "Reading", "Spanish", ("stamp", "spanish", "reading")),
        ("STAMP WS Somali", "", "", ("stamp", "somali", "")),
        ("STAMP", "Spanish Writing", "", ("stamp", "spanish", "writing")),
        ("ACTFL OPIc", "", "Mandarin", ("actfl", "chinese-mandarin", "speaking")),
        ("SLPI:ASL", "", "", ("slpi", "american-sign-language", "signing")),
        ("STAMP", "", "Chinuk Wawa", ("stamp", "chinuk-wawa", "")),
        ("STAMP Overall", "", "", ("stamp", "", "")),
    ],
)
def test_a_language_test_has_a_language_and_a_skill(
    test: str, section: str, language: str, found: tuple[str, str, str]
) -> None:
    one = instrument_of(test, section, language)
    assert (one.code, one.language, one.skill) == found


# --- Files of programs ------------------------------------------------------------------------------------------------

# The layout that reads each fixture, what comes in, and exactly what is said.
FILES: dict[str, tuple[str, int, dict[str, int], dict[str, int]]] = {
    "plain": ("plain", 6, {"scores": 3}, {
        "SCORE_NUMBER": 1, "SCORE_DATE": 1, "SCORE_STUDENT_UNKNOWN": 1, "SCORE_LEVEL": 1, "SCORE_TEST_UNKNOWN": 1}),
    "state": ("state", 4, {}, {}),
    "sat": ("sat", 6, {"scores": 1}, {"SCORE_STUDENT_DIFFERS": 1, "COLUMN_NOT_USED": 1}),
    "act": ("act", 6, {}, {}),
    "ap": ("ap", 3, {"scores": 1}, {"SCORE_STUDENT_UNKNOWN": 1, "SCORE_DAY_OF_YEAR": 1, "COLUMN_NOT_USED": 1}),
    "ib": ("ib", 2, {}, {"SCORE_TEST_UNKNOWN": 2}),
    "cambridge": ("cambridge", 2, {"scores": 1}, {
        "SCORE_LEVEL": 1, "SCORE_MISSING": 1, "SCORE_TEST_UNKNOWN": 3}),
    "asvab": ("asvab", 2, {}, {}),
    "ged": ("ged", 4, {}, {}),
    "stamp": ("stamp", 2, {"scores": 2}, {"SCORE_LEVEL": 1, "SCORE_LANGUAGE": 1}),
    "languages-by-skill": ("plain", 3, {"scores": 3}, {"SCORE_SKILL": 1, "SCORE_TWICE": 2}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_programs_file_is_read_with_exact_counts_and_issues(district: District, name: str, tmp_path: Path) -> None:
    layout, created, rejected, issues = FILES[name]
    path = FIXTURES / f"{name}.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    head = mapping.head_of(path).headers
    assert knows(head) and [one.code for one in layouts() if one.code == layout] == [layout]
    result = read(path, district)
    assert (result.created, result.rejected, codes(result)) == ({"scores": created}, rejected, issues)
    before = records()
    assert not ScoreRecord.objects.exclude(district=district).exists()
    # The same again, and in another order, changes nothing.
    again = read(path, district)
    assert (again.changes, again.unchanged) == (0, {"scores": created})
    random.Random(7).shuffle(rows)
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    assert read(shuffled, district).changes == 0
    ScoreRecord.objects.all().delete()
    read(shuffled, district)
    assert records() == before


def test_every_layout_of_a_program_has_a_file_here() -> None:
    assert {one.code for one in layouts()} == {layout for layout, *_rest in FILES.values()}
    assert [one.code for one in layouts() if one.is_confirmed] == ["plain"]


@pytest.mark.rule("R23", partial=True)
def test_a_language_test_keeps_its_language_and_the_level_of_each_skill(district: District) -> None:
    read(FIXTURES / "stamp.csv", district)
    read(FIXTURES / "languages-by-skill.csv", district)
    assert [(row[0], row[1], row[2], row[6]) for row in records()] == [
        ("70001", "actfl", "russian", {"speaking": "intermediate-mid", "writing": "novice-high"}),
        ("70001", "stamp", "spanish", {
            "reading": "advanced-low", "writing": "intermediate-mid", "listening": "intermediate-high",
            "speaking": "intermediate-mid"}),
        ("70002", "alta", "wolof", {"speaking": "9"}),
        ("70002", "slpi", "american-sign-language", {"signing": "survival-plus"}),
        ("70002", "stamp", "somali", {"writing": "intermediate-low"}),
    ]  # fmt: skip


def test_a_skill_that_is_rated_later_joins_the_others(district: District, tmp_path: Path) -> None:
    read(FIXTURES / "stamp.csv", district)
    later = tmp_path / "later.csv"
    head = "Student Number,Test,Language,Test Date,Speaking"
    later.write_text(f"{head}\n70002,STAMP WS,Somali,2026-03-01,3\n", encoding="utf-8")
    assert read(later, district).updated == {"scores": 1}
    one = ScoreRecord.objects.get(language="somali")
    assert one.skills == {"writing": "intermediate-low", "speaking": "novice-high"}


def test_two_languages_on_one_day_are_two_results(district: District, tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    rows = [f"70001,STAMP,{name},2026-03-01,4,4,4,4" for name in ("Spanish", "French")]
    path.write_text("\n".join(["student_id,test,language,taken_on,reading,writing,listening,speaking", *rows]))
    assert read(path, district).created == {"scores": 2}


def test_scores_that_are_levels_count_as_levels(district: District) -> None:
    read(FIXTURES / "ap.csv", district)
    read(FIXTURES / "cambridge.csv", district)
    read(FIXTURES / "sat.csv", district)
    levels = {row[1]: row[4] for row in records()}
    assert (levels["ap-calculus-ab"], levels["ap-us-history"], levels["sat-math"]) == (3, 4, None)
    assert (levels["cambridge-mathematics-as"], levels["cambridge-physics-a-level"]) == (4, 6)
    assert ScoreRecord.objects.get(instrument="ap-us-history").taken_on == dt.date(2025, 5, 15)


def test_the_page_asks_for_columns_only_where_no_layout_fits() -> None:
    known = adapter("scores")
    assert known is not None
    assert known.reads(mapping.head_of(FIXTURES / "ap.csv").headers)
    assert not known.reads(["Kid", "Exam", "When", "Points"])


def test_a_mapping_reads_what_no_layout_knows(district: District, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("Kid;Exam;When;Points\n70001;GED Science;2026-04-16;165\n", encoding="utf-8")
    assert read(path, district).refused
    chosen = {"student_id": "Kid", "test": "Exam", "taken_on": "When", "score": "Points"}
    assert import_scores(path, district=district, actor=None, mapping=chosen).created == {"scores": 1}
    assert records()[0][1] == "ged-science"


# --- Where they are used ----------------------------------------------------------------------------------------------


def test_the_decision_sees_what_the_program_reported(personas: Personas, tmp_path: Path) -> None:
    bring(personas, tmp_path, GOOD, "70001,STAMP Spanish,Reading,2026-03-01,,5,")
    request = make_request(
        make_ground(personas.school), personas.student.student, personas.teacher.person, RequestState.SUBMITTED
    )
    today = dt.date(2026, 11, 1)
    spoken, result = gather([request], today=today)[request.pk].facts.results
    assert (spoken.instrument, spoken.language, spoken.skills) == ("stamp", "spanish", {"reading": "intermediate-mid"})
    # Written as the shipped policy writes it.
    assert (result.instrument, result.level) == ("sba-math", 3)


def test_results_are_shown_to_those_who_see_the_record(personas: Personas, tmp_path: Path) -> None:
    bring(personas, tmp_path, GOOD, "70001,STAMP Spanish,Reading,2026-03-01,,5,")
    page = reverse("profiles:student", args=[personas.student.student.public_id])
    shown = personas.counselor.client().get(page).content.decode()
    assert "SBAC Math" in shown and "STAMP Spanish" in shown and "reading: Intermediate Mid" in shown
    assert "SBAC Math" not in personas.teacher.client().get(page).content.decode()


def test_the_command_reads_the_same_way(personas: Personas, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring(personas, tmp_path)
    (tmp_path / "scores.csv").write_text(f"{HEAD}\n{GOOD}\n", encoding="utf-8")
    call_command("import_scores", str(tmp_path / "scores.csv"), district=personas.district.code)
    assert "created: scores 1" in capsys.readouterr().out
