"""What came of a common task: which classes gave it, how far its readers agree, and how it compares with what teachers
judged in class otherwise. No student and no reader is named, and it decides nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from crediting.models import ClassJudgement, ClassTask, CommonTask, Reading, ReadingLevel, Standard
from crediting.queries.agreement import Paired, part_of
from crediting.queries.classes import current_levels
from crediting.queries.common_tasks import standards_of
from crediting.rules.agreement import Agreement, Part, TooFew, agreement, interval, sayable
from crediting.rules.moderation import LEAST_PAIRS, LEAST_READERS
from crediting.states import ReadingKind, ReadingState
from profiles.models import RoleAssignment, School, Section
from profiles.states import Role


@dataclass(frozen=True)
class Figure:
    """How far pairs of levels agree; ``found`` hides it where it would speak of few people."""

    pairs: int
    found: Agreement | TooFew
    between: tuple[float, float] | None = None


@dataclass(frozen=True)
class ClassLine:
    """A class that may give it. ``judged`` students have a level, ``read`` works were read twice, ``to_read`` wait.

    ``beside`` compares the levels of the task with what the same students were judged in the course otherwise.
    """

    section: Section
    given_on: dt.date | None
    judged: int
    read: int
    to_read: int
    beside: Figure


@dataclass(frozen=True)
class Results:
    """Of the classes that the reader sees. Each of the lists of figures is parts of ``whole``."""

    classes: tuple[ClassLine, ...]
    whole: Figure
    standards: tuple[tuple[Standard, Figure], ...]
    schools: tuple[tuple[School, Figure], ...]
    # Readers of the same school, and of another one.
    within: Figure
    across: Figure
    beside: Figure

    @property
    def given(self) -> int:
        return sum(line.given_on is not None for line in self.classes)

    @property
    def judged(self) -> int:
        return sum(line.judged for line in self.classes)

    @property
    def read(self) -> int:
        return sum(line.read for line in self.classes)


def results_of(common: CommonTask, sections: QuerySet[Section], readings: QuerySet[Reading]) -> Results:
    """``sections`` and ``readings`` are those whose figures the reader may see. A fixed number of trips, and one or two
    for each course of the task."""
    found = list(sections.select_related("school", "course").order_by("school__name", "title", "code", "pk"))
    tasks = _tasks(common, found)
    whole, by_standard, by_school, by_reader = _readings(readings.filter(class_work__task__common=common))
    standards = standards_of(common)
    schools = sorted({one.school for one in found}, key=lambda school: (school.name, school.pk))
    standard_figures = _figures([by_standard[one.pk] for one in standards], LEAST_READERS)
    school_figures = _figures([by_school[one.pk] for one in schools], LEAST_READERS)
    within, across = _figures([by_reader[True], by_reader[False]], LEAST_READERS)
    beside = _beside_class_work(common, found)
    # Here the people are students: of fewer than ten, a figure would speak of single ones.
    beside_figures = _figures([beside[one.pk] for one in found], LEAST_PAIRS)
    (beside_whole,) = _figures([[pair for one in found for pair in beside[one.pk]]], LEAST_PAIRS)
    return Results(
        classes=tuple(
            _line(section, tasks.get(section.pk), figure) for section, figure in zip(found, beside_figures, strict=True)
        ),
        whole=_figures([whole], LEAST_READERS)[0],
        standards=tuple(zip(standards, standard_figures, strict=True)),
        schools=tuple(zip(schools, school_figures, strict=True)),
        within=within,
        across=across,
        beside=beside_whole,
    )


def _tasks(common: CommonTask, sections: Sequence[Section]) -> dict[int, tuple[ClassTask, int, int, int]]:
    """The classes' tasks of it, by class: students judged, works read twice, works that wait; two trips."""
    second = Q(drawn__readings__kind=ReadingKind.SECOND)
    given, waiting = (
        Count("drawn__readings", filter=second & Q(drawn__readings__state=state))
        for state in (ReadingState.GIVEN, ReadingState.WAITING)
    )
    tasks = ClassTask.objects.filter(common=common, section__in=sections)
    # Judgements apart: joined with the readings each would count as often as there are readings.
    judged = dict(tasks.order_by().values_list("pk").annotate(count=Count("judgements__student", distinct=True)))
    return {
        task.section_id: (task, judged[task.pk], task.read, task.to_read)
        for task in tasks.annotate(read=given, to_read=waiting)
    }


