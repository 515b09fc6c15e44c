"""Agreement of two readers, worked by hand."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.rules.agreement import Agreement, Pair, TooFew, agreement, weighted_kappa

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
