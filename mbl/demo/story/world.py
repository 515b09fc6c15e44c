"""Who attends, who teaches and what was taught, worked out from the cast and a fixed seed: plain Python, no database.

``oneroster`` writes it down as a student information system would, ``history`` as the courses that ended before.
"""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from mbl.demo.names import origins
from mbl.demo.story.cast import DATA, CastDistrict, CastSchool, CastStaff, CastStudent, cast
from mbl.demo.years import Year

CLASS_SIZE = 27
# How students are spread over the origins of names, in percent.
ORIGINS = {
    "european": 44,
    "latino": 22,
    "native": 7,
    "slavic": 5,
    "african_american": 4,
    "east_african": 3,
    "filipino": 4,
    "vietnamese": 3,
    "south_asian": 3,
    "pacific": 2,
    "chinese": 2,
    "arabic": 1,
}
SUBJECTS = ("english", "math", "science", "social_studies", "elective", "elective")


@dataclass(frozen=True)
class DemoCourse:
    """``half_credits`` is what half a year is worth: nothing before high school. Some courses last half a year."""

    code: str
    title: str
    subject: str
    grades: tuple[int, ...]
    state_code: str = ""
    half_credits: Decimal = Decimal(0)
    is_half_year: bool = False
    is_lab: bool = False
    is_cadr: bool = False

    @property
    def credits(self) -> Decimal:
        return self.half_credits * (1 if self.is_half_year else 2)


@dataclass
class Learner:
    """A student. ``id`` is the number of the student information system; ``track`` chooses among the courses of a
    grade, and ``luck`` is how they tend to go."""

    id: str
    school: CastSchool
    grade: int
    given: str
    family: str
    gender: str
    birth_date: dt.date
    origin: str
    language: str
    track: int
    luck: float
    ssid: str
    guardian: str = ""
    guardian_given: str = ""
    part: CastStudent | None = None


@dataclass(frozen=True)
class Teacher:
    id: str
    school: CastSchool
    given: str
    family: str
    teaches: tuple[str, ...]


@dataclass
class DemoSection:
    """A class with its teacher and students. ``half``: 0 all year, 1 or 2 that half only."""

    id: str
    course: DemoCourse
    school: CastSchool
    school_year: int
    half: int
    teacher: Teacher
    learners: list[Learner] = field(default_factory=list)


@dataclass
class World:
    """One district of the demonstration in the school year ``school_year`` (its ending year)."""

    district: CastDistrict
    school_year: int
    courses: dict[str, DemoCourse]
    teachers: list[Teacher]
    learners: list[Learner]
    sections: list[DemoSection]

    @property
    def year(self) -> Year:
        return Year(self.school_year)

    def school_of(self, learner: Learner, grade: int) -> CastSchool | None:
        """Where ``learner`` attends ``grade``: the own school, or the first of the district that has the grade."""
        if grade in learner.school.students:
            return learner.school
        schools = (school for school in cast().schools if school.district == self.district.code)
        return next((school for school in schools if grade in school.students), None)

    def learner(self, part: str) -> Learner:
        return next(learner for learner in self.learners if learner.part and learner.part.id == part)


@cache
def courses() -> dict[str, DemoCourse]:
    raw = tomllib.loads((DATA / "courses.toml").read_text(encoding="utf-8"))
    return {
        code: DemoCourse(
            code=code,
            **{key: value for key, value in row.items() if key not in {"grades", "half_credits"}},
            grades=tuple(row["grades"]),
            half_credits=Decimal(row.get("half_credits", 0)),
        )
        for code, row in raw.items()
    }


def build(district: CastDistrict, school_year: int) -> World:
    """The same world for the same district and year."""
    chance = random.Random(f"{district.code} {school_year}")  # noqa: S311  (nothing secret)
    schools = [school for school in cast().schools if school.district == district.code]
    teachers = [teacher for school in schools for teacher in _teachers(school, chance)]
    learners = [learner for school in schools for learner in _learners(school, school_year, chance)]
    world = World(district, school_year, courses(), teachers, learners, [])
    for year in (school_year - 1, school_year):
        _teach(world, schools, year, chance)
    return world


def _teachers(school: CastSchool, chance: random.Random) -> list[Teacher]:
    """Those with a part, and as many more as the school's size needs for each subject."""
    named = [person for person in cast().staff if person.school == school.id and person.teaches]
    teachers = [_as_teacher(person, school) for person in named]
    size = sum(school.students.values())
    for subject in dict.fromkeys(SUBJECTS):
        wanted = max(1, round(size * SUBJECTS.count(subject) / 75)) if size > 60 else 1
        have = sum(subject in teacher.teaches for teacher in teachers)
        for number in range(have, wanted):
            given, family, _gender = _name(chance, _origin(chance))
            teachers.append(Teacher(f"t-{school.id}-{subject}-{number}", school, given, family, (subject,)))
    return teachers


def _as_teacher(person: CastStaff, school: CastSchool) -> Teacher:
    return Teacher(f"t-{person.id}", school, person.given, person.family, person.teaches)


