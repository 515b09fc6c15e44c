"""A policy tried on made-up cases, by the same core that decides real requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from crediting.rules.credit import decide, must_awards, review
from crediting.rules.facts import EarlierAward, RequestFacts
from crediting.rules.numbers import THREE_PLACES
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.policy.cases import Case, demonstrated_on, facts_of, in_full
from crediting.rules.policy.terms import PolicyTerms
from mbl.core.decisions import Reason

_NOTHING = Reason("duty.none", {}, "R26")
NOTHING_OWED = Outcome(OutcomeKind.NOT_DECIDABLE, (), (_NOTHING,), missing=(_NOTHING,))


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
        owed = must_awards(terms, facts_of(terms or versions[0], case, {}, ())) or (NOTHING_OWED,)
        for outcome, expected in zip_longest(owed, case.expected):
            # An award that is expected and not owed has to show up as a mismatch.
            found = outcome or NOTHING_OWED
            yield Tried(case.name, found, expected, _matches(found, expected) if case.expected else None)
        return
    made: tuple[EarlierAward, ...] = ()
    for number, request in enumerate(requests, start=1):
        terms = _in_force(versions, case, request)
        facts = facts_of(terms or versions[0], case, request, made)
        is_review = request.get("review", False) and terms is not None
        outcome = review(terms, facts) if is_review and terms else decide(terms, facts)
        if outcome.is_granted and not is_review:
            made += (_made(outcome, facts, terms),)
        name = case.name if len(requests) == 1 else f"{case.name} ({number})"
        expected = in_full(request["expect"]) if "expect" in request else None
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
        mark=outcome.mark,
        released=outcome.released,
    )


def _matches(outcome: Outcome, expected: dict[str, Any] | None) -> bool | None:
    if expected is None:
        return None
    effective = outcome.effective_on
    plain: dict[str, Any] = {
        "outcome": outcome.kind.value,
        "credits": outcome.credits,
        "released": outcome.released,
        "mark": outcome.mark,
        "course_code": outcome.course_code,
        "rule": outcome.rule_code,
        "requirement": outcome.requirement,
        "effective_on": effective.isoformat() if effective else "",
    }
    said = (*outcome.reasons, *outcome.notes, *(criterion.reason for criterion in outcome.criteria))
    reasons = [reason.code for reason in _with_parts(said)]
    reasons += [criterion.code for criterion in outcome.criteria if not criterion.met]
    missing = [reason.code for reason in _with_parts(outcome.missing)]
    return (
        all(_same(plain[name], expected[name]) for name in plain if name in expected)
        and all(_is_among(code, reasons) for code in expected.get("reasons", ()))
        and all(_is_among(code, missing) for code in expected.get("missing", ()))
    )


def _is_among(code: str, found: Iterable[str]) -> bool:
    """The code itself, or one that begins with it: ``cap`` stands for every code of a cap."""
    return any(one == code or one.startswith((f"{code}.", f"{code}_")) for one in found)


def _with_parts(reasons: Iterable[Reason]) -> Iterator[Reason]:
    for reason in reasons:
        yield reason
        yield from _with_parts(reason.parts)


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, Decimal):
        return found == Decimal(expected).quantize(THREE_PLACES)
    return bool(found == expected)
