"""From raw counts to what may be printed: every table of a report, protected together, with measures and signals.

A page, a CSV and a PDF are all made from ``Report``; nothing raw passes through here to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Any

from equity.rules import measures
from equity.rules.flags import Signal, Thresholds, comparison, signal
from equity.rules.measures import Interval, Ratio
from equity.rules.suppression import (
    Cell,
    Coded,
    Empty,
    Hidden,
    Key,
    Published,
    Shown,
    Suppressed,
    TopBottom,
    Total,
    protect,
)
from equity.rules.views import FEDERAL, VIEWS, protect_views

# The district as a whole, every group together, any subject.
DISTRICT, EVERYONE, ANY = "", "all", ""


@dataclass(frozen=True)
class Fact:
    """``students`` of one group at one school in the year; ``recipients`` by subject, ``""`` being any subject."""

    school: str
    partition: str
    group: str
    students: int
    recipients: Mapping[str, int]

    @property
    def any_subject(self) -> int:
        return self.recipients.get(ANY, 0)


@dataclass(frozen=True)
class Row:
    """One group of one table. Measures are None wherever they would need a count that is hidden."""

    group: str
    published: Published
    interval: Interval | None = None
    gap: float | None = None
    gap_limits: Interval | None = None
    ratio: Ratio | None = None
    not_receiving: float | None = None
    composition: float | None = None
    parity: int | None = None
    signal: Signal = Signal.NOT_ENOUGH


@dataclass(frozen=True)
class Table:
    """Groups of one partition at one school (or the district) for one subject (or any), and their total."""

    school: str
    partition: str
    subject: str
    rows: tuple[Row, ...]
    everyone: Published
    # The group that the others are compared with; empty: each with all other students.
    against: str = ""

    @property
    def findings(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.signal in {Signal.REVIEW, Signal.WATCH})


HiddenKey = tuple[str, str, str]
NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Report:
    """All tables of a year by (school, partition, subject), and what they hide: (school, partition, group) → why."""

    tables: Mapping[tuple[str, str, str], Table]
    hidden: Mapping[HiddenKey, Hidden]


def build(
    facts: Sequence[Fact],
    *,
    groups: Mapping[str, Sequence[str]],
    thresholds: Thresholds,
    hidden_before: Mapping[HiddenKey, Hidden],
    within: Mapping[str, str] = NOWHERE,
    is_part: bool = False,
) -> Report:
    """Protect all tables until none helps against another.

    ``within`` says of what else a place is a part whose counts a reader has: ``{"grade 11 at S1": "S1"}``. Where the
    whole ``is_part`` of another report, that one decides about the sums: what it hides comes in ``hidden_before``, what
    it shows is known, and parts are hidden in its place.

    ``groups`` orders the groups of each partition. The number of students in a group is the same in every subject, and
    the number of everyone in every partition, so a cell that one table hides is hidden in all of them. The two views in
    which groups overlap come last: they give way to the others.
    """
    every, groups = groups, {partition: order for partition, order in groups.items() if partition not in VIEWS}
    subjects = sorted({subject for fact in facts for subject in fact.recipients} | {ANY})
    hidden: dict[HiddenKey, Hidden] = dict(hidden_before)
    published: dict[tuple[str, str], dict[tuple[str, str], Published]] = {}
    of_partition: dict[str, list[Fact]] = {partition: [] for partition in every}
    for fact in facts:
        of_partition[fact.partition].append(fact)
    kept = frozenset({DISTRICT, *within.values()}) if is_part else frozenset()
    counted = {partition: _counted(of_partition[partition], order, within) for partition, order in groups.items()}
    stale = set(groups)
    while stale:
        for partition in stale:
            for subject in subjects:
                published[partition, subject] = _protect(
                    counted[partition], subject, _hidden_in(partition, hidden), kept
                )
        found = dict(hidden)
        for (partition, _subject), cells in published.items():
            for (school, group), cell in cells.items():
                if isinstance(cell, Suppressed):
                    place = "" if group == EVERYONE else partition
                    found.setdefault((school, place, group), cell.reason)
        new = {place for school, place, group in found.keys() - hidden.keys()}
        stale = set(groups) if "" in new else new
        hidden = found
    schools = [one for one in (DISTRICT, *sorted({fact.school for fact in facts} - {DISTRICT})) if one not in kept]
    tables = {
        (school, partition, subject): _table(
            school, partition, subject, order, published[partition, subject], thresholds
        )
        for partition, order in groups.items()
        for subject in subjects
        for school in schools
    }
    for view, rows in _overlapping(facts, every, published, hidden).items():
        hidden |= {(DISTRICT, view, group): one.reason for group, one in rows.items() if isinstance(one, Suppressed)}
        beside = {(DISTRICT, group): one for group, one in rows.items()}
        beside[DISTRICT, EVERYONE] = published[FEDERAL, ANY][DISTRICT, EVERYONE]
        tables[DISTRICT, view, ANY] = _table(DISTRICT, view, ANY, every[view], beside, thresholds)
    return Report(tables, hidden)


def _overlapping(
    facts: Iterable[Fact],
    groups: Mapping[str, Sequence[str]],
    published: Mapping[tuple[str, str], Mapping[tuple[str, str], Published]],
    hidden: Mapping[HiddenKey, Hidden],
) -> dict[str, dict[str, Published]]:
    """What may be printed of the views that ``groups`` asks for, by view and row; differences between rows too."""
    views = [view for view in VIEWS if view in groups]
    if not views:
        return {}
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for fact in facts:
        if fact.partition == FEDERAL or fact.partition in views:
            for group in (fact.group, EVERYONE) if fact.partition == FEDERAL else (fact.group,):
                n, a = counts.get((fact.partition, group), (0, 0))
                counts[fact.partition, group] = (n + fact.students, a + fact.any_subject)
    federal = {group: cell for (school, group), cell in published[FEDERAL, ANY].items() if school == DISTRICT}
    before = {
        (view, group): reason
        for (school, view, group), reason in hidden.items()
        if school == DISTRICT and view in VIEWS
    }
    found: dict[str, dict[str, Published]] = {view: {} for view in views}
    for (view, group), cell in protect_views(counts, federal, everyone=EVERYONE, hidden=before).items():
        found[view][group] = cell
    return found


@dataclass(frozen=True)
class _Counted:
    """The cells of one partition, by school and group with their sums: students, recipients by subject."""

    cells: Sequence[tuple[str, str]]
    totals: Sequence[Total]
    students: Mapping[tuple[str, str], int]
    recipients: Mapping[str, Mapping[tuple[str, str], int]]


def _counted(facts: Iterable[Fact], order: Sequence[str], within: Mapping[str, str]) -> _Counted:
    students: dict[tuple[str, str], int] = defaultdict(int)
    recipients: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    parts: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        upper = within.get(fact.school, DISTRICT)
        for cell in product({fact.school, upper, DISTRICT}, (fact.group, EVERYONE)):
            students[cell] += fact.students
            for subject, number in fact.recipients.items():
                recipients[subject][cell] += number
        parts[upper].add(fact.school)
        parts[DISTRICT].add(upper if upper != DISTRICT else fact.school)
    parts[DISTRICT].discard(DISTRICT)
    schools = sorted({school for school, _group in students if school != DISTRICT})
    totals = [Total((s, EVERYONE), tuple((s, g) for g in order)) for s in (DISTRICT, *schools)]
    totals += [
        Total((whole, g), tuple((s, g) for s in sorted(some)))
        for whole, some in parts.items()
        if some
        for g in (*order, EVERYONE)
    ]
    return _Counted(list(product((DISTRICT, *schools), (*order, EVERYONE))), totals, students, recipients)


def _protect(
    counted: _Counted, subject: str, hidden: Mapping[Key, Hidden], kept: Set[str]
) -> dict[tuple[str, str], Published]:
    received = counted.recipients.get(subject, {})
    cells = [Cell(cell, counted.students.get(cell, 0), received.get(cell, 0)) for cell in counted.cells]
    decided = {cell for cell in counted.cells if cell[0] in kept}
    answer = protect(cells, counted.totals, hidden=hidden, kept=decided)
    return {cell: answer[cell] for cell in counted.cells if cell in answer}


def _hidden_in(partition: str, hidden: Mapping[HiddenKey, Hidden]) -> dict[Key, Hidden]:
    """What is hidden of the partition's cells, and of everyone."""
    return {(school, group): reason for (school, place, group), reason in hidden.items() if place in {partition, ""}}


