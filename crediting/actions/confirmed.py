"""Confirm what a policy leaves to staff. Rows are inserted and never changed; a correction is a new row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.actions.assessing import complete
from crediting.actions.requests import lock_request
from crediting.models import ConfirmedFact, CreditRequest
from crediting.queries import confirmed
from crediting.queries.requests import is_confirmed, terms_for, ways_for
from crediting.rules.left_open import Confirmable, Statement, to_confirm
from crediting.rules.policy.conditions import plain_value
from crediting.states import ValueKind
from crediting.verbs.decisions import FactConfirmed, FactCorrected
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import says_something
from profiles.access import person_in

_TYPES: dict[ValueKind, type] = {
    ValueKind.NUMBER: Decimal,
    ValueKind.YES_NO: bool,
    ValueKind.TEXT: str,
    ValueKind.DATE: dt.date,
}


@transaction.atomic
def confirm_facts(request: CreditRequest, statements: Sequence[Statement], *, actor: User) -> list[ConfirmedFact]:
    """Write what is confirmed for the first time and what is corrected; the new rows are answered.

    Saying the same again writes nothing. Where nothing else has to be looked at, the request then waits for whoever
    decides. ``DomainError`` where the policy does not ask for it, where no source is
    named, or where somebody else has confirmed it since the form was opened.
    """
    request = lock_request(request)
    verdict = access.may_confirm(actor, request)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    terms = terms_for(request)
    asked = {one.key: one for one in to_confirm(ways_for(request), terms.facts)} if terms else {}
    standing = {(row.kind, row.name): row for row in confirmed.standing([request.pk])[request.pk]}
    written = []
    for one in statements:
        _refuse_strange(one, asked.get(one.asked.key))
        row = standing.get(one.asked.key)
        value, source = plain_value(one.value), one.source.strip()
        if row is not None and (row.value, row.source) == (value, source):
            continue
        _refuse_late(one, row)
        written.append(_write(request, one.asked, value, source, actor, row))
    if written and is_confirmed(request):
        complete(request, actor=actor)
    return written


def _refuse_strange(said: Statement, asked: Confirmable | None) -> None:
    if asked is None:
        raise DomainError(_("The policy does not ask for “%(what)s” here.") % {"what": said.asked.title})
    is_right = isinstance(said.value, _TYPES[asked.value_kind])
    if not is_right or (asked.choices and said.value not in asked.choices):
        raise DomainError(_("“%(what)s” cannot have this value. Open the page again.") % {"what": asked.title})
    if not says_something(said.source):
        raise DomainError(_("Say from which document or person you know “%(what)s”.") % {"what": asked.title})


def _refuse_late(said: Statement, row: ConfirmedFact | None) -> None:
    if str(row.public_id if row else "") != said.seen:
        values = {"what": said.asked.title, "person": row.confirmed_by_person if row else "–"}
        raise DomainError(
            _("%(person)s has confirmed “%(what)s” since you opened this page. Open it again to see it.") % values
        )


def _write(
    request: CreditRequest, asked: Confirmable, value: str, source: str, actor: User, corrects: ConfirmedFact | None
) -> ConfirmedFact:
    row = ConfirmedFact.objects.create(
        request=request,
        kind=asked.kind,
        name=asked.name,
        value_kind=asked.value_kind,
        value=value,
        source=source,
        confirmed_by=actor,
        confirmed_by_person=person_in(actor, request.district),
        confirmed_at=clock.now(),
        corrects=corrects,
    )
    payload = (
        FactCorrected(what=asked.title, before=corrects.value, value=value, source=source)
        if corrects
        else FactConfirmed(what=asked.title, value=value, source=source)
    )
    audit.record(payload, actor=actor, district=request.district, target=request, student=request.student)
    return row
