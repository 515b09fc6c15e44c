"""Figures drawn on the server as SVG: ``interval``, ``stages``, ``trend`` and ``stacked_bars``, and ``qr_code``.

A value is a number or ``Hidden`` with its reason in words, so a withheld figure cannot be drawn by accident. Every
figure stands beside the table of the same data: unnamed it is hidden from readers, with a ``name`` it is one image
whose name is that sentence. Axes run from left to right in every language. Colours are attributes
(``mbl.core.ui.tokens``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import segno
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from mbl.core.ui import tokens
from mbl.core.ui.text import Text

EMPTY = SafeString("")


@dataclass(frozen=True)
class Hidden:
    """A value that is not shown, and why: "fewer than 10 students"."""

    reason: Text


Value = float | Hidden

# Shape and colour of an interval's point by signal: both differ, so neither is needed alone.
SIGNALS = {
    "": ("circle", tokens.SERIES[0]),
    "attention": ("diamond", tokens.SERIES[1]),
    "urgent": ("square", tokens.URGENT),
}
DASHES = ("", "8 4", "2 4", "8 3 2 3")
POINTS = ("circle", "diamond", "square", "triangle")


@dataclass(frozen=True)
class Key:
    """One entry of a legend."""

    label: Text
    color: str

    @property
    def swatch(self) -> SafeString:
        return format_html(
            '<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><rect width="14" height="14" rx="3" '
            'fill="{}"/></svg>',
            self.color,
        )


@dataclass(frozen=True)
class Series:
    """One line of a trend: a value a label; a hidden value leaves a gap."""

    label: Text
    values: Sequence[Value]


@dataclass(frozen=True)
class Stage:
    """One stage for two groups, each the share (0 to 1) of those who could have reached it."""

    label: Text
    first: Value
    second: Value


@dataclass(frozen=True)
class Part:
    """One part of a stacked bar, in the bar's unit."""

    label: Text
    value: float
    color: str


@dataclass(frozen=True)
class Bar:
    """One stacked bar, or the reason why its parts are hidden."""

    label: Text
    parts: Sequence[Part] | Hidden


def interval(
    share: Value,
    low: float,
    high: float,
    *,
    maximum: float,
    reference: float | None = None,
    tone: str = "",
    name: Text = "",
) -> SafeString:
    """A rate with its 95% Wilson interval as one row of a table, on a scale from 0 to ``maximum`` shared by all rows.

    ``share``, ``low``, ``high``, ``reference`` and ``maximum`` are shares of 1. ``tone`` is the signal: none,
    ``attention`` or ``urgent``. A hidden share draws the hatch only; its reason is printed by whoever places the
    figure.
    """
    width, height, middle = 280, 56, 28
    if isinstance(share, Hidden):
        return _svg(width, height, _hatch(0, middle - 6, width, 12), name, css="interval")
    if not 0 <= low <= share <= high:
        raise ValueError(f"An interval runs around its share: {low}, {share}, {high} does not.")
    shape, color = SIGNALS[tone]
    x = _scale(maximum, 10, width - 10)
    body = [
        format_html(
            '<path d="M{} {}v10M{} {}v10" stroke="{}" stroke-width="1.5"/>',
            _n(x(low)),
            middle - 5,
            _n(x(high)),
            middle - 5,
            color,
        ),
        _line(x(low), middle, x(high), middle, color, 3),
        _point(shape, x(share), middle, color),
    ]
    if reference is not None:
        body.insert(0, _line(x(reference), 0, x(reference), height, tokens.INK_3, 1, "2 3"))
    return _svg(width, height, _join(body), name, css="interval")


def interval_scale(maximum: float, label_of: Callable[[float], Text], *, steps: int = 3) -> SafeString:
    """The head of an interval column: ticks from 0 to ``maximum``, labelled by ``label_of`` (a share to "10%")."""
    width, height = 280, 26
    x = _scale(maximum, 10, width - 10)
    ticks = [maximum * step / steps for step in range(steps + 1)]
    body = [
        format_html(
            "{}{}",
            _text(x(at), 12, label_of(at), "end" if at == maximum else "middle"),
            _line(x(at), 18, x(at), 26, tokens.LINE_STRONG, 1),
        )
        for at in ticks
    ]
    return _svg(width, height, _join(body), "", css="interval")


