"""What teachers judged in a class of theirs this fall, and how the class worked from week to week."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from functools import partial

from crediting.access import sections_taught
from crediting.actions.aggregation import set_aggregation
from crediting.actions.classes import ClassRow, HabitRow, enter_habits, judge_class, write_habits
from crediting.models import ScaleLevel
from crediting.queries.classes import expected_of, roster, standards_of
from crediting.queries.habits import answers_of, habits_of
from crediting.rules.aggregation import Aggregation
from crediting.states import AggregationKind
from mbl.core import clock
from mbl.demo.story.events import Event, event_of
from mbl.demo.story.stage import Stage
from profiles.models import Section

HABITS = ("Comes prepared", "Keeps going when it is hard", "Works well with others")
ANSWERS = ("Seldom", "Sometimes", "Usually", "Always")
# Title and days ago; each shows the next standards of the course.
TASKS = (("Opening task", 38), ("Group project", 24), ("Second look", 10), ("Unit report", 3))
STANDARDS = 3
# Judges too, so that there is work of others to read a second time.
COLLEAGUES = ("maalona",)
ENGLISH = Aggregation(AggregationKind.BEST, n=3, minimum=3)
IN_A_MONTH = dt.timedelta(days=30)


def stories(stage: Stage) -> list[ClassStory | RuleStory]:
    """One class for each teacher whom one can be and for a colleague, and what the district set for all."""
    teachers = [
        person.id
        for person in stage.cast_staff
        if (person.sign_in and "teacher" in person.sign_in) or person.id in COLLEAGUES
    ]
    return [RuleStory(stage), *(ClassStory(stage, teacher) for teacher in teachers)]


class RuleStory:
    """The district names its habits, and English will count the best of three from next month on."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, 60, 0, self._habits, about="habits of work")
        yield event_of(self.stage, 5, 0, self._rule, about="best of three")

    def _habits(self) -> None:
        assert self.stage.administrator is not None
        write_habits(self.stage.district, habits=HABITS, answers=ANSWERS, actor=self.stage.administrator)

    def _rule(self) -> None:
        set_aggregation(
            self.stage.district,
            subjects=["english"],
            terms=ENGLISH,
            starts_on=self.stage.today + IN_A_MONTH,
            actor=self.stage.administrator,
        )


class ClassStory:
    """Four tasks of the teacher's first class with standards, and the habits of three weeks."""

    def __init__(self, stage: Stage, teacher: str) -> None:
        self.stage, self.teacher = stage, teacher

    def events(self) -> Iterator[Event]:
        for number, (title, days) in enumerate(TASKS):
            yield event_of(
                self.stage, days, 40, partial(self._judge, number, title), about=f"{title} of {self.teacher}"
            )
        for days in (17, 10, 3):
            yield event_of(self.stage, days, 300, self._enter, about=f"habits by {self.teacher}")

    def _judge(self, number: int, title: str) -> None:
        section = self._section()
        if section is None:
            return
        today = clock.today(self.stage.district)
        levels = expected_of(section).levels
        chance = random.Random(f"{section.code}{number}")  # noqa: S311  (a story, no secret)
        first = (number % 2) * STANDARDS
        rows = [
            ClassRow(student, standard, _drawn(levels, number, chance))
            for student in roster(section, today)
            for standard in standards_of(section)[first : first + STANDARDS]
            if chance.random() < 0.9  # somebody is always absent
        ]
        judge_class(section, title=title, given_on=today, rows=rows, actor=self.stage.user(self.teacher))

    def _enter(self) -> None:
        section = self._section()
        if section is None:
            return
        today = clock.today(self.stage.district)
        answers = answers_of(self.stage.district)
        chance = random.Random(f"{section.code}{today}")  # noqa: S311
        rows = [
            HabitRow(student, habit, chance.choice(answers[1:]))
            for student in roster(section, today)
            for habit in habits_of(self.stage.district)
        ]
        enter_habits(section, week=today, rows=rows, actor=self.stage.user(self.teacher))

    def _section(self) -> Section | None:
        """The teacher's first class of a course with standards."""
        taught = sections_taught(self.stage.user(self.teacher)).filter(course__standards__isnull=False)
        return taught.order_by("title", "code", "pk").first()


def _drawn(levels: Sequence[ScaleLevel], number: int, chance: random.Random) -> ScaleLevel:
    """Later tasks show more."""
    place = min(len(levels) - 1, int(chance.triangular(0, len(levels), 1 + number / 2)))
    return levels[place]