def _table(
    school: str,
    partition: str,
    subject: str,
    order: Sequence[str],
    cells: Mapping[tuple[str, str], Published],
    thresholds: Thresholds,
) -> Table:
    everyone = cells.get((school, EVERYONE), Suppressed(Hidden.SMALL))
    rows = tuple(
        _row(group, cells.get((school, group), Suppressed(Hidden.SMALL)), everyone, thresholds) for group in order
    )
    return Table(school, partition, subject, rows, everyone)


def _row(group: str, published: Published, everyone: Published, thresholds: Thresholds) -> Row:
    if not isinstance(published, Shown):
        return Row(group, published)
    a, n = published.a, published.n
    interval = measures.wilson(a, n)
    if not isinstance(everyone, Shown) or everyone.n == n:
        return Row(group, published, interval)
    row = Row(group, published, interval, composition=measures.composition(a, n, everyone.a, everyone.n)[0])
    return _compared(row, published, Shown(everyone.n - n, everyone.a - a), thresholds)


def _compared(row: Row, own: Shown, other: Shown, thresholds: Thresholds) -> Row:
    """``row`` with everything that needs a comparison."""
    a, n, c, m = own.a, own.n, other.a, other.n
    ratio = comparison(a, n, c, m, thresholds)
    gap, limits = measures.gap(a, n, c, m)
    return replace(
        row,
        gap=gap,
        gap_limits=limits,
        ratio=ratio,
        not_receiving=measures.risk_ratio(n - a, n, m - c, m).value if ratio and n - a and m - c else None,
        parity=measures.parity_count(a, n, c, m),
        signal=signal(ratio, thresholds),
    )


