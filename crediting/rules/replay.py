"""What another policy would have said about a decision that was made: the same facts, other terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from crediting.rules.basis import facts_of
from crediting.rules.credit import decide
from crediting.rules.facts import RequestFacts
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import DecisionKind


class Difference(StrEnum):
    """How the other policy's answer differs from what was decided."""

    SAME = "same"
    NO_LONGER = "no_longer"  # granted then, and not under the other policy
    NEWLY = "newly"  # not granted then, and every point would be met
    LESS = "less"
    MORE = "more"
    OTHERWISE = "otherwise"  # another mark, another rule's outcome, credit in place of a requirement
    UNKNOWN = "unknown"  # decided before the facts were kept with the decision


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
    """One decision under other terms. ``now`` is None where its facts are not known."""

    change: Difference
    then: Then
    facts: RequestFacts | None
    now: Outcome | None


def replayed(terms: PolicyTerms, kind: str, frozen: Mapping[str, Any], groups: frozenset[str]) -> Replayed:
    """``terms`` come from ``at_any_time``; ``groups`` are the student's on the demonstration date."""
    then, facts = then_of(kind, frozen), facts_of(frozen, groups)
    if facts is None:
        return Replayed(Difference.UNKNOWN, then, None, None)
    now = decide(terms, facts)
    return Replayed(_change(then, now), then, facts, now)


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
