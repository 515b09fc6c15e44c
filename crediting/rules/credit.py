"""Whether a request earns credit under one policy version, with every criterion, its reason and its citation.

``decide`` is pure: the same terms and facts always give the same outcome. Pages, the console and later replay share it.

A criterion that fails on the facts makes the outcome *refused*; one that lacks something which can still be supplied
makes it *not decidable* and names what is missing. A failure outweighs a gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from crediting.rules import mastery
from crediting.rules.facts import AssessmentResult, EarlierAttempt, Purpose, RequestFacts
from crediting.rules.mastery import StandardResult
from crediting.rules.numbers import credits, credits_text
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.plain import name_of
from crediting.rules.policy.terms import Approval, CreditRule, PolicyTerms
from crediting.states import AdoptionBody, Method
from mbl.core.decisions import Criterion, Param, Reason

# The mandatory parts, what may be credited, in which ways, on which standards.
POLICY_PARTS = "WAC 180-51-051(3)"
EQUITY_PART = "WAC 180-51-051(3)(a)"
COURSES_PART = "WAC 180-51-051(3)(b)"
METHODS_PART = "WAC 180-51-051(3)(c)"
METHODS = "WAC 180-51-051(4)"
LOCAL_KINDS = "WAC 180-51-051(4)(b)"
STANDARDS = "WAC 180-51-051(2)"
IN_FORCE = "WAC 180-51-050(1)(b), WAC 180-51-051(3)-(4)"
ONE_CREDIT_ONCE = "WAC 180-51-050(1)"
COUNTS_ALIKE = "WAC 180-51-210(1)(d), (3)"


def decide(terms: PolicyTerms | None, facts: RequestFacts) -> Outcome:
    """What ``terms`` say about ``facts``. ``terms`` is the version in force when the last element was shown, if any.

    Of several rules for the same course and way, the one that gives most counts; among equals, the first in the policy.
    """
    shared = _Findings()
    if not _policy_holds(terms, facts, shared) or terms is None:
        return shared.outcome(facts)
    _standards_hold(facts, shared)
    candidates = _rules_for(terms, facts, shared)
    approval = terms.approval_at(facts.school_code)
    if not candidates:
        _approver_holds(approval, facts, shared)
        return shared.outcome(facts, two_roles=approval.two_roles)
    outcomes = [_under_rule(terms, rule, facts, shared.copy(), approval) for rule in candidates]
    return max(outcomes, key=lambda outcome: (_RANK[outcome.kind], outcome.credits))


_RANK = {OutcomeKind.REFUSED: 0, OutcomeKind.NOT_DECIDABLE: 1, OutcomeKind.AWARD: 2}


@dataclass
class _Findings:
    """Criteria as they are found; ``gaps`` are unmet ones that somebody can still supply."""

    criteria: list[Criterion] = field(default_factory=list)
    gaps: list[Reason] = field(default_factory=list)
    failures: list[Reason] = field(default_factory=list)

    def copy(self) -> _Findings:
        return _Findings(list(self.criteria), list(self.gaps), list(self.failures))

    def met(self, criterion: str, reason: Reason) -> None:
        self.criteria.append(Criterion(criterion, True, reason))

    def failed(self, criterion: str, reason: Reason) -> None:
        self.criteria.append(Criterion(criterion, False, reason))
        self.failures.append(reason)

    def missing(self, criterion: str, reason: Reason) -> None:
        self.criteria.append(Criterion(criterion, False, reason))
        self.gaps.append(reason)

    def outcome(
        self,
        facts: RequestFacts,
        *,
        rule: CreditRule | None = None,
        amount: Decimal = Decimal(0),
        two_roles: bool = True,
        standards: tuple[StandardResult, ...] = (),
        evidence: frozenset[str] = frozenset(),
    ) -> Outcome:
        rule_code = rule.code if rule else ""
        if self.failures or self.gaps or rule is None or rule.mark is None:
            kind = OutcomeKind.REFUSED if self.failures else OutcomeKind.NOT_DECIDABLE
            return Outcome(
                kind=kind,
                criteria=tuple(self.criteria),
                reasons=tuple(self.failures or self.gaps),
                missing=tuple(self.gaps),
                rule_code=rule_code,
                course_code=facts.course_code,
                two_roles=two_roles,
                standards=standards,
            )
        given: dict[str, Param] = {
            "credits": credits_text(amount),
            "course": facts.course_code,
            "mark": rule.mark.value,
            "rule": rule.code,
        }
        return Outcome(
            kind=OutcomeKind.AWARD,
            criteria=tuple(self.criteria),
            reasons=(Reason("credit.award", given, "R7", rule.citation),),
            rule_code=rule.code,
            credits=credits(amount),
            mark=rule.mark.value,
            is_numeric=rule.mark.is_numeric,
            course_code=facts.course_code,
            two_roles=two_roles,
            standards=standards,
            evidence_used=evidence,
        )


# --- The policy and the course ----------------------------------------------------------------------------------------


def _policy_holds(terms: PolicyTerms | None, facts: RequestFacts, found: _Findings) -> bool:
    """A complete version in force on the demonstration date (R1, R3, R7, EC21). False: nothing more can be asked."""
    if facts.demonstrated_on is None:
        found.missing("policy.in_force", Reason("policy.no_demonstration_date", {}, "R10a", IN_FORCE))
        return False
    day = facts.demonstrated_on.isoformat()
    if terms is None:
        found.missing("policy.in_force", Reason("policy.none_in_force", {"on": day}, "R1", POLICY_PARTS))
        return False
    version: dict[str, Param] = {"policy": terms.series, "version": terms.number, "on": day}
    if not terms.in_force(facts.demonstrated_on, facts.graduation_year):
        found.missing("policy.in_force", Reason("policy.not_in_force", version, "R7", IN_FORCE))
        return False
    found.met("policy.in_force", Reason("policy.in_force", version, "R7", IN_FORCE))
    gaps = list(missing_parts(terms))
    for gap in gaps:
        found.missing("policy.complete", gap)
    if not gaps:
        found.met("policy.complete", Reason("policy.complete", {"policy": terms.series}, "R1", POLICY_PARTS))
    return not gaps


def missing_parts(terms: PolicyTerms) -> Iterable[Reason]:
    """Which of the three parts that WAC 180-51-051(3) asks of a written policy are blank (R1)."""
    if not terms.equity_provision.strip():
        yield Reason("policy.no_equity_provision", {"policy": terms.series}, "R1", EQUITY_PART)
    if not terms.courses:
        yield Reason("policy.no_courses", {"policy": terms.series}, "R1", COURSES_PART)
    if not terms.other_methods.strip():
        yield Reason("policy.no_other_methods", {"policy": terms.series}, "R1", METHODS_PART)


def _rules_for(terms: PolicyTerms, facts: RequestFacts, found: _Findings) -> tuple[CreditRule, ...]:
    """The rules that speak of this course, way, kind and purpose (R4, R7, R12, R14); why not where there are none."""
    course: dict[str, Param] = {"course": facts.course_code, "policy": terms.series}
    if facts.course_code not in terms.courses:
        found.failed("course.eligible", Reason("course.not_eligible", course, "R12", COURSES_PART))
        return ()
    found.met("course.eligible", Reason("course.eligible", course, "R12", COURSES_PART))

    way: dict[str, Param] = {"method": facts.method, "course": facts.course_code}
    enabled = terms.rules_for(facts.course_code, facts.method)
    if not enabled:
        found.failed("method.enabled", Reason("method.not_enabled", way, "R4", METHODS))
        return ()
    found.met("method.enabled", Reason("method.enabled", way, "R4", METHODS))

    of_kind = tuple(rule for rule in enabled if not rule.kinds or facts.kind in rule.kinds)
    if not of_kind and not facts.kind:
        found.missing("method.kind", Reason("method.kind_not_chosen", way, "R15", LOCAL_KINDS))
        return ()
    if not of_kind:
        found.failed("method.kind", Reason("method.kind_not_enabled", way | {"kind": facts.kind}, "R4", LOCAL_KINDS))
        return ()
    if facts.kind:
        chosen = "method.kind_chosen_by_student" if facts.student_chose else "method.kind_enabled"
        found.met("method.kind", Reason(chosen, way | {"kind": facts.kind}, "R15", LOCAL_KINDS))

    for_purpose = tuple(rule for rule in of_kind if serves(rule, facts.purpose))
    if not for_purpose:
        purpose: dict[str, Param] = {"purpose": facts.purpose.value, "course": facts.course_code}
        found.failed("purpose", Reason("purpose.not_served", purpose, "R14", of_kind[0].citation))
    return for_purpose


def serves(rule: CreditRule, purpose: Purpose) -> bool:
    """Whether the rule is for this purpose; a request that leaves it open is served by any rule."""
    return Purpose.EITHER in (rule.purpose, purpose) or rule.purpose == purpose


def _standards_hold(facts: RequestFacts, found: _Findings) -> None:
    """Every demonstration names its standards, each a state one, or local where the state has none (R2, R11)."""
    if not facts.claims:
        found.missing("standards.named", Reason("standards.none_named", {}, "R11", STANDARDS))
        return
    found.met("standards.named", Reason("standards.named", {"count": len(facts.claims)}, "R11", STANDARDS))
    held = True
    for claim in facts.claims:
        name: dict[str, Param] = {"standard": name_of(claim.code, claim.statement), "framework": claim.framework}
        if claim.body not in set(AdoptionBody):
            found.failed("standards.adopted", Reason("standards.not_adopted", name, "R11", STANDARDS))
            held = False
        elif claim.body == AdoptionBody.LOCAL and facts.state_standards_exist:
            subject: dict[str, Param] = {"subject": facts.subject}
            found.failed("standards.adopted", Reason("standards.local_not_allowed", name | subject, "R11", STANDARDS))
            held = False
    if held:
        bodies = {claim.body for claim in facts.claims}
        code = "standards.all_state" if bodies == {AdoptionBody.STATE} else "standards.local_allowed"
        found.met("standards.adopted", Reason(code, {"subject": facts.subject}, "R11", STANDARDS))


# --- One rule ---------------------------------------------------------------------------------------------------------


def _under_rule(
    terms: PolicyTerms, rule: CreditRule, facts: RequestFacts, found: _Findings, approval: Approval
) -> Outcome:
    if rule.is_configured:
        found.met("rule.configured", Reason("rule.applies", {"rule": rule.code}, "R7", rule.citation))
    else:
        found.missing("rule.configured", Reason("rule.not_configured", {"rule": rule.code}, "R6", METHODS))
    _prior_attempt_holds(rule, facts, found)
    standards = _mastery_holds(terms, rule, facts, found)
    results = _assessment_holds(rule, facts, found)
    evidence = facts.evidence | {result.evidence_id for result in results}
    _evidence_holds(rule, facts, found, evidence)
    amount = _amount(rule, facts, found)
    _approver_holds(approval, facts, found)
    return found.outcome(
        facts, rule=rule, amount=amount, two_roles=approval.two_roles, standards=standards, evidence=evidence
    )


def _prior_attempt_holds(rule: CreditRule, facts: RequestFacts, found: _Findings) -> None:
    """An earlier attempt is asked for only where the rule says so (R13)."""
    if not rule.prior_attempt:
        return
    asked: dict[str, Param] = {"course": facts.course_code, "outcomes": ",".join(sorted(rule.prior_attempt))}
    earlier = [attempt for attempt in facts.record if _is_prior(attempt, rule, facts)]
    if not earlier:
        found.failed("prior_attempt", Reason("prior_attempt.none", asked, "R13", rule.citation))
        return
    newest = max(earlier, key=lambda attempt: attempt.ended_on)
    shown = asked | {"outcome": newest.outcome.value, "ended_on": newest.ended_on.isoformat(), "mark": newest.mark}
    found.met("prior_attempt", Reason("prior_attempt.found", shown, "R13", rule.citation))


def _is_prior(attempt: EarlierAttempt, rule: CreditRule, facts: RequestFacts) -> bool:
    return (
        attempt.course_code == facts.course_code
        and attempt.outcome in rule.prior_attempt
        and (facts.demonstrated_on is None or attempt.ended_on <= facts.demonstrated_on)
    )


def _mastery_holds(
    terms: PolicyTerms, rule: CreditRule, facts: RequestFacts, found: _Findings
) -> tuple[StandardResult, ...]:
    """Every standard claimed, and every one the course asks of all, at the level asked for, by its newest judgement."""
    if not rule.required_level:
        return ()
    count: dict[str, Param] = {"named": len(facts.claims), "asked": rule.min_standards}
    if facts.claims and len(facts.claims) < rule.min_standards:
        found.missing("standards.enough", Reason("standards.too_few", count, "R7", rule.citation))
    results = mastery.evaluate(terms.levels, rule.required_level, facts.claims, facts.judgements, rule.citation)
    for result in results:
        if result.met:
            found.met("standard.mastered", result.reason)
        elif result.arithmetic is None:
            # Not judged, or judged on a level that the policy's scale does not have: somebody can still judge it.
            found.missing("standard.mastered", result.reason)
        else:
            found.failed("standard.mastered", result.reason)
    return results


def _assessment_holds(rule: CreditRule, facts: RequestFacts, found: _Findings) -> tuple[AssessmentResult, ...]:
    """A result on one of the rule's instruments at the level it asks for; the best one that is not used up counts."""
    if not rule.instruments:
        return ()
    used = _used_for_course(facts)
    named: dict[str, Param] = {
        "instruments": ", ".join(rule.instrument_title(code) for code in sorted(rule.instruments))
    }
    known = [result for result in facts.results if result.instrument in rule.instruments]
    fresh = [result for result in known if result.evidence_id not in used]
    met = [result for result in fresh if _meets(result, rule.instruments[result.instrument])]
    if met:
        best = max(met, key=lambda result: (result.level or 0, result.taken_on))
        params = _shown(best, rule)
        found.met("assessment.result", Reason("assessment.met", params, "R7", rule.citation))
        return (best,)
    if fresh:
        newest = max(fresh, key=lambda result: result.taken_on)
        found.failed("assessment.result", Reason("assessment.below", _shown(newest, rule), "R7", rule.citation))
    elif known:
        params = {"course": facts.course_code}
        found.failed("evidence.unused", Reason("evidence.already_used", params, "R29", ONE_CREDIT_ONCE))
    else:
        found.missing("assessment.result", Reason("assessment.none", named, "R7", rule.citation))
    return ()


