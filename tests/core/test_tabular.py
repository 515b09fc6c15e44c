"""Tables out of the building."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mbl.core.tabular import BOM, csv_response, defuse, write_csv


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('=HYPERLINK("http://example.org","Ada")', '\'=HYPERLINK("http://example.org","Ada")'),
        ("+1 555 0100", "'+1 555 0100"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("O'Neill-Smith", "O'Neill-Smith"),
        ("", ""),
    ],
)
def test_a_formula_in_a_name_stays_a_name(name: str, written: str) -> None:
    assert defuse(name) == written


def test_numbers_stay_numbers() -> None:
    assert [defuse(cell) for cell in (Decimal("-0.500"), -3, True, None)] == ["-0.500", "-3", "true", ""]


@given(st.text())
def test_no_text_at_all_starts_a_formula(text: str) -> None:
    assert not defuse(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_table_is_written_with_its_encoding_and_counted() -> None:
    out = io.StringIO()

    count = write_csv(out, ["Name", "Credits"], [["Zoë, Jr.", Decimal("1.500")], ["=1+1", None]])

    assert count == 2
    text = out.getvalue()
    assert text.startswith(BOM)
    assert list(csv.reader(io.StringIO(text.removeprefix(BOM)))) == [
        ["Name", "Credits"],
        ["Zoë, Jr.", "1.500"],
        ["'=1+1", ""],
    ]


def test_a_download_reads_its_rows_while_it_is_sent() -> None:
    read = []

    def rows() -> Iterator[list[str]]:
        for number in range(3):
            read.append(number)
            yield [str(number)]

    response = csv_response("Größe 2026.csv", ["Number"], rows())

    assert read == []
    assert b"".join(response).decode().splitlines() == [BOM + "Number", "0", "1", "2"]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe")
