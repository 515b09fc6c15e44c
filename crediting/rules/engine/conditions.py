"""Whether a condition of a rule holds for one request: one function for each kind of condition.

Groups follow from their parts: *any of* holds when one does, and is missing only while one still can.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from crediting.rules import mastery
from crediting.rules.engine import timing
from crediting.rules.engine.findings import Finding, State, all_hold, as_one, failed, met, missing
from crediting.rules.engine.measures import measure, unknown
from crediting.rules.engine.scene import NEXT_COURSE, ONE_CREDIT_ONCE, PROPOSALS, Scene
from crediting.rules.engine.selecting import selected
from crediting.rules.facts import (
    AssessmentResult,
    AttemptOutcome,
    ClaimedStandard,
    EarlierAttempt,
    JudgedLevel,
    RequestFacts,
    Try,
    Value,
)
from crediting.rules.numbers import credits_text
from crediting.rules.policy.conditions import (
    SAME,
    AllOf,
    AnyOf,
    ApprovedBefore,
    AtLeast,
    AttemptsLeft,
    AttestedBy,
    AwardedBefore,
    Completed,
    Condition,
    Earned,
    EnrolledIn,
    EvidenceOf,
    Excluded,
    FactIs,
    Gain,
    HigherCourse,
    Instrument,
    InTime,
    InWindow,
    Measured,
    NoneOf,
    OnDays,
    PaperOnFile,
    PriorAttempt,
    Requested,
    ResultOn,
    StandardsAt,
    StudentIs,
    StudentWrites,
    Total,
    Written,
    between,
    comparison,
    plain_value,
    requested,
)
from crediting.rules.policy.marks import grade_reaches
from mbl.core.calendar import months_before, school_year
from mbl.core.decisions import Param, Reason


def weigh(condition: Condition, scene: Scene) -> tuple[Finding, ...]:
    """The findings of a condition: of a list one for each part, of a choice one for all."""
    if isinstance(condition, AllOf):
        return tuple([finding for part in condition.parts for finding in weigh(part, scene)])
    return _WEIGH[type(condition)](condition, scene)


# --- Groups -----------------------------------------------------------------------------------------------------------


def _part(condition: Condition, scene: Scene) -> Finding:
    """A part of a choice as one finding."""
    found = weigh(condition, scene)
    if len(found) == 1:
        return found[0]
    reasons = tuple(finding.reason for finding in found)
    return as_one("all_of", all_hold(found), Reason("group.all_of", parts=reasons), found)


def _any_of(group: AnyOf, scene: Scene) -> tuple[Finding, ...]:
    """One that holds, else the best of those for which something was shown: what nobody tried decides nothing."""
    parts = [_part(part, scene) for part in group.parts]
    fitting = [part for part in parts if not part.is_elsewhere]
    begun = [part for part in fitting if part.is_begun]
    best = max(begun or fitting or parts, key=lambda part: part.state)
    if any_met := next((part for part in parts if part.is_met), None):
        return (any_met,)
    parts = begun or fitting or parts
    open_ones = [part.reason for part in parts if part.state == best.state]
    code = "group.any_of_missing" if best.state == State.MISSING else "group.any_of_failed"
    return (Finding("any_of", best.state, _choice(scene, code, open_ones), begun=bool(begun)),)


def _at_least(group: AtLeast, scene: Scene) -> tuple[Finding, ...]:
    parts = [_part(part, scene) for part in group.parts]
    held = [part for part in parts if part.is_met]
    can_still = [part for part in parts if part.state == State.MISSING]
    params: dict[str, Param] = {"held": len(held), "asked": group.count, "of": len(parts)}
    if len(held) >= group.count:
        reason = _choice(scene, "group.at_least_met", [part.reason for part in held], **params)
        return (as_one("at_least", State.MET, reason, held),)
    state = State.MISSING if len(held) + len(can_still) >= group.count else State.FAILED
    code = "group.at_least_missing" if state == State.MISSING else "group.at_least_failed"
    lacking = [part.reason for part in parts if not part.is_met]
    return (Finding("at_least", state, _choice(scene, code, lacking, **params)),)


def _none_of(group: NoneOf, scene: Scene) -> tuple[Finding, ...]:
    parts = [_part(part, scene) for part in group.parts]
    if held := [part.reason for part in parts if part.is_met]:
        return (failed("none_of", _choice(scene, "group.none_of_failed", held)),)
    unknown = [part for part in parts if part.state == State.MISSING and part.criterion in _UNKNOWN_IS_OPEN]
    if unknown:
        return (missing("none_of", _choice(scene, "group.none_of_missing", [part.reason for part in unknown])),)
    return (met("none_of", scene.because("group.none_of_met", "R10")),)


# Nobody has said yet whether these hold. Of everything else, what is not on file has not happened.
_UNKNOWN_IS_OPEN = frozenset({"fact", "student", "all_of", "at_least", "any_of"})


def _choice(scene: Scene, code: str, parts: Iterable[Reason], **params: Param) -> Reason:
    return Reason(code, params, "R10", scene.rule.citation, tuple(parts))


# --- What was shown ---------------------------------------------------------------------------------------------------


def _standards(asked: StandardsAt, scene: Scene) -> tuple[Finding, ...]:
    """Every standard claimed, and every one the course asks of all, at the level; or so many of the named ones."""
    if asked.named:
        return _contract(asked, scene)
    claims = scene.facts.claims
    found: list[Finding] = []
    least = asked.at_least or 1
    if claims and len(claims) < least:
        found.append(
            missing("standards.enough", scene.because("standards.too_few", "R7", named=len(claims), asked=least))
        )
    results = _levels(asked.level, claims, scene)
    if asked.share is not None:
        return (*found, _so_many(_part_of(asked.share, len(results)), [_judged(one) for one in results], scene))
    return (*found, *(_judged(result) for result in results), *_mean(asked, results, scene))


def _part_of(share: Decimal, count: int) -> int:
    """So many of ``count`` that they are at least the share."""
    return int((share * count).to_integral_value(ROUND_CEILING))


def _mean(asked: StandardsAt, results: Sequence[mastery.StandardResult], scene: Scene) -> tuple[Finding, ...]:
    """The levels, counted from 1, on average; open while one is not judged."""
    if asked.mean is None or not results:
        return ()
    params: dict[str, Param] = {"asked": plain_value(asked.mean), "count": len(results)}
    if any(one.arithmetic is None for one in results):
        return (missing("standards.mean", scene.because("standards.mean_unknown", "R7", **params)),)
    levels = scene.terms.levels
    mean = Decimal(sum(levels.index(one.level) + 1 for one in results)) / len(results)
    params["mean"] = plain_value(mean.quantize(Decimal("0.01")))
    if mean >= asked.mean:
        return (met("standards.mean", scene.because("standards.mean_reached", "R7", **params)),)
    return (failed("standards.mean", scene.because("standards.mean_below", "R7", **params)),)


def _contract(asked: StandardsAt, scene: Scene) -> tuple[Finding, ...]:
    """So many of the standards that the rule names, whichever way the district's rule counts judgements."""
    claims = {claim.code or claim.guid: claim for claim in scene.facts.claims}
    results = [_judged(one) for one in _levels(asked.level, (claims[c] for c in asked.named if c in claims), scene)]
    unclaimed = [code for code in asked.named if code not in claims]
    found = results + [
        missing("standard.mastered", scene.because("standards.not_claimed", "R11", standard=code)) for code in unclaimed
    ]
    least = asked.at_least or len(asked.named)
    if asked.share is not None:
        least = _part_of(asked.share, len(asked.named))
    elif least >= len(asked.named):
        judged = [result for one in results for result in one.standards]
        return (*found, *_mean(asked, () if unclaimed else judged, scene))
    return (_so_many(least, found, scene),)


