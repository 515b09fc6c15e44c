"""Which counts together tell about few students."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.rules.differencing import Reported, may_be_shown, tells_of_few

A, B, C = range(30), range(30, 60), range(60, 90)
ONE, NINE, TEN = range(100, 101), range(100, 109), range(100, 110)


def both(*parts: range) -> frozenset[int]:
    return frozenset(student for part in parts for student in part)


@pytest.mark.rule("T54")
@pytest.mark.parametrize(
    ("shown", "wanted", "few"),
    [
        ([], [A], False),
        ([], [NINE], True),
        ([], [TEN], False),
        ([], [frozenset()], False),
        # Ten of a larger set; all but nine of it.
        ([], [both(A, TEN), TEN], False),
        ([], [both(A, NINE), A], True),
        # The same again tells nothing more, nor does what is a sum of what was shown.
        ([A], [A], False),
        ([A, B], [both(A, B)], False),
        # One draft, and another that changes one student more, or one in place of another.
        ([A], [both(A, ONE)], True),
        ([both(A, ONE)], [both(A, range(101, 102))], True),
        ([A], [both(A, TEN)], False),
        # The difference of two sums.
        ([both(A, B), both(B, C)], [both(A, C, ONE)], False),
        ([both(A, B, C), both(A, B)], [both(C, ONE)], True),
        # What was known about few before is not held against what tells nothing more.
        ([A, both(A, ONE)], [B], False),
        ([A, both(A, ONE)], [both(B, ONE)], False),
    ],
)
def test_sums_and_differences(shown: list[range], wanted: list[range], few: bool) -> None:
    assert tells_of_few(shown, wanted) is few


@pytest.mark.rule("T54")
@pytest.mark.parametrize(
    ("reported", "wanted", "may"),
    [
        ([both(A, B)], [A], True),
        # Who received, but for one; who was enrolled, but for nine.
        ([A], [both(A, ONE)], False),
        ([both(A, NINE)], [A], False),
        # A set of the report that is about few by itself neither forbids what has nothing to do with it …
        ([A, ONE], [both(A, B)], True),
        ([A, ONE], [both(A, B, ONE)], True),
        # … nor allows what is the same few, or differs by them from another one.
        ([ONE], [ONE], False),
        ([A, ONE], [both(A, ONE)], False),
        # Two schools of which one is small: the report hides it, and a replay of the large one is held against both.
        ([both(A, NINE), A], [A], False),
        ([both(A, NINE), A], [range(29)], False),
        ([both(A, NINE), A], [both(A, B, NINE)], True),
    ],
)
def test_beside_the_equity_report(reported: list[range], wanted: list[range], may: bool) -> None:
    assert may_be_shown(wanted, shown=[], reported=Reported(district=reported)) is may


def test_a_school_or_subject_is_held_against_it_by_itself() -> None:
    def may(wanted: frozenset[int]) -> bool:
        return may_be_shown([wanted], shown=[], reported=Reported([both(A, B)], [A, both(B, ONE), ONE]))

    assert may(both(A, B))
    assert not may(frozenset(range(1, 30)))
    assert not may(frozenset(range(30, 59)))
    # Six of one school and six of another are twelve: that schools split them makes them no fewer.
    assert may(frozenset([*range(6), *range(30, 36)]))


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 3))
def test_no_difference_of_two_shown_sets_is_about_one_to_nine(seed: int, before: int, after: int) -> None:
    """Whatever is let through one after the other: the difference of any two sets is nobody, or ten and more."""
    chance = random.Random(seed)
    shown: list[frozenset[int]] = []
    for _attempt in range(before + after):
        wanted = frozenset(student for student in range(60) if chance.random() < 0.5)
        if chance.random() < 0.5 and shown:
            wanted = chance.choice(shown) ^ frozenset(chance.sample(range(60), chance.choice([1, 9, 10, 20])))
        if not tells_of_few(shown, [wanted]):
            shown.append(wanted)
    for one in shown:
        assert len(one) == 0 or len(one) >= 10
        for other in shown:
            assert len(one ^ other) == 0 or len(one ^ other) >= 10
