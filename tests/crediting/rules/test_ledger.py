"""How lines of the record are read and placed: tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from crediting.rules.facts import AttemptOutcome, Purpose
from crediting.rules.ledger import Place, RecordRow, Term, outcome_of, place_of, recovered_row


@pytest.mark.parametrize(
    ("mark", "earned", "outcome"),
    [
        ("A", "0.5", AttemptOutcome.PASSED),
        ("P", "1", AttemptOutcome.PASSED),
        ("F", "0", AttemptOutcome.FAILED),
        ("e", "0", AttemptOutcome.FAILED),
        ("NC", "0", AttemptOutcome.NO_CREDIT),
        ("N", "0", AttemptOutcome.NO_CREDIT),
        ("I", "0", AttemptOutcome.INCOMPLETE),
        ("W", "0", AttemptOutcome.WITHDRAWN),
        ("", "0", AttemptOutcome.IN_PROGRESS),
        ("IP", "0", AttemptOutcome.IN_PROGRESS),
        # Credit earned is a pass, whatever the mark is called; a letter without credit is none.
        ("F", "0.25", AttemptOutcome.PASSED),
        ("D", "0", AttemptOutcome.FAILED),
    ],
)
def test_a_mark_and_its_credit_say_how_a_course_ended(mark: str, earned: str, outcome: AttemptOutcome) -> None:
    assert outcome_of(mark, Decimal(earned)) == outcome


def row(key: int, mark: str = "F", *, course: str = "GEO", year: int = 2025, recovered: bool = False) -> RecordRow:
    return RecordRow(key, course, mark, Decimal(1), Decimal(0), dt.date(year, 6, 10), recovered)


PASSED = RecordRow(9, "GEO", "B", Decimal(1), Decimal(1), dt.date(2026, 1, 10))


@pytest.mark.rule("R36", "T25", partial=True)
@pytest.mark.parametrize(
    ("rows", "purpose", "key"),
    [
        ([], Purpose.EITHER, None),
        ([row(1)], Purpose.RECOVERY, 1),
        ([row(1), row(2, "NC", year=2026)], Purpose.EITHER, 2),
        ([row(1), row(2, year=2026, recovered=True)], Purpose.EITHER, 1),
        ([row(1, recovered=True)], Purpose.RECOVERY, None),
        ([row(1, course="ALG")], Purpose.RECOVERY, None),
        ([row(1, "W")], Purpose.RECOVERY, None),
        ([PASSED], Purpose.RECOVERY, None),
        ([row(1)], Purpose.CHALLENGE, None),
    ],
)
def test_an_award_recovers_the_newest_open_attempt(rows: list[RecordRow], purpose: Purpose, key: int | None) -> None:
    found = recovered_row(rows, "GEO", purpose)
    assert (found.key if found else None) == key


FALL = Term("Fall", 2026, dt.date(2025, 9, 2), dt.date(2026, 1, 23))
SPRING = Term("Spring", 2026, dt.date(2026, 2, 1), dt.date(2026, 6, 12))
QUARTER = Term("Quarter 2", 2026, dt.date(2025, 11, 10), dt.date(2026, 1, 23))


@pytest.mark.parametrize(
    ("day", "terms", "place"),
    [
        (dt.date(2025, 10, 1), [SPRING, FALL], Place(2026, "Fall", 1)),
        (dt.date(2026, 6, 12), [FALL, SPRING], Place(2026, "Spring", 2)),
        # Between terms the one before, in early summer the first of the new year.
        (dt.date(2026, 1, 28), [FALL, SPRING], Place(2026, "Fall", 1)),
        (dt.date(2026, 6, 20), [FALL, SPRING], Place(2026, "Spring", 2)),
        (dt.date(2025, 7, 10), [FALL, SPRING], Place(2026, "Fall", 1)),
        # Terms within each other: the shortest.
        (dt.date(2025, 12, 1), [FALL, QUARTER, SPRING], Place(2026, "Quarter 2", 2)),
        (dt.date(2025, 12, 1), [], Place(2026, "2025-26", 0)),
    ],
)
def test_a_line_stands_in_the_term_of_its_day(day: dt.date, terms: list[Term], place: Place) -> None:
    assert place_of(day, 2026, terms) == place
