"""What teachers judged in a class of theirs this fall, and how the class worked from week to week."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from crediting.access import sections_taught
from crediting.actions.aggregation import set_aggregation
from crediting.actions.classes import ClassRow, HabitRow, enter_habits, judge_class, write_habits
from crediting.actions.converted import keep_grades, set_conversion, set_window
from crediting.models import GradeWindow, ScaleLevel
from crediting.queries.classes import expected_of, roster, standards_of
from crediting.queries.habits import answers_of, habits_of
from crediting.queries.levels import usual_levels
from crediting.rules.aggregation import Aggregation
from crediting.rules.converted import Conversion, ConversionKind, FromValue
from crediting.states import AggregationKind
from mbl.core import clock
from mbl.demo.story.cast import cast
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
TABLE = Conversion(
    ConversionKind.MEAN,
    minimum=3,
    places=1,
    values=tuple(
        FromValue(mark, Decimal(least))
        for mark, least in (("A", "3.5"), ("B", "2.8"), ("C", "2"), ("D", "1.5"), ("F", "1"))
    ),
)


def stories(stage: Stage) -> list[ClassStory | RuleStory]:
    """One class for each teacher whom one can be and for a colleague, and what the district set for all."""
    teachers = [
        person.id
        for person in stage.cast_staff
        if (person.sign_in and "teacher" in person.sign_in) or person.id in COLLEAGUES
    ]
    # A colleague's class which the student whom one can be attends.
    students = [student.id for student in stage.cast_students if student.sign_in]
    own = [
        ClassStory(stage, colleague, student)
        for colleague in COLLEAGUES
        if colleague in teachers
        for student in students
    ]
    return [RuleStory(stage), *(ClassStory(stage, teacher) for teacher in teachers), *own]


class RuleStory:
    """The district names its habits, says how levels become letter grades and when they are shown, and English will
    count the best of three from next month on."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def events(self) -> Iterator[Event]:
        yield event_of(self.stage, 60, 0, self._habits, about="habits of work")
        yield event_of(self.stage, 40, 0, self._table, about="letter grades from levels")
        yield event_of(self.stage, 39, 0, self._interim, about="interim report")
        yield event_of(self.stage, 12, 0, self._keep, about="grades of the interim report")
        yield event_of(self.stage, 5, 0, self._rule, about="best of three")
        yield event_of(self.stage, 2, 0, self._progress, about="progress report")

    def _habits(self) -> None:
        assert self.stage.administrator is not None
        write_habits(self.stage.district, habits=HABITS, answers=ANSWERS, actor=self.stage.administrator)

    def _table(self) -> None:
        assert self.stage.administrator is not None
        terms = replace(TABLE, levels=len(usual_levels(self.stage.district)))
        today = clock.today(self.stage.district)
        set_conversion(self.stage.district, subjects=[""], terms=terms, starts_on=today, actor=self.stage.administrator)

    def _interim(self) -> None:
        """Ended and kept by now."""
        self._window("Interim report", 30, 20)

    def _keep(self) -> None:
        for window in GradeWindow.objects.filter(district=self.stage.district).select_related("district", "school"):
            keep_grades(window)

    def _progress(self) -> None:
        """Open now; in the second district it is still to come, so that its families read levels only."""
        days = -2 if self.stage.cast_district.code == cast().districts[0].code else 12
        self._window("Progress report", -days, -days - 14)

    def _window(self, name: str, first: int, last: int) -> None:
        """From so many days before today to so many. One that would cross into another school year is left out."""
        begins, ends = (self.stage.today - dt.timedelta(days=days) for days in (first, last))
        if clock.school_year(begins) == clock.school_year(ends):
            assert self.stage.administrator is not None
            set_window(self.stage.district, name=name, first=begins, last=ends, actor=self.stage.administrator)

    def _rule(self) -> None:
        set_aggregation(
            self.stage.district,
            subjects=["english"],
            terms=ENGLISH,
            starts_on=self.stage.today + IN_A_MONTH,
            actor=self.stage.administrator,
        )


class ClassStory:
    """Four tasks of the teacher's first class with standards, and the habits of three weeks. ``student`` (of the cast)
    attends it, where somebody is named."""

    def __init__(self, stage: Stage, teacher: str, student: str = "") -> None:
        self.stage, self.teacher, self.student = stage, teacher, student

    def events(self) -> Iterator[Event]:
        for number, (title, days) in enumerate(TASKS):
            yield event_of(
                self.stage,
                days,
                40,
                partial(self._judge, number, title),
                about=f"{title} of {self.teacher}{self.student}",
            )
        for days in (17, 10, 3):
            yield event_of(self.stage, days, 300, self._enter, about=f"habits by {self.teacher}{self.student}")

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
        if self.student:
            taught = taught.filter(enrollments__student=self.stage.student(self.student))
        return taught.order_by("title", "code", "pk").first()


def _drawn(levels: Sequence[ScaleLevel], number: int, chance: random.Random) -> ScaleLevel:
    """Later tasks show more."""
    place = min(len(levels) - 1, int(chance.triangular(0, len(levels), 1 + number / 2)))
    return levels[place]
