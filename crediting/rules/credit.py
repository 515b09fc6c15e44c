"""Whether a request earns credit under one policy version, with every criterion, its reason and its citation.

``decide`` is pure: the same terms and facts always give the same outcome. Pages, the console and later replay share it.

A criterion that fails on the facts makes the outcome *refused*; one that lacks something which can still be supplied
makes it *not decidable* and names what is missing. A failure outweighs a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from crediting.rules import moderation, tribal
from crediting.rules.engine import timing
from crediting.rules.engine.amounts import Given, amount, counted
from crediting.rules.engine.conditions import weigh
from crediting.rules.engine.duties import Owed, owed_for, owed_now
from crediting.rules.engine.findings import Finding, Findings, State, judged_in, spent_by, used_by, usual
from crediting.rules.engine.marking import read_mark
from crediting.rules.engine.measures import with_totals
from crediting.rules.engine.scene import ONE_CREDIT_ONCE, Scene
from crediting.rules.engine.selecting import binds
from crediting.rules.facts import ClaimedStandard, EarlierAward, Purpose, RequestFacts
from crediting.rules.numbers import credits, credits_text
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.plain import name_of
from crediting.rules.policy.terms import (
    Appeal,
    Approval,
    CreditRule,
    Gives,
    IfBroken,
    Mark,
    OldLine,
    PolicyTerms,
    Reuse,
)
from crediting.states import AdoptionBody
from mbl.core.decisions import Criterion, Param, Reason

# The mandatory parts, what may be credited, in which ways, on which standards.
POLICY_PARTS = "WAC 180-51-051(3)"
EQUITY_PART = "WAC 180-51-051(3)(a)"
COURSES_PART = "WAC 180-51-051(3)(b)"
METHODS_PART = "WAC 180-51-051(3)(c)"
METHODS = "WAC 180-51-051(4)"
LOCAL_KINDS = "WAC 180-51-051(4)(b)"
STANDARDS = "WAC 180-51-051(2)"
EARNED_CREDITS = "WAC 180-51-050(6)"
IN_FORCE = "WAC 180-51-050(1)(b), WAC 180-51-051(3)-(4)"


def decide(terms: PolicyTerms | None, facts: RequestFacts) -> Outcome:
    """What ``terms`` say about ``facts``. ``terms`` is the version in force when the last element was shown, if any.

    Of several rules for the same course and way, the one that gives most counts; among equals, the first in the policy.
    Credit that a statute demands is given whether or not the policy gives it (R26).
    """
    outcome = _under_policy(terms, facts)
    if duty := owed_for(terms, facts):
        return _owed(duty, outcome, facts)
    return outcome


def must_awards(terms: PolicyTerms | None, facts: RequestFacts) -> tuple[Outcome, ...]:
    """Every award that a statute, or a rule that needs no request, demands of the facts (R26).

    A statute's credit goes to the course that gives most.
    """
    found: list[Outcome] = []
    while duty := next(owed_now(terms, facts), None):
        courses = [code for code, subject in (terms.courses if terms else {}).items() if subject == duty.subject]
        tried = [_in_course(terms, replace(facts, subject=duty.subject), code) for code in courses]
        given = max((one for one in tried if one.is_award), key=lambda one: one.credits, default=None)
        outcome = given or _owed(duty, _ungranted(Findings(), facts), replace(facts, course_code=""))
        found.append(outcome)
        award = EarlierAward(outcome.course_code, "", outcome.rule_code, outcome.credits, outcome.evidence_used)
        facts = replace(
            facts, awards=(*facts.awards, replace(award, evidence=award.evidence | {duty.result.evidence_id}))
        )
    for rule in terms.rules if terms else ():
        for code in sorted(rule.courses) if rule.must_award else ():
            outcome = _in_course(terms, replace(facts, method=rule.method, subject=_subject(terms, code)), code)
            if outcome.kind == OutcomeKind.MUST_AWARD and outcome.rule_code == rule.code:
                found.append(outcome)
                facts = replace(facts, awards=(*facts.awards, _standing(outcome, facts, code)))
    return tuple(found)


def _subject(terms: PolicyTerms | None, code: str) -> str:
    return terms.courses.get(code, "") if terms else ""


def _standing(outcome: Outcome, facts: RequestFacts, code: str) -> EarlierAward:
    return EarlierAward(
        code, facts.method, outcome.rule_code, outcome.credits, outcome.evidence_used, spent=outcome.spent
    )


def review(terms: PolicyTerms, facts: RequestFacts) -> Outcome:
    """Whether the newest award in the course still holds, by what its rule asks to go on (``keeps_while``)."""
    facts = with_totals(terms, facts)
    standing = [one for one in facts.awards if one.course_code == facts.course_code]
    rule = next((one for one in terms.rules if standing and one.code == standing[-1].rule_code), None)
    if facts.demonstrated_on is None:
        undated = Findings()
        undated.missing("review", Reason("policy.no_demonstration_date", {}, "R31"))
        return _ungranted(undated, facts)
    if rule is None:
        nothing = Findings()
        nothing.missing("review", Reason("review.nothing", {"course": facts.course_code}, "R31"))
        return _ungranted(nothing, facts)
    scene = Scene(terms, rule, facts, facts.demonstrated_on)
    award, found = standing[-1], Findings()
    found.add(*weigh(rule.keeps_while, scene))
    held = found.state == State.MET or rule.if_broken == IfBroken.STANDS
    code = "review.holds" if held else f"review.{rule.if_broken}"
    reason = scene.because(code, "R31", rule=rule.code, course=facts.course_code)
    if held:
        return Outcome(
            kind=OutcomeKind.AWARD,
            criteria=found.criteria,
            reasons=(reason,),
            rule_code=rule.code,
            credits=credits(award.credits),
            mark=award.mark,
            course_code=rule.printed_code(facts.course_code),
        )
    if rule.if_broken == IfBroken.REVIEW:
        found.missing("review", reason)
        # What broke does not refuse anything here; it is told beside.
        found.notes += found.reasons(State.FAILED)
        found.found = [one for one in found.found if one.state != State.FAILED]
    else:
        found.failed("review", reason)
    return _ungranted(found, facts, rule=rule, appeal=terms.appeal)


def _in_course(terms: PolicyTerms | None, facts: RequestFacts, code: str) -> Outcome:
    worth = next((one.credits for one in terms.catalog if one.code == code), None) if terms else None
    return decide(terms, replace(facts, course_code=code, course_credits=worth or Decimal(1)))


def _under_policy(terms: PolicyTerms | None, facts: RequestFacts) -> Outcome:
    shared = Findings()
    facts = with_totals(terms, facts)
    if not _policy_holds(terms, facts, shared) or terms is None or facts.demonstrated_on is None:
        return _ungranted(shared, facts)
    _standards_hold(facts, shared)
    candidates = _rules_for(terms, facts, shared)
    if not candidates:
        approval = terms.approval_at(facts.school_code)
        _approver_holds(approval, facts, shared)
        return _ungranted(shared, facts, two_roles=approval.two_roles, appeal=terms.appeal)
    tried = [_under_rule(Scene(terms, rule, facts, facts.demonstrated_on), shared.copy()) for rule in candidates]
    best = tried[0] if len(tried) == 1 else _best(tried)
    return best.outcome()


def _best(tried: Sequence[_Tried]) -> _Tried:
    """A rule that is for others says nothing here; one for which nothing was shown does not keep open what another has
    settled."""
    if granted := [one for one in tried if one.is_granted]:
        return max(granted, key=_Tried.rank)
    fitting = [one for one in tried if not one.is_elsewhere] or tried
    return max([one for one in fitting if one.is_begun] or fitting, key=_Tried.rank)


_RANK = {
    OutcomeKind.REFUSED: 0,
    OutcomeKind.NOT_DECIDABLE: 1,
    OutcomeKind.WAIVED: 2,
    OutcomeKind.EXCUSED: 3,
    OutcomeKind.REQUIREMENT_MET: 4,
    OutcomeKind.AWARD: 5,
    OutcomeKind.MUST_AWARD: 6,
}
_GIVES = {
    Gives.CREDIT: OutcomeKind.AWARD,
    Gives.REQUIREMENT_MET: OutcomeKind.REQUIREMENT_MET,
    Gives.EXCUSED: OutcomeKind.EXCUSED,
    Gives.WAIVED: OutcomeKind.WAIVED,
}


def _ungranted(
    found: Findings,
    facts: RequestFacts,
    *,
    rule: CreditRule | None = None,
    two_roles: bool = True,
    appeal: Appeal | None = None,
) -> Outcome:
    """Refused where something failed; not decidable where something is missing, or no rule could be chosen."""
    failures, gaps = found.reasons(State.FAILED), found.reasons(State.MISSING)
    if failures and appeal is not None:
        params: dict[str, Param] = {"to": appeal.to, "days": appeal.within_days, "after": appeal.after}
        counting = "school_days" if appeal.school_days else "days"
        found.notes.append(Reason(f"appeal.offered_{counting}", params, "R33", EARNED_CREDITS))
    return Outcome(
        kind=OutcomeKind.REFUSED if failures else OutcomeKind.NOT_DECIDABLE,
        criteria=found.criteria,
        reasons=failures or gaps,
        missing=gaps,
        rule_code=rule.code if rule else "",
        course_code=facts.course_code,
        two_roles=two_roles,
        standards=judged_in(found.found),
        notes=tuple(found.notes),
    )


def _owed(duty: Owed, outcome: Outcome, facts: RequestFacts) -> Outcome:
    """The statute's least, or what the policy gives where that is more. No policy, form or fee stands in its way."""
    given = outcome if outcome.is_award else None
    criterion = Criterion("duty", True, duty.reason)
    return Outcome(
        kind=OutcomeKind.MUST_AWARD,
        criteria=(criterion, *(given.criteria if given else ())),
        reasons=(duty.reason,),
        rule_code=given.rule_code if given else "",
        credits=credits(max(duty.duty.least, given.credits if given else Decimal(0))),
        mark=given.mark if given and given.mark else "P",
        is_numeric=given.is_numeric if given else False,
        course_code=given.course_code if given else facts.course_code,
        two_roles=outcome.two_roles,
        evidence_used=frozenset({duty.result.evidence_id}) | (given.evidence_used if given else frozenset()),
        spent=given.spent if given else {},
        standards=outcome.standards,
    )


