"""How days and amounts are written, in each language."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import formats, translation

MOMENT = dt.datetime(2026, 11, 5, 15, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "day", "short", "moment"),
    [
        ("en", "Nov 5, 2026", "Nov 5", "Nov 5, 2026, 3:04 PM"),
        ("es", "5 nov 2026", "5 nov", "5 nov 2026, 3:04 PM"),
    ],
)
def test_days_are_written_as_the_reader_writes_them(language: str, day: str, short: str, moment: str) -> None:
    with translation.override(language):
        assert formats.date_format(MOMENT) == day
        assert formats.date_format(MOMENT, "SHORT_DATE_FORMAT") == short
        assert formats.date_format(MOMENT, "DATETIME_FORMAT") == moment


@pytest.mark.parametrize("language", ["en", "es"])
def test_amounts_read_the_same_in_every_language_as_on_every_transcript(language: str) -> None:
    with translation.override(language):
        assert formats.number_format(Decimal("1234.500"), use_l10n=True, force_grouping=True) == "1,234.500"
