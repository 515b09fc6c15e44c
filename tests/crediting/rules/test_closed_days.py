"""Days without school as people paste them."""

import datetime as dt

import pytest

from crediting.rules.closed_days import read_days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-11-26 Thanksgiving", ["2026-11-26 Thanksgiving"]),
        ("11/26/2026,,Thanksgiving", ["2026-11-26 Thanksgiving"]),
        (
            "date,last,name\r\n2026-11-26,2026-11-27,Thanksgiving",
            ["2026-11-26 Thanksgiving", "2026-11-27 Thanksgiving"],
        ),
        ("12/31/2026 to 1/4/2027: Winter", ["2026-12-31 Winter", "2027-01-01 Winter", "2027-01-04 Winter"]),
        ("2026-11-26\n\n2026-11-26 again", ["2026-11-26"]),
        ("2026-11-28 Saturday", []),
        ('\ufeff"2026-11-26","","A day, with a comma"', ["2026-11-26 A day, with a comma"]),
    ],
)
def test_a_line_is_a_day_or_several(text: str, days: list[str]) -> None:
    read = read_days(text)
    assert read.faults == ()
    assert [f"{one.day} {one.title}".strip() for one in read.days] == days


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Thanksgiving", "closed.no_day"),
        ("2026-02-30", "closed.no_such_day"),
        ("13/40/2026", "closed.no_such_day"),
        ("9999-01-01", "closed.no_such_day"),
        ("2026-11-27 to 2026-11-26", "closed.backwards"),
        ("2026-06-20 to 2026-09-01", "closed.too_long"),
    ],
)
def test_a_fault_names_its_line(text: str, code: str) -> None:
    read = read_days(f"2026-11-26\n{text}")
    assert [(fault.code, fault.params["line"]) for fault in read.faults] == [(code, 2)]
    assert [one.day for one in read.days] == [dt.date(2026, 11, 26)]
