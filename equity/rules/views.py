"""Two further views of race and ethnicity, in which a student counts wherever the family said so (T47).

Alone or in combination: once in each group that was told. Detailed: once under each code. Rows overlap and are never
added up. Both are made for the whole district and any subject. The federal table stands as it is: whatever a view
would give away of it, or of a difference that a reader can work out between two rows, is hidden in the view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from equity.rules.suppression import Cell, Hidden, Key, Published, Suppressed, Total, protect
from profiles.rules.rollup import Group

FEDERAL, GENDER = "race", "gender"
COMBINED, DETAILED = "race_any", "race_detail"
VIEWS = (COMBINED, DETAILED)

# A number of students that is hidden (T53).
SMALL = 10

# (partition, group)
Place = tuple[str, str]


def detail(group: str, code: str) -> str:
    """The name of a code's row: it says the group that the code belongs to."""
    return f"{group}:{code}"


def split_detail(name: str) -> tuple[str, str]:
    """Group and code of a row that ``detail`` named."""
    group, _colon, code = name.partition(":")
    return group, code


def protect_views(
    counts: Mapping[Place, tuple[int, int]],
    federal: Mapping[str, Published],
    *,
    everyone: str,
    hidden: Mapping[Place, Hidden],
) -> dict[Place, Published]:
    """What may be printed of each row of the two views.

    ``counts`` are students and recipients of both views' rows, of the federal groups and of ``everyone``; ``federal``
    is what is printed of those. The answer also has the differences between rows, which are printed nowhere.
    """
    known = {(FEDERAL, group): counts.get((FEDERAL, group), (0, 0)) for group in federal}
    known |= {place: number for place, number in counts.items() if place[0] in VIEWS}
    totals = []
    for whole, part, rest in _differences(known, (FEDERAL, everyone)):
        known[rest] = (known[whole][0] - known[part][0], known[whole][1] - known[part][1])
        totals.append(Total(whole, (part, rest)))
    few = {}
    for whole, parts in _overlaps(known, (FEDERAL, everyone)):
        all_told = (parts[0][0], f"-{':'.join(whole)}:answers")
        known[all_told] = (sum(known[part][0] for part in parts), sum(known[part][1] for part in parts))
        if 0 < known[all_told][0] - known[whole][0] < SMALL:
            few[all_told] = Hidden.SMALL
        totals.append(Total(all_told, tuple(parts)))
    already = {(FEDERAL, group): one.reason for group, one in federal.items() if isinstance(one, Suppressed)}
    hides: dict[Key, Hidden] = {**hidden, **already, **few}  # type: ignore[dict-item]  # a place is a key
    answer = protect(
        [Cell(place, *number) for place, number in known.items()],
        totals,
        hidden=hides,
        kept={(FEDERAL, group) for group in federal},
    )
    return {place: answer[place] for place in known if place[0] in VIEWS}


def _differences(rows: Mapping[Place, object], everyone: Place) -> Iterator[tuple[Place, Place, Place]]:
    """A whole, the row that is part of it, and the name of what is left."""
    for view, group in list(rows):
        if view == COMBINED:
            yield everyone, (view, group), (view, f"-{group}:others")
            if group == Group.NOT_PROVIDED:
                # Who told a race and not whether they are Hispanic is "not provided" in the federal table alone.
                yield (FEDERAL, group), (view, group), (view, f"-{group}:in part")
            else:
                yield (view, group), (FEDERAL, group), (view, f"-{group}:in combination")
        elif view == DETAILED:
            yield (COMBINED, split_detail(group)[0]), (view, group), (view, f"-{group}:others")


def _overlaps(rows: Mapping[Place, object], everyone: Place) -> Iterator[tuple[Place, list[Place]]]:
    """A whole, and the rows that say together how many of its students gave more than one answer."""
    within: dict[Place, list[Place]] = {}
    for view, group in rows:
        if view in VIEWS and not group.startswith("-"):
            whole = everyone if view == COMBINED else (COMBINED, split_detail(group)[0])
            within.setdefault(whole, []).append((view, group))
    yield from within.items()


def order(rows: Iterable[str], view: str) -> list[str]:
    """Rows of a view as they are shown: by group, and codes within their group."""
    groups = list(Group)
    if view == COMBINED:
        return sorted(rows, key=lambda name: groups.index(Group(name)))
    return sorted(rows, key=lambda name: (groups.index(Group(split_detail(name)[0])), split_detail(name)[1]))
