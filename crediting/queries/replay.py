"""Past decisions under another policy: which would have come out otherwise, and by which rule."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from crediting.models import Decision
from crediting.rules.numbers import credits_text
from crediting.rules.policy.terms import PolicyTerms
from crediting.rules.replay import Difference, Replayed, at_any_time, replayed
from crediting.states import DecisionBasis
from mbl.core.models import District
from profiles.access import entitlements

CHUNK = 500


def past_decisions(district: District, terms: PolicyTerms, *, since: dt.date) -> QuerySet[Decision]:
    """The decisions since ``since`` (a day of the district) in courses that the policy speaks of, oldest first.

    What law demanded is left out: no policy changes it. Of a request decided anew the last decision counts.
    """
    return Decision.objects.filter(
        district=district,
        basis=DecisionBasis.POLICY,
        request__isnull=False,
        request__course__code__in=list(terms.courses),
        decided_at__date__gte=since,
        replaced_by=None,
    ).order_by("pk")


@dataclass(frozen=True)
class ReplayedDecision:
    """One decision with what the other policy says; ``request`` is its public id."""

    decision: int
    request: str
    student: int
    course: str
    rule_then: str
    replayed: Replayed

    @property
    def change(self) -> Difference:
        return self.replayed.change


def replay(terms: PolicyTerms, decisions: QuerySet[Decision]) -> Iterator[ReplayedDecision]:
    """Each decision in turn, two trips for every ``CHUNK`` of them."""
    always = at_any_time(terms)
    rows = decisions.values_list(
        "pk", "request__public_id", "student_id", "kind", "rule_code", "demonstrated_on", "frozen_basis"
    )
    chunk: list[Any] = []
    for row in rows.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _of_chunk(always, chunk)
            chunk = []
    yield from _of_chunk(always, chunk)


def _of_chunk(terms: PolicyTerms, rows: Sequence[Any]) -> Iterator[ReplayedDecision]:
    if not rows:
        return
    programs = entitlements(row[2] for row in rows)
    for pk, request, student, kind, rule, day, frozen in rows:
        groups = frozenset(one.program.value for one in programs.get(student, ()) if day and one.holds(day))
        yield ReplayedDecision(
            pk, str(request), student, frozen["request"]["course_code"], rule, replayed(terms, kind, frozen, groups)
        )


@dataclass
class Tally:
    """What a replay found, as it goes."""

    changes: Counter[Difference]
    by_rule: Counter[tuple[str, Difference]]
    credits: Decimal = Decimal(0)

    def add(self, one: ReplayedDecision) -> None:
        now = one.replayed.now
        self.changes[one.change] += 1
        if one.change not in {Difference.SAME, Difference.UNKNOWN}:
            self.by_rule[now.rule_code if now and now.rule_code else one.rule_then, one.change] += 1
        if now is not None and one.replayed.then.is_granted:
            self.credits += now.credits - one.replayed.then.credits

    @property
    def total(self) -> int:
        return sum(self.changes.values())

    @property
    def changed(self) -> int:
        return self.total - self.changes[Difference.SAME] - self.changes[Difference.UNKNOWN]


def empty_tally() -> Tally:
    return Tally(Counter(), Counter())


def as_json(one: ReplayedDecision) -> dict[str, Any]:
    """A changed decision as a replay keeps it: no name, only whom to open and why."""
    then, now = one.replayed.then, one.replayed.now
    return {
        "request": one.request,
        "course": one.course,
        "change": one.change,
        "rule_then": one.rule_then,
        "then": credits_text(then.credits) if then.is_granted else "",
        "mark_then": then.mark,
        "rule_now": now.rule_code if now else "",
        "now": credits_text(now.credits) if now and now.is_granted else "",
        "mark_now": now.mark if now else "",
        "reasons": [reason.as_json() for reason in now.reasons] if now else [],
    }
