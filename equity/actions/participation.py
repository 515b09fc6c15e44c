"""Count with each snapshot who reached the year's aims for experiences, hide what must be hidden, keep the rest.

The groups are protected together with the equity report's own: a grade is a part of it, so what the report hides of
everybody is not given away by adding up grades, nor the other way round. An aim can be aimed at somebody:
``rules.participation`` says when its groups are not shown. Then those that an earlier snapshot showed for the same aim
stay, with their day; where there are none, only the total is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from equity.models import EquitySnapshot, Participation
from equity.queries import participation as queries
from equity.queries.counts import HIGH_SCHOOL, RACE, year_of
from equity.queries.replay_groups import reported_sets
from equity.queries.report import groups_in
from equity.rules.flags import Thresholds
from equity.rules.participation import groups_may_be_shown, places
from equity.rules.report import HiddenKey, Report, build, table_json
from equity.rules.suppression import Hidden
from mbl.core.models import District


@dataclass(frozen=True)
class Counted:
    """What a snapshot is to keep, and everything that it and its report hide."""

    hidden: Mapping[HiddenKey, Hidden]
    rows: list[Participation] = field(default_factory=list)


def count_participation(
    district: District, school_year: int, rollup: str, thresholds: Thresholds, hidden: Mapping[HiddenKey, Hidden]
) -> Counted:
    """The year's aims as they stand now. ``hidden`` is what the equity report of the same snapshot hides."""
    raw = queries.took_part(district, school_year, rollup)
    if not raw.facts:
        return Counted(hidden)
    report = build(
        raw.facts,
        groups=groups_in(raw.facts, rollup),
        thresholds=thresholds,
        hidden_before=hidden,
        within=raw.within,
        is_part=True,
    )
    before = queries.shown_before(district, school_year)
    shown = list({frozenset(one.reached) for one in before})
    reported = reported_sets(district, *year_of(school_year))
    where = places(HIGH_SCHOOL, set(raw.within.values()))
    made = []
    for (place, kind), target in raw.aims.items():
        if not raw.counted[place]:
            continue
        grade, school = where[place]
        row = Participation(
            kind=kind,
            kind_name=target.kind.name,
            translations=target.kind.translations,
            grade=grade,
            school=school,
            count=target.count,
            least_hours=target.least_hours,
            share=target.share,
            everyone=table_json(report.tables[place, RACE, kind])["everyone"],
        )
        reached = raw.reached[place, kind]
        if groups_may_be_shown(raw.counted[place], reached, shown=shown, reported=reported):
            row.tables, row.reached = _tables(report, place, kind), sorted(reached)
            shown.append(frozenset(reached))
        elif (first := next((one for one in before if one.terms == row.terms), None)) is not None:
            row.tables, row.reached = first.tables, first.reached
            row.groups_at = first.groups_at or first.snapshot.taken_at
        made.append(row)
    return Counted(report.hidden, made)


def keep_participation(snapshot: EquitySnapshot, counted: Counted) -> None:
    """Write the rows of a snapshot that is saved."""
    for row in counted.rows:
        row.snapshot = snapshot
    Participation.objects.bulk_create(counted.rows)


def _tables(report: Report, place: str, kind: str) -> dict[str, Any]:
    return {
        partition: table_json(table)
        for (where, partition, subject), table in report.tables.items()
        if (where, subject) == (place, kind)
    }
