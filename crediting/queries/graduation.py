"""The line from a student's work to the district's graduation standards. It is shown; nothing is decided by it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter

from django.db.models import Q, QuerySet
from django.urls import reverse

from crediting.models import (
    ClassJudgement,
    CreditRequest,
    Framework,
    GraduationFramework,
    Judgement,
    ScaleLevel,
    Standard,
    StandardEdge,
)
from crediting.queries.classes import StandardLine, StudentPage
from crediting.queries.levels import drawn_levels
from crediting.states import EdgeKind, StandardStatus
from mbl.core import clock
from mbl.core.models import District
from mbl.core.ui.levels import DrawnLevel
from profiles.models import Student


def mark_on(district: District, on: dt.date) -> GraduationFramework | None:
    """What the district said last for ``on``: the row in force, which may say that there are none."""
    rows = GraduationFramework.objects.filter(district=district, starts_on__lte=on)
    return rows.select_related("framework", "habits").order_by("starts_on", "pk").last()


def in_force(district: District, on: dt.date) -> GraduationFramework | None:
    """The district's graduation standards on a day; None where it has none. One trip."""
    row = mark_on(district, on)
    return row if row is not None and row.framework_id is not None else None


def said_of(framework: Framework, on: dt.date) -> list[GraduationFramework]:
    """What is in force on ``on`` and what is to come, as far as ``framework`` begins or ends by it. One trip."""
    rows = list(
        GraduationFramework.objects.filter(district=framework.district_id)
        .select_related("habits")
        .order_by("starts_on", "pk")
    )
    last = {row.starts_on: row for row in rows}
    begun = [day for day in last if day <= on]
    days = [day for day in last if day > on or day == max(begun)]
    found: list[GraduationFramework] = []
    for day in days:
        holds = last[day].framework_id == framework.pk
        if holds or (found and found[-1].framework_id == framework.pk):
            found.append(last[day])
    return found


def leading(framework: Framework) -> Q:
    """Links from targets to the graduation standards of ``framework``, as they stand today."""
    return Q(framework=framework, kind=EdgeKind.IS_PART_OF, status=StandardStatus.ACTIVE)


def is_of_habits(standard: Standard, habits: Standard | None) -> bool:
    """Whether a graduation standard is the one about habits of work, or stands below it."""
    return habits is not None and (standard.pk == habits.pk or standard.path.startswith(f"{habits.path}."))


def links_to(standard: Standard) -> list[StandardEdge]:
    """What leads to a graduation standard, each with its target and the target's framework. One trip."""
    edges = StandardEdge.objects.filter(leading(standard.framework), destination=standard, origin__isnull=False)
    return list(
        edges.select_related("origin__framework")
        .defer("extra", "origin__search_text", "origin__extra", "origin__framework__extra")
        .order_by("origin__framework__title", "origin__path", "pk")
    )


def may_be_led_to(standard: Standard) -> bool:
    """Whether targets can be linked to ``standard``: of a framework that was made the graduation standards, not about
    habits. One trip."""
    marks = GraduationFramework.objects.filter(framework=standard.framework_id)
    marked = marks.select_related("habits").order_by("starts_on", "pk").last()
    return marked is not None and standard.status == StandardStatus.ACTIVE and not is_of_habits(standard, marked.habits)


@dataclass(frozen=True)
class Work:
    """A judged piece of work: the beginning of the line work, target, graduation standard."""

    judgement: ClassJudgement
    level: DrawnLevel


@dataclass(frozen=True)
class Target:
    """A standard of the course that leads to a graduation standard, its level today, and the work behind it."""

    line: StandardLine
    works: tuple[Work, ...]

    @property
    def name(self) -> str:
        return str(self.line.standard)

    @property
    def is_open(self) -> bool:
        return not self.line.result.met


@dataclass(frozen=True)
class TowardStandard:
    """A graduation standard and its targets in the course; ``linked`` counts those of every course."""

    standard: Standard
    targets: tuple[Target, ...]
    linked: int

    @property
    def name(self) -> str:
        return str(self.standard)

    @property
    def open(self) -> int:
        return sum(target.is_open for target in self.targets)

    @property
    def has_work(self) -> bool:
        return any(target.works for target in self.targets)


@dataclass(frozen=True)
class Toward:
    """``reached`` have targets in the course, ``elsewhere`` have none in it; ``habits`` stands apart from both."""

    mark: GraduationFramework
    on: dt.date
    reached: tuple[TowardStandard, ...]
    elsewhere: tuple[TowardStandard, ...]
    habits: Standard | None


