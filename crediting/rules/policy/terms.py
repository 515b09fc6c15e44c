"""A policy version as the engine reads it: frozen and typed. ``loader.parse`` makes it from a policy file.

What a district left blank is blank here too: an empty text, no amount, no mark. ``readiness`` names the blanks, and
``rules.credit`` awards nothing that rests on one (R6).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from crediting.rules.deadlines import Calendar, Deadline
from crediting.rules.facts import Purpose
from crediting.rules.policy.conditions import (
    NOTHING_ASKED,
    Condition,
    Leaf,
    Measured,
    PriorAttempt,
    ResultOn,
    Selection,
    StandardsAt,
    StudentWrites,
    Written,
    demanded,
    leaves,
)
from crediting.states import OnDisagreement, Rounding

L = TypeVar("L", bound=Leaf)
EVERY_WEEKDAY = Calendar(ZoneInfo("America/Los_Angeles"))


@dataclass(frozen=True)
class Approval:
    """Who may decide, and whether the one who decides must be somebody else than the one who assessed (R10b)."""

    roles: frozenset[str]
    two_roles: bool = True

    @cached_property
    def role_names(self) -> str:
        return ",".join(sorted(self.roles))


@dataclass(frozen=True)
class Mark:
    """The mark an award carries: ``P`` outside GPA, or a letter (R35). ``is_numeric`` says whether it has points.

    ``basis`` is how the district arrives at a letter (T22); empty for marks outside GPA.
    """

    value: str
    is_numeric: bool = False
    basis: str = ""


@dataclass(frozen=True)
class MarkRow:
    """One line of a table of marks: numbers from ``first`` to ``last``, both inclusive, or the value ``word``."""

    mark: Mark
    first: Decimal | None = None
    last: Decimal | None = None
    word: str = ""


@dataclass(frozen=True)
class MarkTable:
    """Marks by the score on one of ``instruments``, or by a confirmed number or word (``fact``)."""

    rows: tuple[MarkRow, ...]
    instruments: tuple[str, ...] = ()
    fact: str = ""


COMPLETED = "completed"  # the mark of the course whose completion shows this one


@dataclass(frozen=True)
class Marks:
    """Which mark, where it is not always the same: by purpose, by the lowest level reached, by a table, or the
    student's choice.

    ``default`` stands where nothing else says; a choice names its marks in ``choices`` and is made by ``choose_by``.
    ``taken_from``: as another mark is, of the completed course or of a confirmed fact, with ``basis``.
    """

    by_purpose: Mapping[str, Mark] = field(default_factory=dict)
    by_level: Mapping[str, Mark] = field(default_factory=dict)
    choices: tuple[Mark, ...] = ()
    choose_by: str = ""
    table: MarkTable | None = None
    taken_from: str = ""
    basis: str = ""


# --- Amounts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of a table of amounts: a level or a word by its name, or numbers from ``first`` to ``last``, both
    inclusive."""

    credits: Decimal
    level: str = ""
    first: Decimal | None = None
    last: Decimal | None = None


class TableOf(StrEnum):
    """What a table of amounts looks at."""

    LEVEL = "by_level"
    SCORE = "by_score"
    FACT = "by_fact"
    STANDARDS = "by_standards"
    LANGUAGE = "by_language_level"


@dataclass(frozen=True)
class SkillsFor:
    """The skills that count for some languages (spoken only, signed only) or on some instruments; empty: any."""

    skills: tuple[str, ...]
    languages: frozenset[str] = frozenset()
    instruments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """Credit by what was reached. ``instruments`` for results, ``fact`` for a confirmed number or word, ``level`` for
    the number of standards that reached it.

    For languages (R23): ``levels`` lowest first, ``skills`` that all count, or those of the first of ``skills_for``
    that fits. The lowest level across the skills decides.
    """

    of: TableOf
    rows: tuple[Row, ...]
    instruments: tuple[str, ...] = ()
    fact: str = ""
    level: str = ""
    levels: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    skills_for: tuple[SkillsFor, ...] = ()


