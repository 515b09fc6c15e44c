"""Past decisions under another policy: which would have come out otherwise, and by which rule."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from crediting.models import Decision, PolicySeries
from crediting.queries.procedures import uses_school_days, with_days_off
from crediting.rules.numbers import credits_text
from crediting.rules.policy.terms import PolicyTerms
from crediting.rules.replay import (
    Difference,
    Replayed,
    Unknown,
    at_any_time,
    named_programs,
    replayed,
    replayed_blind,
)
from crediting.states import DecisionBasis, DecisionKind
from mbl.core.models import District
from profiles.access import entitlements

CHUNK = 500
COLUMNS = (
    "pk",
    "request__public_id",
    "request__school__code",
    "student_id",
    "kind",
    "rule_code",
    "demonstrated_on",
    "frozen_basis",
)
UNCHANGED = frozenset({Difference.SAME, Difference.UNKNOWN})


def past_decisions(
    district: District,
    terms: PolicyTerms,
    *,
    since: dt.date,
    until: dt.date | None = None,
    series: PolicySeries | None = None,
) -> QuerySet[Decision]:
    """The decisions from ``since`` to ``until`` (days of the district) that the policy speaks of, oldest first.

    Those in its courses, and those under earlier versions of ``series``: a course that a draft leaves out is a change.
    What law demanded is left out: no policy changes it. Of a request decided anew the last decision counts.
    """
    decisions = Decision.objects.filter(
        district=district,
        basis=DecisionBasis.POLICY,
        request__isnull=False,
        decided_at__gte=_begin_of(since, district),
        replaced_by=None,
    )
    if until is not None and until < dt.date.max:
        decisions = decisions.filter(decided_at__lt=_begin_of(until + dt.timedelta(days=1), district))
    spoken_of = decisions.filter(request__course__code__in=list(terms.courses))
    if series is not None:
        spoken_of |= decisions.filter(policy_version__series=series)
    return spoken_of.order_by("pk")


def _begin_of(day: dt.date, district: District) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, ZoneInfo(district.timezone))


@dataclass(frozen=True)
class ReplayedDecision:
    """One decision with what the other policy says; ``request`` is its public id."""

    decision: int
    request: str
    student: int
    course: str
    rule_then: str
    replayed: Replayed
    reasons_then: Sequence[dict[str, Any]] = field(default=(), repr=False)

    @property
    def change(self) -> Difference:
        return self.replayed.change


def replay(
    terms: PolicyTerms,
    decisions: QuerySet[Decision],
    *,
    blind: bool = False,
    closed: Sequence[tuple[dt.date, str]] = (),
) -> Iterator[ReplayedDecision]:
    """Each decision in turn, two trips for every ``CHUNK`` of them, or one where ``blind``.

    ``blind``: nobody's programs are looked at, see ``rules.replay.replayed_blind``. ``closed`` are the district's days
    without school (``queries.procedures.days_off``), over which its school days pass as in a decision of today.
    """
    always = at_any_time(terms)
    counts_school_days = uses_school_days(terms)

    @cache
    def at(school: str) -> PolicyTerms:
        return with_days_off(always, closed, school) if counts_school_days else always

    programs = named_programs(terms)
    rows = decisions.values_list(*COLUMNS)
    for chunk in _chunks(rows.iterator(chunk_size=CHUNK)):
        held = {} if blind else entitlements(row[3] for row in chunk)
        for pk, request, school, student, kind, rule, day, frozen in chunk:
            if blind:
                answer = replayed_blind(at(school), kind, frozen, programs)
            else:
                groups = frozenset(one.program.value for one in held.get(student, ()) if day and one.holds(day))
                answer = replayed(at(school), kind, frozen, groups)
            course = frozen["request"]["course_code"]
            yield ReplayedDecision(pk, str(request), student, course, rule, answer, frozen.get("reasons", ()))


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@dataclass
class Tally:
    """What a replay found, as it goes. ``outcomes`` counts by what was decided and what is said now."""

    changes: Counter[Difference] = field(default_factory=Counter)
    outcomes: Counter[tuple[DecisionKind, str, Difference]] = field(default_factory=Counter)
    unknown: Counter[Unknown] = field(default_factory=Counter)
    credits: Decimal = Decimal(0)

    def add(self, one: ReplayedDecision) -> None:
        then, now = one.replayed.then, one.replayed.now
        self.changes[one.change] += 1
        if one.replayed.why_unknown is not None:
            self.unknown[one.replayed.why_unknown] += 1
        if now is None:
            return
        self.outcomes[then.kind, now.kind, one.change] += 1
        if one.change not in UNCHANGED:
            given = now.credits if now.is_granted else Decimal(0)
            self.credits += given - (then.credits if then.is_granted else Decimal(0))

    @property
    def total(self) -> int:
        return sum(self.changes.values())

    @property
    def changed(self) -> int:
        return sum(count for change, count in self.changes.items() if change not in UNCHANGED)

    def as_json(self) -> dict[str, Any]:
        """As a run keeps it, the most frequent outcome first."""
        return {
            "outcomes": [[*outcome, count] for outcome, count in self.outcomes.most_common()],
            "unknown": dict(self.unknown),
            "credits": credits_text(self.credits),
        }


def as_json(one: ReplayedDecision) -> dict[str, Any]:
    """A changed decision as the command prints it: no name, only whom to open and why."""
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
