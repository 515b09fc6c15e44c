"""Common tasks: one that the classes of a course gave in fall and had partly read twice, and one that is out now."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from crediting.access import sections_taught
from crediting.actions.classes import ClassRow, judge_class
from crediting.actions.common_tasks import give_common_task, publish_common_task, write_common_task
from crediting.models import CommonTask
from crediting.queries.classes import expected_of, roster, standards_of
from mbl.core import clock
from mbl.core.models import User
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from profiles.models import Course, Section

FALL, NOW = "Fall common task: explain your reasoning", "Winter common task: two ways to one answer"
FOR_STUDENTS = (
    "Choose one of the two problems on the sheet. Solve it, and write down why each of your steps is allowed. Somebody "
    "who was not in class should be able to follow you."
)
FOR_TEACHERS = (
    "One sheet, 45 minutes, alone. Calculator and formula page are allowed. Read the problem aloud to whoever asks. Do "
    "not say whether a step is right. Collect the sheets without names on the front."
)
STANDARDS = 3
# Of the classes of the course, so many gave it.
MOST_CLASSES = 8


class CommonTasksStory:
    """The district writes both; the teachers of the course give and judge the first."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, 21, 0, self._publish_fall, about="the common task of fall")
        yield event_of(self.stage, 9, 60, self._give_and_judge, about="classes that gave the common task")
        yield event_of(self.stage, 2, 0, self._publish_now, about="the common task of winter")

    def _publish_fall(self) -> None:
        self._publish(FALL, self.stage.today + dt.timedelta(days=2), Decimal(25))

    def _publish_now(self) -> None:
        self._publish(NOW, self.stage.today + dt.timedelta(days=18), None)

    def _publish(self, title: str, closes_on: dt.date, share: Decimal | None) -> None:
        section = self._first
        if section is None:
            return
        assert self.stage.administrator is not None
        task = write_common_task(
            self.stage.district,
            title=title,
            for_students=FOR_STUDENTS,
            for_teachers=FOR_TEACHERS,
            standards=standards_of(section)[:STANDARDS],
            scale=expected_of(section).levels[0].scale,
            courses=[section.course],
            schools=list(self.stage.schools.values()),
            opens_on=clock.today(self.stage.district),
            closes_on=closes_on,
            read_share=share,
            read_number=None if share is not None else 3,
            from_other_school=True,
            actor=self.stage.administrator,
        )
        publish_common_task(task, actor=self.stage.administrator)

    def _give_and_judge(self) -> None:
        task = CommonTask.objects.filter(district=self.stage.district, title=FALL).first()
        if task is None or self._first is None:
            return
        classes = self._sections(self._first.course)
        # Whoever reads a second time needs an account too.
        teachers = {section.pk: self._teacher(section) for section in classes}
        for section in classes[:MOST_CLASSES]:
            if (teacher := teachers[section.pk]) is not None:
                self._judge(task, section, teacher)

    def _judge(self, task: CommonTask, section: Section, teacher: User) -> None:
        given = give_common_task(task, section, actor=teacher)
        levels = list(task.scale.levels.all())
        chance = random.Random(f"common {section.code}")  # noqa: S311  (a story, no secret)
        rows = [
            ClassRow(student, standard, levels[min(len(levels) - 1, int(chance.triangular(0, len(levels), 2.4)))])
            for student in roster(section, given.given_on)
            for standard in task.standards.all()
        ]
        judge_class(section, title=given.title, given_on=given.given_on, rows=rows, actor=teacher)

    @cached_property
    def _first(self) -> Section | None:
        """The first class with standards of the teacher whom one can be."""
        for person in self.stage.cast_staff:
            if person.sign_in and "teacher" in person.sign_in:
                taught = sections_taught(self.stage.user(person.id)).filter(course__standards__isnull=False)
                if (found := taught.order_by("title", "code", "pk").first()) is not None:
                    return found
        return None

    def _sections(self, course: Course) -> list[Section]:
        """The course's classes, one of each school in turn, so that both schools take part."""
        year = clock.school_year(self.stage.today)
        found = Section.objects.filter(course=course, session__school_year=year, is_active=True)
        by_school: dict[int, list[Section]] = {}
        for section in found.select_related("school", "course", "district").order_by("title", "code", "pk"):
            by_school.setdefault(section.school_id, []).append(section)
        longest = max(map(len, by_school.values()), default=0)
        return [those[place] for place in range(longest) for those in by_school.values() if place < len(those)]

    def _teacher(self, section: Section) -> User | None:
        row = section.teachers.order_by("-is_primary", "pk").first()
        if row is None:
            return None
        part = next((key for key, person in self.stage.people.items() if person.pk == row.person_id), "")
        return self.stage.user(part) if part else None
