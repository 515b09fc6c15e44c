"""Order, terms, retakes and letters of the printed lines."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from transcripts.rules.gpa import Retake
from transcripts.rules.lines import Row, arrange, letters, retake_groups


def row(key: str, mark: str = "B", **changes: Any) -> Row:
    """Half a credit of Geometry in the first semester of 2024-25, unless ``changes`` say otherwise."""
    half = Decimal("0.500")
    facts: dict[str, Any] = {
        "course": "Geometry",
        "worth": Decimal("1.000"),
        "is_cadr": False,
        "code": "MAT201",
        "title": "Geometry",
        "school": "Cedar Falls High School",
        "school_year": 2025,
        "term": "Semester 1",
        "term_order": 1,
        "grade": "10",
        "is_numeric": True,
        "attempted": half,
        "earned": Decimal(0) if mark in {"F", "NC", "W", "I"} else half,
        "designations": (),
        "ended_on": dt.date(2025, 1, 31),
    }
    return Row(key=key, mark=mark, **facts | changes)


SECOND: dict[str, Any] = {"term": "Semester 2", "term_order": 2, "ended_on": dt.date(2025, 6, 13)}
NEXT_YEAR: dict[str, Any] = {"school_year": 2026, "grade": "11", "ended_on": dt.date(2026, 1, 30)}


def gpa(*rows: Row) -> str:
    return str(arrange(rows, retake=Retake.HIGHEST, places=3).total.gpa)


@pytest.mark.rule("T8")
def test_rows_stand_by_year_term_and_title_oldest_first() -> None:
    rows = [
        row("d", **NEXT_YEAR, title="Algebra 2", course="Algebra 2"),
        row("c", **SECOND),
        row("b", title="World History", course="World History"),
        row("a", title="biology", course="Biology"),
    ]

    record = arrange(rows, retake=Retake.HIGHEST, places=3)

    assert [(term.school_year, term.name, [one.title for one in term.rows]) for term in record.terms] == [
        (2025, "Semester 1", ["biology", "World History"]),
        (2025, "Semester 2", ["Geometry"]),
        (2026, "Semester 1", ["Algebra 2"]),
    ]


@pytest.mark.rule("T8")
def test_each_term_has_its_own_average_and_the_one_up_to_its_end() -> None:
    record = arrange([row("1", "A"), row("2", "C", **SECOND)], retake=Retake.HIGHEST, places=3)

    assert [(str(term.own.gpa), str(term.running.gpa)) for term in record.terms] == [
        ("4.000", "4.000"),
        ("2.000", "3.000"),
    ]


@pytest.mark.rule("T15")
def test_a_term_keeps_its_average_when_a_course_of_it_is_taken_again() -> None:
    again = row("2", "B", **NEXT_YEAR)

    record = arrange([row("1", "F", worth=Decimal("0.5")), again], retake=Retake.HIGHEST, places=3)

    assert [(str(term.own.gpa), str(term.running.gpa)) for term in record.terms] == [
        ("0.000", "0.000"),
        ("3.000", "3.000"),
    ]
    assert str(record.total.gpa) == "3.000"


@pytest.mark.rule("T7", "T15")
def test_a_failed_attempt_prints_beside_the_one_that_took_its_place() -> None:
    record = arrange(
        [row("1", "F"), row("2", "B", **NEXT_YEAR), row("3", "C", **SECOND)], retake=Retake.HIGHEST, places=3
    )

    assert [one.mark for one in record.rows] == ["F", "C", "B"]
    # Three halves of a course worth one credit: the F was taken again, the second half was not.
    assert str(record.total.gpa) == "2.500"


def test_two_halves_of_a_year_long_course_are_no_retake() -> None:
    assert gpa(row("1", "F"), row("2", "C", **SECOND)) == "1.000"


def test_a_course_repeated_for_credit_each_time_is_no_retake() -> None:
    band: dict[str, Any] = {"course": "Band", "title": "Band", "worth": Decimal("0.5")}

    assert gpa(row("1", "A", **band), row("2", "C", **band | SECOND), row("3", "B", **band | NEXT_YEAR)) == "3.000"


def test_a_better_mark_without_a_second_credit_is_a_retake() -> None:
    half: dict[str, Any] = {"worth": Decimal("0.5")}

    assert gpa(row("1", "D", **half), row("2", "B", **half | NEXT_YEAR, earned=Decimal(0))) == "3.000"


def test_failed_twice_and_passed_counts_the_pass() -> None:
    half: dict[str, Any] = {"worth": Decimal("0.5")}
    later: dict[str, Any] = {"school_year": 2027, "ended_on": dt.date(2027, 1, 30)}

    assert gpa(row("1", "F", **half), row("2", "F", **half | NEXT_YEAR), row("3", "B", **half | later)) == "3.000"


def test_a_row_that_names_what_it_recovers_is_a_retake_under_any_code() -> None:
    first = row("1", "F", course="", worth=None)
    recovery = row("2", "B", **NEXT_YEAR, course="Geometry R", code="MAT201R", recovers="1")

    assert gpa(first, recovery) == "3.000"


@pytest.mark.rule("T13", "T25", "R36")
def test_a_pass_that_recovers_an_f_leaves_the_f_where_it_is() -> None:
    failed = row("1", "F", worth=Decimal("0.5"))
    recovery = row("2", "P", **NEXT_YEAR, is_numeric=False, recovers="1")

    record = arrange([failed, recovery], retake=Retake.HIGHEST, places=3)

    assert [one.mark for one in record.rows] == ["F", "P"]
    assert str(record.total.gpa) == "0.000"
    assert str(record.total.earned) == "0.500"


@pytest.mark.parametrize("course", ["", "Geometry"])
def test_rows_from_elsewhere_are_compared_only_when_the_catalog_knows_the_course(course: str) -> None:
    rows = [row("1", "F", course=course, worth=None), row("2", "B", course=course, worth=None, **NEXT_YEAR)]

    assert len(set(retake_groups(rows).values())) == 2


@pytest.mark.rule("T20")
def test_a_transferred_row_keeps_school_mark_and_credit() -> None:
    moved = row("1", "B+", school="Kent-Meridian High School", course="", worth=None, attempted=Decimal("0.333"))

    printed = arrange([row("2"), moved], retake=Retake.HIGHEST, places=3).rows[-1]

    assert (printed.school, printed.mark, printed.attempted) == ("Kent-Meridian High School", "B+", Decimal("0.333"))


@pytest.mark.rule("T26")
def test_letters_print_only_when_confirmed_and_b_only_from_the_catalog() -> None:
    claimed = row("1", designations=("B", "L", "H"))
    listed = row("2", designations=("L",), is_cadr=True)

    assert letters(claimed, ("B", "H")) == ("H",)
    assert letters(listed, ("B", "L")) == ("B", "L")
    assert letters(listed, ()) == ()


def test_a_record_without_rows_has_no_terms_and_no_average() -> None:
    record = arrange([], retake=Retake.HIGHEST, places=3)

    assert not record.terms
    assert record.total.gpa is None
    assert record.total.attempted == Decimal(0)
