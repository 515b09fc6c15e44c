"""Hidden groups stay hidden, whatever is added or taken away."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.rules.suppression import (
    Cell,
    Coded,
    Empty,
    Hidden,
    Published,
    Shown,
    Suppressed,
    TopBottom,
    Total,
    exposures,
    protect,
)

V_SUP = {
    "AI/AN": (3, 6),
    "Asian": (44, 45),
    "Black": (9, 31),
    "Hispanic": (48, 120),
    "NH/PI": (4, 12),
    "Two+": (14, 28),
    "White": (129, 258),
}


def table(groups: dict[str, tuple[int, int]]) -> dict[object, Published]:
    cells = [Cell(name, n, a) for name, (a, n) in groups.items()]
    whole = Cell("All", sum(c.n for c in cells), sum(c.a for c in cells))
    return protect([*cells, whole], [Total("All", tuple(groups))])


@pytest.mark.rule("T53", "T55", "R74", "EC22")
def test_the_example_school_hides_two_groups_and_codes_one() -> None:
    answer = table(V_SUP)
    assert answer == {
        "AI/AN": Suppressed(Hidden.SMALL),
        "Asian": TopBottom(45, Coded.HIGH),
        "Black": Shown(31, 9),
        "Hispanic": Shown(120, 48),
        "NH/PI": Suppressed(Hidden.COMPLEMENTARY),
        "Two+": Shown(28, 14),
        "White": Shown(258, 129),
        "All": Shown(500, 251),
    }


def test_nine_is_hidden_and_ten_is_shown() -> None:
    nine = table({"A": (4, 9), "B": (20, 60), "C": (40, 90)})
    ten = table({"A": (4, 10), "B": (20, 60), "C": (40, 90)})
    assert nine["A"] == Suppressed(Hidden.SMALL)
    assert nine["B"] == Suppressed(Hidden.COMPLEMENTARY)
    assert ten == {"A": Shown(10, 4), "B": Shown(60, 20), "C": Shown(90, 40), "All": Shown(160, 64)}


def test_a_school_with_one_group_shows_neither_less_nor_more_than_its_total() -> None:
    assert table({"A": (20, 60)}) == {"A": Shown(60, 20), "All": Shown(60, 20)}
    assert table({"A": (3, 6)}) == {"A": Suppressed(Hidden.SMALL), "All": Suppressed(Hidden.SMALL)}


def test_a_pair_hides_both_sides() -> None:
    answer = table({"in the program": (2, 7), "not in it": (30, 90)})
    assert answer["in the program"] == Suppressed(Hidden.SMALL)
    assert answer["not in it"] == Suppressed(Hidden.COMPLEMENTARY)
    assert isinstance(answer["All"], Shown)


@pytest.mark.rule("T54")
def test_a_single_coded_group_cannot_be_had_by_subtraction() -> None:
    answer = table({"A": (44, 45), "B": (10, 50), "C": (20, 60)})
    assert answer["A"] == TopBottom(45, Coded.HIGH)
    assert answer["B"] == Suppressed(Hidden.COMPLEMENTARY)


@pytest.mark.rule("T54")
def test_schools_and_district_are_protected_together() -> None:
    groups, schools = ["A", "B", "C"], ["x", "y", "z"]
    counts = {("x", "A"): (7, 2), ("x", "B"): (40, 10), ("x", "C"): (50, 20)}
    counts |= {("y", "A"): (30, 9), ("y", "B"): (45, 12), ("y", "C"): (52, 22)}
    counts |= {("z", "A"): (33, 9), ("z", "B"): (41, 11), ("z", "C"): (51, 21)}
    cells = [Cell(key, n, a) for key, (n, a) in counts.items()]
    totals = []
    for school in schools:
        parts = tuple((school, group) for group in groups)
        cells.append(Cell((school, "All"), sum(counts[p][0] for p in parts), sum(counts[p][1] for p in parts)))
        totals.append(Total((school, "All"), parts))
    for group in groups:
        parts = tuple((school, group) for school in schools)
        cells.append(Cell(("district", group), sum(counts[p][0] for p in parts), sum(counts[p][1] for p in parts)))
        totals.append(Total(("district", group), parts))
    answer = protect(cells, totals)
    hidden = {key for key, published in answer.items() if isinstance(published, Suppressed)}
    assert ("x", "A") in hidden
    # A rectangle: in every row and column with something hidden, at least two cells are.
    for total in totals:
        assert len(hidden & set(total.parts)) != 1
    assert exposures(answer, totals) == set()


counts_of_a_group = st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.rule("T54")
@settings(max_examples=150, deadline=None)
@given(st.lists(counts_of_a_group, min_size=1, max_size=5))
def test_no_hidden_count_has_one_possible_value_only(groups: list[tuple[int, int]]) -> None:
    named = {f"g{i}": group for i, group in enumerate(groups)}
    answer = table(named)
    assert exposures(answer, [Total("All", tuple(named))]) == set()
    for name, (_a, n) in named.items():
        if 0 < n < 10:
            assert isinstance(answer[name], Suppressed)


@pytest.mark.rule("T54")
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 14).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=3))
def test_a_reader_who_tries_every_table_finds_more_than_one(groups: list[tuple[int, int]]) -> None:
    """Try all whole-number tables that agree with the print: each hidden count takes two values or more."""
    named = {f"g{i}": group for i, group in enumerate(groups)}
    answer = table(named)
    whole = answer["All"]
    if not isinstance(whole, Shown):
        return
    choices = []
    for name in named:
        published = answer[name]
        if isinstance(published, Empty):
            choices.append([(0, 0)])
        elif isinstance(published, Shown):
            choices.append([(published.a, published.n)])
        elif isinstance(published, TopBottom):
            edge = published.n * 95 // 100
            span = range(edge, published.n + 1) if published.code == Coded.HIGH else range(published.n - edge + 1)
            choices.append([(a, published.n) for a in span])
        else:
            choices.append([(a, n) for n in range(whole.n + 1) for a in range(min(n, whole.a) + 1)])
    possible = [
        combination
        for combination in itertools.product(*choices)
        if sum(n for _, n in combination) == whole.n and sum(a for a, _ in combination) == whole.a
    ]
    for position, name in enumerate(named):
        if isinstance(answer[name], Suppressed):
            assert len({combination[position][1] for combination in possible}) > 1
        if isinstance(answer[name], Suppressed | TopBottom):
            assert len({combination[position][0] for combination in possible}) > 1


def test_nothing_below_ten_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="always hidden"):
        protect([Cell("A", 9, 1)], least=5)


def test_a_group_with_nobody_in_it_hides_no_other() -> None:
    answer = table({"A": (0, 0), "B": (20, 60), "C": (40, 90)})
    assert answer == {"A": Empty(), "B": Shown(60, 20), "C": Shown(90, 40), "All": Shown(150, 60)}


def test_what_another_table_hides_is_hidden_here_and_protected_here() -> None:
    cells = [Cell("A", 30, 10), Cell("B", 40, 12), Cell("C", 50, 20), Cell("All", 120, 42)]
    answer = protect(cells, [Total("All", ("A", "B", "C"))], hidden={"B": Hidden.EARLIER})
    assert answer["B"] == Suppressed(Hidden.EARLIER)
    assert answer["A"] == Suppressed(Hidden.COMPLEMENTARY)
    assert answer["C"] == Shown(50, 20)


GRADES = {"9": (0, 115), "10": (0, 115), "11": (0, 113), "12": (51, 109)}


def parts_of_another_report(groups: dict[str, tuple[int, int]]) -> tuple[list[Cell], Total]:
    cells = [Cell(name, n, a) for name, (a, n) in groups.items()]
    return [*cells, Cell("All", sum(c.n for c in cells), sum(c.a for c in cells))], Total("All", tuple(groups))


def test_another_report_that_prints_students_alone_hides_no_part_for_its_recipients() -> None:
    cells, total = parts_of_another_report(GRADES)
    answer = protect(cells, [total], kept={"All"})
    assert "All" not in answer, "the other report prints it"
    assert answer["12"] == Shown(109, 51)
    assert {answer[grade] for grade in ("9", "10", "11")} == {TopBottom(n, Coded.LOW) for n in (115, 113)}
    together = protect(cells, [total])
    assert any(isinstance(one, Suppressed) for one in together.values()), "were its recipients printed, three are none"


def test_another_report_that_prints_students_gives_no_small_part_away() -> None:
    cells, total = parts_of_another_report(GRADES | {"9": (2, 7)})
    answer = protect(cells, [total], kept={"All"})
    assert [grade for grade in GRADES if isinstance(answer[grade], Suppressed)] == ["9", "12"]
    assert exposures(answer | {"All": Shown(344, 53)}, [total]) == set()