def references(table: Table) -> list[str]:
    """Groups that may stand in for all other students: those whose counts are printed."""
    return [row.group for row in table.rows if isinstance(row.published, Shown)]


def against(table: Table, group: str, thresholds: Thresholds) -> Table:
    """``table`` with every group compared with one (T57), from printed counts. ``group`` is one of ``references``."""
    base = next(row.published for row in table.rows if row.group == group)
    assert isinstance(base, Shown)
    rows = tuple(
        Row(group, row.published, row.interval, composition=row.composition, signal=Signal.NONE)
        if row.group == group
        else _compared(row, row.published, base, thresholds)
        if isinstance(row.published, Shown)
        else row
        for row in table.rows
    )
    return replace(table, rows=rows, against=group)


# --- As stored --------------------------------------------------------------------------------------------------------


def table_json(table: Table) -> dict[str, object]:
    """A table as plain values; ``table_from`` reads them back unchanged."""
    return {"everyone": _published_json(table.everyone), "rows": [_row_json(row) for row in table.rows]}


def table_from(school: str, partition: str, subject: str, stored: Mapping[str, Any]) -> Table:
    """The table that ``table_json`` wrote."""
    rows = tuple(_row_from(row) for row in stored["rows"])
    return Table(school, partition, subject, rows, _published_from(stored["everyone"]))


def _row_json(row: Row) -> dict[str, object]:
    plain: dict[str, object] = {"group": row.group, "published": _published_json(row.published)}
    if isinstance(row.published, Shown):
        plain |= {
            "interval": _limits(row.interval),
            "gap": row.gap,
            "gap_limits": _limits(row.gap_limits),
            "ratio": [row.ratio.value, *(_limits(row.ratio.limits) or ()), row.ratio.corrected] if row.ratio else None,
            "not_receiving": row.not_receiving,
            "composition": row.composition,
            "parity": row.parity,
            "signal": row.signal,
        }
    return plain


def _row_from(stored: Mapping[str, Any]) -> Row:
    published = _published_from(stored["published"])
    if not isinstance(published, Shown):
        return Row(stored["group"], published)
    ratio = stored["ratio"]
    return Row(
        group=stored["group"],
        published=published,
        interval=_interval(stored["interval"]),
        gap=stored["gap"],
        gap_limits=_interval(stored["gap_limits"]),
        ratio=Ratio(ratio[0], Interval(ratio[1], ratio[2]), ratio[3]) if ratio else None,
        not_receiving=stored["not_receiving"],
        composition=stored["composition"],
        parity=stored["parity"],
        signal=Signal(stored["signal"]),
    )


def _published_json(published: Published) -> list[object]:
    match published:
        case Shown(n, a):
            return ["shown", n, a]
        case TopBottom(n, code):
            return ["coded", n, code]
        case Suppressed(reason):
            return ["hidden", reason]
        case Empty():
            return ["empty"]


def _published_from(stored: Sequence[Any]) -> Published:
    match stored:
        case ["shown", n, a]:
            return Shown(n, a)
        case ["coded", n, code]:
            return TopBottom(n, Coded(code))
        case ["hidden", reason]:
            return Suppressed(Hidden(reason))
    return Empty()


def _limits(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None


def _interval(stored: Sequence[float] | None) -> Interval | None:
    return Interval(stored[0], stored[1]) if stored else None
