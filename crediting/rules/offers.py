"""What a policy opens to a student before anything is shown: courses, ways, what each way asks, and why the rest is not
open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from crediting.rules.asks import asks
from crediting.rules.credit import COURSES_PART, IN_FORCE, METHODS, missing_parts
from crediting.rules.engine.scene import ONE_CREDIT_ONCE
from crediting.rules.facts import Purpose
from crediting.rules.numbers import credits_text
from crediting.rules.policy.terms import Amount, Approval, CreditRule, Mark, PolicyTerms, SchoolTerms
from crediting.states import LocalAssessment
from mbl.core.decisions import Param, Reason


@dataclass(frozen=True)
class Offer:
    """One way open for a course. ``kinds`` are the student's to choose from (R15); ``asks`` is what will be asked."""

    rule_code: str
    method: str
    method_title: str
    kinds: tuple[str, ...]
    purpose: Purpose
    asks: tuple[Reason, ...]
    amount: Amount
    mark: Mark | None
    approval: Approval
    citation: str
    text: str
    required_level: str = ""
    min_standards: int = 1
    reflection_required: bool = False
    instruments: tuple[str, ...] = ()
    needs_result: bool = False
    needs_judging: bool = False


@dataclass(frozen=True)
class CourseOffer:
    """A course of the catalog with the ways open for it, or ``why_not``."""

    code: str
    title: str
    offers: tuple[Offer, ...]
    why_not: Reason | None = None

    @property
    def is_open(self) -> bool:
        return self.why_not is None


def offers(terms: PolicyTerms | None, course_code: str, school_code: str = "") -> tuple[Offer, ...]:
    """The ways ``terms`` open for the course, in the policy's order; empty where there are none (R4, R6, R12)."""
    if terms is None or course_code not in terms.courses or any(missing_parts(terms)):
        return ()
    closed = terms.schools.get(school_code, SchoolTerms())
    if course_code in closed.closed_courses:
        return ()
    return tuple(
        _offer(terms, rule, terms.approval_at(school_code, rule))
        for rule in terms.rules_for(course_code)
        if rule.is_configured and rule.code not in closed.closed_rules
    )


def course_offer(
    terms: PolicyTerms | None,
    code: str,
    title: str,
    *,
    on: dt.date,
    worth: Decimal | None,
    school_code: str = "",
    standing: Decimal = Decimal(0),
) -> CourseOffer:
    """The course as a student sees it on ``on``. ``worth`` is its credits in the catalog, ``standing`` what the student
    already has in it."""
    open_ways = offers(terms, code, school_code)
    return CourseOffer(code, title, open_ways, _why_not(terms, code, open_ways, on, worth, standing))


def _why_not(
    terms: PolicyTerms | None, code: str, ways: tuple[Offer, ...], on: dt.date, worth: Decimal | None, standing: Decimal
) -> Reason | None:
    course: dict[str, Param] = {"course": code}
    if worth is None:
        return Reason("course.no_credits", course, "R6", METHODS)
    if standing >= worth:
        earned = course | {"standing": credits_text(standing), "worth": credits_text(worth)}
        return Reason("course.already_earned", earned, "R29", ONE_CREDIT_ONCE)
    if terms is None:
        return Reason("course.no_policy", course | {"on": on.isoformat()}, "R12", COURSES_PART)
    version: dict[str, Param] = course | {"policy": terms.series, "version": terms.number, "on": on.isoformat()}
    if not (terms.effective_from <= on and (terms.effective_to is None or on <= terms.effective_to)):
        return Reason("course.policy_not_in_force", version, "R7", IN_FORCE)
    if code not in terms.courses:
        return Reason("course.not_eligible", version, "R12", COURSES_PART)
    if gap := next(iter(missing_parts(terms)), None):
        return gap
    if not terms.rules_for(code):
        return Reason("course.no_way", version, "R4", METHODS)
    if not ways:
        return Reason("course.ways_not_configured", version, "R6", METHODS)
    return None


def _offer(terms: PolicyTerms, rule: CreditRule, approval: Approval) -> Offer:
    own = terms.methods.get(rule.method)
    return Offer(
        rule_code=rule.code,
        method=rule.method,
        method_title=own.title if own else "",
        kinds=tuple(str(kind) for kind in LocalAssessment if kind in rule.kinds),
        purpose=rule.purpose,
        asks=tuple(asks(rule, approval, terms)),
        amount=rule.amount,
        mark=next(iter(rule.all_marks()), None),
        approval=approval,
        citation=rule.citation,
        text=rule.text,
        required_level=rule.required_level,
        min_standards=rule.min_standards,
        reflection_required=rule.reflection_required,
        instruments=tuple(sorted(rule.instruments)),
        needs_result=rule.needs_result,
        needs_judging=rule.needs_judging,
    )
