"""Designation letters: the table by school year that a district has confirmed from the state's guidance (T26)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What meets a college subject requirement; it follows the district's list in the catalog and nothing else.
CADR = "B"
_LETTER = re.compile(r"[A-Z]{1,3}")
_LONGEST_MEANING = 120


@dataclass(frozen=True)
class Letter:
    """One row of the table. Years are ending years of school years, both included; 0 is no bound."""

    letter: str
    meaning: str
    first_year: int = 0
    last_year: int = 0

    def is_for(self, school_year: int) -> bool:
        return (self.first_year or school_year) <= school_year <= (self.last_year or school_year)


@dataclass(frozen=True)
class Letters:
    """A district's table. ``mastery`` is the letter beside credit by local competency; empty: none."""

    table: tuple[Letter, ...]
    mastery: str = ""

    @property
    def known(self) -> frozenset[str]:
        """Every letter, whatever the year."""
        return frozenset(one.letter for one in self.table)

    def confirmed(self, school_year: int) -> frozenset[str]:
        return frozenset(one.letter for one in self.table if one.is_for(school_year))

    def of_mastery(self, course_letters: Iterable[str], school_year: int) -> list[str]:
        """The letters beside a line of mastery credit: those of the course and the one for local competency."""
        wanted = [*course_letters, *([self.mastery] if self.mastery else [])]
        confirmed = self.confirmed(school_year)
        return [letter for letter in dict.fromkeys(wanted) if letter in confirmed]


# Until a district confirms others: the one letter whose meaning is certain.
USUAL = Letters((Letter(CADR, "Meets a College Academic Distribution Requirement"),))


def problem(table: Sequence[Letter], mastery: str) -> tuple[str, str] | None:
    """What is wrong with a table and with which letter: shape, meaning, years, twice, mastery."""
    for number, one in enumerate(table):
        if not _LETTER.fullmatch(one.letter):
            return "shape", one.letter
        if not 0 < len(one.meaning.strip()) <= _LONGEST_MEANING:
            return "meaning", one.letter
        if one.last_year and one.last_year < one.first_year:
            return "years", one.letter
        if any(other.letter == one.letter and _share_a_year(one, other) for other in table[:number]):
            return "twice", one.letter
    return ("mastery", mastery) if mastery and mastery not in {one.letter for one in table} else None


def _share_a_year(one: Letter, other: Letter) -> bool:
    return (not one.last_year or other.first_year <= one.last_year) and (
        not other.last_year or one.first_year <= other.last_year
    )
