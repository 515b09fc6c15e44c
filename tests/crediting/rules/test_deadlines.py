"""Days that deadlines fall on: worked by hand from calendars, and what holds for every calendar."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crediting.rules.deadlines import (
    Calendar,
    Deadline,
    Due,
    MonthDay,
    NthWeekday,
    Offset,
    Undated,
    Unit,
    Window,
    due,
    months_from,
)

ZONE = ZoneInfo("America/Los_Angeles")
FIRST, SECOND = (dt.date(2026, 9, 2), dt.date(2027, 1, 29)), (dt.date(2027, 2, 1), dt.date(2027, 6, 16))
HOLIDAYS = frozenset({dt.date(2026, 11, 26), dt.date(2026, 11, 27)})
CALENDAR = Calendar(ZONE, (FIRST, SECOND), HOLIDAYS)
WEDNESDAY = dt.date(2026, 11, 18)


def at(day: dt.date, hour: int = 12, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), ZONE)


def dated(deadline: Deadline, anchors: dict[str, dt.date | list[dt.date]], now: dt.datetime, school: str = "") -> Due:
    found = due(deadline, anchors, CALENDAR, now=now, school=school)
    assert isinstance(found, Due)
    return found


@pytest.mark.rule("R21")
@pytest.mark.parametrize(
    ("window", "day", "code"),
    [
        (Offset("sent", 14), dt.date(2026, 12, 2), "deadline.days_after"),
        (Offset("sent", 2, Unit.WEEKS), dt.date(2026, 12, 2), "deadline.weeks_after"),
        (Offset("sent", 1, Unit.MONTHS), dt.date(2026, 12, 18), "deadline.months_after"),
        (Offset("sent", -30), dt.date(2026, 10, 19), "deadline.days_before"),
        # Thu 19, Fri 20, Mon 23, Tue 24, Wed 25; Thursday and Friday are days off; Mon 30.
        (Offset("sent", 5, Unit.SCHOOL_DAYS), dt.date(2026, 11, 25), "deadline.school_days_after"),
        (Offset("sent", 6, Unit.SCHOOL_DAYS), dt.date(2026, 11, 30), "deadline.school_days_after"),
        (Offset("sent", -3, Unit.SCHOOL_DAYS), dt.date(2026, 11, 13), "deadline.school_days_before"),
        (NthWeekday(2, 1, 5), dt.date(2027, 5, 11), "deadline.weekday"),
        (NthWeekday(-1, 4, 12), dt.date(2026, 12, 25), "deadline.weekday"),
        (MonthDay(10, 31), dt.date(2027, 10, 31), "deadline.month_day"),
        (MonthDay(2, 29), dt.date(2028, 2, 29), "deadline.month_day"),
    ],
)
def test_each_expression_gives_the_day_a_calendar_on_the_wall_gives(window: Window, day: dt.date, code: str) -> None:
    found = dated(Deadline((window,)), {"sent": WEDNESDAY}, at(WEDNESDAY))
    assert (found.day, found.reason.code, found.reason.rule_id) == (day, code, "R21")


@pytest.mark.rule("R21")
def test_d2_sent_within_a_week_of_term_end_and_decided_within_two_weeks_of_the_sending() -> None:
    send = Deadline((Offset("term_end", 1, Unit.WEEKS),))
    decide = Deadline((Offset("submitted", 2, Unit.WEEKS),))
    ends: dict[str, dt.date | list[dt.date]] = {"term_end": [FIRST[1], SECOND[1]]}
    sent_by = dated(send, ends, at(dt.date(2027, 2, 3)))
    assert sent_by.day == dt.date(2027, 2, 5)
    assert dict(sent_by.reason.params) == {
        "at": "",
        "anchor": "term_end",
        "from": "2027-01-29",
        "on": "2027-02-05",
        "number": 1,
    }
    assert dated(decide, {"submitted": dt.date(2027, 2, 5)}, at(dt.date(2027, 2, 5))).day == dt.date(2027, 2, 19)
    # Whoever misses it waits for the next term's end; after the last, the day that was missed is what there is.
    assert dated(send, ends, at(dt.date(2027, 2, 6))).day == dt.date(2027, 6, 23)
    assert dated(send, ends, at(dt.date(2027, 7, 1))).day == dt.date(2027, 6, 23)


def test_the_earliest_of_several_windows_that_is_not_over_counts() -> None:
    deadline = Deadline((MonthDay(11, 1), MonthDay(3, 1), NthWeekday(1, 0, 6)))
    days = [dated(deadline, {}, at(now)).day for now in (WEDNESDAY, dt.date(2027, 3, 1), dt.date(2027, 3, 2))]
    assert days == [dt.date(2027, 3, 1), dt.date(2027, 3, 1), dt.date(2027, 6, 7)]


def test_a_minute_of_the_day_in_the_districts_own_time_still_counts() -> None:
    deadline = Deadline((Offset("sent", 0),), at=dt.time(15, 30))
    found = dated(deadline, {"sent": WEDNESDAY}, at(WEDNESDAY, 9))
    assert not found.is_over(at(WEDNESDAY, 15, 30))
    assert found.is_over(at(WEDNESDAY, 15, 31))
    assert found.is_over(dt.datetime(2026, 11, 18, 23, 31, tzinfo=dt.UTC))
    whole_day = dated(Deadline((Offset("sent", 0),)), {"sent": WEDNESDAY}, at(WEDNESDAY))
    assert not whole_day.is_over(at(WEDNESDAY, 23, 59)) and whole_day.is_over(at(dt.date(2026, 11, 19), 0))


def test_an_hour_the_clocks_repeat_is_one_place_in_time() -> None:
    change = dt.date(2026, 11, 1)
    found = dated(Deadline((Offset("sent", 0),), at=dt.time(1, 30)), {"sent": change}, at(change, 0))
    assert found.moment == dt.datetime(2026, 11, 1, 8, 31, tzinfo=dt.UTC)


def test_a_school_may_have_windows_of_its_own() -> None:
    deadline = Deadline((MonthDay(12, 1),), schools={"4991": (MonthDay(12, 15),)})
    assert dated(deadline, {}, at(WEDNESDAY)).day == dt.date(2026, 12, 1)
    assert dated(deadline, {}, at(WEDNESDAY), school="4991").day == dt.date(2026, 12, 15)


def test_without_the_day_it_counts_from_there_is_no_deadline_and_it_is_said_why() -> None:
    found = due(Deadline((Offset("test", 10),)), {"term_end": []}, CALENDAR, now=at(WEDNESDAY))
    assert isinstance(found, Undated)
    assert (found.reason.code, found.reason.params["anchor"]) == ("deadline.no_anchor", "test")


def test_school_days_beyond_the_known_terms_are_weekdays_and_are_marked_as_a_guess() -> None:
    found = dated(Deadline((Offset("sent", 3, Unit.SCHOOL_DAYS),)), {"sent": dt.date(2027, 6, 15)}, at(WEDNESDAY))
    assert (found.day, found.reason.code) == (dt.date(2027, 6, 18), "deadline.school_days_after_guessed")


@pytest.mark.parametrize(
    ("start", "number", "day"),
    [
        (dt.date(2027, 1, 31), 1, dt.date(2027, 2, 28)),
        (dt.date(2028, 1, 31), 1, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 15), 1, dt.date(2027, 1, 15)),
        (dt.date(2026, 3, 31), -1, dt.date(2026, 2, 28)),
        (dt.date(2026, 3, 31), -15, dt.date(2024, 12, 31)),
    ],
)
def test_a_month_on_is_the_same_day_or_the_last_one(start: dt.date, number: int, day: dt.date) -> None:
    assert months_from(start, number) == day


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))
WINDOWS = st.one_of(
    st.builds(Offset, st.just("sent"), st.integers(-60, 60), st.sampled_from(Unit)),
    st.builds(NthWeekday, st.sampled_from([-2, -1, 1, 2, 3, 4, 5]), st.integers(0, 6), st.integers(1, 12)),
    st.builds(MonthDay, st.integers(1, 12), st.integers(1, 29)),
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first inputs load the time zones
@given(st.lists(WINDOWS, min_size=1, max_size=4), DAYS, DAYS)
def test_more_windows_never_bring_an_open_deadline_later(windows: list[Window], sent: dt.date, today: dt.date) -> None:
    every = due(Deadline(tuple(windows)), {"sent": sent}, CALENDAR, now=at(today))
    assume(isinstance(every, Due))  # the fifth Monday of February may not come round in time
    assert isinstance(every, Due)
    singles = [due(Deadline((one,)), {"sent": sent}, CALENDAR, now=at(today)) for one in windows]
    open_ones = [one for one in singles if isinstance(one, Due) and not one.is_over(at(today))]
    if open_ones:
        assert every.moment == min(one.moment for one in open_ones)
    else:
        assert every.is_over(at(today))


@given(DAYS, st.integers(1, 80))
def test_counting_school_days_forth_lands_on_a_school_day_with_so_many_between(start: dt.date, number: int) -> None:
    day = CALENDAR.school_days_from(start, number)
    between = (start + dt.timedelta(days=step) for step in range(1, (day - start).days + 1))
    assert CALENDAR.is_school_day(day)
    assert sum(CALENDAR.is_school_day(one) for one in between) == number


@given(DAYS, DAYS)
def test_asking_again_on_the_day_it_is_due_gives_the_same_day(sent: dt.date, today: dt.date) -> None:
    deadline = Deadline((MonthDay(11, 1), NthWeekday(2, 1, 5)))
    first = dated(deadline, {"sent": sent}, at(today))
    assert dated(deadline, {"sent": sent}, at(first.day)) == first
