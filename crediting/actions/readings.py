"""Give a second reading, hand it back, name another reader, go on without; settle where two readings do not agree.

Each locks the request first, so of two tabs that send the same reading one writes it and the other finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.judgements import JudgedStandard
from crediting.actions.requests import lock_request
from crediting.actions.second_readings import ask_for_reading, close, name_reader, tell_of
from crediting.models import CreditRequest, Judgement, Reading, ReadingLevel, ScaleLevel, Settlement, Standard
from crediting.queries.aggregation import rule_for
from crediting.queries.moderation import first_looks, given_levels, settlements_of
from crediting.queries.second_readings import blind_readers, moderation_of, standards_to_read, teachers_near
from crediting.rules.moderation import agree, middle
from crediting.states import Moderated, OnDisagreement, ReadingKind, ReadingState, RequestState
from crediting.verbs import ReadingExcused, ReadingGiven, ReadingHandedBack, ReadingSettled
from mbl.core import audit, clock
from mbl.core.decisions import Denied, Verdict
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import says_something, visible
from profiles.access import person_in
from profiles.models import Person


@transaction.atomic
def give_reading(reading: Reading, *, rows: Sequence[JudgedStandard], actor: User) -> Reading:
    """Write the levels, compare them with the first reading, and do what the policy says where they do not agree.

    The second call of the same reader answers the reading as it was given.
    """
    request, reading = _locked(reading)
    if reading.state == ReadingState.GIVEN and reading.closed_by_id == actor.pk:
        return reading
    _refuse(access.may_give(actor, reading))
    wanted = {standard.pk for standard in standards_to_read(reading)}
    if {row.standard.pk for row in rows} - wanted or any(row.level.scale_id != request.scale_id for row in rows):
        raise DomainError(_("This work is read for other standards now. Open the page again."))
    if wanted - {row.standard.pk for row in rows}:
        raise DomainError(_("Choose a level for every standard. Both readings have to be about the same."))
    first, moderation = first_looks(request, reading.attempt), moderation_of(reading)
    for row in rows:
        looked = first[row.standard.pk]
        ReadingLevel.objects.create(
            reading=reading,
            standard=row.standard,
            level=row.level,
            comment=visible(row.comment),
            first=looked,
            agrees=agree(looked.level.position, row.level.position, adjacent=moderation.adjacent_agrees),
        )
    close(reading, "give", actor=actor)
    _record(request, ReadingGiven(kind=reading.kind, standards=len(rows)), actor)
    if reading.kind == ReadingKind.THIRD:
        _settle_by_the_middle(request, reading)
    elif not reading.levels.filter(agrees=False).exists():
        _stands(request, Moderated.AGREED)
    elif moderation.on_disagreement == OnDisagreement.THIRD and request.state == RequestState.ASSESSED:
        version, number = reading.policy_version, reading.drawn
        ask_for_reading(request, ReadingKind.THIRD, moderation, version, number, actor=actor)
    else:
        _stands(request, Moderated.DISAGREED)
    notices.tell_reading_given(reading, standing=Moderated(request.moderated))
    return reading


@transaction.atomic
def hand_back(reading: Reading, *, reason: str, actor: User) -> Reading:
    """The reader knows the student too well, or is away: the next teacher is asked."""
    request, reading = _locked(reading)
    if reading.state != ReadingState.WAITING or reading.reader_id != person_in(actor, request.district).pk:
        raise NotAllowed(_("Another teacher was asked to read this."))
    reason = _given(reason, _("Say why, so that the school can learn from it."))
    name_reader(reading, None)
    _record(request, ReadingHandedBack(kind=reading.kind, reason=reason), actor)
    without = {one.pk for one in reading.declined.all()} | _other_readers(reading)
    reading.reader = next(blind_readers(request, moderation_of(reading), without), None)
    reading.save(update_fields=["reader"])
    tell_of(reading, actor=actor)
    return reading


@transaction.atomic
def ask_reader(reading: Reading, *, reader: Person, reason: str, actor: User) -> Reading:
    """Whoever decides at the school asks a certain teacher. Who would not read it blind is refused, with why."""
    request, reading = _locked(reading)
    _refuse(access.decides_at(actor, request.school))
    _refuse_closed(reading)
    if reading.reader_id == reader.pk:
        return reading
    near = teachers_near(request, moderation_of(reading)).filter(pk=reader.pk).first()
    if near is None or near.user is None:
        raise DomainError(_("Choose a teacher from the list. This one has no account here."), field="reader")
    blind = access.may_read_blind(near.user, request)
    if reader.pk in _other_readers(reading):
        blind = Denied(_("Whoever read it first does not read it again."))
    if isinstance(blind, Denied):
        raise DomainError(blind.reason, field="reader")
    reason = _given(reason, _("Say why this teacher is asked."))
    name_reader(reading, near)
    tell_of(reading, actor=actor, reason=reason)
    return reading


@transaction.atomic
def excuse_reading(reading: Reading, *, reason: str, actor: User) -> Reading:
    """Whoever decides lets it go on without. A third reading that is left out is settled by talk instead."""
    request, reading = _locked(reading)
    _refuse(access.decides_at(actor, request.school))
    if reading.state == ReadingState.EXCUSED:
        return reading
    _refuse_closed(reading)
    reason = _given(reason, _("Say why. It stands on the page that says how it was decided."))
    close(reading, "excuse", actor=actor, reason=reason)
    _stands(request, Moderated.EXCUSED if reading.kind == ReadingKind.SECOND else Moderated.DISAGREED)
    _record(request, ReadingExcused(kind=reading.kind, reason=reason), actor)
    return reading


@dataclass(frozen=True)
class Settled:
    """The level on which the readers settle for one standard."""

    standard: Standard
    level: ScaleLevel


@transaction.atomic
def settle_readings(request: CreditRequest, *, rows: Sequence[Settled], reason: str, actor: User) -> list[Settlement]:
    """The readers have talked: one of them writes down the level of every standard on which they differ, and why.

    A level that is not the first reader's becomes a judgement of whoever writes it down; the student reads the reason.
    A second call answers the same settlements.
    """
    request = lock_request(request)
    person = person_in(actor, request.district)
    was_reader = bool(access.is_asked(actor, request)) or _was_reader(request, person)
    if request.moderated == Moderated.SETTLED and was_reader:
        return list(settlements_of(request, request.attempt).values())
    _refuse(access.may_settle(actor, request))
    apart = {one.standard_id for one in _second(request) if not one.agrees}
    if {row.standard.pk for row in rows} != apart or any(row.level.scale_id != request.scale_id for row in rows):
        raise DomainError(_("Choose a level for every standard on which the readings differ."))
    reason = _given(reason, _("Say on what you settled. The student reads it."))
    settled = [_settle(request, row, OnDisagreement.TALK, reason, person, actor) for row in rows]
    _stands(request, Moderated.SETTLED)
    _record(request, ReadingSettled(how=OnDisagreement.TALK, standards=len(settled), reason=reason), actor)
    notices.tell_settled(request, by=actor)
    return settled


def _settle_by_the_middle(request: CreditRequest, third: Reading) -> None:
    """Of three levels the middle one counts; it stays the judgement of whoever gave it."""
    levels = {level.position: level for level in request.scale.levels.all()}
    second = {one.standard_id: one for one in _second(request)}
    assert third.reader is not None and third.closed_by is not None
    for one in third.levels.select_related("standard", "level", "first__level"):
        other = second[one.standard_id]
        place = middle(one.first.level.position, other.level.position, one.level.position)
        row = Settled(one.standard, levels[place])
        giver, comment = (other.reading, other.comment) if place == other.level.position else (third, one.comment)
        assert giver.reader is not None and giver.reader.user is not None
        _settle(request, row, OnDisagreement.THIRD, comment, giver.reader, giver.reader.user)
    _stands(request, Moderated.SETTLED)
    _record(
        request, ReadingSettled(how=OnDisagreement.THIRD, standards=third.levels.count(), reason=""), third.closed_by
    )


def _settle(
    request: CreditRequest, row: Settled, how: OnDisagreement, reason: str, person: Person, actor: User
) -> Settlement:
    now = clock.now()
    first = first_looks(request, request.attempt)[row.standard.pk]
    judgement = None
    if first.level_id != row.level.pk:
        judgement = Judgement.objects.create(
            request=request,
            standard=row.standard,
            use=first.use,
            attempt=request.attempt,
            level=row.level,
            comment=reason,
            modification=first.modification,
            rule=rule_for(request.course, clock.today(request.district)),
            assessor=person,
            recorded_by=actor,
            judged_at=now,
        )
    return Settlement.objects.create(
        request=request,
        attempt=request.attempt,
        standard=row.standard,
        level=row.level,
        how=how,
        reason=reason,
        judgement=judgement,
        settled_by=person,
        recorded_by=actor,
        settled_at=now,
    )


def _second(request: CreditRequest) -> list[ReadingLevel]:
    return [one for one in given_levels(request, request.attempt) if one.reading.kind == ReadingKind.SECOND]


def _was_reader(request: CreditRequest, person: Person) -> bool:
    return request.readings.filter(attempt=request.attempt, reader=person, state=ReadingState.GIVEN).exists()


def _other_readers(reading: Reading) -> set[int]:
    """Who reads this attempt beside this reading."""
    others = reading.request.readings.filter(attempt=reading.attempt, reader__isnull=False).exclude(pk=reading.pk)
    return set(others.values_list("reader_id", flat=True))


def _locked(reading: Reading) -> tuple[CreditRequest, Reading]:
    request = lock_request(reading.request)
    found = Reading.objects.select_related("reader__user", "policy_version__series").get(pk=reading.pk)
    found.request = request
    return request, found


def _stands(request: CreditRequest, standing: Moderated) -> None:
    request.moderated = standing
    request.save(update_fields=["moderated"])


def _refuse(verdict: Verdict) -> None:
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


def _refuse_closed(reading: Reading) -> None:
    if reading.state != ReadingState.WAITING:
        raise DomainError(_("This reading is closed. Nothing in it can be changed."))


def _given(reason: str, ask: str) -> str:
    if not says_something(reason):
        raise DomainError(ask, field="reason")
    return reason.strip()


def _record(request: CreditRequest, payload: audit.Payload, actor: User) -> None:
    audit.record(payload, actor=actor, district=request.district, target=request, student=request.student)
