"""Two classes of one student, and projects brought to any state by the actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crediting.actions.classes import ClassRow
from crediting.actions.projects import (
    approve_project,
    begin_project,
    judge_project,
    return_project,
    send_project,
)
from crediting.models import ClassJudgement, CourseStandard, ProjectPart, ProjectVersion, Standard
from crediting.states import ProjectState
from mbl.core import clock
from profiles.models import Person, Section, Student
from profiles.states import Role
from tests.factories.classes import Class, make_class
from tests.factories.crediting import Ground, account_of, make_ground
from tests.factories.profiles import make_account_holder, make_role, make_section
from tests.personas import Personas


@dataclass(frozen=True)
class Two:
    """Geometry of the teacher persona and Biology of a colleague, both attended by the student persona."""

    geometry: Class
    biology: Class

    @property
    def student(self) -> Student:
        return self.geometry.students[0]

    @property
    def chosen(self) -> dict[Section, Sequence[Standard]]:
        """Two standards of one class and one of the other."""
        return {
            self.geometry.section: self.geometry.standards[:2],
            self.biology.section: self.biology.standards[:1],
        }


def make_two(personas: Personas, *, more: int = 0) -> Two:
    """Southport has a class with standards too."""
    geometry = make_class(personas, more=more)
    ground: Ground = make_ground(personas.school, title="Biology", subject="science")
    for standard in ground.standards:
        CourseStandard.objects.create(course=ground.course, standard=standard, is_required=True)
    colleague: Person = make_account_holder(personas.district, "Beth Okoro")
    make_role(colleague, Role.TEACHER, personas.school)
    section = make_section(
        personas.school, course=ground.course, teacher=colleague, students=tuple(geometry.students), title="Biology B"
    )
    return Two(geometry, Class(ground, section, colleague, geometry.students))


def words(student: Student, **more: Any) -> dict[str, Any]:
    """A complete project of the next days."""
    today = clock.today(student.district)
    return {
        "title": "Where our street floods",
        "question": "Which drains are too small?",
        "product": "A map with every drain.",
        "audience": "The city council.",
        "partners": "",
        "starts_on": today,
        "ends_on": min(today + dt.timedelta(days=30), dt.date(clock.school_year(today), 6, 30)),
    } | more


def make_project(two: Two, state: ProjectState = ProjectState.SENT, **more: Any) -> ProjectVersion:
    """A project of both classes; Geometry answers where ``state`` says so, Biology still has it before it."""
    student = two.student
    version = begin_project(student=student, words=words(student, **more), chosen=two.chosen, actor=account_of(student))
    if state == ProjectState.DRAFT:
        return version
    version = send_project(version, actor=account_of(student))
    part = part_of(version, two.geometry)
    if state == ProjectState.APPROVED:
        approve_project(part, counted=two.geometry.standards[:2], reason="Go ahead.", actor=two.geometry.user)
    elif state == ProjectState.RETURNED:
        return_project(part, reason="Say how you measure.", actor=two.geometry.user)
    return version


def part_of(version: ProjectVersion, here: Class) -> ProjectPart:
    return ProjectPart.objects.select_related("project", "version", "section").get(
        version=version, section=here.section
    )


def judge(version: ProjectVersion, here: Class, *levels: str, days_ago: int = 0) -> list[ClassJudgement]:
    """A level for each of the standards that count, in their order."""
    part = part_of(version, here)
    counted = [row.standard for row in part.standards.filter(is_counted=True).select_related("standard")]
    rows = [
        ClassRow(part.project.student, standard, here.ground.level(level), "Well measured.")
        for standard, level in zip(counted, levels, strict=False)
    ]
    shown_on = clock.today(here.section.district) - dt.timedelta(days=days_ago)
    return judge_project(part, shown_on=shown_on, rows=rows, actor=here.user)
