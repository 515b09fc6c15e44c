"""How several judgements become one level: worked by hand, and what stays true whatever the order."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.rules import credit, mastery
from crediting.rules.aggregation import NEWEST, Aggregation, place_of, rounded, work_out
from crediting.rules.facts import JudgedLevel
from crediting.rules.outcome import OutcomeKind
from crediting.rules.policy.conditions import AllOf, StandardsAt
from crediting.states import AggregationKind, Rounding
from crediting.words import sentence
from tests.crediting.rules.facts import LEVELS, claim, local, local_rule, terms

Kind = AggregationKind
# Delta: every standard at least three times; English the best of three, mathematics the mean of the last two.
ENGLISH = Aggregation(Kind.BEST, n=3, minimum=3)
MATHEMATICS = Aggregation(Kind.MEAN, n=2, minimum=3)


def attempts(*places: int, by: Aggregation, standard: str = "a") -> list[JudgedLevel]:
    """One attempt a day, judged on the level at that place."""
    return [
        JudgedLevel(standard, LEVELS[place - 1], place, number, dt.datetime(2026, 3, number, 9, tzinfo=dt.UTC), "t", by)
        for number, place in enumerate(places, start=1)
    ]


@pytest.mark.parametrize(
    ("by", "places", "reached", "used"),
    [
        (ENGLISH, (3, 1, 2), 3, (0,)),
        (ENGLISH, (2, 3, 3), 3, (2,)),  # of equals the newest
        (ENGLISH, (4, 1, 2, 2), 2, (3,)),  # the first of four is no longer among the three
        (Aggregation(Kind.BEST), (4, 1, 2, 2), 4, (0,)),
        (MATHEMATICS, (1, 3, 3), 3, (1, 2)),
        (MATHEMATICS, (4, 2, 3), 3, (1, 2)),  # 2.5, from the middle up
        (Aggregation(Kind.MEAN, n=2, minimum=3, rounding=Rounding.DOWN), (4, 2, 3), 2, (1, 2)),
        (Aggregation(Kind.MEAN, n=3, rounding=Rounding.UP), (2, 2, 3), 3, (0, 1, 2)),
        (Aggregation(Kind.MEAN), (1, 1, 4), 2, (0, 1, 2)),
        (Aggregation(Kind.DECAYING, weight=65), (2, 3, 4), 4, (0, 1, 2)),  # 2, 2.65, 3.5275
        (Aggregation(Kind.DECAYING, weight=65, rounding=Rounding.DOWN), (2, 3, 4), 3, (0, 1, 2)),
        (Aggregation(Kind.TIMES, n=2), (3, 4, 2), 3, (0, 1)),
        (Aggregation(Kind.TIMES, n=3), (3, 4, 2), 2, (0, 1, 2)),
        (Aggregation(Kind.MODE), (2, 3, 2), 2, (0, 2)),
        (Aggregation(Kind.MODE), (2, 2, 3, 3), 3, (2, 3)),  # of equally frequent ones the newest
        (Aggregation(), (4, 1), 1, (1,)),
    ],
)
def test_worked_by_hand(by: Aggregation, places: tuple[int, ...], reached: int, used: tuple[int, ...]) -> None:
    worked = work_out(by, places)
    assert (worked.place, worked.used) == (reached, used)


def test_best_of_three_in_english_names_what_it_used_and_what_not() -> None:
    first, second, third = attempts(3, 1, 2, by=ENGLISH)
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], [second, third, first], "English (2)")
    assert (shown.level, shown.met, shown.used, shown.not_used) == ("proficient", True, (first,), (third, second))
    assert shown.arithmetic is not None and sentence(shown.arithmetic) == (
        "The best of the last 3 of 3 attempts (3, 1, 2) counts: level 3 of 4."
    )


def test_mean_of_the_last_two_in_mathematics_with_its_line_of_arithmetic() -> None:
    first, second, third = attempts(1, 2, 3, by=MATHEMATICS)
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], [first, second, third])
    assert (shown.level, shown.met, shown.used, shown.not_used) == ("proficient", True, (third, second), (first,))
    assert shown.arithmetic is not None and sentence(shown.arithmetic) == (
        "The mean of the last 2 of 3 attempts: (2 + 3) / 2 = 2.5, rounded to the nearest level, from the middle up: "
        "level 3 of 4."
    )


@pytest.mark.parametrize("by", [ENGLISH, MATHEMATICS])
def test_fewer_attempts_than_the_least_give_no_level_and_say_how_many(by: Aggregation) -> None:
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], attempts(4, 4, by=by))
    assert (shown.level, shown.met, shown.used, shown.arithmetic) == ("", False, (), None)
    assert sentence(shown.reason) == "A: 2 of at least 3 attempts are judged."


def test_a_level_reached_n_times_needs_n_attempts() -> None:
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], attempts(4, by=Aggregation(Kind.TIMES, n=2)))
    assert not shown.is_judged and shown.reason.params["least"] == 2


def test_a_second_look_at_an_attempt_replaces_the_first_and_is_no_attempt_of_its_own() -> None:
    first, second = attempts(2, 3, by=Aggregation(Kind.MEAN, n=2, minimum=2))
    again = JudgedLevel(
        "a", "extending", 4, 1, second.judged_at + dt.timedelta(days=1), "t", second.aggregation
    )  # a slip of the first attempt, corrected last
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], [first, second, again])
    assert shown.used == (second, again) and shown.not_used == (first,)
    assert shown.arithmetic is not None and shown.arithmetic.params["numbers"] == "4 + 3"


def test_the_rule_of_the_newest_judgement_applies_to_all() -> None:
    old = attempts(4, 1, by=Aggregation(Kind.BEST))
    (before,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], old)
    new = attempts(4, 1, 2, by=Aggregation())[2]
    (after,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], [*old, new])
    assert (before.level, after.level) == ("extending", "developing")


def test_what_was_modified_is_said_only_where_it_counted() -> None:
    first, second = attempts(3, 3, by=Aggregation())
    modified = JudgedLevel(**{**vars(first), "is_modified": True})
    for judgements, expected in (([modified, second], False), ([modified], True)):
        (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], judgements)
        assert shown.is_modified is expected


@pytest.mark.parametrize(
    ("rounding", "half", "third"), [(Rounding.HALF_UP, 3, 2), (Rounding.DOWN, 2, 2), (Rounding.UP, 3, 3)]
)
def test_rounding(rounding: Rounding, half: int, third: int) -> None:
    assert (rounded(Fraction(5, 2), rounding), rounded(Fraction(7, 3), rounding)) == (half, third)
    assert rounded(Fraction(3), rounding) == 3


def test_too_few_places_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="1 attempts are fewer than 3"):
        work_out(ENGLISH, [3])


RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
aggregations = st.builds(
    Aggregation,
    kind=st.sampled_from(Kind),
    n=st.integers(0, 5),
    minimum=st.integers(1, 4),
    weight=st.integers(1, 99),
    rounding=st.sampled_from(Rounding),
)
taken = st.lists(st.integers(1, 4), max_size=8)


@RELAXED
@given(aggregations, taken, st.randoms(use_true_random=False))
def test_the_order_of_input_never_matters(by: Aggregation, places: list[int], random: Random) -> None:
    judgements = attempts(*places, by=by)
    shuffled = list(judgements)
    random.shuffle(shuffled)
    asked = (LEVELS, "proficient", [claim("a")])
    assert mastery.evaluate(*asked, shuffled) == mastery.evaluate(*asked, judgements)


@RELAXED
@given(aggregations, taken, taken)
def test_judgements_of_another_standard_change_nothing(by: Aggregation, places: list[int], others: list[int]) -> None:
    judgements = attempts(*places, by=by)
    asked = (LEVELS, "proficient", [claim("a")])
    with_others = mastery.evaluate(*asked, [*attempts(*others, by=by, standard="b"), *judgements])
    assert with_others == mastery.evaluate(*asked, judgements)


@RELAXED
@given(aggregations, st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_every_judgement_is_used_or_not_used_and_the_level_lies_between_them(
    by: Aggregation, places: list[int]
) -> None:
    judgements = attempts(*places, by=by)
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], judgements)
    assert sorted([*shown.used, *shown.not_used], key=lambda one: one.attempt) == judgements
    assert shown.is_judged is (len(places) >= by.least)
    if shown.is_judged:
        assert min(places) <= mastery.place(LEVELS, shown.level) <= max(places)
        assert shown.arithmetic is not None and "%(" not in sentence(shown.arithmetic)


@RELAXED
@given(st.one_of(st.just(NEWEST), aggregations), st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), max_size=8))
def test_a_cell_of_a_grid_says_what_the_reasons_say(by: Aggregation, looks: list[tuple[int, int]]) -> None:
    """Looks at attempts in the order of the attempts, as a grid reads them."""
    ordered = sorted(looks, key=lambda look: look[0])
    judgements = [
        JudgedLevel("a", LEVELS[place - 1], place, attempt, dt.datetime(2026, 3, attempt, tzinfo=dt.UTC), "t", by)
        for attempt, place in ordered
    ]
    (shown,) = mastery.evaluate(LEVELS, "proficient", [claim("a")], judgements)
    assert place_of(ordered, by) == (mastery.place(LEVELS, shown.level), len({attempt for attempt, _place in looks}))


# --- In a decision ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R7")
@pytest.mark.parametrize(
    ("places", "kind", "code"),
    [
        ((4, 4), OutcomeKind.NOT_DECIDABLE, "mastery.too_few"),
        ((4, 2, 3), OutcomeKind.AWARD, "credit.award"),
        ((4, 2, 2), OutcomeKind.REFUSED, "mastery.below"),
    ],
)
def test_the_department_rule_decides_and_too_few_attempts_can_still_be_judged(
    places: tuple[int, ...], kind: OutcomeKind, code: str
) -> None:
    shown = attempts(*places, by=MATHEMATICS) + attempts(3, by=Aggregation(), standard="b")
    outcome = credit.decide(terms(), local(judgements=tuple(shown)))
    assert (outcome.kind, outcome.reasons[0].code) == (kind, code)


THREE_OF_FIVE_AND_BOTH = AllOf(
    (StandardsAt("proficient", 3, ("A", "B", "C", "D", "E")), StandardsAt("proficient", None, ("X", "Y")))
)


@pytest.mark.parametrize(
    ("levels", "kind"),
    [
        ({"a": 3, "b": 3, "c": 4, "x": 3, "y": 3}, OutcomeKind.AWARD),
        ({"a": 3, "b": 3, "c": 4, "d": 1, "e": 1, "x": 3, "y": 3}, OutcomeKind.AWARD),
        ({"a": 3, "b": 3, "x": 3, "y": 3}, OutcomeKind.NOT_DECIDABLE),
        ({"a": 3, "b": 3, "c": 1, "d": 1, "e": 1, "x": 3, "y": 3}, OutcomeKind.REFUSED),
        ({"a": 3, "b": 3, "c": 3, "x": 3, "y": 2}, OutcomeKind.REFUSED),
    ],
)
def test_three_of_these_five_and_all_of_those(levels: dict[str, int], kind: OutcomeKind) -> None:
    judgements = [one for guid, place in levels.items() for one in attempts(place, by=Aggregation(), standard=guid)]
    only = replace(local_rule(), when=THREE_OF_FIVE_AND_BOTH)
    facts = local(claims=tuple(claim(guid) for guid in "abcdexy"), judgements=tuple(judgements))
    assert credit.decide(terms(rules=(only,)), facts).kind == kind
