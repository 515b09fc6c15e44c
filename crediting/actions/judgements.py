"""Judge what a request shows. Judgements are inserted and never changed; a second look is a new row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.actions.assessing import complete
from crediting.actions.requests import lock_request
from crediting.models import CreditRequest, EvidenceUse, Judgement, ScaleLevel, Standard
from crediting.queries.aggregation import rule_for
from crediting.queries.requests import standards_to_show, ways_for
from crediting.rules.plain import name_of
from crediting.states import EvidenceState
from crediting.verbs.decisions import JudgementRecorded, ResultConfirmed
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import visible
from profiles.access import person_in


@dataclass(frozen=True)
class JudgedStandard:
    """One row of the rubric: the level this work shows, and why, for the student to read.

    ``modification`` says what was asked in place of the standard as written; empty where it was asked as written.
    """

    standard: Standard
    level: ScaleLevel
    comment: str = ""
    modification: str = ""


@transaction.atomic
def record_judgements(
    request: CreditRequest, *, rows: Sequence[JudgedStandard], actor: User, finish: bool = True
) -> list[Judgement]:
    """Write a judgement for each row; the new ones are answered.

    A row that says what the newest judgement of this attempt already says is not written again, so saving twice
    changes nothing. When every standard of the request has a judgement in this attempt, the request waits for whoever
    decides; ``finish=False`` leaves it with the teacher, who is about to return it.
    """
    request = lock_request(request)
    allowed = access.may_assess(actor, request)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    assessor = person_in(actor, request.district)
    standards = {standard.pk for standard in standards_to_show(request)}
    _refuse_strange(request, rows, standards)
    newest = {judgement.standard_id: judgement for judgement in request.judgements.filter(attempt=request.attempt)}
    now = clock.now()
    rule = rule_for(request.course, clock.today(request.district))
    written = []
    for row in rows:
        known = newest.get(row.standard.pk)
        comment, modification = visible(row.comment), visible(row.modification)
        says = (row.level.pk, comment, modification, assessor.pk)
        if known and (known.level_id, known.comment, known.modification, known.assessor_id) == says:
            continue
        judgement = Judgement.objects.create(
            request=request,
            standard=row.standard,
            use=_use_showing(request, row.standard),
            attempt=request.attempt,
            level=row.level,
            comment=comment,
            modification=modification,
            rule=rule,
            assessor=assessor,
            recorded_by=actor,
            judged_at=now,
        )
        written.append(judgement)
        audit.record(
            JudgementRecorded(
                standard=name_of(row.standard.code, row.standard.statement),
                level=row.level.word,
                attempt=request.attempt,
            ),
            actor=actor,
            district=request.district,
            target=request,
            student=request.student,
        )
    if finish:
        complete(request, actor=actor)
    return written


@transaction.atomic
def confirm_result(
    request: CreditRequest,
    *,
    instrument: str,
    taken_on: dt.date,
    actor: User,
    level: int | None = None,
    score: Decimal | None = None,
    met: bool | None = None,
) -> CreditRequest:
    """Write down a state assessment's result as the score report says it; only then does it count.

    The demonstration date is the day the assessment was taken (R10a).
    """
    request = lock_request(request)
    allowed = access.may_assess(actor, request)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    if not any(way.instruments for way in ways_for(request)):
        raise DomainError(_("This request rests on work and not on a state assessment."))
    if taken_on > clock.today(request.district):
        raise DomainError(
            _("The day of the assessment lies in the future. Read it again from the report."), field="taken_on"
        )
    result = {
        "instrument": instrument,
        "taken_on": taken_on.isoformat(),
        "level": level,
        "score": str(score) if score is not None else None,
        "met": met,
        "confirmed_by": str(actor),
        "confirmed_at": clock.now().isoformat(timespec="seconds"),
    }
    same = {**result, "confirmed_at": request.result.get("confirmed_at")} == request.result
    if not same:
        request.result = result
        request.demonstrated_on = taken_on
        request.save(update_fields=["result", "demonstrated_on"])
        audit.record(
            ResultConfirmed(instrument=instrument, taken_on=taken_on),
            actor=actor,
            district=request.district,
            target=request,
            student=request.student,
        )
    complete(request, actor=actor)
    return request


def _refuse_strange(request: CreditRequest, rows: Sequence[JudgedStandard], standards: set[int]) -> None:
    for row in rows:
        if row.standard.pk not in standards:
            raise DomainError(_("This request does not claim one of these standards. Open the page again."))
        if row.level.scale_id != request.scale_id:
            raise DomainError(_("Choose a level of the scale that this request uses. Open the page again."))


def _use_showing(request: CreditRequest, standard: Standard) -> EvidenceUse | None:
    """The newest piece that the student says shows the standard; one without standards shows all of them."""
    for use in request.uses.prefetch_related("standards").order_by("-submitted_at", "-pk"):
        shown = {shown.pk for shown in use.standards.all()}
        if use.state != EvidenceState.DRAFT and (not shown or standard.pk in shown):
            return use
    return None
