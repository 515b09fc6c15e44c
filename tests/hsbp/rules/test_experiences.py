"""What counts toward an aim for experiences, and why the rest does not."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hsbp.rules.experiences import Entry, Target, Why, held_to, reached_by, reason, standing
from hsbp.states import ExperienceState

SHADOWS = Target("job-shadow", "11", "", 2, Decimal("2.0"))
THIS_YEAR = dt.date(2026, 10, 5)


def entry(
    key: str, hours: str = "2.0", day: dt.date = THIS_YEAR, state: str = "confirmed", kind: str = "job-shadow"
) -> Entry:
    return Entry(key, kind, Decimal(hours), day, ExperienceState(state))


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (entry("as asked"), Why.COUNTS),
        (entry("longer", "7.5"), Why.COUNTS),
        (entry("short", "1.9"), Why.TOO_SHORT),
        (entry("waits", state="waiting"), Why.NOT_CONFIRMED),
        (entry("returned", state="returned"), Why.NOT_CONFIRMED),
        (entry("draft", state="draft"), Why.NOT_CONFIRMED),
        (entry("withdrawn", state="withdrawn"), Why.WITHDRAWN),
        (entry("last June", day=dt.date(2026, 6, 30)), Why.OTHER_YEAR),
        (entry("first of July", day=dt.date(2026, 7, 1)), Why.COUNTS),
        (entry("next July", day=dt.date(2027, 7, 1)), Why.OTHER_YEAR),
        # What confirming would not mend is said first.
        (entry("short and waiting", "1.0", state="waiting"), Why.TOO_SHORT),
    ],
    ids=lambda one: getattr(one, "key", str(one)),
)
def test_each_entry_has_its_reason(one: Entry, why: Why) -> None:
    assert reason(SHADOWS, one, 2027) == why


def test_two_long_enough_reach_it_and_a_third_is_told_too() -> None:
    entries = [entry("a"), entry("b", "3.0", dt.date(2026, 11, 2)), entry("c", "1.0"), entry("d", kind="speaker")]
    found = standing(SHADOWS, entries, 2027)
    assert (found.counted, found.is_reached) == (2, True)
    assert [(one.key, why) for one, why in found.entries] == [
        ("b", Why.COUNTS),
        ("c", Why.TOO_SHORT),
        ("a", Why.COUNTS),
    ]
    assert not reached_by(SHADOWS, entries[1:], 2027)


def test_a_school_of_its_own_stands_in_place_of_the_district() -> None:
    own = Target("job-shadow", "11", "north", 1, Decimal("4.0"))
    speaker = Target("speaker", "11", "", 3, Decimal("0.0"))
    later = Target("job-shadow", "12", "", 5, Decimal("0.0"))
    for targets in ([SHADOWS, own, speaker, later], [later, speaker, own, SHADOWS]):
        assert set(held_to(targets, grade="11", school="north")) == {own, speaker}
        assert set(held_to(targets, grade="11", school="south")) == {SHADOWS, speaker}
        assert held_to(targets, grade="09", school="north") == []


# The first draw of a run reads the sources for constants, which takes seconds on a busy machine.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TENTHS = st.integers(1, 80).map(lambda tenths: Decimal(tenths) / 10)
ENTRIES = st.lists(
    st.builds(
        Entry,
        key=st.integers(1, 999).map(str),
        kind=st.sampled_from(["job-shadow", "speaker"]),
        hours=TENTHS,
        last_day=st.dates(dt.date(2026, 6, 1), dt.date(2027, 8, 1)),
        state=st.sampled_from(ExperienceState),
    ),
    max_size=12,
    unique_by=lambda one: one.key,
)
TARGETS = st.builds(
    Target,
    kind=st.just("job-shadow"),
    grade=st.just("11"),
    school=st.just(""),
    count=st.integers(1, 4),
    least_hours=TENTHS,
)


@patient
@given(TARGETS, ENTRIES, st.integers(0, 1000))
def test_the_order_of_entries_does_not_matter(target: Target, entries: list[Entry], number: int) -> None:
    mixed = sorted(entries, key=lambda one: hash((number, one.key)))
    assert standing(target, mixed, 2027) == standing(target, entries, 2027)


@patient
@given(TARGETS, ENTRIES, st.dates(dt.date(2026, 6, 1), dt.date(2027, 8, 1)))
def test_an_entry_of_another_kind_changes_nothing(target: Target, entries: list[Entry], day: dt.date) -> None:
    further = [*entries, entry("another", "9.0", day, kind="internship")]
    assert standing(target, further, 2027) == standing(target, entries, 2027)


@patient
@given(TARGETS, ENTRIES)
def test_what_nobody_confirmed_never_adds_to_it(target: Target, entries: list[Entry]) -> None:
    confirmed = [one for one in entries if one.state == ExperienceState.CONFIRMED]
    assert standing(target, entries, 2027).counted == standing(target, confirmed, 2027).counted
