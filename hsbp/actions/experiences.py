"""The log of experiences: the student writes and sends, staff confirm, return, record and withdraw.

What is confirmed stays as it was. A mark, an average or a credit is never asked for, whoever the student is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hsbp import access, notices
from hsbp.models import Experience, ExperienceKind, ExperienceStep
from hsbp.models.experience import MOST_HOURS
from hsbp.notices import EXPERIENCE_CONFIRMED, EXPERIENCE_RECORDED, EXPERIENCE_RETURNED, EXPERIENCE_WITHDRAWN
from hsbp.rules.experiences import Told
from hsbp.states import EXPERIENCE, ExperienceAct, ExperienceState
from hsbp.verbs import (
    ExperienceChanged,
    ExperienceConfirmed,
    ExperienceLogged,
    ExperienceRecorded,
    ExperienceReflected,
    ExperienceReturned,
    ExperienceSent,
    ExperienceTakenBack,
    ExperienceWithdrawn,
)
from mbl.core import audit, clock
from mbl.core.audit import Payload
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.models import User
from mbl.core.transitions import Already
from mbl.core.words import visible
from profiles.models import Student

# As many students as one recording is for.
MOST_STUDENTS = 300
LONGEST = 5000


# --- The student ------------------------------------------------------------------------------------------------------


@transaction.atomic
def log_experience(
    student: Student, kind: ExperienceKind, told: Told, *, posting: UUID, send: bool = False, actor: User
) -> Experience:
    """Begin an entry, as a draft or sent to be confirmed. The same ``posting`` again is the first."""
    _require_own(student, actor)
    # Two presses of one button come one after the other.
    Student.objects.select_for_update(no_key=True).get(pk=student.pk)
    if (first := Experience.objects.filter(student=student, posting=posting).first()) is not None:
        return first
    entry = Experience(student=student, district=student.district, posting=posting, recorded_by=actor)
    _write(entry, kind, told)
    entry.recorded_at = clock.now()
    entry.save()
    _record(entry, ExperienceLogged(), actor)
    return _send(entry, actor) if send else entry


@transaction.atomic
def change_experience(
    entry: Experience, kind: ExperienceKind, told: Told, *, edition: int, send: bool = False, actor: User
) -> Experience:
    """Write an entry that nobody has confirmed. One that waits goes on waiting, with its new words."""
    entry = _lock(entry)
    _require_own(entry.student, actor)
    if entry.state not in _UNCONFIRMED:
        raise InvalidTransition("change", ExperienceState(entry.state))
    _refuse_older(entry, edition)
    before = _words(entry)
    _write(entry, kind, told)
    if _words(entry) != before:
        entry.edition += 1
        if entry.state == ExperienceState.WAITING:
            _refuse_unsendable(entry)
            _step(entry, ExperienceAct.CHANGED, actor)
            _record(entry, ExperienceChanged(), actor)
        entry.save()
    return _send(entry, actor) if send and entry.state != ExperienceState.WAITING else entry


@transaction.atomic
def take_back_experience(entry: Experience, *, actor: User) -> None:
    """The student takes an unconfirmed entry out of the log. Of a draft nothing is left; of one sent, its history."""
    entry = _lock(entry)
    _require_own(entry.student, actor)
    if entry.state == ExperienceState.DRAFT:
        _record(entry, ExperienceTakenBack(), actor)
        entry.delete()
        return
    if _moved(entry, "take_back"):
        entry.waiting_since = None
        entry.save(update_fields=["state", "waiting_since"])
        _step(entry, ExperienceAct.TAKEN_BACK, actor)
        _record(entry, ExperienceTakenBack(), actor)


@transaction.atomic
def add_reflection(entry: Experience, *, reflection: str, actor: User) -> Experience:
    """The student's own words on an experience that was confirmed without any. They stay as they are then."""
    entry = _lock(entry)
    _require_own(entry.student, actor)
    words = _text(reflection, "reflection")
    if not words:
        raise DomainError(_("Write what you take from it."), field="reflection")
    if entry.reflection == words:
        return entry
    if entry.reflection or entry.state != ExperienceState.CONFIRMED:
        raise DomainError(_("This entry has a reflection already, or nobody has confirmed it yet."), field="reflection")
    entry.reflection = words
    entry.save(update_fields=["reflection"])
    _step(entry, ExperienceAct.REFLECTED, actor)
    _record(entry, ExperienceReflected(), actor)
    return entry


