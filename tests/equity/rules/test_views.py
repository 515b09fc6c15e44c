"""Alone or in combination, and in detail: rows that overlap, and what they must not give away of each other."""

import itertools
import random

import pytest

from equity.rules.flags import Thresholds
from equity.rules.report import ANY, DISTRICT, EVERYONE, Fact, Report, build
from equity.rules.suppression import Shown, Suppressed
from equity.rules.views import COMBINED, DETAILED, FEDERAL, detail, order
from profiles.rules.rollup import Group, RollUp, codes_told, group_of

CODES = {"Ch": Group.ASIAN, "Fi": Group.ASIAN, "Bl": Group.BLACK, "Ya": Group.AMERICAN_INDIAN, "Wh": Group.WHITE}
ROLLUP = RollUp("federal-2007", CODES, frozenset({"10"}))

# How many students told these races, and how many of them received; every one said "not Hispanic".
Told = dict[tuple[str, ...], tuple[int, int]]


def report(told: Told) -> Report:
    counts: dict[tuple[str, str, str], tuple[int, int]] = {}
    for races, (n, a) in told.items():
        codes = codes_told(ROLLUP, ["10"], races)
        places = [("S", FEDERAL, str(group_of(ROLLUP, ["10"], races)))]
        places += [(DISTRICT, COMBINED, str(group)) for group in set(codes.values()) or {Group.NOT_PROVIDED}]
        places += [(DISTRICT, DETAILED, detail(group, code)) for code, group in codes.items()]
        for place in places:
            was = counts.get(place, (0, 0))
            counts[place] = (was[0] + n, was[1] + a)
    facts = [Fact(*place, n, {ANY: a}) for place, (n, a) in counts.items()]
    groups: dict[str, list[str]] = {FEDERAL: [str(group) for group in Group]}
    for view in (COMBINED, DETAILED):
        groups[view] = order({fact.group for fact in facts if fact.partition == view}, view)
    return build(facts, groups=groups, thresholds=Thresholds(), hidden_before={})


def printed(found: Report, view: str) -> dict[str, object]:
    table = found.tables[DISTRICT, view, ANY]
    return {row.group: row.published for row in table.rows}


LARGE: Told = {
    ("Wh",): (400, 120),
    ("Ch",): (90, 30),
    ("Fi",): (60, 20),
    ("Ch", "Fi"): (30, 10),
    ("Ya", "Wh"): (40, 12),
    ("Ya",): (50, 10),
    ("Bl",): (80, 20),
    ("Bl", "Wh"): (20, 5),
}


@pytest.mark.rule("T47")
def test_a_student_counts_in_every_group_and_under_every_code_they_told() -> None:
    found = report(LARGE)

    assert printed(found, FEDERAL)["american_indian"] == Shown(50, 10)
    assert printed(found, COMBINED) == {
        "american_indian": Shown(90, 22),
        "asian": Shown(180, 60),
        "black": Shown(100, 25),
        "white": Shown(460, 137),
    }
    assert printed(found, DETAILED) == {
        "american_indian:Ya": Shown(90, 22),
        "asian:Ch": Shown(120, 40),
        "asian:Fi": Shown(90, 30),
        "black:Bl": Shown(100, 25),
        "white:Wh": Shown(460, 137),
    }
    # They add up to more than everyone, and stand beside everyone as it is.
    assert found.tables[DISTRICT, COMBINED, ANY].everyone == Shown(770, 227)


@pytest.mark.rule("T47", "T54")
@pytest.mark.parametrize(
    ("few", "view", "rows"),
    [
        ({("Ch", "Wh"): (4, 1)}, COMBINED, {"asian"}),  # 184 less the 180 of the federal table is four
        ({("Ch", "Fi"): (5, 1)}, DETAILED, {"asian:Ch", "asian:Fi"}),  # 95 and 65 of 155 are five twice
        ({("Fi",): (5, 1)}, DETAILED, {"asian:Ch"}),  # all but five
    ],
)
def test_what_a_reader_could_subtract_is_hidden_in_the_view_and_never_in_the_federal_table(
    few: Told, view: str, rows: set[str]
) -> None:
    told = {**LARGE, ("Ch", "Fi"): (0, 0), **few}
    found = report({races: number for races, number in told.items() if number[0]})

    hidden = {group for group, one in printed(found, view).items() if isinstance(one, Suppressed)}
    assert hidden & rows
    federal = {group for group, one in printed(found, FEDERAL).items() if isinstance(one, Suppressed)}
    assert not federal
    assert isinstance(found.tables[DISTRICT, FEDERAL, ANY].everyone, Shown)


@pytest.mark.rule("T47", "T54")
@pytest.mark.parametrize("seed", range(25))
def test_no_two_printed_rows_leave_fewer_than_ten_students_between_them(seed: int) -> None:
    """Every inclusion that holds by definition, tried on made-up districts."""
    chance = random.Random(seed)
    sets = [races for size in (1, 2) for races in itertools.combinations(CODES, size)]
    told = {races: (n := chance.choice([0, 3, 8, 12, 40, 200]), chance.randint(0, n)) for races in sets}
    found = report({races: number for races, number in told.items() if number[0]} | {("Wh",): (500, 150)})
    shown = {
        (view, group): one
        for view in (FEDERAL, COMBINED, DETAILED)
        for group, one in printed(found, view).items()
        if isinstance(one, Shown)
    }
    everyone = found.tables[DISTRICT, FEDERAL, ANY].everyone
    if isinstance(everyone, Shown):
        shown[FEDERAL, EVERYONE] = everyone
    pairs = [((COMBINED, str(group)), (FEDERAL, str(group))) for group in Group]
    pairs += [((FEDERAL, EVERYONE), (COMBINED, str(group))) for group in Group]
    pairs += [((COMBINED, str(group)), (DETAILED, detail(group, code))) for code, group in CODES.items()]
    tried = [(whole, part) for whole, part in pairs if whole in shown and part in shown]
    assert all(not 0 < shown[whole].n - shown[part].n < 10 for whole, part in tried)
    # Something is left to read in each of these districts.
    assert shown
