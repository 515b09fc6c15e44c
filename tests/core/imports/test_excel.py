"""What a spreadsheet does to codes is found, mended only where one answer exists, and never silent."""

from __future__ import annotations

import pytest

from mbl.core.imports.excel import Code, Damage, read_code


@pytest.mark.parametrize(
    ("cell", "width", "known", "code"),
    [
        ("01", 2, (), Code("01")),
        ("1", 2, (), Code("01", Damage.ZEROS)),
        ("1999", 5, (), Code("01999", Damage.ZEROS)),
        ("1.0", 2, (), Code("01", Damage.DECIMAL)),
        ("12,00", 0, (), Code("12", Damage.DECIMAL)),
        ("1.23457E+09", 10, (), Code("", Damage.SCIENTIFIC)),
        ("1e5", 0, (), Code("", Damage.SCIENTIFIC)),
        ("1e5", 0, ("1e5",), Code("1e5")),
        ("10-Sep", 0, (), Code("", Damage.DATE)),
        ("Sep-10", 0, (), Code("", Damage.DATE)),
        ("20003", 0, ("20003", "020003"), Code("20003")),
        ("20003", 0, ("020003",), Code("020003", Damage.ZEROS)),
        ("20003", 0, ("020003", "0020003"), Code("20003")),
        ("20003", 0, (), Code("20003")),
        ("", 4, (), Code("")),
        ("A12", 4, (), Code("A12")),
        ("٣", 2, (), Code("٣")),
    ],
)
def test_read_code(cell: str, width: int, known: tuple[str, ...], code: Code) -> None:
    assert read_code(cell, width=width, known=known) == code