def _line(section: Section, gave: tuple[ClassTask, int, int, int] | None, beside: Figure) -> ClassLine:
    if gave is None:
        return ClassLine(section, None, 0, 0, 0, beside)
    task, judged, read, to_read = gave
    return ClassLine(section, task.given_on, judged, read, to_read, beside)


def _figures(parts: Sequence[Sequence[Paired]], least_people: int) -> list[Figure]:
    """Of the parts of one whole, those that may be shown beside it."""
    summed: list[Part] = [part_of(pairs) for pairs in parts]
    shown = sayable(summed, least_pairs=LEAST_PAIRS, least_people=least_people)
    return [_figure(part, is_shown) for part, is_shown in zip(summed, shown, strict=True)]


def _figure(part: Part, is_shown: bool) -> Figure:
    found = agreement(part.pairs, least=LEAST_PAIRS) if is_shown else TooFew(LEAST_PAIRS)
    return Figure(len(part.pairs), found, interval(part.pairs) if isinstance(found, Agreement) else None)


def _readings(
    readings: QuerySet[Reading],
) -> tuple[list[Paired], dict[int, list[Paired]], dict[int, list[Paired]], dict[bool, list[Paired]]]:
    """Every pair of levels: all, by standard, by school of the class, and by whether the reader is of that school."""
    given = readings.filter(kind=ReadingKind.SECOND, state=ReadingState.GIVEN).order_by().values("pk")
    rows = ReadingLevel.objects.filter(reading__in=given).annotate(within=_is_of_the_school())
    columns = (
        "standard",
        "reading__class_work__school",
        "within",
        "of_class__level__position",
        "level__position",
        "of_class__assessor",
        "reading__reader",
    )
    whole: list[Paired] = []
    by_standard: defaultdict[int, list[Paired]] = defaultdict(list)
    by_school: defaultdict[int, list[Paired]] = defaultdict(list)
    by_reader: defaultdict[bool, list[Paired]] = defaultdict(list)
    for standard, school, within, first, second, *readers in rows.values_list(*columns):
        pair = Paired((first, second), frozenset(readers))
        whole.append(pair)
        by_standard[standard].append(pair)
        by_school[school].append(pair)
        by_reader[within].append(pair)
    return whole, by_standard, by_school, by_reader


def _is_of_the_school() -> Exists:
    """Whether the reader taught at the school of the work when asked."""
    asked = Cast(OuterRef("reading__asked_at"), DateField())
    held = RoleAssignment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=asked),
        person=OuterRef("reading__reader"),
        school=OuterRef("reading__class_work__school"),
        role=Role.TEACHER,
        starts_on__lte=asked,
    )
    return Exists(held)


def _beside_class_work(common: CommonTask, sections: Iterable[Section]) -> dict[int, list[Paired]]:
    """By class, for each student and standard: the level judged in the course without the task, and the level in the
    task. Both are worked out as levels of the course are; a pair speaks of its student."""
    pairs: defaultdict[int, list[Paired]] = defaultdict(list)
    codes = [level.code for level in common.scale.levels.all()]
    by_course: defaultdict[int, list[Section]] = defaultdict(list)
    for section in sections:
        by_course[section.course_id].append(section)
    for course, its in by_course.items():
        in_task = ClassJudgement.objects.filter(task__common=common, task__section__in=its)
        class_of = dict(in_task.order_by("pk").values_list("student", "task__section"))
        otherwise = ClassJudgement.objects.filter(
            Q(task__common=None) | ~Q(task__common=common),
            task__section__course=course,
            student__in=in_task.order_by().values("student"),
            standard__in=common.standards.order_by().values("pk"),
        )
        before = current_levels(otherwise, {course: codes})
        for key, now in current_levels(in_task, {course: codes}).items():
            _course, student, _standard = key
            if now.place and key in before and (earlier := before[key].place):
                pairs[class_of[student]].append(Paired((earlier, now.place), frozenset({student})))
    return pairs
