"""What staff confirmed of a request, what is still to be confirmed, and what was corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from crediting.models import ConfirmedFact, CreditRequest
from crediting.rules.facts import Value
from crediting.rules.left_open import Confirmable, read_value, to_confirm
from crediting.rules.policy.terms import CreditRule, PolicyTerms
from crediting.states import ConfirmedKind, ValueKind


def standing(requests: Collection[int]) -> defaultdict[int, list[ConfirmedFact]]:
    """What stands confirmed, by request: everything that no correction has replaced. One trip."""
    found: defaultdict[int, list[ConfirmedFact]] = defaultdict(list)
    rows = ConfirmedFact.objects.filter(request__in=requests, corrected_by=None)
    for row in rows.select_related("confirmed_by_person").order_by("pk"):
        found[row.request_id].append(row)
    return found


def facts_in(rows: Iterable[ConfirmedFact]) -> dict[str, Value]:
    """Confirmed facts by the names that the policy gives them."""
    return {row.name: value_of(row) for row in rows if row.kind == ConfirmedKind.FACT}


def said_yes(rows: Iterable[ConfirmedFact], kind: ConfirmedKind) -> frozenset[str]:
    """Papers received, or parts that the work has."""
    return frozenset(row.name for row in rows if row.kind == kind and row.value == "yes")


def is_fee_settled(rows: Iterable[ConfirmedFact]) -> bool:
    """Whether the fee is paid or waived."""
    return any(row.kind == ConfirmedKind.FEE for row in rows)


def value_of(row: ConfirmedFact) -> Value:
    return read_value(ValueKind(row.value_kind), row.value)


@dataclass(frozen=True)
class ConfirmedLine:
    """One thing the rules ask staff to confirm, with what stands (None: still missing) and what it corrected, newest
    first."""

    asked: Confirmable
    row: ConfirmedFact | None
    earlier: tuple[ConfirmedFact, ...] = ()


def confirmed_lines(
    request: CreditRequest, rules: Sequence[CreditRule], terms: PolicyTerms | None
) -> tuple[ConfirmedLine, ...]:
    """Everything the rules ask, in the policy's order. One trip; none where they ask nothing."""
    asked = to_confirm(rules, terms.facts) if terms else ()
    if not asked:
        return ()
    rows: defaultdict[tuple[str, str], list[ConfirmedFact]] = defaultdict(list)
    for row in request.confirmed.select_related("confirmed_by_person").order_by("-pk"):
        rows[row.kind, row.name].append(row)
    return tuple(
        ConfirmedLine(one, rows[one.key][0] if rows[one.key] else None, tuple(rows[one.key][1:])) for one in asked
    )
