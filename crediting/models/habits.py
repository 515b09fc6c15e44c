"""Habits of work, kept apart from standards: words of their own, and no path into an academic figure."""

from django.db import models

from mbl.core.models import District, User
from profiles.models import Section, Student


class HabitWord(models.Model):
    """What is common to habits and to the words they are marked with. Those no longer used stay for old weeks."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    word = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.word


class Habit(HabitWord):
    """A habit of work or learning, such as "Comes prepared"."""

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["district", "word"], name="habit_once")]


class HabitAnswer(HabitWord):
    """How often somebody works so, such as "Usually". An order of words, without numbers and without a mean."""

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["district", "word"], name="habit_answer_once")]


class HabitMark(models.Model):
    """One habit of one student in one week of a class. ``week`` is its Monday. A later entry replaces it."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="habit_marks")
    habit = models.ForeignKey(Habit, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(HabitAnswer, on_delete=models.PROTECT, related_name="+")
    week = models.DateField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-week", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["section", "student", "habit", "week"], name="habit_mark_once"),
            models.CheckConstraint(condition=models.Q(week__iso_week_day=1), name="habit_week_begins_on_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.student}: {self.habit}, {self.answer}"
