"""Give a second reading, hand it back, name another reader, go on without; settle where two readings do not agree.

Each locks the work first, a request or a work of a class, so of two tabs that send the same reading one writes it and
the other finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.judgements import JudgedStandard
from crediting.actions.requests import lock_request
from crediting.actions.second_readings import ask_for_reading, close, name_reader, stand, tell_of
from crediting.models import (
    ClassJudgement,
    ClassWork,
    CreditRequest,
    Judgement,
    Reading,
    ReadingLevel,
    ScaleLevel,
    Settlement,
    Standard,
    Work,
)
from crediting.queries.aggregation import rule_for
from crediting.queries.moderation import first_looks, given_levels, settlements_of
from crediting.queries.second_readings import (
    blind_readers,
    moderation_of,
    readings_with,
    standards_to_read,
    teachers_near,
)
from crediting.rules.moderation import agree, middle
from crediting.states import Moderated, OnDisagreement, ReadingKind, ReadingState, RequestState
from crediting.verbs.classes import (
    ReadingExcused,
    ReadingGiven,
    ReadingHandedBack,
    ReadingSettled,
    WorkPlaced,
)
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
    work, reading = _locked(reading)
    if reading.state == ReadingState.GIVEN and reading.closed_by_id == actor.pk:
        return reading
    _refuse(access.may_give(actor, reading))
    wanted = {standard.pk for standard in standards_to_read(reading)}
    if {row.standard.pk for row in rows} - wanted or any(row.level.scale_id != work.scale_id for row in rows):
        raise DomainError(_("This work is read for other standards now. Open the page again."))
    if wanted - {row.standard.pk for row in rows}:
        raise DomainError(_("Choose a level for every standard. Both readings have to be about the same."))
    first, moderation = first_looks(work, reading.attempt), moderation_of(reading)
    for row in rows:
        looked = first[row.standard.pk]
        ReadingLevel.objects.create(
            reading=reading,
            standard=row.standard,
            level=row.level,
            comment=visible(row.comment),
            of_request=looked if isinstance(looked, Judgement) else None,
            of_class=looked if isinstance(looked, ClassJudgement) else None,
            agrees=agree(looked.level.position, row.level.position, adjacent=moderation.adjacent_agrees),
        )
    close(reading, "give", actor=actor)
    _record(work, ReadingGiven(kind=reading.kind, standards=len(rows)), actor)
    if reading.kind == ReadingKind.THIRD:
        _settle_by_the_middle(work, reading)
    elif not reading.levels.filter(agrees=False).exists():
        stand(work, Moderated.AGREED)
    elif moderation.on_disagreement == OnDisagreement.THIRD and _is_undecided(work):
        version, number = reading.policy_version, reading.drawn
        ask_for_reading(work, ReadingKind.THIRD, moderation, version, number, actor=actor)
    else:
        stand(work, Moderated.DISAGREED)
    notices.tell_reading_given(reading, standing=Moderated(work.moderated))
    return reading


@transaction.atomic
def hand_back(reading: Reading, *, reason: str, actor: User) -> Reading:
    """The reader knows the student too well, or is away: the next teacher is asked."""
    work, reading = _locked(reading)
    if reading.state != ReadingState.WAITING or reading.reader_id != person_in(actor, work.district).pk:
        raise NotAllowed(_("Another teacher was asked to read this."))
    reason = _given(reason, _("Say why, so that the school can learn from it."))
    name_reader(reading, None)
    _record(work, ReadingHandedBack(kind=reading.kind, reason=reason), actor)
    without = {one.pk for one in reading.declined.all()} | _other_readers(reading)
    reading.reader = next(blind_readers(work, moderation_of(reading), without), None)
    reading.save(update_fields=["reader"])
    tell_of(reading, actor=actor)
    return reading


@transaction.atomic
def ask_reader(reading: Reading, *, reader: Person, reason: str, actor: User) -> Reading:
    """Whoever decides at the school asks a certain teacher. Who would not read it blind is refused, with why."""
    work, reading = _locked(reading)
    _refuse(access.decides_at(actor, work.school))
    _refuse_closed(reading)
    if reading.reader_id == reader.pk:
        return reading
    near = teachers_near(work, moderation_of(reading)).filter(pk=reader.pk).first()
    if near is None or near.user is None:
        raise DomainError(_("Choose a teacher from the list. This one has no account here."), field="reader")
    blind = access.may_read_blind(near.user, work)
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
    work, reading = _locked(reading)
    _refuse(access.decides_at(actor, work.school))
    if reading.state == ReadingState.EXCUSED:
        return reading
    _refuse_closed(reading)
    reason = _given(reason, _("Say why. It stands on the page that says how it was decided."))
    close(reading, "excuse", actor=actor, reason=reason)
    stand(work, Moderated.EXCUSED if reading.kind == ReadingKind.SECOND else Moderated.DISAGREED)
    _record(work, ReadingExcused(kind=reading.kind, reason=reason), actor)
    return reading


@dataclass(frozen=True)
class Settled:
    """The level on which the readers settle for one standard."""

    standard: Standard
    level: ScaleLevel


@transaction.atomic
def settle_readings(work: Work, *, rows: Sequence[Settled], reason: str, actor: User) -> list[Settlement]:
    """The readers have talked: one of them writes down the level of every standard on which they differ, and why.

    A level that is not the first reader's becomes a judgement of whoever writes it down; the student reads the reason.
    A second call answers the same settlements.
    """
    work = _lock(work)
    person = person_in(actor, work.district)
    was_reader = access.judged_first(actor, work) or _was_reader(work, person)
    if work.moderated == Moderated.SETTLED and was_reader:
        return list(settlements_of(work, work.attempt).values())
    _refuse(access.may_settle(actor, work))
    apart = {one.standard_id for one in _second(work) if not one.agrees}
    if {row.standard.pk for row in rows} != apart or any(row.level.scale_id != work.scale_id for row in rows):
        raise DomainError(_("Choose a level for every standard on which the readings differ."))
    reason = _given(reason, _("Say on what you settled. The student reads it."))
    settled = [_settle(work, row, OnDisagreement.TALK, reason, person, actor) for row in rows]
    stand(work, Moderated.SETTLED)
    _record(work, ReadingSettled(how=OnDisagreement.TALK, standards=len(settled), reason=reason), actor)
    notices.tell_settled(work, by=actor)
    return settled


@transaction.atomic
def place_work(work: ClassWork, *, place: str, actor: User) -> ClassWork:
    """The teacher who judged it first says where the second reader finds it; a reader who waits is told.

    The same words again change nothing. Once it is read, nobody needs to find it.
    """
    locked = _lock(work)
    assert isinstance(locked, ClassWork)
    work, place = locked, visible(place)
    if not access.judged_first(actor, work):
        raise NotAllowed(_("The teacher who judged this work first says where it is."))
    place = _given(place, _("Say where the second reader finds the work."), field="place")
    waiting = work.readings.filter(state=ReadingState.WAITING).select_related("reader__user").first()
    if waiting is None:
        raise DomainError(_("This reading is closed. Nothing in it can be changed."))
    if work.place == place:
        return work
    work.place = place
    work.save(update_fields=["place"])
    _record(work, WorkPlaced(place=place), actor)
    waiting.class_work = work
    notices.tell_work_placed(waiting)
    return work


def _settle_by_the_middle(work: Work, third: Reading) -> None:
    """Of three levels the middle one counts; it stays the judgement of whoever gave it."""
    levels = {level.position: level for level in work.scale.levels.all()}
    given = given_levels(work, third.attempt)
    second = {one.standard_id: one for one in given if one.reading.kind == ReadingKind.SECOND}
    thirds = [one for one in given if one.reading.kind == ReadingKind.THIRD]
    assert third.reader is not None and third.closed_by is not None
    for one in thirds:
        other = second[one.standard_id]
        place = middle(one.first.level.position, other.level.position, one.level.position)
        row = Settled(one.standard, levels[place])
        giver, comment = (other.reading, other.comment) if place == other.level.position else (third, one.comment)
        assert giver.reader is not None and giver.reader.user is not None
        _settle(work, row, OnDisagreement.THIRD, comment, giver.reader, giver.reader.user)
    stand(work, Moderated.SETTLED)
    _record(work, ReadingSettled(how=OnDisagreement.THIRD, standards=len(thirds), reason=""), third.closed_by)


def _settle(work: Work, row: Settled, how: OnDisagreement, reason: str, person: Person, actor: User) -> Settlement:
    now = clock.now()
    first = first_looks(work, work.attempt)[row.standard.pk]
    judgement = class_judgement = None
    if first.level_id != row.level.pk:
        said: dict[str, Any] = {
            "standard": row.standard,
            "attempt": first.attempt,
            "level": row.level,
            "comment": reason,
            "modification": first.modification,
            "rule": rule_for(work.course, clock.today(work.district)),
            "assessor": person,
            "recorded_by": actor,
            "judged_at": now,
        }
        if isinstance(first, Judgement):
            judgement = Judgement.objects.create(request_id=first.request_id, use=first.use, **said)
        else:
            class_judgement = ClassJudgement.objects.create(task_id=first.task_id, student_id=first.student_id, **said)
    return Settlement.objects.create(
        request=work if isinstance(work, CreditRequest) else None,
        class_work=work if isinstance(work, ClassWork) else None,
        attempt=work.attempt,
        standard=row.standard,
        level=row.level,
        how=how,
        reason=reason,
        judgement=judgement,
        class_judgement=class_judgement,
        settled_by=person,
        recorded_by=actor,
        settled_at=now,
    )


def _second(work: Work) -> list[ReadingLevel]:
    return [one for one in given_levels(work, work.attempt) if one.reading.kind == ReadingKind.SECOND]


def _was_reader(work: Work, person: Person) -> bool:
    return work.readings.filter(attempt=work.attempt, reader=person, state=ReadingState.GIVEN).exists()


def _other_readers(reading: Reading) -> set[int]:
    """Who reads this attempt beside this reading."""
    others = readings_with(reading).filter(reader__isnull=False).exclude(pk=reading.pk)
    return set(others.values_list("reader_id", flat=True))


def _is_undecided(work: Work) -> bool:
    return isinstance(work, ClassWork) or work.state == RequestState.ASSESSED


def _lock(work: Work) -> Work:
    if isinstance(work, CreditRequest):
        return lock_request(work)
    return (
        ClassWork.objects.select_for_update(of=["self"])
        .select_related(
            "district",
            "student__person__user",
            "school",
            "task__section__course__terms",
            "task__common",
            "assessor__user",
            "scale",
        )
        .get(pk=work.pk)
    )


def _locked(reading: Reading) -> tuple[Work, Reading]:
    work = _lock(reading.work)
    found = Reading.objects.select_related("reader__user", "policy_version__series").get(pk=reading.pk)
    if isinstance(work, CreditRequest):
        found.request = work
    else:
        found.class_work = work
    return work, found


def _refuse(verdict: Verdict) -> None:
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


def _refuse_closed(reading: Reading) -> None:
    if reading.state != ReadingState.WAITING:
        raise DomainError(_("This reading is closed. Nothing in it can be changed."))


def _given(reason: str, ask: str, field: str = "reason") -> str:
    if not says_something(reason):
        raise DomainError(ask, field=field)
    return reason.strip()


def _record(work: Work, payload: audit.Payload, actor: User) -> None:
    audit.record(payload, actor=actor, district=work.district, target=work, student=work.student)
