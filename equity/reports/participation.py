"""Aims for experiences as a page or a spreadsheet prints them: words and numbers, nothing left to compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equity.models import Participation
from equity.reports.csv import figures, figures_header
from equity.reports.screen import percent, whole
from equity.rules.report import EVERYONE, Row, Table, table_from
from equity.rules.suppression import Empty, Published, Shown, Suppressed, TopBottom
from equity.words import group_word, partition_word
from hsbp.words import GRADE_WORDS, aim_text
from mbl.core.models import District
from mbl.core.tabular import Cell
from mbl.core.words import state_word


@dataclass(frozen=True)
class PrintedAim:
    """One aim: what it asks, of whom, how many reached it, and how that stands beside the share aimed at."""

    row: Participation
    aim: str
    grade: str
    school: str
    students: str
    reached: str
    rate: str
    wanted: str
    answer: str
    tone: str
    note: str


def printed_aim(row: Participation, schools: Mapping[str, str]) -> PrintedAim:
    """``schools`` maps codes to names."""
    everyone = everyone_of(row)
    students = reached = rate = note = ""
    match everyone:
        case Shown(n, a):
            students, reached, rate = whole(n), whole(a), percent(everyone.rate)
        case TopBottom(n, code):
            students, note = whole(n), state_word(code)
        case Suppressed(reason):
            note = state_word(reason)
        case Empty():
            students, note = "0", _("No students")
    answer, tone = _answer(row, everyone)
    return PrintedAim(
        row=row,
        aim=aim_of(row),
        grade=str(GRADE_WORDS[row.grade]),
        school=schools.get(row.school, row.school) if row.school else _("All schools without an aim of their own"),
        students=students,
        reached=reached,
        rate=rate,
        wanted=f"{row.share * 100:.0f}%" if row.share is not None else "–",
        answer=answer,
        tone=tone,
        note=note,
    )


def _answer(row: Participation, everyone: Published) -> tuple[str, str]:
    """Whether the share aimed at is reached, as far as what is printed says so."""
    if row.share is None:
        return "", ""
    match everyone:
        case Shown():
            is_reached = everyone.rate >= row.share
        case TopBottom() if 0.05 < row.share <= 0.95:
            is_reached = everyone.code == ">95%"
        case _:
            return "", ""
    return (_("Reached"), "ok") if is_reached else (_("Not reached"), "attention")


def everyone_of(row: Participation) -> Published:
    """The total as it may be printed."""
    return table_from(row.school, "", row.kind, {"rows": [], "everyone": row.everyone}).everyone


def aim_of(row: Participation) -> str:
    """What it asks, with the kind in the reader's language."""
    name = row.translations.get((get_language() or "").split("-")[0]) or row.kind_name
    return aim_text(name, row.count, row.least_hours)


def table_of(row: Participation, partition: str) -> Table:
    """The groups of one partition; only where ``row.tables`` has it."""
    return table_from(row.school, partition, row.kind, row.tables[partition])


def header() -> list[str]:
    return [
        _("Aim"),
        _("Grade"),
        _("School"),
        _("Aimed at, percent"),
        _("Compared by"),
        _("Group"),
        _("Students"),
        _("Reached"),
        *figures_header(),
    ]


def rows(
    aims: Sequence[Participation], partitions: Sequence[str], district: District, schools: Mapping[str, str]
) -> Iterator[list[Cell]]:
    """The total of each aim, and its groups where they may be shown."""
    for row in aims:
        aim = printed_aim(row, schools)
        share = f"{row.share * 100:.0f}" if row.share is not None else ""
        place: list[Cell] = [aim.aim, aim.grade, aim.school, share]
        yield [*place, "", _("All students"), *figures(Row(EVERYONE, everyone_of(row)))]
        for partition in partitions:
            if partition in row.tables:
                for group in table_of(row, partition).rows:
                    word = str(group_word(partition, group.group, district))
                    yield [*place, str(partition_word(partition)), word, *figures(group)]
