"""A common task for two schools of a district, with a class and a teacher at the second one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crediting.actions.classes import ClassRow, Saved, judge_class
from crediting.actions.common_tasks import give_common_task, publish_common_task, write_common_task
from crediting.models import ClassTask, CommonTask
from mbl.core import clock
from profiles.models import Person, School, Section, Student
from tests.factories.classes import Class
from tests.factories.moderation import account, make_teacher
from tests.factories.profiles import make_school, make_section, make_student
from tests.personas import Personas


def make_common(personas: Personas, geometry: Class, *, published: bool = True, **fields: Any) -> CommonTask:
    """A task for the classes of Geometry, open since yesterday, all of it read twice; the administrator writes it."""
    today = clock.today(personas.district)
    usual: dict[str, Any] = {
        "title": "Year-end proof",
        "for_students": "Prove that two triangles are congruent.",
        "for_teachers": "One sheet, 45 minutes, no help with the proof.",
        "standards": geometry.standards,
        "scale": geometry.ground.scale,
        "courses": [geometry.ground.course],
        "schools": list(School.objects.filter(district=personas.district)),
        "opens_on": today - dt.timedelta(days=1),
        "closes_on": today + dt.timedelta(days=7),
        "read_share": Decimal(100),
        "read_number": None,
        "from_other_school": True,
        "actor": personas.administrator.user,
    }
    task = write_common_task(personas.district, **usual | fields)
    return publish_common_task(task, actor=personas.administrator.user) if published else task


@dataclass(frozen=True)
class Elsewhere:
    """Another school of the district with a class of the same course."""

    school: School
    teacher: Person
    section: Section
    students: tuple[Student, ...]


def make_elsewhere(personas: Personas, geometry: Class, *, students: int = 1, name: str = "Sam Okafor") -> Elsewhere:
    school = make_school(personas.district, f"School of {name}")
    teacher = make_teacher(school, name)
    those = tuple(make_student(school) for _each in range(students))
    section = make_section(
        school, course=geometry.ground.course, teacher=teacher, students=those, title=f"Geometry of {name}"
    )
    return Elsewhere(school, teacher, section, those)


def judge_common(given: ClassTask, geometry: Class, levels: Mapping[Student, str]) -> Saved:
    """Every standard of the task at one level for each student, by the teacher of the class."""
    section = given.section
    rows = [
        ClassRow(student, standard, geometry.ground.level(level))
        for student, level in levels.items()
        for standard in geometry.standards
    ]
    teacher = section.teachers.select_related("person__user").get().person
    return judge_class(section, title=given.title, given_on=given.given_on, rows=rows, actor=account(teacher))


def give_and_judge(
    common: CommonTask, geometry: Class, section: Section, levels: Mapping[Student, str]
) -> tuple[ClassTask, Saved]:
    teacher = section.teachers.select_related("person__user").get().person
    given = give_common_task(common, section, actor=account(teacher))
    return given, judge_common(given, geometry, levels)