def stages(
    rows: Sequence[Stage], *, hidden_word: Text, percent: Callable[[float], Text], name: Text = ""
) -> SafeString:
    """Paired bars, stage by stage: where a gap opens. Hidden values are hatched and say ``hidden_word``."""
    width, row, start, end = 640, 44, 190, 560
    body = []
    for index, stage in enumerate(rows):
        top = index * row
        body.append(_text(0, top + 26, stage.label, "start"))
        for offset, value, color in ((8, stage.first, tokens.SERIES[1]), (22, stage.second, tokens.SERIES[0])):
            if isinstance(value, Hidden):
                body.append(_hatch(start, top + offset, 120, 11))
                body.append(_text(start + 128, top + offset + 10, hidden_word, "start", size=12))
            else:
                length = (end - start) * value
                body.append(_rect(start, top + offset, length, 11, color))
                body.append(_text(start + length + 8, top + offset + 10, percent(value), "start", size=12))
    return _svg(width, max(row * len(rows), 1), _join(body), name)


def stage_bar(first: Value, second: Value) -> SafeString:
    """One stage's pair of bars for a table cell, each a share of 1; a hidden value is hatched."""
    body = [
        _hatch(0, top, 300, 8) if isinstance(value, Hidden) else _rect(0, top, 300 * value, 8, color)
        for top, value, color in ((2, first, tokens.SERIES[1]), (12, second, tokens.SERIES[0]))
    ]
    return _svg(300, 22, _join(body), "", css="stages-bar", stretch=True)


def trend(
    series: Sequence[Series],
    labels: Sequence[Text],
    *,
    maximum: float,
    label_of: Callable[[float], Text],
    name: Text = "",
) -> SafeString:
    """Up to four lines over the same labels, from zero; a gap where a value is hidden, the line's name at its end."""
    if not 1 <= len(series) <= len(tokens.SERIES):
        raise ValueError("A trend shows one to four lines; with more, draw small multiples.")
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"{one.label} has {len(one.values)} values for {len(labels)} labels.")
    width, height, top, bottom, start, end = 640, 260, 16, 220, 56, 500
    y = _scale(maximum, bottom, top)
    step = (end - start) / max(len(labels) - 1, 1)
    body = []
    for part in range(5):
        at = maximum * part / 4
        body.append(_line(start, y(at), end, y(at), tokens.LINE, 1))
        body.append(_text(start - 8, y(at) + 4, label_of(at), "end", size=12))
    body += [_text(start + step * index, bottom + 22, label, "middle", size=12) for index, label in enumerate(labels)]
    taken: list[float] = []
    for index, one in enumerate(series):
        color = tokens.SERIES[index]
        points = [None if isinstance(v, Hidden) else (start + step * i, y(v)) for i, v in enumerate(one.values)]
        for run in _runs(points):
            if len(run) > 1:
                path = "M" + "L".join(f"{_n(px)} {_n(py)}" for px, py in run)
                body.append(
                    format_html(
                        '<path d="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"/>',
                        path,
                        color,
                        DASHES[index],
                    )
                )
            body += [_point(POINTS[index], px, py, color) for px, py in run]
        drawn = [point for point in points if point is not None]
        if drawn:
            at = _free(drawn[-1][1] + 4, taken)
            body.append(_text(drawn[-1][0] + 12, at, one.label, "start", color=color, weight=600))
    return _svg(width, height, _join(body), name)


def stacked_bars(bars: Sequence[Bar], *, total: float, name: Text = "") -> SafeString:
    """Bars made of parts, on one scale from 0 to ``total``; white gaps keep neighbours apart in grey printing."""
    width, row, start = 640, 34, 190
    x = _scale(total, 0, width - start)
    body = []
    for index, bar in enumerate(bars):
        top = index * row + 6
        body.append(_text(0, top + 16, bar.label, "start"))
        if isinstance(bar.parts, Hidden):
            body.append(_hatch(start, top, 120, 22))
            body.append(_text(start + 130, top + 16, bar.parts.reason, "start", size=13))
            continue
        at = 0.0
        for part in bar.parts:
            length = max(x(part.value) - 1, 0)
            body.append(_rect(start + x(at), top, length, 22, part.color, outline=True))
            at += part.value
    return _svg(width, max(row * len(bars), 1), _join(body), name)


