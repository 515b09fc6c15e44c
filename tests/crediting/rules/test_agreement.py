"""Agreement of two readers, worked by hand."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.rules.agreement import Agreement, Pair, Part, TooFew, agreement, sayable, weighted_kappa

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("pairs", "exact", "adjacent", "kappa"),
    [
        # Equal throughout.
        ([(1, 1), (2, 2), (3, 3), (4, 4)], "1", "1", "1"),
        # Seen: 1/4. Chance: levels 1 to 4 against 1, 2, 3, 3 are (14 + 6 + 6 + 6)/16 = 2, so 1 - (1/4)/2.
        ([(1, 1), (2, 2), (3, 3), (4, 3)], "3/4", "1", "7/8"),
        # Turned upside down: seen 5, chance 5/2.
        ([(1, 4), (2, 3), (3, 2), (4, 1)], "0", "1/2", "-1"),
        # As chance would have it.
        ([(1, 1), (1, 2), (2, 1), (2, 2)], "1/2", "1", "0"),
        # One reader gives one level only: no better than chance.
        ([(2, 1), (2, 2), (2, 3)], "1/3", "1", "0"),
    ],
)
def test_worked_by_hand(pairs: list[Pair], exact: str, adjacent: str, kappa: str) -> None:
    assert agreement(pairs, least=3) == Agreement(len(pairs), Fraction(exact), Fraction(adjacent), Fraction(kappa))


def test_where_every_reading_is_one_level_there_is_no_kappa() -> None:
    assert agreement([(3, 3)] * 5, least=5) == Agreement(5, Fraction(1), Fraction(1), None)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_few_readings_are_hidden(count: int) -> None:
    assert agreement([(1, 1)] * count, least=5) == TooFew(5)


pairs_ = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=12)


@RELAXED
@given(pairs_)
def test_who_reads_first_does_not_matter_and_kappa_lies_between_its_ends(pairs: list[Pair]) -> None:
    kappa = weighted_kappa(pairs)
    assert kappa == weighted_kappa([(second, first) for first, second in pairs])
    assert kappa is None or -1 <= kappa <= 1


@RELAXED
@given(pairs_, st.integers(1, 10))
def test_the_names_of_levels_do_not_matter(pairs: list[Pair], moved: int) -> None:
    assert weighted_kappa([(first + moved, second + moved) for first, second in pairs]) == weighted_kappa(pairs)


def part(pairs: int, *people: int) -> Part:
    return Part(((1, 1),) * pairs, frozenset(people))


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([part(12, 1, 2, 3), part(20, 4, 5, 6)], [True, True]),
        # The small one alone could be taken from the whole: the other one is hidden with it.
        ([part(4, 1, 2, 3), part(20, 4, 5, 6)], [False, False]),
        # Of two readers only, and the smallest of the others with them.
        ([part(12, 1, 2), part(30, 4, 5, 6), part(15, 7, 8, 9)], [False, True, False]),
        # Two small ones hide each other where together they are enough.
        ([part(6, 1, 2), part(6, 2, 3), part(20, 4, 5, 6)], [False, False, True]),
        # A part without any pair tells nothing of the others.
        ([part(0), part(20, 4, 5, 6)], [False, True]),
        ([part(3, 1, 2, 3)], [False]),
        ([], []),
    ],
)
def test_a_part_is_hidden_where_the_whole_would_tell_it(parts: list[Part], shown: list[bool]) -> None:
    assert sayable(parts, least_pairs=10, least_people=3) == shown


@RELAXED
@given(st.lists(st.tuples(st.integers(0, 30), st.frozensets(st.integers(1, 6), max_size=5)), max_size=6))
def test_what_is_hidden_is_nothing_or_enough_or_everything(drawn: list[tuple[int, frozenset[int]]]) -> None:
    parts = [Part(((1, 2),) * pairs, people) for pairs, people in drawn]
    shown = sayable(parts, least_pairs=10, least_people=3)
    hidden = [one for one, is_shown in zip(parts, shown, strict=True) if not is_shown]
    pairs = sum(len(one.pairs) for one in hidden)
    people = frozenset().union(*(one.people for one in hidden))
    assert not any(shown) or pairs == 0 or (pairs >= 10 and len(people) >= 3)
    assert all(
        len(one.pairs) >= 10 and len(one.people) >= 3 for one, is_shown in zip(parts, shown, strict=True) if is_shown
    )
