"""The lot, agreement, the middle of three, and what a decision waits for."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crediting.rules.credit import decide
from crediting.rules.moderation import agree, draw, first_not_drawn, is_drawn, lowest, middle
from crediting.rules.outcome import OutcomeKind
from crediting.rules.policy import loader
from crediting.rules.policy.terms import Moderation
from crediting.states import OnDisagreement
from tests.conftest import ROOT
from tests.crediting.rules.facts import local, terms

KEY = b"a key of this test"
REQUESTS = [str(UUID(int=number)) for number in range(20_000)]


def share(percent: str) -> Moderation:
    return Moderation(Decimal(percent))


@pytest.mark.parametrize("percent", ["1", "10", "33.3", "100"])
def test_the_lot_falls_on_about_the_share(percent: str) -> None:
    drawn = sum(is_drawn(Decimal(percent), draw(KEY, request, "v1")) for request in REQUESTS)
    expected = len(REQUESTS) * float(percent) / 100
    # Four standard deviations of as many coins; the key is fixed, so this never changes.
    assert abs(drawn - expected) <= 4 * (expected * (1 - float(percent) / 100)) ** 0.5


def test_the_number_is_always_the_same_and_another_under_another_key_or_version() -> None:
    assert [draw(KEY, request, "v1") for request in REQUESTS[:50]] == [draw(KEY, one, "v1") for one in REQUESTS[:50]]
    mine = [draw(KEY, request, "v1") for request in REQUESTS[:50]]
    assert mine != [draw(b"another key", request, "v1") for request in REQUESTS[:50]]
    assert mine != [draw(KEY, request, "v2") for request in REQUESTS[:50]]


def test_the_draw_is_explained_by_one_number() -> None:
    assert (first_not_drawn(Decimal("10")), first_not_drawn(Decimal("0.5")), first_not_drawn(Decimal("100"))) == (
        1000,
        50,
        10_000,
    )
    assert is_drawn(Decimal(10), 999) and not is_drawn(Decimal(10), 1000)


@pytest.mark.parametrize(
    ("first", "second", "exactly", "adjacent"), [(3, 3, True, True), (3, 2, False, True), (4, 2, False, False)]
)
def test_when_two_readings_agree(first: int, second: int, exactly: bool, adjacent: bool) -> None:
    assert agree(first, second, adjacent=False) == exactly
    assert agree(first, second, adjacent=True) == adjacent


@given(st.tuples(*[st.integers(1, 6)] * 3))
def test_the_middle_does_not_ask_who_read_first(places: tuple[int, int, int]) -> None:
    first, second, third = places
    assert middle(first, second, third) == middle(third, first, second) == middle(second, third, first)
    assert middle(first, second, third) in places and middle(first, first, third) == first


@pytest.mark.parametrize(
    ("standing", "moderation", "kind"),
    [
        ("", share("10"), OutcomeKind.AWARD),
        ("waiting", share("10"), OutcomeKind.NOT_DECIDABLE),
        ("disagreed", share("10"), OutcomeKind.NOT_DECIDABLE),
        ("agreed", share("10"), OutcomeKind.AWARD),
        ("settled", share("10"), OutcomeKind.AWARD),
        ("excused", share("10"), OutcomeKind.AWARD),
        ("waiting", replace(share("10"), waits=False), OutcomeKind.AWARD),
        # Under a policy that has nothing read twice, what another one drew does not matter.
        ("waiting", None, OutcomeKind.AWARD),
    ],
)
def test_what_a_decision_waits_for(standing: str, moderation: Moderation | None, kind: OutcomeKind) -> None:
    outcome = decide(replace(terms(), moderation=moderation), local(moderated=standing))
    assert outcome.kind == kind
    if kind == OutcomeKind.NOT_DECIDABLE:
        assert [reason.code for reason in outcome.missing] == [f"second_reading.{standing}"]


WITHOUT = (ROOT / "crediting" / "data" / "policies" / "sample-policy-3.yaml").read_text("utf-8")


def test_the_policy_file_says_it_all() -> None:
    said = "share: 5, agreement: adjacent, on_disagreement: third_reading, readers: district, decision: goes_on"
    read = loader.parse(f"{WITHOUT}moderation: {{{said}}}\n")
    assert not isinstance(read, list)
    assert read.terms.moderation == Moderation(
        share=Decimal(5),
        adjacent_agrees=True,
        on_disagreement=OnDisagreement.THIRD,
        waits=False,
        across_district=True,
    )


@pytest.mark.parametrize(
    ("said", "place", "code"),
    [
        ("{share: 0}", "moderation.share", "shape."),
        ("{share: 120}", "moderation.share", "shape."),
        ("{agreement: exact}", "moderation", "shape."),
        ("{share: 5, on_disagreement: vote}", "moderation.on_disagreement", "shape."),
        ("{share: 5, rules: [NO-SUCH]}", "moderation.rules[1]", "agree.unknown_rule"),
    ],
)
def test_faults_name_their_place(said: str, place: str, code: str) -> None:
    problems = loader.parse(f"{WITHOUT}moderation: {said}\n")
    assert isinstance(problems, list)
    (problem,) = problems
    assert problem.where == place and problem.reason.code.startswith(code)


@pytest.mark.parametrize(("count", "chosen"), [(0, set()), (1, {7}), (2, {7, 3}), (3, {7, 3, 5}), (9, {7, 3, 5, 9})])
def test_of_a_class_those_with_the_lowest_numbers_are_read(count: int, chosen: set[int]) -> None:
    assert lowest({3: 40, 5: 40, 7: 1, 9: 9999}, count) == chosen
