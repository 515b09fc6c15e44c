"""Letter grades from levels: worked by hand, and what stays true whatever the levels."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.rules.converted import (
    Conversion,
    ConversionKind,
    FromShares,
    FromValue,
    convert,
    digits,
    problems,
)
from crediting.states import Rounding
from crediting.words import conversion_words, sentence

Kind = ConversionKind
LETTERS = ("A", "B", "C", "D", "F")


def values(*pairs: tuple[str, str]) -> tuple[FromValue, ...]:
    return tuple(FromValue(mark, Decimal(least)) for mark, least in pairs)


MEAN = Conversion(
    Kind.MEAN,
    minimum=3,
    places=1,
    values=values(("A", "3.5"), ("B", "2.8"), ("C", "2"), ("D", "1.5"), ("F", "0")),
)
DOWN = Conversion(Kind.MEAN, places=1, rounding=Rounding.DOWN, values=MEAN.values)
UP = Conversion(
    Kind.MEAN, places=0, rounding=Rounding.UP, values=values(("A", "4"), ("B", "3"), ("C", "2"), ("F", "1"))
)
LOWEST = Conversion(Kind.LOWEST, values=values(("A", "4"), ("B", "3"), ("C", "2"), ("F", "1")))
# A: all at level 4. B: four in five at level 3, none below 2. C: half at level 2. D: nobody at level 1. F: otherwise.
SHARES = Conversion(
    Kind.SHARES,
    shares=(
        FromShares("A", 100, 4, 3),
        FromShares("B", 80, 3, 2),
        FromShares("C", 50, 2),
        FromShares("D", 0, 1, 2),
        FromShares("F", 0, 1),
    ),
)
TABLES = (MEAN, DOWN, UP, LOWEST, SHARES)


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    ("table", "places", "mark"),
    [
        (MEAN, (4, 4, 3), "A"),  # 11 / 3 = 3.667 -> 3.7
        (MEAN, (4, 3, 3, 4), "A"),  # exactly 3.5
        (MEAN, (4, 3, 3, 3, 4), "B"),  # 3.4
        (MEAN, (3, 3, 3, 2), "B"),  # 2.75 -> 2.8, from the middle up
        (DOWN, (3, 3, 3, 2), "C"),  # 2.75 -> 2.7
        (MEAN, (1, 1, 2), "F"),  # 1.333 -> 1.3
        (UP, (3, 3, 4), "A"),  # 3.333 -> 4
        (UP, (3, 3, 3), "B"),
        (LOWEST, (4, 4, 2), "C"),
        (LOWEST, (4,), "A"),
        (SHARES, (4, 4, 4), "A"),
        (SHARES, (4, 4, 4, 3, 2), "B"),  # four of five at 3, the lowest is 2
        (SHARES, (4, 4, 4, 4, 1), "C"),  # four of five, but one below 2; all at 1 or above, four of five at 2
        (SHARES, (4, 3, 2), "C"),  # two of three are 66.6 percent
        (SHARES, (2, 1, 1), "F"),
        (SHARES, (1,), "F"),
    ],
)
def test_worked_by_hand(table: Conversion, places: tuple[int, ...], mark: str) -> None:
    assert convert(table, places, 4).mark == mark


@pytest.mark.parametrize(
    ("table", "places", "levels", "said"),
    [
        (None, (4, 4), 4, "The district has not set how levels become a letter grade in this subject"),
        (Conversion(Kind.NONE), (4, 4), 4, "There are no letter grades in this subject."),
        (MEAN, (4, 4), 4, "2 of at least 3 standards have a level, so there is no grade yet."),
        (LOWEST, (), 4, "0 of at least 1 standard has a level, so there is no grade yet."),
        (MEAN, (4, 4, 4), 5, "The table was written for a scale of 4 levels, and this class is judged on 5."),
    ],
)
def test_what_lacks_is_said(table: Conversion | None, places: tuple[int, ...], levels: int, said: str) -> None:
    answer = convert(table, places, levels)
    assert answer.mark == "" and sentence(answer.reason).startswith(said)


@pytest.mark.parametrize(
    ("table", "places", "said"),
    [
        (
            MEAN,
            (3, 4, 3),
            "The mean of the levels: (1 × 4 + 2 × 3) / 3 = 3.333…, rounded to the nearest, from the middle up: 3.3. "
            "From 2.8 on the grade is B.",
        ),
        (LOWEST, (4, 3), "The lowest of the levels (1 × 4 + 1 × 3) is 3. From 3 on the grade is B."),
        (
            SHARES,
            (4, 4, 3, 3, 2),
            "4 of 5 standards (80 percent) are at level 3 or above, and none is below level 2 (the lowest is 2). "
            "80 percent are asked for B. Levels: 2 × 4 + 2 × 3 + 1 × 2.",
        ),
        (SHARES, (1,), "No row above holds for these levels (1 × 1), so the grade is F."),
    ],
)
def test_the_arithmetic_is_a_sentence(table: Conversion, places: tuple[int, ...], said: str) -> None:
    assert sentence(convert(table, places, 4).reason) == said


def test_a_table_in_words() -> None:
    assert conversion_words(LOWEST) == (
        "The lowest of the current levels: A from 4; B from 3; C from 2; F from 1. "
        "At least 1 standard must have a level."
    )
    assert "B with at least 80 percent at level 3 or above and none below level 2; C with" in conversion_words(SHARES)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (Conversion(Kind.MEAN), "conversion.empty"),
        (Conversion(Kind.MEAN, values=values(("A", "3"), ("A", "1"))), "conversion.twice"),
        (Conversion(Kind.MEAN, values=values(("A", "2"), ("B", "2"), ("F", "1"))), "conversion.order"),
        (Conversion(Kind.MEAN, values=values(("A", "3.5"), ("B", "1.5"))), "conversion.last_value"),
        (Conversion(Kind.MEAN, values=values(("A", "4.5"), ("B", "1"))), "conversion.off_scale"),
        (Conversion(Kind.SHARES, shares=(FromShares("A", 50, 5), FromShares("F", 0, 1))), "conversion.off_scale"),
        (Conversion(Kind.SHARES, shares=(FromShares("A", 50, 3),)), "conversion.last_share"),
        (Conversion(Kind.SHARES, shares=(FromShares("A", 0, 1), FromShares("F", 0, 1))), "conversion.hides"),
    ],
)
def test_a_table_that_leaves_a_hole_is_told(table: Conversion, code: str) -> None:
    assert code in {reason.code for reason in problems(table)}


@pytest.mark.parametrize("table", [*TABLES, Conversion(Kind.NONE)])
def test_a_whole_table_is_left_alone(table: Conversion) -> None:
    assert list(problems(table)) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [(Fraction(8, 3), "2.666…"), (Fraction(599, 200), "2.995"), (Fraction(3), "3"), (Fraction(10), "10")],
)
def test_digits_are_cut_off_and_never_rounded(value: Fraction, said: str) -> None:
    assert digits(value) == said


# --- What stays true --------------------------------------------------------------------------------------------------

# The first draw waits for Hypothesis itself to load, and for whoever else uses the machine.
SLOWLY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
LEVELS = st.lists(st.integers(1, 4), min_size=1, max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> Conversion:
    """Any table that ``problems`` leaves alone."""
    kind = draw(st.sampled_from([Kind.MEAN, Kind.LOWEST, Kind.SHARES]))
    marks = LETTERS[: draw(st.integers(1, len(LETTERS)))]
    if kind == Kind.SHARES:
        rows = [
            FromShares(mark, draw(st.integers(1, 100)), draw(st.integers(1, 4)), draw(st.integers(0, 4)))
            for mark in marks[:-1]
        ]
        return Conversion(kind, shares=(*rows, FromShares(marks[-1], 0, 1)))
    steps = sorted(draw(st.sets(st.integers(101, 400), min_size=len(marks) - 1, max_size=len(marks) - 1)), reverse=True)
    bounds = [Decimal(step) / 100 for step in steps]
    return Conversion(
        kind,
        places=draw(st.integers(0, 2)),
        rounding=draw(st.sampled_from(list(Rounding))),
        values=tuple(FromValue(mark, least) for mark, least in zip(marks, [*bounds, Decimal(1)], strict=True)),
    )


@SLOWLY
@given(tables(), LEVELS, st.data())
def test_the_order_of_the_levels_says_nothing(table: Conversion, places: list[int], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(places))
    assert convert(table, shuffled, 4) == convert(table, places, 4)


@SLOWLY
@given(tables(), LEVELS, st.data())
def test_raising_a_level_never_lowers_the_grade(table: Conversion, places: list[int], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(places) - 1))
    raised = [*places[:which], data.draw(st.integers(places[which], 4)), *places[which + 1 :]]
    before, after = convert(table, places, 4).mark, convert(table, raised, 4).mark
    assert table.marks.index(after) <= table.marks.index(before)


@SLOWLY
@given(tables(), LEVELS)
def test_a_whole_table_gives_everybody_a_grade(table: Conversion, places: list[int]) -> None:
    assert list(problems(table)) == [] and convert(table, places, 4).mark in table.marks
