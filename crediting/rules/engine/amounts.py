"""How much credit a rule gives: what its amount says, what is open, and what its caps leave.

Each step is a finding of its own, so that a page can print the arithmetic line by line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from crediting.rules.credits import precise, to_step
from crediting.rules.engine.conditions import judged_at, spent_before, weigh
from crediting.rules.engine.findings import Finding, State, failed, judged_in, met, missing, used_by
from crediting.rules.engine.measures import unknown
from crediting.rules.engine.scene import ONE_CREDIT_ONCE, Scene
from crediting.rules.engine.selecting import binds, selected
from crediting.rules.facts import AssessmentResult, AttemptOutcome, EarlierAward
from crediting.rules.numbers import credits, credits_text
from crediting.rules.policy.conditions import NOTHING_ASKED, plain_value
from crediting.rules.policy.marks import grade_reaches
from crediting.rules.policy.terms import Amount, Cap, Gives, Per, Row, Table, TableOf
from mbl.core.calendar import school_year
from mbl.core.decisions import Param, Reason

# Mastery credit counts as course credit does, and only a district caps it.
COUNTS_ALIKE = "WAC 180-51-210(1)(d), (3)"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Given:
    """The amount with the findings that led to it."""

    credits: Decimal
    findings: tuple[Finding, ...]


def amount(scene: Scene, mark: str = "") -> Given:
    """What the rule gives beside what already stands in the course. ``mark`` is for caps that count marks."""
    asked = scene.rule.amount
    if asked.is_blank:
        return Given(ZERO, ())  # ``rule.configured`` has said so
    base, found = _base(asked, scene)
    if base is None:
        return Given(ZERO, tuple(found))
    base, more = _adjusted(base, asked, scene)
    found += more
    if more and not base:
        return Given(ZERO, tuple(found))
    given, fitting = _fitted(base, asked, scene, mark)
    if asked.per is not None:
        found = [_spending(asked.per, given, one) for one in found]
    return Given(given, (*found, *fitting))


# --- What the amount says ---------------------------------------------------------------------------------------------


def _base(asked: Amount, scene: Scene) -> tuple[Decimal | None, list[Finding]]:
    """The amount before anything is taken off. None: it cannot be told, or there is none."""
    worth = scene.facts.course_credits
    if asked.table is not None:
        return _by_table(asked.table, scene)
    if asked.per is not None:
        return _per(asked.per, scene)
    if asked.exactly is not None:
        return asked.exactly, []
    if asked.whole_course:
        return worth, []
    wanted = scene.facts.credits_wanted
    if asked.as_wanted and wanted is None:
        return None, [missing("credit.amount", scene.because("credit.not_said", "R10"))]
    if asked.factor is not None:
        return wanted, []  # credit of others: what limits ours, limits it after the conversion
    limits = [asked.up_to, wanted, worth if asked.up_to_course else None]
    return min(limit for limit in limits if limit is not None), []


def _per(per: Per, scene: Scene) -> tuple[Decimal | None, list[Finding]]:
    """So much for every full stretch of a confirmed number that no award has used up."""
    term = scene.terms.facts.get(per.fact)
    value = scene.facts.confirmed.get(per.fact)
    name: dict[str, Param] = {"fact": term.title if term else per.fact, "every": plain_value(per.every)}
    if not isinstance(value, Decimal):
        return None, [missing("fact", scene.because("fact.unknown", "R10", fact=unknown(per.fact, scene)))]
    left = value - spent_before(per.fact, scene.facts)
    params = name | {"value": plain_value(left), "gives": credits_text(per.gives)}
    if per.parts:
        gives = credits(max(left, ZERO) * per.gives / per.every)
        if not gives:
            return None, [failed("fact", scene.because("per.not_enough", "R10", **params))]
        reason = scene.because("per.part", "R10", **params, credits=credits_text(gives))
        return gives, [met("fact", reason, spent={per.fact: left})]
    times = int(max(left, ZERO) // per.every)
    params |= {"times": times}
    if not times:
        return None, [failed("fact", scene.because("per.not_enough", "R10", **params))]
    reason = scene.because("per.enough", "R10", **params, credits=credits_text(per.gives * times))
    return per.gives * times, [met("fact", reason, spent={per.fact: per.every * times})]


def _spending(per: Per, given: Decimal, finding: Finding) -> Finding:
    """The stretches that the credit in fact used, after everything that limits it."""
    if per.fact not in finding.spent:
        return finding
    stretches = given / per.gives
    if per.parts:
        # Credit has three places. What gave all of it is used up to the last bit.
        return finding._replace(spent={per.fact: min(finding.spent[per.fact], stretches * per.every)})
    stretches = stretches.to_integral_value(ROUND_CEILING)
    return finding._replace(spent={per.fact: stretches * per.every})


def _by_table(table: Table, scene: Scene) -> tuple[Decimal | None, list[Finding]]:
    if table.of == TableOf.LANGUAGE:
        return _by_language(table, scene)
    if table.of == TableOf.FACT:
        term = scene.terms.facts.get(table.fact)
        value = scene.facts.confirmed.get(table.fact)
        name = term.title if term else table.fact
        by_word = any(row.level for row in table.rows)
        if value is None or not (by_word or isinstance(value, Decimal)):
            return None, [missing("fact", scene.because("fact.unknown", "R10", fact=unknown(table.fact, scene)))]
        if by_word or not isinstance(value, Decimal):
            return _named(table, plain_value(value), name, scene)
        return _looked_up(table, value, name, scene, evidence=())
    if table.of == TableOf.STANDARDS:
        return _by_standards(table, scene)
    result = _best(table, scene)
    if isinstance(result, Finding):
        return None, [result]
    reached = _number(table, result)
    assert reached is not None  # ``_best`` takes only results that have one
    return _looked_up(table, reached, result.instrument, scene, evidence=[result.evidence_id])


def _named(table: Table, said: str, name: str, scene: Scene) -> tuple[Decimal | None, list[Finding]]:
    """The row of a word."""
    params: dict[str, Param] = {"name": name, "reached": said}
    row = next((row for row in table.rows if row.level == said), None)
    if row is None:
        return None, [missing("credit.table", scene.because("table.no_row", "R10", **params), begun=True)]
    return _row(row, params, scene, ())


def _by_standards(table: Table, scene: Scene) -> tuple[Decimal | None, list[Finding]]:
    """By how many of the standards claimed have reached the level."""
    judged = judged_at(table.level, scene.facts.claims, scene)
    held = [one for one in judged if one.is_met]
    base, found = _looked_up(table, Decimal(len(held)), table.level, scene, evidence=used_by(held))
    still = Decimal(len(held) + sum(one.state == State.MISSING for one in judged))
    lowest = min((row.first for row in table.rows if row.first is not None), default=None)
    if base is None and lowest is not None and lowest <= still:
        reason = scene.because("standards.more_to_judge", "R7", held=len(held), least=plain_value(lowest))
        return None, [missing("credit.table", reason)]
    return base, [one._replace(standards=judged_in(held if one.is_met else judged)) for one in found]


def _number(table: Table, result: AssessmentResult) -> Decimal | None:
    if table.of == TableOf.SCORE:
        return result.score
    return None if result.level is None else Decimal(result.level)


def _best(table: Table, scene: Scene) -> AssessmentResult | Finding:
    """The best result on one of the table's instruments that has not been used for this course."""
    codes = {code.lower() for code in table.instruments}
    on_file = [one for one in scene.results if one.instrument.lower() in codes]
    known = [one for one in on_file if _number(table, one) is not None]
    fresh = [one for one in known if one.evidence_id not in scene.used_here]
    if fresh:
        return max(fresh, key=lambda one: (_number(table, one) or ZERO, one.taken_on))
    if known:
        reason = Reason("evidence.already_used", {"course": scene.facts.course_code}, "R29", ONE_CREDIT_ONCE)
        return failed("evidence.unused", reason)
    return _nothing_to_read(table, on_file, "no_level" if table.of == TableOf.LEVEL else "no_score", scene)