# --- The policy and the course ----------------------------------------------------------------------------------------


def _policy_holds(terms: PolicyTerms | None, facts: RequestFacts, found: Findings) -> bool:
    """A complete version in force on the demonstration date (R1, R3, R7, EC21). False: nothing more can be asked."""
    if facts.demonstrated_on is None:
        found.missing("policy.in_force", Reason("policy.no_demonstration_date", {}, "R10a", IN_FORCE))
        return False
    day = facts.demonstrated_on.isoformat()
    if terms is None:
        found.missing("policy.in_force", Reason("policy.none_in_force", {"on": day}, "R1", POLICY_PARTS))
        return False
    if not terms.in_force(facts.demonstrated_on, facts.graduation_year):
        version: dict[str, Param] = {"policy": terms.series, "version": terms.number, "on": day}
        found.missing("policy.in_force", Reason("policy.not_in_force", version, "R7", IN_FORCE))
        return False
    in_force = "policy.in_force"
    found.add(usual(in_force, in_force, "R7", IN_FORCE, policy=terms.series, version=terms.number, on=day))
    gaps = list(missing_parts(terms))
    for gap in gaps:
        found.missing("policy.complete", gap)
    if not gaps:
        found.add(usual("policy.complete", "policy.complete", "R1", POLICY_PARTS, policy=terms.series))
    return not gaps