def toward(shown: StudentPage, on: dt.date) -> Toward | None:
    """Where the targets of a student's course lead. None where the district has no graduation standards on ``on``.

    One trip without graduation standards, three with them, whatever their number.
    """
    mark = in_force(shown.section.district, on)
    if mark is None or mark.framework is None:
        return None
    lines = (*shown.gaps, *shown.shown)
    found = [
        TowardStandard(
            standard,
            tuple(_target(line, shown) for line in lines if line.standard.pk in targets),
            len(targets),
        )
        for standard, targets in _academic(mark.framework, mark.habits)
    ]
    return Toward(
        mark,
        on,
        tuple(one for one in found if one.targets),
        tuple(one for one in found if not one.targets),
        _habits(mark),
    )


def _academic(framework: Framework, habits: Standard | None) -> list[tuple[Standard, frozenset[int]]]:
    """The standards of ``framework`` in use, but for habits, each with the targets that lead to it. Two trips."""
    leads: defaultdict[int, set[int]] = defaultdict(set)
    edges = StandardEdge.objects.filter(
        leading(framework), origin__isnull=False, destination__isnull=False
    ).values_list("origin", "destination")
    for origin, destination in edges:
        leads[destination].add(origin)
    rows = Standard.objects.filter(
        Q(is_leaf=True) | Q(pk__in=list(leads)), framework=framework, status=StandardStatus.ACTIVE
    ).defer("search_text", "extra")
    return [
        (standard, frozenset(leads[standard.pk]))
        for standard in rows.order_by("path", "pk")
        if not is_of_habits(standard, habits)
    ]


def _habits(mark: GraduationFramework) -> Standard | None:
    return mark.habits if mark.habits and mark.habits.status == StandardStatus.ACTIVE else None


def _target(line: StandardLine, shown: StudentPage) -> Target:
    works = (Work(one, shown.expected.drawn(one.level.code)) for one in reversed(line.judgements))
    return Target(line, tuple(works))


# --- The whole line of a student --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A target that a piece of work was judged on, in a class or in a request: its newest level there."""

    title: str
    place: str
    url: str
    target: Standard
    level: DrawnLevel
    on: dt.date


@dataclass(frozen=True)
class StandardStory:
    """A graduation standard and the student's work on what leads to it, newest first. ``worked`` of ``linked`` targets
    have work."""

    standard: Standard
    pieces: tuple[Piece, ...]
    worked: int
    linked: int

    @property
    def name(self) -> str:
        return str(self.standard)


@dataclass(frozen=True)
class GraduationLine:
    mark: GraduationFramework
    on: dt.date
    standards: tuple[StandardStory, ...]
    habits: Standard | None

    @property
    def begun(self) -> int:
        """Graduation standards that some work leads to."""
        return sum(bool(one.pieces) for one in self.standards)


def graduation_line(student: Student, requests: QuerySet[CreditRequest]) -> GraduationLine | None:
    """All work of ``student`` that leads to a graduation standard: judged in classes, and in ``requests``, which are
    those the reader may know of. None where the district has no graduation standards today.

    One trip without graduation standards, six with them, whatever their number.
    """
    on = clock.today(student.district)
    mark = in_force(student.district, on)
    if mark is None or mark.framework is None:
        return None
    academic = _academic(mark.framework, mark.habits)
    pieces = _pieces(student, requests, {target for _standard, targets in academic for target in targets})
    found = []
    for standard, targets in academic:
        those = sorted((one for one in pieces if one.target.pk in targets), key=attrgetter("on"), reverse=True)
        found.append(StandardStory(standard, tuple(those), len({one.target.pk for one in those}), len(targets)))
    return GraduationLine(mark, on, tuple(found), _habits(mark))


def _pieces(student: Student, requests: QuerySet[CreditRequest], targets: Collection[int]) -> list[Piece]:
    """The newest level of each piece of work on each of ``targets``. Three trips."""
    scales: defaultdict[int, list[ScaleLevel]] = defaultdict(list)
    for level in ScaleLevel.objects.filter(scale__district=student.district_id):
        scales[level.scale_id].append(level)
    levels = {pk: one for those in scales.values() for pk, one in drawn_levels(those).items()}
    in_class = ClassJudgement.objects.filter(student=student, standard__in=targets)
    in_class = in_class.select_related("task__section", "standard__framework")
    asked = Judgement.objects.filter(request__student=student, standard__in=targets)
    asked = asked.filter(request__in=requests.order_by().values("pk")).select_related(
        "request__course", "standard__framework"
    )
    found: dict[tuple[str, int, int], Piece] = {}
    for row in in_class.order_by("judged_at", "pk"):
        section = row.task.section
        url = reverse("crediting:class-student", args=[section.public_id, student.public_id])
        found["class", row.task_id, row.standard_id] = Piece(
            row.task.title, section.title, url, row.standard, levels[row.level_id], row.task.given_on
        )
    for one in asked.order_by("judged_at", "pk"):
        url = reverse("crediting:request", args=[one.request.public_id])
        day = clock.day_of(one.judged_at, student.district)
        found["request", one.request_id, one.standard_id] = Piece(
            one.request.title, one.request.course.title, url, one.standard, levels[one.level_id], day
        )
    return list(found.values())
