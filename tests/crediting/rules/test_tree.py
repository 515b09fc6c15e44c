"""One tree from any links: order, several parents, cycles, depth."""

from __future__ import annotations

import datetime as dt
import random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crediting.rules import tree
from crediting.rules.tree import ChildLink, Node, TooDeep, TooTangled, Tree, build


def guid(number: int) -> UUID:
    return UUID(int=number)


def node(number: int, code: str = "", enumeration: str = "") -> Node:
    return Node(guid(number), code, enumeration)


def link(child: int, parent: int | None, sequence: int | None = None, *, day: int = 1, grouping: str = "") -> ChildLink:
    key = guid(child * 100_000 + (parent or 0) + 1)
    above = guid(parent) if parent is not None else None
    return ChildLink(key, guid(child), above, sequence, grouping, dt.datetime(2026, 1, day, tzinfo=dt.UTC))


def order(built: Tree) -> list[int]:
    return [found.int for found, _place in sorted(built.placements.items(), key=lambda pair: pair[1].path)]


def test_siblings_follow_their_sequence_numbers() -> None:
    built = build([node(1), node(2), node(3)], [link(1, None, 20), link(2, None, 3), link(3, None, 100)])
    assert order(built) == [2, 1, 3]
    assert not built.order_inferred


def test_without_sequence_numbers_codes_sort_as_people_count() -> None:
    nodes = [node(1, "A.10"), node(2, "A.2"), node(3, "A.1"), node(4)]
    built = build(nodes, [link(number, None) for number in (1, 2, 3, 4)])
    assert order(built) == [3, 2, 1, 4]
    assert built.order_inferred


def test_the_publishers_own_list_number_goes_before_the_code() -> None:
    built = build([node(1, "A", "10"), node(2, "B", "9")], [link(1, None), link(2, None)])
    assert order(built) == [2, 1]


def test_a_numbered_sibling_goes_before_one_without_a_number() -> None:
    built = build([node(1, "A"), node(2, "B")], [link(1, None), link(2, None, 5)])
    assert order(built) == [2, 1]
    assert built.order_inferred


def test_paths_sort_in_reading_order_and_know_depth_and_leaves() -> None:
    built = build([node(1), node(2), node(3)], [link(1, None, 1), link(2, 1, 1), link(3, None, 2)])
    assert [(found.int, place.depth, place.is_leaf) for found, place in built.placements.items()] == [
        (1, 0, False),
        (3, 0, True),
        (2, 1, True),
    ]
    assert order(built) == [1, 2, 3]


def test_of_several_parents_the_lowest_is_the_place() -> None:
    nodes = [node(1, "A"), node(2, "B"), node(3)]
    roots = [link(1, None, 1), link(2, None, 2)]
    assert build(nodes, [*roots, link(3, 1, 9), link(3, 2, 4)]).placements[guid(3)].parent == guid(2)
    assert build(nodes, [*roots, link(3, 1), link(3, 2)]).placements[guid(3)].parent == guid(1)
    grouped = [link(3, 1, 1, grouping="b"), link(3, 2, 9, grouping="a")]
    assert build(nodes, [*roots, *grouped]).placements[guid(3)].parent == guid(2)


def test_a_node_without_a_link_stands_unplaced_after_everything_else() -> None:
    built = build([node(1), node(2), node(3)], [link(2, None, 1), link(3, 1, 1)])
    assert order(built) == [2, 1, 3]
    assert (built.placements[guid(1)].is_placed, built.placements[guid(1)].is_leaf) == (False, False)
    assert built.placements[guid(3)].parent == guid(1)


def test_a_cycle_is_opened_at_its_newest_link() -> None:
    links = [link(1, None, 1), link(2, 1, 1, day=2), link(3, 2, 1, day=3), link(1, 3, 1, day=9)]
    built = build([node(1), node(2), node(3)], links)
    assert built.broken == (links[3],)
    assert order(built) == [1, 2, 3]


def test_a_node_that_is_its_own_parent_loses_that_link() -> None:
    loop = link(1, 1)
    built = build([node(1)], [loop, link(1, None, 1)])
    assert built.broken == (loop,)
    assert built.placements[guid(1)].is_placed


def test_two_knots_are_opened_apart() -> None:
    links = [link(1, 2, day=1), link(2, 1, day=2), link(3, 4, day=3), link(4, 3, day=4)]
    assert build([node(n) for n in (1, 2, 3, 4)], links).broken == (links[1], links[3])


def test_a_very_long_chain_needs_no_recursion_and_is_refused_for_its_depth() -> None:
    count = 5000
    links = [link(1, None, 1), *(link(number, number - 1, 1) for number in range(2, count))]
    with pytest.raises(TooDeep):
        build([node(number) for number in range(1, count)], links)


def test_a_long_circle_is_opened_without_recursion() -> None:
    count = 1500
    circle = [link(number, number % count + 1, day=2 if number == count else 1) for number in range(1, count + 1)]
    with pytest.raises(TooDeep):  # opened, it is one long chain
        build([node(number) for number in range(1, count + 1)], circle)


def test_a_knot_of_thousands_of_links_is_refused() -> None:
    some = random.Random(7)
    links = [
        ChildLink(guid(10_000 + n), guid(some.randint(1, 200)), guid(some.randint(1, 200)))
        for n in range(tree.MAX_KNOT * 3)
    ]
    with pytest.raises(TooTangled):
        build([node(number) for number in range(1, 201)], links)


numbers = st.integers(1, 12)


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, st.one_of(st.none(), numbers), st.integers(1, 28)), max_size=40), st.randoms())
def test_any_links_give_a_tree_in_which_every_node_stands_once(
    triples: list[tuple[int, int | None, int]], shuffler: random.Random
) -> None:
    nodes = [node(number, f"C{number}") for number in range(1, 13)]
    links = [
        ChildLink(
            guid(1000 + n),
            guid(child),
            guid(parent) if parent else None,
            None,
            "",
            dt.datetime(2026, 1, day, tzinfo=dt.UTC),
        )
        for n, (child, parent, day) in enumerate(triples)
    ]
    built = build(nodes, links)
    assert set(built.placements) == {one.guid for one in nodes}
    assert len({place.path for place in built.placements.values()}) == len(nodes)
    for found, place in built.placements.items():
        seen = {found}
        while place.parent is not None:
            assert place.parent not in seen
            seen.add(place.parent)
            above = built.placements[place.parent]
            assert place.path.startswith(f"{above.path}.")
            place = above
    shuffler.shuffle(links)
    shuffler.shuffle(nodes)
    assert build(nodes, links).placements == built.placements
