"""What is found about one condition, and how findings combine: three values, never a guess.

*Failed* is settled by the facts; *missing* is something that can still be supplied. A failure outweighs a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from crediting.rules.mastery import StandardResult
from mbl.core.decisions import Criterion, Param, Reason


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
# Whom, what or when a part is for. Where one of these fails, the part is about something else.
_ABOUT = frozenset({"request", "student", "days"})
_NOTHING_THERE = frozenset({"completed.none", "completed.no_pair", "approval.none_before"})
_GROUPS = frozenset({"all_of", "any_of", "at_least"})
_NO_EVIDENCE: frozenset[str] = frozenset()
_NOTHING_SPENT: Mapping[str, Decimal] = MappingProxyType({})


class Finding(NamedTuple):
    """One criterion with its reason. ``evidence`` and ``spent`` are what an award that rests on it uses up."""

    criterion: str
    state: State
    reason: Reason
    evidence: frozenset[str] = _NO_EVIDENCE
    spent: Mapping[str, Decimal] = _NOTHING_SPENT
    standards: tuple[StandardResult, ...] = ()
    begun: bool = False
    elsewhere: bool = False

    @property
    def is_met(self) -> bool:
        return self.state is State.MET

    @property
    def is_begun(self) -> bool:
        """Whether something was shown for it, enough or not."""
        if self.begun or self.criterion in _GROUPS:
            return self.begun
        return self.criterion in _SHOWN and self.state != State.MISSING and self.reason.code not in _NOTHING_THERE

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is for other courses, students or days, so that it says nothing of this request."""
        return self.elsewhere or (self.state is State.FAILED and self.criterion in _ABOUT)


def met(
    criterion: str, reason: Reason, *, evidence: Iterable[str] = (), spent: Mapping[str, Decimal] | None = None
) -> Finding:
    return Finding(criterion, State.MET, reason, frozenset(evidence), spent or _NOTHING_SPENT)


@lru_cache(maxsize=4096)
def usual(criterion: str, code: str, rule_id: str, citation: str, /, **params: Param) -> Finding:
    """What is met, in words that many decisions share: made once."""
    return Finding(criterion, State.MET, Reason(code, params, rule_id, citation))


def failed(criterion: str, reason: Reason) -> Finding:
    return Finding(criterion, State.FAILED, reason)


def missing(criterion: str, reason: Reason, *, begun: bool = False) -> Finding:
    """``begun``: a part of it was shown."""
    return Finding(criterion, State.MISSING, reason, begun=begun)


def all_hold(findings: Iterable[Finding]) -> State:
    """Failed if one failed, else missing if one is, else met."""
    return min([finding.state for finding in findings], default=State.MET)


def used_by(findings: Iterable[Finding]) -> frozenset[str]:
    """The evidence of those that are met."""
    return _NO_EVIDENCE.union(*[finding.evidence for finding in findings if finding.evidence and finding.is_met])


def spent_by(findings: Iterable[Finding]) -> dict[str, Decimal]:
    """What those that are met use up, by the fact's name; of one number asked twice the larger part."""
    total: dict[str, Decimal] = {}
    for finding in findings:
        if finding.spent and finding.is_met:
            for name, amount in finding.spent.items():
                total[name] = max(total.get(name, Decimal(0)), amount)
    return total


def judged_in(findings: Iterable[Finding]) -> tuple[StandardResult, ...]:
    """The results by standard, each once."""
    found: dict[tuple[str, str], StandardResult] = {}
    for finding in findings:
        for result in finding.standards:
            found.setdefault((result.standard.guid, result.required), result)
    return tuple(found.values())


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
        self.found.append(Finding(criterion, State.MET, reason))

    def failed(self, criterion: str, reason: Reason) -> None:
        self.found.append(failed(criterion, reason))

    def missing(self, criterion: str, reason: Reason) -> None:
        self.found.append(missing(criterion, reason))

    @property
    def state(self) -> State:
        return all_hold(self.found)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple([Criterion(one.criterion, one.state is State.MET, one.reason) for one in self.found])

    def reasons(self, state: State) -> tuple[Reason, ...]:
        return tuple([one.reason for one in self.found if one.state is state])


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
        any(one.is_elsewhere for one in counted) if criterion == "all_of" else False,
    )
