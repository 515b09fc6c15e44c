"""A whole report: tables, measures, signals, and hiding that holds across all of them."""

from collections.abc import Mapping

import pytest

from equity.rules.flags import Signal, Thresholds, lasts
from equity.rules.report import ANY, DISTRICT, EVERYONE, Fact, Report, against, build, references
from equity.rules.suppression import Hidden, Shown, Suppressed

EXAMPLE = {
    "american_indian": (4, 40),
    "asian": (54, 300),
    "black": (18, 150),
    "hispanic": (60, 500),
    "pacific_islander": (2, 18),
    "two_or_more": (30, 200),
    "white": (132, 792),
}


def facts(counts: Mapping[str, tuple[int, int]], *, school: str = "3456", partition: str = "race") -> list[Fact]:
    return [Fact(school, partition, group, n, {ANY: a}) for group, (a, n) in counts.items()]


def report(rows: list[Fact], hidden_before: Mapping[tuple[str, str, str], Hidden] | None = None) -> Report:
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row.group not in groups.setdefault(row.partition, []):
            groups[row.partition].append(row.group)
    return build(rows, groups=groups, thresholds=Thresholds(), hidden_before=hidden_before or {})


@pytest.mark.rule("T58", "T62")
def test_signals_of_the_example_district() -> None:
    table = report(facts(EXAMPLE)).tables[DISTRICT, "race", ANY]
    signals = {row.group: row.signal for row in table.rows}
    assert signals == {
        "american_indian": Signal.NOT_ENOUGH,
        "asian": Signal.NONE,
        "black": Signal.WATCH,
        "hispanic": Signal.REVIEW,
        "pacific_islander": Signal.NOT_ENOUGH,
        "two_or_more": Signal.NONE,
        "white": Signal.NONE,
    }
    assert [row.group for row in table.findings] == ["black", "hispanic"]
    assert table.everyone == Shown(2000, 300)


@pytest.mark.rule("T61")
def test_a_row_carries_all_measures_together() -> None:
    table = report(facts(EXAMPLE)).tables[DISTRICT, "race", ANY]
    hispanic = next(row for row in table.rows if row.group == "hispanic")
    assert hispanic.ratio is not None and hispanic.interval is not None and hispanic.gap is not None
    assert hispanic.ratio.value == pytest.approx(0.75, abs=1e-6)
    assert hispanic.gap * 100 == pytest.approx(-4.0, abs=1e-6)
    assert hispanic.not_receiving == pytest.approx(22 / 21, abs=1e-6)
    assert hispanic.composition == pytest.approx(-5.0, abs=1e-6)
    assert hispanic.parity == 20


@pytest.mark.rule("T53")
def test_a_hidden_group_has_no_measure_at_all() -> None:
    table = report(facts({"a": (3, 6), "b": (20, 60), "c": (30, 90)})).tables[DISTRICT, "race", ANY]
    small = table.rows[0]
    assert isinstance(small.published, Suppressed)
    assert (small.interval, small.gap, small.ratio, small.parity, small.composition) == (None,) * 5


@pytest.mark.rule("T54")
def test_hidden_in_one_subject_is_hidden_in_all_and_in_the_district() -> None:
    rows = [
        Fact("1", "race", "a", 45, {ANY: 44, "math": 10}),
        Fact("1", "race", "b", 50, {ANY: 10, "math": 5}),
        Fact("1", "race", "c", 60, {ANY: 20, "math": 10}),
    ]
    answer = report(rows)
    # Any subject: a is coded, so b is hidden to keep a's number; in mathematics it must not come back.
    for subject in (ANY, "math"):
        for school in ("1", DISTRICT):
            assert isinstance(answer.tables[school, "race", subject].rows[1].published, Suppressed)


