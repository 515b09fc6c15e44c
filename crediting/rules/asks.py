"""What a rule asks of a student, condition by condition, before anything is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crediting.rules.numbers import credits_text
from crediting.rules.policy import conditions as c
from crediting.rules.policy.terms import Approval, CreditRule, DeadlineTerm, FactTerm, PolicyTerms, TableOf
from mbl.core.decisions import Param, Reason

POLICY_PARTS = "WAC 180-51-051(3)"


def asks(rule: CreditRule, approval: Approval, terms: PolicyTerms | None = None) -> list[Reason]:
    """What the rule asks for, in the order it was written, and who decides; nothing that it does not ask (R13)."""
    asker = _Asker(rule, terms.facts if terms else {}, terms.deadlines if terms else {})
    asked = [*asker.of(rule.when), *asker.of_amount(), *asker.going_on()]
    roles: dict[str, Param] = {"roles": ",".join(sorted(approval.roles))}
    who = "ask.second_person_decides" if approval.two_roles else "ask.assessor_decides"
    return [*asked, Reason(who, roles, "R10b", POLICY_PARTS)]


def asks_of(condition: c.Condition, terms: PolicyTerms) -> list[Reason]:
    """What a condition asks that stands outside a rule, such as at one school."""
    return _Asker(CreditRule("", "", frozenset(), ""), terms.facts, terms.deadlines).of(condition)


def fact_title(name: str, facts: Mapping[str, FactTerm]) -> str:
    """Its title, with what it is added up of in signs: ``Composite (Exam × 0.6 + Talk × 0.4)``."""
    term = facts.get(name)
    if term is None or not term.total:
        return term.title if term else name
    return f"{term.title} ({summed(term.total, facts, ' + ')})"


def summed(parts: Iterable[c.Measured], facts: Mapping[str, FactTerm], between: str) -> str:
    """Titles, each with a weight other than 1."""
    titles = ((fact_title(one.name, facts), one.times) for one in parts)
    return between.join(title if times == 1 else f"{title} × {c.plain_value(times)}" for title, times in titles)


def accepted(instruments: Iterable[c.Instrument]) -> str:
    """Assessments, one a line: title, tab, the least level, tab, the least score (nothing where "met" is enough)."""
    return "\n".join(
        f"{one.name}\t{'' if one.level is None else one.level}\t{'' if one.score is None else one.score}".rstrip("\t")
        for one in sorted(instruments, key=lambda one: one.code)
    )


@dataclass(frozen=True)
class _Asker:
    rule: CreditRule
    facts: Mapping[str, FactTerm]
    deadlines: Mapping[str, DeadlineTerm]

    def of(self, condition: c.Condition) -> list[Reason]:
        if isinstance(condition, c.AllOf):
            return [reason for part in condition.parts for reason in self.of(part)]
        found: list[Reason] = _ASKS[type(condition)](self, condition)
        return found

    def going_on(self) -> list[Reason]:
        """What must hold now and go on holding, and what follows when it no longer does."""
        asked = self.of(self.rule.keeps_while)
        code = f"ask.keeps_{self.rule.if_broken}"
        return [Reason(code, {}, "R31", self.rule.citation, tuple(asked))] if asked else []

    def of_amount(self) -> list[Reason]:
        """What the amount depends on: a result, or a number that staff confirm."""
        table, per = self.rule.amount.table, self.rule.amount.per
        if per is not None:
            params = {"fact": self.title(per.fact), "gives": credits_text(per.gives), "every": c.plain_value(per.every)}
            return [self._reason("ask.per_part" if per.parts else "ask.per", "R10", **params)]
        if table is None:
            return []
        if table.of == TableOf.FACT:
            return [self._reason("ask.fact_table", "R10", fact=self.title(table.fact))]
        if table.of == TableOf.STANDARDS:
            return [self._reason("ask.table_standards", "R11", required_level=table.level)]
        titles = "\n".join(sorted(self.rule.instrument_title(code) for code in table.instruments))
        return [self._reason("ask.table", "R23" if table.of == TableOf.LANGUAGE else "R10", instruments=titles)]

    def title(self, fact: str) -> str:
        return fact_title(fact, self.facts)

    def _reason(self, code: str, rule_id: str, /, **params: Param) -> Reason:
        return Reason(code, params, rule_id, self.rule.citation)

    def _group(self, code: str, parts: Iterable[c.Condition], **params: Param) -> list[Reason]:
        asked = tuple(self._together(part) for part in parts)
        return [Reason(code, params, "R10", self.rule.citation, asked)]

    def _together(self, part: c.Condition) -> Reason:
        asked = self.of(part)
        return asked[0] if len(asked) == 1 else Reason("ask.all_of", {}, "R10", self.rule.citation, tuple(asked))

    def any_of(self, group: c.AnyOf) -> list[Reason]:
        return self._group("ask.any_of", group.parts)

    def at_least(self, group: c.AtLeast) -> list[Reason]:
        return self._group("ask.at_least", group.parts, count=group.count)

    def none_of(self, group: c.NoneOf) -> list[Reason]:
        return self._group("ask.none_of", group.parts)

    def standards(self, asked: c.StandardsAt) -> list[Reason]:
        found = self._reached(asked)
        if asked.mean is not None:
            found.append(self._reason("ask.standards_mean", "R11", mean=c.plain_value(asked.mean)))
        return found

    def _reached(self, asked: c.StandardsAt) -> list[Reason]:
        if asked.share is not None:
            percent = c.plain_value(asked.share * 100)
            return [self._reason("ask.standards_share", "R11", required_level=asked.level, percent=percent)]
        if asked.named:
            params = {"required_level": asked.level, "named": ", ".join(asked.named)}
            return [self._reason("ask.standards_named", "R11", **params, count=asked.at_least or len(asked.named))]
        return [self._reason("ask.standards", "R11", required_level=asked.level, count=asked.at_least or 1)]

    def result(self, asked: c.ResultOn) -> list[Reason]:
        if asked.which != "best":
            return [self._reason(f"ask.assessment_{asked.which}", "R7", accepted=accepted(asked.any_of))]
        if asked.within_months is None:
            return [self._reason("ask.assessment", "R7", accepted=accepted(asked.any_of))]
        params: dict[str, Param] = {"accepted": accepted(asked.any_of), "months": asked.within_months}
        return [self._reason("ask.assessment_within", "R7", **params)]

    def fact(self, asked: c.FactIs) -> list[Reason]:
        wanted = c.comparison(asked)
        code = "ask.fact_yes" if wanted == "yes" else "ask.fact"
        if asked.spend is not None:
            spent = c.plain_value(asked.spend)
            return [self._reason("ask.fact_spent", "R10", fact=self.title(asked.name), asked=wanted, spent=spent)]
        return [self._reason(code, "R10", fact=self.title(asked.name), asked=wanted)]

    def gain(self, asked: c.Gain) -> list[Reason]:
        before, after = self.title(asked.before), self.title(asked.after)
        return [self._reason("ask.gain", "R10", before=before, after=after, asked=c.plain_value(asked.at_least))]

    def total(self, asked: c.Total) -> list[Reason]:
        return [
            self._reason(
                "ask.total",
                "R10",
                parts=summed(asked.of, self.facts, ", "),
                asked=c.between(asked.at_least, asked.at_most),
            )
        ]

    def evidence(self, asked: c.EvidenceOf) -> list[Reason]:
        if asked.kinds:
            return [self._reason("ask.evidence_kinds", "R7", kinds=",".join(asked.kinds))]
        return [self._reason("ask.evidence", "R7", count=asked.at_least)]

    def writes(self, asked: c.StudentWrites) -> list[Reason]:
        return [self._reason(f"ask.{asked.what}", "R7")]

    def paper(self, asked: c.PaperOnFile) -> list[Reason]:
        return [self._reason("ask.paper", "R10", paper=asked.title or asked.code)]

    def attested(self, asked: c.AttestedBy) -> list[Reason]:
        params: dict[str, Param] = {"roles": ",".join(asked.roles), "text": asked.text, "count": asked.count}
        return [self._reason("ask.attestation", "R20", **params)]

    def prior_attempt(self, asked: c.PriorAttempt) -> list[Reason]:
        more = self._excluding(asked.excludes)
        if asked.times > 1:
            more.append(self._reason("ask.more_times", "R13", count=asked.times))
        if asked.marks:
            more.append(self._reason("ask.more_marks", "R13", marks=", ".join(sorted(asked.marks))))
        if asked.term:
            more.append(self._reason("ask.more_term", "R13", term=asked.term))
        if asked.courses != (c.SAME,):
            more.append(self._reason("ask.more_courses", "R13", where=", ".join(asked.courses)))
        params: dict[str, Param] = {"outcomes": ",".join(sorted(asked.outcomes))}
        if asked.within_months is None:
            return [self._with("ask.prior_attempt", "R13", more, **params)]
        return [self._with("ask.prior_attempt_within", "R13", more, **params, months=asked.within_months)]

    def completed(self, asked: c.Completed) -> list[Reason]:
        more = self._excluding(asked.excludes)
        if asked.within_months is not None:
            more.append(self._reason("ask.more_within", "R18", months=asked.within_months))
        more += [
            self._reason("ask.more_term_of", "R18", courses=f"{one.course}:", term=one.term)
            for one in asked.any_of
            if one.term
        ]
        if asked.spend:
            more.append(self._reason("ask.more_spend", "R18"))
        if asked.any_of:
            courses = ",".join(f"{one.course}:{one.grade}" for one in asked.any_of)
            return [self._with("ask.completed", "R18", more, courses=courses)]
        if asked.grade:
            return [self._with("ask.completed_listed_grade", "R18", more, grade=asked.grade)]
        return [self._with("ask.completed_listed", "R18", more)]

    def _excluding(self, excludes: frozenset[str]) -> list[Reason]:
        return [self._reason(f"ask.more_without_{one}", "R13") for one in sorted(excludes)]

    def _with(self, code: str, rule_id: str, more: Iterable[Reason], /, **params: Param) -> Reason:
        """An ask with what it says more closely, below it."""
        return Reason(code, params, rule_id, self.rule.citation, tuple(more))

    def earned(self, asked: c.Earned) -> list[Reason]:
        credits = credits_text(asked.credits)
        if asked.courses or asked.subjects:
            where = ", ".join([*sorted(asked.courses), *sorted(asked.subjects)])
            return [self._reason("ask.earned_in", "R10", asked=credits, where=where)]
        return [self._reason("ask.earned", "R10", asked=credits)]

    def enrolled(self, asked: c.EnrolledIn) -> list[Reason]:
        if asked.any_of == (c.SAME,):
            return [self._reason("ask.enrolled_same", "R10")]
        return [self._reason("ask.enrolled", "R10", programs=", ".join(asked.any_of))]

    def awarded(self, asked: c.AwardedBefore) -> list[Reason]:
        meant = sorted(asked.of.rules or asked.of.courses or asked.of.methods or asked.of.subjects)
        return [self._reason("ask.awarded", "R10", rules=", ".join(meant))]

    def student(self, asked: c.StudentIs) -> list[Reason]:
        said: list[tuple[str, dict[str, Param]]] = []
        if asked.grades:
            said.append(("grades", {"grades": ", ".join(asked.grades)}))
        if asked.age_at_least is not None:
            said.append(("age", {"least": asked.age_at_least}))
        if asked.age_below is not None:
            said.append(("age_below", {"below": asked.age_below}))
        if asked.groups:
            said.append(("groups", {"groups": ", ".join(group.replace("_", " ") for group in asked.groups)}))
        if asked.schools:
            said.append(("schools", {"schools": ", ".join(asked.schools)}))
        if asked.classes:
            said.append(("classes", {"classes": ", ".join(str(year) for year in sorted(asked.classes))}))
        return [self._reason(f"ask.student.{what}", "R10", **params) for what, params in said]

    def requested(self, asked: c.Requested) -> list[Reason]:
        return [self._reason("ask.request", "R10", asked=c.requested(asked))]

    def approved(self, asked: c.ApprovedBefore) -> list[Reason]:
        if asked.roles:
            return [self._reason("ask.approved_by", "R16", what=asked.of, roles=",".join(asked.roles))]
        return [self._reason("ask.approved_before", "R16", what=asked.of)]

    def attempts(self, asked: c.AttemptsLeft) -> list[Reason]:
        found = []
        if asked.at_most is not None:
            found.append(self._reason("ask.attempts", "R10", most=asked.at_most, per=asked.per))
        if asked.wait_days is not None:
            found.append(self._reason("ask.wait", "R10", days=asked.wait_days))
        return found

    def window(self, asked: c.InWindow) -> list[Reason]:
        if asked.event != c.Event.SUBMITTED:
            return [self._reason("ask.window_event", "R21", window=asked.kind, event=asked.event.value)]
        return [self._reason("ask.window", "R21", window=asked.kind)]

    def deadline(self, asked: c.InTime) -> list[Reason]:
        term = self.deadlines.get(asked.deadline)
        deadline = term.title if term and term.title else asked.deadline
        if asked.over:
            return [self._reason("ask.deadline_over", "R21", deadline=deadline, event=asked.event.value)]
        if asked.event != c.Event.SUBMITTED:
            return [self._reason("ask.deadline_event", "R21", deadline=deadline, event=asked.event.value)]
        return [self._reason("ask.deadline", "R21", deadline=deadline)]

    def days(self, asked: c.OnDays) -> list[Reason]:
        first, last = asked.first.isoformat() if asked.first else "…", asked.last.isoformat() if asked.last else "…"
        return [self._reason("ask.days", "R10", event=asked.event.value, first=first, last=last)]


_ASKS: Mapping[type, Callable[[_Asker, Any], list[Reason]]] = {
    c.AnyOf: _Asker.any_of,
    c.AtLeast: _Asker.at_least,
    c.NoneOf: _Asker.none_of,
    c.StandardsAt: _Asker.standards,
    c.ResultOn: _Asker.result,
    c.FactIs: _Asker.fact,
    c.Gain: _Asker.gain,
    c.Total: _Asker.total,
    c.EvidenceOf: _Asker.evidence,
    c.StudentWrites: _Asker.writes,
    c.PaperOnFile: _Asker.paper,
    c.AttestedBy: _Asker.attested,
    c.PriorAttempt: _Asker.prior_attempt,
    c.Completed: _Asker.completed,
    c.Earned: _Asker.earned,
    c.EnrolledIn: _Asker.enrolled,
    c.AwardedBefore: _Asker.awarded,
    c.StudentIs: _Asker.student,
    c.Requested: _Asker.requested,
    c.ApprovedBefore: _Asker.approved,
    c.AttemptsLeft: _Asker.attempts,
    c.InWindow: _Asker.window,
    c.InTime: _Asker.deadline,
    c.OnDays: _Asker.days,
}