def missing_parts(terms: PolicyTerms) -> Iterable[Reason]:
    """Which of the three parts that WAC 180-51-051(3) asks of a written policy are blank (R1)."""
    if not terms.equity_provision.strip():
        yield Reason("policy.no_equity_provision", {"policy": terms.series}, "R1", EQUITY_PART)
    if not terms.courses:
        yield Reason("policy.no_courses", {"policy": terms.series}, "R1", COURSES_PART)
    if not terms.other_methods.strip():
        yield Reason("policy.no_other_methods", {"policy": terms.series}, "R1", METHODS_PART)


def _rules_for(terms: PolicyTerms, facts: RequestFacts, found: Findings) -> Sequence[CreditRule]:
    """The rules that speak of this course, way, kind and purpose (R4, R7, R12, R14); why not where there are none."""
    course, method = facts.course_code, facts.method
    if course not in terms.courses:
        listed: dict[str, Param] = {"course": course, "policy": terms.series}
        found.failed("course.eligible", Reason("course.not_eligible", listed, "R12", COURSES_PART))
        return ()
    eligible = "course.eligible"
    found.add(usual(eligible, eligible, "R12", COURSES_PART, course=course, policy=terms.series))

    title = terms.methods[method].title if method in terms.methods else method
    way: dict[str, Param] = {"method": title, "course": course}
    enabled = terms.rules_for(course, method)
    if enabled and all(_is_closed(terms, facts, rule) for rule in enabled):
        found.add(_closed(terms, facts))
        return ()
    if not enabled:
        found.failed("method.enabled", Reason("method.not_enabled", way, "R4", METHODS))
        return ()
    found.add(usual("method.enabled", "method.enabled", "R4", METHODS, method=title, course=course))

    of_kind = [rule for rule in enabled if not rule.kinds or facts.kind in rule.kinds]
    if not of_kind and not facts.kind:
        found.missing("method.kind", Reason("method.kind_not_chosen", way, "R15", LOCAL_KINDS))
        return ()
    if not of_kind:
        found.failed("method.kind", Reason("method.kind_not_enabled", way | {"kind": facts.kind}, "R4", LOCAL_KINDS))
        return ()
    if facts.kind:
        chosen = "method.kind_chosen_by_student" if facts.student_chose else "method.kind_enabled"
        found.add(usual("method.kind", chosen, "R15", LOCAL_KINDS, method=title, course=course, kind=facts.kind))

    for_purpose = [rule for rule in of_kind if serves(rule, facts.purpose)]
    if not for_purpose:
        purpose: dict[str, Param] = {"purpose": facts.purpose.value, "course": facts.course_code}
        found.failed("purpose", Reason("purpose.not_served", purpose, "R14", of_kind[0].citation))
    return _from_highest(terms, for_purpose)