def _nothing_to_read(table: Table, on_file: Sequence[AssessmentResult], lacks: str, scene: Scene) -> Finding:
    """No result, or one without what the table is read by."""
    if not on_file:
        names = ", ".join(sorted(table.instruments))
        return missing("assessment.result", scene.because("assessment.none", "R7", instruments=names))
    newest = max(on_file, key=lambda one: one.taken_on)
    said: dict[str, Param] = {"instrument": newest.instrument, "taken_on": newest.taken_on.isoformat()}
    return missing("assessment.result", scene.because(f"assessment.{lacks}", "R7", **said), begun=True)


def _looked_up(
    table: Table, reached: Decimal, name: str, scene: Scene, *, evidence: Iterable[str]
) -> tuple[Decimal | None, list[Finding]]:
    params: dict[str, Param] = {"name": name, "reached": plain_value(reached)}
    for row in reversed(table.rows):
        if (row.first is None or row.first <= reached) and (row.last is None or reached <= row.last):
            return _row(row, params, scene, evidence)
    lowest = min((row.first for row in table.rows if row.first is not None), default=None)
    if lowest is not None and reached < lowest:
        reason = scene.because("table.below", "R10", **params, least=plain_value(lowest))
        return None, [failed("credit.table", reason)]
    return None, [missing("credit.table", scene.because("table.no_row", "R10", **params), begun=True)]


