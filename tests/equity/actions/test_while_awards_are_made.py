"""A snapshot that is taken while credit is awarded counts each award in all of its tables or in none."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connection

from equity.actions.snapshots import take_snapshot
from equity.models import EquitySnapshot
from mbl.core import clock
from profiles.states import Program
from tests.factories.equity import make_group, make_mastery_entry
from tests.factories.profiles import make_school


@pytest.mark.django_db(transaction=True)
def test_each_award_is_in_all_tables_or_in_none() -> None:
    school = make_school(code="A")
    students = make_group(school, "W", 120, 0, program=Program.MILITARY)
    year = clock.school_year(clock.today(school.district))
    begun, stop = threading.Event(), threading.Event()

    def award() -> None:
        try:
            for student in students:
                make_mastery_entry(student)
                begun.set()
                if stop.is_set():
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=award)
    thread.start()
    assert begun.wait(10)
    taken = [take_snapshot(school.district, year, actor=None) for _ in range(4)]
    stop.set()
    thread.join()
    taken.append(take_snapshot(school.district, year, actor=None))

    for snapshot in taken:
        assert len(set(recipients(snapshot).values())) == 1
    counts = [recipients(snapshot)["race"] for snapshot in taken]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def recipients(snapshot: EquitySnapshot) -> Counter[str]:
    """Everybody who received, by partition."""
    found: Counter[str] = Counter()
    for fact in snapshot.facts:
        found[fact["partition"]] += fact["recipients"].get("", 0)
    return found
