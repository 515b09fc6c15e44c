"""How far a student is toward graduation: earned and needed in each subject, from the set of their class."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from crediting.models import LedgerEntry
from crediting.rules.credits import exact, total
from crediting.states import EntryKind, SubjectArea
from hsbp.interchange import requirement_file
from hsbp.rules import progress as rules
from hsbp.rules.progress import EarnedCredit, Entry, Progress, RequirementSet
from hsbp.states import Pace
from mbl.core import clock
from mbl.core.words import state_word
from profiles.models import Student

FILE = Path(__file__).resolve().parent.parent / "data" / "requirements.yaml"


@cache
def requirement_sets() -> tuple[RequirementSet, ...]:
    """The sets the product brings, read once."""
    return requirement_file.read(FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class StudentProgress:
    """``requirements`` and ``progress`` are None where the class of the student is not known or has no set."""

    entry: Entry | None
    requirements: RequirementSet | None
    progress: Progress | None
    pace: Pace | None
    earned: Decimal
    # The newest day on which credit was earned by mastery.
    mastery_on: dt.date | None


def requirements_of(student: Student) -> tuple[Entry | None, RequirementSet | None]:
    """The set that the day of entry to grade 9 chooses (R42)."""
    entry = rules.entry_of(student.grade_9_entry, student.graduation_year)
    return entry, rules.set_for(requirement_sets(), entry.day if entry else None)


def pace_of(student: Student, earned: Decimal) -> Pace | None:
    _entry, requirements = requirements_of(student)
    return rules.pace(requirements, earned, student.grade) if requirements else None


def progress_of(student: Student) -> StudentProgress:
    """One trip: the credits that stand in the record."""
    rows = (
        LedgerEntry.objects.counting(clock.today(student.district))
        .filter(student=student, credits_earned__gt=0)
        .order_by("pk")
        .values_list("subject", "credits_earned", "college_hours", "college_unit", "kind", "earned_on")
    )
    earned_in: defaultdict[tuple[str, bool], list[Fraction]] = defaultdict(list)
    mastery_on = None
    for subject, credits, hours, unit, kind, earned_on in rows:
        is_mastery = kind == EntryKind.MASTERY
        earned_in[subject, is_mastery].append(exact(credits, hours, unit))
        if is_mastery and (mastery_on is None or earned_on > mastery_on):
            mastery_on = earned_on
    ledger = [EarnedCredit(subject, total(credits), is_mastery) for (subject, is_mastery), credits in earned_in.items()]
    earned = total(credit for credits in earned_in.values() for credit in credits)
    entry, requirements = requirements_of(student)
    return StudentProgress(
        entry=entry,
        requirements=requirements,
        progress=rules.progress(requirements, ledger) if requirements else None,
        pace=rules.pace(requirements, earned, student.grade) if requirements else None,
        earned=earned,
        mastery_on=mastery_on,
    )


def subject_word(subject: str) -> str:
    """The subject area's name; a code that MBL does not know stays as it is."""
    return state_word(SubjectArea(subject)) if subject in set(SubjectArea) else subject