# --- The school -------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_experience(entry: Experience, *, edition: int, actor: User) -> Experience:
    """It took place as written. Of two who confirm at once the first is named."""
    entry = _lock(entry)
    _require_confirmer(entry.student, actor)
    if not _moved(entry, "confirm"):
        return entry
    _refuse_older(entry, edition)
    entry.waiting_since, entry.confirmed_by, entry.confirmed_at = None, actor, clock.now()
    entry.save(update_fields=["state", "waiting_since", "confirmed_by", "confirmed_at"])
    _step(entry, ExperienceAct.CONFIRMED, actor)
    _record(entry, ExperienceConfirmed(hours=str(entry.hours)), actor)
    notices.tell_experience(entry, EXPERIENCE_CONFIRMED, person=actor)
    return entry


@transaction.atomic
def return_experience(entry: Experience, *, note: str, actor: User) -> Experience:
    """Hand it back to the student with what is to be said about it."""
    entry = _lock(entry)
    _require_confirmer(entry.student, actor)
    note = _note(note)
    if not _moved(entry, "send_back"):
        return entry
    entry.waiting_since = None
    entry.save(update_fields=["state", "waiting_since"])
    _step(entry, ExperienceAct.RETURNED, actor, note)
    _record(entry, ExperienceReturned(note=note), actor)
    notices.tell_experience(entry, EXPERIENCE_RETURNED, person=actor, note=note)
    return entry


@transaction.atomic
def withdraw_experience(entry: Experience, *, note: str, actor: User) -> Experience:
    """Say that a confirmed entry counts no longer, and why. It stays in the log with its history."""
    entry = _lock(entry)
    _require_confirmer(entry.student, actor)
    note = _note(note)
    if not _moved(entry, "withdraw"):
        return entry
    entry.edition += 1
    entry.save(update_fields=["state", "edition"])
    _step(entry, ExperienceAct.WITHDRAWN, actor, note)
    _record(entry, ExperienceWithdrawn(note=note), actor)
    notices.tell_experience(entry, EXPERIENCE_WITHDRAWN, person=actor, note=note)
    return entry


@transaction.atomic
def record_experience(
    students: Sequence[Student], kind: ExperienceKind, told: Told, *, posting: UUID, actor: User
) -> list[Experience]:
    """One experience for each of these students, confirmed as it is written down. The same ``posting`` adds nobody
    a second time; the new entries are answered. A reflection is left to each student."""
    if not students:
        raise DomainError(_("Choose at least one student."))
    if len(students) > MOST_STUDENTS:
        raise DomainError(_("Record at most %(most)d students at once.") % {"most": MOST_STUDENTS})
    locked = Student.objects.select_for_update(no_key=True).filter(pk__in={one.pk for one in students})
    ids = set(locked.order_by("pk").values_list("pk", flat=True))
    ours = access.confirmable_students(actor).select_related("person__user").filter(pk__in=ids)
    known = {student.pk: student for student in ours}
    if missing := ids - known.keys():
        _require_confirmer(next(student for student in students if student.pk in missing), actor)
    already = set(Experience.objects.filter(posting=posting, student__in=ids).values_list("student_id", flat=True))
    now, made = clock.now(), []
    for student in (known[pk] for pk in sorted(known.keys() - already)):
        entry = Experience(
            student=student,
            district=student.district,
            posting=posting,
            recorded_by=actor,
            recorded_at=now,
            state=ExperienceState.CONFIRMED,
            confirmed_by=actor,
            confirmed_at=now,
        )
        _write(entry, kind, told)
        _refuse_unsendable(entry)
        made.append(entry)
    Experience.objects.bulk_create(made)
    ExperienceStep.objects.bulk_create(
        ExperienceStep(experience=entry, act=ExperienceAct.RECORDED, actor=actor, at=now) for entry in made
    )
    said = ExperienceRecorded(hours=str(told.hours), together=len(ids))
    audit.record_all(
        audit.event(said, actor=actor, district=entry.district, target=entry, student=entry.student) for entry in made
    )
    for entry in made:
        notices.tell_experience(entry, EXPERIENCE_RECORDED, person=actor)
    return made


