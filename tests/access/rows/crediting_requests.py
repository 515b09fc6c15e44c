"""Evidence, requests, assessing, deciding, credits. The request was sent to the teacher persona."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crediting.models import AwardReview, CreditRequest, Decision, Evidence
from crediting.states import RequestState
from mbl.core import clock
from tests.access.matrix import Row
from tests.factories.award_proposals import listed, make_results_ground, make_score
from tests.factories.crediting import make_evidence, make_ground, make_request
from tests.personas import Personas


def _request(personas: Personas, state: RequestState) -> CreditRequest:
    return make_request(
        make_ground(personas.school),
        personas.student.student,
        personas.teacher.person,
        state,
        decider=personas.credit_manager.user,
    )


def sent(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _request(personas, RequestState.SUBMITTED).public_id}


def returned(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _request(personas, RequestState.RETURNED).public_id}


def assessed(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": _request(personas, RequestState.ASSESSED).public_id}


def awarded(personas: Personas) -> Mapping[str, Any]:
    _request(personas, RequestState.AWARDED)
    return {"public_id": Decision.objects.get().public_id}


def a_use(personas: Personas) -> Mapping[str, Any]:
    request = _request(personas, RequestState.RETURNED)
    return {"public_id": request.public_id, "use_id": request.uses.get().public_id}


def sent_evidence(personas: Personas) -> Mapping[str, Any]:
    _request(personas, RequestState.SUBMITTED)
    return {"public_id": Evidence.objects.get().public_id}


def unsent_evidence(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_evidence(personas.student.student).public_id}


def proposed(personas: Personas) -> Mapping[str, Any]:
    make_results_ground(personas.school)
    return proposed_to(personas)


def to_choose(personas: Personas) -> Mapping[str, Any]:
    make_results_ground(personas.school, ap_mark="mark: {choice: [P, {value: A, basis: The exam}]}")
    return proposed_to(personas)


def proposed_to(personas: Personas) -> Mapping[str, Any]:
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    return {"public_id": one.public_id}


def to_review(personas: Personas) -> Mapping[str, Any]:
    request = _request(personas, RequestState.AWARDED)
    row = AwardReview.objects.create(
        district=request.district,
        school=request.school,
        student=request.student,
        decision=Decision.objects.get(),
        reasons=[],
        revokes=False,
        found_at=clock.now(),
    )
    return {"public_id": row.public_id}


STRANGERS: dict[str, Any] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
STUDENTS: dict[str, Any] = dict.fromkeys(("student", "other_district_student"), 200)
# They see the record, and not the work itself.
NOT_THE_WORK = STRANGERS | dict.fromkeys(("counselor", "registrar", "administrator"), 404)
CHOOSERS: dict[str, Any] = dict.fromkeys(("student", "counselor"), 200)
DECIDERS: dict[str, Any] = dict.fromkeys(("credit_manager", "principal"), 200)

ROWS = [
    # A student's own pages; the family reads.
    Row("crediting:evidence-list", others=403, family=200, **STUDENTS),
    Row("crediting:evidence-new", others=403, family=404, **STUDENTS),
    Row("crediting:evidence", sent_evidence, others=200, **NOT_THE_WORK),
    Row("crediting:evidence", unsent_evidence, others=404, student=200),
    # A text has no file, so whoever may see it is told that there is none.
    Row("crediting:evidence-file", sent_evidence, others=404),
    Row("crediting:evidence-edit", unsent_evidence, others=404, student=200),
    Row("crediting:evidence-edit", sent_evidence, others=403, student=200, also=NOT_THE_WORK),
    Row("crediting:evidence-discard", unsent_evidence, method="POST", others=404, student=302),
    Row("crediting:requests", others=403, family=200, **STUDENTS),
    Row("crediting:request-new", others=403, **STUDENTS),
    Row("crediting:credits", others=403, family=200, **STUDENTS),
    # One request.
    Row("crediting:request", sent, others=200, **STRANGERS),
    Row("crediting:request-edit", returned, others=403, student=200, **STRANGERS),
    Row("crediting:request-send", returned, others=403, student=200, **STRANGERS),
    Row("crediting:request-withdraw", returned, others=403, student=200, **STRANGERS),
    Row("crediting:request-attach", returned, method="POST", others=403, student=302, **STRANGERS),
    # What was sent stays: the student is told so.
    Row("crediting:request-detach", a_use, method="POST", others=403, student=400, **STRANGERS),
    # The teacher who was asked.
    Row("crediting:queue", others=403, teacher=200),
    Row("crediting:request-assess", sent, others=403, teacher=200, **STRANGERS),
    Row("crediting:request-assess-row", sent, method="POST", others=403, teacher=302, **STRANGERS),
    Row("crediting:request-return", sent, others=403, teacher=200, also=DECIDERS | STRANGERS),
    Row("crediting:request-confirm", sent, others=403, teacher=200, also=DECIDERS | STRANGERS),
    # Whoever decides.
    Row("crediting:decisions", others=403, **DECIDERS),
    Row("crediting:decisions-overdue", others=403, **DECIDERS),
    Row("crediting:award-proposals", others=403, **DECIDERS),
    Row("crediting:award-proposals-look", method="POST", others=403, credit_manager=302, principal=302),
    Row("crediting:award-proposal", proposed, others=403, also=DECIDERS | STRANGERS),
    Row(
        "crediting:award-proposal-answer",
        proposed,
        method="POST",
        data={"verdict": "dismiss", "reason": "Not now."},
        others=403,
        also=dict.fromkeys(("credit_manager", "principal"), 302) | STRANGERS,
    ),
    # An award that no longer rests on what it has to.
    Row("crediting:award-reviews", others=403, **DECIDERS),
    Row("crediting:award-review", to_review, others=403, also=DECIDERS | STRANGERS),
    # The student's choice: the family reads, the counselor and who decides write down what was said.
    Row("crediting:award-choices", others=403, family=200, **STUDENTS),
    Row("crediting:award-choices-waiting", others=403, counselor=200, **DECIDERS),
    Row("crediting:award-choice", to_choose, others=403, also=DECIDERS | CHOOSERS | STRANGERS, family=200),
    Row(
        "crediting:award-choice",
        to_choose,
        method="POST",
        data={"verdict": "take", "mark": "A", "said_on": "2026-06-01"},
        others=403,
        also=dict.fromkeys(("student", "counselor", "credit_manager", "principal"), 302) | STRANGERS,
    ),
    Row("crediting:decision", assessed, others=403, teacher=200, also=DECIDERS | STRANGERS),
    Row("crediting:request-reassign", sent, others=403, also=DECIDERS | STRANGERS),
    Row("crediting:decision-reverse", awarded, others=403, also=DECIDERS | STRANGERS),
    Row("crediting:decided", awarded, others=200, **STRANGERS),
    # Its line stands on the transcript anyway, so even the student is told that there is nothing to ask for.
    Row("crediting:transcript-wish", awarded, method="POST", others=403, student=400, **STRANGERS),
]