def _from_highest(terms: PolicyTerms, rules: Sequence[CreditRule]) -> Sequence[CreditRule]:
    """Of rules from several sources only those of the highest: a regulation goes before a school's page."""
    if not terms.sources or len(rules) < 2:
        return rules
    ranks = [terms.sources.index(rule.source) if rule.source else 0 for rule in rules]
    return [rule for rule, rank in zip(rules, ranks, strict=True) if rank == min(ranks)]


def _is_closed(terms: PolicyTerms, facts: RequestFacts, rule: CreditRule) -> bool:
    """Whether the school does not offer it: a school may narrow the district's policy and never widens it."""
    school = terms.schools.get(facts.school_code)
    return school is not None and (facts.course_code in school.closed_courses or rule.code in school.closed_rules)


def _closed(terms: PolicyTerms, facts: RequestFacts) -> Finding:
    closed = {"course": facts.course_code, "policy": terms.series, "school": facts.school_code}
    return Finding("school.open", State.FAILED, Reason("school.closed", closed, "R10", POLICY_PARTS))


def serves(rule: CreditRule, purpose: Purpose) -> bool:
    """Whether the rule is for this purpose; a request that leaves it open is served by any rule."""
    return rule.purpose == purpose or Purpose.EITHER in (rule.purpose, purpose)


