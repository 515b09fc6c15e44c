"""A policy version as the engine reads it: frozen and typed. ``loader.parse`` makes it from a policy file.

What a district left blank is blank here too: an empty text, no amount, no mark. ``readiness`` names the blanks, and
``rules.credit`` awards nothing that rests on one (R6).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from crediting.rules.facts import Purpose


@dataclass(frozen=True)
class Approval:
    """Who may decide, and whether the one who decides must be somebody else than the one who assessed (R10b)."""

    roles: frozenset[str]
    two_roles: bool = True


@dataclass(frozen=True)
class Mark:
    """The mark an award carries: ``P`` outside GPA, or a letter (R35). ``is_numeric`` says whether it has points.

    ``basis`` is how the district arrives at a letter (T22); empty for marks outside GPA.
    """

    value: str
    is_numeric: bool = False
    basis: str = ""


@dataclass(frozen=True)
class Amount:
    """``exactly`` so much, or ``up_to`` so much drawn from the course's credits. Neither: not configured (R6)."""

    exactly: Decimal | None = None
    up_to: Decimal | None = None


@dataclass(frozen=True)
class LocalMethod:
    """A method that the district defined itself (WAC 180-51-051(3)(c); R5)."""

    code: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class EligibleCourse:
    """A course on the eligibility list, as the policy names it. ``credits`` is None where the file leaves it out."""

    code: str
    title: str
    subject: str
    credits: Decimal | None = None


@dataclass(frozen=True)
class CreditRule:
    """One way to credit: a method, the courses it is open for, what must be shown and what it gives.

    ``required_level`` is a level code of the policy's scale that every claimed standard must reach by its newest
    judgement. ``instruments`` maps an assessment's code to the least level that counts (None: "met" is enough).
    ``prior_attempt`` names outcomes one of which must be on record; empty asks for none (R13).
    """

    code: str
    method: str
    courses: frozenset[str]
    citation: str
    kinds: frozenset[str] = frozenset()
    purpose: Purpose = Purpose.EITHER
    prior_attempt: frozenset[str] = frozenset()
    required_level: str = ""
    min_standards: int = 1
    reflection_required: bool = False
    instruments: Mapping[str, int | None] = field(default_factory=dict)
    instrument_titles: Mapping[str, str] = field(default_factory=dict)
    amount: Amount = Amount()
    mark: Mark | None = None
    text: str = ""

    def instrument_title(self, code: str) -> str:
        """The assessment's name as the policy gives it, else its code."""
        return self.instrument_titles.get(code, code)

    @property
    def is_configured(self) -> bool:
        """Blank means not configured, and an unconfigured rule cannot award (R6)."""
        return self.mark is not None and self.amount != Amount() and bool(self.required_level or self.instruments)


@dataclass(frozen=True)
class PolicyTerms:
    """One version: the three mandatory parts of WAC 180-51-051(3) and the rules.

    ``effective_to`` is the last day in force (None: open). ``courses`` maps an eligible course code to its subject;
    ``catalog`` says more of each. ``levels`` are the scale's level codes, lowest first. ``school_approval`` holds what
    the board set for single schools. ``classes`` are graduation years; empty is every class.
    """

    series: str
    number: int
    title: str
    effective_from: dt.date
    effective_to: dt.date | None
    equity_provision: str
    other_methods: str
    approval: Approval
    scale: str
    levels: tuple[str, ...]
    courses: Mapping[str, str]
    rules: tuple[CreditRule, ...]
    classes: frozenset[int] = frozenset()
    adopted_on: dt.date | None = None
    board_reference: str = ""
    review_every_months: int | None = None
    school_approval: Mapping[str, Approval] = field(default_factory=dict)
    catalog: tuple[EligibleCourse, ...] = ()
    methods: Mapping[str, LocalMethod] = field(default_factory=dict)
    adopted_by: str = ""
    text: str = ""

    def approval_at(self, school_code: str) -> Approval:
        return self.school_approval.get(school_code, self.approval)

    def rules_for(self, course_code: str, method: str = "") -> tuple[CreditRule, ...]:
        return tuple(
            rule for rule in self.rules if course_code in rule.courses and (not method or rule.method == method)
        )

    def in_force(self, day: dt.date, graduation_year: int | None = None) -> bool:
        """Whether the version applies to work last shown on ``day`` by a student of the class ``graduation_year``."""
        in_dates = self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
        return in_dates and (not self.classes or graduation_year in self.classes)
