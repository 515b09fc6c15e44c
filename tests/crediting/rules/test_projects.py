"""What keeps a project from being sent, in plain words and in the order of the page."""

import datetime as dt

import pytest

from crediting.rules.projects import FIELDS, PlannedClass, Term, missing, term_of

FALL = Term(1, "Fall", dt.date(2026, 9, 1), dt.date(2027, 1, 20))
SPRING = Term(2, "Spring", dt.date(2027, 1, 21), dt.date(2027, 6, 15))
QUARTER = Term(3, "Second quarter", dt.date(2026, 11, 1), dt.date(2027, 1, 20))
TODAY = dt.date(2026, 11, 2)
GEOMETRY = PlannedClass("Geometry A", "geometry", deciders=1)
BIOLOGY = PlannedClass("Biology B", "biology", deciders=2)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def codes(
    first: str = "2026-11-10",
    last: str = "2026-12-10",
    classes: tuple[PlannedClass, ...] = (GEOMETRY, BIOLOGY),
    written: tuple[str, ...] = FIELDS,
    terms: tuple[Term, ...] = (FALL, SPRING),
) -> list[str]:
    found = missing(
        written,
        classes,
        starts_on=day(first) if first else None,
        ends_on=day(last) if last else None,
        terms=terms,
        today=TODAY,
    )
    return [reason.code.removeprefix("project.") for reason in found]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2026-11-10", "2026-12-10", []),
        ("2026-10-01", "2026-11-02", []),  # begun, and over today
        ("2026-09-01", "2027-01-20", []),
        ("2027-01-21", "2027-06-15", []),
        ("", "2026-12-10", ["days_missing"]),
        ("2026-12-10", "2026-12-09", ["days_reversed"]),
        ("2026-10-01", "2026-11-01", ["over"]),
        ("2027-01-20", "2027-01-21", ["outside_term"]),
        ("2027-06-01", "2027-06-16", ["outside_term"]),
    ],
)
def test_both_days_lie_in_one_term_that_is_not_over(first: str, last: str, code: list[str]) -> None:
    assert codes(first, last) == code


def test_a_school_without_terms_is_told_so() -> None:
    assert codes(terms=()) == ["no_term"]


def test_the_shortest_term_that_holds_both_days_is_the_projects() -> None:
    assert term_of(day("2026-11-10"), day("2026-12-10"), (FALL, QUARTER)) == QUARTER
    assert term_of(day("2026-10-10"), day("2026-12-10"), (FALL, QUARTER)) == FALL
    assert term_of(day("2027-06-10"), day("2027-06-20"), (FALL, SPRING)) is None


def test_every_word_that_is_missing_is_named() -> None:
    assert codes(written=()) == [f"{name}_missing" for name in FIELDS]
    assert codes(written=("title", "product", "audience")) == ["question_missing"]


@pytest.mark.rule("R29", partial=True)
@pytest.mark.parametrize(
    ("classes", "code"),
    [
        ((), ["no_class"]),
        ((GEOMETRY,), []),
        ((PlannedClass("Geometry A", "geometry", deciders=0),), ["nobody_decides"]),
        ((PlannedClass("Geometry A", "geometry", deciders=0, is_attended=False), BIOLOGY), ["left_class"]),
        ((GEOMETRY, PlannedClass("Geometry C", "geometry", deciders=1), BIOLOGY), ["same_course"]),
    ],
)
def test_each_class_is_attended_has_a_teacher_and_a_course_of_its_own(
    classes: tuple[PlannedClass, ...], code: list[str]
) -> None:
    assert codes(classes=classes) == code
