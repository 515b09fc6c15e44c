"""The vectors of transcripts-and-data 5.4, to six decimals."""

import pytest

from equity.rules import measures

# Group, a, n, rate, Wilson, RR, Katz, composition points, index ratio, gap in points.
TABLE = [
    ("AI/AN", 4, 40, 0.1, (0.039580, 0.230518), 49 / 74, (0.259800, 1.687680), -0.6667, 0.666667, -5.1020),
    ("Asian", 54, 300, 0.18, (0.140658, 0.227433), 51 / 41, (0.951710, 1.625803), 3.0, 1.2, 3.5294),
    ("Black", 18, 150, 0.12, (0.077269, 0.181708), 37 / 47, (0.503729, 1.230299), -1.5, 0.8, -3.2432),
    ("Hispanic", 60, 500, 0.12, (0.094375, 0.151420), 3 / 4, (0.575881, 0.976764), -5.0, 0.8, -4.0),
    ("NH/PI", 2, 18, 0.111111, (0.031020, 0.327998), 991 / 1341, (0.199232, 2.741131), -0.2333, 0.740741, -3.9242),
    ("Two+", 30, 200, 0.15, (0.107136, 0.206056), 1.0, (0.706271, 1.415888), 0.0, 1.0, 0.0),
    ("White", 132, 792, 0.166667, (0.142334, 0.194218), 151 / 126, (0.971791, 1.477883), 4.4, 1.111111, 2.7594),
]


@pytest.mark.rule("T59", "T57")
@pytest.mark.parametrize(("group", "a", "n", "rate", "wilson", "rr", "katz", "points", "index", "gap"), TABLE)
def test_every_measure_of_the_example_district(
    group: str,
    a: int,
    n: int,
    rate: float,
    wilson: tuple[float, float],
    rr: float,
    katz: tuple[float, float],
    points: float,
    index: float,
    gap: float,
) -> None:
    others = (300 - a, 2000 - n)
    near = pytest.approx
    assert measures.rate(a, n) == near(rate, abs=1e-6)
    interval = measures.wilson(a, n)
    assert (interval.low, interval.high) == near(wilson, abs=1e-6)
    ratio = measures.risk_ratio(a, n, *others)
    assert ratio.value == near(rr, abs=1e-6)
    assert (ratio.limits.low, ratio.limits.high) == near(katz, abs=1e-6)
    assert measures.composition(a, n, 300, 2000) == near((points, index), abs=1e-4)
    assert measures.gap(a, n, *others)[0] * 100 == near(gap, abs=1e-4)


@pytest.mark.rule("T59")
def test_gap_interval_fisher_and_odds_of_the_hispanic_example() -> None:
    difference, limits = measures.gap(60, 500, 240, 1500)
    assert difference * 100 == pytest.approx(-4.0, abs=1e-6)
    assert (limits.low * 100, limits.high * 100) == pytest.approx((-7.2151, -0.3947), abs=1e-4)
    assert measures.fisher_exact(60, 500, 240, 1500) == pytest.approx(0.030115, abs=1e-6)
    assert measures.odds_ratio(60, 500, 240, 1500) == pytest.approx(0.715909, abs=1e-6)


@pytest.mark.rule("T59")
def test_not_receiving_has_its_own_ratio() -> None:
    ratio = measures.risk_ratio(440, 500, 1260, 1500)
    assert ratio.value == pytest.approx(22 / 21, abs=1e-6)
    assert (ratio.limits.low, ratio.limits.high) == pytest.approx((1.007362, 1.089485), abs=1e-6)


@pytest.mark.rule("T59")
def test_a_zero_cell_is_corrected_by_half() -> None:
    ratio = measures.risk_ratio(0, 25, 30, 300)
    assert ratio.corrected
    assert ratio.value == pytest.approx(0.189786, abs=1e-6)
    assert (ratio.limits.low, ratio.limits.high) == pytest.approx((0.011945, 3.015320), abs=1e-6)


@pytest.mark.rule("T59")
@pytest.mark.parametrize(
    ("a", "n", "low", "high"),
    [(0, 25, 0.0, 0.133192), (25, 25, 0.866808, 1.0), (1, 10, 0.017876, 0.404150), (9, 12, 0.467695, 0.911058)],
)
def test_wilson_at_the_ends(a: int, n: int, low: float, high: float) -> None:
    interval = measures.wilson(a, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.rule("T60")
def test_a_ratio_of_exactly_three_is_not_above_three() -> None:
    edge = measures.risk_ratio(36, 300, 60, 1500)
    assert edge.value == 3.0
    assert (edge.limits.low, edge.limits.high) == pytest.approx((2.022729, 4.449434), abs=1e-6)
    assert measures.risk_ratio(45, 250, 60, 1200).value == pytest.approx(3.6, abs=1e-9)


def test_parity_counts_the_students_still_missing() -> None:
    assert measures.parity_count(60, 500, 240, 1500) == 20
    assert measures.parity_count(90, 500, 240, 1500) == 0


@pytest.mark.parametrize(("a", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(a: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not a count"):
        measures.wilson(a, n)