# --- Inside ---------------------------------------------------------------------------------------------------------
def _svg(width: int, height: int, body: SafeString, name: Text, *, css: str = "", stretch: bool = False) -> SafeString:
    return format_html(
        '<svg{} viewBox="0 0 {} {}" width="{}" height="{}" direction="ltr"{}{}>{}</svg>',
        format_html(' class="{}"', css) if css else EMPTY,
        width,
        height,
        width,
        height,
        SafeString(' preserveAspectRatio="none"') if stretch else EMPTY,
        format_html(' role="img" aria-label="{}"', name) if name else SafeString(' aria-hidden="true"'),
        body,
    )


def _scale(maximum: float, start: float, end: float) -> Callable[[float], float]:
    if maximum <= 0:
        raise ValueError("A scale runs from zero to a number above zero.")
    return lambda value: start + (end - start) * min(value, maximum) / maximum


def _free(wanted: float, taken: list[float]) -> float:
    """The nearest height at or under ``wanted`` where a label does not cover another."""
    while any(abs(wanted - other) < 16 for other in taken):
        wanted += 16
    taken.append(wanted)
    return wanted


def _runs(points: Iterable[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _join(body: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in body))


def _line(x1: float, y1: float, x2: float, y2: float, color: str, width: float, dash: str = "") -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"{}/>',
        _n(x1),
        _n(y1),
        _n(x2),
        _n(y2),
        color,
        width,
        format_html(' stroke-dasharray="{}"', dash) if dash else EMPTY,
    )


def _rect(x: float, y: float, width: float, height: float, color: str, *, outline: bool = False) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"{}/>',
        _n(x),
        _n(y),
        _n(width),
        _n(height),
        color,
        format_html(' stroke="{}" stroke-width="1"', tokens.LINE_STRONG) if outline else EMPTY,
    )


def _text(
    x: float, y: float, words: Text, anchor: str, *, size: int = 15, color: str = tokens.INK_2, weight: int = 400
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" font-size="{}" font-weight="{}" fill="{}">{}</text>',
        _n(x),
        _n(y),
        anchor,
        size,
        weight,
        color,
        words,
    )


def _point(shape: str, x: float, y: float, color: str) -> SafeString:
    edge = format_html('fill="{}" stroke="{}" stroke-width="1.5"', color, tokens.SURFACE)
    if shape == "circle":
        return format_html('<circle cx="{}" cy="{}" r="5.5" {}/>', _n(x), _n(y), edge)
    if shape == "square":
        return format_html('<rect x="{}" y="{}" width="10" height="10" {}/>', _n(x - 5), _n(y - 5), edge)
    if shape == "diamond":
        return format_html('<path d="M{} {}l6.5 6.5-6.5 6.5-6.5-6.5z" {}/>', _n(x), _n(y - 6.5), edge)
    return format_html('<path d="M{} {}l6 11h-12z" {}/>', _n(x), _n(y - 6.5), edge)


def _hatch(x: float, y: float, width: float, height: float) -> SafeString:
    """Light slanted lines: something is here and is not shown."""
    lines = "".join(
        f"M{_n(x + at)} {_n(y + height)}l{_n(height)} -{_n(height)}" for at in range(0, int(width - height), 8)
    )
    return format_html('<path d="{}" stroke="{}" stroke-width="1"/>', lines, tokens.LINE_STRONG)


def qr_code(text: str, label: str, *, css_class: str) -> SafeString:
    """``text`` as a square code with a name for readers."""
    code = segno.make(text, error="m", micro=False)
    drawing = code.svg_inline(border=2, omitsize=True, title=label, svgclass=css_class, lineclass=None)
    return mark_safe(drawing)  # noqa: S308  (segno escapes the title)
