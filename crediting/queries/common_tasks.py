"""Common tasks in lists, beside a class and on the first page; what a new one starts from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Value, When

from crediting.models import ClassJudgement, ClassTask, CommonTask, PolicyVersion, Scale, Standard
from crediting.queries import policy
from crediting.queries.levels import usual_levels
from crediting.states import COMMON_TASK_STANDS, CommonTaskState, PolicyState
from mbl.core.models import District
from profiles.models import Course, Section


def listed(tasks: QuerySet[CommonTask]) -> QuerySet[CommonTask]:
    """Those that can be given first, then drafts, then what is over; of each the newest first."""
    order = {CommonTaskState.PUBLISHED: 0, CommonTaskState.DRAFT: 1}
    places = Case(*(When(state=state, then=Value(place)) for state, place in order.items()), default=Value(2))
    return tasks.annotate(place=places).order_by("place", "-opens_on", "-pk")


def scale_of(course: Course, day: dt.date) -> Scale:
    """The scale on which classes of the course are judged on a day: its policy's, else the district's usual one."""
    version = policy.version_in_force(course, day)
    terms = policy.terms_of(version) if version else None
    return usual_levels(course.district, terms.scale if terms else "")[0].scale


def usual_share(district: District, day: dt.date) -> Decimal | None:
    """The largest share of classes' work that a policy in force has read twice; None where none has."""
    versions = PolicyVersion.objects.filter(
        series__district=district, state=PolicyState.PUBLISHED, effective__contains=day
    )
    found = (policy.terms_of(version).moderation for version in versions.select_related("series").order_by("pk"))
    return max((one.of_classes for one in found if one is not None), default=None)


def standards_of(task: CommonTask) -> list[Standard]:
    return list(task.standards.select_related("framework").order_by("path", "pk"))


def is_judged(task: CommonTask) -> bool:
    """Whether a class has a level in it, so that it cannot be withdrawn any more."""
    return ClassJudgement.objects.filter(task__common=task).exists()


# --- Beside a class ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ForClass:
    """A common task as a class stands to it. ``given`` is the class's task of it, ``judged`` its students with a
    level; without ``given`` it can be given today."""

    common: CommonTask
    given: ClassTask | None = None
    judged: int = 0


def given_to(section: Section, public_id: str) -> ClassTask | None:
    """The class's task of a common one, by its id; None where it is none, or was withdrawn."""
    try:
        asked = UUID(public_id)
    except ValueError:
        return None
    found = ClassTask.objects.filter(section=section, public_id=asked, common__state__in=COMMON_TASK_STANDS)
    return found.select_related("common__scale").first()


def judged_in(task: ClassTask) -> set[int]:
    """The students who have a level in it."""
    return set(ClassJudgement.objects.filter(task=task).order_by().values_list("student", flat=True).distinct())


@dataclass(frozen=True)
class OwnClass:
    """A class that the task is for: its task of it where it was given, and how many students are judged."""

    section: Section
    given: ClassTask | None
    judged: int


def beside_class(section: Section, day: dt.date) -> list[ForClass]:
    """What the class can give today, and what it gave; two trips."""
    gave = ClassTask.objects.filter(section=section, common__state__in=COMMON_TASK_STANDS).select_related("common")
    gave = gave.annotate(judged=Count("judgements__student", distinct=True)).order_by("-given_on", "-pk")
    given = [ForClass(one.common, one, one.judged) for one in gave if one.common is not None]
    may_give = CommonTask.objects.open_on(day).filter(courses=section.course_id, schools=section.school_id)
    known = {one.common.pk for one in given}
    open_ones = [ForClass(one) for one in may_give.order_by("closes_on", "pk") if one.pk not in known]
    return open_ones + given


def own_classes(common: CommonTask, sections: QuerySet[Section]) -> list[OwnClass]:
    """Each of a teacher's classes that the task is for; two trips."""
    gave = ClassTask.objects.filter(common=common, section__in=sections.order_by().values("pk"))
    found = {task.section_id: task for task in gave.annotate(judged=Count("judgements__student", distinct=True))}
    return [
        OwnClass(section, found.get(section.pk), getattr(found.get(section.pk), "judged", 0))
        for section in sections.order_by("title", "code", "pk")
    ]


@dataclass(frozen=True)
class ToGive:
    """A common task that a class can give today."""

    common: CommonTask
    section: Section


def to_give(sections: QuerySet[Section], day: dt.date) -> list[ToGive]:
    """What the classes can give today and have not given, what ends first on top; five trips, or two for nothing."""
    mine = list(sections.select_related("school").order_by("title", "code", "pk"))
    tasks = CommonTask.objects.open_on(day).filter(courses__in={section.course_id for section in mine}).distinct()
    found = list(tasks.prefetch_related("courses", "schools").order_by("closes_on", "pk"))
    if not found:
        return []
    given = set(ClassTask.objects.filter(section__in=mine, common__in=found).values_list("common", "section"))
    return [
        ToGive(task, section)
        for task in found
        for section in mine
        if section.course_id in {course.pk for course in task.courses.all()}
        and section.school_id in {school.pk for school in task.schools.all()}
        and (task.pk, section.pk) not in given
    ]


def to_judge(sections: QuerySet[Section]) -> QuerySet[ClassTask]:
    """Given, and nobody of the class is judged on it; the oldest first."""
    looked = ClassJudgement.objects.filter(task=OuterRef("pk"))
    waiting = ClassTask.objects.filter(
        section__in=sections.order_by().values("pk"), common__state__in=COMMON_TASK_STANDS
    )
    return waiting.exclude(Exists(looked)).select_related("common", "section").order_by("given_on", "pk")
