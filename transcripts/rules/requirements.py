"""The block of additional state requirements: which lines, which words, for which class (transcript guide, 2019-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transcripts.rules.contents import Requirement

STANDARD_WORDS = ("MET", "WAIVED", "NOT MET")
STARS = "********"
# The line of the High School and Beyond Plan.
PLAN_LINE = "hsbp"
# The line of the graduation pathway.
PATHWAY_LINE = "graduation_pathway"


@dataclass(frozen=True)
class AllowedLine:
    """A line that may print: its words, and the graduation requirement years it is for (None is open)."""

    words: tuple[str, ...]
    first_class: int | None = None
    last_class: int | None = None

    def is_for(self, year: int | None) -> bool:
        """A student whose year is not recorded gets the lines of today's classes."""
        if year is None:
            return self.last_class is None
        return (self.first_class is None or self.first_class <= year) and (
            self.last_class is None or year <= self.last_class
        )


# The closed list of lines (T30): those of the classes of 2020 and later, and those that only earlier classes have.
ALLOWED: Mapping[str, AllowedLine] = {
    PLAN_LINE: AllowedLine(("MET", "NOT MET")),
    "washington_history": AllowedLine(STANDARD_WORDS),
    PATHWAY_LINE: AllowedLine(("MET", "NOT MET"), first_class=2020),
    "placement_agreement": AllowedLine(("ELA", "MATH", "ELA/MATH")),
    "seal_of_biliteracy": AllowedLine(("EARNED", STARS)),
    "ela_standard": AllowedLine(STANDARD_WORDS, last_class=2019),
    "math_standard": AllowedLine(STANDARD_WORDS, last_class=2019),
    "science_standard": AllowedLine(STANDARD_WORDS, last_class=2019),
    "academic_certificate": AllowedLine(("EARNED", STARS), last_class=2019),
    "individual_certificate": AllowedLine(("EARNED", STARS), last_class=2019),
}


@dataclass(frozen=True)
class TemplateLine:
    """How a template prints a line: its label, and what stands there where nothing is recorded."""

    code: str
    label: str
    otherwise: str


def print_lines(
    lines: Sequence[TemplateLine], recorded: Mapping[str, str], graduation_year: int | None
) -> tuple[Requirement, ...]:
    """The lines for a class. Nothing is worked out here: a word prints only where a named role has recorded it (T31).

    ``ValueError`` for a recorded word that the line does not allow.
    """
    printed = []
    for line in lines:
        allowed = ALLOWED[line.code]
        if not allowed.is_for(graduation_year):
            continue
        value = recorded.get(line.code, "")
        if value and value not in allowed.words:
            raise ValueError(f"“{value}” cannot be printed for {line.code}; it has {', '.join(allowed.words)}.")
        printed.append(Requirement(line.label, value or line.otherwise))
    return tuple(printed)