@dataclass(frozen=True)
class Per:
    """``gives`` credits for every full ``every`` of a confirmed number, which is used up by it. ``parts``: and a part
    of them for a part of it."""

    fact: str
    every: Decimal
    gives: Decimal
    parts: bool = False


@dataclass(frozen=True)
class Amount:
    """How much a rule gives. One of ``exactly``, ``whole_course``, ``table``, ``per`` and ``as_wanted`` says it, or
    ``up_to`` alone; a blank amount is not configured (R6).

    ``exactly`` and ``whole_course`` have to fit into what is open; every other amount shrinks to it, and no further
    than ``at_least``. ``of_attempted``: no more than the earlier attempt left unearned. ``less``: minus awards that
    stand (R24). ``factor`` and ``round_to`` convert credit of others.
    """

    exactly: Decimal | None = None
    whole_course: bool = False
    up_to: Decimal | None = None
    up_to_course: bool = False
    at_least: Decimal | None = None
    table: Table | None = None
    per: Per | None = None
    as_wanted: bool = False
    of_attempted: bool = False
    less: Selection | None = None
    factor: Decimal | None = None
    round_to: Decimal | None = None
    rounding: Rounding = Rounding.DOWN

    @cached_property
    def is_blank(self) -> bool:
        return self == Amount()

    @property
    def must_fit(self) -> bool:
        return self.exactly is not None or self.whole_course

    @property
    def most(self) -> Decimal | None:
        """The most it can give, where the policy says so in numbers."""
        if self.exactly is not None:
            return self.exactly
        if self.up_to is not None:
            return self.up_to
        return max((row.credits for row in self.table.rows), default=None) if self.table else None


@dataclass(frozen=True)
class Cap:
    """An upper limit on a sum of awards: a pool of courses, a method, a subject, a student's lifetime or a period.

    ``at_most`` credits (or awards, ``counts_awards``, or credits of a requirement released, ``counts_released``), or a
    ``share`` of the credits that graduation requires, in all or in the course's subject. It binds an award that ``of``
    selects. ``per`` is ``student`` or a kind of period of the
    policy's calendar. What is over is cut off, or refuses (``refuses``), or is only noted (``note``). It binds only
    where ``when`` holds.
    """

    code: str
    of: Selection
    at_most: Decimal | None = None
    share: Decimal | None = None
    share_of_subject: bool = False
    per: str = "student"
    counts_awards: bool = False
    counts_released: bool = False
    refuses: bool = False
    note: str = ""
    classes: frozenset[int] = frozenset()
    schools: frozenset[str] = frozenset()
    when: Condition = NOTHING_ASKED
    citation: str = ""


@dataclass(frozen=True)
class Period:
    """A stretch of the district's calendar, ``first`` and ``last`` inclusive: a quarter, a semester, a window.

    A calendar that is set anew has periods ``since`` that day: from then on they replace all others of their kind.
    ``schools`` are those that it is for; empty is every school.
    """

    kind: str
    title: str
    first: dt.date
    last: dt.date
    since: dt.date = dt.date.min
    schools: frozenset[str] = frozenset()


# --- Rules ------------------------------------------------------------------------------------------------------------


class Gives(StrEnum):
    """What a rule gives: credit, a requirement marked met, a release from it without credit, or a waiver."""

    CREDIT = "credit"
    REQUIREMENT_MET = "requirement_met"
    EXCUSED = "excused"
    WAIVED = "waived"


class Reuse(StrEnum):
    """Whether a result or a completed course that earned credit in one course may earn it in another (R29)."""

    POOL = "pool"  # within one rule, or rules under one cap
    NEVER = "never"
    ANYWHERE = "anywhere"


class IfBroken(StrEnum):
    """What becomes of an award when what it rests on no longer holds."""

    REVOKE = "revoke"
    REVIEW = "review"
    STANDS = "stands"