def _so_many(least: int, found: Sequence[Finding], scene: Scene) -> Finding:
    """At least so many of these standards have reached the level; the others may be below."""
    held = [one for one in found if one.is_met]
    can_still = [one for one in found if one.state == State.MISSING]
    params: dict[str, Param] = {"held": len(held), "asked": least, "of": len(found)}
    if len(held) >= least:
        return as_one("standard.mastered", State.MET, scene.because("standards.enough_of", "R7", **params), held)
    state = State.MISSING if len(held) + len(can_still) >= least else State.FAILED
    lacking = tuple(one.reason for one in found if not one.is_met)
    return Finding(
        "standard.mastered",
        state,
        Reason("standards.not_enough_of", params, "R7", scene.rule.citation, lacking),
        standards=tuple(result for one in found for result in one.standards),
    )


def _levels(level: str, claims: Iterable[ClaimedStandard], scene: Scene) -> tuple[mastery.StandardResult, ...]:
    return mastery.evaluate(scene.terms.levels, level, claims, _fresh(scene), scene.rule.citation)


def _fresh(scene: Scene) -> Iterable[JudgedLevel]:
    """Judgements that count here: work of a class once for a course (R29), and only on the policy's own scale."""
    return [
        one
        for one in scene.facts.judgements
        if not one.source or (one.level in scene.terms.levels and one.evidence_id not in scene.used_here)
    ]


