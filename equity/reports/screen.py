"""Rows as a page or a PDF prints them: words and drawn intervals, nothing left to compute in a template."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from equity.rules.flags import Signal
from equity.rules.report import Row, Table
from equity.rules.suppression import Empty, Shown, Suppressed, TopBottom
from equity.words import SIGNAL_WORDS, group_word
from mbl.core.figures import Hidden as NotDrawn
from mbl.core.figures import interval, interval_scale
from mbl.core.models import District
from mbl.core.words import state_word


@dataclass(frozen=True)
class PrintedRow:
    """One group. Empty texts are blanks with a reason in ``note``."""

    group: str
    students: str
    received: str
    rate: str
    limits: str
    figure: SafeString
    gap: str
    ratio: str
    more: str
    signal: str
    tone: str
    note: str
    is_hidden: bool


@dataclass(frozen=True)
class PrintedTable:
    """One table with its total, its scale and the findings in sentences."""

    rows: tuple[PrintedRow, ...]
    everyone: PrintedRow
    scale: SafeString
    findings: tuple[PrintedFinding, ...]
    sentence: str


@dataclass(frozen=True)
class PrintedFinding:
    """A group that asks for a look, said about access and never about students."""

    sentence: str
    tone: str


def printed(table: Table, district: District) -> PrintedTable:
    """The table in the reader's language."""
    shown = [row for row in table.rows if row.interval is not None]
    top = max([0.1, *(row.interval.high for row in shown if row.interval is not None)])
    # The scale ends on a multiple of 15%, so that its three ticks are whole percents.
    maximum = min(1.05, ceil(top / 0.15) * 0.15)
    reference = table.everyone.rate if isinstance(table.everyone, Shown) else None
    rows = tuple(
        _row(row, str(group_word(table.partition, row.group, district)), maximum, reference) for row in table.rows
    )
    return PrintedTable(
        rows=rows,
        everyone=_row(Row("", table.everyone), _("All students"), maximum, None),
        scale=interval_scale(maximum, _tick),
        findings=tuple(_finding(row, str(group_word(table.partition, row.group, district))) for row in table.findings),
        sentence=_sentence(table),
    )


def percent(share: float) -> str:
    """``0.15`` as "15.0%"."""
    return f"{number_format(share * 100, decimal_pos=1)}%"


def _tick(share: float) -> str:
    return f"{share * 100:.0f}%"


def whole(number: int) -> str:
    """``2000`` as "2,000"."""
    return number_format(number, force_grouping=True)


def _sentence(table: Table) -> str:
    everyone = table.everyone
    if isinstance(everyone, Shown):
        return _("%(received)s of %(students)s students (%(rate)s) received at least one mastery credit.") % {
            "received": whole(everyone.a),
            "students": whole(everyone.n),
            "rate": percent(everyone.rate),
        }
    if isinstance(everyone, TopBottom):
        return _("%(rate)s of %(students)s students received mastery credit.") % {
            "rate": state_word(everyone.code),
            "students": whole(everyone.n),
        }
    if isinstance(everyone, Empty):
        return _("No students were enrolled here in grades 9 to 12 in this year.")
    return state_word(everyone.reason) + "."


def _row(row: Row, group: str, maximum: float, reference: float | None) -> PrintedRow:
    published = row.published
    students = received = rate = limits = note = ""
    figure = interval(NotDrawn(""), 0, 0, maximum=maximum)
    match published:
        case Shown(n, a):
            students, received, rate = whole(n), whole(a), percent(published.rate)
            if row.interval is not None:
                limits = _("%(low)s to %(high)s") % {
                    "low": number_format(row.interval.low * 100, decimal_pos=1),
                    "high": number_format(row.interval.high * 100, decimal_pos=1),
                }
                figure = interval(
                    published.rate,
                    row.interval.low,
                    row.interval.high,
                    maximum=maximum,
                    reference=reference,
                    tone=_tone(row.signal),
                )
            else:
                figure = SafeString("")
        case TopBottom(n, code):
            students, note = whole(n), state_word(code)
        case Suppressed(reason):
            note = state_word(reason)
        case Empty():
            students, note, figure = "0", _("No students"), SafeString("")
    return PrintedRow(
        group=group,
        students=students,
        received=received,
        rate=rate,
        limits=limits,
        figure=figure,
        gap=_points(row.gap),
        ratio=number_format(row.ratio.value, decimal_pos=2) if row.ratio else "",
        more=whole(row.parity) if row.parity else "",
        signal="" if isinstance(published, Empty) else state_word(row.signal),
        tone=_tone(row.signal),
        note=note,
        is_hidden=isinstance(published, Suppressed | TopBottom),
    )


def _points(gap: float | None) -> str:
    if gap is None:
        return ""
    text = number_format(abs(gap) * 100, decimal_pos=1)
    return f"−{text}" if gap < 0 else f"+{text}"


def _tone(signal: Signal) -> str:
    word = SIGNAL_WORDS[signal]
    return word[1] if isinstance(word, tuple) else ""


def _finding(row: Row, group: str) -> PrintedFinding:
    assert row.ratio is not None
    values = {"group": group, "ratio": number_format(row.ratio.value, decimal_pos=2)}
    if row.signal == Signal.REVIEW and row.ratio.value < 1:
        sentence = _(
            "An opportunity gap to review: the group “%(group)s” received mastery credit at %(ratio)s times the rate "
            "of all other students."
        )
    elif row.signal == Signal.REVIEW:
        sentence = _(
            "A difference to review: the group “%(group)s” received mastery credit at %(ratio)s times the rate of all "
            "other students."
        )
    else:
        sentence = _(
            "One to watch: the rate of the group “%(group)s” is %(ratio)s times that of all other students, and "
            "chance could explain it."
        )
    return PrintedFinding(sentence % values, _tone(row.signal))