class OldLine(StrEnum):
    """What the earlier attempt's mark counts for once its credit is recovered."""

    STAYS = "stays"
    OUT_OF_GPA = "out_of_gpa"


@dataclass(frozen=True)
class Discretion:
    """What somebody in one of ``roles`` may let pass, by the code of the criterion, with a reason."""

    roles: frozenset[str]
    lifts: frozenset[str]


@dataclass(frozen=True)
class Repeats:
    """A course that may be credited ``times`` more, if the earlier grade was at least ``grade``."""

    times: int
    grade: str = ""


@dataclass(frozen=True)
class Fee:
    """What an attempt costs in dollars, after so many ``free`` ones. Nothing is decided before it is paid where it
    ``is_first``; it never stands in the way of credit that must be awarded."""

    amount: Decimal
    free: int = 0
    is_first: bool = False
    free_for: frozenset[str] = frozenset()

    @property
    def first_free(self) -> bool:
        return self.free > 0


@dataclass(frozen=True)
class Appeal:
    """To whom, within how many days (or ``school_days``) ``after`` what, and whether in writing (R33)."""

    to: str
    within_days: int
    in_writing: bool = True
    after: str = "notice"
    school_days: bool = False


@dataclass(frozen=True)
class Moderation:
    """Which part of judged work a second teacher reads blind, and what follows where they do not agree.

    ``share`` is a percent of requests, and of the works of classes unless ``class_share`` says another; ``rules`` those
    it is for (none: every rule). ``adjacent_agrees``: one level apart counts as agreement. ``waits``: nothing is
    decided before it is settled. ``across_district``: readers come from every school of the district.
    """

    share: Decimal
    class_share: Decimal | None = None
    adjacent_agrees: bool = False
    on_disagreement: OnDisagreement = OnDisagreement.TALK
    waits: bool = True
    across_district: bool = False
    rules: frozenset[str] = frozenset()

    @property
    def of_classes(self) -> Decimal:
        """Of 100 works of a class, how many are read twice."""
        return self.share if self.class_share is None else self.class_share


@dataclass(frozen=True)
class LocalMethod:
    """A method that the district defined itself (WAC 180-51-051(3)(c); R5)."""

    code: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class FactTerm:
    """A fact that staff confirm: a number, a day, a word, yes or no. ``choices`` for words that are chosen.

    ``total``: a number that nobody confirms, the weighted sum of other facts or of newest scores.
    """

    name: str
    title: str
    kind: str
    choices: tuple[str, ...] = ()
    unit: str = ""
    total: tuple[Measured, ...] = ()


