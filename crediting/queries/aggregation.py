"""Which rule makes a level out of several judgements, on which day, in which subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crediting.models import AggregationRule, ScaleLevel
from crediting.queries.levels import drawn, not_yet, word_of
from crediting.rules import mastery
from crediting.rules.aggregation import NEWEST, Aggregation
from crediting.rules.facts import ClaimedStandard, JudgedLevel
from crediting.rules.mastery import StandardResult
from crediting.words import aggregation_words, sentence
from mbl.core import clock
from mbl.core.models import District
from mbl.core.ui.parts import Why, WhyAttempt
from profiles.models import Course


def rule_in_force(district_pk: int, subject: str, on: dt.date) -> AggregationRule | None:
    """The subject's own rule, else the district's for all subjects; None: the newest judgement counts."""
    rules = AggregationRule.objects.filter(district=district_pk, subject__in={subject, ""}, effective__contains=on)
    return rules.order_by("-subject").first()


def rule_for(course: Course, on: dt.date) -> AggregationRule | None:
    """The rule for work judged in the course. One without terms in the catalog has no subject of its own."""
    terms = getattr(course, "terms", None)
    return rule_in_force(course.district_id, terms.subject if terms else "", on)


@dataclass(frozen=True)
class RuleRow:
    """A rule with its days, and how it stands on the day of the page."""

    rule: AggregationRule
    first: dt.date
    last: dt.date | None
    is_in_force: bool
    is_scheduled: bool


def rules_of(district: District, on: dt.date) -> list[RuleRow]:
    """Every rule of the district by subject, newest first."""
    return [_row(rule, on) for rule in _rules(district)]


def _rules(district: District) -> QuerySet[AggregationRule]:
    return (
        AggregationRule.objects.filter(district=district).select_related("created_by").order_by("subject", "-effective")
    )


def _row(rule: AggregationRule, on: dt.date) -> RuleRow:
    first, after = rule.effective.lower, rule.effective.upper
    last = after - dt.timedelta(days=1) if after else None
    return RuleRow(rule, first, last, first <= on and (last is None or on <= last), on < first)


def preview(terms: Aggregation, places: Sequence[int], levels: Sequence[ScaleLevel]) -> Why:
    """What ``terms`` make of the attempts of an example student, whose levels stand at ``places``, oldest first."""
    codes = [level.code for level in levels]
    first = clock.now() - dt.timedelta(days=len(places))
    judgements = [
        JudgedLevel(_EXAMPLE.guid, codes[place - 1], place, number, first + dt.timedelta(days=number), "", terms)
        for number, place in enumerate(places, start=1)
    ]
    (result,) = mastery.evaluate(codes, codes[-1], [_EXAMPLE], judgements)
    return why(result, levels, subject=_("An example standard"))


_EXAMPLE = ClaimedStandard("example", "", "", "", "", "")


def why(result: StandardResult, levels: Sequence[ScaleLevel], *, subject: str, detail: str = "") -> Why:
    """A standard's level with every judgement behind it, which of them counted, and the line of arithmetic."""
    marks = {level.code: drawn(level.position, len(levels), word_of(level)) for level in levels}
    judged = sorted([*result.used, *result.not_used], key=lambda one: (one.judged_at, one.attempt))
    newest = judged[-1].aggregation if judged else NEWEST
    return Why(
        subject=subject,
        detail=detail,
        rule=aggregation_words(newest),
        level=marks.get(result.level, not_yet()),
        attempts=[
            WhyAttempt(one.judged_at, marks[one.level], one in result.used) for one in judged if one.level in marks
        ],
        arithmetic=sentence(result.arithmetic or result.reason),
        rule_id=result.reason.rule_id,
        citation=result.reason.citation,
    )
