"""Whether several counts of the same groups, taken together, would tell about a few students.

Each count is of a set of students: who was counted, who would gain, who would lose. Of every set the reader is told how
many belong to each group, and may add and subtract such counts. What they learn of anybody is what is left when
everything about the others falls away. So students are put together who are in the same sets; no sum or difference of
the sets may be about fewer than ``least`` students and about nobody else.

Two sets that differ by one student fail: the difference of their counts is that student's group. So do a draft made
to change one known student's request, a second draft that changes one more, and a replay beside the equity report of
the year whose recipients are the same but for one.

Where several independent sums fall on small parts alone, their mixtures are not searched: it counts as telling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from equity.rules.suppression import PRIME

Students = Collection[int]


@dataclass(frozen=True)
class Reported:
    """The sets that the equity report counts: of the whole district, and of its single schools and subjects."""

    district: Sequence[Students] = ()
    single: Sequence[Students] = ()


def may_be_shown(wanted: Sequence[Students], *, shown: Sequence[Students], reported: Reported, least: int = 10) -> bool:
    """Whether counts of ``wanted`` may be shown to a reader of the replays ``shown`` and of the equity report.

    Replays and the district's sets are mixed in every way; a school or subject is held against ``wanted`` by itself.
    What is about few students in the report alone is hidden there, so it excuses nothing here.
    """
    known, alone = list(shown), list(reported.single)
    for one in reported.district:
        (alone if tells_of_few(known, [one], least=least) else known).append(one)
    return not tells_of_few(known, wanted, least=least) and not any(
        tells_of_few([one], wanted, least=least) for one in alone
    )


def tells_of_few(shown: Sequence[Students], wanted: Sequence[Students], *, least: int = 10) -> bool:
    """Whether showing ``wanted`` beside ``shown`` makes anything known about fewer than ``least`` students."""
    sets = [*shown, *wanted]
    parts = _parts(sets, least)
    before, after = _on_small_alone(len(shown), parts, least), _on_small_alone(len(sets), parts, least)
    if len(after) == len(before):
        return False
    return len(after) > 1 or sum(size for (_part, size), value in zip(parts, after[0], strict=True) if value) < least


def _parts(sets: Iterable[Students], least: int) -> list[tuple[int, int]]:
    """Students who share the same sets, the small parts last: which sets those are, as bits, and how many students."""
    held: Counter[int] = Counter()
    for place, students in enumerate(sets):
        for student in set(students):
            held[student] |= 1 << place
    return sorted(Counter(held.values()).items(), key=lambda part: part[1] < least)


def _on_small_alone(count: int, parts: Sequence[tuple[int, int]], least: int) -> list[list[int]]:
    """Independent sums of the first ``count`` sets that are about small parts and nobody else, by part.

    Elimination from the large parts on: what is left where those have fallen away. Counted modulo a large prime.
    """
    large = sum(size >= least for _part, size in parts)
    pivots: dict[int, list[int]] = {}
    for place in range(count):
        row = [bits >> place & 1 for bits, _size in parts]
        for column in sorted(pivots):
            if times := row[column]:
                row = [(value - times * other) % PRIME for value, other in zip(row, pivots[column], strict=True)]
        column = next((number for number, value in enumerate(row) if value), -1)
        if column >= 0:
            inverse = pow(row[column], -1, PRIME)
            pivots[column] = [value * inverse % PRIME for value in row]
    return [row for column, row in pivots.items() if column >= large]