def _row(
    row: Row, params: dict[str, Param], scene: Scene, evidence: Iterable[str]
) -> tuple[Decimal | None, list[Finding]]:
    said = params | {"credits": credits_text(row.credits)}
    if not row.credits:
        return None, [failed("credit.table", scene.because("table.gives_none", "R10", **said))]
    return row.credits, [met("credit.table", scene.because("table.gives", "R10", **said), evidence=evidence)]


def _by_language(table: Table, scene: Scene) -> tuple[Decimal | None, list[Finding]]:
    """The lowest level across the skills that the language is tested in decides (R23)."""
    codes = {code.lower() for code in table.instruments}
    on_file = [one for one in scene.results if one.instrument.lower() in codes and one.language == scene.facts.language]
    tests = [one for one in on_file if one.skills]
    fresh = [one for one in tests if one.evidence_id not in scene.used_here]
    if tests and not fresh:
        reason = Reason("evidence.already_used", {"course": scene.facts.course_code}, "R29", ONE_CREDIT_ONCE)
        return None, [failed("evidence.unused", reason)]
    if not fresh:
        return None, [_nothing_to_read(table, on_file, "no_skills", scene)]
    verdicts = [_language_result(table, test, _skills(table, test), scene, [test.evidence_id]) for test in fresh]
    if (together := _together(fresh)) is not None:
        skills = _skills(table, replace(together, instrument=""))
        verdicts.append(_language_result(table, together, skills, scene, [one.evidence_id for one in fresh]))
    return max(verdicts, key=lambda one: (one[0] or ZERO, one[1][-1].state))


def _together(tests: list[AssessmentResult]) -> AssessmentResult | None:
    """Several instruments that test different skills, as one; None where one instrument tests them all.

    Of one instrument the newest test counts, and of a skill that two of them test the newer level.
    """
    newest = {one.instrument.lower(): one for one in sorted(tests, key=lambda one: one.taken_on)}
    skills = [set(one.skills) for one in newest.values()]
    every = set().union(*skills)
    if len(newest) < 2 or any(one == every for one in skills):
        return None
    levels: dict[str, str] = {}
    for test in sorted(newest.values(), key=lambda one: one.taken_on):
        levels |= test.skills
    last = max(newest.values(), key=lambda one: one.taken_on)
    return replace(last, instrument=" + ".join(sorted(one.instrument for one in newest.values())), skills=levels)


def _skills(table: Table, test: AssessmentResult) -> tuple[str, ...]:
    """The skills that count for this language on this instrument."""
    fitting = (
        one.skills
        for one in table.skills_for
        if (not one.languages or test.language in one.languages)
        and (not one.instruments or test.instrument.lower() in {code.lower() for code in one.instruments})
    )
    return next(fitting, table.skills)


def _language_result(
    table: Table, test: AssessmentResult, skills: tuple[str, ...], scene: Scene, evidence: list[str]
) -> tuple[Decimal | None, list[Finding]]:
    params: dict[str, Param] = {
        "name": test.instrument,
        "taken_on": test.taken_on.isoformat(),
        "language": scene.facts.language,
        "skills": ", ".join(skills),
    }
    if lacking := [skill for skill in skills if skill not in test.skills]:
        reason = scene.because("language.skill_missing", "R23", **params, lacking=", ".join(lacking))
        return None, [missing("credit.table", reason, begun=True)]
    if unknown := [test.skills[skill] for skill in skills if test.skills[skill] not in table.levels]:
        reason = scene.because("table.no_row", "R23", name=test.instrument, reached=", ".join(unknown))
        return None, [missing("credit.table", reason, begun=True)]
    lowest = min((test.skills[skill] for skill in skills), key=table.levels.index)
    params["reached"] = lowest
    rows = {row.level: row for row in table.rows}
    if lowest in rows:
        credit, found = _row(rows[lowest], params, scene, evidence)
        shown = scene.because("language.lowest", "R23", **params)
        return credit, [met("language.level", shown), *found]
    first = min((table.levels.index(level) for level in rows), default=0)
    if table.levels.index(lowest) < first:
        reason = scene.because("table.below", "R23", **params, least=table.levels[first])
        return None, [failed("credit.table", reason)]
    return None, [missing("credit.table", scene.because("table.no_row", "R23", **params), begun=True)]


