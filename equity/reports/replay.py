"""The group tables of a replay as its page prints them: nothing left to compute in a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from equity.models import ReplayGroups
from equity.queries.replay_groups import MEASURES
from equity.reports.screen import percent, whole
from equity.rules.report import ANY, DISTRICT, EVERYONE, Table, table_from
from equity.rules.suppression import Empty, Published, Shown, Suppressed, TopBottom
from equity.words import group_word
from mbl.core.models import District
from mbl.core.words import state_word


@dataclass(frozen=True)
class PrintedCount:
    """So many students and their share; ``note`` in place of both where they are not printed."""

    number: str = ""
    share: str = ""
    note: str = ""


@dataclass(frozen=True)
class PrintedGroup:
    """One group with a count for each column that is shown. ``note``: the whole row is hidden, or empty."""

    group: str
    students: str
    counts: Mapping[str, PrintedCount]
    note: str
    is_hidden: bool
    is_total: bool


def partitions_of(groups: ReplayGroups) -> list[str]:
    """What the tables compare by, as they were kept."""
    return list(next(iter(groups.tables.values()), {}))


def printed(groups: ReplayGroups, partition: str, district: District) -> list[PrintedGroup]:
    """The rows of one partition, everyone last."""
    tables: dict[str, Table] = {
        column: table_from(DISTRICT, partition, ANY, groups.tables[column][partition])
        for column in MEASURES
        if column in groups.tables
    }
    by_group: dict[str, dict[str, Published]] = {}
    for column, table in tables.items():
        for row in table.rows:
            by_group.setdefault(row.group, {})[column] = row.published
        by_group.setdefault(EVERYONE, {})[column] = table.everyone
    everyone = by_group.pop(EVERYONE, {})
    rows = [_row(str(group_word(partition, group, district)), cells) for group, cells in by_group.items()]
    return [*rows, _row(_("All students with a decision"), everyone, is_total=True)]


def _row(name: str, cells: Mapping[str, Published], *, is_total: bool = False) -> PrintedGroup:
    hidden = next((cell for cell in cells.values() if isinstance(cell, Suppressed)), None)
    if hidden is not None:
        return PrintedGroup(name, "", {}, state_word(hidden.reason), True, is_total)
    counts = {column: _count(cell) for column, cell in cells.items()}
    known = next((cell.n for cell in cells.values() if isinstance(cell, Shown | TopBottom)), 0)
    return PrintedGroup(name, whole(known), counts, "" if known else _("No students"), False, is_total)


def _count(cell: Published) -> PrintedCount:
    match cell:
        case Shown(_n, number):
            return PrintedCount(whole(number), percent(cell.rate))
        case TopBottom(_n, code):
            return PrintedCount(note=state_word(code))
        case Empty():
            return PrintedCount("0")
    raise AssertionError("A hidden row has no counts.")
