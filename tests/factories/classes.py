"""A class with a course that has standards, and work judged in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crediting.actions.classes import ClassRow, Saved, judge_class, write_habits
from crediting.models import CourseStandard, Standard
from mbl.core import clock
from mbl.core.models import User
from profiles.models import Person, Section, Student
from tests.factories.crediting import Ground, make_ground
from tests.factories.profiles import make_school, make_section, make_student
from tests.personas import Personas

HABITS = ("Comes prepared", "Works well with others")
ANSWERS = ("Seldom", "Usually", "Always")


@dataclass(frozen=True)
class Class:
    """A section of a course that can be credited, with its teacher and students."""

    ground: Ground
    section: Section
    teacher: Person
    students: Sequence[Student]

    @property
    def standards(self) -> list[Standard]:
        return self.ground.standards

    @property
    def user(self) -> User:
        assert self.teacher.user is not None
        return User.objects.get(pk=self.teacher.user.pk)

    def judge(
        self,
        levels: Mapping[Student, str],
        *,
        title: str = "Unit 1",
        days_ago: int = 0,
        standard: Standard | None = None,
        comment: str = "",
        modification: str = "",
    ) -> Saved:
        """A level for each student on one standard, the first unless named."""
        rows = [
            ClassRow(student, standard or self.standards[0], self.ground.level(level), comment, modification)
            for student, level in levels.items()
        ]
        given_on = clock.today(self.section.district) - dt.timedelta(days=days_ago)
        return judge_class(self.section, title=title, given_on=given_on, rows=rows, actor=self.user)


def make_class(personas: Personas, *, more: int = 0, moderation: str = "", **fields: Any) -> Class:
    """Geometry, taught by the teacher persona to the student persona and ``more`` others; Southport has one too.

    ``moderation`` is that part of its policy, such as ``moderation: {share: 100}``.
    """
    foreign = make_ground(personas.other_school)
    make_section(personas.other_school, course=foreign.course, students=(personas.other_district_student.student,))
    ground = make_ground(personas.school, declares=moderation, **fields)
    for standard in ground.standards:
        CourseStandard.objects.create(course=ground.course, standard=standard, is_required=True)
    students = (personas.student.student, *(make_student(personas.school) for _each in range(more)))
    section = make_section(
        personas.school, course=ground.course, teacher=personas.teacher.person, students=students, title="Geometry A"
    )
    return Class(ground, section, personas.teacher.person, students)


def make_habits(personas: Personas) -> None:
    write_habits(personas.district, habits=HABITS, answers=ANSWERS, actor=personas.administrator.user)


def make_strange_class(personas: Personas) -> Section:
    """A class of another school of the district, which nobody of Northfield High School teaches."""
    return make_section(make_school(personas.district, "Elsewhere"), students=())