def _standards_hold(facts: RequestFacts, found: Findings) -> None:
    """Every demonstration names its standards, each a state one, or local where the state has none (R2, R11)."""
    if not facts.claims:
        found.missing("standards.named", Reason("standards.none_named", {}, "R11", STANDARDS))
        return
    found.add(usual("standards.named", "standards.named", "R11", STANDARDS, count=len(facts.claims)))
    held = True
    for claim in facts.claims:
        if claim.body not in _BODIES:
            found.failed("standards.adopted", Reason("standards.not_adopted", _name(claim), "R11", STANDARDS))
            held = False
        elif claim.body == AdoptionBody.LOCAL and facts.state_standards_exist:
            where = _name(claim) | {"subject": facts.subject}
            found.failed("standards.adopted", Reason("standards.local_not_allowed", where, "R11", STANDARDS))
            held = False
    if held:
        is_state = all(claim.body == AdoptionBody.STATE for claim in facts.claims)
        code = "standards.all_state" if is_state else "standards.local_allowed"
        found.add(usual("standards.adopted", code, "R11", STANDARDS, subject=facts.subject))


_BODIES = frozenset(AdoptionBody)


def _name(claim: ClaimedStandard) -> dict[str, Param]:
    return {"standard": name_of(claim.code, claim.statement), "framework": claim.framework}


# --- One rule ---------------------------------------------------------------------------------------------------------


class _Tried(NamedTuple):
    """What was found of the request under one rule; the outcome is made of the best alone."""

    scene: Scene
    found: Findings
    state: State
    given: Given
    mark: Mark | None
    used: frozenset[str]
    approval: Approval
    is_begun: bool

    @property
    def is_granted(self) -> bool:
        return self.state is State.MET

    @property
    def is_elsewhere(self) -> bool:
        """Whether the rule is for others: for other students, requests or days."""
        return any(one.is_elsewhere for one in self.found.found)

    @property
    def kind(self) -> OutcomeKind:
        if not self.is_granted:
            return OutcomeKind.REFUSED if self.state is State.FAILED else OutcomeKind.NOT_DECIDABLE
        rule = self.scene.rule
        return OutcomeKind.MUST_AWARD if rule.must_award and self.mark else _GIVES[rule.gives]

    def rank(self) -> tuple[int, Decimal, int]:
        """What gives more comes first, among equals a step not taken in the course yet; of refusals the one that came
        nearest. A full cap is not far."""
        if self.is_granted:
            facts, code = self.scene.facts, self.scene.rule.code
            taken = any(one.rule_code == code and one.course_code == facts.course_code for one in facts.awards)
            return _RANK[self.kind], credits(self.given.credits), -taken
        unmet = sum([one.state is not State.MET and one.criterion != "cap" for one in self.found.found])
        return _RANK[self.kind], Decimal(0), -unmet

    def outcome(self) -> Outcome:
        if self.is_granted:
            return _granted(self)
        scene = self.scene
        return _ungranted(
            self.found, scene.facts, rule=scene.rule, two_roles=self.approval.two_roles, appeal=scene.terms.appeal
        )


def _under_rule(scene: Scene, found: Findings) -> _Tried:
    """What the rule says, and whether anything was shown for it."""
    rule, facts, terms = scene.rule, scene.facts, scene.terms
    approval = terms.approval_at(facts.school_code, rule)
    if rule.is_configured:
        found.add(usual("rule.configured", "rule.applies", "R7", rule.citation, rule=rule.code))
    else:
        found.missing("rule.configured", Reason("rule.not_configured", {"rule": rule.code}, "R6", METHODS))
    if _is_closed(terms, facts, rule):
        found.add(_closed(terms, facts))
    shown = [*weigh(terms.when, scene), *weigh(rule.when, scene)]
    if facts.school_code in terms.schools:
        shown += weigh(terms.schools[facts.school_code].when, scene)
    shown += weigh(rule.keeps_while, scene)
    mark, marked = _mark(scene, shown)
    if rule.gives == Gives.CREDIT or not rule.amount.is_blank:
        given = amount(scene, mark.value if mark else "")
    else:
        given = counted(scene)
    shown += (*given.findings, *marked, *_choice_in_time(scene), *_fee(scene, found))
    begun = any(finding.is_begun for finding in shown)
    found.add(*(shown if facts.override is None else [_lifted(finding, scene) for finding in shown]))
    _tribe_certifies(scene, found)
    results = used_by(shown)
    used = facts.evidence | results
    _evidence_holds(scene, found, used)
    _purposes_hold(scene, found, results)
    _readings_hold(terms, facts, found)
    _approver_holds(approval, facts, found)
    return _Tried(scene, found, found.state, given, mark, used, approval, begun)


