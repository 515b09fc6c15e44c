"""Rows as a page or a PDF prints them: words and drawn intervals, nothing left to compute in a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from equity.rules.flags import LASTING, Signal, lasts
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
    gap_limits: str
    ratio: str
    ratio_limits: str
    not_receiving: str
    composition: str
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
    # What "Compared with" is followed by.
    against: str


@dataclass(frozen=True)
class PrintedFinding:
    """A group that asks for a look, said about access and never about students."""

    sentence: str
    tone: str


@dataclass(frozen=True)
class PrintedYears:
    """Rates of the same table over the years, oldest first, and which differences last."""

    years: tuple[str, ...]
    rows: tuple[PrintedYearsRow, ...]


@dataclass(frozen=True)
class PrintedYearsRow:
    """One group: each year's rate, or why there is none, with its signal."""

    group: str
    cells: tuple[tuple[str, str, str], ...]
    lasts: bool


def printed_years(tables: Mapping[int, Table], district: District) -> PrintedYears:
    """``tables`` by the ending year of the school year; a year without a snapshot says so."""
    newest = max(tables)
    span = range(newest - LASTING + 1, newest + 1)
    found = {year: {row.group: row for row in table.rows} for year, table in tables.items()}
    rows = []
    for row in tables[newest].rows:
        past = [found.get(year, {}).get(row.group) for year in span]
        signals = [(one.signal, one.ratio.value if one.ratio else None) for one in past if one is not None]
        rows.append(
            PrintedYearsRow(
                str(group_word(tables[newest].partition, row.group, district)),
                tuple(_year_cell(one) for one in past),
                lasts(signals) if len(signals) == len(past) else False,
            )
        )
    return PrintedYears(tuple(f"{year - 1}–{year % 100:02}" for year in span), tuple(rows))


def _year_cell(row: Row | None) -> tuple[str, str, str]:
    """Rate or reason, and the signal with its tone where it asks for a look."""
    if row is None:
        return _("Not counted"), "", ""
    match row.published:
        case Shown() as shown:
            text = percent(shown.rate)
        case TopBottom(_n, code):
            text = state_word(code)
        case Suppressed():
            text = _("Hidden")
        case Empty():
            text = _("No students")
    looks = row.signal in {Signal.REVIEW, Signal.WATCH}
    return text, state_word(row.signal) if looks else "", _tone(row.signal) if looks else ""


def printed(table: Table, district: District) -> PrintedTable:
    """The table in the reader's language."""
    shown = [row for row in table.rows if row.interval is not None]
    top = max([0.1, *(row.interval.high for row in shown if row.interval is not None)])
    # The scale ends on a multiple of 15%, so that its three ticks are whole percents.
    maximum = min(1.05, ceil(top / 0.15) * 0.15)
    reference = table.everyone.rate if isinstance(table.everyone, Shown) else None
    rows = tuple(
        _row(
            row,
            str(group_word(table.partition, row.group, district)),
            maximum,
            reference,
            is_reference=bool(table.against) and row.group == table.against,
        )
        for row in table.rows
    )
    against = str(group_word(table.partition, table.against, district)) if table.against else _("all others")
    return PrintedTable(
        rows=rows,
        everyone=_row(Row("", table.everyone), _("All students"), maximum, None),
        scale=interval_scale(maximum, _tick) if shown else SafeString(""),
        findings=tuple(
            _finding(row, str(group_word(table.partition, row.group, district)), against if table.against else "")
            for row in table.findings
        ),
        sentence=_sentence(table),
        against=against,
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


def _row(row: Row, group: str, maximum: float, reference: float | None, *, is_reference: bool = False) -> PrintedRow:
    published = row.published
    students = received = rate = limits = note = ""
    figure = interval(NotDrawn(""), 0, 0, maximum=maximum)
    match published:
        case Shown(n, a):
            students, received, rate = whole(n), whole(a), percent(published.rate)
            if row.interval is not None:
                limits = _between(
                    number_format(row.interval.low * 100, decimal_pos=1),
                    number_format(row.interval.high * 100, decimal_pos=1),
                )
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
        gap_limits=_between(_points(row.gap_limits.low), _points(row.gap_limits.high)) if row.gap_limits else "",
        ratio=_two(row.ratio.value) if row.ratio else "",
        ratio_limits=_between(_two(row.ratio.limits.low), _two(row.ratio.limits.high)) if row.ratio else "",
        not_receiving=_two(row.not_receiving) if row.not_receiving is not None else "",
        composition=_points(row.composition / 100) if row.composition is not None else "",
        more=whole(row.parity) if row.parity else "",
        signal=_("The group compared with")
        if is_reference
        else ""
        if isinstance(published, Empty)
        else state_word(row.signal),
        tone=_tone(row.signal),
        note=note,
        is_hidden=isinstance(published, Suppressed | TopBottom),
    )


def _between(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _two(ratio: float) -> str:
    return number_format(ratio, decimal_pos=2)


def _points(gap: float | None) -> str:
    if gap is None:
        return ""
    text = number_format(abs(gap) * 100, decimal_pos=1)
    return f"−{text}" if gap < 0 else f"+{text}"


def _tone(signal: Signal) -> str:
    word = SIGNAL_WORDS[signal]
    return word[1] if isinstance(word, tuple) else ""


def _finding(row: Row, group: str, against: str) -> PrintedFinding:
    assert row.ratio is not None
    values = {"group": group, "ratio": _two(row.ratio.value), "against": against}
    if against:
        sentence = (
            _("To review: the rate of the group “%(group)s” is %(ratio)s times that of the group “%(against)s”.")
            if row.signal == Signal.REVIEW
            else _(
                "One to watch: the rate of the group “%(group)s” is %(ratio)s times that of the group “%(against)s”, "
                "and chance could explain it."
            )
        )
    elif row.signal == Signal.REVIEW and row.ratio.value < 1:
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
