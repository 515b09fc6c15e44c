"""What a policy says about the way around a decision: deadlines, proposals before the work, appeals after a refusal.

These are sections of a policy file: ``deadlines``, ``proposals`` and ``appeal``. ``SCHEMA`` says how they look, and
``deadline_of``, ``proposals_of`` and ``appeal_of`` read what a stored document holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from crediting.rules.deadlines import Deadline, MonthDay, NthWeekday, Offset, Unit, Window
from profiles.states import Role

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Days that an offset may count from, by what they are anchors of.
REQUEST_DAYS: Final = ("term_end", "term_start", "test", "demonstrated", "submitted")
APPEAL_DAYS: Final = ("notified", "appealed")
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


def deadline_of(value: Mapping[str, Any] | None) -> Deadline | None:
    """A deadline as the file writes it: one window, or ``windows``; ``at`` and ``schools`` beside them."""
    if not value:
        return None
    return Deadline(
        _windows(value),
        dt.time.fromisoformat(value["at"]) if value.get("at") else None,
        {code: _windows(own) for code, own in value.get("schools", {}).items()},
    )


def _windows(value: Mapping[str, Any]) -> tuple[Window, ...]:
    return tuple(_window(one) for one in value.get("windows") or (value,))


def _window(value: Mapping[str, Any]) -> Window:
    if "weekday" in value:
        return NthWeekday(value["nth"], WEEKDAYS.index(value["weekday"]), value["month"])
    if "month" in value:
        return MonthDay(value["month"], value["day"])
    anchor, sign = (value["after"], 1) if "after" in value else (value["before"], -1)
    unit = next(unit for unit in Unit if str(unit) in value)
    return Offset(anchor, sign * value[str(unit)], unit)


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
    if not value:
        return AppealTerms()
    return AppealTerms(
        frozenset(value["roles"]),
        deadline_of(value.get("within")),
        deadline_of(value.get("answer_within")),
        (value.get("text") or "").strip(),
    )


def request_deadlines_of(value: Mapping[str, Any] | None) -> RequestDeadlines:
    said = value or {}
    return RequestDeadlines(deadline_of(said.get("submission")), deadline_of(said.get("decision")))


# --- How the sections look in a policy file ---------------------------------------------------------------------------

_AMOUNT = {"type": "number", "exclusiveMinimum": 0, "maximum": 10_000}
_MONTH = {"type": "integer", "minimum": 1, "maximum": 12}


def _offset(anchors: tuple[str, ...], unit: Unit, way: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {way: {"enum": list(anchors)}, str(unit): {"type": "integer", "minimum": 0, "maximum": 1000}},
        "required": [way, str(unit)],
    }


def _deadline(anchors: tuple[str, ...]) -> dict[str, Any]:
    window: dict[str, Any] = {
        "anyOf": [
            *(_offset(anchors, unit, way) for way in ("after", "before") for unit in Unit),
            {
                "type": "object",
                "properties": {
                    "nth": {"enum": [-2, -1, 1, 2, 3, 4, 5]},
                    "weekday": {"enum": list(WEEKDAYS)},
                    "month": _MONTH,
                },
                "required": ["nth", "weekday", "month"],
            },
            {
                "type": "object",
                "properties": {"month": _MONTH, "day": {"type": "integer", "minimum": 1, "maximum": 31}},
                "required": ["month", "day"],
            },
        ]
    }
    several = {"type": "object", "properties": {"windows": {"type": "array", "items": window, "minItems": 1}}}
    one_or_several = {"anyOf": [several | {"required": ["windows"]}, *window["anyOf"]]}
    return {
        "properties": {
            "at": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"},
            "schools": {"type": "object", "additionalProperties": one_or_several},
        },
        **one_or_several,
    }


_ROLES = {"type": "array", "items": {"enum": [str(role) for role in REVIEWERS]}, "minItems": 1, "uniqueItems": True}

SCHEMA: Final[dict[str, Any]] = {
    "deadlines": {
        "type": "object",
        "properties": {"submission": _deadline(REQUEST_DAYS), "decision": _deadline(REQUEST_DAYS)},
        "additionalProperties": False,
        "description": "Until when a request is sent, and decided.",
    },
    "proposals": {
        "type": "object",
        "properties": {
            "roles": _ROLES,
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
    },
    "appeal": {
        "type": "object",
        "properties": {
            "roles": _ROLES,
            "within": _deadline(APPEAL_DAYS[:1]),
            "answer_within": _deadline(APPEAL_DAYS),
            "text": {"type": "string"},
        },
        "required": ["roles"],
        "additionalProperties": False,
        "description": "To whom a refusal is appealed, until when, and when the answer is due (WAC 180-51-050(6)).",
    },
}