def judged_at(level: str, claims: Iterable[ClaimedStandard], scene: Scene) -> tuple[Finding, ...]:
    """One finding for each standard, whether it has reached the level."""
    return tuple(_judged(result) for result in _levels(level, claims, scene))


def _judged(result: mastery.StandardResult) -> Finding:
    # Not judged, or judged on a level that the policy's scale does not have: somebody can still judge it.
    state = State.MET if result.met else State.MISSING if result.arithmetic is None else State.FAILED
    evidence = frozenset([one.evidence_id for one in result.used if one.evidence_id])
    return Finding("standard.mastered", state, result.reason, evidence, standards=(result,))


def _result(asked: ResultOn, scene: Scene) -> tuple[Finding, ...]:
    """A result at the level asked for; of those that have not been used here the best one counts."""
    wanted = asked.by_code
    language = scene.facts.language
    known = [
        result
        for result in scene.results
        if result.instrument.lower() in wanted and (not language or result.language in ("", language))
    ]
    if asked.within_months is not None:
        first = months_before(scene.day, asked.within_months)
        stale = [result for result in known if result.taken_on < first]
        known = [result for result in known if result.taken_on >= first]
        if stale and not known:
            oldest = _shown(stale[-1], wanted[stale[-1].instrument.lower()])
            reason = scene.because("assessment.too_old", "R7", months=asked.within_months, **oldest)
            return (failed("assessment.result", reason),)
    if asked.which != "best" and known:
        end = min if asked.which == "first" else max
        known = [end(known, key=lambda one: one.taken_on)]
    fresh = [result for result in known if result.evidence_id not in scene.used_here]
    reached = [result for result in fresh if result_counts(result, wanted[result.instrument.lower()])]
    if reached:
        best = max(reached, key=lambda one: (one.level or 0, one.score or Decimal(0), one.taken_on))
        shown = _shown(best, wanted[best.instrument.lower()])
        reason = scene.because("assessment.met", "R7", **shown)
        return (met("assessment.result", reason, evidence=[best.evidence_id]),)
    names = ", ".join(sorted(one.name for one in asked.any_of))
    if settled := [result for result in fresh if not _is_silent(result, wanted[result.instrument.lower()])]:
        newest = max(settled, key=lambda one: one.taken_on)
        shown = _shown(newest, wanted[newest.instrument.lower()])
        return (failed("assessment.result", scene.because("assessment.below", "R7", **shown)),)
    if known and not fresh:
        reason = Reason("evidence.already_used", {"course": scene.facts.course_code}, "R29", ONE_CREDIT_ONCE)
        return (failed("evidence.unused", reason),)
    if fresh:
        newest = max(fresh, key=lambda one: one.taken_on)
        return (missing("assessment.result", _what_it_lacks(newest, wanted, scene), begun=True),)
    return (missing("assessment.result", scene.because("assessment.none", "R7", instruments=names)),)


def _what_it_lacks(result: AssessmentResult, wanted: Mapping[str, Instrument], scene: Scene) -> Reason:
    """The result is there, and the level or score that is asked for is not."""
    asked = wanted[result.instrument.lower()]
    code = "no_level" if asked.level is not None and result.level is None else "no_score"
    said: dict[str, Param] = {"instrument": asked.name, "taken_on": result.taken_on.isoformat()}
    return scene.because(f"assessment.{code}", "R7", **said)


def result_counts(result: AssessmentResult, asked: Instrument) -> bool:
    """Whether the result reaches what the policy asks of its instrument."""
    if asked.level is not None and (result.level is None or result.level < asked.level):
        return False
    if asked.score is not None and (result.score is None or result.score < asked.score):
        return False
    return True if asked.level is not None or asked.score is not None else result.met is True


