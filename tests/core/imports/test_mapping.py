"""Free headers: guessed by name, chosen by a person, kept for the next file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mbl.core.errors import DomainError
from mbl.core.imports import Issues, mapping
from mbl.core.imports.mapping import Column
from mbl.core.imports.opening import open_package
from mbl.core.imports.tables import Columns, Table
from tests.factories.core import make_district

COLUMNS = (
    Column("local_id", "Student number", required=True, aliases=("Student ID", "SIS id")),
    Column("mark", "Mark", aliases=("Grade earned",)),
    Column("credits", "Credits earned"),
)


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("a,b,c\n", ","), ("a\tb\tc\n", "\t"), ("a;b;c\n", ";"), ("a|b\n", "|"), ("only\n", ",")],
)
def test_the_sign_between_cells_is_found(tmp_path: Path, line: str, delimiter: str) -> None:
    file = tmp_path / "file.csv"
    file.write_text(line + line.replace("a", "1"))
    assert mapping.head_of(file).delimiter == delimiter


def test_the_head_has_the_first_cells_also_from_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "file.zip"
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("file.csv", "\ufeffStudent ID,,Grade Earned\n7,x,A\n8,y,B\n9,z\n10,q,C\n")
    head = mapping.head_of(archive)
    assert head.headers == ["Student ID", "Grade Earned"]
    assert head.samples == {"Student ID": ["7", "8", "9"], "Grade Earned": ["A", "B"]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no header"),
        (",,\n", "no header"),
        ("Mark,mark\n", "same name"),
        ('"open\n', "not CSV"),
        ("a\0b\n", "no text has"),
    ],
)
def test_a_head_that_cannot_be_read_says_why(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "file.csv"
    file.write_text(text)
    with pytest.raises(DomainError, match=sentence):
        mapping.head_of(file)


def test_headers_are_guessed_by_name_label_and_alias_and_none_twice() -> None:
    assert mapping.guess(COLUMNS, ["student_id", "GRADE EARNED", "Credits  earned", "Mark "]) == {
        "local_id": "student_id", "mark": "Mark ", "credits": "Credits  earned",
    }  # fmt: skip
    both = (Column("a", "Mark"), Column("b", "Mark"))
    assert mapping.guess(both, ["Mark"]) == {"a": "Mark"}


@pytest.mark.parametrize(
    ("chosen", "field", "sentence"),
    [
        ({"mark": "M"}, "local_id", "Choose which column is “Student number”"),
        ({"local_id": "ID", "mark": "id"}, "local_id", "more than once"),
        ({"local_id": "Other"}, "local_id", "no column Other"),
        ({"name": "ID"}, "name", "no column name in this format"),
    ],
)
def test_a_choice_that_cannot_be_is_told_at_its_field(chosen: dict[str, str], field: str, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence) as refused:
        mapping.check(COLUMNS, chosen, ["ID", "M"])
    assert refused.value.field == field


def test_a_choice_is_read_in_the_spelling_of_the_file() -> None:
    assert mapping.check(COLUMNS, {"local_id": "id", "mark": ""}, ["ID", "M"]) == {"local_id": "ID"}


def test_an_adapter_settles_on_the_choice_or_a_guess_or_an_issue() -> None:
    issues = Issues()
    head = mapping.Head(["SIS ID", "M"], {})
    assert mapping.settled(COLUMNS, None, head, issues, "f.csv") == {"local_id": "SIS ID"}
    assert mapping.settled(COLUMNS, {"local_id": "M"}, head, issues, "f.csv") == {"local_id": "M"}
    assert not list(issues)
    assert mapping.settled(COLUMNS, {"mark": "M"}, head, issues, "f.csv") == {}
    assert [(issue.code, issue.file) for issue in issues] == [("COLUMN_NOT_MAPPED", "f.csv")]


def test_a_table_reads_only_what_is_mapped(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text("Nr\tmark\tNote\n7\tA\tx\n")
    issues = Issues()
    with open_package(file) as package:
        table = Table(
            package.text("file.txt"), Columns(("local_id",), ("mark", "credits")), issues,
            mapping={"local_id": "nr", "credits": "Note"}, delimiter="\t",
        )  # fmt: skip
        assert list(table.rows()) == [(2, ["7", "", "x"])] or list(table.rows()) == [(2, ("7", "", "x"))]
    assert [issue.code for issue in issues] == ["COLUMN_NOT_USED"]


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', "{", ""])
def test_a_mapping_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mapping.json"
    file.write_text(text)
    with pytest.raises(DomainError, match=r"mapping\.json"):
        mapping.read(file)
    with pytest.raises(DomainError, match=r"none\.json"):
        mapping.read(tmp_path / "none.json")


@pytest.mark.django_db
def test_kept_mappings_are_offered_for_files_that_have_their_headers() -> None:
    district, other = make_district(), make_district()
    mapping.keep(district, "history", "Old system", {"local_id": "ID"}, actor=None)
    mapping.keep(district, "history", "New system", {"local_id": "id", "mark": "M"}, actor=None)
    mapping.keep(district, "history", "Elsewhere", {"local_id": "Nr"}, actor=None)
    mapping.keep(district, "scores", "Scores", {"local_id": "ID"}, actor=None)
    mapping.keep(other, "history", "Theirs", {"local_id": "ID"}, actor=None)
    assert [one.name for one in mapping.fitting(district, "history", ["ID", "M"])] == ["New system", "Old system"]
    mapping.keep(district, "history", "Old system", {"local_id": "Nr"}, actor=None)
    assert [one.name for one in mapping.fitting(district, "history", ["ID", "M"])] == ["New system"]
