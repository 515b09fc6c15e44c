"""The average against the vectors of the data brief, section 1.6."""

import datetime as dt
from decimal import Decimal

import pytest

from crediting.rules.marks import TABLES, MarkTable, OtherMark, in_force
from transcripts.rules.gpa import Attempt, Retake, evaluate, three_places

DAY = dt.date(2026, 1, 30)
POINTS = {
    "A": "4.0",
    "A-": "3.7",
    "B+": "3.3",
    "B": "3.0",
    "B-": "2.7",
    "C+": "2.3",
    "C": "2.0",
    "C-": "1.7",
    "D+": "1.3",
    "D": "1.0",
    "E": "0.0",
    "F": "0.0",
}


def attempt(mark: str, credits: str, *, key: str = "", course: str = "", numeric: bool | None = None) -> Attempt:
    """A row as a district writes it: credit is earned unless the mark says otherwise."""
    table = in_force(DAY)
    is_numeric = mark in table.points if numeric is None else numeric
    earned = table.points[mark] > 0 if mark in table.points else bool(table.other[mark].earns)
    key = key or f"{mark} {credits} {course}"
    amount = Decimal(credits)
    return Attempt(key, course or key, mark, is_numeric, amount, amount if earned else Decimal(0), DAY)


V_GPA1 = [
    attempt("A", "0.5"),
    attempt("B+", "0.5"),
    attempt("C", "0.5"),
    attempt("F", "0.5", course="Algebra 1"),
    attempt("P", "1.0"),
    attempt("NC", "0.5"),
]
V_GPA2 = [*V_GPA1, attempt("B", "0.5", course="Algebra 1")]
V_GPA3 = [attempt("A-", "1.0"), attempt("B+", "0.5"), attempt("B-", "0.25"), attempt("D+", "0.25")]
V_GPA4 = [attempt("P", "1.0"), attempt("CR", "0.5"), attempt("NC", "0.5")]


@pytest.mark.rule("T14")
@pytest.mark.parametrize(
    ("rows", "retake", "attempted", "earned", "credits", "points", "three", "two"),
    [
        pytest.param(V_GPA1, Retake.HIGHEST, "3.500", "2.500", "2.000", "4.650", "2.325", "2.33", id="V-GPA1"),
        pytest.param(V_GPA2, Retake.HIGHEST, "4.000", "3.000", "2.000", "6.150", "3.075", "3.08", id="V-GPA2"),
        pytest.param(V_GPA2, Retake.ALL, "4.000", "3.000", "2.500", "6.150", "2.460", "2.46", id="V-GPA2b"),
        pytest.param(V_GPA3, Retake.HIGHEST, "2.000", "2.000", "2.000", "6.350", "3.175", "3.18", id="V-GPA3"),
    ],
)
def test_the_vectors_come_out_exactly(
    rows: list[Attempt], retake: Retake, attempted: str, earned: str, credits: str, points: str, three: str, two: str
) -> None:
    result = evaluate(rows, retake=retake, places=3)

    assert [three_places(sum_) for sum_ in (result.attempted, result.earned, result.credits, result.points)] == [
        attempted,
        earned,
        credits,
        points,
    ]
    assert str(result.gpa) == three
    assert str(evaluate(rows, retake=retake, places=2).gpa) == two


@pytest.mark.rule("T14")
def test_without_a_numeric_mark_there_is_no_average() -> None:
    result = evaluate(V_GPA4, retake=Retake.HIGHEST, places=3)

    assert result.gpa is None
    assert (result.credits, result.points) == (Decimal(0), Decimal(0))
    assert three_places(result.attempted) == "2.000"
    assert three_places(result.earned) == "1.500"


@pytest.mark.rule("T12")
def test_each_mark_has_its_points() -> None:
    assert {mark: str(points) for mark, points in in_force(DAY).points.items()} == POINTS
    for mark, points in POINTS.items():
        assert str(evaluate([attempt(mark, "1.0")], retake=Retake.ALL, places=3).gpa) == f"{points}00"


@pytest.mark.rule("T12")
@pytest.mark.parametrize("mark", ["A+", "a", "D-", "4.0", "93", "A ", "B/C"])
def test_a_mark_outside_the_eleven_is_named_and_not_counted(mark: str) -> None:
    row = Attempt("row", "course", mark, True, Decimal("0.5"), Decimal("0.5"), DAY)

    result = evaluate([row, attempt("B", "0.5")], retake=Retake.HIGHEST, places=3)

    assert [unknown.mark for unknown in result.unknown_marks] == [mark]
    assert str(result.gpa) == "3.000"


