"""The report as one table for a spreadsheet: every school, subject and group, hidden cells with their reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from crediting.words import subject_word
from equity.rules.report import DISTRICT, EVERYONE, Row, Table
from equity.rules.suppression import Empty, Published, Shown, Suppressed, TopBottom
from equity.words import group_word, partition_word
from mbl.core.models import District
from mbl.core.tabular import Cell
from mbl.core.words import state_word


def header() -> list[str]:
    return [
        _("School"),
        _("Compared by"),
        _("Group"),
        _("Subject"),
        _("Students"),
        _("Received"),
        *figures_header(),
    ]


def figures_header() -> list[str]:
    """What follows the two counts, here and in the table of experiences."""
    return [
        _("Rate, percent"),
        _("Rate, lower limit"),
        _("Rate, upper limit"),
        _("Gap to all other students, points"),
        _("Ratio to all other students"),
        _("Ratio, lower limit"),
        _("Ratio, upper limit"),
        _("Ratio of not receiving"),
        _("Share of recipients less share of students, points"),
        _("More students to match the others"),
        _("Signal"),
        _("Note"),
    ]


def rows(tables: Sequence[Table], district: District, schools: Mapping[str, str]) -> Iterator[list[Cell]]:
    """One row for each group of each table, and one for everyone. ``schools`` maps codes to names."""
    for table in tables:
        place: list[Cell] = [
            schools.get(table.school, table.school) if table.school != DISTRICT else _("All schools"),
            str(partition_word(table.partition)),
        ]
        subject = subject_word(table.subject) if table.subject else _("Any subject")
        for row in table.rows:
            yield [*place, str(group_word(table.partition, row.group, district)), subject, *figures(row)]
        yield [*place, _("All students"), subject, *figures(Row(EVERYONE, table.everyone))]


def figures(row: Row) -> list[Cell]:
    """The counts and measures of a group, or why there are none."""
    students, received, rate, note = _published(row.published)
    ratio, limits = row.ratio, row.interval
    return [
        students,
        received,
        rate,
        _percent(limits.low) if limits else "",
        _percent(limits.high) if limits else "",
        _percent(row.gap) if row.gap is not None else "",
        f"{ratio.value:.2f}" if ratio else "",
        f"{ratio.limits.low:.2f}" if ratio else "",
        f"{ratio.limits.high:.2f}" if ratio else "",
        f"{row.not_receiving:.2f}" if row.not_receiving is not None else "",
        f"{row.composition:.1f}" if row.composition is not None else "",
        row.parity if row.parity is not None else "",
        "" if row.group == EVERYONE else state_word(row.signal),
        note,
    ]


def _published(published: Published) -> tuple[Cell, Cell, Cell, str]:
    match published:
        case Shown(n, a):
            return n, a, _percent(published.rate), ""
        case TopBottom(n, code):
            return n, "", "", state_word(code)
        case Suppressed(reason):
            return "", "", "", state_word(reason)
        case Empty():
            return 0, "", "", _("No students")


def _percent(share: float) -> str:
    return f"{share * 100:.1f}"
