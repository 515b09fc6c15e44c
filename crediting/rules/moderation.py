"""Second readings: which work is drawn, when two readings agree, and which level counts where they do not.

The draw is a keyed hash of the work and the policy version: the same answer whenever it is asked, and nobody without
the key can know it beforehand. Plain Python; the caller brings the key.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256

from crediting.rules.facts import RequestFacts
from crediting.rules.policy.terms import CreditRule, Moderation, PolicyTerms
from crediting.states import MODERATION_OPEN, Moderated
from mbl.core.decisions import Criterion, Reason

# Numbers are drawn from 0 to one less than this, so that shares of a hundredth of a percent can be told apart.
NUMBERS = 10_000
# Fewer pairs than this say nothing of how far readers agree, and readings of fewer people would speak of single ones.
LEAST_PAIRS, LEAST_READERS = 10, 3


def draw(key: bytes, work: str, version: str) -> int:
    """The work's number under one policy version. 64 bits of the hash, so that no number comes up more often."""
    digest = hmac.new(key, f"second-reading:{version}:{work}".encode(), sha256).digest()
    return int.from_bytes(digest[:8]) % NUMBERS


def first_not_drawn(share: Decimal) -> int:
    """Numbers below this one are read a second time."""
    return int(share * NUMBERS / 100)


def is_drawn(share: Decimal, number: int) -> bool:
    return number < first_not_drawn(share)


def lowest(numbers: Mapping[int, int], count: int) -> frozenset[int]:
    """Of the works of one class, by key, the ``count`` with the lowest numbers; of equal ones the lower key first.

    It does not matter in which order they are judged: each work knows its number beforehand.
    """
    return frozenset(sorted(numbers, key=lambda work: (numbers[work], work))[:count])


def is_for(moderation: Moderation, rules: Sequence[CreditRule]) -> bool:
    """Whether the policy has work of one of ``rules`` read twice."""
    return not moderation.rules or any(rule.code in moderation.rules for rule in rules)


def agree(first: int, second: int, *, adjacent: bool) -> bool:
    """Whether two places on the scale agree."""
    return abs(first - second) <= (1 if adjacent else 0)


def middle(first: int, second: int, third: int) -> int:
    """Of three places the one in the middle; where two are the same, that one."""
    return sorted((first, second, third))[1]


def holds(terms: PolicyTerms, facts: RequestFacts) -> Criterion | None:
    """Whether a decision may be made as far as second readings go; None where nobody reads it a second time, or the
    policy does not wait for it."""
    moderation, standing = terms.moderation, Moderated(facts.moderated)
    if moderation is None or standing == Moderated.NOT or (standing in MODERATION_OPEN and not moderation.waits):
        return None
    reason = Reason(f"second_reading.{standing}", {"policy": terms.series}, "R10b", "WAC 180-51-051(3)")
    return Criterion("second_reading", standing not in MODERATION_OPEN, reason)