@dataclass(frozen=True)
class DeadlineTerm:
    """A deadline by its name. ``rolls``: what is sent late counts for the next one."""

    code: str
    title: str
    when: Deadline
    rolls: bool = False


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

    ``when`` is the tree of conditions. ``course_codes`` maps a course to the code that its award prints (R37);
    ``on_request``: it enters the transcript only when the student asks (R38). ``effective`` is the kind of period at
    whose end the award takes effect; empty: at once. ``keeps_while`` must go on holding, and ``if_broken`` says what
    happens when it does not. ``choose_by`` is the deadline of everything that it leaves to the student. ``source`` is
    one of the policy's sources. ``old_line`` says what the earlier mark counts
    for afterwards; the line itself always stays (R36).
    """

    code: str
    method: str
    courses: frozenset[str]
    citation: str
    when: Condition = NOTHING_ASKED
    kinds: frozenset[str] = frozenset()
    purpose: Purpose = Purpose.EITHER
    gives: Gives = Gives.CREDIT
    requirement: str = ""
    replaced: bool = False
    amount: Amount = Amount()
    mark: Mark | None = None
    marks: Marks = Marks()
    course_codes: Mapping[str, str] = field(default_factory=dict)
    on_request: bool = False
    effective: str = ""
    must_award: bool = False
    reuse: Reuse = Reuse.POOL
    approval: Approval | None = None
    discretion: Discretion | None = None
    repeats: Repeats | None = None
    fee: Fee | None = None
    keeps_while: Condition = NOTHING_ASKED
    if_broken: IfBroken = IfBroken.REVOKE
    visible_to: frozenset[str] = frozenset()
    decide_by: str = ""
    choose_by: str = ""
    source: str = ""
    old_line: OldLine = OldLine.STAYS
    text: str = ""

    @cached_property
    def is_configured(self) -> bool:
        """Blank means not configured, and an unconfigured rule cannot award (R6)."""
        return self.says_what and self.says_how_much and self.says_mark

    @property
    def says_what(self) -> bool:
        """Something has to be shown, beside who asks and what they write."""
        return bool(self.amount.table or self.amount.per) or any(
            not isinstance(leaf, StudentWrites | PriorAttempt) for leaf in leaves(self.when)
        )

    @property
    def says_how_much(self) -> bool:
        return not self.amount.is_blank if self.gives == Gives.CREDIT else bool(self.requirement)

    @property
    def says_mark(self) -> bool:
        """Only credit has a mark."""
        return self.gives != Gives.CREDIT or bool(self.all_marks() or self.marks.taken_from)

    # What pages ask of a rule. ``required_level`` and ``instruments`` say what may be asked, the others what is.

    @cached_property
    def _demanded(self) -> tuple[Leaf, ...]:
        return tuple(demanded(self.when))

    @cached_property
    def _leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaves(self.when))

    def asked(self, kind: type[L]) -> tuple[L, ...]:
        """Conditions of one kind anywhere in the rule."""
        return tuple(leaf for leaf in self._leaves if isinstance(leaf, kind))

    def demands(self, kind: type[L]) -> tuple[L, ...]:
        """Conditions of one kind that everybody has to meet."""
        return tuple(leaf for leaf in self._demanded if isinstance(leaf, kind))

    @cached_property
    def required_level(self) -> str:
        """A level of the policy's scale that standards have to reach; empty where none is asked."""
        table = self.amount.table
        return next((one.level for one in self.asked(StandardsAt)), table.level if table else "")

    @cached_property
    def needs_judging(self) -> bool:
        return bool(self.demands(StandardsAt) or (self.amount.table and self.amount.table.level))

    @cached_property
    def min_standards(self) -> int:
        """How many standards the student has to name."""
        return max((one.at_least or len(one.named) or 1 for one in self.demands(StandardsAt)), default=1)

    @cached_property
    def reflection_required(self) -> bool:
        return StudentWrites(Written.REFLECTION) in self._demanded

    @cached_property
    def instruments(self) -> Mapping[str, int | None]:
        """Every assessment that may count, by code, with the least level (None: "met", a score, or a table)."""
        named = {one.code: one.level for leaf in self.asked(ResultOn) for one in leaf.any_of}
        table, marks = self.amount.table, self.marks.table
        shown = (*(table.instruments if table else ()), *(marks.instruments if marks else ()))
        return dict.fromkeys(shown) | named

    @cached_property
    def needs_result(self) -> bool:
        return bool(self.demands(ResultOn) or (self.amount.table and self.amount.table.instruments))

    @cached_property
    def prior_attempt(self) -> frozenset[str]:
        """Outcomes one of which has to be on record; empty asks for none (R13)."""
        return frozenset().union(*(one.outcomes for one in self.demands(PriorAttempt)))

    def instrument_title(self, code: str) -> str:
        """The assessment's name as the policy gives it, else its code."""
        titles = (one.title for leaf in self.asked(ResultOn) for one in leaf.any_of if one.code == code)
        return next((title for title in titles if title), code)

    def printed_code(self, course: str) -> str:
        """The code that an award in ``course`` carries (R37)."""
        return self.course_codes.get(course, course)

    def all_marks(self) -> tuple[Mark, ...]:
        """Every mark it can give, the usual one first."""
        usual = (self.mark,) if self.mark else ()
        rows = self.marks.table.rows if self.marks.table else ()
        by_row = (row.mark for row in reversed(rows))
        marks = (*usual, *self.marks.by_purpose.values(), *self.marks.by_level.values(), *by_row, *self.marks.choices)
        return tuple(dict.fromkeys(marks))