def _granted(tried: _Tried) -> Outcome:
    scene, found, given, mark = tried.scene, tried.found, tried.given, tried.mark
    rule, facts = scene.rule, scene.facts
    notes = (*found.notes, *[one.reason for one in found.found if one.criterion == "cap.note"])
    if by := timing.decide_by(scene):
        notes += (by,)
    if rule.old_line == OldLine.OUT_OF_GPA:
        notes += (scene.because("old_line.out_of_gpa", "R36"),)
    return Outcome(
        kind=tried.kind,
        criteria=found.criteria,
        reasons=_because_granted(scene, given, mark),
        rule_code=rule.code,
        credits=credits(given.credits if mark else Decimal(0)),
        released=credits(Decimal(0) if mark else given.credits),
        mark=mark.value if mark else "",
        is_numeric=mark is not None and mark.is_numeric,
        course_code=rule.printed_code(facts.course_code),
        requirement=rule.requirement,
        two_roles=tried.approval.two_roles,
        evidence_used=tried.used,
        spent=spent_by(found.found),
        standards=judged_in(found.found),
        notes=notes,
        effective_on=timing.effective_on(scene, facts.decided_on or scene.day) if mark else None,
    )


def _because_granted(scene: Scene, given: Given, mark: Mark | None) -> tuple[Reason, ...]:
    """``mark`` is None where the rule gives no credit."""
    rule = scene.rule
    if mark is None:
        named: dict[str, Param] = {"requirement": rule.requirement, "rule": rule.code}
        code = "outcome.waived_and_replaced" if rule.replaced else f"outcome.{rule.gives}"
        reasons = (scene.because(code, "R7", **named),)
        if not given.credits:
            return reasons
        return (*reasons, scene.because("outcome.released", "R7", **named, credits=credits_text(given.credits)))
    params: dict[str, Param] = {
        "credits": credits_text(given.credits),
        "course": scene.facts.course_code,
        "mark": mark.value,
        "rule": rule.code,
    }
    if rule.must_award:
        return (scene.because("credit.must_award", "R26", **params),)
    return (scene.because("credit.award", "R7", **params),)


def _fee(scene: Scene, found: Findings) -> tuple[Finding, ...]:
    """What the attempt costs this student: a note, or first of all where the rule says so. A must-award is free."""
    fee, facts = scene.rule.fee, scene.facts
    if fee is None or scene.rule.must_award or facts.fee_paid:
        return ()
    tries = [one for one in facts.tries if one.method in ("", scene.rule.method)]
    if fee.free_for & facts.student.groups or len(tries) < fee.free:
        return ()
    reason = scene.because("fee.due", "R10", amount=f"{fee.amount:.2f}")
    if fee.is_first:
        return (Finding("fee", State.MISSING, reason),)
    found.notes.append(reason)
    return ()


def _lifted(finding: Finding, scene: Scene) -> Finding:
    """A criterion that somebody with discretion let pass, with the reason they gave."""
    given, allowed = scene.facts.override, scene.rule.discretion
    if finding.is_met or given is None or allowed is None or not given.reason.strip():
        return finding
    if given.role not in allowed.roles or finding.criterion not in given.lifts & allowed.lifts:
        return finding
    params: dict[str, Param] = {"roles": given.role, "why": given.reason.strip().rstrip(".")}
    reason = Reason("discretion.used", params, "R10", scene.rule.citation, (finding.reason,))
    return Finding(finding.criterion, State.MET, reason, finding.evidence, finding.spent, finding.standards)


