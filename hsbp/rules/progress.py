"""Credits earned and needed for each subject, from a dated requirement set. Planned work is not counted here.

Which credit meets which requirement best is a later, separate rule: here a credit counts in its course's subject, and
what a subject does not need counts as an elective.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hsbp.states import Pace

ZERO = Decimal("0.000")
YEARS_OF_HIGH_SCHOOL = 4


@dataclass(frozen=True)
class RequirementRow:
    """``credits`` needed in ``subject``; a row that ``takes_overflow`` also counts what others do not need."""

    subject: str
    credits: Decimal
    is_core: bool
    citation: str
    takes_overflow: bool = False


@dataclass(frozen=True)
class RequirementSet:
    """What a class must earn. ``first`` and ``last`` are days of entry to grade 9, inclusive; None is open."""

    code: str
    titles: Mapping[str, str]
    citation: str
    first: dt.date | None
    last: dt.date | None
    total: Decimal
    rows: tuple[RequirementRow, ...]
    # Credits that the finished school years were for, by present grade, and how many may be missing before a plan is
    # off pace rather than to be checked. No law says these; a class without them has no word about its pace.
    expected: Mapping[str, Decimal] = field(default_factory=dict)
    check_within: Decimal = ZERO

    def covers(self, entry: dt.date) -> bool:
        return (self.first is None or self.first <= entry) and (self.last is None or entry <= self.last)


@dataclass(frozen=True)
class EarnedCredit:
    """One effective ledger row. ``credits`` may be 0 for a failed attempt."""

    subject: str
    credits: Decimal
    is_mastery: bool = False


@dataclass(frozen=True)
class SubjectProgress:
    """``counted`` never exceeds ``needed``; ``earned`` is all the student has in the subject."""

    subject: str
    needed: Decimal
    earned: Decimal
    counted: Decimal
    mastery: Decimal
    citation: str
    is_core: bool

    @property
    def left(self) -> Decimal:
        return self.needed - self.counted

    @property
    def is_met(self) -> bool:
        return self.counted >= self.needed


@dataclass(frozen=True)
class Progress:
    """``total_earned`` counts every credit once, also beyond what is needed."""

    set_code: str
    citation: str
    total_needed: Decimal
    total_earned: Decimal
    total_counted: Decimal
    subjects: tuple[SubjectProgress, ...]

    @property
    def total_mastery(self) -> Decimal:
        return sum((row.mastery for row in self.subjects), ZERO)

    @property
    def total_left(self) -> Decimal:
        return self.total_needed - self.total_counted


def set_for(sets: Iterable[RequirementSet], entry: dt.date | None) -> RequirementSet | None:
    """The set for a day of entry to grade 9 (R42); None where the day is not known or no set covers it."""
    if entry is None:
        return None
    return next((candidate for candidate in sets if candidate.covers(entry)), None)


@dataclass(frozen=True)
class Entry:
    """The day of entry to grade 9; ``is_assumed`` where nobody recorded it and it was taken from the class."""

    day: dt.date
    is_assumed: bool


def entry_of(recorded: dt.date | None, graduation_year: int | None) -> Entry | None:
    """The recorded day, or the first day of the school year in which that class entered grade 9; None without both."""
    if recorded is not None:
        return Entry(recorded, is_assumed=False)
    if graduation_year is not None:
        return Entry(dt.date(graduation_year - YEARS_OF_HIGH_SCHOOL, 7, 1), is_assumed=True)
    return None


def pace(requirements: RequirementSet, earned: Decimal, grade: str) -> Pace | None:
    """Credits earned beside what the finished school years were for; None outside grades 9 to 12."""
    expected = requirements.expected.get(grade)
    if expected is None:
        return None
    missing = expected - earned
    if missing <= 0:
        return Pace.ON_PACE
    return Pace.CHECK_PLAN if missing <= requirements.check_within else Pace.OFF_PACE


def progress(requirements: RequirementSet, ledger: Iterable[EarnedCredit]) -> Progress:
    """Mastery credit counts like any other (R34, T28)."""
    earned: dict[str, Decimal] = {}
    mastery: dict[str, Decimal] = {}
    for credit in ledger:
        earned[credit.subject] = earned.get(credit.subject, ZERO) + credit.credits
        if credit.is_mastery:
            mastery[credit.subject] = mastery.get(credit.subject, ZERO) + credit.credits
    total_earned = sum(earned.values(), ZERO)
    counted: dict[str, Decimal] = {}
    for row in requirements.rows:
        if not row.takes_overflow:
            counted[row.subject] = min(row.credits, earned.get(row.subject, ZERO))
    overflow = total_earned - sum(counted.values(), ZERO)
    for row in requirements.rows:
        if row.takes_overflow:
            counted[row.subject] = min(row.credits, overflow)
            overflow -= counted[row.subject]
    subjects = tuple(
        SubjectProgress(
            subject=row.subject,
            needed=row.credits,
            earned=earned.get(row.subject, ZERO),
            counted=counted[row.subject],
            mastery=mastery.get(row.subject, ZERO),
            citation=row.citation,
            is_core=row.is_core,
        )
        for row in requirements.rows
    )
    return Progress(
        set_code=requirements.code,
        citation=requirements.citation,
        total_needed=requirements.total,
        total_earned=total_earned,
        total_counted=sum(counted.values(), ZERO),
        subjects=subjects,
    )
