"""Marks as a policy writes them, and how letters compare."""

from __future__ import annotations

from typing import Final

# Marks with grade points, best first, and marks outside GPA (WAC 392-415-050).
LETTER_MARKS: Final = ("A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D")
OTHER_MARKS: Final = ("P", "CR", "S")
_PLACE = {mark: place for place, mark in enumerate(("A+", *LETTER_MARKS, "D-", "E", "F"))}


def grade_reaches(mark: str, least: str) -> bool | None:
    """Whether ``mark`` is ``least`` or better; any mark where nothing is asked. None: it has no place among letters."""
    if not least:
        return True
    place = _PLACE.get(mark.strip().upper())
    return None if place is None else place <= _PLACE[least]