# --- Shared -----------------------------------------------------------------------------------------------------------

_UNCONFIRMED = (ExperienceState.DRAFT, ExperienceState.WAITING, ExperienceState.RETURNED)


def _lock(entry: Experience) -> Experience:
    Experience.objects.select_for_update().only("pk").get(pk=entry.pk)
    return Experience.objects.select_related(
        "kind", "district", "student__person__user", "student__district", "student__school"
    ).get(pk=entry.pk)


def _moved(entry: Experience, verb: str) -> bool:
    """Move on by the table; False where that was done already."""
    if isinstance(state := EXPERIENCE.after(verb, entry.state), Already):
        return False
    entry.state = state
    return True


def _send(entry: Experience, actor: User) -> Experience:
    _refuse_unsendable(entry)
    if not _moved(entry, "send"):
        return entry
    entry.waiting_since = clock.now()
    entry.edition += 1
    entry.save()
    _step(entry, ExperienceAct.SENT, actor)
    _record(entry, ExperienceSent(), actor)
    notices.tell_experience_waits(entry)
    return entry


def _write(entry: Experience, kind: ExperienceKind, told: Told) -> None:
    """``told`` on an entry that is not saved yet; ``DomainError`` with the field where it cannot be so."""
    if kind.district_id != entry.district.pk or not (kind.is_active or kind.pk == entry.kind_id):
        raise DomainError(_("Choose a kind of experience that your district offers."), field="kind")
    if told.ends_on < told.starts_on:
        raise DomainError(_("The last day is before the first."), field="ends_on")
    days = (told.ends_on - told.starts_on).days + 1
    if not 0 < told.hours <= min(MOST_HOURS, Decimal(24 * days)):
        raise DomainError(_("This many hours do not fit into these days. Check both."), field="hours")
    entry.kind, entry.starts_on, entry.ends_on, entry.hours = kind, told.starts_on, told.ends_on, told.hours
    for name in ("organization", "contact", "done", "reflection"):
        setattr(entry, name, _text(asdict(told)[name], name))


def _text(given: str, field: str) -> str:
    words = visible(given)
    if len(words) > LONGEST:
        raise DomainError(_("This is longer than 5,000 characters. Shorten it."), field=field)
    return words


def _words(entry: Experience) -> tuple[object, ...]:
    texts = (entry.organization, entry.contact, entry.done, entry.reflection)
    return (entry.kind_id, entry.starts_on, entry.ends_on, entry.hours, *texts)


def _refuse_unsendable(entry: Experience) -> None:
    """What a draft may still lack and an entry that counts may not."""
    if entry.ends_on > clock.today(entry.district):
        raise DomainError(_("The last day is still to come. Send it when it has taken place."), field="ends_on")
    if not entry.organization:
        raise DomainError(_("Say where it was: a company, an office, a school."), field="organization")


def _refuse_older(entry: Experience, edition: int) -> None:
    if edition != entry.edition:
        raise DomainError(_("This entry was changed since you opened it. Read it again; nothing was saved."))


def _require_own(student: Student, actor: User) -> None:
    if not access.is_own(actor, student):
        raise NotAllowed(_("Only the student writes in this log. Staff record an experience as confirmed."))


def _require_confirmer(student: Student, actor: User) -> None:
    if isinstance(verdict := access.may_confirm(actor, student), Denied):
        raise NotAllowed(verdict.reason)


def _note(given: str) -> str:
    if not (words := _text(given, "note")):
        raise DomainError(_("Say why. The student and the family read it."), field="note")
    return words


def _step(entry: Experience, act: ExperienceAct, actor: User, note: str = "") -> None:
    ExperienceStep.objects.create(experience=entry, act=act, note=note, actor=actor, at=clock.now())


def _record(entry: Experience, said: Payload, actor: User) -> None:
    audit.record(said, actor=actor, district=entry.district, target=entry, student=entry.student)
