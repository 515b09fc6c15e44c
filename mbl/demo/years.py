"""School years of made-up districts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Year:
    """One school year by its ending year, with the days on which its halves begin and end."""

    ending: int

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.ending - 1, 9, 2)

    @property
    def ends_on(self) -> dt.date:
        return dt.date(self.ending, 6, 17)

    @property
    def first_half_ends_on(self) -> dt.date:
        return dt.date(self.ending, 1, 29)

    @property
    def second_half_starts_on(self) -> dt.date:
        return dt.date(self.ending, 2, 1)

    @property
    def first_half_test_on(self) -> dt.date:
        """The fall's test day for mastery credit."""
        return dt.date(self.ending - 1, 10, 8)

    @property
    def second_half_test_on(self) -> dt.date:
        """The spring's."""
        return dt.date(self.ending, 3, 11)

    @property
    def title(self) -> str:
        return f"{self.ending - 1}-{self.ending % 100:02d}"
