"""What credit the results on file would earn without anybody's asking: which rules need nothing else, what to try.

Nothing is decided here: each ``Trial`` goes to ``rules.credit.decide`` as a request would.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from crediting.rules.credit import decide
from crediting.rules.engine import timing
from crediting.rules.engine.scene import Scene
from crediting.rules.facts import (
    AssessmentResult,
    AttemptOutcome,
    EarlierAttempt,
    EarlierAward,
    NextPair,
    RequestFacts,
)
from crediting.rules.outcome import Outcome, OutcomeKind
from crediting.rules.policy.conditions import (
    SAME,
    AttemptsLeft,
    AwardedBefore,
    Completed,
    Earned,
    EnrolledIn,
    PriorAttempt,
    ResultOn,
    StudentIs,
    demanded,
)
from crediting.rules.policy.terms import CreditRule, Gives, PolicyTerms, TableOf
from crediting.states import Method

# The student chooses the kind of the one, and has the other approved before it starts.
_ASKED_FOR = frozenset({Method.LOCAL_ASSESSMENT, Method.EQUIVALENCY})
_ON_FILE = (ResultOn, Completed, PriorAttempt, Earned, AwardedBefore, StudentIs, EnrolledIn, AttemptsLeft)


@dataclass(frozen=True)
class Trial:
    """One thing to decide: credit in ``course`` by ``method`` for what was shown ``on`` that day."""

    course: str
    method: str
    purpose: str
    on: dt.date
    language: str = ""


def needs_nobody(rule: CreditRule) -> bool:
    """Whether record and results alone can meet the rule: nothing to judge, confirm or attest. What is the student's
    to choose, they choose when it is listed."""
    if rule.method in _ASKED_FOR or rule.kinds or rule.gives != Gives.CREDIT:
        return False
    amount = rule.amount
    if amount.per or (amount.table and amount.table.of == TableOf.FACT):
        return False
    asked = (*demanded(rule.when), *demanded(rule.keeps_while))
    return all(isinstance(leaf, _ON_FILE) for leaf in asked) and bool(rule.instruments or rule.asked(Completed))


def trials(
    terms: PolicyTerms,
    graduation_year: int | None,
    results: Sequence[AssessmentResult],
    record: Sequence[EarlierAttempt],
    pairs: Sequence[NextPair],
) -> Iterator[Trial]:
    """What to try under ``terms``: each rule that needs nobody, on each day that showed something it looks at."""
    for rule in terms.rules:
        if not needs_nobody(rule):
            continue
        instruments = {code.lower() for code in rule.instruments}
        tested = {(one.taken_on, one.language) for one in results if one.instrument.lower() in instruments}
        for course in sorted(rule.courses & terms.courses.keys()):
            higher = _higher(rule, course, pairs)
            ended = {
                (row.ended_on, "")
                for row in record
                if row.course_code in higher and row.outcome == AttemptOutcome.PASSED
            }
            for day, language in sorted(tested | ended):
                if terms.in_force(day, graduation_year):
                    yield Trial(course, rule.method, rule.purpose.value, day, language)


def _higher(rule: CreditRule, course: str, pairs: Sequence[NextPair]) -> set[str]:
    """The courses whose completion the rule takes for ``course``."""
    found: set[str] = set()
    for asked in rule.asked(Completed):
        found |= {course if one.course == SAME else one.course for one in asked.any_of}
        if asked.listed:
            found |= {pair.higher for pair in pairs if pair.course == course}
    return found


# --- What is the student's to choose --------------------------------------------------------------------------------

_CHOICES = frozenset({"mark.not_chosen", "credit.not_said"})
# More than any course gives: what then comes out is the most there is.
_MOST = Decimal(99)


@dataclass(frozen=True)
class LeftOpen:
    """What a rule leaves to the student: which of ``marks``, how much (``amount``); ``by`` is the last day for it, and
    ``usual`` the mark where none is chosen."""

    marks: tuple[str, ...] = ()
    amount: bool = False
    usual: str = ""
    by: dt.date | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """The marks to choose from; empty stands for the usual one where it is none of them, or where none is asked."""
        if self.marks and (not self.usual or self.usual in self.marks):
            return self.marks
        return (*self.marks, "")


def left_open(terms: PolicyTerms | None, facts: RequestFacts, outcome: Outcome) -> LeftOpen | None:
    """What the student can choose, where that alone is missing or another mark than the usual one is theirs to choose
    (R35); None where nothing is."""
    rule = next((rule for rule in (terms.rules if terms else ()) if rule.code == outcome.rule_code), None)
    if terms is None or rule is None or facts.demonstrated_on is None:
        return None
    asked = {one.code for one in outcome.missing}
    if not outcome.is_award and (outcome.kind != OutcomeKind.NOT_DECIDABLE or not asked or asked - _CHOICES):
        return None
    amount = "credit.not_said" in asked
    marks = tuple(mark.value for mark in rule.marks.choices)
    scene = Scene(terms, rule, facts, facts.demonstrated_on)
    last = timing.choose_by(scene)
    # A mark by purpose goes before the student's choice.
    if not marks or facts.purpose in rule.marks.by_purpose:
        return LeftOpen(amount=True, by=last) if amount else None
    last = min((day for day in (last, timing.mark_by(scene)) if day is not None), default=None)
    return LeftOpen(marks, amount, rule.mark.value if rule.mark else "", last)


def choose_by(terms: PolicyTerms | None, facts: RequestFacts, outcome: Outcome) -> dt.date | None:
    """The last day to choose between awards that exclude each other, where the rule of this one sets one."""
    rule = next((rule for rule in (terms.rules if terms else ()) if rule.code == outcome.rule_code), None)
    if terms is None or rule is None or facts.demonstrated_on is None:
        return None
    return timing.choose_by(Scene(terms, rule, facts, facts.demonstrated_on))


def as_chosen(
    facts: RequestFacts, left: LeftOpen, *, on: dt.date, mark: str | None = None, credits: Decimal | None = None
) -> RequestFacts:
    """The facts with what the student chose, or could choose: then the first mark, and as much as there is.

    An empty ``mark`` leaves it at the usual one.
    """
    return replace(
        facts,
        mark_wanted=next(iter(left.marks), "") if mark is None else mark,
        mark_chosen_on=on if left.marks or left.by else None,
        credits_wanted=(credits or _MOST) if left.amount else facts.credits_wanted,
    )


# --- Which of them exclude each other -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Possible:
    """An award that could be made on its own."""

    terms: PolicyTerms | None
    facts: RequestFacts
    outcome: Outcome


def in_each_others_way(found: Sequence[Possible]) -> frozenset[int]:
    """The places in ``found`` of awards of one student that are not all possible: the student chooses (EC5).

    Two exclude each other where making the one leaves less of the other.
    """
    return frozenset(
        place
        for place, one in enumerate(found)
        if any(other is not one and (_is_less(one, after=other) or _is_less(other, after=one)) for other in found)
    )


def _is_less(one: Possible, *, after: Possible) -> bool:
    awards = (*one.facts.awards, as_award(after.outcome, after.facts))
    then = decide(one.terms, replace(one.facts, awards=awards))
    return not then.is_award or then.credits < one.outcome.credits


def as_award(outcome: Outcome, facts: RequestFacts) -> EarlierAward:
    """The award as later decisions see it."""
    return EarlierAward(
        course_code=facts.course_code,
        method=facts.method,
        rule_code=outcome.rule_code,
        credits=outcome.credits,
        evidence=outcome.evidence_used,
        subject=facts.subject,
        purpose=facts.purpose.value,
        language=facts.language,
        on=facts.decided_on,
        spent=outcome.spent,
    )


# --- Whether anything has changed -----------------------------------------------------------------------------------


def fingerprint(policy: str, facts: RequestFacts) -> str:
    """A hash of what the decision looked at: the policy's text (its hash), results, record, awards, standards."""
    return digest(
        policy,
        facts.results,
        facts.record,
        facts.awards,
        facts.claims,
        facts.next_pairs,
        facts.course_credits,
        facts.student.groups,
    )


def digest(*seen: Any) -> str:
    """The same for the same values, in every process."""
    return hashlib.sha256(json.dumps(_plain(seen)).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Mapping):
        return sorted([key, _plain(inner)] for key, inner in value.items())
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
