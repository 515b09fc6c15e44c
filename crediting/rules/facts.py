"""What a decision looks at: frozen facts about one request. No database, no clock.

The pages, the console and later replay all gather these the same way and hand them to ``rules.credit.decide``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Purpose(StrEnum):
    """Never took it, or took it without earning it (R14)."""

    CHALLENGE = "challenge"
    RECOVERY = "recovery"
    EITHER = "either"


class AttemptOutcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NO_CREDIT = "no_credit"
    INCOMPLETE = "incomplete"
    WITHDRAWN = "withdrawn"
    IN_PROGRESS = "in_progress"


@dataclass(frozen=True)
class ClaimedStandard:
    """A standard the request claims. ``body`` is ``state``, ``local``, or empty where the district adopted neither."""

    guid: str
    code: str
    statement: str
    framework: str
    framework_version: str
    body: str
    is_required: bool = False


@dataclass(frozen=True)
class JudgedLevel:
    """One judgement; ``position`` counts levels from 1."""

    standard: str
    level: str
    position: int
    attempt: int
    judged_at: dt.datetime
    assessor: str


@dataclass(frozen=True)
class EarlierAttempt:
    """A row of the student's course history in any course."""

    course_code: str
    outcome: AttemptOutcome
    mark: str
    credits_attempted: Decimal
    credits_earned: Decimal
    ended_on: dt.date


@dataclass(frozen=True)
class EarlierAward:
    """Mastery credit that stands: not reversed."""

    course_code: str
    method: str
    rule_code: str
    credits: Decimal
    evidence: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AssessmentResult:
    """A result on a named instrument; ``level`` as its publisher counts levels, ``met`` where it only says so."""

    instrument: str
    taken_on: dt.date
    level: int | None = None
    score: Decimal | None = None
    met: bool | None = None

    @property
    def evidence_id(self) -> str:
        """What an award that used this result keeps, so that it counts once for a course (R29, EC24)."""
        return f"{self.instrument}@{self.taken_on.isoformat()}"


@dataclass(frozen=True)
class Attested:
    """Somebody's word that counts: said in ``role`` on ``on``. ``code`` names which attestation of the policy it is.

    ``by`` tells one person from another; ``standards`` are the guids that staff mapped it to.
    """

    role: str
    on: dt.date
    code: str = ""
    by: str = ""
    standards: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Approved:
    """An approval given to a proposal or plan, decided ``on``; the work itself began or will begin ``starts_on``."""

    what: str
    on: dt.date
    role: str
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    is_refusal: bool = False


@dataclass(frozen=True)
class RequestFacts:
    """Everything a decision may look at. ``decider`` and ``assessors`` are public ids of people.

    ``claims`` holds the standards the request names and, with ``is_required``, those the course asks of everybody,
    whether or not the student named them. ``record`` holds rows of course history (class and transfer), ``awards`` the
    mastery credit that stands; no credit is in both. An empty ``decider`` leaves out who may decide: a preview.
    """

    course_code: str
    course_credits: Decimal
    subject: str
    school_code: str
    graduation_year: int | None
    method: str
    kind: str
    purpose: Purpose
    demonstrated_on: dt.date | None
    claims: tuple[ClaimedStandard, ...]
    judgements: tuple[JudgedLevel, ...]
    results: tuple[AssessmentResult, ...] = ()
    record: tuple[EarlierAttempt, ...] = ()
    awards: tuple[EarlierAward, ...] = ()
    evidence: frozenset[str] = frozenset()
    evidence_kinds: frozenset[str] = frozenset()
    reflected: bool = False
    state_standards_exist: bool = True
    student_chose: bool = True
    assessors: frozenset[str] = frozenset()
    attestations: tuple[Attested, ...] = ()
    approvals: tuple[Approved, ...] = ()
    decider: str = ""
    decider_roles: frozenset[str] = frozenset()
