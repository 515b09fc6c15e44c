"""Course history from files: two dialects, what is held and why, complete for each student it names, taken back."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.actions.history import SOURCE
from crediting.actions.ledger import reverse_entry
from crediting.interchange.history import import_history
from crediting.interchange.history.columns import layouts
from crediting.models import HeldRow, HistorySnapshot, LedgerEntry
from crediting.queries.ledger import credits_by_subject, credits_earned
from crediting.states import EntryKind, HeldReason, HeldState
from mbl.core.imports import ImportResult, adapter, mapping
from mbl.core.imports.mapping import delimiter_of
from mbl.core.imports.undo import undo
from mbl.core.models import District, ImportRun
from profiles.models import Student
from tests.damage import CELLS, ODD, damage, hurt, turn_around
from tests.factories.core import make_district
from tests.factories.profiles import make_school, make_student
from tests.factories.transcripts import make_registrar, make_transcript

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "history"
CEDARS = FIXTURES / "17999_0000_StudentGradeHistory_20261101_20262027.txt"
COMMA = FIXTURES / "comma-dialect.csv"
HEAD = "student_id,school_year,term,location,course_code,course_title,state_code,grade,mark,attempted,earned"


@pytest.fixture
def district(db: None) -> District:
    district = make_district("Northfield", state_code="17999")
    school = make_school(district, "Northfield High School", code="3001")
    for number in (50001, 50002, 50003):
        make_student(school, local_id=str(number), ssid=f"10000{number}", grade="11")
    # A second district with a student of the same number.
    make_student(make_school(make_district("Southfield"), "Southfield High School"), local_id="50001")
    return district


def bring(source: Path, district: District, **options: object) -> ImportResult:
    return import_history(source, district=district, actor=None, **options)  # type: ignore[arg-type]


def write(folder: Path, *rows: str, head: str = HEAD, name: str = "history.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def codes(result: ImportResult) -> Counter[str]:
    return Counter(issue.code for issue in result.issues)


def lines(district: District) -> list[tuple[object, ...]]:
    """What stands, without what differs from run to run."""
    rows = LedgerEntry.objects.effective().filter(district=district).order_by(
        "student__local_id", "school_year", "term_order", "course_code", "attempt"
    )  # fmt: skip
    return list(
        rows.values_list(
            "student__local_id", "school_year", "term", "earned_on", "school_name", "kind", "course_code",
            "course_title", "subject", "state_course_code", "grade", "mark", "is_numeric", "credits_attempted",
            "credits_earned", "designations", "attempt", "source_key", "content_hash",
        )
    )  # fmt: skip


def student(district: District, number: str = "50001") -> Student:
    return Student.objects.select_related("person", "school", "district").get(district=district, local_id=number)


# --- A whole file -----------------------------------------------------------------------------------------------------


def test_a_file_of_the_state_comes_in_with_exact_counts_and_issues(district: District) -> None:
    result = bring(CEDARS, district)
    assert (result.created, result.rejected, result.exit_code) == ({"history": 9}, {"history": 5}, 3)
    assert codes(result) == {
        "HISTORY_COURSE_UNKNOWN": 13,
        "HISTORY_ZEROS_LOST": 1,
        "HISTORY_DECIMAL_COMMA": 2,
        "HISTORY_SCHOOL_UNKNOWN": 1,
        "HISTORY_GRADE": 1,
        "HISTORY_PASS_WITHOUT_CREDIT": 1,
        "HISTORY_CREDITS_MANY": 1,
        "HISTORY_FAIL_WITH_CREDIT": 1,
        "HISTORY_MARK_UNKNOWN": 1,
        "HISTORY_STUDENT_UNKNOWN": 1,
        "HISTORY_CREDITS": 1,
        "HISTORY_YEAR_AHEAD": 1,
        "HISTORY_OTHER_DISTRICT": 1,
    }
    assert {issue.line for issue in result.issues if issue.code == "HISTORY_STUDENT_UNKNOWN"} == {12}
    assert not LedgerEntry.objects.exclude(district=district).exists()


def test_two_dialects_give_the_same_history(district: District) -> None:
    bring(CEDARS, district)
    first = lines(district)
    again = bring(COMMA, district)
    assert (again.changes, again.unchanged) == (0, {"history": 9})
    assert lines(district) == first


def test_the_same_bytes_twice_change_nothing(district: District, tmp_path: Path) -> None:
    source = write(tmp_path, "50001,2025,S1,3001,ENG9,English 9,01001,09,B,0.5,0.5")
    assert bring(source, district).created == {"history": 1}
    rows = LedgerEntry.objects.count()
    again = bring(source, district)
    assert (again.changes, again.unchanged, again.issues) == (0, {"history": 1}, [])
    assert LedgerEntry.objects.count() == rows


@pytest.mark.rule("T20")
def test_transfer_rows_keep_school_mark_and_credit(district: District) -> None:
    bring(CEDARS, district)
    row = LedgerEntry.objects.get(district=district, kind=EntryKind.TRANSFER)
    assert (row.school, row.school_name, row.mark) == (None, "Lakeside Middle School", "P")
    assert (row.credits_earned, row.is_numeric, row.grade) == (Decimal("1.000"), False, "08")


@pytest.mark.rule("T16")
def test_a_district_without_plus_and_minus_takes_them_from_elsewhere_only(district: District, tmp_path: Path) -> None:
    district.settings = {"marks": {"plus_minus": False}}
    district.save()
    source = write(
        tmp_path,
        "50001,2025,S1,3001,ENG9,English 9,01001,09,B+,0.5,0.5",
        "50001,2025,S1,9999,ENG9,English 9,01001,09,B+,0.5,0.5",
    )
    result = bring(source, district)
    assert (result.created, result.rejected) == ({"history": 1}, {"history": 1})
    assert LedgerEntry.objects.get(mark="B+").kind == EntryKind.TRANSFER


@pytest.mark.rule("T18")
def test_three_courses_of_one_semester_hour_are_one_credit(district: District, tmp_path: Path) -> None:
    head = HEAD + ",college_hours,college_unit"
    source = write(
        tmp_path,
        *(f"50001,2025,S{n},9999,C{n},College {n},01001,11,A,,,1,semester" for n in (1, 2, 3)),
        "50001,2025,Q1,9999,Q1,College q,02001,11,A,,,5,quarter",
        "50001,2025,Q2,9999,Q2,College f,02001,11,F,,,3,Q",
        head=head,
    )
    assert bring(source, district).created == {"history": 5}
    assert LedgerEntry.objects.filter(course_code="C1").get().credits_earned == Decimal("0.333")
    assert LedgerEntry.objects.filter(course_code="Q2").get().credits_attempted == Decimal("0.600")
    assert LedgerEntry.objects.filter(mark="A").aggregate(sum=Sum("credits_earned"))["sum"] == Decimal("1.999")
    assert credits_earned(credits_by_subject(student(district))) == Decimal("2.000")


# --- Complete for each student it names -------------------------------------------------------------------------------

B = "50001,2025,S1,3001,ENG9,English 9,01001,09,B,0.5,0.5"
F = "50001,2025,S2,3001,ENG9,English 9,01001,09,F,0.5,0"
OTHER = "50002,2025,S1,3001,ENG9,English 9,01001,09,C,0.5,0.5"


def test_another_mark_supersedes_and_a_missing_row_is_taken_back(district: District, tmp_path: Path) -> None:
    bring(write(tmp_path, B, F, OTHER), district)
    result = bring(write(tmp_path, B.replace(",B,", ",A,")), district, confirmed=True)
    assert (result.updated, result.withdrawn) == ({"history": 1}, {"history": 1})
    old = LedgerEntry.objects.get(mark="B", kind=EntryKind.COURSE)
    assert LedgerEntry.objects.get(mark="A").replaces == old and old.reversal.source == SOURCE
    standing = LedgerEntry.objects.effective().values_list("student__local_id", "mark")
    assert sorted(standing) == [("50001", "A"), ("50002", "C")], "whom the file does not name keeps everything"


def test_a_row_that_cannot_be_read_takes_nothing_back(district: District, tmp_path: Path) -> None:
    bring(write(tmp_path, B, F), district)
    result = bring(write(tmp_path, B, F.replace("0.5,0", "much,0")), district)
    assert (result.withdrawn, result.rejected) == ({}, {"history": 1})
    assert LedgerEntry.objects.effective().count() == 2


def test_much_at_once_is_taken_back_only_when_confirmed(district: District, tmp_path: Path) -> None:
    bring(write(tmp_path, B, F), district)
    result = bring(write(tmp_path, B), district)
    assert result.refused and codes(result)["MANY_WITHDRAWN"] == 1
    assert LedgerEntry.objects.effective().count() == 2


def test_the_order_of_the_file_has_no_part_in_it(district: District, tmp_path: Path) -> None:
    twice = [B, B, F, B.replace(",B,", ",D,")]
    bring(write(tmp_path, *twice), district)
    before = lines(district)
    assert bring(write(tmp_path, *reversed(twice)), district).changes == 0
    assert lines(district) == before and [row[16] for row in before if row[2] == "Semester 1"] == [1, 2, 3]


# --- What waits for the registrar -------------------------------------------------------------------------------------


def test_an_unknown_mark_waits_and_comes_in_when_the_district_knows_it(district: District, tmp_path: Path) -> None:
    source = write(tmp_path, B.replace(",B,", ",Q7,"))
    for _again in range(2):
        assert bring(source, district).rejected == {"history": 1}
    held = HeldRow.objects.get()
    assert held.facts is not None
    assert (held.reason, held.facts["mark"], held.line) == (HeldReason.MARK, "Q7", 2)
    district.settings = {"marks": {"other": [{"mark": "Q7", "earns": True}]}}
    district.save()
    assert bring(source, district).created == {"history": 1}
    held.refresh_from_db()
    assert held.state == HeldState.DISMISSED and LedgerEntry.objects.get().is_numeric is False


def test_a_line_on_an_issued_transcript_waits(district: District, tmp_path: Path) -> None:
    one = student(district)
    bring(write(tmp_path, B, F), district)
    assert one.school is not None
    make_transcript(one, make_registrar(one.school))
    result = bring(write(tmp_path, B.replace(",B,", ",A,")), district, confirmed=True)
    assert (result.changes, result.rejected) == (0, {"history": 2})
    assert codes(result)["HISTORY_RELIED_ON"] == 2
    changed, gone = HeldRow.objects.order_by("facts")
    assert changed.entry and changed.facts and gone.entry
    assert (changed.entry.mark, changed.facts["mark"]) == ("B", "A") and (gone.entry.mark, gone.facts) == ("F", None)
    assert LedgerEntry.objects.count() == 2


def test_a_correction_by_hand_stays(district: District, tmp_path: Path) -> None:
    bring(write(tmp_path, B, OTHER), district)
    row = LedgerEntry.objects.get(mark="B")
    reverse_entry(row, reason="Wrong student.", actor=None, source="registrar")
    assert bring(write(tmp_path, B, F), district).created == {"history": 1}
    result = bring(write(tmp_path, B.replace(",B,", ",A,"), F), district)
    assert codes(result)["HISTORY_CORRECTED_HERE"] == 1
    assert LedgerEntry.objects.effective().filter(student=student(district)).get().mark == "F"


# --- Files that say nothing or too much -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "\n", "HISTORY_HEADER_ONLY"),
        ("a,b\n1,2\n", "COLUMN_MISSING"),
        ("", "HEADER_MISSING"),
        (HEAD + ",mark\n" + B + ",A\n", "COLUMN_TWICE"),
        (HEAD + "\n" + B + "\x00\n", "FILE_CONTROL_CHARACTERS"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(district: District, tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    result = bring(path, district)
    assert result.refused and code in codes(result) and not LedgerEntry.objects.exists()


def test_headings_of_a_district_are_read(district: District, tmp_path: Path) -> None:
    source = write(tmp_path, B, head=HEAD.replace("mark", "Final").replace("earned", "Got"))
    assert bring(source, district).refused
    assert bring(source, district, mapping={"mark": "Final", "earned": "Got"}, dry_run=True).created == {"history": 1}
    district.settings = {"history_headings": {"final": "mark", "GOT": "earned"}}
    district.save()
    assert bring(source, district).created == {"history": 1}


def test_powerschool_rows_have_keys_of_their_own(district: District, tmp_path: Path) -> None:
    head = (
        "STUDENT_NUMBER,TERMID,STORECODE,SchoolID,COURSE_NUMBER,COURSE_NAME,GRADE_LEVEL,GRADE,POTENTIALCRHRS,"
        "EARNEDCRHRS,DCID"
    )
    source = write(tmp_path, "50001,3401,S1,3001,ENG9,English 9,9,B,0.5,0.5,77", head=head)
    assert bring(source, district).created == {"history": 1}
    row = LedgerEntry.objects.get()
    assert (row.school_year, row.term, row.grade) == (2025, "Semester 1", "09")
    moved = write(tmp_path, "50001,3402,S2,3001,ENG10,English 10,9,B,0.5,0.5,77", head=head)
    assert bring(moved, district).updated == {"history": 1}


def test_lost_zeros_are_found_again_and_said(district: District, tmp_path: Path) -> None:
    make_student(student(district).school, local_id="00007")
    result = bring(write(tmp_path, "7,2025,S1,3001,ENG9,English 9,01001,9,B,.5,.5"), district)
    assert result.created == {"history": 1} and codes(result)["HISTORY_ZEROS_LOST"] == 1


# --- The command, and taking it back ----------------------------------------------------------------------------------


def test_the_command_says_what_a_page_would(district: District, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        call_command("import_history", str(CEDARS), district=district.code, dry_run=True)
    assert left.value.code == 1 and "Dry run. Nothing was written." in capsys.readouterr().out
    assert not LedgerEntry.objects.exists() and not HistorySnapshot.objects.exists()
    known = adapter("history")
    assert known is not None and not known.run(CEDARS, district=district, actor=None, dry_run=True).applied


def test_a_run_is_taken_back_by_reversal(district: District, tmp_path: Path) -> None:
    bring(write(tmp_path, B, F, OTHER), district)
    before = [row[:17] for row in lines(district)]
    second = bring(write(tmp_path, B.replace(",B,", ",A,"), OTHER, OTHER.replace("S1", "S2")), district, confirmed=True)
    undo(ImportRun.objects.get(public_id=second.run), actor=None)
    assert [row[:17] for row in lines(district)] == before
    assert bring(write(tmp_path, B, F, OTHER), district).changes == 0
    again = bring(write(tmp_path, B.replace(",B,", ",A,"), OTHER, OTHER.replace("S1", "S2")), district, confirmed=True)
    assert (again.updated, again.withdrawn, again.created) == ({"history": 1}, {"history": 1}, {"history": 1})


def test_what_a_transcript_prints_stays_when_a_run_is_taken_back(district: District, tmp_path: Path) -> None:
    one = student(district)
    run = ImportRun.objects.get(public_id=bring(write(tmp_path, B, OTHER), district).run)
    assert one.school is not None
    make_transcript(one, make_registrar(one.school))
    result = undo(run, actor=None)
    assert result.rejected == {"ledgerentry": 1}
    assert list(LedgerEntry.objects.effective().values_list("mark", flat=True)) == ["B"]


# --- Files of systems -------------------------------------------------------------------------------------------------

# What stands after each of them.
HALF, WHOLE, NONE = Decimal("0.500"), Decimal("1.000"), Decimal("0.000")
HERE = "Northfield High School"
SAME = [
    ("50001", 2024, "2023-24", "Lakeside Middle School", "transfer", "SPAN1", "Español 1", "08", "P", WHOLE, WHOLE),
    ("50001", 2025, "Semester 1", HERE, "course", "ENG9", "English 9", "09", "B+", HALF, HALF),
    ("50001", 2025, "Semester 2", HERE, "course", "ENG9", "English 9", "09", "F", HALF, NONE),
    ("50002", 2025, "Semester 2", HERE, "course", "APH", "AP US History", "11", "A", HALF, HALF),
]
PRESETS = ("research-extract.txt", "skyward.csv", "campus.csv", "powerschool.txt")
# Of each: rows taken, rows that were not, and everything that is said.
SAID: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "research-extract.txt": ({"history": 1}, {
        "HISTORY_STUDENT_UNKNOWN": 1, "COLUMN_NOT_USED": 1, "HISTORY_COURSE_UNKNOWN": 4, "HISTORY_ZEROS_LOST": 1,
        "HISTORY_FLAG": 1}),
    "skyward.csv": ({"history": 2}, {
        "HISTORY_STUDENT_UNKNOWN": 1, "HISTORY_STUDENT_DIFFERS": 1, "HISTORY_COURSE_UNKNOWN": 4}),
    "campus.csv": ({"history": 2}, {
        "HISTORY_STUDENT_UNKNOWN": 1, "HISTORY_YEAR": 1, "HISTORY_COURSE_UNKNOWN": 5}),
    "powerschool.txt": ({"history": 2}, {
        "HISTORY_STUDENT_UNKNOWN": 1, "HISTORY_YEAR": 1, "HISTORY_COURSE_UNKNOWN": 5}),
}  # fmt: skip


@pytest.mark.parametrize("name", PRESETS)
def test_each_systems_file_is_known_by_its_headings_and_read_exactly(
    district: District, name: str, tmp_path: Path
) -> None:
    source = FIXTURES / name
    known = adapter("history")
    assert known is not None and known.reads(mapping.head_of(source).headers)
    result = bring(source, district)
    rejected, issues = SAID[name]
    assert (result.created, result.rejected, codes(result)) == ({"history": 4}, rejected, issues)
    assert [row[:3] + row[4:8] + row[10:12] + row[13:15] for row in lines(district)] == SAME
    before = lines(district)
    assert bring(source, district).changes == 0
    turned = tmp_path / name
    turned.write_bytes(source.read_bytes())
    turn_around(turned)
    assert bring(turned, district).changes == 0
    assert lines(district) == before


def test_no_layout_of_a_system_claims_to_be_compared_with_a_real_file() -> None:
    assert {code for code, one in layouts().items() if one.is_confirmed} == set()
    assert set(layouts()) == {"cedars-h", "research-extract", "powerschool", "skyward", "campus"}


def test_a_1_in_the_states_extract_is_a_designation(district: District, tmp_path: Path) -> None:
    result = bring(FIXTURES / "research-extract.txt", district)
    letters = dict(LedgerEntry.objects.values_list("course_code", "designations"))
    assert (letters["APH"], letters["SPAN1"]) == (["A", "B", "O"], [])
    assert LedgerEntry.objects.get(mark="B+").designations == ["B"]
    # What is neither 0 nor 1 is said and left out.
    [said] = [issue for issue in result.issues if issue.code == "HISTORY_FLAG"]
    assert (said.line, said.column) == (5, "designations")


# --- Whatever comes ---------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_mutated_file_never_breaks_and_is_never_half_applied(
    district: District, tmp_path: Path, data: st.DataObject
) -> None:
    source = data.draw(st.sampled_from((CEDARS, COMMA, *(FIXTURES / name for name in PRESETS))))
    folder = tmp_path / uuid.uuid4().hex
    folder.mkdir()
    path = folder / "mutated.txt"
    path.write_bytes(source.read_bytes())
    sign = delimiter_of(source.read_text(encoding="utf-8").splitlines()[0])
    kinds = ("cell", "cell", "drop", "twice", "swap", "header", "cut", "bytes", "sign")
    for harm in data.draw(st.lists(damage(kinds=kinds, cells=(*CELLS, *ODD)), min_size=1, max_size=6)):
        hurt(folder, harm, pattern="*.txt", sign=sign)
    text = bytearray(path.read_bytes())
    for _change in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=8))
    path.write_bytes(bytes(text))
    before = LedgerEntry.objects.count()
    result = bring(path, district, confirmed=True)
    if result.refused:
        assert LedgerEntry.objects.count() == before
    else:
        written = sum(sum(counts.values()) for counts in (result.created, result.withdrawn))
        assert LedgerEntry.objects.count() == before + written + 2 * sum(result.updated.values())
        assert bring(path, district, confirmed=True).changes == 0
        standing = lines(district)
        turn_around(path)
        turned = bring(path, district, confirmed=True)
        # A row that is none of a table cannot say whose it is; what is held is looked at again.
        if not {issue.code for issue in turned.issues if issue.code.startswith("ROW_")}:
            assert (turned.changes, lines(district)) == (0, standing)
