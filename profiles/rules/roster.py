"""What rosters say in many ways, said in one: grades and school years (T51)."""

from __future__ import annotations

import re

from profiles.states import Role

# The grades we keep: the state's codes, and those of the common entry-grade vocabulary that differ.
GRADES = (
    "IT", "PR", "PK", "TK", "KG", "K1", "K2",
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "PS", "UG",
)  # fmt: skip
HIGH_SCHOOL = ("09", "10", "11", "12")
_SAME = {"K": "KG", "KINDERGARTEN": "KG", "PREKINDERGARTEN": "PK", "PRE-K": "PK", "UNGRADED": "UG"}
_NUMBER = re.compile(r"(?:GRADE\s*)?0?(\d{1,2})(?:\.0)?(?:ST|ND|RD|TH)?(?:\s*GRADE)?")


def grade_of(text: str) -> str | None:
    """The grade as we keep it (``9``, ``09``, ``Grade 9`` and ``9th`` are ``09``); None where it is not one."""
    word = text.strip().upper()
    if word in GRADES:
        return word
    if word in _SAME:
        return _SAME[word]
    if re.fullmatch(r"PS\d+", word):
        return "PS"
    found = _NUMBER.fullmatch(word)
    if found and 1 <= int(found[1]) <= 13:
        return f"{int(found[1]):02}"
    return None


def graduation_year(grade: str, school_year: int) -> int | None:
    """The ending year of grade 12 for somebody in ``grade`` in ``school_year`` who goes on year by year."""
    if grade not in GRADES or not grade.isdigit() or int(grade) > 12:
        return None
    return school_year + 12 - int(grade)


# Words of rosters that speak of a role which opens much here, and that role. A roster suggests it; a person gives it.
SUGGESTED = {
    "administrator": Role.ADMINISTRATOR,
    "districtadministrator": Role.ADMINISTRATOR,
    "siteadministrator": Role.ADMINISTRATOR,
    "systemadministrator": Role.ADMINISTRATOR,
    "counselor": Role.COUNSELOR,
    "principal": Role.PRINCIPAL,
}
