"""What a decision may know of a student on a day: grade, age, what law makes decisive, courses attended."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import DateField, Value
from django.db.models.functions import Coalesce

from crediting.rules.facts import StudentFacts
from profiles.access import Entitlement, entitlements
from profiles.models import SchoolEnrollment, SectionEnrollment, Student
from profiles.rules.age import age_on


@dataclass(frozen=True)
class _Attended:
    """A course attended, both days inclusive."""

    code: str
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True)
class Known:
    """The intervals of some students, by primary key, from which the facts of any day follow."""

    grades: Mapping[int, Sequence[tuple[dt.date, str]]]
    programs: Mapping[int, Sequence[Entitlement]]
    courses: Mapping[int, Sequence[_Attended]]

    def on(self, student: Student, day: dt.date, *, requested: dt.date) -> StudentFacts:
        """``day`` is the demonstration date, ``requested`` the day on which the request was begun."""
        return StudentFacts(
            grade=self._grade(student, day),
            grade_at_request=self._grade(student, requested),
            age=age_on(student.person.birth_date, day),
            groups=frozenset(one.program.value for one in self.programs.get(student.pk, ()) if one.holds(day)),
            enrolled=frozenset(
                one.code for one in self.courses.get(student.pk, ()) if one.starts_on <= day <= one.ends_on
            ),
        )

    def _grade(self, student: Student, day: dt.date) -> str:
        """As on the line of an award: the newest begun; the present one where the history does not say."""
        begun = [grade for first, grade in self.grades.get(student.pk, ()) if first <= day]
        return begun[-1] if begun else student.grade


def known_of(students: Iterable[int]) -> Known:
    """Two trips for any number of students."""
    wanted = set(students)
    grades: defaultdict[int, list[tuple[dt.date, str]]] = defaultdict(list)
    courses: defaultdict[int, list[_Attended]] = defaultdict(list)
    # Where they went to school, and what they took there: a word and two days each, the school's without a last one.
    attended = SchoolEnrollment.objects.filter(student__in=wanted).values_list(
        Value(True), "student_id", "grade", "starts_on", Value(None, DateField()), "pk"
    )
    first = Coalesce("starts_on", "section__session__starts_on")
    last = Coalesce("ends_on", "section__session__ends_on")
    seats = SectionEnrollment.objects.filter(student__in=wanted).values_list(
        Value(False), "student_id", "section__course__code", first, last, "pk"
    )
    rows = attended.order_by().union(seats.order_by(), all=True)
    for is_grade, pk, word, begins, ends, _row in sorted(rows, key=lambda row: (row[3], row[5])):
        if is_grade:
            grades[pk].append((begins, word))
        else:
            courses[pk].append(_Attended(word, begins, ends))
    return Known(grades, entitlements(wanted), courses)
