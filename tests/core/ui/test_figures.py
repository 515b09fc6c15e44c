"""Figures: true to their numbers, and unable to draw a hidden one."""

import re
from xml.etree import ElementTree

import pytest

from mbl.core.figures import (
    Bar,
    Hidden,
    Part,
    Series,
    Stage,
    interval,
    interval_scale,
    stacked_bars,
    stage_bar,
    stages,
    trend,
)
from mbl.core.ui import tokens

HIDDEN = Hidden("Hidden: fewer than 10 students")


def percent(share: float) -> str:
    return f"{share:.0%}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag == "text"]


def test_interval_stands_where_its_numbers_say() -> None:
    svg = interval(0.15, 0.10, 0.20, maximum=0.30, reference=0.15)
    line = re.search(r'<line x1="([\d.]+)" y1="28" x2="([\d.]+)"', svg)
    point = re.search(r'<circle cx="([\d.]+)"', svg)
    assert line is not None
    assert point is not None
    assert [float(line[1]), float(point[1]), float(line[2])] == [96.7, 140.0, 183.3]


def test_signals_differ_in_shape_and_in_colour() -> None:
    drawn = [interval(0.15, 0.10, 0.20, maximum=0.3, tone=tone) for tone in ("", "attention", "urgent")]
    assert "<circle" in drawn[0]
    assert "<circle" not in drawn[1]
    assert "<rect" in drawn[2]
    assert len({re.search(r'stroke="(#\w+)" stroke-width="3"', svg)[1] for svg in drawn}) == 3  # type: ignore[index]


def test_interval_that_does_not_hold_its_share_is_refused() -> None:
    with pytest.raises(ValueError, match="runs around its share"):
        interval(0.30, 0.10, 0.20, maximum=0.3)


@pytest.mark.parametrize(
    "svg",
    [
        interval(HIDDEN, 0, 0, maximum=0.3),
        stage_bar(HIDDEN, HIDDEN),
        stages([Stage("Told", HIDDEN, HIDDEN)], hidden_word="hidden", percent=percent),
        stacked_bars([Bar("Biology", HIDDEN)], total=28),
    ],
    ids=["interval", "stage_bar", "stages", "stacked_bars"],
)
def test_hidden_value_is_hatched_and_has_no_bar_or_point(svg: str) -> None:
    tags = {element.tag for element in ElementTree.fromstring(svg).iter()}
    assert not tags & {"rect", "circle"}
    assert "path" in tags
    assert "%" not in svg


def test_trend_leaves_a_gap_where_a_value_is_hidden() -> None:
    svg = trend([Series("One", [0.1, 0.2, HIDDEN, 0.1, 0.2])], list("abcde"), maximum=0.2, label_of=percent)
    lines = re.findall(r'<path d="(M[^"]+)" fill="none"', svg)
    assert [path.count("L") for path in lines] == [1, 1]
    assert svg.count("<circle") == 4


def test_trend_names_each_line_at_its_end_without_covering_another() -> None:
    svg = trend(
        [Series(name, [0.1, 0.1]) for name in ("One", "Two", "Three")], ["a", "b"], maximum=0.2, label_of=percent
    )
    heights = [float(at) for at in re.findall(r'y="([\d.]+)" text-anchor="start"', svg)]
    assert len(heights) == 3
    assert min(abs(a - b) for a in heights for b in heights if a is not b) >= 16


def test_trend_refuses_more_lines_than_can_be_told_apart() -> None:
    with pytest.raises(ValueError, match="one to four lines"):
        trend([Series(str(at), [0.1]) for at in range(5)], ["a"], maximum=1, label_of=percent)
    with pytest.raises(ValueError, match="One has 1 values for 2 labels"):
        trend([Series("One", [0.1])], ["a", "b"], maximum=1, label_of=percent)


def test_stages_print_each_share_beside_its_bar() -> None:
    svg = stages([Stage("Told about it", 0.62, 0.86)], hidden_word="hidden", percent=percent)
    assert texts(svg) == ["Told about it", "62%", "86%"]
    assert [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)] == [229.4, 318.2]


def test_stacked_parts_follow_each_other_on_one_scale() -> None:
    svg = stacked_bars([Bar("Algebra", [Part("", 7, tokens.LEVELS["1"]), Part("", 7, tokens.LEVELS["4"])])], total=28)
    assert [float(x) for x in re.findall(r'<rect x="([\d.]+)"', svg)] == [190.0, 302.5]


def test_figure_is_hidden_from_readers_unless_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in stage_bar(0.5, 0.6)
    named = stages([Stage("Told", 0.5, 0.6)], hidden_word="hidden", percent=percent, name="The gap opens <early>.")
    assert 'role="img" aria-label="The gap opens &lt;early&gt;."' in named


def test_scale_starts_at_zero() -> None:
    assert texts(interval_scale(0.3, percent)) == ["0%", "10%", "20%", "30%"]
    with pytest.raises(ValueError, match="from zero"):
        interval_scale(0, percent)
