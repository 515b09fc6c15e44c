"""What a draft still lacks before it can be published: the checklist of the policy page and the refusal of the action.

Everything here is a fact about the text itself. That eligible courses are in the catalog and that the dates are free is
asked of the database (``actions.policy``), with reasons of the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crediting.rules import tribal
from crediting.rules.credit import COURSES_PART, EQUITY_PART, METHODS, METHODS_PART, POLICY_PARTS
from crediting.rules.facts import Purpose
from crediting.rules.numbers import credits_text
from crediting.rules.policy.conditions import (
    AttestedBy,
    Completed,
    Condition,
    EvidenceOf,
    FactIs,
    Gain,
    ResultOn,
    StandardsAt,
    Total,
    unavoidable,
)
from crediting.rules.policy.terms import CreditRule, Gives, PolicyTerms
from crediting.rules.policy.uncertified import uncertified
from crediting.states import Method
from mbl.core.decisions import Criterion, Param, Reason

# A rule in a language of Tribes that asks for no certificate.
TRIBAL = "ready.rule_tribal"
EXCUSED = "WAC 180-51-210(4)(f)"
PATHWAYS = "WAC 180-51-051; WAC 180-51-230"
# Names under which a rule might mark it completed, without signs.
_PATHWAY = frozenset({"graduation pathway", "pathway", "graduation pathways"})
WRITTEN_POLICY = "WAC 180-51-050(1)(b), WAC 180-51-051(3)"


@dataclass(frozen=True)
class CatalogCourse:
    """A course as the district's catalog has it. ``credits`` is None where nobody has set what it is worth."""

    code: str
    credits: Decimal | None
    is_active: bool = True


def checklist(terms: PolicyTerms) -> tuple[Criterion, ...]:
    """Each thing a version needs, in the order of the page; publish when all are met (R1, R2, R6)."""
    return (
        _item("ready.equity", bool(terms.equity_provision), "R1", EQUITY_PART),
        _item("ready.courses", bool(terms.courses), "R1", COURSES_PART, count=len(terms.courses)),
        _item("ready.other_methods", bool(terms.other_methods), "R1", METHODS_PART),
        _item("ready.adopted", terms.adopted_on is not None, "R2", WRITTEN_POLICY),
        _item("ready.reference", bool(terms.board_reference), "R2", WRITTEN_POLICY),
        _item("ready.text", bool(terms.text), "R2", WRITTEN_POLICY),
        _item("ready.rules", bool(terms.rules), "R4", METHODS, count=len(terms.rules)),
        *_rules(terms),
        *_tribal(terms),
        _item("ready.approvers", bool(terms.approval.roles), "R10b", POLICY_PARTS),
    )


def _rules(terms: PolicyTerms) -> list[Criterion]:
    """One line for each rule that could not award; one line for all of them where none is blank (R6).

    A rule on credit completes no graduation pathway: that is a decision of its own (R55). Who is excused from physical
    education shows its knowledge before there is credit (R28); a release without credit is the rule's own affair.
    """
    blank: list[Criterion] = []
    for rule in terms.rules:
        gaps = {
            "ready.rule_credit": rule.gives == Gives.CREDIT and not rule.says_how_much,
            "ready.rule_requirement": rule.gives != Gives.CREDIT and not rule.says_how_much,
            "ready.rule_mark": not rule.says_mark,
            "ready.rule_when": not rule.says_what,
            "ready.rule_because": rule.method == Method.NEXT_COURSE and not _says_why(rule),
            "ready.rule_citation": not rule.citation,
        }
        blank += [_item(code, False, "R6", METHODS, rule=rule.code) for code, is_blank in gaps.items() if is_blank]
    blank += [
        _item("ready.rule_pathway", False, "R55", PATHWAYS, rule=rule.code)
        for rule in terms.rules
        if _plain(rule.requirement) in _PATHWAY
    ]
    blank += [
        _item("ready.rule_excused", False, "R28", EXCUSED, rule=rule.code)
        for rule in terms.rules
        if _credits_excused(terms, rule) and not _shows_knowledge(rule)
    ]
    if blank or not terms.rules:
        return blank
    return [_item("ready.rules_configured", True, "R6", METHODS, count=len(terms.rules))]


