"""The page on which work is judged, and what the policy would say about levels that are chosen and not yet saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crediting import access
from crediting.models import ClassJudgement, CreditRequest, Judgement, ScaleLevel, Standard
from crediting.queries.aggregation import rule_for
from crediting.queries.class_work import judged_in_class
from crediting.queries.confirmed import ConfirmedLine, confirmed_lines
from crediting.queries.decisions import Deliberation, deliberate
from crediting.queries.ledger import PlannedLine, planned_line
from crediting.queries.levels import drawn, not_yet, word_of
from crediting.queries.requests import RequestPage, instrument_titles, request_page
from crediting.rules import credit
from crediting.rules.aggregation import NEWEST
from crediting.rules.facts import JudgedLevel
from crediting.rules.outcome import Outcome
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.models import User
from mbl.core.ui.levels import DrawnLevel
from profiles.access import person_in


@dataclass(frozen=True)
class ClassLine:
    """A judgement of a class on a standard of the request. ``spent``: it has earned credit in the course already."""

    judgement: ClassJudgement
    level: DrawnLevel
    spent: bool


def class_lines(said: Deliberation, levels: Sequence[ScaleLevel]) -> tuple[ClassLine, ...]:
    """What was judged in class of the standards of a request, newest first."""
    course = said.facts.course_code
    spent = {key for award in said.facts.awards if award.course_code == course for key in award.evidence}
    words = {level.code: drawn(level.position, len(levels), word_of(level)) for level in levels}
    return tuple(
        ClassLine(one, words.get(one.level.code, not_yet()), judged_in_class(one).evidence_id in spent)
        for one in reversed(said.gathered.in_class)
    )


@dataclass(frozen=True)
class AssessPage:
    """``newest`` holds the newest judgement of each standard, by primary key. ``decides``: this teacher may award."""

    request: CreditRequest
    story: RequestPage
    standards: tuple[Standard, ...]
    levels: tuple[ScaleLevel, ...]
    newest: Mapping[int, Judgement]
    in_class: tuple[ClassLine, ...]
    deliberation: Deliberation
    assessor: str
    instruments: Mapping[str, str]
    asks_for_result: bool
    asks_for_levels: bool
    decides: bool
    confirmed: tuple[ConfirmedLine, ...] = ()


def assess_page(request: CreditRequest, user: User) -> AssessPage:
    """Everything on the page, in a fixed number of trips."""
    person = person_in(user, request.district)
    deliberation = deliberate(request, decider=person, roles=access.roles_at(user, request.school))
    story = request_page(request, deliberation)
    approval = deliberation.approval
    assessor = str(person.public_id)
    decides = approval is not None and not approval.two_roles and "teacher" in approval.roles
    ways = story.ways
    asks_for_result = any(way.instruments for way in ways)
    return AssessPage(
        request=request,
        story=story,
        standards=tuple(row.standard for row in story.standards),
        levels=story.levels,
        in_class=class_lines(deliberation, story.levels),
        newest={row.standard.pk: row.newest for row in story.standards if row.newest is not None},
        deliberation=deliberation,
        assessor=assessor,
        instruments=instrument_titles(deliberation.version) if deliberation.version and asks_for_result else {},
        asks_for_result=asks_for_result,
        asks_for_levels=any(way.required_level for way in ways) or not ways,
        decides=decides,
        confirmed=confirmed_lines(request, ways, story.terms),
    )


@dataclass(frozen=True)
class Consequence:
    """What saving would mean: how many standards reach the level, what else is open, what the record would say."""

    outcome: Outcome
    total: int
    met: int
    unjudged: int
    required: DrawnLevel | None
    gaps: tuple[Reason, ...]
    line: PlannedLine | None
    decides: bool

    @property
    def below(self) -> int:
        return self.total - self.met - self.unjudged

    @property
    def all_met(self) -> bool:
        return self.total > 0 and self.met == self.total


def consequence(shown: AssessPage, chosen: Mapping[int, ScaleLevel]) -> Consequence | None:
    """What the policy would say if ``chosen`` (level by standard) were saved now; None where no policy is in force."""
    deliberation = shown.deliberation
    if deliberation.terms is None:
        return None
    now = clock.now()
    in_force = rule_for(shown.request.course, clock.today(shown.request.district))
    aggregation = in_force.terms if in_force else NEWEST
    judged = tuple(
        JudgedLevel(
            standard=str(standard.guid),
            level=chosen[standard.pk].code,
            position=chosen[standard.pk].position,
            attempt=shown.request.attempt,
            judged_at=now,
            assessor=shown.assessor,
            aggregation=aggregation,
        )
        for standard in shown.standards
        if standard.pk in chosen
    )
    facts = deliberation.facts
    facts = replace(
        facts,
        judgements=(*facts.judgements, *judged),
        assessors=facts.assessors | {shown.assessor},
        # Who decides is part of the answer only where it would be this teacher.
        decider=facts.decider if shown.decides else "",
    )
    outcome = credit.decide(deliberation.terms, facts)
    rule = next((rule for rule in deliberation.terms.rules if rule.code == outcome.rule_code), None)
    return Consequence(
        outcome=outcome,
        total=len(outcome.standards),
        met=sum(result.met for result in outcome.standards),
        unjudged=sum(not result.is_judged for result in outcome.standards),
        required=_required(shown, rule.required_level if rule else ""),
        gaps=tuple(
            criterion.reason
            for criterion in outcome.criteria
            if not criterion.met and criterion.code != "standard.mastered"
        ),
        line=planned_line(shown.request, outcome, facts, deliberation.gathered.record) if outcome.is_award else None,
        decides=shown.decides,
    )


def _required(shown: AssessPage, code: str) -> DrawnLevel | None:
    found = next((level for level in shown.levels if level.code == code), None)
    return drawn(found.position, len(shown.levels), word_of(found)) if found else None
