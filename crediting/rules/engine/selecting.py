"""Which earlier awards a cap, a step or a difference means."""

from __future__ import annotations

from crediting.rules.facts import EarlierAward, RequestFacts
from crediting.rules.policy.conditions import Selection
from crediting.rules.policy.terms import CreditRule


def selected(of: Selection, facts: RequestFacts, rule: CreditRule) -> list[EarlierAward]:
    """The student's awards that the selection takes in, seen from a new one under ``rule``."""
    return [award for award in facts.awards if _takes_in(of, award) and _alike(of, award, facts, rule)]


def binds(of: Selection, facts: RequestFacts, rule: CreditRule, mark: str = "") -> bool:
    """Whether an award under ``rule`` would itself be taken in."""
    return (
        (not of.rules or rule.code in of.rules)
        and (not of.methods or rule.method in of.methods)
        and (not of.courses or facts.course_code in of.courses)
        and (not of.subjects or facts.subject in of.subjects)
        and (not of.purposes or facts.purpose in of.purposes)
        and (not of.marks or mark in of.marks)
    )


def _takes_in(of: Selection, award: EarlierAward) -> bool:
    return (
        (not of.rules or award.rule_code in of.rules)
        and (not of.methods or award.method in of.methods)
        and (not of.courses or award.course_code in of.courses)
        and (not of.subjects or award.subject in of.subjects)
        and (not of.purposes or award.purpose in of.purposes)
        and (not of.marks or award.mark in of.marks)
    )


def _alike(of: Selection, award: EarlierAward, facts: RequestFacts, rule: CreditRule) -> bool:
    pairs = {
        "course": (award.course_code, facts.course_code),
        "subject": (award.subject, facts.subject),
        "language": (award.language, facts.language),
        "rule": (award.rule_code, rule.code),
        "method": (award.method, rule.method),
    }
    return all(pairs[part][0] == pairs[part][1] for part in of.same)
