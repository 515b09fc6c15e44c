"""Grades and school years, in the many ways rosters write them."""

import pytest

from profiles.rules.roster import GRADES, grade_of, graduation_year


@pytest.mark.rule("T51")
@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("9", "09"),
        ("09", "09"),
        ("Grade 9", "09"),
        ("9th", "09"),
        ("9th grade", "09"),
        ("9.0", "09"),
        ("12", "12"),
        ("k", "KG"),
        ("K1", "K1"),
        ("k2", "K2"),
        ("PK", "PK"),
        ("pre-k", "PK"),
        ("Kindergarten", "KG"),
        ("PS3", "PS"),
        ("UG", "UG"),
        ("13", "13"),
        (" 10 ", "10"),
    ],
)
def test_grades_are_read_as_the_states_codes(text: str, grade: str) -> None:
    assert grade_of(text) == grade


@pytest.mark.parametrize("text", ["", "14", "0", "77", "freshman", "09.10", "-9", "nine"])
def test_what_is_no_grade_is_said_to_be_none(text: str) -> None:
    assert grade_of(text) is None


@pytest.mark.rule("T51")
def test_every_kept_grade_reads_as_itself() -> None:
    assert [grade_of(grade) for grade in GRADES] == list(GRADES)
    assert {"PK", "K1", "K2", *(f"{number:02}" for number in range(1, 13))} <= set(GRADES)


@pytest.mark.parametrize(
    ("grade", "year", "graduates"),
    [("09", 2027, 2030), ("12", 2027, 2027), ("01", 2027, 2038), ("KG", 2027, None), ("13", 2027, None)],
)
def test_graduation_follows_from_grade_and_school_year(grade: str, year: int, graduates: int | None) -> None:
    assert graduation_year(grade, year) == graduates
