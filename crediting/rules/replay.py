"""What another policy would have said about a decision that was made: the same facts, other terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from crediting.rules.basis import facts_of
from crediting.rules.credit import decide
from crediting.rules.facts import RequestFacts, StudentFacts
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.policy import readiness
from crediting.rules.policy.conditions import StudentIs
from crediting.rules.policy.terms import Fee, PolicyTerms
from crediting.states import DecisionKind
from mbl.core.decisions import Reason


class Difference(StrEnum):
    """How the other policy's answer differs from what was decided."""

    SAME = "same"
    NO_LONGER = "no_longer"  # granted then, and not under the other policy
    NEWLY = "newly"  # not granted then, and every point would be met
    LESS = "less"
    MORE = "more"
    OTHERWISE = "otherwise"  # another mark, another rule's outcome, credit in place of a requirement
    UNKNOWN = "unknown"  # it cannot be said; ``Unknown`` says why


class Unknown(StrEnum):
    """Why a decision cannot be replayed."""

    NO_FACTS = "no_facts"  # decided before the facts were kept with the decision
    PROGRAM = "program"  # it hangs on a program that law protects, and nobody is to learn from a replay who is in it


@dataclass(frozen=True)
class Then:
    """What was decided. ``could``: the policy of then allowed it, whether or not it was given."""

    kind: DecisionKind
    could: bool
    credits: Decimal
    mark: str

    @property
    def is_granted(self) -> bool:
        return self.kind != DecisionKind.REFUSED


def then_of(kind: str, frozen: Mapping[str, Any]) -> Then:
    """Read from a frozen basis, without thawing more of it than is asked."""
    award = frozen.get("award") or {}
    return Then(
        kind=DecisionKind(kind),
        could=kind != DecisionKind.REFUSED or all(one["met"] for one in frozen.get("criteria", ())),
        credits=Decimal(award.get("credits", "0")),
        mark=award.get("mark", ""),
    )


def at_any_time(terms: PolicyTerms) -> PolicyTerms:
    """The terms as if they had been in force all along; their calendar and classes stay."""
    return replace(terms, effective_from=dt.date.min, effective_to=None)


@dataclass(frozen=True)
class Replayed:
    """One decision under other terms. ``now`` is None where it cannot be said, and ``why_unknown`` why."""

    change: Difference
    then: Then
    facts: RequestFacts | None
    now: Outcome | None
    why_unknown: Unknown | None = None


def replayed(terms: PolicyTerms, kind: str, frozen: Mapping[str, Any], groups: frozenset[str]) -> Replayed:
    """``terms`` come from ``at_any_time``; ``groups`` are the student's on the demonstration date."""
    then, facts = then_of(kind, frozen), facts_of(frozen, groups)
    if facts is None:
        return Replayed(Difference.UNKNOWN, then, None, None, Unknown.NO_FACTS)
    now = decide(terms, facts)
    return Replayed(_change(then, now), then, facts, now)


def cannot_be_replayed(terms: PolicyTerms, levels: tuple[str, ...]) -> tuple[Reason, ...]:
    """Faults by which a draft could award nothing, whatever was shown: no course, a rule without a mark, another scale.

    ``levels`` are those of the district's scale. What is missing for publication alone does not stand in the way.
    """
    asked = (*readiness.checklist(terms), readiness.against_scale(terms, levels))
    return tuple(one.reason for one in asked if not one.met and one.code not in _FOR_PUBLICATION)


_FOR_PUBLICATION = frozenset(
    {
        "ready.adopted",
        "ready.reference",
        "ready.text",
        "ready.rule_citation",
        "ready.rule_because",
        "ready.rule_excused",
        "ready.rule_pathway",
        readiness.TRIBAL,
    }
)


def named_programs(terms: PolicyTerms) -> frozenset[str]:
    """The programs and other groups of students that a policy makes decisive anywhere."""
    return frozenset(_named_in(terms))


def _named_in(part: Any) -> Iterator[str]:
    """Wherever a part of a policy speaks of groups: in a rule, a cap, a school, a fee."""
    if isinstance(part, StudentIs):
        yield from part.groups
    elif isinstance(part, Fee):
        yield from part.free_for
    elif is_dataclass(part):
        for one in fields(part):
            yield from _named_in(getattr(part, one.name))
    elif isinstance(part, tuple | frozenset):
        for inner in part:
            yield from _named_in(inner)
    elif isinstance(part, Mapping):
        yield from _named_in(tuple(part.values()))


def replayed_blind(terms: PolicyTerms, kind: str, frozen: Mapping[str, Any], programs: frozenset[str]) -> Replayed:
    """The same without looking at anybody's programs. ``programs`` come from ``named_programs``.

    A list of changed requests names students, and whoever writes a draft chooses what it asks: one that asked for
    homeless students would list who is. So a request whose answer hangs on a program is left open, whoever it is of.
    """
    first = replayed(terms, kind, frozen, frozenset())
    if first.facts is None or first.now is None:
        return first
    for groups in (programs, *(frozenset({one}) for one in programs)) if programs else ():
        if not _is_same(first.now, decide(terms, replace(first.facts, student=_student_in(first.facts, groups)))):
            return Replayed(Difference.UNKNOWN, first.then, first.facts, None, Unknown.PROGRAM)
    return first


def _student_in(facts: RequestFacts, groups: frozenset[str]) -> StudentFacts:
    return replace(facts.student, groups=groups)


def _is_same(one: Outcome, other: Outcome) -> bool:
    return (one.kind, one.credits, one.mark, one.rule_code) == (other.kind, other.credits, other.mark, other.rule_code)


_KINDS = {
    OutcomeKind.AWARD: DecisionKind.AWARD,
    OutcomeKind.MUST_AWARD: DecisionKind.AWARD,
    OutcomeKind.REQUIREMENT_MET: DecisionKind.REQUIREMENT_MET,
    OutcomeKind.EXCUSED: DecisionKind.EXCUSED,
    OutcomeKind.WAIVED: DecisionKind.WAIVED,
}


def _change(then: Then, now: Outcome) -> Difference:
    if not then.is_granted:
        # A person may refuse what the policy allows; only what the policy says is compared.
        if now.is_granted == then.could:
            return Difference.SAME
        return Difference.NEWLY if now.is_granted else Difference.NO_LONGER
    if not now.is_granted:
        return Difference.NO_LONGER
    if _KINDS[now.kind] != then.kind:
        return Difference.OTHERWISE
    if now.credits != then.credits:
        return Difference.LESS if now.credits < then.credits else Difference.MORE
    return Difference.SAME if now.mark == then.mark else Difference.OTHERWISE
