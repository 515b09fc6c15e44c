"""What is found about one condition, and how findings combine: three values, never a guess.

*Failed* is settled by the facts; *missing* is something that can still be supplied. A failure outweighs a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum

from crediting.rules.mastery import StandardResult
from mbl.core.decisions import Criterion, Reason


class State(IntEnum):
    FAILED = 0
    MISSING = 1
    MET = 2


# What a student or the school brings for a request; the rest is what the record says anyway.
_SHOWN = frozenset(
    {
        "approval",
        "assessment.result",
        "attestation",
        "completed",
        "credit.table",
        "evidence.shown",
        "evidence.unused",
        "fact",
        "gain",
        "language.level",
        "paper",
        "standard.mastered",
    }
)
_NOTHING_THERE = frozenset({"completed.none", "completed.no_pair", "approval.none_before"})
_GROUPS = frozenset({"all_of", "any_of", "at_least"})


@dataclass(frozen=True)
class Finding:
    """One criterion with its reason. ``evidence`` and ``spent`` are what an award that rests on it uses up."""

    criterion: str
    state: State
    reason: Reason
    evidence: frozenset[str] = frozenset()
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    standards: tuple[StandardResult, ...] = ()
    begun: bool = False

    @property
    def is_met(self) -> bool:
        return self.state == State.MET

    @property
    def is_begun(self) -> bool:
        """Whether something was shown for it, enough or not."""
        if self.criterion in _GROUPS:
            return self.begun
        return self.criterion in _SHOWN and self.state != State.MISSING and self.reason.code not in _NOTHING_THERE


def met(
    criterion: str, reason: Reason, *, evidence: Iterable[str] = (), spent: Mapping[str, Decimal] | None = None
) -> Finding:
    return Finding(criterion, State.MET, reason, frozenset(evidence), spent or {})


def failed(criterion: str, reason: Reason) -> Finding:
    return Finding(criterion, State.FAILED, reason)


def missing(criterion: str, reason: Reason) -> Finding:
    return Finding(criterion, State.MISSING, reason)


def all_hold(findings: Iterable[Finding]) -> State:
    """Failed if one failed, else missing if one is, else met."""
    return min((finding.state for finding in findings), default=State.MET)


def used_by(findings: Iterable[Finding]) -> frozenset[str]:
    """The evidence of those that are met."""
    return frozenset().union(*(finding.evidence for finding in findings if finding.is_met))


def spent_by(findings: Iterable[Finding]) -> dict[str, Decimal]:
    """What those that are met use up, by the fact's name; of one number asked twice the larger part."""
    total: dict[str, Decimal] = {}
    for finding in findings:
        for name, amount in finding.spent.items() if finding.is_met else ():
            total[name] = max(total.get(name, Decimal(0)), amount)
    return total


def judged_in(findings: Iterable[Finding]) -> tuple[StandardResult, ...]:
    """The results by standard, each once."""
    return tuple(dict.fromkeys(result for finding in findings for result in finding.standards))


@dataclass
class Findings:
    """The findings of one decision, in the order in which they were made."""

    found: list[Finding] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)

    def copy(self) -> Findings:
        return Findings(list(self.found), list(self.notes))

    def add(self, *findings: Finding) -> None:
        self.found += findings

    def met(self, criterion: str, reason: Reason) -> None:
        self.found.append(met(criterion, reason))

    def failed(self, criterion: str, reason: Reason) -> None:
        self.found.append(failed(criterion, reason))

    def missing(self, criterion: str, reason: Reason) -> None:
        self.found.append(missing(criterion, reason))

    @property
    def state(self) -> State:
        return all_hold(self.found)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(Criterion(one.criterion, one.is_met, one.reason) for one in self.found)

    def reasons(self, state: State) -> tuple[Reason, ...]:
        return tuple(one.reason for one in self.found if one.state == state)


def as_one(criterion: str, state: State, reason: Reason, counted: Sequence[Finding]) -> Finding:
    """A group's finding; what its met parts use up, the group uses up."""
    return Finding(
        criterion,
        state,
        reason,
        used_by(counted),
        spent_by(counted),
        judged_in(counted) if state == State.MET else (),
        any(one.is_begun for one in counted),
    )
