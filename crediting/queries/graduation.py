"""The line from a student's work to the district's graduation standards. It is shown; nothing is decided by it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from crediting.models import ClassJudgement, Framework, GraduationFramework, Standard, StandardEdge
from crediting.queries.classes import StandardLine, StudentPage
from crediting.states import EdgeKind, StandardStatus
from mbl.core.models import District
from mbl.core.ui.levels import DrawnLevel


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
    leads: defaultdict[int | None, set[int | None]] = defaultdict(set)
    for origin, destination in StandardEdge.objects.filter(leading(mark.framework), origin__isnull=False).values_list(
        "origin", "destination"
    ):
        leads[destination].add(origin)
    rows = Standard.objects.filter(
        Q(is_leaf=True) | Q(pk__in=[pk for pk in leads if pk]), framework=mark.framework, status=StandardStatus.ACTIVE
    ).defer("search_text", "extra")
    lines = (*shown.gaps, *shown.shown)
    found = [
        TowardStandard(
            standard,
            tuple(_target(line, shown) for line in lines if line.standard.pk in leads[standard.pk]),
            len(leads[standard.pk]),
        )
        for standard in rows.order_by("path", "pk")
        if not is_of_habits(standard, mark.habits)
    ]
    return Toward(
        mark,
        on,
        tuple(one for one in found if one.targets),
        tuple(one for one in found if not one.targets),
        mark.habits if mark.habits and mark.habits.status == StandardStatus.ACTIVE else None,
    )


def _target(line: StandardLine, shown: StudentPage) -> Target:
    works = (Work(one, shown.expected.drawn(one.level.code)) for one in reversed(line.judgements))
    return Target(line, tuple(works))
