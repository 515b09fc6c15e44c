"""What a policy says about the way around a decision: deadlines, proposals before the work, appeals after a refusal.

They stand in a policy file as ``deadlines``, ``proposals`` and ``appeal``: in the policy of a course, or in one that
holds for the whole district.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from crediting.rules.deadlines import Deadline, Offset, Unit
from crediting.rules.policy.conditions import Event, InTime
from crediting.rules.policy.terms import PolicyTerms
from profiles.states import Role

REVIEWERS: Final = (Role.CREDIT_MANAGER, Role.PRINCIPAL, Role.COUNSELOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class HoursStep:
    """From so many hours on, so much credit."""

    hours: Decimal
    credits: Decimal


@dataclass(frozen=True)
class WorkTerms:
    """Paid work experience for elective credit (WAC 392-410-316): the least age and what hours give."""

    minimum_age: int
    steps: tuple[HoursStep, ...]


@dataclass(frozen=True)
class ProposalTerms:
    """Who reviews a proposal before the work begins; ``work`` is None where paid work is not open."""

    roles: frozenset[str]
    work: WorkTerms | None = None
    text: str = ""


@dataclass(frozen=True)
class AppealTerms:
    """To whom, until when, and when the answer is due. WAC 180-51-050(6) asks for an appeal to the district.

    Without a section in any policy there is an appeal all the same: to an administrator, at any time.
    """

    roles: frozenset[str] = frozenset({str(Role.ADMINISTRATOR)})
    within: Deadline | None = None
    answer_within: Deadline | None = None
    text: str = ""


@dataclass(frozen=True)
class RequestDeadlines:
    """Until when a request is sent and decided; None is no deadline."""

    submission: Deadline | None = None
    decision: Deadline | None = None


# --- Reading what a document holds ------------------------------------------------------------------------------------

# A deadline of one of these codes holds for every request, unless a rule names its own.
SUBMISSION, DECISION = "submission", "decision"


def proposals_of(value: Mapping[str, Any] | None) -> ProposalTerms | None:
    if not value:
        return None
    work = value.get("paid_work")
    steps = tuple(HoursStep(Decimal(step["hours"]), Decimal(step["credits"])) for step in (work or {}).get("steps", ()))
    return ProposalTerms(
        frozenset(value["roles"]),
        WorkTerms(work["minimum_age"], tuple(sorted(steps, key=lambda step: step.hours))) if work else None,
        (value.get("text") or "").strip(),
    )


def appeal_of(value: Mapping[str, Any] | None) -> AppealTerms:
    """Days count from the notice; an answer's from the appeal."""
    if not value:
        return AppealTerms()
    unit = Unit.SCHOOL_DAYS if value.get("counting") == "school_days" else Unit.DAYS
    answer = value.get("answer_within_days")
    return AppealTerms(
        roles=frozenset(value.get("roles", AppealTerms().roles)),
        within=Deadline((Offset("notified", value["within_days"], unit),)),
        answer_within=Deadline((Offset("appealed", answer, unit),)) if answer else None,
        text=value["to"],
    )


def request_deadlines_of(terms: PolicyTerms, course: str = "", method: str = "") -> RequestDeadlines:
    """What the rules for the course and method say, else the policy's own for every request."""
    ways = terms.rules_for(course, method) if course else ()
    asked = (leaf for way in ways for leaf in way.demands(InTime) if leaf.event == Event.SUBMITTED)
    sent = next((leaf.deadline for leaf in asked), SUBMISSION)
    decided = next((way.decide_by for way in ways if way.decide_by), DECISION)
    found = [terms.deadlines.get(code) for code in (sent, decided)]
    submission, decision = (term.when if term else None for term in found)
    return RequestDeadlines(submission, decision)


# --- How the section looks in a policy file ---------------------------------------------------------------------------

REVIEWING: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"enum": [str(role) for role in REVIEWERS]},
    "minItems": 1,
    "maxItems": 20,
    "uniqueItems": True,
}
_AMOUNT = {"type": "number", "exclusiveMinimum": 0, "maximum": 10_000}

PROPOSALS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "roles": REVIEWING,
        "paid_work": {
            "type": "object",
            "properties": {
                "minimum_age": {"type": "integer", "minimum": 14, "maximum": 21},
                "steps": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "properties": {"hours": _AMOUNT, "credits": _AMOUNT},
                        "required": ["hours", "credits"],
                        "additionalProperties": False,
                    },
                },
            },
            "required": ["minimum_age", "steps"],
            "additionalProperties": False,
        },
        "text": {"type": "string"},
    },
    "required": ["roles"],
    "additionalProperties": False,
    "description": "Learning away from school (WAC 392-410-300): who approves a proposal before it begins.",
}