def _is_silent(result: AssessmentResult, asked: Instrument) -> bool:
    """Whether the result lacks the level or score that is asked for, so that it settles nothing."""
    pairs = ((asked.level, result.level), (asked.score, result.score))
    said = [has >= least for least, has in pairs if least is not None and has is not None]
    return all(said) and any(least is not None and has is None for least, has in pairs)


def _shown(result: AssessmentResult, asked: Instrument) -> dict[str, Param]:
    return {
        "instrument": asked.name,
        "taken_on": result.taken_on.isoformat(),
        "result_level": result.level if asked.score is None else str(result.score),
        "asked": asked.level if asked.score is None else str(asked.score),
    }


def _fact(asked: FactIs, scene: Scene) -> tuple[Finding, ...]:
    term = scene.terms.facts.get(asked.name)
    name: dict[str, Param] = {"fact": term.title if term else asked.name}
    value = scene.facts.confirmed.get(asked.name)
    if value is None:
        return (missing("fact", scene.because("fact.unknown", "R10", fact=unknown(asked.name, scene))),)
    name |= {"value": plain_value(value)}
    left = value
    if asked.spend is not None and isinstance(value, Decimal):
        left = value - spent_before(asked.name, scene.facts)
        if left != value:
            name |= {"value": plain_value(left)}
    name["asked"] = comparison(asked)
    enough = asked.spend is None or (isinstance(left, Decimal) and left >= asked.spend)
    if not (enough and _holds(asked, left)):
        return (failed("fact", scene.because("fact.not_so", "R10", **name)),)
    spent = {asked.name: asked.spend} if asked.spend is not None else None
    return (met("fact", scene.because("fact.so", "R10", **name), spent=spent),)


def spent_before(name: str, facts: RequestFacts) -> Decimal:
    """How much of a confirmed number earlier awards have used up."""
    return sum((award.spent.get(name, Decimal(0)) for award in facts.awards), Decimal(0))


def _holds(asked: FactIs, value: Value) -> bool:
    if asked.one_of:
        return value in asked.one_of
    low, high = asked.at_least, asked.at_most
    if low is not None or high is not None:
        return isinstance(value, Decimal) and (low is None or value >= low) and (high is None or value <= high)
    return value == (True if asked.equals is None else asked.equals)


def _gain(asked: Gain, scene: Scene) -> tuple[Finding, ...]:
    before, after = _measure(asked.before, scene, first=True), _measure(asked.after, scene, first=False)
    names: dict[str, Param] = {"before": asked.before, "after": asked.after, "asked": plain_value(asked.at_least)}
    if before is None or after is None:
        return (missing("gain", scene.because("gain.unknown", "R10", **names)),)
    params: dict[str, Param] = names | {"gain": plain_value(after - before)}
    if after - before < asked.at_least:
        return (failed("gain", scene.because("gain.too_small", "R10", **params)),)
    return (met("gain", scene.because("gain.enough", "R10", **params)),)


def _measure(name: str, scene: Scene, *, first: bool) -> Decimal | None:
    return measure(name, scene.facts, scene.results, first=first)


def _total(asked: Total, scene: Scene) -> tuple[Finding, ...]:
    """The sum of facts, or of newest scores, each times its weight."""
    titles = [scene.terms.facts[one.name].title if one.name in scene.terms.facts else one.name for one in asked.of]
    found = [(one, _measure(one.name, scene, first=False)) for one in asked.of]
    sums = [_summand(title, *one) for title, one in zip(titles, found, strict=True)]
    params: dict[str, Param] = {"parts": "; ".join(sums), "asked": between(asked.at_least, asked.at_most)}
    known = [value * one.times for one, value in found if value is not None]
    if len(known) < len(found):
        lacking = ", ".join(title for title, (_one, value) in zip(titles, found, strict=True) if value is None)
        return (missing("total", scene.because("total.unknown", "R10", **params, lacking=lacking)),)
    total = sum(known, Decimal(0))
    params["total"] = plain_value(total)
    low, high = asked.at_least, asked.at_most
    if (low is None or total >= low) and (high is None or total <= high):
        return (met("total", scene.because("total.so", "R10", **params)),)
    return (failed("total", scene.because("total.not_so", "R10", **params)),)