@dataclass(frozen=True)
class SchoolTerms:
    """What the board narrowed at one school: rules and courses that are closed there, and what is asked beside."""

    closed_rules: frozenset[str] = frozenset()
    closed_courses: frozenset[str] = frozenset()
    when: Condition = NOTHING_ASKED


@dataclass(frozen=True)
class PolicyTerms:
    """One version: the three mandatory parts of WAC 180-51-051(3) and the rules.

    ``effective_to`` is the last day in force (None: open). ``courses`` maps an eligible course code to its subject;
    ``catalog`` says more of each. ``levels`` are the scale's level codes, lowest first. ``school_approval`` holds what
    the board set for single schools. ``classes`` are graduation years; empty is every class. ``required_credits`` by
    subject area and in all (``total``) are for caps that are shares. ``purposes_mix``: whether one result may earn
    credit both instead of a course and for a failed one; None where the policy does not say. ``when`` is asked of every
    rule beside its own. ``sources`` are in order of precedence, highest first. ``school_calendar`` counts school days.
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
    schools: Mapping[str, SchoolTerms] = field(default_factory=dict)
    catalog: tuple[EligibleCourse, ...] = ()
    methods: Mapping[str, LocalMethod] = field(default_factory=dict)
    facts: Mapping[str, FactTerm] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()
    calendar: tuple[Period, ...] = ()
    required_credits: Mapping[str, Decimal] = field(default_factory=dict)
    purposes_mix: bool | None = None
    appeal: Appeal | None = None
    moderation: Moderation | None = None
    notify: tuple[str, ...] = ("student", "family")
    adopted_by: str = ""
    when: Condition = NOTHING_ASKED
    deadlines: Mapping[str, DeadlineTerm] = field(default_factory=dict)
    school_calendar: Calendar = EVERY_WEEKDAY
    sources: tuple[str, ...] = ()
    text: str = ""

    def approval_at(self, school_code: str, rule: CreditRule | None = None) -> Approval:
        """Who decides at the school: its own words first, then the rule's, then the policy's."""
        usual = rule.approval if rule and rule.approval else self.approval
        return self.school_approval.get(school_code, usual)

    def periods(self, kind: str, day: dt.date, school_code: str = "") -> tuple[Period, ...]:
        """The periods of a kind by the calendar as it stood on ``day``, at the school."""
        known = [
            one
            for one in self.calendar
            if one.kind == kind and one.since <= day and (not one.schools or school_code in one.schools)
        ]
        known = [one for one in known if one.schools] or known
        newest = max((one.since for one in known), default=dt.date.min)
        return tuple(one for one in known if one.since == newest)

    @cached_property
    def _rules_by_course(self) -> Mapping[tuple[str, str], tuple[CreditRule, ...]]:
        """By course and method, in the policy's order; under an empty method those of every method."""
        found: dict[tuple[str, str], list[CreditRule]] = {}
        for rule in self.rules:
            for course in rule.courses:
                found.setdefault((course, rule.method), []).append(rule)
                found.setdefault((course, ""), []).append(rule)
        return {key: tuple(rules) for key, rules in found.items()}

    def rules_for(self, course_code: str, method: str = "") -> tuple[CreditRule, ...]:
        return self._rules_by_course.get((course_code, method), ())

    def in_force(self, day: dt.date, graduation_year: int | None = None) -> bool:
        """Whether the version applies to work last shown on ``day`` by a student of the class ``graduation_year``."""
        in_dates = self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
        return in_dates and (not self.classes or graduation_year in self.classes)
