"""Short ways to say the facts and terms of a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crediting.rules.facts import (
    AssessmentResult,
    AttemptOutcome,
    ClaimedStandard,
    EarlierAttempt,
    EarlierAward,
    JudgedLevel,
    Purpose,
    RequestFacts,
)
from crediting.rules.policy.conditions import (
    AllOf,
    Condition,
    Instrument,
    PriorAttempt,
    ResultOn,
    StandardsAt,
    StudentWrites,
    Written,
)
from crediting.rules.policy.terms import Amount, Approval, CreditRule, Mark, PolicyTerms

LEVELS = ("beginning", "developing", "proficient", "extending")
SHOWN = dt.date(2026, 5, 20)
BOTH = frozenset({"MAT101", "MAT201"})


def rule(**fields: Any) -> CreditRule:
    """A rule with its usual conditions said in short: ``required_level``, ``min_standards``, ``instruments`` (code ->
    least level), ``prior_attempt`` (outcomes), ``reflection_required``; ``also`` for any others."""
    level, least = fields.pop("required_level", ""), fields.pop("min_standards", 1)
    instruments, prior = fields.pop("instruments", {}), fields.pop("prior_attempt", frozenset())
    parts: list[Condition] = [PriorAttempt(frozenset(prior))] if prior else []
    parts += [StandardsAt(level, least)] if level else []
    asked = tuple(Instrument(code, level=least_level) for code, least_level in instruments.items())
    parts += [ResultOn(asked)] if asked else []
    parts += [StudentWrites(Written.REFLECTION)] if fields.pop("reflection_required", False) else []
    parts += fields.pop("also", ())
    return CreditRule(**{"when": AllOf(tuple(parts))} | fields)


_LOCAL: dict[str, Any] = {
    "code": "local",
    "method": "LOCAL_ASSESSMENT",
    "courses": BOTH,
    "citation": "2403P (3)",
    "kinds": frozenset({"portfolio", "presentation"}),
    "required_level": "proficient",
    "min_standards": 2,
    "amount": Amount(up_to=Decimal("1.0")),
    "mark": Mark("P"),
}
_STATE: dict[str, Any] = {
    "code": "state",
    "method": "STATE_ASSESSMENT",
    "courses": BOTH,
    "citation": "2403P (1)",
    "purpose": Purpose.RECOVERY,
    "prior_attempt": frozenset({"failed", "incomplete"}),
    "instruments": {"sba-math": 3, "eoc-math": None},
    "amount": Amount(up_to=Decimal("1.0")),
    "mark": Mark("P"),
}


def local_rule(**changes: Any) -> CreditRule:
    """Two standards at Proficient, in a portfolio or a presentation."""
    return rule(**_LOCAL | changes)


def state_rule(**changes: Any) -> CreditRule:
    """A state test for a course that was failed."""
    return rule(**_STATE | changes)


LOCAL, STATE = local_rule(), state_rule()


def terms(**changes: Any) -> PolicyTerms:
    """A complete policy for two mathematics courses, decided by a second person."""
    fields: dict[str, Any] = {
        "series": "2403",
        "number": 1,
        "title": "Mathematics",
        "effective_from": dt.date(2020, 7, 1),
        "effective_to": None,
        "equity_provision": "Every family is told.",
        "other_methods": "none",
        "approval": Approval(frozenset({"credit_manager", "principal"})),
        "scale": "mastery",
        "levels": LEVELS,
        "courses": {"MAT101": "math", "MAT201": "math"},
        "rules": (STATE, LOCAL),
    }
    return PolicyTerms(**fields | changes)


def claim(guid: str, *, body: str = "state", is_required: bool = False) -> ClaimedStandard:
    return ClaimedStandard(guid, guid.upper(), f"Statement {guid}", "Math", "2011", body, is_required)


def judged(standard: str, level: str = "proficient", *, attempt: int = 1, day: int = 1) -> JudgedLevel:
    moment = dt.datetime(2026, 5, day, 12, tzinfo=dt.UTC)
    return JudgedLevel(standard, level, LEVELS.index(level) + 1, attempt, moment, "teacher-1")


def local(**changes: Any) -> RequestFacts:
    """A portfolio for Geometry: two standards at Proficient, decided by the credit manager."""
    fields: dict[str, Any] = {
        "course_code": "MAT201",
        "course_credits": Decimal("1.000"),
        "subject": "math",
        "school_code": "S1",
        "graduation_year": 2028,
        "method": "LOCAL_ASSESSMENT",
        "kind": "portfolio",
        "purpose": Purpose.EITHER,
        "demonstrated_on": SHOWN,
        "claims": (claim("a"), claim("b")),
        "judgements": (judged("a"), judged("b")),
        "evidence": frozenset({"piece-1"}),
        "assessors": frozenset({"teacher-1"}),
        "decider": "manager-1",
        "decider_roles": frozenset({"credit_manager"}),
    }
    return RequestFacts(**fields | changes)


def state(**changes: Any) -> RequestFacts:
    """A state test for Geometry after a failed course."""
    return local(
        **{
            "method": "STATE_ASSESSMENT",
            "kind": "",
            "purpose": Purpose.RECOVERY,
            "judgements": (),
            "evidence": frozenset(),
            "assessors": frozenset(),
            "results": (result(),),
            "record": (attempt(),),
        }
        | changes
    )


def result(
    instrument: str = "sba-math", level: int | None = 3, *, met: bool | None = None, day: int = 1
) -> AssessmentResult:
    return AssessmentResult(instrument, dt.date(2026, 5, day), level, None, met)


def attempt(
    outcome: AttemptOutcome = AttemptOutcome.FAILED,
    *,
    course: str = "MAT201",
    earned: str = "0",
    ended_on: dt.date = dt.date(2025, 6, 10),
) -> EarlierAttempt:
    return EarlierAttempt(course, outcome, "F", Decimal("1"), Decimal(earned), ended_on)


def award(credits: str, *, course: str = "MAT201", rule: str = "local", evidence: Sequence[str] = ()) -> EarlierAward:
    return EarlierAward(course, "LOCAL_ASSESSMENT", rule, Decimal(credits), frozenset(evidence))
