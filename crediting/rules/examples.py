"""A made-up case for each rule of a policy: a student who has just what the rule asks for, to begin a trial with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crediting.rules.facts import AttemptOutcome, Purpose
from crediting.rules.policy import conditions as c
from crediting.rules.policy.cases import Case
from crediting.rules.policy.terms import COMPLETED, CreditRule, PolicyTerms, TableOf
from crediting.rules.trial import try_cases

Written = dict[str, Any]

COURSES_TRIED = 3
A_DAY = dt.timedelta(days=1)
SENT_EARLY = 60 * A_DAY
LONG_AGO = 400 * A_DAY
BEST_MARK = "A"
ASSESSOR, DECIDER = "assessor", "decider"


def examples(terms: PolicyTerms) -> Iterator[tuple[CreditRule, str, Case]]:
    """For each rule, in the policy's order, one of its courses and a case that the rule grants.

    A rule that no such case was found for is left out: nothing is offered that the policy does not really grant.
    """
    for rule in terms.rules:
        courses = [one.code for one in terms.catalog if one.code in rule.courses]
        for course in courses[:COURSES_TRIED]:
            case = Case(rule.code, _Example(terms, rule, course).write())
            (tried,) = try_cases([terms], [case])
            if tried.outcome.is_granted and tried.outcome.rule_code == rule.code:
                yield rule, course, case
                break


@dataclass
class _Example:
    """Writes one case condition by condition; of a choice the first part is taken, of "none of" nothing."""

    terms: PolicyTerms
    rule: CreditRule
    course: str
    student: Written = field(default_factory=dict)
    request: Written = field(default_factory=dict)
    facts: Written = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)

    def write(self) -> Written:
        rule = self.rule
        self.day = self._day()
        self.request = {"course": self.course, "method": rule.method, "on": self.day.isoformat()}
        # A deadline may lie before the work begins or the test is taken; a window is where the day is.
        early = self.rule.asked(c.InTime) and not self.rule.asked(c.InWindow)
        sent = self.day - SENT_EARLY if early else self.day
        self.request |= {"submitted": sent.isoformat(), "starts": self.day.isoformat()}
        # What has to be over before the work is shown began long ago.
        over = any(one.over for one in self.rule.asked(c.InTime))
        since = self.day - LONG_AGO if over else self.day
        self.facts = {
            name: since.isoformat() for name, fact in self.terms.facts.items() if early and fact.kind == "date"
        }
        if rule.kinds:
            self.request["kind"] = min(rule.kinds)
        if rule.purpose != Purpose.EITHER:
            self.request["purpose"] = rule.purpose.value
        if rule.fee and rule.fee.is_first:
            self.request["fee_paid"] = True
        if rule.marks.choices:
            self.request |= {"mark": rule.marks.choices[0].value, "mark_chosen": self.day.isoformat()}
        if self.terms.classes:
            self.student["class"] = min(self.terms.classes)
        for condition in (self.terms.when, rule.when, rule.keeps_while):
            self._meet(condition)
        self._meet_amount()
        approval = rule.approval or self.terms.approval
        # Where only the one who assessed it may decide, that is who does.
        person = DECIDER if approval.two_roles or "assessed_by" not in self.request else ASSESSOR
        self.request["decided_by"] = {"person": person, "roles": sorted(approval.roles)}
        parts = {"student": self.student, "facts": self.facts, **self.lists}
        return {key: value for key, value in parts.items() if value} | {"request": self.request}

    def _day(self) -> dt.date:
        """A day on which the version is in force and every window of the rule is open."""
        first = self.terms.effective_from + 90 * A_DAY
        for one in self.rule.asked(c.OnDays):
            first = max(first, one.first) if one.first else first
            first = min(first, one.last) if one.last else first
        for window in self.rule.asked(c.InWindow):
            days = [one.first for one in self.terms.calendar if one.kind == window.kind]
            first = min((day for day in days if day >= self.terms.effective_from), default=first)
        return min(first, self.terms.effective_to or first)

    def _add(self, kind: str, what: Any) -> None:
        if what not in self.lists.setdefault(kind, []):
            self.lists[kind].append(what)

    def _meet(self, condition: c.Condition) -> None:
        match condition:
            case c.AllOf():
                for part in condition.parts:
                    self._meet(part)
            case c.AnyOf():
                self._meet(condition.parts[0])
            case c.AtLeast():
                for part in condition.parts[: condition.count]:
                    self._meet(part)
            case c.NoneOf():
                for part in condition.parts:
                    self._escape(part)
            case _:
                meet = _MEETS.get(type(condition))
                if meet is not None:
                    meet(self, condition)

    def _escape(self, part: c.Condition) -> None:
        """A fact that disqualifies has to be known not to be so."""
        if not isinstance(part, c.FactIs) or part.name in self.facts:
            return
        term = self.terms.facts.get(part.name)
        if part.at_least is not None or part.at_most is not None:
            self.facts[part.name] = part.at_least - 1 if part.at_least is not None else (part.at_most or 0) + 1
        elif term is not None and term.kind == "yes_no":
            self.facts[part.name] = part.equals is False
        elif term is not None and term.kind == "text":
            self.facts[part.name] = next((one for one in term.choices if one not in part.one_of), "–")

    # --- What was shown ---

    def _standards(self, asked: c.StandardsAt) -> None:
        codes = asked.named or self._codes(asked.at_least or 1)
        self._show(codes, self.terms.levels[-1] if asked.mean is not None else asked.level)

    def _codes(self, count: int) -> tuple[str, ...]:
        return tuple(f"{self.course}-{number}" for number in range(1, count + 1))

    def _show(self, codes: tuple[str, ...], level: str) -> None:
        """Judged at ``level``, or where they stand already if that is higher."""
        levels = self.terms.levels
        rank = {one: place for place, one in enumerate(levels)}
        shown = {one["code"]: one["levels"][0] for one in self.request.get("standards", [])}
        shown |= {code: max(level, shown.get(code, level), key=lambda one: rank.get(one, -1)) for code in codes}
        self.request["standards"] = [{"code": code, "levels": [one]} for code, one in shown.items()]
        self.request["assessed_by"] = [ASSESSOR]

    def _result(self, asked: c.ResultOn) -> None:
        self._result_on(asked.any_of[0].code, level=asked.any_of[0].level, score=asked.any_of[0].score)

    def _result_on(self, code: str, *, level: int | None = None, score: Decimal | None = None, **more: Any) -> None:
        said: Written = {"instrument": code, "taken": self.day.isoformat(), **more}
        if level is not None:
            said["level"] = level
        if score is not None:
            said["score"] = score
        if len(said) == 2:
            said["met"] = True
        self._add("results", said)

    def _fact(self, asked: c.FactIs) -> None:
        if (term := self.terms.facts.get(asked.name)) and term.total:
            self._total(c.Total(term.total, asked.at_least, asked.at_most))
            return
        if asked.equals is not None or asked.one_of:
            value = asked.equals if asked.equals is not None else asked.one_of[0]
            self.facts[asked.name] = value.isoformat() if isinstance(value, dt.date) else value
            return
        least = asked.at_least if asked.at_least is not None else asked.at_most
        amount = max((one for one in (least, asked.spend) if one is not None), default=None)
        known = self.facts.get(asked.name)
        self.facts[asked.name] = True if amount is None else max(amount, known) if known else amount

    def _gain(self, asked: c.Gain) -> None:
        if asked.before in self.terms.facts:
            self.facts |= {asked.before: Decimal(1), asked.after: 1 + asked.at_least}

    def _total(self, asked: c.Total) -> None:
        """The first measure alone carries the sum."""
        first = asked.of[0]
        amount = (asked.at_least or asked.at_most or Decimal(0)) / (first.times or 1)
        for measure in asked.of:
            said = amount if measure is first else Decimal(0)
            if measure.name in self.terms.facts:
                self.facts[measure.name] = said
            else:
                self._result_on(measure.name, score=said)

    def _evidence(self, asked: c.EvidenceOf) -> None:
        shown: list[Any] = [{"code": f"work {kind}", "kind": kind} for kind in asked.kinds]
        shown += [f"work {number}" for number in range(len(shown) + 1, asked.at_least + 1)]
        self.request["evidence"] = [*self.request.get("evidence", []), *shown]

    def _writes(self, asked: c.StudentWrites) -> None:
        self.request[asked.what.value] = True

    def _paper(self, asked: c.PaperOnFile) -> None:
        self._add("papers", asked.code)

    def _attested(self, asked: c.AttestedBy) -> None:
        for number in range(1, asked.count + 1):
            said = {"role": asked.roles[0], "code": asked.code, "on": self.day.isoformat(), "by": f"witness {number}"}
            self._add("attestations", said)

    # --- What is on the record ---

    def _prior(self, asked: c.PriorAttempt) -> None:
        course = self.course if asked.courses[0] == c.SAME else asked.courses[0]
        outcomes = asked.outcomes or {AttemptOutcome.FAILED}
        row: Written = {"course": course, "ended": (self.day - 30 * A_DAY).isoformat(), "credits": Decimal(1)}
        row |= {"outcome": "failed" if "failed" in outcomes else min(outcomes)}
        if asked.marks:
            row["mark"] = min(asked.marks)
        if asked.term:
            row["term"] = asked.term
        self._add("record", row)

    def _completed(self, asked: c.Completed) -> None:
        higher = asked.any_of[0] if asked.any_of else c.HigherCourse("NEXT")
        if not asked.any_of:
            self._add("next_courses", {"course": self.course, "next": higher.course})
        course = self.course if higher.course == c.SAME else higher.course
        # Of the course itself a part is completed, and the rest is asked for.
        worth = Decimal("0.5") if higher.course == c.SAME else Decimal(1)
        row: Written = {"course": course, "ended": self.day.isoformat(), "credits": worth}
        row |= {"outcome": "passed", "mark": BEST_MARK}
        if higher.term:
            row["term"] = higher.term
        self._add("record", row)

    def _earned(self, asked: c.Earned) -> None:
        row: Written = {"course": min(asked.courses, default="EARLIER"), "ended": (self.day - 30 * A_DAY).isoformat()}
        row |= {"outcome": "passed", "mark": BEST_MARK, "credits": asked.credits}
        if asked.subjects:
            row["subject"] = min(asked.subjects)
        self._add("record", row)

    def _enrolled(self, asked: c.EnrolledIn) -> None:
        self.student.setdefault("enrolled", []).append(self.course if asked.any_of[0] == c.SAME else asked.any_of[0])

    def _awarded(self, asked: c.AwardedBefore) -> None:
        of = asked.of
        said: Written = {"course": min(of.courses, default="EARLIER"), "credits": asked.credits or Decimal("0.5")}
        if "course" in of.same:
            said["course"] = self.course
        said |= {"rule": min(of.rules)} if of.rules else {}
        said |= {"method": min(of.methods)} if of.methods else {}
        said |= {"on": (self.day - 30 * A_DAY).isoformat()}
        self._add("awards", said)

    # --- Who, and when ---

    def _student_is(self, asked: c.StudentIs) -> None:
        if asked.grades:
            self.student |= {"grade": asked.grades[-1], "grade_at_request": asked.grades[-1]}
        if asked.age_at_least is not None or asked.age_below is not None:
            self.student["age"] = asked.age_at_least if asked.age_at_least is not None else (asked.age_below or 1) - 1
        if asked.groups:
            self.student.setdefault("groups", []).append(asked.groups[0])
        if asked.schools:
            self.student["school"] = asked.schools[0]
        if asked.classes:
            self.student["class"] = min(asked.classes)

    def _requested(self, asked: c.Requested) -> None:
        if asked.languages:
            self.request["language"] = min(asked.languages)
        if asked.kinds:
            self.request["kind"] = min(asked.kinds)
        if asked.purposes:
            self.request["purpose"] = min(asked.purposes)

    def _approved(self, asked: c.ApprovedBefore) -> None:
        early = (self.day - A_DAY).isoformat()
        for role in asked.roles or ("",):
            said = {"of": asked.of, "on": early, "starts": self.day.isoformat()}
            self._add("approvals", said | ({"role": role} if role else {}))

    # --- What the amount and the mark look at ---

    def _meet_amount(self) -> None:
        amount, taken = self.rule.amount, self.rule.marks.taken_from
        if taken and taken != COMPLETED:
            self.facts[taken] = BEST_MARK
        if amount.per is not None:
            self._fact(c.FactIs(amount.per.fact, at_least=amount.per.every))
        if amount.as_wanted:
            wanted = [one for one in (amount.at_least, amount.up_to) if one is not None]
            self.request["credits"] = wanted[0] if wanted else Decimal("0.5")
        if (marks := self.rule.marks.table) is not None and marks.fact not in ("", *self.facts):
            best = marks.rows[-1]
            self._by_fact(marks.fact, best.word, best.first if best.first is not None else best.last)
        table = amount.table
        if table is None:
            return
        row = max(table.rows, key=lambda one: one.credits)
        instrument = table.instruments[0] if table.instruments else ""
        number = row.first if row.first is not None else row.last
        match table.of:
            case TableOf.FACT:
                self._by_fact(table.fact, row.level, number)
            case TableOf.SCORE:
                self._result_on(instrument, score=number)
            case TableOf.LEVEL:
                self._result_on(instrument, level=int(row.level) if row.level.isdigit() else None)
            case TableOf.STANDARDS:
                self._show(self._codes(int(number or 1)), table.level)
            case TableOf.LANGUAGE:
                language = self.request.setdefault("language", "Spanish")
                fitting = (one.skills for one in table.skills_for if not one.languages or language in one.languages)
                skills = next(fitting, table.skills)
                self._result_on(instrument, language=language, skills=dict.fromkeys(skills, row.level))

    def _by_fact(self, name: str, word: str, number: Decimal | None) -> None:
        """What a row of a table is for."""
        if not word:
            self._fact(c.FactIs(name, at_least=number))
            return
        term = self.terms.facts.get(name)
        self.facts[name] = word == "yes" if term is not None and term.kind == "yes_no" else word


_MEETS: dict[type, Callable[[_Example, Any], None]] = {
    c.StandardsAt: _Example._standards,
    c.ResultOn: _Example._result,
    c.FactIs: _Example._fact,
    c.Gain: _Example._gain,
    c.Total: _Example._total,
    c.EvidenceOf: _Example._evidence,
    c.StudentWrites: _Example._writes,
    c.PaperOnFile: _Example._paper,
    c.AttestedBy: _Example._attested,
    c.PriorAttempt: _Example._prior,
    c.Completed: _Example._completed,
    c.Earned: _Example._earned,
    c.EnrolledIn: _Example._enrolled,
    c.AwardedBefore: _Example._awarded,
    c.StudentIs: _Example._student_is,
    c.Requested: _Example._requested,
    c.ApprovedBefore: _Example._approved,
}