def _learners(school: CastSchool, school_year: int, chance: random.Random) -> list[Learner]:
    found = []
    for grade, count in school.students.items():
        parts = [part for part in cast().students if part.school == school.id and part.grade == grade]
        for number in range(count):
            origin = _origin(chance)
            given, family, gender = _name(chance, origin)
            birth_date = dt.date(school_year - grade - 6, 9, 1) + dt.timedelta(days=chance.randrange(365))
            guardian_given, _family, _gender = _name(chance, origin)
            learner = Learner(
                id=f"{school.code}{grade:02d}{number:03d}",
                school=school,
                grade=grade,
                given=given,
                family=family,
                gender=gender,
                birth_date=birth_date,
                origin=origin,
                language="es" if origin == "latino" and chance.random() < 0.45 else "",
                track=chance.randrange(3),
                luck=chance.random(),
                ssid=f"{2_000_000_000 + int(school.code) * 10_000 + grade * 300 + number}",
                guardian=f"g-{school.code}{grade:02d}{number:03d}",
                guardian_given=guardian_given,
            )
            if number < len(parts):
                _give_part(learner, parts[number])
            found.append(learner)
    return found


def _give_part(learner: Learner, part: CastStudent) -> None:
    learner.part = part
    learner.given, learner.family, learner.language = part.given, part.family, part.language
    learner.birth_date = dt.date.fromisoformat(part.birth_date)
    learner.gender, learner.origin = part.gender, part.origin
    learner.track, learner.luck = part.track, 0.4
    family = next((family for family in cast().families if part.id in family.children), None)
    if family is not None:
        learner.guardian, learner.guardian_given = f"g-{family.id}", family.given


def _origin(chance: random.Random) -> str:
    return chance.choices(list(ORIGINS), weights=list(ORIGINS.values()))[0]


def _name(chance: random.Random, origin: str) -> tuple[str, str, str]:
    names = origins()[origin]
    if chance.random() < 0.5:
        return chance.choice(names.girls), chance.choice(names.families), "female"
    return chance.choice(names.boys), chance.choice(names.families), "male"


# The courses of a grade: six at a time, each a choice by track; "A+B" is two courses of half a year.
_PLANS: dict[int, tuple[tuple[str, str, str], ...]] = {
    grade: tuple((options * 3)[:3] if len(options) == 1 else options for options in plan)  # type: ignore[misc]
    for grade, plan in {
        7: (("LA7",), ("MA7",), ("SC7",), ("SS7",), ("PE7",), ("EX7",)),
        8: (("LA8",), ("MA8", "MA8", "MAT101"), ("SC8",), ("SS8",), ("PE8",), ("EX8",)),
        9: (
            ("ENG101",),
            ("MAT101", "MAT101", "MAT201"),
            ("SCI101",),
            ("SOC101",),
            ("PE101",),
            ("WLS110", "ART110", "WLS110"),
        ),
        10: (
            ("ENG201",),
            ("MAT201", "MAT201", "MAT301"),
            ("SCI201",),
            ("SOC201",),
            ("HLT101+PE201",),
            ("WLS210", "MUS110", "WLS210"),
        ),
        11: (
            ("ENG301",),
            ("MAT301", "MAT301", "MAT401"),
            ("SCI301",),
            ("SOC301",),
            ("ART110", "CTE110", "MUS110"),
            ("CTE310", "WLS110", "WLS310"),
        ),
        12: (
            ("ENG401",),
            ("MAT401", "MAT401", "MAT420"),
            ("SCI310",),
            ("SOC401+SOC402",),
            ("CTE210+PE210",),
            ("CTE110", "WLS210", "WLS410"),
        ),
    }.items()
}


def schedule_of(grade: int, track: int) -> list[str]:
    """Codes of the courses of one year in ``grade``."""
    return [options[track] for options in _PLANS[grade]]


def _teach(world: World, schools: list[CastSchool], school_year: int, chance: random.Random) -> None:
    """Sections of one year. Who attended last year was a grade lower, at the school of that grade."""
    back = world.school_year - school_year
    for school in schools:
        demand: dict[str, list[Learner]] = {}
        for learner in world.learners:
            if learner.grade - back not in _PLANS or world.school_of(learner, learner.grade - back) is not school:
                continue
            for code in schedule_of(learner.grade - back, learner.track):
                demand.setdefault(code, []).append(learner)
        for code in sorted(demand):
            _open_sections(world, school, code, school_year, demand[code], chance)


def _open_sections(
    world: World, school: CastSchool, codes: str, school_year: int, learners: list[Learner], chance: random.Random
) -> None:
    """Classes of about the usual size, each with the teacher of the subject who has the fewest."""
    parts = [world.courses[code] for code in codes.split("+")]
    learners = sorted(learners, key=lambda learner: learner.id)
    chance.shuffle(learners)
    count = max(1, round(len(learners) / CLASS_SIZE))
    for number in range(count):
        for half, course in enumerate(parts, start=len(parts) - 1):
            world.sections.append(
                DemoSection(
                    id=f"c-{school_year}-{school.code}-{course.code}-{number + 1}",
                    course=course,
                    school=school,
                    school_year=school_year,
                    half=half,
                    teacher=_least_busy(world, school, course, school_year),
                    learners=learners[number::count],
                )
            )


def _least_busy(world: World, school: CastSchool, course: DemoCourse, school_year: int) -> Teacher:
    subject = course.subject if course.subject in SUBJECTS else "elective"
    here = [teacher for teacher in world.teachers if teacher.school is school]
    able = [teacher for teacher in here if subject in teacher.teaches] or here
    busy = Counter(section.teacher.id for section in world.sections if section.school_year == school_year)
    return min(able, key=lambda teacher: busy[teacher.id])