def _meets(result: AssessmentResult, level: int | None) -> bool:
    if level is None:
        return result.met is True
    return result.level is not None and result.level >= level


def _shown(result: AssessmentResult, rule: CreditRule) -> dict[str, Param]:
    return {
        "instrument": rule.instrument_title(result.instrument),
        "taken_on": result.taken_on.isoformat(),
        "result_level": result.level,
        "asked": rule.instruments[result.instrument],
    }


def _evidence_holds(rule: CreditRule, facts: RequestFacts, found: _Findings, evidence: frozenset[str]) -> None:
    """Work to look at where work is judged, none of it already credited in this course, and a reflection if asked."""
    if rule.required_level and not facts.evidence:
        found.missing("evidence.shown", Reason("evidence.none", {"method": facts.method}, "R7", rule.citation))
    course: dict[str, Param] = {"course": facts.course_code}
    if evidence & _used_for_course(facts):
        found.failed("evidence.unused", Reason("evidence.already_used", course, "R29", ONE_CREDIT_ONCE))
    elif evidence:
        found.met("evidence.unused", Reason("evidence.unused", course, "R29", ONE_CREDIT_ONCE))
    if rule.reflection_required and not facts.reflected:
        found.missing("reflection", Reason("reflection.missing", {}, "R7", rule.citation))
    elif rule.reflection_required:
        found.met("reflection", Reason("reflection.given", {}, "R7", rule.citation))


