"""From ``isChildOf`` links to one tree: a parent, a place and a path for every standard. No recursion anywhere."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from crediting.rules.standards import natural_key

UNPLACED = "~"  # sorts after every digit
MAX_DEPTH = 30
# Links inside one knot of cycles; a knot this large is no framework.
MAX_KNOT = 2000


class TooDeep(Exception):
    """The tree is deeper than ``MAX_DEPTH``."""


class TooTangled(Exception):
    """Cycles run through more than ``MAX_KNOT`` links of one knot."""


@dataclass(frozen=True)
class Node:
    """A standard to be placed. ``enumeration`` is the publisher's own number in the list, if any."""

    guid: UUID
    code: str = ""
    enumeration: str = ""


@dataclass(frozen=True)
class ChildLink:
    """``child`` belongs under ``parent``, or at the root where ``parent`` is None. ``key`` finds the link again."""

    key: UUID
    child: UUID
    parent: UUID | None
    sequence: int | None = None
    grouping: str = ""
    changed_at: dt.datetime | None = None


@dataclass(frozen=True)
class Placement:
    """Where a standard stands. ``path`` sorts a whole framework in reading order; roots have depth 0."""

    parent: UUID | None
    position: int
    path: str
    depth: int
    is_leaf: bool
    is_placed: bool


@dataclass(frozen=True)
class Tree:
    """``broken``: links left out to open cycles. ``order_inferred``: some siblings have no order of their own."""

    placements: dict[UUID, Placement]
    broken: tuple[ChildLink, ...]
    order_inferred: bool


def build(nodes: Sequence[Node], links: Sequence[ChildLink]) -> Tree:
    """Place every node. A node without a link stands at the root as unplaced; one with several has the lowest
    (grouping, sequence, parent code) as its parent. Each cycle is opened at its newest link.

    Both ends of each link are in ``nodes`` (a parent of None is the root).
    """
    broken = _open_cycles(links)
    left_out = {link.key for link in broken}
    primary = _primary_links(nodes, [link for link in links if link.key not in left_out])
    by_guid = {node.guid: node for node in nodes}
    children: dict[UUID | None, list[UUID]] = defaultdict(list)
    unplaced: list[UUID] = []
    for node in nodes:
        link = primary.get(node.guid)
        if link is None:
            unplaced.append(node.guid)
        else:
            children[link.parent].append(node.guid)
    inferred = False

    def in_order(guids: list[UUID]) -> list[UUID]:
        nonlocal inferred
        numbers = [primary[guid].sequence if guid in primary else None for guid in guids]
        if len(guids) > 1 and (None in numbers or len(set(numbers)) < len(numbers)):
            inferred = True
        return sorted(guids, key=lambda guid: _sibling_key(by_guid[guid], primary.get(guid)))

    placements: dict[UUID, Placement] = {}

    def put(guids: list[UUID], parent: UUID | None, prefix: str, depth: int, placed: bool = True) -> None:
        for position, guid in enumerate(in_order(guids), start=1):
            path = f"{prefix}{position:05d}"
            placements[guid] = Placement(parent, position, path, depth, guid not in children, placed)

    put(children[None], None, "", 0)
    put(unplaced, None, f"{UNPLACED}.", 0, placed=False)
    level = list(placements)
    while level:
        below: list[UUID] = []
        for guid in level:
            if kids := children.get(guid):
                above = placements[guid]
                if above.depth + 1 >= MAX_DEPTH:
                    raise TooDeep
                put(kids, guid, f"{above.path}.", above.depth + 1)
                below += kids
        level = below
    return Tree(placements, tuple(broken), inferred)


def _sibling_key(node: Node, link: ChildLink | None) -> tuple[object, ...]:
    sequence = link.sequence if link else None
    return (sequence is None, sequence or 0, natural_key(node.enumeration), natural_key(node.code), node.guid.bytes)


def _primary_links(nodes: Sequence[Node], links: Iterable[ChildLink]) -> dict[UUID, ChildLink]:
    codes = {node.guid: node.code for node in nodes}

    def key(link: ChildLink) -> tuple[object, ...]:
        sequence = link.sequence
        parent = link.parent.bytes if link.parent else b""
        code = natural_key(codes[link.parent]) if link.parent else ()
        return (link.grouping, sequence is None, sequence or 0, code, parent)

    primary: dict[UUID, ChildLink] = {}
    for link in links:
        best = primary.get(link.child)
        if best is None or key(link) < key(best):
            primary[link.child] = link
    return primary


def _open_cycles(links: Sequence[ChildLink]) -> list[ChildLink]:
    """The links to leave out: within each knot, oldest first, a link that would close a circle is left out."""
    up: dict[UUID, list[ChildLink]] = defaultdict(list)
    for link in links:
        if link.parent is not None:
            up[link.child].append(link)
    knot_of = _knots(_left_in_circles(up))
    inside: dict[int, list[ChildLink]] = defaultdict(list)
    for link in links:
        if link.parent is not None and knot_of.get(link.child, -1) == knot_of.get(link.parent, -2):
            inside[knot_of[link.child]].append(link)
    broken: list[ChildLink] = []
    for knot in inside.values():
        if len(knot) > MAX_KNOT:
            raise TooTangled
        kept: dict[UUID, list[UUID]] = defaultdict(list)
        for link in sorted(knot, key=_age):
            if link.parent is not None and _reaches(kept, link.parent, link.child):
                broken.append(link)
            elif link.parent is not None:
                kept[link.child].append(link.parent)
    return broken


def _age(link: ChildLink) -> tuple[float, bytes]:
    return (link.changed_at.timestamp() if link.changed_at else 0.0, link.key.bytes)


def _reaches(up: dict[UUID, list[UUID]], start: UUID, goal: UUID) -> bool:
    waiting, seen = [start], set()
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            waiting += up.get(here, ())
    return False


def _left_in_circles(up: dict[UUID, list[ChildLink]]) -> dict[UUID, list[ChildLink]]:
    """``up`` without the nodes that lead out at the top; empty where there is no circle."""
    open_ends = {child: sum(link.parent in up for link in above) for child, above in up.items()}
    below: dict[UUID, list[UUID]] = defaultdict(list)
    for child, above in up.items():
        for link in above:
            if link.parent in up:
                below[link.parent].append(child)
    done = [child for child, count in open_ends.items() if not count]
    for child in done:  # grows while it is walked
        for kid in below[child]:
            open_ends[kid] -= 1
            if not open_ends[kid]:
                done.append(kid)
    free = set(done)
    return {child: above for child, above in up.items() if child not in free}


def _knots(up: dict[UUID, list[ChildLink]]) -> dict[UUID, int]:
    """The number of the strongly connected part each node with a parent belongs to (Tarjan, without recursion)."""
    index: dict[UUID, int] = {}
    low: dict[UUID, int] = {}
    part: dict[UUID, int] = {}
    stack: list[UUID] = []
    on_stack: set[UUID] = set()
    for start in up:
        if start in index:
            continue
        work: list[tuple[UUID, int]] = [(start, 0)]
        while work:
            node, step = work.pop()
            if step == 0:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            parents = up.get(node, [])
            descended = False
            for position in range(step, len(parents)):
                parent = parents[position].parent
                if parent is None:
                    continue
                if parent not in index:
                    work += [(node, position + 1), (parent, 0)]
                    descended = True
                    break
                if parent in on_stack:
                    low[node] = min(low[node], index[parent])
            if descended:
                continue
            if low[node] == index[node]:
                while True:
                    member = stack.pop()
                    on_stack.discard(member)
                    part[member] = index[node]
                    if member == node:
                        break
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[node])
    return part
