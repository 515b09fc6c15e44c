"""Habits of work as they are entered and read: words beside the levels, and never part of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from crediting.models import Habit, HabitAnswer, HabitMark
from mbl.core.models import District
from profiles.models import Section, Student

WEEKS_SHOWN = 6


def habits_of(district: District) -> list[Habit]:
    """The habits that the district looks at, in its order."""
    return list(Habit.objects.filter(district=district, is_active=True))


def answers_of(district: District) -> list[HabitAnswer]:
    """The words for how often, in the district's order."""
    return list(HabitAnswer.objects.filter(district=district, is_active=True))


def marks_of(section: Section, week: dt.date) -> dict[tuple[int, int], HabitMark]:
    """What was entered for the week, by student and habit."""
    marks = HabitMark.objects.filter(section=section, week=monday_of(week)).select_related("answer")
    return {(mark.student_id, mark.habit_id): mark for mark in marks}


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


@dataclass(frozen=True)
class HabitWeek:
    """One week of one student in one class: each habit with its word."""

    week: dt.date
    marks: Sequence[HabitMark]


def weeks_of(section: Section, student: Student) -> list[HabitWeek]:
    """The last weeks of one student, newest first."""
    marks = HabitMark.objects.filter(section=section, student=student).select_related("habit", "answer")
    weeks: dict[dt.date, list[HabitMark]] = {}
    for mark in marks.order_by("-week", "habit__position", "pk"):
        weeks.setdefault(mark.week, []).append(mark)
    return [HabitWeek(week, found) for week, found in list(weeks.items())[:WEEKS_SHOWN]]
