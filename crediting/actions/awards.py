"""Write awards: decision, line of the record, audit event and notices of each, in a fixed number of trips for all.

One award and five thousand take this road. Who calls it holds the students' locks, has asked ``access`` and the rules,
and closes the requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crediting import notices
from crediting.actions.ledger import mastery_line, replaced_lines
from crediting.models import Decision, LedgerEntry
from crediting.queries.decisions import Deliberation, basis_of
from crediting.queries.ledger import PlannedLine, planned_lines
from crediting.rules.basis import freeze
from crediting.rules.numbers import credits_text
from crediting.states import DecisionBasis, DecisionKind
from crediting.verbs.decisions import CreditAwarded
from mbl.core import audit, clock
from mbl.core.models import User
from profiles.access import person_in
from profiles.models import Person, Student


@dataclass(frozen=True)
class Award:
    """One award to write. ``replaces``: the reversed decision it stands in for."""

    deliberation: Deliberation
    replaces: Decision | None = None


def lock_students(students: Iterable[int]) -> None:
    """Nobody else awards to these students until the transaction ends: a cap counts awards in other courses (R22).

    Always before a request is locked, and always in the same order, so that two never wait for each other.
    """
    pks = sorted(set(students))
    list(Student.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def write_awards(awards: Sequence[Award], *, reason: str, actor: User) -> list[Decision]:
    """The decisions, in the order of ``awards``, which are of one district."""
    if not awards:
        return []
    said = [award.deliberation for award in awards]
    district = said[0].request.district
    person = person_in(actor, district)
    planned = planned_lines([(one.request, one.outcome, one.facts, one.gathered.record) for one in said])
    lines = [replace(line, on_request=one.is_on_request) for one, line in zip(said, planned, strict=True)]
    made = Decision.objects.bulk_create(
        new_decision(award.deliberation, DecisionKind.AWARD, reason, actor, person, award.replaces, line)
        for award, line in zip(awards, lines, strict=True)
    )
    rows = list(zip(said, made, lines, strict=True))
    replaced = replaced_lines(made)
    LedgerEntry.objects.bulk_create(
        mastery_line(one.request, decision, line, actor=actor, replaces=replaced.get(decision.replaces_id))
        for one, decision, line in rows
    )
    audit.record_all(
        audit.event(
            CreditAwarded(
                course=line.course_title,
                credits=credits_text(line.credits),
                mark=line.mark,
                policy=str(decision.policy_version or decision.statute),
                rule=decision.rule_code,
                reason=reason,
            ),
            actor=actor,
            district=district,
            target=decision.request or decision,
            student=one.request.student,
        )
        for one, decision, line in rows
    )
    notices.tell_awarded(
        [(decision, line.course_title, credits_text(line.credits), line.mark) for _one, decision, line in rows]
    )
    return made


def new_decision(
    said: Deliberation,
    kind: DecisionKind,
    reason: str,
    actor: User,
    person: Person,
    replaces: Decision | None,
    line: PlannedLine | None,
) -> Decision:
    """The row of a decision with its frozen basis, not written yet.

    What a statute demands rests on the statute and on no policy, and stands without a request where nobody asked.
    """
    request, outcome = said.request, said.outcome
    statute = said.statute if kind == DecisionKind.AWARD else ""
    return Decision(
        district=request.district,
        student=request.student,
        request=None if request.pk is None or request.pk < 0 else request,
        kind=kind,
        basis=DecisionBasis.STATUTE if statute else DecisionBasis.POLICY,
        policy_version=None if statute else said.version,
        statute=statute[:100],
        rule_code=outcome.rule_code,
        requirement=outcome.requirement,
        method=request.method,
        demonstrated_on=request.demonstrated_on,
        reason=reason,
        frozen_basis=freeze(basis_of(said, kind, line, replaces)),
        decided_by=actor,
        decided_by_person=person,
        two_roles=outcome.two_roles,
        decided_at=clock.now(),
        replaces=replaces,
    )
