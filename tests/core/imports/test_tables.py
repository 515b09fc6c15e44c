"""Reading CSV strictly: header, ragged rows, quotes, line ends, dates."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mbl.core.imports import Issues
from mbl.core.imports.opening import open_package
from mbl.core.imports.tables import BadDate, Columns, Dates, Table, clean

COLUMNS = Columns(("id", "name"), ("note", "day"), {"identifier": "id"})


def read(tmp_path: Path, data: str | bytes) -> tuple[Table, Issues, list[tuple[int, list[str]]]]:
    path = tmp_path / "table.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    issues = Issues()
    with open_package(path) as package:
        table = Table(package.text("table.csv"), COLUMNS, issues)
        rows = [(line, list(row)) for line, row in table.rows()] if table.is_usable else []
    return table, issues, rows


def codes(issues: Issues) -> list[tuple[str, int | None]]:
    return [(issue.code, issue.line) for issue in issues]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_end_is_read_with_or_without_the_last(tmp_path: Path, end: str, last: bool) -> None:
    _table, issues, rows = read(tmp_path, f"id,name{end}1,Ana{end}{end}2,Bo{end if last else ''}")
    assert [row for _line, row in rows] == [["1", "Ana", "", ""], ["2", "Bo", "", ""]]
    assert codes(issues) == []


def test_columns_may_stand_in_any_order_and_size_of_letters(tmp_path: Path) -> None:
    _table, issues, rows = read(tmp_path, "Name, ID ,note\nAna,1,x\n")
    assert rows == [(2, ["1", "Ana", "x", ""])]
    assert codes(issues) == [("COLUMN_RENAMED", 1), ("COLUMN_RENAMED", 1)]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("id,id,name", "COLUMN_TWICE"),
        ("id,identifier,name", "COLUMN_TWICE"),
        ("id,note", "COLUMN_MISSING"),
        ("", "HEADER_MISSING"),
        (" , ", "HEADER_MISSING"),
        ('"id,name', "HEADER_UNREADABLE"),
    ],
)
def test_a_header_that_rules_the_file_out(tmp_path: Path, header: str, code: str) -> None:
    table, issues, _rows = read(tmp_path, f"{header}\n1,Ana\n")
    assert not table.is_usable
    assert [found for found, _line in codes(issues)] == [code]


def test_unknown_columns_are_named_and_unread(tmp_path: Path) -> None:
    _table, issues, rows = read(tmp_path, "id,name,password,ext_x\n1,Ana,secret,y\n")
    assert rows == [(2, ["1", "Ana", "", ""])]
    assert [issue.message for issue in issues] == ["These columns are not used: password, ext_x."]


def test_ragged_rows(tmp_path: Path) -> None:
    data = "id,name,note\n1,Ana\n2\n3,Bo,x,,\n4,Cy,x,y\n5,Di,x\n"
    _table, issues, rows = read(tmp_path, data)
    assert rows == [
        (2, ["1", "Ana", "", ""]), (3, []), (4, ["3", "Bo", "x", ""]), (5, []), (6, ["5", "Di", "x", ""]),
    ]  # fmt: skip
    assert codes(issues) == [("ROW_ENDS_EARLY", 2), ("ROW_TOO_SHORT", 3), ("ROW_TOO_LONG", 5)]


def test_a_stray_quote_spoils_its_row_only(tmp_path: Path) -> None:
    _table, issues, rows = read(tmp_path, 'id,name\n1,"A"na\n2,"Bo, the ""second"""\n')
    assert rows == [(2, []), (3, ["2", 'Bo, the "second"', "", ""])]
    assert codes(issues) == [("ROW_UNREADABLE", 2)]


def test_a_quote_that_is_never_closed_is_said(tmp_path: Path) -> None:
    _table, issues, rows = read(tmp_path, 'id,name\n1,Ana\n2,"Bo\n3,Cy\n')
    assert rows[0] == (2, ["1", "Ana", "", ""])
    assert [code for code, _line in codes(issues)] == ["ROW_UNREADABLE"]


def test_a_cell_of_a_hundred_thousand_letters_is_refused(tmp_path: Path) -> None:
    _table, issues, _rows = read(tmp_path, f"id,name\n1,{'x' * 100_000}\n")
    assert [code for code, _line in codes(issues)] == ["ROW_UNREADABLE"]


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        ("  x ", "x"),
        ("Jose\u0301", "José"),
        ("a\u00a0b", "a b"),
        ("\u00a0x", "x"),
        ("plain", "plain"),
        (" \u200b\u200e", ""),
    ],
)
def test_cells_are_trimmed_and_composed(cell: str, cleaned: str) -> None:
    assert clean(cell) == cleaned


def test_windows_text_is_read_with_a_warning(tmp_path: Path) -> None:
    _table, issues, rows = read(tmp_path, "id,name\n1,Nuñez\n".encode("cp1252"))
    assert rows == [(2, ["1", "Nuñez", "", ""])]
    assert codes(issues) == [("FILE_NOT_UTF8", None)]


def test_utf_16_and_marks_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        _table, issues, rows = read(tmp_path, "id,name\n1,Nuñez\n".encode(encoding))
        assert rows == [(2, ["1", "Nuñez", "", ""])]
        assert codes(issues) == []


def test_only_a_header_is_seen(tmp_path: Path) -> None:
    assert read(tmp_path, "id,name\n")[0].is_only_header()
    assert not read(tmp_path, "id,name\n1,Ana\n")[0].is_only_header()


def dates(tmp_path: Path, *cells: str) -> Dates:
    rows = "".join(f"{number},Ana,,{cell}\n" for number, cell in enumerate(cells))
    return Dates(read(tmp_path, f"id,name,note,day\n{rows}")[0])


def test_dates_are_iso_first(tmp_path: Path) -> None:
    read_date = dates(tmp_path, "2026-11-21", "2026-11-21T08:00:00Z", "").read
    assert read_date("2026-11-21", "day") == dt.date(2026, 11, 21)
    assert read_date("2026-11-21T08:00:00Z", "day") == dt.date(2026, 11, 21)
    assert read_date("", "day") is None


def test_month_first_counts_only_if_the_whole_column_can_be_read_so(tmp_path: Path) -> None:
    assert dates(tmp_path, "8/9/2026", "12/31/2026").read("8/9/2026", "day") == dt.date(2026, 8, 9)
    with pytest.raises(BadDate):
        dates(tmp_path, "8/9/2026", "31/12/2026").read("8/9/2026", "day")


@pytest.mark.parametrize("cell", ["21.11.2026", "46347", "2026-02-30", "2/30/2026", "yesterday", "26-11-21"])
def test_what_is_no_date_is_not_guessed(tmp_path: Path, cell: str) -> None:
    with pytest.raises(BadDate):
        dates(tmp_path, cell).read(cell, "day")
