"""What somebody types of another school's transcript, checked line by line."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from crediting.rules.history import number_of, term_of
from crediting.states import GivenUnit, Sending
from mbl.core.decisions import Reason

# More lines than any transcript has: a paste of something else.
MOST_LINES = 200
MOST_GIVEN = Decimal(2000)
_THOUSANDS = re.compile(r"\d{1,3}[.,]\d{3}[.,]?\d*|\d{1,3},\d{3}")


@dataclass(frozen=True)
class SourceDetails:
    """Which school, where, and what is known of it. ``document`` says which paper it is typed from."""

    from_school: str
    from_place: str
    sending: Sending
    unit: GivenUnit
    document: str = ""


@dataclass(frozen=True)
class LineDetails:
    """One line as the other school wrote it. ``school_year`` is the ending year."""

    course_title: str
    school_year: int
    attempted: Decimal
    earned: Decimal
    course_code: str = ""
    term: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    grade: str = ""
    mark: str = ""
    is_mastery: bool = False
    attended: Decimal | None = None
    of_days: Decimal | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same line, also where it is spelled another way; the school's name has no part in it."""
        title = "".join(sign for sign in self.course_title.casefold() if sign.isalnum())
        term = term_of(self.term, self.school_year).name.casefold() if self.term else ""
        said = "\0".join([title, str(self.school_year), term, self.mark.casefold()])
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def is_ambiguous(text: str) -> bool:
    """``1,000`` is one to some and a thousand to others."""
    return _THOUSANDS.fullmatch(text) is not None and "," in text


def amount_of(text: str) -> Decimal | None:
    """A number of credits, hours or days as typed, not below zero and to three places; None where it is none."""
    text = text.strip()
    value = None if is_ambiguous(text) else number_of(text)
    if value is None or value < 0 or value > MOST_GIVEN or value != round(value, 3):
        return None
    return value


def problems(line: LineDetails, today: dt.date) -> Iterator[tuple[str, Reason]]:
    """What cannot be so: the field, and why."""
    if line.earned > line.attempted:
        yield "earned", Reason("transfer.entry.earned_over_attempted")
    if not line.attempted:
        yield "earned", Reason("transfer.entry.nothing_attempted")
    if line.starts_on and line.ends_on and line.ends_on < line.starts_on:
        yield "ends_on", Reason("transfer.entry.days_reversed")
    if line.ends_on and line.ends_on > today:
        yield "ends_on", Reason("transfer.entry.ahead")
    if line.school_year > today.year + 1:
        yield "school_year", Reason("transfer.entry.ahead")
    if (line.attended is None) != (line.of_days is None) or (line.of_days is not None and not line.of_days):
        yield "attended", Reason("transfer.entry.days_incomplete")
    elif line.attended is not None and line.of_days is not None and line.attended > line.of_days:
        yield "attended", Reason("transfer.entry.attended_over_days")