def _summand(title: str, one: Measured, value: Decimal | None) -> str:
    """``Exam: 80 × 0.6``: the title, the number where it is known, and a weight other than 1."""
    signs = [*([] if value is None else [plain_value(value)]), *([] if one.times == 1 else [plain_value(one.times)])]
    return f"{title}: {' × '.join(signs)}" if signs else title


def _evidence(asked: EvidenceOf, scene: Scene) -> tuple[Finding, ...]:
    facts = scene.facts
    lacking = [kind for kind in asked.kinds if kind not in facts.evidence_kinds]
    if lacking:
        reason = scene.because("evidence.kinds_missing", "R7", kinds=",".join(lacking))
        return (missing("evidence.shown", reason, begun=len(lacking) < len(asked.kinds)),)
    if len(facts.evidence) < asked.at_least:
        count: dict[str, Param] = {"held": len(facts.evidence), "asked": asked.at_least}
        reason = scene.because("evidence.too_few", "R7", **count)
        return (missing("evidence.shown", reason, begun=bool(facts.evidence)),)
    return (met("evidence.shown", scene.because("evidence.shown", "R7", count=len(facts.evidence))),)


def _writes(asked: StudentWrites, scene: Scene) -> tuple[Finding, ...]:
    if asked.what == Written.REFLECTION:
        given, criterion = scene.facts.reflected, "reflection"
    else:
        given, criterion = scene.facts.self_evaluated, "self_evaluation"
    if given:
        return (met(criterion, scene.because(f"{criterion}.given", "R7")),)
    return (missing(criterion, scene.because(f"{criterion}.missing", "R7")),)


def _paper(asked: PaperOnFile, scene: Scene) -> tuple[Finding, ...]:
    paper: dict[str, Param] = {"paper": asked.title or asked.code}
    if asked.code in scene.facts.papers:
        return (met("paper", scene.because("paper.on_file", "R10", **paper)),)
    return (missing("paper", scene.because("paper.missing", "R10", **paper)),)


def _attested(asked: AttestedBy, scene: Scene) -> tuple[Finding, ...]:
    """So many people in one of the roles have said it; a word without a code counts for any (R20)."""
    said = [one for one in scene.facts.attestations if one.role in asked.roles and one.code in ("", asked.code)]
    people = {one.by or f"{one.role} {one.on.isoformat()}" for one in said}
    params: dict[str, Param] = {"roles": ",".join(asked.roles), "text": asked.text, "count": asked.count}
    if len(people) >= asked.count:
        newest = max(one.on for one in said).isoformat()
        return (met("attestation", scene.because("attestation.given", "R20", **params, on=newest)),)
    reason = scene.because("attestation.missing", "R20", **params, held=len(people))
    return (missing("attestation", reason, begun=bool(people)),)


# --- What is on the record --------------------------------------------------------------------------------------------


def _prior_attempt(asked: PriorAttempt, scene: Scene) -> tuple[Finding, ...]:
    """An earlier attempt is asked for only where the rule says so (R13)."""
    facts = scene.facts
    courses = {facts.course_code if code == SAME else code for code in asked.courses}
    params: dict[str, Param] = {"course": facts.course_code, "outcomes": asked.outcome_names}
    found = [
        row
        for row in facts.record
        if row.course_code in courses
        and row.outcome in asked.outcomes
        and (not asked.marks or row.mark.upper() in asked.marks)
        and (not asked.term or row.term == asked.term)
        and row.ended_on <= scene.day
    ]
    if not found:
        return (failed("prior_attempt", scene.because("prior_attempt.none", "R13", **params)),)
    counting = [row for row in found if not is_excluded(row, asked.excludes)]
    newest = max(counting or found, key=lambda row: row.ended_on)
    shown = params | {"outcome": newest.outcome.value, "ended_on": newest.ended_on.isoformat(), "mark": newest.mark}
    if not counting:
        return (failed("prior_attempt", scene.because("prior_attempt.excluded", "R13", **shown)),)
    if len(counting) < asked.times:
        count: dict[str, Param] = {"held": len(counting), "asked": asked.times}
        return (failed("prior_attempt", scene.because("prior_attempt.too_few", "R13", **params, **count)),)
    if asked.within_months is not None and newest.ended_on < months_before(scene.day, asked.within_months):
        reason = scene.because("prior_attempt.too_old", "R13", **shown, months=asked.within_months)
        return (failed("prior_attempt.window", reason),)
    return (met("prior_attempt", scene.because("prior_attempt.found", "R13", **shown)),)


