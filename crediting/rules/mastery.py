"""What level a standard has reached, and why: the newest judgement counts.

One aggregation so far. Others (best of n, decaying average …) are further functions of this shape; a result always
names the judgements it used, those it did not, and the one line of arithmetic between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crediting.rules.facts import ClaimedStandard, JudgedLevel
from crediting.rules.plain import name_of
from mbl.core.decisions import Reason


@dataclass(frozen=True)
class StandardResult:
    """``used`` is the judgement that counted (None: not judged yet), ``not_used`` the earlier ones, newest first."""

    standard: ClaimedStandard
    required: str
    used: JudgedLevel | None
    not_used: tuple[JudgedLevel, ...]
    met: bool
    reason: Reason
    arithmetic: Reason | None = None

    @property
    def is_judged(self) -> bool:
        return self.used is not None

    def as_json(self) -> dict[str, object]:
        """What a frozen basis keeps."""
        return {
            "standard": self.standard.guid,
            "code": self.standard.code,
            "statement": self.standard.statement,
            "framework": self.standard.framework,
            "framework_version": self.standard.framework_version,
            "body": self.standard.body,
            "required": self.required,
            "met": self.met,
            "used": _judged(self.used) if self.used else None,
            "not_used": [_judged(judgement) for judgement in self.not_used],
            "reason": self.reason.as_json(),
            "arithmetic": self.arithmetic.as_json() if self.arithmetic else None,
        }


def evaluate(
    levels: Sequence[str],
    required: str,
    claims: Iterable[ClaimedStandard],
    judgements: Iterable[JudgedLevel],
    citation: str = "",
) -> tuple[StandardResult, ...]:
    """Each claimed standard with its newest judgement against the level ``required``.

    ``levels`` are the scale's level codes, lowest first. Of judgements made at the same moment the later attempt
    counts, then the later one given.
    """
    by_standard: dict[str, list[JudgedLevel]] = {}
    for judgement in judgements:
        by_standard.setdefault(judgement.standard, []).append(judgement)
    return tuple(_evaluate_one(levels, required, claim, by_standard.get(claim.guid, []), citation) for claim in claims)


def _evaluate_one(
    levels: Sequence[str], required: str, claim: ClaimedStandard, judgements: list[JudgedLevel], citation: str
) -> StandardResult:
    name = name_of(claim.code, claim.statement)
    if not judgements:
        reason = Reason("mastery.not_judged", {"standard": name}, "R11", citation)
        return StandardResult(claim, required, None, (), met=False, reason=reason)
    oldest_first = sorted(judgements, key=lambda judgement: (judgement.judged_at, judgement.attempt))
    *earlier, newest = oldest_first
    not_used = tuple(reversed(earlier))
    asked = place(levels, required)
    reached = place(levels, newest.level)
    if not asked or not reached:
        unknown = newest.level if asked else required
        reason = Reason("mastery.level_unknown", {"standard": name, "level": unknown}, "R6", citation)
        return StandardResult(claim, required, newest, not_used, met=False, reason=reason)
    met = reached >= asked
    reason = Reason(
        "mastery.reached" if met else "mastery.below",
        {"standard": name, "level": newest.level, "required_level": required},
        "R7",
        citation,
    )
    arithmetic = Reason(
        "mastery.arithmetic_met" if met else "mastery.arithmetic_below",
        {
            "attempt": newest.attempt,
            "judgements": len(judgements),
            "level": newest.level,
            "reached": reached,
            "required_level": required,
            "asked": asked,
            "levels": len(levels),
        },
        "R7",
        citation,
    )
    return StandardResult(claim, required, newest, not_used, met, reason, arithmetic)


def place(levels: Sequence[str], code: str) -> int:
    """The level's place, the first being 1; 0 where the scale has no such level."""
    return levels.index(code) + 1 if code in levels else 0


def _judged(judgement: JudgedLevel) -> dict[str, object]:
    return {
        "level": judgement.level,
        "position": judgement.position,
        "attempt": judgement.attempt,
        "judged_at": judgement.judged_at.isoformat(),
        "assessor": judgement.assessor,
    }
