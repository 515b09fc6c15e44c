"""What a decision page shows, and the queue of those who decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils import translation

from crediting.models import (
    ConfirmedFact,
    CreditRequest,
    Decision,
    LedgerEntry,
    PolicyVersion,
    ScaleLevel,
    Standard,
)
from crediting.models.assessment import Judged
from crediting.queries import policy
from crediting.queries.class_work import judged, judged_in_class
from crediting.queries.facts import Gathered, gather, with_decider
from crediting.queries.ledger import PlannedLine
from crediting.queries.levels import words_of
from crediting.queries.moderation import readings_for_basis
from crediting.queries.procedures import days_off, uses_school_days, with_days_off
from crediting.rules.basis import (
    Basis,
    BasisAttestation,
    BasisAward,
    BasisConfirmed,
    BasisCriterion,
    BasisEvidence,
    BasisJudgement,
    BasisLevel,
    BasisOverride,
    BasisPolicy,
    BasisRecovered,
    BasisRequest,
    BasisResult,
    BasisRule,
    BasisStandard,
    Said,
    without_protected,
)
from crediting.rules.credit import decide
from crediting.rules.engine.duties import DUTY
from crediting.rules.evidence import of_kind
from crediting.rules.facts import Override, RequestFacts
from crediting.rules.left_open import to_confirm
from crediting.rules.outcome import Outcome
from crediting.rules.policy.terms import Approval, CreditRule, PolicyTerms
from crediting.states import DecisionKind, EvidenceState
from crediting.words import sentence
from mbl.core import clock
from mbl.core.decisions import Reason
from profiles.models import Person


@dataclass(frozen=True)
class Deliberation:
    """One request under its policy: the facts, what the rules say of them, and where both came from."""

    request: CreditRequest
    gathered: Gathered
    facts: RequestFacts
    version: PolicyVersion | None
    terms: PolicyTerms | None
    outcome: Outcome
    decider: Person | None

    @property
    def assessors(self) -> dict[int, str]:
        """Who has judged: public ids by primary key. The same people as ``facts.assessors``."""
        judgements: Sequence[Judged] = self.gathered.judgements or self.gathered.in_class
        return {one.assessor_id: str(one.assessor.public_id) for one in judgements}

    @property
    def approval(self) -> Approval | None:
        """Who decides at the request's school under the rule that was applied."""
        return self.terms.approval_at(self.request.school.code, self.rule) if self.terms else None

    @property
    def statute(self) -> str:
        """The statute that demands the award, empty where the policy gives it (R26)."""
        reasons = self.outcome.reasons
        return reasons[0].citation if reasons and reasons[0].code == DUTY else ""

    @property
    def is_on_request(self) -> bool:
        """Whether its rule lets the award onto the transcript only when the student asks (R38)."""
        return self.rule is not None and self.rule.on_request

    @property
    def rule(self) -> CreditRule | None:
        """The rule that was applied."""
        if self.terms is None:
            return None
        return next((rule for rule in self.terms.rules if rule.code == self.outcome.rule_code), None)

    @property
    def rules(self) -> list[CreditRule]:
        """The rules of the policy for the request's course, way and kind: any of them may come to be applied."""
        if self.terms is None:
            return []
        return of_kind(self.terms.rules_for(self.request.course.code, self.request.method), self.request.subtype)

    def lifts_for(self, roles: Collection[str]) -> dict[str, frozenset[str]]:
        """What the policy lets each of ``roles`` let pass, by role: codes of criteria that are not met now."""
        open_ones = {one.code for one in self.outcome.criteria if not one.met}
        allowed = self.rule.discretion if self.rule else None
        if allowed is None or not allowed.lifts & open_ones:
            return {}
        return dict.fromkeys(sorted(allowed.roles & set(roles)), allowed.lifts & open_ones)


def deliberate(
    request: CreditRequest,
    *,
    decider: Person | None = None,
    roles: Collection[str] = (),
    override: Override | None = None,
) -> Deliberation:
    """What the policy in force on the demonstration date says about the request (R7).

    Without a ``decider`` it is a preview: who may decide is left out, and nothing is read to be frozen.
    """
    gathered = gather([request], today=clock.today(request.district), to_freeze=decider is not None)[request.pk]
    facts = gathered.facts
    if decider is not None:
        facts = replace(with_decider(facts, person=str(decider.public_id), roles=roles), override=override)
    version = None
    if request.demonstrated_on is not None:
        version = policy.version_in_force(request.course, request.demonstrated_on, request.student.graduation_year)
    terms = policy.terms_of(version) if version else None
    if terms is not None and uses_school_days(terms):
        terms = with_days_off(terms, days_off(request.district), request.school.code)
    return Deliberation(request, gathered, facts, version, terms, decide(terms, facts), decider)


