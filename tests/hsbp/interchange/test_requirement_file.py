"""Requirement sets from a dated file: what it may say, and what is refused with its place."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from crediting.states import SubjectArea
from hsbp.interchange.requirement_file import BadRequirements, read
from hsbp.rules.progress import set_for

OURS = Path(__file__).resolve().parents[3] / "hsbp" / "data" / "requirements.yaml"
SMALL = """
- code: small
  title: {en: Small}
  citation: WAC 1
  grade_9_entry: {from: 2017-07-01, to: null}
  total: "1.000"
  rows:
    - {subject: math, credits: "1.000", core: true, citation: WAC 1(1)}
"""


@pytest.mark.rule("R43", partial=True)
def test_the_file_we_bring_holds_the_twenty_four_credits_of_the_class_of_2021_and_later() -> None:
    (found,) = read(OURS.read_text(encoding="utf-8"))
    assert (found.code, found.total, found.citation) == ("wa-2021", Decimal("24.000"), "WAC 180-51-210")
    assert {row.subject: str(row.credits) for row in found.rows} == {
        "english": "4.000",
        "math": "3.000",
        "science": "3.000",
        "social_studies": "3.000",
        "health": "0.500",
        "physical_education": "1.500",
        "cte": "1.000",
        "arts": "2.000",
        "world_languages": "2.000",
        "elective": "4.000",
    }
    assert {row.subject for row in found.rows} <= {str(area) for area in SubjectArea}
    assert set_for([found], dt.date(2023, 9, 1)) is found
    assert set_for([found], dt.date(2016, 9, 1)) is None


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"1.000", core', "1.0, core", "set small, row 1, credits: expected credits in quotes"),
        ('total: "1.000"', 'total: "2.000"', "do not add up to the total of 2.000"),
        ("2017-07-01", "soon", "grade_9_entry, from: expected a day"),
        ("subject: math", "subject: ''", "row 1, subject: expected words"),
        ("- code: small", "code: small", "not YAML|holds a list"),
        ("title: {en: Small}", "title: Small", "title: expected names with values"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(before: str, after: str, says: str) -> None:
    assert before in SMALL
    with pytest.raises(BadRequirements, match=says):
        read(SMALL.replace(before, after))


def test_two_sets_for_the_same_day_are_refused() -> None:
    with pytest.raises(BadRequirements, match="share days of entry"):
        read(SMALL + SMALL.replace("small", "other").lstrip("\n"))
