"""What a decision rested on, as it was shown when it was made. Stored with the decision and never worked out again.

``freeze`` and ``thaw`` are each other's reverse; a field that an old record does not have comes back as its default.
Reasons keep code and parameters, so that they read in every language, and the English sentence as it was.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, TypeVar

from crediting.rules.aggregation import Aggregation
from crediting.rules.facts import ClaimedStandard, RequestFacts, StudentFacts
from crediting.rules.left_open import read_value
from crediting.states import ConfirmedKind, ValueKind
from mbl.core.decisions import Param, Reason

FORMAT = 1
if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True)
class Said:
    """A reason with the sentence in which it was first given (English)."""

    code: str
    params: Mapping[str, Param]
    rule: str = ""
    citation: str = ""
    sentence: str = ""
    # Of a reason about a choice.
    parts: tuple[Said, ...] = ()

    def as_reason(self) -> Reason:
        return Reason(self.code, self.params, self.rule, self.citation, tuple(part.as_reason() for part in self.parts))


@dataclass(frozen=True)
class BasisCriterion:
    code: str
    met: bool
    reason: Said


@dataclass(frozen=True)
class BasisPolicy:
    """The one version that was in force on the demonstration date (R7). ``effective_to`` is its last day."""

    id: str
    series: str
    title: str
    number: int
    sha256: str
    effective_from: dt.date
    effective_to: dt.date | None = None
    adopted_on: dt.date | None = None
    board_reference: str = ""


@dataclass(frozen=True)
class BasisRule:
    """The one rule of that version that was applied; ``code`` is empty where none fitted."""

    code: str = ""
    citation: str = ""
    text: str = ""
    required_level: str = ""


@dataclass(frozen=True)
class BasisStandard:
    """A standard as it read then, with the identity its publisher gave it."""

    id: str
    guid: str
    uri: str
    code: str
    statement: str
    body: str
    framework_guid: str
    framework: str
    framework_version: str


@dataclass(frozen=True)
class BasisLevel:
    """A level of the scale; ``words`` are its translations by language code."""

    code: str
    position: int
    word: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class BasisJudgement:
    """``counts``: the rule used it. ``modification``: what was asked in place of the standard as written; not everybody
    who reads the decision may read it. ``judged_in``: the class in which it was judged, empty for the request itself.
    """

    id: str
    standard: str
    level: str
    position: int
    attempt: int
    comment: str
    assessor: str
    judged_at: dt.datetime
    counts: bool
    modification: str = ""
    judged_in: str = ""


@dataclass(frozen=True)
class BasisReading:
    """A level of a second or third reading, given without seeing the others."""

    kind: str
    standard: str
    level: str
    position: int
    comment: str
    reader: str
    read_at: dt.datetime


@dataclass(frozen=True)
class BasisEvidence:
    """A piece of evidence by identity; its content is not repeated here."""

    id: str
    kind: str
    title: str
    sha256: str
    added_at: dt.datetime
    standards: tuple[str, ...] = ()


@dataclass(frozen=True)
class BasisAttestation:
    """Somebody's word by identity. Who witnessed and what was said stay where they are, visible to whom they were."""

    id: str
    role: str
    code: str
    attested_on: dt.date
    sha256: str
    way: str
    is_unrecorded: bool
    standards: tuple[str, ...] = ()


@dataclass(frozen=True)
class BasisResult:
    """A result on a named instrument as a member of staff read it from the score report."""

    instrument: str
    taken_on: dt.date
    level: int | None = None
    score: Decimal | None = None
    met: bool | None = None
    confirmed_by: str = ""


@dataclass(frozen=True)
class BasisConfirmed:
    """What staff confirmed, from which document; ``value`` as ``plain_value`` writes it."""

    kind: str
    name: str
    title: str
    value_kind: str
    value: str
    source: str
    confirmed_by: str
    confirmed_at: dt.datetime


@dataclass(frozen=True)
class BasisOverride:
    """What somebody with discretion let pass, by the code of the criterion, and why."""

    role: str
    lifts: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class BasisRecovered:
    """The earlier line of the record that the award recovers; it stays as it is."""

    id: str
    course_code: str
    course_title: str
    school_year: int
    term: str
    mark: str
    credits_attempted: Decimal


@dataclass(frozen=True)
class BasisAward:
    """What was written into the record."""

    credits: Decimal
    mark: str
    is_numeric: bool
    course_code: str
    course_title: str
    school_year: int
    term: str
    effective_on: dt.date | None = None


@dataclass(frozen=True)
class BasisRequest:
    """What the student asked for. ``chosen_by`` chose the way (R15)."""

    id: str
    title: str
    student: str
    school: str
    course_code: str
    course_title: str
    subject: str
    course_credits: Decimal
    method: str
    kind: str
    purpose: str
    plan: str
    attempt: int
    chosen_by: str
    demonstrated_on: dt.date
    language: str = ""
    credits_wanted: Decimal | None = None
    mark_wanted: str = ""
    self_evaluation: str = ""


