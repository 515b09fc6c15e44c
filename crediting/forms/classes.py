"""A whole class in one form: levels by student and standard, and habits by student and habit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crediting.forms.words import Words
from crediting.models import Habit, HabitAnswer, ScaleLevel, Standard
from crediting.queries.levels import word_of
from profiles.models import Student

NOTHING = ("", "–")


@dataclass(frozen=True)
class Typed:
    """A row that can be saved."""

    student: Student
    standard: Standard
    level: ScaleLevel
    comment: str
    modification: str


class ClassJudgingForm(forms.Form):
    """``level-<student>-<standard>``, ``comment-<student>`` and ``modification-<student>`` for each row.

    A row with a fault keeps what was typed and stays open; ``rows`` answers the others, so that they can be saved.
    """

    title = forms.CharField(label=_("Task"), max_length=120, help_text=_("What the class did, such as: Unit 2 report."))
    given_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(
        self,
        students: Sequence[Student],
        standards: Sequence[Standard],
        levels: Sequence[ScaleLevel],
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.students, self.standards = students, standards
        self.levels = {level.code: level for level in levels}
        choices = [NOTHING, *((level.code, word_of(level)) for level in levels)]
        for student in students:
            for standard in standards:
                label = f"{student}, {standard.code or standard.short or standard.statement[:60]}"
                self.fields[self.level_name(student, standard)] = forms.ChoiceField(
                    label=label, choices=choices, required=False
                )
            self.fields[f"comment-{student.public_id}"] = Words(
                label=_("What %(student)s reads about it") % {"student": student}, required=False, rows=1
            )
            self.fields[f"modification-{student.public_id}"] = Words(
                label=_("What was asked of %(student)s in place of the standard") % {"student": student},
                required=False,
                rows=1,
                max_length=1000,
            )

    @staticmethod
    def level_name(student: Student, standard: Standard) -> str:
        return f"level-{student.public_id}-{standard.public_id}"

    @property
    def table(self) -> list[tuple[Student, list[forms.BoundField], forms.BoundField, forms.BoundField]]:
        """The rows as they are printed: student, one field a standard, comment, modification."""
        return [
            (
                student,
                [self[self.level_name(student, standard)] for standard in self.standards],
                self[f"comment-{student.public_id}"],
                self[f"modification-{student.public_id}"],
            )
            for student in self.students
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for student in self.students:
            words = (cleaned.get(f"comment-{student.public_id}"), cleaned.get(f"modification-{student.public_id}"))
            names = [self.level_name(student, standard) for standard in self.standards]
            if any(words) and not any(cleaned.get(name) or name in self.errors for name in names):
                self.add_error(names[0], gettext("Choose a level, so that your words can be saved with it."))
        return cleaned

    def rows(self) -> list[Typed]:
        """What can be saved: levels in rows without a fault. None while task or day has one."""
        if "title" in self.errors or "given_on" in self.errors:
            return []
        return [
            Typed(
                student,
                standard,
                self.levels[code],
                self.cleaned_data[f"comment-{student.public_id}"],
                self.cleaned_data[f"modification-{student.public_id}"],
            )
            for student in self.students
            if not self.has_fault(student)
            for standard in self.standards
            if (code := self.cleaned_data.get(self.level_name(student, standard)))
        ]

    @property
    def gone(self) -> int:
        """How many levels were sent for students who are no longer in the class."""
        return sum(
            1 for name, value in self.data.items() if name.startswith("level-") and value and name not in self.fields
        )

    def has_fault(self, student: Student) -> bool:
        return any(str(student.public_id) in name for name in self.errors)

    @property
    def faulty(self) -> list[Student]:
        return [student for student in self.students if self.has_fault(student)]


class HabitsForm(forms.Form):
    """``habit-<student>-<habit>``: the word for one habit of one student, or nothing."""

    def __init__(
        self,
        students: Sequence[Student],
        habits: Sequence[Habit],
        answers: Sequence[HabitAnswer],
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.students, self.habits = students, habits
        self.answers = {str(answer.pk): answer for answer in answers}
        choices = [NOTHING, *((str(answer.pk), answer.word) for answer in answers)]
        for student in students:
            for habit in habits:
                self.fields[self.name(student, habit)] = forms.ChoiceField(
                    label=f"{student}, {habit}", choices=choices, required=False
                )

    @staticmethod
    def name(student: Student, habit: Habit) -> str:
        return f"habit-{student.public_id}-{habit.pk}"

    @property
    def table(self) -> list[tuple[Student, list[forms.BoundField]]]:
        return [(student, [self[self.name(student, habit)] for habit in self.habits]) for student in self.students]

    def rows(self) -> list[tuple[Student, Habit, HabitAnswer | None]]:
        return [
            (student, habit, self.answers.get(self.cleaned_data[self.name(student, habit)]))
            for student in self.students
            for habit in self.habits
        ]


class WeekForm(forms.Form):
    """Which week is entered: any of its days."""

    week = forms.DateField(
        label=pgettext_lazy("habits of work", "Week of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )

    def chosen(self, today: dt.date) -> dt.date:
        """The day that was chosen; today where none was, or none that can be read."""
        return (self.cleaned_data.get("week") if self.is_valid() else None) or today


class HabitWordsForm(forms.Form):
    """The habits a district looks at and the words for how often, one a line."""

    habits = Words(
        label=_("Habits, one a line"),
        help_text=_("Such as: Comes prepared. Works well with others. An empty list turns habits off."),
        required=False,
        rows=6,
    )
    answers = Words(
        label=_("Words for how often, one a line"),
        help_text=_("From seldom to always. They are never turned into numbers."),
        required=False,
        rows=5,
    )

    def lines(self, name: str) -> list[str]:
        words: str = self.cleaned_data[name]
        return words.splitlines()
