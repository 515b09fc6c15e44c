"""Reports read back from snapshots. Everything that is shown or leaves comes through here, hidden where it must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from equity.models import EquitySnapshot, EquityTable
from equity.queries.counts import IN, NOT_TOLD, OUT, PROGRAMS, RACE
from equity.rules.flags import LASTING, Thresholds
from equity.rules.report import Fact, HiddenKey, Report, Table, build, table_from
from equity.rules.suppression import Hidden
from equity.rules.views import GENDER, VIEWS, order
from mbl.core.models import District
from profiles.models import School
from profiles.queries.rollups import rollups
from profiles.rules.rollup import Group


def latest(district: District, school_year: int) -> EquitySnapshot | None:
    """The newest snapshot of the year."""
    return (
        EquitySnapshot.objects.filter(district=district, school_year=school_year)
        .select_related("district", "taken_by")
        .defer("facts", "hidden")
        .order_by("-taken_at", "-pk")
        .first()
    )


def years(district: District) -> list[int]:
    """School years that have a snapshot, newest first."""
    found = EquitySnapshot.objects.filter(district=district).order_by().values_list("school_year", flat=True)
    return sorted(set(found), reverse=True)


def stored(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Facts as a snapshot keeps them."""
    return [
        {
            "school": fact.school,
            "partition": fact.partition,
            "group": fact.group,
            "students": fact.students,
            "recipients": dict(fact.recipients),
        }
        for fact in facts
    ]


def facts_of(snapshot: EquitySnapshot) -> list[Fact]:
    """Raw counts: for building the report, and for the screen of exact counts."""
    return [Fact(**fact) for fact in snapshot.facts]


def groups_of(snapshot: EquitySnapshot) -> dict[str, list[str]]:
    """Partitions with their groups in the order they are shown."""
    return groups_in(facts_of(snapshot), snapshot.rollup_version)


def groups_in(facts: Iterable[Fact], rollup_version: str) -> dict[str, list[str]]:
    """The same for raw counts."""
    known = {str(group) for group in rollups()[rollup_version].summary.values()}
    always = {Group.HISPANIC, Group.TWO_OR_MORE, Group.NOT_PROVIDED}
    race = [str(group) for group in Group if group in known or group in always]
    found: dict[str, set[str]] = {partition: set() for partition in (GENDER, *VIEWS)}
    for fact in facts:
        if fact.partition in found:
            found[fact.partition].add(fact.group)
    gender = sorted(found[GENDER], key=lambda group: (group == NOT_TOLD, group))
    further = {view: order(found[view], view) for view in VIEWS} | {GENDER: gender}
    return (
        {RACE: race}
        | {partition: groups for partition, groups in further.items() if groups}
        | {str(program): [IN, OUT] for program in PROGRAMS}
    )


def build_report(snapshot: EquitySnapshot, hidden_before: Mapping[HiddenKey, Hidden]) -> Report:
    """Every table of a snapshot as it may be printed, given what other reports of the year hide."""
    return build(
        facts_of(snapshot),
        groups=groups_of(snapshot),
        thresholds=Thresholds(**snapshot.thresholds),
        hidden_before=hidden_before,
    )


def read_table(snapshot: EquitySnapshot, *, school: str = "", partition: str = RACE, subject: str = "") -> Table | None:
    """One table of a snapshot; None where it has none of that school, partition or subject."""
    row = EquityTable.objects.filter(snapshot=snapshot, school=school, partition=partition, subject=subject).first()
    return _table(row) if row else None


def earlier_years(
    snapshot: EquitySnapshot, *, school: str = "", partition: str = RACE, subject: str = ""
) -> dict[int, Table]:
    """The same table in the newest snapshot of each year before that a lasting difference needs. One trip."""
    year = snapshot.school_year
    rows = (
        EquityTable.objects.filter(
            snapshot__district=snapshot.district_id,
            snapshot__school_year__range=(year - LASTING + 1, year - 1),
            school=school,
            partition=partition,
            subject=subject,
        )
        .order_by("snapshot__school_year", "-snapshot__taken_at", "-snapshot_id")
        .distinct("snapshot__school_year")
        .select_related("snapshot")
        .defer("snapshot__facts", "snapshot__hidden")
    )
    return {row.snapshot.school_year: _table(row) for row in rows}


def read_tables(snapshot: EquitySnapshot) -> list[Table]:
    """All tables of a snapshot, by partition, school and subject."""
    return [
        _table(row) for row in EquityTable.objects.filter(snapshot=snapshot).order_by("partition", "school", "subject")
    ]


def school_names(district: District) -> dict[str, str]:
    """Names of the district's schools by code."""
    return dict(School.objects.filter(district=district).order_by("name").values_list("code", "name"))


def schools_of(snapshot: EquitySnapshot) -> list[str]:
    """Codes of the schools that the snapshot has tables for."""
    found = EquityTable.objects.filter(snapshot=snapshot, partition=RACE, subject="").exclude(school="")
    return list(found.order_by("school").values_list("school", flat=True))


def offered(snapshot: EquitySnapshot) -> tuple[list[str], list[str]]:
    """What the snapshot compares by (race and ethnicity with its further views, gender, programs), and the subjects in
    which anybody received credit, as far as the tables have them. One trip."""
    found = EquityTable.objects.filter(snapshot=snapshot, school="").order_by("subject")
    there = list(found.values_list("partition", "subject"))
    partitions = {partition for partition, _subject in there}
    subjects = [subject for partition, subject in there if partition == RACE and subject]
    return [one for one in (RACE, *VIEWS, GENDER, *map(str, PROGRAMS)) if one in partitions], subjects


def _table(row: EquityTable) -> Table:
    return table_from(row.school, row.partition, row.subject, row.content)