def _tribal(terms: PolicyTerms) -> list[Criterion]:
    """One line for each rule by which something else than a tribal government's certificate would count (R25)."""
    law = tribal.register().citation
    return [
        _item(TRIBAL, False, tribal.RULE, law, rule=terms.rules[place].code, language=language)
        for place, language in uncertified(terms)
    ]


def _credits_excused(terms: PolicyTerms, rule: CreditRule) -> bool:
    """Whether the rule gives credit in physical education to students who are excused from it."""
    subjects = {terms.courses.get(course) for course in rule.courses}
    return rule.purpose == Purpose.EXCUSED and rule.gives == Gives.CREDIT and "physical_education" in subjects


def _shows_knowledge(rule: CreditRule) -> bool:
    """Whether everybody has to show what they know: judged, tested, measured, attested, or by a later course."""
    return rule.needs_judging or rule.needs_result or unavoidable(rule.when, _is_knowledge)


def _is_knowledge(asked: Condition) -> bool:
    if isinstance(asked, FactIs):
        return asked.at_least is not None
    return isinstance(asked, StandardsAt | ResultOn | Total | Gain | EvidenceOf | AttestedBy | Completed)


def _plain(requirement: str) -> str:
    return " ".join(re.split(r"[\W_]+", requirement.casefold())).strip()


def _says_why(rule: CreditRule) -> bool:
    """Whether every higher course comes with how its standards grow out of the other's (R18). A listed pair has it."""
    return all(one.listed or one.because for one in rule.asked(Completed))


def against_catalog(terms: PolicyTerms, catalog: Mapping[str, CatalogCourse]) -> tuple[Criterion, ...]:
    """Whether each eligible course is in the catalog, with credits, and gives no less than a rule promises (R12)."""
    found: list[Criterion] = []
    for course in terms.catalog:
        known = catalog.get(course.code)
        if known is None or not known.is_active:
            found.append(_item("ready.course_unknown", False, "R12", COURSES_PART, course=course.code))
            continue
        if known.credits is None:
            found.append(_item("ready.course_no_credits", False, "R12", COURSES_PART, course=course.code))
            continue
        worth = credits_text(known.credits)
        if course.credits is not None and course.credits != known.credits:
            said = credits_text(course.credits)
            params: dict[str, Param] = {"course": course.code, "said": said, "worth": worth}
            found.append(_item("ready.course_credits_differ", False, "R12", COURSES_PART, **params))
        for rule in terms.rules_for(course.code):
            if rule.amount.exactly is not None and rule.amount.exactly > known.credits:
                params = {"rule": rule.code, "course": course.code, "worth": worth}
                params["gives"] = credits_text(rule.amount.exactly)
                found.append(_item("ready.rule_gives_more", False, "R6", METHODS, **params))
    # A list that is empty is missing itself; that all of it is in the catalog would be no comfort.
    if found or not terms.catalog:
        return tuple(found)
    return (_item("ready.catalog", True, "R12", COURSES_PART, count=len(terms.catalog)),)


def against_scale(terms: PolicyTerms, levels: tuple[str, ...]) -> Criterion:
    """Whether the district has the scale that the policy names, with the same levels."""
    params: dict[str, Param] = {"scale": terms.scale, "levels": ", ".join(terms.levels)}
    return _item("ready.scale", levels == terms.levels, "R7", METHODS, **params)


def _item(code: str, met: bool, rule_id: str, citation: str, **params: Param) -> Criterion:
    """The reason's code says whether it is met: ``ready.text`` or ``ready.text.missing``."""
    return Criterion(code, met, Reason(code if met else f"{code}.missing", params, rule_id, citation))
