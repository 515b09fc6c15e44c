"""One rule before one request: what every part of the engine looks at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crediting.rules.facts import AssessmentResult, RequestFacts
from crediting.rules.policy.terms import CreditRule, PolicyTerms
from mbl.core.decisions import Param, Reason

ONE_CREDIT_ONCE = "WAC 180-51-050(1)"
NEXT_COURSE = "WAC 180-51-051(4)(d)"
PROPOSALS = "WAC 392-410-300(4)"


@dataclass(frozen=True)
class Scene:
    """One rule before one request. ``day`` is the demonstration date."""

    terms: PolicyTerms
    rule: CreditRule
    facts: RequestFacts
    day: dt.date

    def because(self, code: str, rule_id: str, citation: str = "", /, **params: Param) -> Reason:
        """A reason that cites the district's rule, and the law beside it where ``citation`` names some."""
        cited = "; ".join(filter(None, (self.rule.citation, citation)))
        return Reason(code, params, rule_id, cited)

    @property
    def results(self) -> tuple[AssessmentResult, ...]:
        """Results there were when the work was last shown; a later one is for a later request."""
        return tuple(one for one in self.facts.results if one.taken_on <= self.day)

    def is_used_here(self, key: str) -> bool:
        """Whether it has already earned credit in this course (R29)."""
        course = self.facts.course_code
        return any(key in award.evidence for award in self.facts.awards if award.course_code == course)

    def is_used_at_all(self, key: str) -> bool:
        return any(key in award.evidence for award in self.facts.awards)