def _mark(scene: Scene, shown: list[Finding]) -> tuple[Mark | None, list[Finding]]:
    """One mark: by purpose, by the lowest level that counted, by the student's choice, or the usual one (R35, T21)."""
    rule, facts = scene.rule, scene.facts
    if rule.gives != Gives.CREDIT:
        return None, []
    if (by_purpose := rule.marks.by_purpose.get(facts.purpose)) is not None:
        return by_purpose, []
    if rule.marks.by_level:
        reached = [result.level for result in judged_in(shown) if result.met]
        levels = [level for level in scene.terms.levels if level in reached]
        if levels and levels[0] in rule.marks.by_level:
            return rule.marks.by_level[levels[0]], []
    if rule.marks.table is not None or rule.marks.taken_from:
        mark, found = read_mark(scene, shown)
        if mark is not None or rule.mark is None:
            return mark, found
    if rule.marks.choices:
        wanted = next((mark for mark in rule.marks.choices if mark.value == facts.mark_wanted), None)
        if wanted is not None:
            return wanted, _chosen_in_time(scene)
        if facts.mark_wanted or rule.mark is None:
            names: dict[str, Param] = {"marks": ", ".join(mark.value for mark in rule.marks.choices)}
            return None, [Finding("mark", State.MISSING, scene.because("mark.not_chosen", "R35", **names))]
    if rule.mark is None:
        return None, []  # ``rule.configured`` has said so
    return rule.mark, []


def _chosen_in_time(scene: Scene) -> list[Finding]:
    """The choice of a mark has a deadline of its own."""
    if scene.rule.marks.choose_by not in scene.terms.deadlines:
        return []
    chosen, last = scene.facts.mark_chosen_on, timing.mark_by(scene)
    if chosen is None or last is None:
        return [Finding("mark", State.MISSING, scene.because("mark.choice_undated", "R35"))]
    params: dict[str, Param] = {"on": chosen.isoformat(), "last": last.isoformat()}
    if chosen > last:
        return [Finding("mark", State.FAILED, scene.because("mark.chosen_late", "R35", **params))]
    return [Finding("mark", State.MET, scene.because("mark.chosen_in_time", "R35", **params))]


def _choice_in_time(scene: Scene) -> list[Finding]:
    """What is the student's to choose has a last day; a request that nobody listed is chosen by being sent."""
    chosen = scene.facts.mark_chosen_on
    if chosen is None or scene.rule.choose_by not in scene.terms.deadlines:
        return []
    last = timing.choose_by(scene)
    if last is None:
        return [Finding("choice", State.MISSING, scene.because("choice.undated", "R35"))]
    params: dict[str, Param] = {"on": chosen.isoformat(), "last": last.isoformat()}
    if chosen > last:
        return [Finding("choice", State.FAILED, scene.because("choice.late", "R35", **params))]
    return [Finding("choice", State.MET, scene.because("choice.in_time", "R35", **params))]


def _evidence_holds(scene: Scene, found: Findings, used: frozenset[str]) -> None:
    """Work to look at where work is judged, and nothing that already earned credit where it may not again (R29)."""
    facts, rule = scene.facts, scene.rule
    if rule.needs_judging and not facts.evidence and not any(one.evidence_id in used for one in facts.judgements):
        found.missing("evidence.shown", scene.because("evidence.none", "R7", method=facts.method))
    if not used:
        return
    course: dict[str, Param] = {"course": facts.course_code}
    if used & scene.used_here:
        found.failed("evidence.unused", Reason("evidence.already_used", course, "R29", ONE_CREDIT_ONCE))
        return
    elsewhere = [award for award in facts.awards if (used - facts.evidence) & award.evidence]
    closed = next((award for award in elsewhere if not _may_share(award, scene)), None)
    if closed is not None:
        params = course | {"other": closed.course_code}
        found.failed("evidence.unused", scene.because("evidence.used_elsewhere", "R29", ONE_CREDIT_ONCE, **params))
    else:
        found.add(usual("evidence.unused", "evidence.unused", "R29", ONE_CREDIT_ONCE, course=facts.course_code))


