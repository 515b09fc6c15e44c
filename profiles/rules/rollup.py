"""Federal race and ethnicity groups from what a family reported, by a named version (T45, T48).

Raw codes stay as reported; a group is always worked out again, never stored with a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """The seven groups of 34 CFR 300.647, the one that 89 FR 22182 adds, and nothing reported."""

    AMERICAN_INDIAN = "american_indian"
    ASIAN = "asian"
    BLACK = "black"
    HISPANIC = "hispanic"
    MIDDLE_EASTERN = "middle_eastern"
    PACIFIC_ISLANDER = "pacific_islander"
    WHITE = "white"
    TWO_OR_MORE = "two_or_more"
    NOT_PROVIDED = "not_provided"


@dataclass(frozen=True)
class RollUp:
    """One version. ``summary`` maps a race code to its group; ``not_hispanic`` are the codes that say so.

    With ``hispanic_first`` Hispanic of any race is one group (2007); without, it is one of the categories of a single
    combined question, so that two categories make "two or more" (2024).
    """

    version: str
    summary: Mapping[str, Group]
    not_hispanic: frozenset[str]
    hispanic_first: bool = True
    # Where the version has no group of its own for it.
    middle_eastern_as: Group = Group.MIDDLE_EASTERN

    def of(self, group: Group) -> Group:
        """``group`` as this version counts it."""
        return self.middle_eastern_as if group == Group.MIDDLE_EASTERN else group


def group_of(rollup: RollUp, ethnicity: Iterable[str], races: Iterable[str]) -> Group:
    """The one group a student counts in. Missing ethnicity is never read as "not Hispanic" (V-R5)."""
    told = set(ethnicity)
    hispanic = bool(told - rollup.not_hispanic)
    reported = {rollup.summary[code] for code in races if code in rollup.summary}
    if rollup.hispanic_first:
        if hispanic:
            return Group.HISPANIC
        if not told:
            return Group.NOT_PROVIDED
    elif hispanic:
        reported.add(Group.HISPANIC)
    if not reported:
        return Group.NOT_PROVIDED
    return reported.pop() if len(reported) == 1 else Group.TWO_OR_MORE


def codes_told(rollup: RollUp, ethnicity: Iterable[str], races: Iterable[str]) -> dict[str, Group]:
    """Every code that was told, with the group it belongs to, whatever else was told beside it (V-R1 to V-R5).

    The values are the groups a student is in, alone or in combination; a code that no group knows is left out.
    """
    hispanic = {code: Group.HISPANIC for code in ethnicity if code not in rollup.not_hispanic}
    return hispanic | {code: rollup.summary[code] for code in races if code in rollup.summary}


def problems(rollup: RollUp, ethnicity: Iterable[str], races: Iterable[str]) -> tuple[str, ...]:
    """Codes of what is wrong with a report: ``ethnicity_missing``, ``not_hispanic_with_other`` (T46), ``unknown:X``."""
    told = set(ethnicity)
    found = [] if told else ["ethnicity_missing"]
    if told & rollup.not_hispanic and told - rollup.not_hispanic:
        found.append("not_hispanic_with_other")
    found += [f"unknown:{code}" for code in sorted(set(races) - set(rollup.summary))]
    return tuple(found)