def deliberate_many(
    requests: Sequence[CreditRequest], *, named: Mapping[int, Sequence[Standard]] | None = None
) -> dict[int, Deliberation]:
    """``deliberate`` for many requests, as previews, in a fixed number of trips. ``named`` as in ``gather``."""
    if not requests:
        return {}
    gathered = gather(requests, today=clock.today(requests[0].district), named=named)
    asked = {
        request.pk: policy.Asked(request.course_id, request.demonstrated_on, request.student.graduation_year)
        for request in requests
        if request.demonstrated_on is not None
    }
    versions = policy.versions_in_force(asked.values())
    closed: list[tuple[dt.date, str]] | None = None
    found = {}
    for request in requests:
        facts = gathered[request.pk].facts
        version = versions[asked[request.pk]] if request.pk in asked else None
        terms = policy.terms_of(version) if version else None
        if terms is not None and uses_school_days(terms):
            closed = days_off(request.district) if closed is None else closed
            terms = with_days_off(terms, closed, request.school.code)
        found[request.pk] = Deliberation(
            request, gathered[request.pk], facts, version, terms, decide(terms, facts), None
        )
    return found


def decided_by(said: Deliberation, decider: Person, roles: Collection[str]) -> Deliberation:
    """The same with ``decider`` deciding."""
    facts = with_decider(said.facts, person=str(decider.public_id), roles=roles)
    return replace(said, facts=facts, outcome=decide(said.terms, facts), decider=decider)


def newest_decision(request: CreditRequest) -> Decision | None:
    """The last thing decided on the request, whether or not it was reversed since."""
    return (
        request.decisions.select_related("decided_by", "decided_by_person", "replaces", "district")
        .order_by("-pk")
        .first()
    )


# --- The frozen basis -------------------------------------------------------------------------------------------------


def basis_of(
    deliberation: Deliberation, kind: DecisionKind, line: PlannedLine | None, replaces: Decision | None
) -> Basis:
    """Everything the decision rests on, as it is now."""
    request, outcome, version = deliberation.request, deliberation.outcome, deliberation.version
    if request.demonstrated_on is None or (version is None and not deliberation.statute):
        raise ValueError("A decision needs the policy that was in force when the work was shown, or a law.")
    used = [one for result in outcome.standards for one in result.used]
    rule, terms = deliberation.rule, deliberation.terms
    readings, moderation = readings_for_basis(request, deliberation.gathered.in_class)
    titles = {one.key: one.title for one in to_confirm(deliberation.rules, terms.facts)} if terms else {}
    return Basis(
        outcome=str(kind),
        request=_request(request),
        policy=None if deliberation.statute or version is None else _policy(version),
        rule=BasisRule(rule.code, rule.citation, rule.text, rule.required_level) if rule else BasisRule(),
        criteria=tuple(
            BasisCriterion(criterion.code, criterion.met, said(criterion.reason)) for criterion in outcome.criteria
        ),
        reasons=tuple(said(reason) for reason in outcome.reasons),
        arithmetic=tuple(said(result.arithmetic) for result in outcome.standards if result.arithmetic),
        standards=tuple(
            BasisStandard(
                id=str(standard.public_id),
                guid=str(standard.guid),
                uri=standard.uri,
                code=standard.code,
                statement=standard.statement,
                body=deliberation.gathered.bodies.get(standard.framework_id, ""),
                framework_guid=str(standard.framework.guid),
                framework=standard.framework.title,
                framework_version=standard.framework.version,
            )
            for standard in deliberation.gathered.standards
        ),
        levels=tuple(
            BasisLevel(level.code, level.position, level.word, words_of(level)) for level in _levels(deliberation)
        ),
        judgements=(
            *(_judgement(one, judged(one) in used) for one in deliberation.gathered.judgements),
            *(
                _judgement(one, judged_in_class(one) in used, str(one.task.section))
                for one in deliberation.gathered.in_class
            ),
        ),
        evidence=tuple(
            BasisEvidence(
                id=str(use.evidence.public_id),
                kind=use.evidence.kind,
                title=use.evidence.title,
                sha256=use.evidence.sha256,
                added_at=use.evidence.created_at,
                standards=tuple(sorted(str(standard.guid) for standard in use.standards.all())),
            )
            for use in deliberation.gathered.uses
            if use.state != EvidenceState.DRAFT
        ),
        results=tuple(
            BasisResult(
                instrument=result.instrument,
                taken_on=result.taken_on,
                level=result.level,
                score=result.score,
                met=result.met,
                confirmed_by=request.result.get("confirmed_by", ""),
            )
            for result in deliberation.facts.results
        ),
        attestations=tuple(
            BasisAttestation(
                id=str(word.attestation.public_id),
                role=word.attestation.role,
                code=word.attestation.code,
                attested_on=word.attestation.attested_on,
                sha256=word.attestation.sha256,
                way=word.attestation.way,
                is_unrecorded=word.attestation.is_unrecorded,
                standards=word.standards,
            )
            for word in deliberation.gathered.attestations
            if word.counts
        ),
        two_roles=outcome.two_roles,
        decided_by=str(deliberation.decider or ""),
        decider_roles=tuple(sorted(deliberation.facts.decider_roles)),
        evidence_used=tuple(sorted(outcome.evidence_used)),
        award=_award(line) if line else None,
        recovered=_recovered(line.recovers) if line and line.recovers else None,
        replaces=str(replaces.public_id) if replaces else "",
        statute=deliberation.statute,
        requirement=outcome.requirement,
        released=outcome.released or None,
        spent=dict(outcome.spent),
        confirmed=tuple(_confirmed(row, titles) for row in deliberation.gathered.confirmed),
        override=_override(deliberation.facts.override),
        notes=tuple(said(note) for note in outcome.notes),
        readings=readings,
        moderation=tuple(said(reason) for reason in moderation),
        facts=without_protected(deliberation.facts),
    )


