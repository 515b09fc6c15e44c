"""Which work is drawn for a second reading, who could read it blind, and what they read."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Protocol

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from crediting import access
from crediting.models import (
    ClassTask,
    ClassWork,
    CommonTask,
    CreditRequest,
    PolicyVersion,
    Reading,
    ReadingLevel,
    Standard,
    Work,
)
from crediting.queries import policy
from crediting.queries.classes import roster
from crediting.queries.moderation import common_of, looks_of
from crediting.queries.requests import standards_to_show
from crediting.rules.evidence import of_kind
from crediting.rules.moderation import draw, is_drawn, is_for, lowest
from crediting.rules.policy.terms import Moderation
from crediting.states import ReadingKind, ReadingState
from mbl.core import clock
from profiles.models import Course, Person, RoleAssignment, SectionTeacher, Student
from profiles.states import Role


@dataclass(frozen=True)
class Drawn:
    """The work's number under the policy in force for it; ``is_read`` says whether somebody reads it again.

    Without a ``version`` a common task says so alone, in a course whose policy has nothing read twice.
    """

    version: PolicyVersion | None
    moderation: Moderation
    number: int
    is_read: bool


def drawn_for(request: CreditRequest) -> Drawn | None:
    """The draw for a request; None where its policy has nothing of its kind read a second time."""
    if request.demonstrated_on is None:
        return None
    version = policy.version_in_force(request.course, request.demonstrated_on, request.student.graduation_year)
    terms = policy.terms_of(version) if version else None
    if version is None or terms is None or terms.moderation is None:
        return None
    ways = of_kind(terms.rules_for(request.course.code, request.method), request.subtype)
    if not is_for(terms.moderation, ways):
        return None
    number = draw(settings.SECRET_KEY.encode(), str(request.public_id), str(version.public_id))
    return Drawn(version, terms.moderation, number, is_drawn(terms.moderation.share, number))


class DrawsInClass(Protocol):
    """What draws work of a class."""

    def of(self, work: ClassWork) -> Drawn: ...


@dataclass(frozen=True)
class ClassDraw:
    """The policy that draws work of a class for one graduation year."""

    version: PolicyVersion
    moderation: Moderation

    def of(self, work: ClassWork) -> Drawn:
        number = _number(work.task, work.student, self.version)
        return Drawn(self.version, self.moderation, number, is_drawn(self.moderation.of_classes, number))


@dataclass(frozen=True)
class CommonDraw:
    """A common task that draws work of a class: by its share, or the ``lowest`` numbers of the class (students)."""

    common: CommonTask
    version: PolicyVersion | None
    moderation: Moderation
    lowest: frozenset[int]

    def of(self, work: ClassWork) -> Drawn:
        number = _number(work.task, work.student, self.common)
        share = self.common.read_share
        is_read = work.student_id in self.lowest if share is None else is_drawn(share, number)
        return Drawn(self.version, self.moderation, number, is_read)


def _number(task: ClassTask, student: Student, by: PolicyVersion | CommonTask) -> int:
    said = f"{task.public_id}:{student.public_id}"
    return draw(settings.SECRET_KEY.encode(), said, str(by.public_id))


def draws_in_class(task: ClassTask, years: Collection[int | None]) -> dict[int | None, DrawsInClass | None]:
    """What draws the work of a task, by graduation year: the common task where it is one, else the policy."""
    course = task.section.course
    if task.common is None:
        return {year: class_draw(course, task.given_on, year) for year in years}
    chosen: frozenset[int] = frozenset()
    if task.common.read_number is not None:
        students = roster(task.section, clock.today(task.section.district))
        chosen = lowest({one.pk: _number(task, one, task.common) for one in students}, task.common.read_number)
    found: dict[int | None, DrawsInClass | None] = {}
    for year in years:
        by_policy = class_draw(course, task.given_on, year)
        version, moderation = (by_policy.version, by_policy.moderation) if by_policy else (None, None)
        found[year] = CommonDraw(task.common, version, _of_common(task.common, moderation), chosen)
    return found


def _of_common(common: CommonTask, moderation: Moderation | None) -> Moderation:
    """What the policy says of readings that differ; the share and where readers come from is the task's to say."""
    share = common.read_share or Decimal()
    # Where no policy has anything read twice, no decision waits for a reading either.
    usual = moderation or Moderation(share, waits=False)
    return replace(usual, class_share=share, across_district=True)


