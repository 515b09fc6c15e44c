"""The policy of ``bench.deciding`` as somebody would write it in Python for one district: no schema, no terms, no tree.

It says what the engine says: outcome, credits, mark, code, and every criterion with its reason, rule and citation.
Facts come in the same frozen form; what comes out is plain tuples.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from crediting.rules.facts import EarlierAward, RequestFacts

# A criterion: its code, whether it is met, and its reason by code, rule and citation.
Line = tuple[str, bool, str, str, str]

FIRST_DAY = dt.date(2022, 7, 5)
COURSES = {"ENG101", "ENG201", "MAT101", "SCI201"}
FAILED = {"failed", "no_credit", "incomplete"}
LEVELS = ["beginning", "developing", "proficient", "extending"]
PASSING = ["A", "A-", "B+", "B", "B-", "C+", "C"]
DECIDERS = {"credit_manager", "principal"}
ZERO, HALF, ONE, TWO = Decimal(0), Decimal("0.5"), Decimal(1), Decimal(2)

IN_FORCE = "WAC 180-51-050(1)(b), WAC 180-51-051(3)-(4)"
PARTS, LISTED, METHODS, KINDS = (
    "WAC 180-51-051(3)",
    "WAC 180-51-051(3)(b)",
    "WAC 180-51-051(4)",
    "WAC 180-51-051(4)(b)",
)
STANDARDS, ONCE, ALIKE = "WAC 180-51-051(2)", "WAC 180-51-050(1)", "WAC 180-51-210(1)(d), (3)"
NEXT = "WAC 180-51-051(4)(d)"


@dataclass
class Answer:
    """``failed`` and ``missing`` are codes of reasons."""

    outcome: str
    lines: list[Line]
    reasons: list[str]
    rule: str = ""
    credits: Decimal = ZERO
    mark: str = ""
    course: str = ""


def decide(facts: RequestFacts) -> Answer:
    course, method, lines = facts.course_code, facts.method, list[Line]()
    if facts.demonstrated_on is None or facts.demonstrated_on < FIRST_DAY:
        lines.append(("policy.in_force", False, "policy.not_in_force", "R7", IN_FORCE))
        return Answer("not-decidable", lines, ["policy.not_in_force"], course=course)
    lines.append(("policy.in_force", True, "policy.in_force", "R7", IN_FORCE))
    lines.append(("policy.complete", True, "policy.complete", "R1", PARTS))
    if not facts.claims:
        lines.append(("standards.named", False, "standards.none_named", "R11", STANDARDS))
    else:
        lines.append(("standards.named", True, "standards.named", "R11", STANDARDS))
        if all(claim.body == "state" for claim in facts.claims):
            lines.append(("standards.adopted", True, "standards.all_state", "R11", STANDARDS))
        else:
            lines.append(("standards.adopted", False, "standards.not_adopted", "R11", STANDARDS))
    if course not in COURSES:
        return _answer(facts, [*lines, ("course.eligible", False, "course.not_eligible", "R12", LISTED)], "")
    lines.append(("course.eligible", True, "course.eligible", "R12", LISTED))
    if method == "STATE_ASSESSMENT" and course in ("ENG101", "ENG201"):
        return _english_exam(facts, lines)
    if method == "GED" and course in ("ENG101", "ENG201"):
        return _ged(facts, lines)
    if method == "LOCAL_ASSESSMENT" and course == "MAT101":
        return _portfolio(facts, lines)
    if method == "NEXT_COURSE" and course == "SCI201":
        return _next_course(facts, lines)
    return _answer(facts, [*lines, ("method.enabled", False, "method.not_enabled", "R4", METHODS)], "")


# --- The four ways ----------------------------------------------------------------------------------------------------


def _english_exam(facts: RequestFacts, lines: list[Line]) -> Answer:
    """Level 3 gives up to two credits, level 2 up to one, for courses that were failed; the pools are per student."""
    lines.append(("method.enabled", True, "method.enabled", "R4", METHODS))
    if facts.purpose == "challenge":
        return _answer(facts, [*lines, ("purpose", False, "purpose.not_served", "R14", "2402P (1)")], "")
    higher, lower = _exam_at(3, "E2", TWO, facts, lines), _exam_at(2, "E1", ONE, facts, lines)
    if (lower.outcome, lower.credits) == (higher.outcome, higher.credits):
        return lower if _unmet(lower) < _unmet(higher) else higher
    order = ["refused", "not-decidable", "award"]
    return max(higher, lower, key=lambda one: (order.index(one.outcome), one.credits))


def _unmet(answer: Answer) -> int:
    return sum(not met and code != "cap" for code, met, *_reason in answer.lines)


def _exam_at(level: int, rule: str, most: Decimal, facts: RequestFacts, shared: list[Line]) -> Answer:
    day, course, cited = facts.demonstrated_on, facts.course_code, "2402P (1)"
    lines = [*shared, ("rule.configured", True, "rule.applies", "R7", cited)]
    before = any(
        row.course_code == course and row.outcome in FAILED and day is not None and row.ended_on <= day
        for row in facts.record
    )
    found = "prior_attempt.found" if before else "prior_attempt.none"
    lines.append(("prior_attempt", before, found, "R13", cited))
    taken = [one for one in facts.results if one.instrument == "sba-ela" and day is not None and one.taken_on <= day]
    used = {key for award in facts.awards if award.course_code == course for key in award.evidence}
    fresh = [one for one in taken if one.evidence_id not in used]
    reached = [one for one in fresh if one.level is not None and one.level >= level]
    if reached:
        lines.append(("assessment.result", True, "assessment.met", "R7", cited))
    elif fresh:
        lines.append(("assessment.result", False, "assessment.below", "R7", cited))
    elif taken:
        lines.append(("evidence.unused", False, "evidence.already_used", "R29", ONCE))
    else:
        lines.append(("assessment.result", False, "assessment.none", "R7", cited))
    given = _up_to(most, facts, lines, cited)
    if given:
        for cap, rules in ((ONE, ("E1",)), (TWO, ("E1", "E2"))):
            if rule in rules:
                given = _under(cap, rules, given, facts.awards, lines, cited)
    if reached:
        best = max(reached, key=lambda one: (one.level or 0, one.taken_on)).evidence_id
        _unused(facts, best, ("E1", "E2"), lines, cited)
    return _answer(facts, lines, rule, given)


def _ged(facts: RequestFacts, lines: list[Line]) -> Answer:
    day, cited = facts.demonstrated_on, "2402P (2)"
    lines.append(("method.enabled", True, "method.enabled", "R4", METHODS))
    lines.append(("rule.configured", True, "rule.applies", "R7", cited))
    used = {key for award in facts.awards if award.course_code == facts.course_code for key in award.evidence}
    taken = [one for one in facts.results if one.instrument == "GED-RLA" and day is not None and one.taken_on <= day]
    fresh = [one for one in taken if one.evidence_id not in used]
    passed = [one for one in fresh if one.met]
    if passed:
        lines.append(("assessment.result", True, "assessment.met", "R7", cited))
    elif fresh:
        lines.append(("assessment.result", False, "assessment.below", "R7", cited))
    elif taken:
        lines.append(("evidence.unused", False, "evidence.already_used", "R29", ONCE))
    else:
        lines.append(("assessment.result", False, "assessment.none", "R7", cited))
    given = _exactly(ONE, facts, lines, cited)
    if passed:
        best = max(passed, key=lambda one: one.taken_on).evidence_id
        _unused(facts, best, (), lines, cited)
    return _answer(facts, lines, "G1", given)


def _portfolio(facts: RequestFacts, lines: list[Line]) -> Answer:
    cited = "2403P (3)"
    lines.append(("method.enabled", True, "method.enabled", "R4", METHODS))
    if facts.kind != "portfolio":
        return _answer(facts, [*lines, ("method.kind", False, "method.kind_not_enabled", "R4", KINDS)], "")
    chosen = "method.kind_chosen_by_student" if facts.student_chose else "method.kind_enabled"
    lines.append(("method.kind", True, chosen, "R15", KINDS))
    lines.append(("rule.configured", True, "rule.applies", "R7", cited))
    if facts.claims and len(facts.claims) < 2:
        lines.append(("standards.enough", False, "standards.too_few", "R7", cited))
    for claim in facts.claims:
        looks = [look for look in facts.judgements if look.standard == claim.guid]
        if not looks:
            lines.append(("standard.mastered", False, "mastery.not_judged", "R11", cited))
            continue
        newest = max(looks, key=lambda look: (look.judged_at, look.attempt))
        if LEVELS.index(newest.level) >= LEVELS.index("proficient"):
            lines.append(("standard.mastered", True, "mastery.reached", "R7", cited))
        else:
            lines.append(("standard.mastered", False, "mastery.below", "R7", cited))
    written = "reflection.given" if facts.reflected else "reflection.missing"
    lines.append(("reflection", facts.reflected, written, "R7", cited))
    given = _up_to(facts.course_credits, facts, lines, cited)
    if not facts.evidence:
        lines.append(("evidence.shown", False, "evidence.none", "R7", cited))
    else:
        used = {key for award in facts.awards if award.course_code == facts.course_code for key in award.evidence}
        if used & facts.evidence:
            lines.append(("evidence.unused", False, "evidence.already_used", "R29", ONCE))
        else:
            lines.append(("evidence.unused", True, "evidence.unused", "R29", ONCE))
    return _answer(facts, lines, "M1", given)


def _next_course(facts: RequestFacts, lines: list[Line]) -> Answer:
    day, cited = facts.demonstrated_on, "2404P (5)"
    law = f"{cited}; {NEXT}"
    lines.append(("method.enabled", True, "method.enabled", "R4", METHODS))
    lines.append(("rule.configured", True, "rule.applies", "R7", cited))
    rows = sorted(
        (row for row in facts.record if row.course_code == "SCI202"), key=lambda row: row.ended_on, reverse=True
    )
    used = {key for award in facts.awards if award.course_code == facts.course_code for key in award.evidence}
    line: Line = ("completed", False, "completed.none", "R18", law)
    shown = ""
    for row in rows:
        if row.outcome == "in_progress" or day is None or row.ended_on > day:
            line = ("completed", False, "completed.not_finished", "R18", law)
        elif row.outcome != "passed":
            line = ("completed", False, "completed.not_passed", "R18", law)
        elif row.mark not in PASSING:
            line = ("completed", False, "completed.grade_below", "R18", law)
        elif row.evidence_id in used:
            line = ("completed", False, "completed.already_used", "R29", ONCE)
        else:
            line, shown = ("completed", True, "completed.passed", "R18", law), row.evidence_id
            break
    lines.append(line)
    given = _exactly(HALF, facts, lines, cited)
    if shown:
        _unused(facts, shown, ("N1",), lines, cited)
    return _answer(facts, lines, "N1", given)


# --- What they share --------------------------------------------------------------------------------------------------


def _open_in_course(facts: RequestFacts) -> Decimal:
    """What the course is worth, less what stands in it by class or by mastery."""
    standing = sum((row.credits_earned for row in facts.record if row.course_code == facts.course_code), ZERO)
    standing += sum((award.credits for award in facts.awards if award.course_code == facts.course_code), ZERO)
    return max(facts.course_credits - standing, ZERO)


def _up_to(most: Decimal, facts: RequestFacts, lines: list[Line], cited: str) -> Decimal:
    if not (left := _open_in_course(facts)):
        lines.append(("credit.amount", False, "credit.already_earned", "R29", ONCE))
        return ZERO
    lines.append(("credit.amount", True, "credit.up_to", "R34", f"{cited}; {ALIKE}"))
    return min(most, left)


def _exactly(credits: Decimal, facts: RequestFacts, lines: list[Line], cited: str) -> Decimal:
    if not (left := _open_in_course(facts)):
        lines.append(("credit.amount", False, "credit.already_earned", "R29", ONCE))
        return ZERO
    if credits > left:
        lines.append(("credit.amount", False, "credit.does_not_fit", "R29", cited))
        return ZERO
    lines.append(("credit.amount", True, "credit.exactly", "R34", f"{cited}; {ALIKE}"))
    return credits


def _under(
    most: Decimal,
    rules: tuple[str, ...],
    given: Decimal,
    awards: tuple[EarlierAward, ...],
    lines: list[Line],
    cited: str,
) -> Decimal:
    """What the pool leaves."""
    room = max(most - sum((award.credits for award in awards if award.rule_code in rules), ZERO), ZERO)
    if given <= room:
        lines.append(("cap", True, "cap.within", "R22", cited))
        return given
    if not room:
        lines.append(("cap", False, "cap.used_up", "R22", cited))
        return ZERO
    lines.append(("cap", True, "cap.cut", "R22", cited))
    return room


def _unused(facts: RequestFacts, shown: str, pool: tuple[str, ...], lines: list[Line], cited: str) -> None:
    """What was shown may have earned credit in another course of the pool, and nowhere else."""
    if any(shown in award.evidence and award.rule_code not in pool for award in facts.awards):
        lines.append(("evidence.unused", False, "evidence.used_elsewhere", "R29", f"{cited}; {ONCE}"))
    else:
        lines.append(("evidence.unused", True, "evidence.unused", "R29", ONCE))


# What can still be supplied; everything else that is not met is settled.
OPEN = {
    "standards.none_named",
    "standards.too_few",
    "mastery.not_judged",
    "assessment.none",
    "reflection.missing",
    "evidence.none",
    "completed.not_finished",
    "approver.wrong_role",
    "approver.assessed_alone",
}


def _answer(facts: RequestFacts, lines: list[Line], rule: str, given: Decimal = ZERO) -> Answer:
    if facts.decider:
        if not facts.decider_roles & DECIDERS:
            lines.append(("approver", False, "approver.wrong_role", "R10b", PARTS))
        elif facts.assessors == {facts.decider}:
            lines.append(("approver", False, "approver.assessed_alone", "R10b", PARTS))
        else:
            lines.append(("approver", True, "approver.second_person", "R10b", PARTS))
    unmet = [code for _criterion, met, code, _rule, _citation in lines if not met]
    failed = [code for code in unmet if code not in OPEN]
    if failed:
        return Answer("refused", lines, failed, rule, course=facts.course_code)
    if unmet:
        return Answer("not-decidable", lines, unmet, rule, course=facts.course_code)
    return Answer("award", lines, ["credit.award"], rule, given, "P", facts.course_code)
