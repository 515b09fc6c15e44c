"""Begin and end second readings: drawn when work is judged, overtaken when a request goes back.

Call each with the request locked, or with the class.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from crediting import notices
from crediting.models import ClassTask, ClassWork, CreditRequest, PolicyVersion, Reading, ScaleLevel, Work
from crediting.queries.second_readings import blind_readers, drawn_for, draws_in_class
from crediting.rules.policy.terms import Moderation
from crediting.states import READING, Moderated, ReadingKind, ReadingState
from crediting.verbs.classes import ReadingAsked
from mbl.core import audit, clock
from mbl.core.models import User
from mbl.core.transitions import Already
from profiles.models import Person, Student


def draw_second_reading(request: CreditRequest, *, actor: User) -> Reading | None:
    """Ask another teacher where the lot falls on this request; None where it does not, or nothing was judged."""
    if not request.judgements.filter(attempt=request.attempt).exists():
        return None
    drawn = drawn_for(request)
    if drawn is None or not drawn.is_read:
        return None
    return ask_for_reading(request, ReadingKind.SECOND, drawn.moderation, drawn.version, drawn.number, actor=actor)


def draw_class_works(
    task: ClassTask, judged: Mapping[Student, ScaleLevel], *, assessor: Person, actor: User
) -> list[ClassWork]:
    """Ask another teacher for each student on whose work in the task the lot falls; work that is drawn already stays.

    ``judged`` has one level of each student, for its scale. The new ones are answered.
    """
    section = task.section
    draws = draws_in_class(task, {student.graduation_year for student in judged})
    if not any(draws.values()):
        return []
    known = set(task.drawn.values_list("student_id", flat=True))
    asked = []
    for student, level in judged.items():
        found = draws[student.graduation_year]
        if found is None or student.pk in known:
            continue
        work = ClassWork(
            task=task,
            student=student,
            district=section.district,
            school=section.school,
            scale=level.scale,
            assessor=assessor,
        )
        drawn = found.of(work)
        if drawn.is_read:
            work.save()
            ask_for_reading(work, ReadingKind.SECOND, drawn.moderation, drawn.version, drawn.number, actor=actor)
            asked.append(work)
    if asked:
        notices.tell_drawn_in_class(task, asked)
    return asked


def ask_for_reading(
    work: Work,
    kind: ReadingKind,
    moderation: Moderation,
    version: PolicyVersion | None,
    number: int,
    *,
    actor: User,
) -> Reading:
    """Ask the first teacher who can read it blind. Where there is nobody, whoever decides at the school is told."""
    earlier = set(work.readings.filter(attempt=work.attempt).values_list("reader_id", flat=True))
    reader = next(blind_readers(work, moderation, {pk for pk in earlier if pk}), None)
    reading, is_new = Reading.objects.get_or_create(
        request=work if isinstance(work, CreditRequest) else None,
        class_work=work if isinstance(work, ClassWork) else None,
        attempt=work.attempt,
        kind=kind,
        defaults={
            "reader": reader,
            "policy_version": version,
            "drawn": number,
            "share": moderation.share if isinstance(work, CreditRequest) else moderation.of_classes,
            "asked_at": clock.now(),
        },
    )
    if is_new:
        stand(work, Moderated.WAITING)
        tell_of(reading, actor=actor)
    return reading


def stand(work: Work, standing: Moderated) -> None:
    """How its readings stand from now on."""
    work.moderated = standing
    work.save(update_fields=["moderated"])


def tell_of(reading: Reading, *, actor: User, reason: str = "") -> None:
    """Record who is asked, and tell them; or those who decide, where nobody is."""
    work = reading.work
    audit.record(
        ReadingAsked(
            kind=reading.kind,
            reader=str(reading.reader or _("nobody yet")),
            drawn=reading.drawn,
            share=str(reading.share),
            reason=reason,
        ),
        actor=actor,
        district=work.district,
        target=work,
        student=work.student,
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
        stand(request, Moderated.NOT)


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
