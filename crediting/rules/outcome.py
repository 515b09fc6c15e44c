"""What a decision says: an outcome with every criterion, its reason and its citation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crediting.rules.mastery import StandardResult
from mbl.core.decisions import Criterion, Reason


class OutcomeKind(StrEnum):
    """``not_decidable`` is an answer of the engine and never a stored decision."""

    AWARD = "award"
    REFUSED = "refused"
    NOT_DECIDABLE = "not_decidable"


@dataclass(frozen=True)
class Outcome:
    """``missing`` names what would make a not-decidable request decidable. Credits have three places.

    ``evidence_used`` is what an award consumes for its course; keep it with the award and hand it back as
    ``EarlierAward.evidence`` (R29). ``standards`` explains each standard's level; empty where no rule asked for one.
    """

    kind: OutcomeKind
    criteria: tuple[Criterion, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[Reason, ...] = ()
    rule_code: str = ""
    credits: Decimal = Decimal("0.000")
    mark: str = ""
    is_numeric: bool = False
    course_code: str = ""
    two_roles: bool = True
    evidence_used: frozenset[str] = frozenset()
    standards: tuple[StandardResult, ...] = ()

    @property
    def is_award(self) -> bool:
        return self.kind == OutcomeKind.AWARD