@pytest.mark.rule("T12")
def test_a_later_table_of_marks_holds_for_attempts_from_its_first_day() -> None:
    old = TABLES[0]
    until = dt.date(2027, 8, 31)
    tables = (
        MarkTable(old.source, None, until, old.points, old.other),
        MarkTable("a later rule", until + dt.timedelta(1), None, {**old.points, "A": Decimal("5.0")}, old.other),
    )
    before = Attempt("1", "1", "A", True, Decimal(1), Decimal(1), until)
    after = Attempt("2", "2", "A", True, Decimal(1), Decimal(1), until + dt.timedelta(1))

    result = evaluate([before, after], retake=Retake.ALL, places=3, tables=tables)

    assert [row.points for row in result.counted] == [Decimal("4.0"), Decimal("5.0")]


def test_tables_that_leave_a_day_without_marks_are_refused() -> None:
    gap = (MarkTable("only then", dt.date(2030, 1, 1), None, {"A": Decimal(4)}, {"P": OtherMark("Pass")}),)

    with pytest.raises(LookupError, match="0 tables"):
        in_force(DAY, gap)
    with pytest.raises(LookupError, match="2 tables"):
        in_force(DAY, TABLES * 2)


@pytest.mark.rule("T13")
@pytest.mark.parametrize("mark", ["P", "CR", "S"])
def test_a_mark_without_points_gives_credit_and_leaves_the_average_alone(mark: str) -> None:
    result = evaluate([attempt("B", "0.5"), attempt(mark, "1.0")], retake=Retake.HIGHEST, places=3)

    assert three_places(result.earned) == "1.500"
    assert str(result.gpa) == "3.000"
    assert [(row.mark, row.reason.code) for row in result.not_counted] == [(mark, "gpa.not_numeric")]


@pytest.mark.rule("T13")
def test_the_f_of_a_pass_fail_course_stays_out_of_the_average() -> None:
    result = evaluate([attempt("B", "0.5"), attempt("F", "0.5", numeric=False)], retake=Retake.ALL, places=3)

    assert str(result.gpa) == "3.000"
    assert three_places(result.attempted) == "1.000"


@pytest.mark.rule("T13")
def test_a_pass_never_counts_even_when_its_row_claims_points() -> None:
    result = evaluate([attempt("P", "1.0", numeric=True)], retake=Retake.ALL, places=3)

    assert result.gpa is None


@pytest.mark.rule("T15")
def test_the_better_mark_counts_whichever_came_first_and_the_other_says_why() -> None:
    better_first = [attempt("B", "0.5", key="1", course="x"), attempt("D", "0.5", key="2", course="x")]
    better_last = [attempt("D", "0.5", key="1", course="x"), attempt("B", "0.5", key="2", course="x")]

    for rows, out in ((better_first, "2"), (better_last, "1")):
        result = evaluate(rows, retake=Retake.HIGHEST, places=3)
        assert str(result.gpa) == "3.000"
        assert [(row.key, row.reason.code, row.reason.params["better"]) for row in result.not_counted] == [
            (out, "gpa.retaken", "B")
        ]


@pytest.mark.rule("T15")
def test_of_equal_marks_one_counts_once() -> None:
    rows = [attempt("F", "0.5", key="1", course="x"), attempt("F", "0.5", key="2", course="x")]

    assert [row.key for row in evaluate(rows, retake=Retake.HIGHEST, places=3).counted] == ["1"]
    assert three_places(evaluate(rows, retake=Retake.ALL, places=3).credits) == "1.000"


@pytest.mark.rule("T17")
def test_an_average_never_passes_four() -> None:
    rows = [attempt("A", "1.0", key=str(number)) for number in range(8)]

    assert str(evaluate(rows, retake=Retake.HIGHEST, places=3).gpa) == "4.000"


@pytest.mark.rule("T9")
@pytest.mark.parametrize(
    ("value", "printed"),
    [("1", "1.000"), ("0.3335", "0.334"), ("0.6665", "0.667"), ("0", "0.000"), ("12.25", "12.250")],
)
def test_credits_and_points_print_with_three_places(value: str, printed: str) -> None:
    assert three_places(Decimal(value)) == printed