def is_excluded(row: EarlierAttempt, excludes: frozenset[str]) -> bool:
    """Whether the policy leaves the row out for where or when it was earned."""
    return (row.is_summer and Excluded.SUMMER in excludes) or (row.is_elsewhere and Excluded.OTHER_DISTRICT in excludes)


def _completed(asked: Completed, scene: Scene) -> tuple[Finding, ...]:
    """One of the higher courses, at its grade; the newest completion that counts (R18, R19)."""
    pairs = _pairs(asked, scene)
    params: dict[str, Param] = {
        "course": scene.facts.course_code,
        "courses": ",".join(f"{pair.course}:{pair.grade}" for pair in pairs),
    }
    if not pairs:
        return (failed("completed", scene.because("completed.no_pair", "R18", NEXT_COURSE, **params)),)
    rejected: list[Finding] = []
    for row in sorted(scene.facts.record, key=lambda row: row.ended_on, reverse=True):
        for pair in pairs:
            if pair.course == row.course_code and (not pair.term or pair.term == row.term):
                finding = _completion(asked, pair, row, scene)
                if finding.is_met:
                    return (finding,)
                rejected.append(finding)
    if rejected:
        return (max(rejected, key=lambda one: one.state),)
    return (failed("completed", scene.because("completed.none", "R18", NEXT_COURSE, **params)),)


def _pairs(asked: Completed, scene: Scene) -> list[HigherCourse]:
    course = scene.facts.course_code
    named = [HigherCourse(course if one.course == SAME else one.course, one.grade, one.term) for one in asked.any_of]
    if asked.listed:
        listed = (pair for pair in scene.facts.next_pairs if pair.course == course)
        named += [HigherCourse(pair.higher, asked.grade or pair.grade) for pair in listed]
    return named


def _completion(asked: Completed, pair: HigherCourse, row: EarlierAttempt, scene: Scene) -> Finding:
    shown: dict[str, Param] = {
        "course": scene.facts.course_code,
        "higher": row.course_code,
        "mark": row.mark,
        "grade": pair.grade,
        "ended_on": row.ended_on.isoformat(),
    }
    if row.outcome == AttemptOutcome.IN_PROGRESS or row.ended_on > scene.day:
        return missing("completed", scene.because("completed.not_finished", "R18", NEXT_COURSE, **shown))
    if row.outcome != AttemptOutcome.PASSED:
        return failed("completed", scene.because("completed.not_passed", "R18", NEXT_COURSE, **shown))
    if is_excluded(row, asked.excludes):
        return failed("completed", scene.because("completed.excluded", "R18", NEXT_COURSE, **shown))
    if asked.within_months is not None and row.ended_on < months_before(scene.day, asked.within_months):
        return failed("completed", scene.because("completed.too_old", "R18", NEXT_COURSE, **shown))
    reaches = grade_reaches(row.mark, pair.grade)
    if reaches is None:
        return missing("completed", scene.because("completed.mark_without_grade", "R18", NEXT_COURSE, **shown))
    if not reaches:
        return failed("completed", scene.because("completed.grade_below", "R18", NEXT_COURSE, **shown))
    if scene.is_used_at_all(row.evidence_id) if asked.spend else row.evidence_id in scene.used_here:
        return failed("completed", Reason("completed.already_used", shown, "R29", ONE_CREDIT_ONCE))
    reason = scene.because("completed.passed", "R18", NEXT_COURSE, **shown, because=asked.because)
    return met("completed", reason, evidence=[row.evidence_id])


def _earned(asked: Earned, scene: Scene) -> tuple[Finding, ...]:
    rows = [
        *((row.course_code, row.subject, row.credits_earned) for row in scene.facts.record),
        *((award.course_code, award.subject, award.credits) for award in scene.facts.awards),
    ]
    total = sum((credit for course, subject, credit in rows if _is_asked(asked, course, subject)), Decimal(0))
    params: dict[str, Param] = {
        "credits": credits_text(total),
        "asked": credits_text(asked.credits),
        "courses": ", ".join(sorted(asked.courses)),
        "subjects": ",".join(sorted(asked.subjects)),
    }
    if total >= asked.credits:
        return (met("earned", scene.because("earned.enough", "R10", **params)),)
    return (failed("earned", scene.because("earned.too_little", "R10", **params)),)


