"""What a rule asks for, as a tree: groups that combine their parts, and single things that hold or do not.

Every node is frozen data. ``engine.conditions`` says whether a node holds for a student; ``offers`` puts it in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from crediting.rules.facts import Value

# --- Groups -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AllOf:
    """Every part holds. The list under ``when`` is one."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AtLeast:
    """At least ``count`` of the parts hold: k of n."""

    count: int
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class NoneOf:
    """None of the parts holds: what disqualifies."""

    parts: tuple[Condition, ...]


# --- What was shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandardsAt:
    """Standards at ``level`` of the policy's scale.

    Without ``named``: at least ``at_least`` standards are claimed, and every claimed one has reached the level. With
    ``named``: at least ``at_least`` of exactly these have (all of them where it is None): a contract. ``share``: this
    part of them has, and the others may be below. ``mean``: the levels, counted from 1, come to it on average.
    """

    level: str
    at_least: int | None = None
    named: tuple[str, ...] = ()
    share: Decimal | None = None
    mean: Decimal | None = None


@dataclass(frozen=True)
class Instrument:
    """An assessment by the code that score files use. ``level`` or ``score`` is the least that counts; with neither the
    result itself says met."""

    code: str
    title: str = ""
    level: int | None = None
    score: Decimal | None = None

    @property
    def name(self) -> str:
        """As the policy calls it, else its code."""
        return self.title or self.code


@dataclass(frozen=True)
class ResultOn:
    """A result on one of the instruments, at most ``within_months`` old on the demonstration date.

    ``which``: the ``best``, or only the ``first`` or the ``newest``.
    """

    any_of: tuple[Instrument, ...]
    within_months: int | None = None
    which: str = "best"

    @cached_property
    def by_code(self) -> Mapping[str, Instrument]:
        """In lower case, since score files write codes either way."""
        return {one.code.lower(): one for one in self.any_of}


@dataclass(frozen=True)
class FactIs:
    """What a member of staff confirmed under a name that the policy declares. Exactly one comparison, or none: then the
    fact must be true.

    ``spend`` is how much of a number is used up by the award, in any course (hours count once).
    """

    name: str
    equals: Value | None = None
    one_of: tuple[Value, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    spend: Decimal | None = None


@dataclass(frozen=True)
class Gain:
    """From a first measure to a second: the difference of two facts or of two results on the same instrument."""

    before: str
    after: str
    at_least: Decimal


@dataclass(frozen=True)
class Measured:
    """A part of a total: a fact or the newest score on an instrument, ``times`` its weight."""

    name: str
    times: Decimal = Decimal(1)


@dataclass(frozen=True)
class Total:
    """The weighted sum of measures: a composite, an average, or hours of several kinds together."""

    of: tuple[Measured, ...]
    at_least: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True)
class EvidenceOf:
    """Work to look at: one piece of each of ``kinds`` (none named: any piece), ``at_least`` pieces together."""

    kinds: tuple[str, ...] = ()
    at_least: int = 1


class Written(StrEnum):
    """What the student writes."""

    REFLECTION = "reflection"
    SELF_EVALUATION = "self_evaluation"


@dataclass(frozen=True)
class StudentWrites:
    what: Written


@dataclass(frozen=True)
class PaperOnFile:
    """A form, contract or report that the school has received."""

    code: str
    title: str = ""


@dataclass(frozen=True)
class AttestedBy:
    """Somebody in one of ``roles`` says what ``text`` asks (R20). ``count`` different people."""

    code: str
    roles: tuple[str, ...]
    text: str = ""
    count: int = 1


# --- What is on the record --------------------------------------------------------------------------------------------

SAME = "same"  # the course that is asked for


class Excluded(StrEnum):
    """Rows of the record that do not count."""

    SUMMER = "summer"
    OTHER_DISTRICT = "other_district"


@dataclass(frozen=True)
class PriorAttempt:
    """An earlier attempt that did not end in credit (R13), or so many ``times``."""

    outcomes: frozenset[str]
    marks: frozenset[str] = frozenset()
    term: str = ""
    within_months: int | None = None
    excludes: frozenset[str] = frozenset()
    courses: tuple[str, ...] = (SAME,)
    times: int = 1

    @cached_property
    def outcome_names(self) -> str:
        return ",".join(sorted(self.outcomes))


@dataclass(frozen=True)
class HigherCourse:
    """A course whose completion shows an earlier one, at ``grade`` or better; empty: passed.

    ``term`` is the part of a year course that counts.
    """

    course: str
    grade: str = ""
    term: str = ""


@dataclass(frozen=True)
class Completed:
    """One of these courses is completed (R18, R19). ``listed``: any pair that the district's catalog lists, at the
    grade of its list or ``grade``.

    ``because`` is the natural progression of the standards (WAC 180-51-051(4)(d)); ``spend``: a completed course shows
    one course only.
    """

    any_of: tuple[HigherCourse, ...] = ()
    listed: bool = False
    grade: str = ""
    within_months: int | None = None
    excludes: frozenset[str] = frozenset()
    because: str = ""
    spend: bool = False


