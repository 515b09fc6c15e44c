"""Proposals before the work, their hours, and appeals after a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crediting.actions.appeals import make_appeal
from crediting.actions.proposals import link_request
from crediting.models import Appeal, Decision
from crediting.states import ProposalState, RequestState
from tests.access.matrix import Row
from tests.access.rows.crediting_requests import STRANGERS, STUDENTS
from tests.factories.crediting import make_draft, make_ground, make_request
from tests.factories.procedures import APPEAL, PROPOSALS, make_procedure, make_proposal
from tests.personas import Personas


def _proposal(personas: Personas, state: ProposalState) -> Mapping[str, Any]:
    make_procedure(personas.district, proposals=PROPOSALS, appeal=APPEAL)
    version = make_proposal(personas.student.student, state, reviewer=personas.counselor.user)
    return {"public_id": version.proposal.public_id}


def draft(personas: Personas) -> Mapping[str, Any]:
    return _proposal(personas, ProposalState.DRAFT)


def sent(personas: Personas) -> Mapping[str, Any]:
    return _proposal(personas, ProposalState.SENT)


def approved(personas: Personas) -> Mapping[str, Any]:
    return _proposal(personas, ProposalState.APPROVED)


def refused(personas: Personas) -> Mapping[str, Any]:
    make_procedure(personas.district, proposals=PROPOSALS, appeal=APPEAL)
    version = make_proposal(personas.student.student, ProposalState.REFUSED, reviewer=personas.counselor.user)
    return {"public_id": version.decisions.get().public_id}


def linked(personas: Personas) -> Mapping[str, Any]:
    make_procedure(personas.district, proposals=PROPOSALS)
    proposal = make_proposal(personas.student.student, ProposalState.SENT).proposal
    request = make_draft(make_ground(personas.school), personas.student.student, personas.teacher.person)
    link_request(proposal, request, actor=personas.student.user)
    return {"public_id": proposal.public_id, "request_id": request.public_id}


def no_hours(personas: Personas) -> Mapping[str, Any]:
    # The day is not there any more: pressed twice.
    return {**approved(personas), "entry_id": personas.student.student.public_id}


def not_awarded(personas: Personas) -> Mapping[str, Any]:
    make_procedure(personas.district, appeal=APPEAL)
    make_request(
        make_ground(personas.school),
        personas.student.student,
        personas.teacher.person,
        RequestState.NOT_AWARDED,
        decider=personas.credit_manager.user,
    )
    return {"public_id": Decision.objects.get().public_id}


def appealed(personas: Personas) -> Mapping[str, Any]:
    not_awarded(personas)
    make_appeal(Decision.objects.get(), statement="Please look again.", actor=personas.student.user)
    return {"public_id": Appeal.objects.get().public_id}


# A teacher of the student sees them and not the record.
NOT_THE_RECORD: dict[str, Any] = STRANGERS | {"teacher": 404}
REVIEWERS: dict[str, Any] = dict.fromkeys(
    ("credit_manager", "counselor", "principal", "administrator", "other_district_administrator"), 200
)
APPROVERS: dict[str, Any] = dict.fromkeys(("counselor", "principal"), 200)

ROWS = [
    Row("crediting:proposals", others=403, family=200, **STUDENTS),
    Row("crediting:proposal-new", others=403, **STUDENTS),
    Row("crediting:proposal", sent, others=200, **NOT_THE_RECORD),
    Row("crediting:proposal", draft, others=404, student=200),
    Row("crediting:proposal-edit", draft, others=404, student=200),
    Row("crediting:proposal-edit", sent, others=403, **NOT_THE_RECORD),
    Row("crediting:proposal-send", draft, method="POST", others=404, student=302),
    Row("crediting:proposal-withdraw", sent, method="POST", others=403, student=302, **NOT_THE_RECORD),
    Row("crediting:proposal-amend", approved, method="POST", others=403, student=302, **NOT_THE_RECORD),
    Row("crediting:proposal-link", sent, method="POST", others=403, student=302, **NOT_THE_RECORD),
    Row("crediting:proposal-unlink", linked, method="POST", others=403, student=302, **NOT_THE_RECORD),
    Row("crediting:hours-log", approved, method="POST", others=403, student=422, **NOT_THE_RECORD),
    Row("crediting:hours-remove", no_hours, method="POST", others=403, student=302, **NOT_THE_RECORD),
    # Whoever checks is told that the day is missing.
    Row(
        "crediting:hours-check",
        approved,
        method="POST",
        others=403,
        also=NOT_THE_RECORD | dict.fromkeys(APPROVERS, 400),
    ),
    Row("crediting:proposal-queue", others=403, also=REVIEWERS),
    Row("crediting:proposal-review", sent, others=403, also=NOT_THE_RECORD | APPROVERS),
    Row("crediting:appeals", others=403, also=REVIEWERS),
    Row("crediting:appeal", appealed, others=200, **NOT_THE_RECORD),
    Row("crediting:appeal", appealed, method="POST", others=403, administrator=422, **NOT_THE_RECORD),
    # The teacher who was asked may read the decision, and not appeal against it.
    Row("crediting:appeal-decision", not_awarded, others=403, student=200, family=200, **STRANGERS),
    Row("crediting:appeal-proposal", refused, others=403, student=200, family=200, **NOT_THE_RECORD),
]