# --- What is taken off ------------------------------------------------------------------------------------------------


def _adjusted(base: Decimal, asked: Amount, scene: Scene) -> tuple[Decimal, list[Finding]]:
    """Converted, rounded, and less what already stands for the same thing (R24)."""
    found: list[Finding] = []
    if asked.factor is not None or asked.round_to is not None:
        before = base
        base *= asked.factor if asked.factor is not None else Decimal(1)
        if asked.round_to:
            base = precise(to_step(base, asked.round_to, asked.rounding))
        params: dict[str, Param] = {"before": credits_text(before), "credits": credits_text(base)}
        params |= {"factor": plain_value(asked.factor or Decimal(1)), "step": plain_value(asked.round_to or ZERO)}
        found.append(met("credit.converted", scene.because("credit.converted", "R10", **params)))
    if asked.table is not None or asked.per is not None or asked.factor is not None:
        most = scene.facts.course_credits if asked.up_to_course else asked.up_to
        wanted = scene.facts.credits_wanted if asked.factor is None else None
        base = min(one for one in (base, most, wanted) if one is not None)
    if asked.less is not None:
        standing = sum((one.credits for one in selected(asked.less, scene.facts, scene.rule)), ZERO)
        params = {"gives": credits_text(base), "standing": credits_text(standing)}
        base = max(base - standing, ZERO)
        params["credits"] = credits_text(base)
        if not base:
            return base, [*found, failed("credit.difference", scene.because("credit.no_difference", "R24", **params))]
        if standing:
            found.append(met("credit.difference", scene.because("credit.difference", "R24", **params)))
    return base, found


# --- What fits --------------------------------------------------------------------------------------------------------


def _fitted(base: Decimal, asked: Amount, scene: Scene, mark: str) -> tuple[Decimal, list[Finding]]:
    given, in_course = _in_course(base, asked, scene)
    if not in_course.is_met:
        return ZERO, [in_course]
    found = [in_course]
    if asked.of_attempted:
        given, finding = _of_attempted(given, asked, scene)
        found.append(finding)
    for cap in _binding(scene, mark):
        given, finding = _under_cap(cap, given, asked, scene)
        found.append(finding)
    if asked.at_least is not None and given < asked.at_least and all(one.is_met for one in found):
        params: dict[str, Param] = {"credits": credits_text(given), "least": credits_text(asked.at_least)}
        found.append(failed("credit.amount", scene.because("credit.below_least", "R10", **params)))
    return given, found


def _in_course(base: Decimal, asked: Amount, scene: Scene) -> tuple[Decimal, Finding]:
    """Beside what stands in the course, by class or by mastery: no credit twice, in either order (R29)."""
    facts = scene.facts
    rows = [row for row in facts.record if row.course_code == facts.course_code]
    standing = sum([row.credits_earned for row in rows], ZERO)
    here = [award for award in facts.awards if award.course_code == facts.course_code]
    standing += sum([award.credits for award in here], ZERO)
    if scene.rule.gives != Gives.CREDIT:
        standing += sum([award.released for award in here], ZERO)
    worth = facts.course_credits
    repeats = scene.rule.repeats
    if repeats and any(grade_reaches(row.mark, repeats.grade) and row.credits_earned for row in rows):
        worth *= repeats.times + 1
    left = max(worth - standing, ZERO)
    params: dict[str, Param] = {
        "course": facts.course_code,
        "worth": credits_text(worth),
        "standing": credits_text(standing),
        "left": credits_text(left),
        "gives": credits_text(base),
    }
    if not left:
        return ZERO, failed("credit.amount", Reason("credit.already_earned", params, "R29", ONE_CREDIT_ONCE))
    if asked.must_fit:
        if base > left:
            return ZERO, failed("credit.amount", scene.because("credit.does_not_fit", "R29", **params))
        return base, met("credit.amount", scene.because("credit.exactly", "R34", COUNTS_ALIKE, **params))
    given = min(base, left)
    params["credits"] = credits_text(given)
    return given, met("credit.amount", scene.because("credit.up_to", "R34", COUNTS_ALIKE, **params))


def _of_attempted(given: Decimal, asked: Amount, scene: Scene) -> tuple[Decimal, Finding]:
    """No more than earlier attempts at the course left unearned."""
    missed = [
        row.credits_attempted - row.credits_earned
        for row in scene.facts.record
        if row.course_code == scene.facts.course_code and row.outcome != AttemptOutcome.IN_PROGRESS
    ]
    left = max(missed, default=ZERO)
    params: dict[str, Param] = {"left": credits_text(left), "gives": credits_text(given)}
    if not left or (asked.exactly is not None and given > left):
        return ZERO, failed("credit.attempted", scene.because("credit.nothing_attempted", "R10", **params))
    return min(given, left), met("credit.attempted", scene.because("credit.of_attempted", "R10", **params))