@dataclass(frozen=True)
class Earned:
    """Credit already earned: so many credits in a subject or in named courses, by class or by mastery."""

    credits: Decimal
    subjects: frozenset[str] = frozenset()
    courses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EnrolledIn:
    """Takes part now, in one of these courses, programs or activities; ``same``: in the course that is asked for."""

    any_of: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """Which awards are meant. Empty parts leave it open; ``same`` names what an award shares with the new one."""

    rules: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    courses: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AwardedBefore:
    """Mastery credit that stands, for steps that follow one another: ``credits`` of it, any where None."""

    of: Selection
    credits: Decimal | None = None


# --- Who, and when ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StudentIs:
    """Who the rule is for. ``as_of`` says when the grade is read: ``request`` or ``demonstration``."""

    grades: tuple[str, ...] = ()
    as_of: str = "demonstration"
    age_at_least: int | None = None
    age_below: int | None = None
    groups: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    classes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Requested:
    """What is asked for: in one of these courses, subjects, languages, by one of these ways, kinds or for a purpose."""

    courses: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ApprovedBefore:
    """Approved by one of ``roles`` before the work began (R16). ``of`` names what is approved: ``proposal``."""

    of: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class AttemptsLeft:
    """No more than ``at_most`` tries ``per`` day, course, school year, kind of period or at all, ``wait_days`` apart.

    ``in_course``: only tries at the course that is asked for.
    """

    at_most: int | None = None
    per: str = "course"
    wait_days: int | None = None
    in_course: bool = False


class Event(StrEnum):
    """Days of a request that a rule may date itself by."""

    DEMONSTRATED = "demonstrated"
    SUBMITTED = "submitted"
    STARTED = "started"
    DECIDED = "decided"


@dataclass(frozen=True)
class InWindow:
    """Sent, or another event, inside a period of this kind of the policy's calendar (R21)."""

    kind: str
    event: Event = Event.SUBMITTED


@dataclass(frozen=True)
class InTime:
    """Sent, or another event, by the deadline of this code (R21). ``over``: only when it is over, at the earliest."""

    deadline: str
    event: Event = Event.SUBMITTED
    over: bool = False


@dataclass(frozen=True)
class OnDays:
    """The event falls between two days, both inclusive; None: open. For what begins or expires inside one version."""

    event: Event
    first: dt.date | None = None
    last: dt.date | None = None


Group = AllOf | AnyOf | AtLeast | NoneOf
Leaf = (
    StandardsAt
    | ResultOn
    | FactIs
    | Gain
    | Total
    | EvidenceOf
    | StudentWrites
    | PaperOnFile
    | AttestedBy
    | PriorAttempt
    | Completed
    | Earned
    | EnrolledIn
    | AwardedBefore
    | StudentIs
    | Requested
    | ApprovedBefore
    | AttemptsLeft
    | InWindow
    | InTime
    | OnDays
)
Condition = Group | Leaf


NOTHING_ASKED = AllOf()


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every single thing in the tree, in the order it was written."""
    if isinstance(condition, AllOf | AnyOf | AtLeast | NoneOf):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def demanded(condition: Condition) -> Iterator[Leaf]:
    """Only what is asked of everybody: nothing below a choice."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from demanded(part)
    elif not isinstance(condition, AnyOf | AtLeast | NoneOf):
        yield condition


def unavoidable(asked: Condition, fits: Callable[[Condition], bool]) -> bool:
    """Whether the tree can only hold where something that ``fits`` does; asked of single things and of ``NoneOf``."""
    match asked:
        case AllOf():
            return any(unavoidable(part, fits) for part in asked.parts)
        case AnyOf():
            return all(unavoidable(part, fits) for part in asked.parts)
        case AtLeast():
            return sum(not unavoidable(part, fits) for part in asked.parts) < asked.count
        case _:
            return fits(asked)


def plain_value(value: Value) -> str:
    """A fact's value in signs: ``yes``, ``180``, ``2026-05-01``, or the word itself."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, str) else value.isoformat()


def requested(asked: Requested) -> str:
    """What is asked for, kind by kind: ``MAT101, MAT201; recovery``."""
    kinds = (asked.courses, asked.subjects, asked.methods, asked.kinds, asked.purposes, asked.languages)
    return "; ".join(", ".join(sorted(kind)) for kind in kinds if kind)


def comparison(asked: FactIs) -> str:
    """What a fact has to be, in signs: ``≥ 180``, ``yes``, ``a, b``."""
    if asked.one_of:
        return ", ".join(plain_value(one) for one in asked.one_of)
    if asked.at_least is None and asked.at_most is None:
        return plain_value(True if asked.equals is None else asked.equals)
    return between(asked.at_least, asked.at_most)


def between(low: Decimal | None, high: Decimal | None) -> str:
    """The limits of a number, in signs."""
    text = "–".join(plain_value(one) for one in (low, high) if one is not None)
    return f"≥ {text}" if high is None else f"≤ {text}" if low is None else text