def _used_for_course(facts: RequestFacts) -> frozenset[str]:
    return frozenset().union(*(award.evidence for award in facts.awards if award.course_code == facts.course_code))


def _amount(rule: CreditRule, facts: RequestFacts, found: _Findings) -> Decimal:
    """How much the rule gives beside what already stands in the course. Only the policy and the course cap it (R34)."""
    standing = sum(
        (
            *(row.credits_earned for row in facts.record if row.course_code == facts.course_code),
            *(award.credits for award in facts.awards if award.course_code == facts.course_code),
        ),
        Decimal(0),
    )
    left = max(facts.course_credits - standing, Decimal(0))
    exactly, up_to = rule.amount.exactly, rule.amount.up_to
    params: dict[str, Param] = {
        "course": facts.course_code,
        "worth": credits_text(facts.course_credits),
        "standing": credits_text(standing),
        "left": credits_text(left),
        "gives": credits_text(exactly if exactly is not None else up_to or Decimal(0)),
    }
    if exactly is None and up_to is None:
        return Decimal(0)  # ``rule.configured`` has said so
    if not left:
        found.failed("credit.amount", Reason("credit.already_earned", params, "R29", ONE_CREDIT_ONCE))
    elif exactly is not None and exactly > left:
        found.failed("credit.amount", Reason("credit.does_not_fit", params, "R29", rule.citation))
    elif exactly is not None:
        found.met("credit.amount", Reason("credit.exactly", params, "R34", f"{rule.citation}; {COUNTS_ALIKE}"))
        return exactly
    else:
        amount = min(up_to or Decimal(0), left)
        params["credits"] = credits_text(amount)
        found.met("credit.amount", Reason("credit.up_to", params, "R34", f"{rule.citation}; {COUNTS_ALIKE}"))
        return amount
    return Decimal(0)