# --- Caps -------------------------------------------------------------------------------------------------------------


def counted(scene: Scene) -> Given:
    """The caps that count how often, for what gives no credit: so many waivers and no more."""
    caps = [cap for cap in _binding(scene, "") if cap.counts_awards]
    return Given(ZERO, tuple(_under_cap(cap, ZERO, scene.rule.amount, scene)[1] for cap in caps))


def _binding(scene: Scene, mark: str) -> list[Cap]:
    facts = scene.facts
    return [
        cap
        for cap in scene.terms.caps
        if binds(cap.of, facts, scene.rule, mark)
        and (cap.counts_awards or cap.counts_released == (scene.rule.gives != Gives.CREDIT))
        and (not cap.classes or facts.graduation_year in cap.classes)
        and (not cap.schools or facts.school_code in cap.schools)
        and (cap.when is NOTHING_ASKED or all(one.is_met for one in weigh(cap.when, scene)))
    ]


def _under_cap(cap: Cap, given: Decimal, asked: Amount, scene: Scene) -> tuple[Decimal, Finding]:
    """What the cap leaves of ``given`` (R22)."""
    params: dict[str, Param] = {"cap": cap.code, "gives": credits_text(given)}
    citation = cap.citation or scene.rule.citation
    limit = _limit(cap, scene)
    if limit is None:
        return given, missing("cap", Reason("cap.unknown", params, "R22", citation))
    standing = selected(cap.of, scene.facts, scene.rule)
    awards = _in_period(cap, standing, scene)
    if awards is None and _has_room(cap, standing, given, limit):
        awards = standing  # whichever period the day is in
    if awards is None:
        params |= {"per": cap.per, "on": _award_day(scene).isoformat()}
        return given, missing("cap", Reason("cap.no_period", params, "R22", citation))
    taken = sum([_counted(one, cap) for one in awards], ZERO)
    what, number = ("_awards", plain_value) if cap.counts_awards else ("", credits_text)
    what = "_released" if cap.counts_released else what
    params |= {"most": number(limit), "taken": number(taken), "per": cap.per}
    room = max(limit - taken, ZERO)
    wanted = Decimal(1) if cap.counts_awards else given
    if wanted <= room:
        return given, met("cap", Reason(f"cap.within{what}", params, "R22", citation))
    if cap.note:
        return given, met("cap.note", Reason(f"cap.noted{what}", params | {"note": cap.note}, "R22", citation))
    if not room or cap.counts_awards:
        return ZERO, failed("cap", Reason(f"cap.used_up{what}", params, "R22", citation))
    if cap.refuses or asked.must_fit:
        return ZERO, failed("cap", Reason(f"cap.exceeded{what}", params, "R22", citation))
    return room, met("cap", Reason(f"cap.cut{what}", params | {"credits": credits_text(room)}, "R22", citation))


def _has_room(cap: Cap, standing: list[EarlierAward], given: Decimal, limit: Decimal) -> bool:
    wanted = Decimal(1) if cap.counts_awards else given
    return sum([_counted(one, cap) for one in standing], ZERO) + wanted <= limit


def _counted(award: EarlierAward, cap: Cap) -> Decimal:
    if cap.counts_awards:
        return Decimal(1)
    return award.released if cap.counts_released else award.credits


def _limit(cap: Cap, scene: Scene) -> Decimal | None:
    if cap.share is None:
        return cap.at_most
    part = scene.facts.subject if cap.share_of_subject else "total"
    required = scene.terms.required_credits.get(part)
    return None if required is None else cap.share * required


def _award_day(scene: Scene) -> dt.date:
    return scene.facts.decided_on or scene.day


def _in_period(cap: Cap, awards: list[EarlierAward], scene: Scene) -> list[EarlierAward] | None:
    """The awards of the same period; None where the calendar does not have the day."""
    if cap.per == "student":
        return awards
    day = _award_day(scene)
    if cap.per == "school_year":
        return [one for one in awards if one.on is None or school_year(one.on) == school_year(day)]
    periods = scene.terms.periods(cap.per, day, scene.facts.school_code)
    period = next((one for one in periods if one.first <= day <= one.last), None)
    if period is None:
        return None
    return [one for one in awards if one.on is None or period.first <= one.on <= period.last]
