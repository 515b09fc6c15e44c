"""Begin and end second readings as a request moves: drawn when it is judged, overtaken when it goes back.

Call both with the request locked.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from crediting import notices
from crediting.models import CreditRequest, PolicyVersion, Reading
from crediting.queries.second_readings import blind_readers, drawn_for
from crediting.rules.policy.terms import Moderation
from crediting.states import READING, Moderated, ReadingKind, ReadingState
from crediting.verbs import ReadingAsked
from mbl.core import audit, clock
from mbl.core.models import User
from mbl.core.transitions import Already
from profiles.models import Person


def draw_second_reading(request: CreditRequest, *, actor: User) -> Reading | None:
    """Ask another teacher where the lot falls on this request; None where it does not, or nothing was judged."""
    if not request.judgements.filter(attempt=request.attempt).exists():
        return None
    drawn = drawn_for(request)
    if drawn is None or not drawn.is_read:
        return None
    return ask_for_reading(request, ReadingKind.SECOND, drawn.moderation, drawn.version, drawn.number, actor=actor)


def ask_for_reading(
    request: CreditRequest,
    kind: ReadingKind,
    moderation: Moderation,
    version: PolicyVersion,
    number: int,
    *,
    actor: User,
) -> Reading:
    """Ask the first teacher who can read it blind. Where there is nobody, whoever decides at the school is told."""
    earlier = set(request.readings.filter(attempt=request.attempt).values_list("reader_id", flat=True))
    reader = next(blind_readers(request, moderation, {pk for pk in earlier if pk}), None)
    reading, is_new = Reading.objects.get_or_create(
        request=request,
        attempt=request.attempt,
        kind=kind,
        defaults={
            "reader": reader,
            "policy_version": version,
            "drawn": number,
            "share": moderation.share,
            "asked_at": clock.now(),
        },
    )
    if is_new:
        request.moderated = Moderated.WAITING
        request.save(update_fields=["moderated"])
        tell_of(reading, actor=actor)
    return reading


def tell_of(reading: Reading, *, actor: User, reason: str = "") -> None:
    """Record who is asked, and tell them; or those who decide, where nobody is."""
    request = reading.request
    audit.record(
        ReadingAsked(
            kind=reading.kind,
            reader=str(reading.reader or _("nobody yet")),
            drawn=reading.drawn,
            share=str(reading.share),
            reason=reason,
        ),
        actor=actor,
        district=request.district,
        target=request,
        student=request.student,
    )
    if reading.reader is not None:
        notices.tell_reader(reading)
    else:
        notices.tell_nobody_reads(reading)


def overtake_readings(request: CreditRequest, *, actor: User) -> None:
    """The work goes back or is withdrawn: nobody needs to read this attempt any more."""
    for reading in request.readings.filter(attempt=request.attempt, state=ReadingState.WAITING):
        close(reading, "overtake", actor=actor)
    if request.moderated:
        request.moderated = Moderated.NOT
        request.save(update_fields=["moderated"])


def close(reading: Reading, verb: str, *, actor: User, reason: str = "") -> None:
    """Move the reading on. Nothing is written where it is there already."""
    state = READING.after(verb, reading.state)
    if isinstance(state, Already):
        return
    reading.state, reading.reason = state, reason
    reading.closed_at, reading.closed_by = clock.now(), actor
    reading.save(update_fields=["state", "reason", "closed_at", "closed_by"])


def name_reader(reading: Reading, reader: Person | None) -> None:
    """Somebody else is asked from now on; who was asked before is not asked again by lot."""
    if reading.reader is not None:
        reading.declined.add(reading.reader)
    reading.reader = reader
    reading.asked_at = clock.now()
    reading.save(update_fields=["reader", "asked_at"])