# --- Who decides ------------------------------------------------------------------------------------------------------


def _approver_holds(approval: Approval, facts: RequestFacts, found: _Findings) -> None:
    if not facts.decider:
        return
    criterion = may_decide(approval, facts.decider, facts.decider_roles, facts.assessors)
    if criterion.met:
        found.met(criterion.code, criterion.reason)
    else:
        found.missing(criterion.code, criterion.reason)


def may_decide(approval: Approval, decider: str, decider_roles: frozenset[str], assessors: frozenset[str]) -> Criterion:
    """Whether this person may decide: a role the policy names, and a second pair of eyes where it asks for one (R10b).

    With ``two_roles`` off, a teacher decides on the work they assessed, not on that of others.
    """
    roles: dict[str, Param] = {"roles": ",".join(sorted(approval.roles))}
    held = approval.roles & decider_roles
    if not held:
        return Criterion("approver", False, Reason("approver.wrong_role", roles, "R10b", POLICY_PARTS))
    if approval.two_roles and assessors == {decider}:
        return Criterion("approver", False, Reason("approver.assessed_alone", roles, "R10b", POLICY_PARTS))
    if not approval.two_roles and held == {"teacher"} and decider not in assessors:
        return Criterion("approver", False, Reason("approver.did_not_assess", roles, "R10b", POLICY_PARTS))
    code = "approver.second_person" if approval.two_roles else "approver.assessor_may_decide"
    return Criterion("approver", True, Reason(code, roles, "R10b", POLICY_PARTS))


def is_listed_method(method: str) -> bool:
    """Whether WAC 180-51-051(4) names the method, rather than the district."""
    return method in set(Method)