def _judgement(row: Judged, counts: bool, judged_in: str = "") -> BasisJudgement:
    return BasisJudgement(
        id=str(row.public_id),
        standard=str(row.standard.guid),
        level=row.level.code,
        position=row.level.position,
        attempt=row.attempt,
        comment=row.comment,
        assessor=str(row.assessor),
        judged_at=row.judged_at,
        counts=counts,
        modification=row.modification,
        judged_in=judged_in,
    )


def _confirmed(row: ConfirmedFact, titles: Mapping[tuple[str, str], str]) -> BasisConfirmed:
    return BasisConfirmed(
        kind=row.kind,
        name=row.name,
        title=titles.get((row.kind, row.name), row.name),
        value_kind=row.value_kind,
        value=row.value,
        source=row.source,
        confirmed_by=str(row.confirmed_by_person),
        confirmed_at=row.confirmed_at,
    )


def _override(used: Override | None) -> BasisOverride | None:
    return BasisOverride(used.role, tuple(sorted(used.lifts)), used.reason) if used else None


def said(reason: Reason) -> Said:
    """The reason as it is frozen: code and parameters for every language, and the English sentence as given now."""
    parts = tuple(said(part) for part in reason.parts)
    return Said(reason.code, dict(reason.params), reason.rule_id, reason.citation, _in_english(reason), parts)


@lru_cache(maxsize=4096)
def _in_english(reason: Reason) -> str:
    """Decisions made together say much alike, and English stays as it is while the program runs."""
    with translation.override("en"):
        return sentence(reason)


def _levels(said: Deliberation) -> list[ScaleLevel]:
    """Of the request's scale, prefetched or not; none where a statute demands the award and nothing was judged."""
    return [] if said.statute else sorted(said.request.scale.levels.all(), key=lambda level: level.position)


def _request(request: CreditRequest) -> BasisRequest:
    assert request.demonstrated_on is not None
    return BasisRequest(
        id=str(request.public_id),
        title=request.title,
        student=str(request.student),
        school=request.school.name,
        course_code=request.course.code,
        course_title=request.course.title,
        subject=request.course.terms.subject,
        course_credits=request.course.terms.credits,
        method=request.method,
        kind=request.subtype,
        purpose=request.purpose,
        plan=request.plan,
        attempt=request.attempt,
        chosen_by=str(request.chosen_by),
        demonstrated_on=request.demonstrated_on,
        language=request.language,
        credits_wanted=request.credits_wanted,
        mark_wanted=request.mark_wanted,
        self_evaluation=request.self_evaluation,
    )


def _policy(version: PolicyVersion) -> BasisPolicy:
    return BasisPolicy(
        id=str(version.public_id),
        series=version.series.code,
        title=version.title,
        number=version.number,
        sha256=version.sha256,
        effective_from=policy.first_day(version),
        effective_to=policy.last_day(version),
        adopted_on=version.adopted_on,
        board_reference=version.board_reference,
    )


def _award(line: PlannedLine) -> BasisAward:
    return BasisAward(
        credits=line.credits,
        mark=line.mark,
        is_numeric=line.is_numeric,
        course_code=line.course_code,
        course_title=line.course_title,
        school_year=line.place.school_year,
        term=line.place.term,
        effective_on=line.effective_on,
    )


def _recovered(entry: LedgerEntry) -> BasisRecovered:
    return BasisRecovered(
        id=str(entry.public_id),
        course_code=entry.course_code,
        course_title=entry.course_title,
        school_year=entry.school_year,
        term=entry.term,
        mark=entry.mark,
        credits_attempted=entry.credits_attempted,
    )