def class_draw(course: Course, day: dt.date, graduation_year: int | None) -> ClassDraw | None:
    """By the policy in force for the course on the day the task was given; None where it reads no class's work twice.

    A class judges standards, not a way to credit: of the rules named, one that asks for a level is enough.
    """
    version = policy.version_in_force(course, day, graduation_year)
    terms = policy.terms_of(version) if version else None
    if version is None or terms is None or terms.moderation is None or not terms.moderation.of_classes:
        return None
    ways = [rule for rule in terms.rules_for(course.code) if rule.required_level]
    return ClassDraw(version, terms.moderation) if ways and is_for(terms.moderation, ways) else None


def moderation_of(reading: Reading) -> Moderation:
    """What the policy version says under which the reading was drawn, and the common task where it is of one."""
    moderation = policy.terms_of(reading.policy_version).moderation if reading.policy_version else None
    if (common := common_of(reading.work)) is not None:
        return _of_common(common, moderation)
    assert moderation is not None  # it was drawn under it
    return moderation


# --- Who could read ---------------------------------------------------------------------------------------------------


def teachers_near(work: Work, moderation: Moderation) -> QuerySet[Person]:
    """Teachers with an account who hold the role at the school of the work, or in its district."""
    on = clock.today(work.district)
    where = Q() if moderation.across_district else Q(school=work.school_id) | Q(school=None)
    held = RoleAssignment.objects.in_force(on).filter(where, role=Role.TEACHER, person__district=work.district_id)
    return Person.objects.filter(
        pk__in=held.values("person"), is_active=True, user__is_active=True, district=work.district_id
    ).select_related("user")


def blind_readers(work: Work, moderation: Moderation, without: Collection[int]) -> Iterator[Person]:
    """Who can read it blind, in the order in which they are asked: those who teach the subject, then those with the
    fewest readings to give, then by lot. A common task asks those of other schools before those of this one, if it says
    so, and who teaches the student in another class last."""
    year = clock.school_year(clock.today(work.district))
    same_subject = SectionTeacher.objects.filter(
        section__course__terms__subject=work.course.terms.subject, section__session__school_year=year
    )
    teaching = set(same_subject.filter(section__district=work.district_id).values_list("person_id", flat=True))
    found = list(teachers_near(work, moderation).exclude(pk__in=list(without)))
    waiting = Reading.objects.filter(state=ReadingState.WAITING, reader__in=found).order_by()
    to_give = dict(waiting.values_list("reader").annotate(count=Count("pk")))

    common = common_of(work)
    near = _teachers_of(work) if common is not None else set()
    here = _teachers_at(work) if common is not None and common.from_other_school else set()

    def order(person: Person) -> tuple[bool, bool, bool, int, str]:
        pk = person.pk
        return pk in near, pk not in teaching, pk in here, to_give.get(pk, 0), _lot(work, person)

    for person in sorted(found, key=order):
        assert person.user is not None
        if access.may_read_blind(person.user, work):
            yield person


def _teachers_of(work: Work) -> set[int]:
    """Who teaches the student this year, in any class."""
    year = clock.school_year(clock.today(work.district))
    teaches = SectionTeacher.objects.filter(
        section__enrollments__student=work.student_id, section__session__school_year=year
    )
    return set(teaches.values_list("person", flat=True))


def _teachers_at(work: Work) -> set[int]:
    """Who teaches at the school where the work was done."""
    held = RoleAssignment.objects.in_force(clock.today(work.district))
    return set(held.filter(role=Role.TEACHER, school=work.school_id).values_list("person", flat=True))


def _lot(work: Work, person: Person) -> str:
    said = f"reader:{work.public_id}:{person.public_id}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, sha256).hexdigest()


# --- What is read -----------------------------------------------------------------------------------------------------


def standards_to_read(reading: Reading) -> list[Standard]:
    """What the reader judges: every judged standard of the attempt, or in a third reading those on which two differ."""
    if reading.kind == ReadingKind.THIRD:
        apart = ReadingLevel.objects.filter(
            reading__in=readings_with(reading).filter(kind=ReadingKind.SECOND).order_by().values("pk"), agrees=False
        )
        wanted = set(apart.values_list("standard_id", flat=True))
    else:
        wanted = set(looks_of(reading.work, reading.attempt).values_list("standard_id", flat=True))
    if reading.request is None:
        named = Standard.objects.filter(pk__in=wanted).select_related("framework")
        return list(named.order_by("path", "pk"))
    return [standard for standard in standards_to_show(reading.request) if standard.pk in wanted]


def readings_with(reading: Reading) -> QuerySet[Reading]:
    """Every reading of the same work in the same attempt."""
    return reading.work.readings.filter(attempt=reading.attempt)


def modifications_of(work: Work, attempt: int) -> dict[int, str]:
    """What was asked in place of a standard as written, which every reader has to know. No level, no comment."""
    newest = dict(looks_of(work, attempt).values_list("standard_id", "modification"))
    return {pk: words for pk, words in newest.items() if words}
