"""Codes of rosters as people say them."""

import pytest

from profiles.rules.roster import GRADES
from profiles.words import grade_short, grade_word


@pytest.mark.parametrize(
    ("code", "word", "short"),
    [("09", "Grade 9", "9"), ("12", "Grade 12", "12"), ("KG", "Kindergarten", "Kindergarten"), ("", "", "")],
)
def test_grades_are_said_as_people_say_them(code: str, word: str, short: str) -> None:
    assert (grade_word(code), grade_short(code)) == (word, short)


def test_no_grade_is_shown_as_a_code() -> None:
    assert not {grade_word(code) for code in GRADES} & set(GRADES)