def _is_asked(asked: Earned, course: str, subject: str) -> bool:
    return (not asked.courses or course in asked.courses) and (not asked.subjects or subject in asked.subjects)


def _enrolled(asked: EnrolledIn, scene: Scene) -> tuple[Finding, ...]:
    wanted = [scene.facts.course_code if one == SAME else one for one in asked.any_of]
    params: dict[str, Param] = {"programs": ", ".join(wanted)}
    if scene.facts.student.enrolled & set(wanted):
        return (met("enrolled", scene.because("enrolled.now", "R10", **params)),)
    return (failed("enrolled", scene.because("enrolled.not_now", "R10", **params)),)


def _awarded(asked: AwardedBefore, scene: Scene) -> tuple[Finding, ...]:
    awards = selected(asked.of, scene.facts, scene.rule)
    total = sum((award.credits for award in awards), Decimal(0))
    params: dict[str, Param] = {
        "credits": credits_text(total),
        "asked": credits_text(asked.credits or Decimal(0)),
        "rules": ", ".join(sorted(asked.of.rules)),
    }
    if awards and total >= (asked.credits or Decimal(0)):
        return (met("awarded", scene.because("awarded.before", "R10", **params)),)
    return (failed("awarded", scene.because("awarded.not_before", "R10", **params)),)


# --- Who, and when ----------------------------------------------------------------------------------------------------


def _student(asked: StudentIs, scene: Scene) -> tuple[Finding, ...]:
    facts, student = scene.facts, scene.facts.student
    found: list[Finding] = []
    if asked.grades:
        grade = (student.grade_at_request or student.grade) if asked.as_of == "request" else student.grade
        params: dict[str, Param] = {"grades": ", ".join(asked.grades), "grade": grade}
        found.append(_person("grade", scene, bool(grade), plain_grade(grade) in map(plain_grade, asked.grades), params))
    if asked.age_at_least is not None or asked.age_below is not None:
        age = student.age
        fits = (
            age is not None and (asked.age_at_least or 0) <= age and (asked.age_below is None or age < asked.age_below)
        )
        params = {"least": asked.age_at_least, "below": asked.age_below, "age": age}
        found.append(_person("age", scene, age is not None, fits, params))
    if asked.groups:
        held = student.groups & set(asked.groups)
        found.append(_person("group", scene, True, bool(held), {"groups": ",".join(asked.groups)}))
    if asked.schools:
        at = facts.school_code in asked.schools
        found.append(_person("school", scene, bool(facts.school_code), at, {"schools": ", ".join(asked.schools)}))
    if asked.classes:
        known = facts.graduation_year is not None
        years: dict[str, Param] = {"classes": ", ".join(str(year) for year in sorted(asked.classes))}
        found.append(_person("class", scene, known, facts.graduation_year in asked.classes, years))
    return tuple(found)


def _requested(asked: Requested, scene: Scene) -> tuple[Finding, ...]:
    facts = scene.facts
    pairs = (
        (asked.courses, facts.course_code),
        (asked.subjects, facts.subject),
        (asked.methods, facts.method or scene.rule.method),
        (asked.kinds, facts.kind),
        (asked.purposes, facts.purpose.value),
        (asked.languages, facts.language),
    )
    said: dict[str, Param] = {"asked": requested(asked)}
    if asked.languages and not facts.language and all(not wanted or found in wanted for wanted, found in pairs[:-1]):
        return (missing("request", scene.because("request.language_unknown", "R10", **said)),)
    if all(not wanted or found in wanted for wanted, found in pairs):
        return (met("request", scene.because("request.fits", "R10", **said)),)
    return (failed("request", scene.because("request.other", "R10", **said)),)


def plain_grade(grade: str) -> str:
    """``09`` and ``9`` are the same grade."""
    return grade.lstrip("0") or grade


def _person(what: str, scene: Scene, known: bool, fits: bool, params: dict[str, Param]) -> Finding:
    if not known:
        return missing("student", scene.because(f"student.{what}_unknown", "R10", **params))
    if not fits:
        return failed("student", scene.because(f"student.{what}_outside", "R10", **params))
    return met("student", scene.because(f"student.{what}_fits", "R10", **params))