@pytest.mark.rule("T54")
def test_a_group_of_nine_that_becomes_ten_stays_hidden_in_the_same_year() -> None:
    nine = report(facts({"a": (4, 9), "b": (20, 60), "c": (30, 90)}))
    assert nine.hidden[DISTRICT, "race", "a"] == Hidden.SMALL
    earlier = dict.fromkeys(nine.hidden, Hidden.EARLIER)
    ten = report(facts({"a": (4, 10), "b": (20, 60), "c": (30, 90)}), earlier).tables[DISTRICT, "race", ANY]
    assert ten.rows[0].published == Suppressed(Hidden.EARLIER)
    next_year = report(facts({"a": (4, 10), "b": (20, 60), "c": (30, 90)})).tables[DISTRICT, "race", ANY]
    assert next_year.rows[0].published == Shown(10, 4)


def test_everyone_hidden_by_one_partition_is_hidden_in_the_other() -> None:
    rows = [
        *facts({"a": (2, 4), "b": (1, 3)}, school="1"),
        *facts({"a": (20, 60), "b": (30, 90)}, school="2"),
        *facts({"yes": (2, 4), "no": (1, 3)}, school="1", partition="low_income"),
        *facts({"yes": (20, 60), "no": (30, 90)}, school="2", partition="low_income"),
    ]
    answer = report(rows)
    assert isinstance(answer.tables["1", "race", ANY].everyone, Suppressed)
    assert isinstance(answer.tables["1", "low_income", ANY].everyone, Suppressed)
    assert ("1", "", EVERYONE) in answer.hidden


@pytest.mark.rule("T57")
def test_one_group_may_stand_in_for_all_other_students() -> None:
    """V-ES10: Hispanic students beside White ones."""
    table = report(facts(EXAMPLE)).tables[DISTRICT, "race", ANY]
    beside = against(table, "white", Thresholds())
    rows = {row.group: row for row in beside.rows}
    hispanic = rows["hispanic"]
    assert hispanic.ratio is not None and hispanic.gap is not None
    assert hispanic.ratio.value == pytest.approx(0.72, abs=1e-6)
    assert (hispanic.ratio.limits.low, hispanic.ratio.limits.high) == pytest.approx((0.542052, 0.956366), abs=1e-6)
    assert hispanic.gap * 100 == pytest.approx(-4.666667, abs=1e-6)
    assert hispanic.signal == Signal.REVIEW
    assert (rows["white"].ratio, rows["white"].gap, rows["white"].parity) == (None, None, None)
    assert beside.against == "white"
    # By default it is all the others.
    assert table.against == ""
    assert table.rows[3].ratio is not None
    assert table.rows[3].ratio.value == pytest.approx(0.75, abs=1e-6)


def test_a_hidden_group_is_never_the_one_compared_with() -> None:
    table = report(facts({"a": (3, 6), "b": (20, 60), "c": (30, 90), "d": (89, 90)})).tables[DISTRICT, "race", ANY]
    shown = references(table)
    assert "a" not in shown
    assert "d" not in shown
    hidden = against(table, shown[0], Thresholds()).rows[0]
    assert (hidden.ratio, hidden.gap, hidden.interval) == (None, None, None)


@pytest.mark.rule("T63")
@pytest.mark.parametrize(
    ("years", "lasting"),
    [
        ([(Signal.REVIEW, 0.7)] * 3, True),
        ([(Signal.NONE, 1.0), *[(Signal.REVIEW, 0.7)] * 3], True),
        ([(Signal.REVIEW, 0.7)] * 2, False),
        ([(Signal.REVIEW, 0.7), (Signal.REVIEW, 1.6), (Signal.REVIEW, 0.7)], False),
        ([(Signal.REVIEW, 0.7), (Signal.WATCH, 0.7), (Signal.REVIEW, 0.7)], False),
        ([(Signal.REVIEW, 0.7), (Signal.REVIEW, 0.7), (Signal.NOT_ENOUGH, None)], False),
        ([], False),
    ],
)
def test_a_difference_lasts_that_is_to_review_three_years_running_on_one_side(
    years: list[tuple[Signal, float | None]], lasting: bool
) -> None:
    assert lasts(years) is lasting
