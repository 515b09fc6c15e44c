"""The step from being looked at to waiting for a decision."""

from __future__ import annotations

from crediting import notices
from crediting.actions.second_readings import draw_second_reading
from crediting.models import CreditRequest
from crediting.queries.requests import is_assessed
from crediting.states import EVIDENCE_USE, REQUEST, EvidenceState, RequestState
from crediting.verbs.decisions import RequestAssessed
from mbl.core import audit, clock
from mbl.core.models import User
from mbl.core.transitions import Already


def complete(request: CreditRequest, *, actor: User) -> None:
    """When all that the way asks for is judged, the request waits for whoever decides. A second look moves nothing.

    Call it with the request locked.
    """
    if request.state != RequestState.SUBMITTED or not is_assessed(request):
        return
    hand_over(request)
    audit.record(
        RequestAssessed(attempt=request.attempt),
        actor=actor,
        district=request.district,
        target=request,
        student=request.student,
    )
    notices.tell_assessed(request, teacher=str(actor))
    draw_second_reading(request, actor=actor)


def hand_over(request: CreditRequest) -> None:
    """From the teacher to whoever decides, with everything that was sent."""
    state = REQUEST.moved("complete_assessment", request.state)
    request.state = state
    request.waiting_since = clock.now()
    request.save(update_fields=["state", "waiting_since"])
    for use in request.uses.filter(state=EvidenceState.SUBMITTED):
        after = EVIDENCE_USE.after("assess", use.state)
        if not isinstance(after, Already):
            use.state = after
            use.save(update_fields=["state"])
