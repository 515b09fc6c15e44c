"""Trees over standards: three of these five and all of those."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crediting.rules import mastery
from crediting.rules.criteria import AtLeast, Shown, Standing, Tree, all_of, any_of, weigh
from crediting.rules.mastery import StandardResult
from crediting.words import sentence
from tests.crediting.rules.facts import LEVELS, claim, judged

THREE_OF_FIVE = AtLeast(3, tuple(Shown(guid) for guid in "abcde"))
BOTH = all_of(Shown("x"), Shown("y"))


def results(**levels: str) -> dict[str, StandardResult]:
    """What ``a`` to ``e``, ``x`` and ``y`` came to; those not named are not judged."""
    claims = [claim(guid) for guid in "abcdexy"]
    judgements = [judged(guid, level) for guid, level in levels.items()]
    return {one.standard.guid: one for one in mastery.evaluate(LEVELS, "proficient", claims, judgements)}


YES, NO, MORE = "proficient", "beginning", "extending"


@pytest.mark.parametrize(
    ("levels", "standing"),
    [
        ({"a": YES, "b": YES, "c": MORE, "x": YES, "y": YES}, Standing.MET),
        ({"a": YES, "b": YES, "c": MORE, "x": YES}, Standing.OPEN),
        ({"a": YES, "b": YES, "x": YES, "y": YES}, Standing.OPEN),
        ({"a": YES, "b": YES, "c": YES, "d": NO, "e": NO, "x": YES, "y": YES}, Standing.MET),
        ({"a": YES, "b": YES, "c": NO, "d": NO, "e": NO, "x": YES, "y": YES}, Standing.NOT_MET),
        ({"a": YES, "b": YES, "c": YES, "x": YES, "y": NO}, Standing.NOT_MET),
    ],
)
def test_three_of_these_five_and_all_of_those(levels: dict[str, str], standing: Standing) -> None:
    found = weigh(all_of(THREE_OF_FIVE, BOTH), results(**levels), LEVELS)
    assert found.standing == standing


def test_a_leaf_may_ask_for_more_than_the_rest() -> None:
    tree = any_of(Shown("a", "extending"), Shown("b"))
    assert weigh(tree, results(a=YES), LEVELS).standing == Standing.OPEN
    assert weigh(tree, results(a=YES, b=NO), LEVELS).standing == Standing.NOT_MET
    found = weigh(tree, results(a=MORE, b=NO), LEVELS, "2413 (4)")
    assert found.met and found.parts[0].reason.params["required_level"] == "extending"
    assert [part.standing for part in found.parts] == [Standing.MET, Standing.NOT_MET]
    assert sentence(found.reason) == "1 of 2 are met. Asked for: at least 1."


@pytest.mark.parametrize("count", [0, 3])
def test_what_cannot_be_asked_for_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="cannot be asked for"):
        AtLeast(count, (Shown("a"), Shown("b")))


RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
trees: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from([Shown(guid) for guid in "abcdexy"]),
    lambda inner: st.lists(inner, min_size=1, max_size=4).flatmap(
        lambda parts: st.integers(1, len(parts)).map(lambda count: AtLeast(count, tuple(parts)))
    ),
    max_leaves=12,
)
ORDER = [Standing.NOT_MET, Standing.OPEN, Standing.MET]


@RELAXED
@given(trees, st.dictionaries(st.sampled_from("abcdexy"), st.sampled_from([YES, NO])), st.sampled_from("abcdexy"))
def test_one_more_standard_shown_never_makes_it_worse(tree: Tree, levels: dict[str, str], guid: str) -> None:
    before = weigh(tree, results(**levels), LEVELS).standing
    after = weigh(tree, results(**levels | {guid: YES}), LEVELS).standing
    assert ORDER.index(after) >= ORDER.index(before)


@RELAXED
@given(trees, st.dictionaries(st.sampled_from("abcdexy"), st.sampled_from([YES, NO])))
def test_open_means_that_judging_the_rest_can_still_meet_it(tree: Tree, levels: dict[str, str]) -> None:
    standing = weigh(tree, results(**levels), LEVELS).standing
    best = weigh(tree, results(**dict.fromkeys("abcdexy", YES) | levels), LEVELS).standing
    assert (best == Standing.MET) is (standing != Standing.NOT_MET)
