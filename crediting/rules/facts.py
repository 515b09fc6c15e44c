"""What a decision looks at: frozen facts about one request. No database, no clock.

The pages, the console and later replay all gather these the same way and hand them to ``rules.credit.decide``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from crediting.rules.aggregation import NEWEST, Aggregation

# What staff may confirm of a request under a name of the policy: a number, a word, a day, yes or no.
Value = Decimal | str | bool | dt.date


class Purpose(StrEnum):
    """Never took it, took it without earning it (R14), or is excused from taking it (R28)."""

    CHALLENGE = "challenge"
    RECOVERY = "recovery"
    EXCUSED = "excused"
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
    """One judgement; ``position`` counts levels from 1.

    ``aggregation`` is the rule that was in force when it was given. ``is_modified``: judged against expectations that
    were changed for the student. ``source`` is the course in whose class it was judged, empty for work of the request,
    and ``evidence_id`` then what an award keeps that counted it.
    """

    standard: str
    level: str
    position: int
    attempt: int
    judged_at: dt.datetime
    assessor: str
    aggregation: Aggregation = NEWEST
    is_modified: bool = False
    source: str = ""
    evidence_id: str = ""


@dataclass(frozen=True)
class EarlierAttempt:
    """A row of the student's course history in any course. ``term`` is the part of the year as the record names it.

    ``is_summer`` and ``is_elsewhere`` (earned in another district) are what policies leave out.
    """

    course_code: str
    outcome: AttemptOutcome
    mark: str
    credits_attempted: Decimal
    credits_earned: Decimal
    ended_on: dt.date
    subject: str = ""
    term: str = ""
    is_summer: bool = False
    is_elsewhere: bool = False

    @property
    def evidence_id(self) -> str:
        """What an award that rests on this row keeps."""
        return f"course:{self.course_code}@{self.ended_on.isoformat()}"


@dataclass(frozen=True)
class EarlierAward:
    """Mastery credit that stands: not reversed. ``spent`` is what it used up of numbers that count once (hours).

    ``released``: of how many credits it met, excused or waived a requirement, without credit.
    """

    course_code: str
    method: str
    rule_code: str
    credits: Decimal
    evidence: frozenset[str] = frozenset()
    subject: str = ""
    purpose: str = ""
    language: str = ""
    on: dt.date | None = None
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    mark: str = ""
    released: Decimal = Decimal(0)


@dataclass(frozen=True)
class AssessmentResult:
    """A result on a named instrument; ``level`` as its publisher counts levels, ``met`` where it only says so.

    A language test has its ``language`` and a level, in words, for each of its ``skills``.
    """

    instrument: str
    taken_on: dt.date
    level: int | None = None
    score: Decimal | None = None
    met: bool | None = None
    language: str = ""
    skills: Mapping[str, str] = field(default_factory=dict)

    @property
    def evidence_id(self) -> str:
        """What an award that used this result keeps, so that it counts once for a course (R29, EC24)."""
        return f"{self.test_id}@{self.taken_on.isoformat()}"

    @property
    def test_id(self) -> str:
        """The test without its day."""
        return f"{self.instrument}:{self.language}" if self.language else self.instrument


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
class NextPair:
    """A pair of the district's list: completing ``higher`` shows ``course`` (R18). ``grade`` is empty where the list
    names none."""

    course: str
    higher: str
    grade: str = ""
    because: str = ""


@dataclass(frozen=True)
class Try:
    """One earlier attempt at an assessment."""

    course_code: str
    method: str
    on: dt.date


@dataclass(frozen=True)
class Override:
    """Somebody with discretion lets a criterion pass, and says why."""

    role: str
    lifts: frozenset[str]
    reason: str
    by: str = ""


@dataclass(frozen=True)
class StudentFacts:
    """Who asks. ``grade`` and ``age`` on the demonstration date; ``grade_at_request`` where it was another then.

    ``groups`` are population codes that a rule may name, such as ``institutional`` (RCW 28A.320.192).
    """

    grade: str = ""
    grade_at_request: str = ""
    age: int | None = None
    groups: frozenset[str] = frozenset()
    enrolled: frozenset[str] = frozenset()


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
    student: StudentFacts = StudentFacts()
    # What staff confirmed, by the names the policy declares, and papers received, by code.
    confirmed: Mapping[str, Value] = field(default_factory=dict)
    papers: frozenset[str] = frozenset()
    self_evaluated: bool = False
    language: str = ""
    credits_wanted: Decimal | None = None
    mark_wanted: str = ""
    mark_chosen_on: dt.date | None = None
    submitted_on: dt.date | None = None
    # The minute of the district's own time, where a deadline has one.
    submitted_at: dt.time | None = None
    fee_paid: bool = False
    decided_on: dt.date | None = None
    # The work itself began on this day, where it is known.
    starts_on: dt.date | None = None
    tries: tuple[Try, ...] = ()
    next_pairs: tuple[NextPair, ...] = ()
    override: Override | None = None
    # How the blind second readings of the work stand (``states.Moderated``); empty: nobody reads it a second time.
    moderated: str = ""
    decider: str = ""
    decider_roles: frozenset[str] = frozenset()
