"""Courses that ended before the present school year, as rows of the record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

from crediting.actions.history import CourseRow
from mbl.demo.story.world import Learner, World, schedule_of
from mbl.demo.years import Year
from profiles.models import Course, School, Student

MARKS = ("A", "A", "A-", "B+", "B", "B", "B-", "C+", "C", "C-", "D+", "D", "F")
# The marks before D: those with a part in a story fail only where it says so.
PASSING = 10


def course_rows(
    world: World, *, students: dict[str, Student], schools: dict[str, School], courses: dict[str, Course]
) -> Iterator[CourseRow]:
    """Every half-year course of grades 8 to 11 that carries credit. Keys: system number, school id, course code."""
    for learner in world.learners:
        chance = random.Random(f"marks {learner.id}")  # noqa: S311  (nothing secret)
        for grade in range(8, learner.grade):
            year = Year(world.school_year - (learner.grade - grade))
            for codes in schedule_of(grade, learner.track):
                yield from _rows_of(world, learner, students[learner.id], grade, year, codes, chance, schools, courses)


def _rows_of(
    world: World,
    learner: Learner,
    student: Student,
    grade: int,
    year: Year,
    codes: str,
    chance: random.Random,
    schools: dict[str, School],
    courses: dict[str, Course],
) -> Iterator[CourseRow]:
    parts = codes.split("+")
    for half in (1, 2):
        course = world.courses[parts[half - 1] if len(parts) == 2 else parts[0]]
        if not course.half_credits:
            continue
        mark = _mark(learner, f"{course.code}:{half}", chance)
        then = world.school_of(learner, grade)
        assert then is not None
        school = schools[then.id]
        yield CourseRow(
            student=student,
            course=courses.get(course.code),
            course_code=course.code,
            course_title=course.title,
            subject=course.subject,
            state_course_code=course.state_code,
            school=school,
            school_name=school.name,
            school_year=year.ending,
            term=f"Semester {half}",
            term_order=half,
            grade=f"{grade:02d}",
            mark=mark,
            credits_attempted=course.half_credits,
            credits_earned=Decimal(0) if mark == "F" else course.half_credits,
            earned_on=year.first_half_ends_on if half == 1 else year.ends_on,
        )


def _mark(learner: Learner, half: str, chance: random.Random) -> str:
    """Marks gather around the student's own; those with a part fail what their story says and nothing else."""
    drawn = 0.55 * learner.luck + 0.449 * chance.random()
    if learner.part is not None:
        return "F" if half in learner.part.failed else MARKS[int(drawn * PASSING)]
    return MARKS[int(drawn * len(MARKS))]