@dataclass(frozen=True)
class Basis:
    """Everything a decision rested on."""

    outcome: str
    request: BasisRequest
    # None: a statute demanded it while no policy was in force (R26).
    policy: BasisPolicy | None
    rule: BasisRule
    criteria: tuple[BasisCriterion, ...]
    reasons: tuple[Said, ...]
    arithmetic: tuple[Said, ...]
    standards: tuple[BasisStandard, ...]
    levels: tuple[BasisLevel, ...]
    judgements: tuple[BasisJudgement, ...]
    evidence: tuple[BasisEvidence, ...]
    results: tuple[BasisResult, ...]
    two_roles: bool
    decided_by: str
    decider_roles: tuple[str, ...]
    attestations: tuple[BasisAttestation, ...] = ()
    # What the award used up for its course, so that it counts once (R29).
    evidence_used: tuple[str, ...] = ()
    award: BasisAward | None = None
    recovered: BasisRecovered | None = None
    replaces: str = ""
    # The law that gives the credit where the policy does not (R26).
    statute: str = ""
    requirement: str = ""
    # Of how many credits the requirement is met, excused or waived, where the policy says so.
    released: Decimal | None = None
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    confirmed: tuple[BasisConfirmed, ...] = ()
    override: BasisOverride | None = None
    notes: tuple[Said, ...] = ()
    # Second readings, and the lines from the draw to the level that counts.
    readings: tuple[BasisReading, ...] = ()
    moderation: tuple[Said, ...] = ()
    # Everything the rules looked at, so that another policy can be tried on it; without what only law may look at.
    facts: RequestFacts | None = None
    format: int = FORMAT

    def judgements_of(self, standard: str) -> tuple[BasisJudgement, ...]:
        return tuple(judgement for judgement in self.judgements if judgement.standard == standard)

    def level(self, code: str) -> BasisLevel | None:
        return next((level for level in self.levels if level.code == code), None)


def freeze(basis: Basis) -> dict[str, Any]:
    """The basis as JSON: dates and decimals as text."""
    frozen: dict[str, Any] = _frozen(basis)
    return frozen


def thaw(data: Mapping[str, Any]) -> Basis:
    """The basis of a stored decision."""
    return _thawed(Basis, data)


def facts_of(data: Mapping[str, Any], groups: frozenset[str]) -> RequestFacts | None:
    """The facts of a stored decision, whole again; None where they were not kept. Nothing else of it is thawed.

    ``groups`` are read anew, and what was confirmed has rows of its own (``without_protected``).
    """
    if not data.get("facts"):
        return None
    said = {
        one["name"]: read_value(ValueKind(one["value_kind"]), one["value"])
        for one in data["confirmed"]
        if one["kind"] == ConfirmedKind.FACT
    }
    student = _thawed(StudentFacts, data["facts"]["student"], groups=groups)
    return _thawed(RequestFacts, data["facts"], confirmed=said, student=student)


def said_from(data: Mapping[str, Any]) -> Said:
    """One reason of a stored decision."""
    return _thawed(Said, data)


def without_protected(facts: RequestFacts) -> RequestFacts:
    """The facts as a decision keeps them: programs stay where they are, and what was confirmed has rows of its own."""
    return replace(facts, confirmed={}, student=replace(facts.student, groups=frozenset()))


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def _frozen(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if is_dataclass(kind):
        return {name: _frozen(getattr(value, name)) for name in _names(kind)}
    if isinstance(value, Mapping):
        return {key: _frozen(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_frozen(inner) for inner in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(cls))


def _thawed(cls: type[T], data: Mapping[str, Any], **known: Any) -> T:
    """``known`` goes before what ``data`` says. A replay reads some twenty of these for each decision."""
    names, readers = _fields(cls)
    values = {name: value for name, value in data.items() if name in names}
    values |= known
    for name, read in readers:
        if (value := values.get(name)) is not None and name not in known:
            values[name] = read(value)
    return cls(**values)


@cache
def _fields(cls: type[DataclassInstance]) -> tuple[frozenset[str], tuple[tuple[str, Callable[[Any], Any]], ...]]:
    """The fields of a dataclass, and how those are read back from JSON that are not the same there."""
    hints = typing.get_type_hints(cls)
    readers = ((one.name, _reader(hints[one.name])) for one in fields(cls))
    return frozenset(one.name for one in fields(cls)), tuple(one for one in readers if one[1] is not _as_it_is)


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """How a value of this type is read. None is read nowhere: it stays what it is."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return _reader(next(option for option in inner if option is not type(None)))
    if origin in {tuple, frozenset}:
        read = _reader(inner[0])
        return origin if read is _as_it_is else lambda value: origin(map(read, value)) if value else origin()
    if origin is not None and issubclass(origin, Mapping):
        read = _reader(inner[1])
        if read is _as_it_is:
            return _as_it_is
        return lambda value: {key: read(one) for key, one in value.items()}
    if hint in _FROM_TEXT:
        return _FROM_TEXT[hint]
    if hint in _OFTEN_THE_SAME:
        return lambda value: _shared(hint, tuple(value.items()))
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: _thawed(hint, value)
    if isinstance(hint, type) and issubclass(hint, Decimal | StrEnum):
        return hint
    return _as_it_is


_FROM_TEXT: Mapping[Any, Callable[[str], Any]] = {
    dt.datetime: dt.datetime.fromisoformat,
    dt.date: dt.date.fromisoformat,
    dt.time: dt.time.fromisoformat,
}
# Requests for a course name the same standards, judged by the same rule: read once for thousands of decisions.
_OFTEN_THE_SAME = frozenset({ClaimedStandard, Aggregation})


@lru_cache(maxsize=4096)
def _shared(cls: type[T], items: tuple[tuple[str, Any], ...]) -> T:
    return _thawed(cls, dict(items))


def _as_it_is(value: Any) -> Any:
    return value
