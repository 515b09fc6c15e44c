"""One rule before one request: what every part of the engine looks at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from crediting.rules import tribal
from crediting.rules.facts import AssessmentResult, RequestFacts
from crediting.rules.policy.terms import CreditRule, PolicyTerms
from crediting.states import Method
from mbl.core.decisions import Param, Reason

ONE_CREDIT_ONCE = "WAC 180-51-050(1)"
NEXT_COURSE = "WAC 180-51-051(4)(d)"
PROPOSALS = "WAC 392-410-300(4)"


@dataclass
class Scene:
    """One rule before one request. ``day`` is the demonstration date.

    ``results`` are those there were when the work was last shown: a later one is for a later request. ``used_here`` is
    what has already earned credit in this course (R29). ``tribal`` is the language of a Tribe that is asked for, if it
    is one: then no result counts but what a tribal government certified (R25).
    """

    terms: PolicyTerms
    rule: CreditRule
    facts: RequestFacts
    day: dt.date
    results: tuple[AssessmentResult, ...] = field(init=False)
    used_here: frozenset[str] = field(init=False)
    tribal: str = field(init=False)

    def __post_init__(self) -> None:
        facts = self.facts
        self.tribal = tribal.language_of(facts.language) or self._named_by_course()
        self.results = tuple([one for one in facts.results if one.taken_on <= self.day])
        if self.tribal:
            self.results = tuple([one for one in self.results if tribal.is_certificate(one.instrument)])
        here = [award.evidence for award in facts.awards if award.course_code == facts.course_code]
        self.used_here = frozenset().union(*here)

    def _named_by_course(self) -> str:
        """A finished next course is class credit and no test of a language, so there the course's name says nothing."""
        if self.facts.subject != tribal.WORLD_LANGUAGES or self.rule.method == Method.NEXT_COURSE:
            return ""
        titles = (one.title for one in self.terms.catalog if one.code == self.facts.course_code)
        return next((tribal.named_in(title) for title in titles), "")

    def because(self, code: str, rule_id: str, citation: str = "", /, **params: Param) -> Reason:
        """A reason that cites the district's rule, and the law beside it where ``citation`` names some."""
        cited = self.rule.citation
        if citation:
            cited = f"{cited}; {citation}" if cited else citation
        return Reason(code, params, rule_id, cited)

    def is_used_at_all(self, key: str) -> bool:
        return any(key in award.evidence for award in self.facts.awards)
