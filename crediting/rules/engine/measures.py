"""Numbers that a policy adds up: of facts that staff confirm, and of the newest scores on assessments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from crediting.rules.engine.scene import Scene
from crediting.rules.facts import AssessmentResult, RequestFacts
from crediting.rules.policy.conditions import Measured
from crediting.rules.policy.terms import PolicyTerms


def with_totals(terms: PolicyTerms | None, facts: RequestFacts) -> RequestFacts:
    """The facts with those that the policy adds up. Whoever says one of these is not heard: its parts decide."""
    added_up = [term for term in terms.facts.values() if term.total] if terms else []
    if not added_up:
        return facts
    said = {name: value for name, value in facts.confirmed.items() if name not in {term.name for term in added_up}}
    day = facts.demonstrated_on
    known = replace(
        facts, confirmed=said, results=tuple(one for one in facts.results if not day or one.taken_on <= day)
    )
    for term in added_up:
        if (total := added(term.total, known)) is not None:
            said[term.name] = total
    return replace(facts, confirmed=said)


def added(parts: Iterable[Measured], facts: RequestFacts) -> Decimal | None:
    """The sum of the parts, each times its weight; None while one is not known."""
    total = Decimal(0)
    for one in parts:
        value = measure(one.name, facts, facts.results, first=False)
        if value is None:
            return None
        total += value * one.times
    return total


def measure(name: str, facts: RequestFacts, results: Iterable[AssessmentResult], *, first: bool) -> Decimal | None:
    """A confirmed number, or the first or newest score on an instrument of this name."""
    value = facts.confirmed.get(name)
    if isinstance(value, Decimal):
        return value
    scores = sorted((one for one in results if one.instrument == name), key=lambda one: one.taken_on)
    return (scores[0] if first else scores[-1]).score if scores else None


def unknown(name: str, scene: Scene) -> str:
    """What nobody has confirmed yet, by title: the fact, or those of its parts that are not known."""
    term = scene.terms.facts.get(name)
    if term is None or not term.total:
        return term.title if term else name
    return ", ".join(_lacking(term.total, scene)) or term.title


def _lacking(parts: Iterable[Measured], scene: Scene) -> Iterator[str]:
    for one in parts:
        if measure(one.name, scene.facts, scene.results, first=False) is None:
            yield scene.terms.facts[one.name].title if one.name in scene.terms.facts else one.name