def _may_share(award: EarlierAward, scene: Scene) -> bool:
    """Whether a result that earned ``award`` in another course may earn credit here: one rule, or one pool."""
    rule = scene.rule
    if rule.reuse != Reuse.POOL:
        return rule.reuse == Reuse.ANYWHERE
    if award.rule_code == rule.code:
        return True
    other = next((one for one in scene.terms.rules if one.code == award.rule_code), None)
    there = replace(scene.facts, course_code=award.course_code)
    return other is not None and any(
        binds(cap.of, scene.facts, rule) and binds(cap.of, there, other) for cap in scene.terms.caps
    )


def _tribe_certifies(scene: Scene, found: Findings) -> None:
    """In a language of Tribes the tribal government's certificate, whatever else the policy asks or lets pass (R25)."""
    if not scene.tribal:
        return
    language: dict[str, Param] = {"language": scene.tribal}
    law = tribal.register().citation
    if tribal.is_certified(scene.facts, scene.tribal):
        found.met("language.certified", Reason("language.certified", language, tribal.RULE, law))
    else:
        found.missing("language.certified", Reason("language.not_certified", language, tribal.RULE, law))


def _purposes_hold(scene: Scene, found: Findings, results: frozenset[str]) -> None:
    """One result, for a course never taken and for one that was failed: only where the policy says so (EC6)."""
    purpose = scene.facts.purpose
    mixed = [
        award
        for award in scene.facts.awards
        if award.evidence & results and {award.purpose, purpose.value} == {Purpose.CHALLENGE, Purpose.RECOVERY}
    ]
    if not mixed:
        return
    allowed = scene.terms.purposes_mix
    params: dict[str, Param] = {"purpose": purpose.value, "other": mixed[0].course_code}
    if allowed is None:
        found.missing("purpose.mixed", scene.because("purpose.mixing_not_said", "R14", **params))
    elif allowed:
        found.met("purpose.mixed", scene.because("purpose.mixing_allowed", "R14", **params))
    else:
        found.failed("purpose.mixed", scene.because("purpose.mixing_refused", "R14", **params))


def _readings_hold(terms: PolicyTerms, facts: RequestFacts, found: Findings) -> None:
    """A second reading that was drawn is given and settled first, where the policy waits for it."""
    criterion = moderation.holds(terms, facts)
    if criterion is None:
        return
    if criterion.met:
        found.met(criterion.code, criterion.reason)
    else:
        found.missing(criterion.code, criterion.reason)


# --- Who decides ------------------------------------------------------------------------------------------------------


def _approver_holds(approval: Approval, facts: RequestFacts, found: Findings) -> None:
    if not facts.decider:
        return
    criterion = may_decide(approval, facts.decider, facts.decider_roles, facts.assessors)
    state = State.MET if criterion.met else State.MISSING
    found.add(Finding(criterion.code, state, criterion.reason))


def may_decide(approval: Approval, decider: str, decider_roles: frozenset[str], assessors: frozenset[str]) -> Criterion:
    """Whether this person may decide: a role the policy names, and a second pair of eyes where it asks for one (R10b).

    With ``two_roles`` off, a teacher decides on the work they assessed, not on that of others.
    """
    roles: dict[str, Param] = {"roles": approval.role_names}
    held = approval.roles & decider_roles
    if not held:
        return Criterion("approver", False, Reason("approver.wrong_role", roles, "R10b", POLICY_PARTS))
    if approval.two_roles and assessors == {decider}:
        return Criterion("approver", False, Reason("approver.assessed_alone", roles, "R10b", POLICY_PARTS))
    if not approval.two_roles and held == {"teacher"} and decider not in assessors:
        return Criterion("approver", False, Reason("approver.did_not_assess", roles, "R10b", POLICY_PARTS))
    code = "approver.second_person" if approval.two_roles else "approver.assessor_may_decide"
    return Criterion("approver", True, Reason(code, roles, "R10b", POLICY_PARTS))
