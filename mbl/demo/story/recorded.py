"""What the student information system already held about mastery credit: awards that the schools made on paper, after
their test days, and who takes part in which program.

Who came to a test day is not spread evenly, so an equity report has something to show.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from crediting.actions.history import CourseRow, post_course_history
from crediting.states import EntryKind, Method
from mbl.demo.story import oneroster
from mbl.demo.story.stage import Stage
from mbl.demo.story.world import Learner, schedule_of
from mbl.demo.years import Year
from profiles.models import ProgramParticipation
from profiles.states import Program

# Chance of an award in a whole year; others than these have a chance of ``OTHERS``.
AWARDED = {
    "european": 0.27,
    "chinese": 0.30,
    "vietnamese": 0.28,
    "south_asian": 0.30,
    "filipino": 0.26,
    "latino": 0.20,
    "native": 0.14,
    "african_american": 0.12,
    "east_african": 0.12,
    "pacific": 0.12,
}
OTHERS = 0.2
# The fall's test day of this year has been, the spring's not.
SO_FAR = 0.8
# Courses of the test days, those of world languages more often.
TESTED = ("WLS110", "WLS210", "WLS310", "WLS410", "WLS210", "ART110", "MUS110", "CTE110", "MAT420")
# Chance of taking part: in general, and for those where a number of its own is given.
PROGRAMS: Mapping[Program, tuple[float, Mapping[str, float]]] = {
    Program.LOW_INCOME: (
        0.31,
        dict.fromkeys(("latino", "native", "pacific", "east_african", "african_american"), 0.56),
    ),
    Program.MULTILINGUAL: (
        0.01,
        {"latino": 0.3, "slavic": 0.25, "east_african": 0.35, "vietnamese": 0.2, "arabic": 0.3},
    ),
    Program.SPECIAL_EDUCATION: (0.14, {}),
    Program.SECTION_504: (0.06, {}),
    Program.MIGRANT: (0.002, {"latino": 0.09}),
    Program.HOMELESS: (0.035, {}),
    Program.FOSTER: (0.007, {}),
    Program.HIGHLY_CAPABLE: (0.08, dict.fromkeys(("latino", "native", "pacific"), 0.03)),
    Program.MILITARY: (0.05, {}),
}


def post_awards(stage: Stage, *, back: int) -> None:
    """Awards of the school year that many years before the present one; students with a part have none."""
    post_course_history(
        _rows(stage, back),
        district=stage.district,
        source=f"oneroster:{oneroster.SYSTEM}",
        actor=stage.administrator,
        kind=EntryKind.MASTERY,
    )


def record_programs(stage: Stage) -> None:
    """Everybody's programs, since the first day of last year."""
    since = Year(stage.world.school_year - 1).starts_on
    ProgramParticipation.objects.bulk_create(
        ProgramParticipation(
            district=stage.district, student=stage.student(learner.id), program=program, starts_on=since
        )
        for program, (share, own) in PROGRAMS.items()
        for learner in stage.world.learners
        if _chance(program, learner).random() < own.get(learner.origin, share)
    )


def _rows(stage: Stage, back: int) -> Iterator[CourseRow]:
    year = Year(stage.world.school_year - back)
    for learner in stage.world.learners:
        grade = learner.grade - back
        school = stage.world.school_of(learner, grade)
        chance = _chance(f"test day {back}", learner)
        share = AWARDED.get(learner.origin, OTHERS) * (1 if back else SO_FAR)
        if learner.part is not None or grade < 9 or school is None or chance.random() >= share:
            continue
        taken = _ever_taken(learner)
        fitting = [code for code in TESTED if grade in stage.world.courses[code].grades and code not in taken]
        if not fitting:
            continue
        course = stage.world.courses[chance.choice(fitting)]
        day = year.first_half_test_on if back == 0 or chance.random() < 0.5 else year.second_half_test_on
        if day > stage.today:
            continue
        at = stage.schools[school.id]
        yield CourseRow(
            student=stage.student(learner.id),
            course=stage.course(course.code),
            course_code=course.code,
            course_title=course.title,
            subject=course.subject,
            state_course_code=course.state_code,
            school=at,
            school_name=at.name,
            school_year=year.ending,
            term="Semester 1" if day == year.first_half_test_on else "Semester 2",
            term_order=1 if day == year.first_half_test_on else 2,
            grade=f"{grade:02d}",
            mark="P",
            is_numeric=False,
            credits_attempted=course.credits,
            credits_earned=course.credits,
            earned_on=day,
            method=Method.LOCAL_ASSESSMENT,
        )


def _ever_taken(learner: Learner) -> set[str]:
    """Courses the student has had or will have in class."""
    return {code for grade in range(8, 13) for codes in schedule_of(grade, learner.track) for code in codes.split("+")}


def _chance(what: str, learner: Learner) -> random.Random:
    return random.Random(f"{what} {learner.id}")  # noqa: S311  (nothing secret)
