"""In which order courses are taken, and which higher course can show mastery of which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import chain

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.models import CourseSequence, NextHigherPair, SequenceStep
from crediting.verbs.catalog import (
    PairEnded,
    PairListed,
    SequenceRemoved,
    SequenceWritten,
)
from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.words import visible
from profiles.models import Course

_MOST_STEPS, _MOST_PARTS = 30, 8


@transaction.atomic
def list_pair(
    course: Course,
    *,
    higher: Course,
    rationale: str,
    part: int = 0,
    higher_part: int = 0,
    least_mark: str = "",
    listed_from: dt.date | None = None,
    actor: User | None,
) -> NextHigherPair:
    """Say that finishing ``higher`` can show mastery of ``course``, and why the standards grow from one to the other
    (WAC 180-51-051(4)(d)). The same pair again answers the first; with another mark or rationale the first one ends
    and a new one begins, so that what was decided by it stays readable."""
    course = Course.objects.select_for_update(no_key=True).select_related("district").get(pk=course.pk)
    today = clock.today(course.district)
    rationale, least_mark = visible(rationale), least_mark.strip().upper()
    if higher.district_id != course.district_id:
        raise DomainError(_("Choose a course of your own district."), field="higher")
    if not 0 <= part <= _MOST_PARTS or not 0 <= higher_part <= _MOST_PARTS:
        raise DomainError(_("A course has at most %(most)d parts.") % {"most": _MOST_PARTS}, field="part")
    if higher.pk == course.pk and not 0 < part < higher_part:
        raise DomainError(
            _("A course follows itself only by its parts: the second semester can show the first."), field="higher"
        )
    if len(rationale) < 10:
        raise DomainError(_("Say in a sentence why the standards grow from one to the other."), field="rationale")
    if len(rationale) > 2000:
        raise DomainError(_("The reason has more than 2,000 characters."), field="rationale")
    if len(least_mark) > 5:
        raise DomainError(_("A mark has at most 5 characters."), field="least_mark")
    if _comes_back(course, higher):
        raise DomainError(
            _("%(higher)s is listed below %(course)s already, so it cannot be above it too.")
            % {"higher": higher, "course": course},
            field="higher",
        )
    known = NextHigherPair.objects.filter(
        course=course, part=part, higher=higher, higher_part=higher_part, listed_to=None
    ).first()
    if known is not None:
        if (known.least_mark, known.rationale) == (least_mark, rationale):
            return known
        end_pair(known, actor=actor)
    pair = NextHigherPair.objects.create(
        course=course,
        part=part,
        higher=higher,
        higher_part=higher_part,
        least_mark=least_mark,
        rationale=rationale,
        listed_from=listed_from or today,
    )
    audit.record(
        PairListed(higher=str(higher), part=part, higher_part=higher_part, least_mark=least_mark, rationale=rationale),
        actor=actor,
        district=course.district,
        target=course,
    )
    return pair


@transaction.atomic
def end_pair(pair: NextHigherPair, *, last_day: dt.date | None = None, actor: User | None) -> None:
    """Take a pair off the list from today on, or after ``last_day``. One that was listed today was a slip, and goes."""
    locked = NextHigherPair.objects.select_for_update(of=["self"]).select_related("course__district", "higher")
    found = locked.filter(pk=pair.pk).first()
    if found is None or found.listed_to is not None:
        return
    pair = found
    day = last_day or clock.today(pair.course.district) - dt.timedelta(days=1)
    if day < pair.listed_from:
        pair.delete()
    else:
        pair.listed_to = day
        pair.save(update_fields=["listed_to"])
    audit.record(
        PairEnded(higher=str(pair.higher), rationale=pair.rationale),
        actor=actor,
        district=pair.course.district,
        target=pair.course,
    )


@transaction.atomic
def write_sequence(
    district: District,
    *,
    title: str,
    steps: Sequence[Sequence[str]],
    sequence: CourseSequence | None = None,
    actor: User | None,
) -> CourseSequence:
    """A sequence of courses by code, step by step; codes within a step are alternatives. ``sequence``: the one to
    change."""
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    title = visible(title)
    if not title or len(title) > 120:
        raise DomainError(_("A sequence needs a title of at most 120 characters."), field="title")
    codes = list(chain.from_iterable(steps))
    if len(steps) < 2:
        raise DomainError(_("A sequence has two courses or more."), field="courses")
    if len(codes) > _MOST_STEPS:
        raise DomainError(_("A sequence has at most %(most)d courses.") % {"most": _MOST_STEPS}, field="courses")
    courses = {one.code: one for one in Course.objects.filter(district=district, code__in=codes)}
    for code in codes:
        if code not in courses:
            raise DomainError(_("There is no course with the code %(code)s.") % {"code": code[:60]}, field="courses")
        if codes.count(code) > 1:
            raise DomainError(_("%(code)s stands in the sequence twice.") % {"code": code}, field="courses")
    named = CourseSequence.objects.filter(district=district, title=title).first()
    if named not in {None, sequence}:
        raise DomainError(_("There is a sequence of this name already. Open it to change it."), field="title")
    wanted = [(place, code) for place, step in enumerate(steps, 1) for code in step]
    if sequence is None:
        sequence = CourseSequence.objects.create(district=district, title=title)
    else:
        known = list(sequence.steps.values_list("position", "course__code").order_by("position", "pk"))
        if (sequence.title, known) == (title, wanted):
            return sequence
        sequence.title = title
        sequence.save(update_fields=["title"])
        sequence.steps.all().delete()
    SequenceStep.objects.bulk_create(
        [SequenceStep(sequence=sequence, course=courses[code], position=place) for place, code in wanted]
    )
    audit.record(
        SequenceWritten(courses=" > ".join(" / ".join(step) for step in steps)),
        actor=actor,
        district=district,
        target=sequence,
    )
    return sequence


@transaction.atomic
def remove_sequence(sequence: CourseSequence, *, actor: User) -> None:
    """Remove a sequence; its courses stay. A second call does nothing."""
    if not CourseSequence.objects.select_for_update().filter(pk=sequence.pk).exists():
        return
    audit.record(SequenceRemoved(), actor=actor, district=sequence.district, target=sequence)
    sequence.delete()


def _comes_back(course: Course, higher: Course) -> bool:
    """Whether ``course`` can already be reached upwards from ``higher``: then the pair would go round in a circle."""
    if course.pk == higher.pk:
        return False
    above: dict[int, set[int]] = {}
    rows = NextHigherPair.objects.filter(course__district=course.district_id, listed_to=None)
    for lower_id, higher_id in rows.values_list("course_id", "higher_id"):
        above.setdefault(lower_id, set()).add(higher_id)
    seen, waiting = {higher.pk}, [higher.pk]
    while waiting:
        for one in above.get(waiting.pop(), set()) - seen:
            seen.add(one)
            waiting.append(one)
    return course.pk in seen
