"""What a decision says: an outcome with every criterion, its reason and its citation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from crediting.rules.mastery import StandardResult
from mbl.core.decisions import Criterion, Reason


class OutcomeKind(StrEnum):
    """``not-decidable`` is an answer of the engine and never a stored decision; ``must-award`` cannot be refused."""

    AWARD = "award"
    REQUIREMENT_MET = "requirement-met"
    EXCUSED = "excused"
    WAIVED = "waived"
    REFUSED = "refused"
    NOT_DECIDABLE = "not-decidable"
    MUST_AWARD = "must-award"


@dataclass(frozen=True)
class Outcome:
    """``missing`` names what would make a not-decidable request decidable. Credits have three places.

    ``evidence_used`` and ``spent`` are what an award consumes; keep them with the award and hand them back as
    ``EarlierAward`` (R29). ``released``: of how many credits a requirement is met, excused or waived without credit.
    ``standards`` explains each standard's level; empty where no rule asked for one. ``notes``
    are consequences that stop nothing. ``effective_on`` is set where an award takes effect later than it is made.
    """

    kind: OutcomeKind
    criteria: tuple[Criterion, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[Reason, ...] = ()
    rule_code: str = ""
    credits: Decimal = Decimal("0.000")
    released: Decimal = Decimal("0.000")
    mark: str = ""
    is_numeric: bool = False
    course_code: str = ""
    requirement: str = ""
    two_roles: bool = True
    evidence_used: frozenset[str] = frozenset()
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    standards: tuple[StandardResult, ...] = ()
    notes: tuple[Reason, ...] = ()
    effective_on: dt.date | None = None

    @property
    def is_award(self) -> bool:
        return self.kind in (OutcomeKind.AWARD, OutcomeKind.MUST_AWARD)

    @property
    def is_granted(self) -> bool:
        """Whether it gives the student anything."""
        return self.kind not in (OutcomeKind.REFUSED, OutcomeKind.NOT_DECIDABLE)