def _approved(asked: ApprovedBefore, scene: Scene) -> tuple[Finding, ...]:
    """Approved, and before the work began; afterwards it cannot be put right (R16, EC11)."""
    facts = scene.facts
    of_kind = [one for one in facts.approvals if one.what == asked.of]
    given = [one for one in of_kind if not one.is_refusal and (not asked.roles or one.role in asked.roles)]
    what: dict[str, Param] = {"what": asked.of}
    for approval in sorted(given, key=lambda one: one.on):
        began = approval.starts_on or facts.starts_on
        if began is None:
            return (missing("approval", scene.because("approval.start_unknown", "R16", PROPOSALS, **what)),)
        days = what | {"approved_on": approval.on.isoformat(), "starts_on": began.isoformat()}
        if approval.on < began:
            return (met("approval", scene.because("approval.before", "R16", PROPOSALS, **days)),)
        return (failed("approval", scene.because("approval.too_late", "R16", PROPOSALS, **days)),)
    if any(one.is_refusal for one in of_kind):
        return (failed("approval", scene.because("approval.refused", "R16", PROPOSALS, **what)),)
    began = facts.starts_on or min((one.starts_on for one in of_kind if one.starts_on), default=None)
    if of_kind:
        # Somebody else approved it. The right person still can, until the work begins.
        state = State.MISSING if began is None or began > scene.day else State.FAILED
        reason = scene.because("approval.wrong_role", "R16", PROPOSALS, **what, roles=",".join(asked.roles))
        return (Finding("approval", state, reason),)
    if began is None or began <= scene.day:
        return (failed("approval", scene.because("approval.none_before", "R16", PROPOSALS, **what)),)
    return (missing("approval", scene.because("approval.none_yet", "R16", PROPOSALS, **what)),)


def _attempts(asked: AttemptsLeft, scene: Scene) -> tuple[Finding, ...]:
    facts, method = scene.facts, scene.facts.method or scene.rule.method
    tries = [one for one in facts.tries if one.method in ("", method) and one.on <= scene.day]
    counted = tries
    if asked.in_course or asked.per == "course":
        counted = [one for one in tries if one.course_code == facts.course_code]
    inside = _of_one_span(asked.per, counted, scene)
    params: dict[str, Param] = {"held": len(inside), "most": asked.at_most, "per": asked.per, "days": asked.wait_days}
    if asked.at_most is not None and len(inside) >= asked.at_most:
        return (failed("attempts", scene.because("attempts.used_up", "R10", **params)),)
    last = max((one.on for one in tries if one.course_code == facts.course_code), default=None)
    if asked.wait_days is not None and last is not None:
        until = last + dt.timedelta(days=asked.wait_days)
        if scene.day < until:
            return (failed("attempts", scene.because("attempts.wait", "R10", **params, on=until.isoformat())),)
    return (met("attempts", scene.because("attempts.left", "R10", **params)),)


def _of_one_span(per: str, tries: list[Try], scene: Scene) -> list[Try]:
    """The tries of the same day, school year or period of the calendar; on a day that no period has, there are none."""
    if per in ("course", "student"):
        return tries
    if per == "day":
        return [one for one in tries if one.on == scene.day]
    if per == "school_year":
        return [one for one in tries if school_year(one.on) == school_year(scene.day)]
    periods = scene.terms.periods(per, scene.day, scene.facts.school_code)
    period = next((one for one in periods if one.first <= scene.day <= one.last), None)
    return [one for one in tries if period is not None and period.first <= one.on <= period.last]


_WEIGH: dict[type, Callable[[Any, Scene], tuple[Finding, ...]]] = {
    AnyOf: _any_of,
    AtLeast: _at_least,
    NoneOf: _none_of,
    StandardsAt: _standards,
    ResultOn: _result,
    FactIs: _fact,
    Gain: _gain,
    Total: _total,
    EvidenceOf: _evidence,
    StudentWrites: _writes,
    PaperOnFile: _paper,
    AttestedBy: _attested,
    PriorAttempt: _prior_attempt,
    Completed: _completed,
    Earned: _earned,
    EnrolledIn: _enrolled,
    AwardedBefore: _awarded,
    StudentIs: _student,
    Requested: _requested,
    ApprovedBefore: _approved,
    AttemptsLeft: _attempts,
    InWindow: timing.in_window,
    InTime: timing.in_time,
    OnDays: timing.on_days,
}
