"""What a course gives, as the district says it, and what is wrong with what somebody says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crediting.states import SubjectArea

_SCED = re.compile(r"[0-9]{5}")
_DESIGNATION = re.compile(r"([A-Za-z0-9]{1,3})(?:\s+((?:20[0-9]{2})?)-((?:20[0-9]{2})?))?")


@dataclass(frozen=True, order=True)
class Designation:
    """A letter of a course and the school years (ending years) it is for; 0: no bound."""

    letter: str
    first_year: int = 0
    last_year: int = 0

    def is_for(self, school_year: int) -> bool:
        return self.first_year <= school_year and (not self.last_year or school_year <= self.last_year)


def designation_text(one: Designation) -> str:
    """``A``; ``A 2026-`` from 2025-26 on; ``A 2026-2028``."""
    years = f"{one.first_year or ''}-{one.last_year or ''}"
    return one.letter if years == "-" else f"{one.letter} {years}"


def read_designation(text: str) -> Designation | None:
    """What ``designation_text`` writes; None where it is something else."""
    found = _DESIGNATION.fullmatch(text.strip())
    return Designation(found[1].upper(), int(found[2] or 0), int(found[3] or 0)) if found else None


@dataclass(frozen=True)
class CourseDetails:
    """What a course gives. ``requirements`` maps a requirement to the credits that can meet it (T68); empty: the
    course's subject area with all its credits. ``schools`` holds codes; none: every school."""

    title: str
    credits: Decimal
    subject: SubjectArea
    sced_code: str = ""
    state_course_code: str = ""
    equivalent_subject: str = ""
    equivalent_title: str = ""
    is_cadr: bool = False
    is_lab: bool = False
    designations: tuple[Designation, ...] = ()
    grades: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    description: str = ""
    requirements: Mapping[str, Decimal] | None = None
    active_from: date | None = None
    active_to: date | None = None
    is_active: bool = True

    @property
    def met(self) -> dict[str, Decimal]:
        """Credits by requirement."""
        return dict(self.requirements) if self.requirements else {str(self.subject): self.credits}


def is_sced_code(code: str, areas: Collection[str]) -> bool:
    """Five digits, the first two of them a known subject area (T66)."""
    return bool(_SCED.fullmatch(code)) and code[:2] in areas


def letters_for(designations: Iterable[Designation], school_year: int) -> list[str]:
    """The letters a course has in a school year, in order."""
    return sorted({one.letter for one in designations if one.is_for(school_year)})


@dataclass(frozen=True)
class Quantitative:
    """Courses that carry ``letter`` when they are taken in ``grade`` (RCW 28A.230.097; T70)."""

    letter: str
    grade: str
    sced_codes: frozenset[str]

    def letter_for(self, code: str, grade: str) -> str:
        """The letter of a row, empty where there is none. ``code``: SCED or a state code that begins with it."""
        return self.letter if grade == self.grade and code[:5] in self.sced_codes else ""
