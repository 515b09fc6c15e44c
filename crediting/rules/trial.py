"""A policy tried on made-up cases, by the same core that decides real requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crediting.rules.credit import decide, must_awards
from crediting.rules.facts import EarlierAward, RequestFacts
from crediting.rules.numbers import THREE_PLACES
from crediting.rules.outcome import Outcome
from crediting.rules.policy.cases import Case, demonstrated_on, facts_of
from crediting.rules.policy.terms import PolicyTerms


@dataclass(frozen=True)
class Tried:
    """What came of one request of a case. ``matches`` is None where nothing was expected."""

    case: str
    outcome: Outcome
    expected: dict[str, Any] | None
    matches: bool | None


def try_cases(versions: Sequence[PolicyTerms], cases: Iterable[Case]) -> Iterator[Tried]:
    """Every request of every case, in order. Of several versions of a policy the one in force on the day decides."""
    for case in cases:
        yield from _try(versions, case)


def _try(versions: Sequence[PolicyTerms], case: Case) -> Iterator[Tried]:
    requests = case.requests
    if not requests:
        terms = _in_force(versions, case, {})
        for outcome in must_awards(terms, facts_of(terms or versions[0], case, {}, ())):
            yield Tried(case.name, outcome, case.expected, _matches(outcome, case.expected))
        return
    made: tuple[EarlierAward, ...] = ()
    for number, request in enumerate(requests, start=1):
        terms = _in_force(versions, case, request)
        facts = facts_of(terms or versions[0], case, request, made)
        outcome = decide(terms, facts)
        if outcome.is_award:
            made += (_made(outcome, facts, terms),)
        name = case.name if len(requests) == 1 else f"{case.name} ({number})"
        expected = request.get("expect")
        yield Tried(name, outcome, expected, _matches(outcome, expected))


def _in_force(versions: Sequence[PolicyTerms], case: Case, request: dict[str, Any]) -> PolicyTerms | None:
    """The version that decides; with a single one, that one, so that it says itself why it does not apply."""
    day = demonstrated_on(case.written, request)
    year = case.written.get("student", {}).get("class")
    if len(versions) == 1 or day is None:
        return versions[0]
    # A version for named classes goes before one for all.
    fitting = sorted((one for one in versions if one.in_force(day, year)), key=lambda one: not one.classes)
    return fitting[0] if fitting else None


def _made(outcome: Outcome, facts: RequestFacts, terms: PolicyTerms | None) -> EarlierAward:
    """The award as the next request of the student finds it."""
    rule = next((one for one in terms.rules if one.code == outcome.rule_code), None) if terms else None
    return EarlierAward(
        course_code=facts.course_code,
        method=rule.method if rule else facts.method,
        rule_code=outcome.rule_code,
        credits=outcome.credits,
        evidence=outcome.evidence_used,
        subject=facts.subject,
        purpose=facts.purpose.value,
        language=facts.language,
        on=facts.decided_on or facts.demonstrated_on,
        spent=outcome.spent,
    )


def _matches(outcome: Outcome, expected: dict[str, Any] | None) -> bool | None:
    if expected is None:
        return None
    plain: dict[str, Any] = {
        "outcome": outcome.kind.value,
        "credits": outcome.credits,
        "mark": outcome.mark,
        "course_code": outcome.course_code,
        "rule": outcome.rule_code,
    }
    reasons = {reason.code for reason in outcome.reasons} | {criterion.reason.code for criterion in outcome.criteria}
    missing = {reason.code for reason in outcome.missing}
    return (
        all(_same(plain[name], expected[name]) for name in plain if name in expected)
        and set(expected.get("reasons", ())) <= reasons
        and set(expected.get("missing", ())) <= missing
    )


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, Decimal):
        return found == Decimal(expected).quantize(THREE_PLACES)
    return bool(found == expected)
