"""Letters beside courses: a table by school year, and nothing that is not on it."""

import pytest

from crediting.rules.designations import USUAL, Letter, Letters, problem

B, L = Letter("B", "College entrance"), Letter("L", "Local competency", 2026, 2027)


@pytest.mark.rule("T26")
@pytest.mark.parametrize(
    ("course", "table", "mastery", "year", "printed"),
    [
        (["B", "H"], (), "L", 2026, []),
        (["B", "H"], (B,), "", 2026, ["B"]),
        (["B", "H"], (B, L), "L", 2026, ["B", "L"]),
        (["B", "H"], (B, L), "L", 2025, ["B"]),
        (["B", "H"], (B, L), "L", 2028, ["B"]),
        (["L"], (L,), "L", 2027, ["L"]),
        ([], (B,), "L", 2026, []),
    ],
)
def test_only_letters_that_are_confirmed_for_the_year_stand_beside_mastery_credit(
    course: list[str], table: tuple[Letter, ...], mastery: str, year: int, printed: list[str]
) -> None:
    assert Letters(table, mastery).of_mastery(course, year) == printed


@pytest.mark.rule("T26", partial=True)
def test_of_the_letters_only_b_is_confirmed_at_first() -> None:
    assert (sorted(USUAL.known), USUAL.mastery) == (["B"], "")


@pytest.mark.parametrize(
    ("table", "mastery", "answer"),
    [
        ((B, L), "L", None),
        ((B, Letter("B", "Another meaning, later", 2030)), "", ("twice", "B")),
        ((Letter("B", "First", 0, 2026), Letter("B", "Then", 2027)), "", None),
        ((Letter("b", "Small"),), "", ("shape", "b")),
        ((Letter("BCDE", "Long"),), "", ("shape", "BCDE")),
        ((Letter("H", " "),), "", ("meaning", "H")),
        ((Letter("H", "Honors", 2027, 2026),), "", ("years", "H")),
        ((B,), "L", ("mastery", "L")),
    ],
)
def test_a_table_has_capital_letters_with_meanings_and_no_year_twice(
    table: tuple[Letter, ...], mastery: str, answer: tuple[str, str] | None
) -> None:
    assert problem(table, mastery) == answer
