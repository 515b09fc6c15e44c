"""Writes a made-up district as a student information system would: a OneRoster 1.1 folder, complete ("bulk")."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from mbl.demo.story.cast import cast
from mbl.demo.story.world import DemoSection, Learner, World
from mbl.demo.years import Year

SYSTEM = "demo-sis"
FILES = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItems",
    "orgs",
    "resources",
    "results",
    "users",
)
USER = (
    "enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier email sms phone "
    "agentSourcedIds grades password"
)
RACES = (
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
)
# What families of each origin report, as columns of demographics.csv; Hispanic is a question of its own.
RACE_OF = {
    "native": "americanIndianOrAlaskaNative",
    "vietnamese": "asian",
    "chinese": "asian",
    "filipino": "asian",
    "south_asian": "asian",
    "african_american": "blackOrAfricanAmerican",
    "east_african": "blackOrAfricanAmerican",
    "pacific": "nativeHawaiianOrOtherPacificIslander",
}


def write(world: World, folder: Path, *, school_year: int) -> None:
    """Fill ``folder`` with manifest and data files, as they were in the fall of ``school_year`` (its ending year)."""
    back = world.school_year - school_year
    learners = [learner for learner in world.learners if world.school_of(learner, learner.grade - back)]
    sections = [section for section in world.sections if section.school_year <= school_year]
    written = {
        "orgs": _orgs(world),
        "academicSessions": _sessions(world, school_year),
        "users": [*_teachers(world), *_students(world, learners, back), *_guardians(world, learners, back)],
        "demographics": _demographics(learners),
        "courses": _courses(world),
        "classes": _classes(sections),
        "enrollments": _enrollments(sections),
    }
    columns = {
        "orgs": "name type identifier parentSourcedId",
        "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
        "users": USER,
        "demographics": f"birthDate sex {' '.join(RACES)} hispanicOrLatinoEthnicity countryOfBirthCode "
        "stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
        "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
        "classes": "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects "
        "subjectCodes periods",
        "enrollments": "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
    }
    manifest = [("manifest.version", "1.0"), ("oneroster.version", "1.1")]
    manifest += [(f"file.{name}", "bulk" if name in written else "absent") for name in FILES]
    manifest += [("source.systemName", "Demonstration"), ("source.systemCode", SYSTEM)]
    _csv(folder / "manifest.csv", ("propertyName", "value"), manifest)
    for name, rows in written.items():
        head = ("sourcedId", "status", "dateLastModified", *columns[name].split())
        _csv(folder / f"{name}.csv", head, ((row[0], "", "", *row[1:]) for row in rows))


def _csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


Rows = Iterable[tuple[str, ...]]


def _orgs(world: World) -> Rows:
    district = world.district
    yield (f"o-{district.code}", district.name, "district", district.state_code, "")
    for school in (school for school in cast().schools if school.district == district.code):
        yield (f"o-{school.id}", school.name, "school", school.code, f"o-{district.code}")


def _sessions(world: World, school_year: int) -> Rows:
    for ending in range(world.school_year - 1, school_year + 1):
        year = Year(ending)
        starts, ends = str(year.starts_on), str(year.ends_on)
        yield (f"y-{ending}", year.title, "schoolYear", starts, ends, "", str(ending))
        yield (
            f"y-{ending}-1",
            "Semester 1",
            "semester",
            starts,
            str(year.first_half_ends_on),
            f"y-{ending}",
            str(ending),
        )
        yield (
            f"y-{ending}-2",
            "Semester 2",
            "semester",
            str(year.second_half_starts_on),
            ends,
            f"y-{ending}",
            str(ending),
        )


def _user(
    id: str,
    school: str,
    role: str,
    given: str,
    family: str,
    *,
    identifier: str = "",
    ssid: str = "",
    agents: str = "",
    grade: str = "",
) -> tuple[str, ...]:
    numbers = f"{{SSID:{ssid}}}" if ssid else ""
    return (id, "true", f"o-{school}", role, id, numbers, given, family, "", identifier, "", "", "", agents, grade, "")


def _teachers(world: World) -> Rows:
    for teacher in world.teachers:
        yield _user(teacher.id, teacher.school.id, "teacher", teacher.given, teacher.family, identifier=teacher.id)


def _students(world: World, learners: list[Learner], back: int) -> Rows:
    for learner in learners:
        school = world.school_of(learner, learner.grade - back)
        assert school is not None
        yield _user(
            learner.id,
            school.id,
            "student",
            learner.given,
            learner.family,
            identifier=learner.id,
            ssid=learner.ssid,
            agents=learner.guardian,
            grade=f"{learner.grade - back:02d}",
        )


def _guardians(world: World, learners: list[Learner], back: int) -> Rows:
    families: dict[str, list[Learner]] = {}
    for learner in learners:
        families.setdefault(learner.guardian, []).append(learner)
    for id, children in families.items():
        school = world.school_of(children[0], children[0].grade - back)
        assert school is not None
        yield _user(
            id,
            school.id,
            "parent",
            children[0].guardian_given,
            children[0].family,
            agents=",".join(child.id for child in children),
        )


def _demographics(learners: list[Learner]) -> Rows:
    for learner in learners:
        if int(learner.luck * 1000) % 60 == 7:
            # Some families do not answer.
            yield (learner.id, str(learner.birth_date), learner.gender, *("" for _ in RACES), "", "", "WA", "", "")
            continue
        hispanic = learner.origin == "latino"
        race = RACE_OF.get(learner.origin, "white")
        # A part of the families report a second race.
        two = not hispanic and int(learner.luck * 1000) % 12 == 0
        flags = [
            "true" if column == race or (two and column in {"white", "demographicRaceTwoOrMoreRaces"}) else "false"
            for column in RACES
        ]
        said = "true" if hispanic else "false"
        yield (learner.id, str(learner.birth_date), learner.gender, *flags, said, "", "WA", "", "")


def _courses(world: World) -> Rows:
    taught = {section.course.code: section.course for section in world.sections}
    taught |= {code: course for code, course in world.courses.items() if course.half_credits}
    for course in taught.values():
        grades = ",".join(f"{grade:02d}" for grade in course.grades)
        yield (
            f"k-{course.code}",
            "",
            course.title,
            course.code,
            grades,
            f"o-{world.district.code}",
            "",
            course.state_code,
        )


def _classes(sections: list[DemoSection]) -> Rows:
    for section in sections:
        term = f"y-{section.school_year}" + (f"-{section.half}" if section.half else "")
        yield (
            section.id,
            section.course.title,
            "",
            f"k-{section.course.code}",
            section.id.removeprefix("c-"),
            "scheduled",
            "",
            f"o-{section.school.id}",
            term,
            "",
            "",
            "",
        )


def _enrollments(sections: list[DemoSection]) -> Rows:
    for section in sections:
        school = f"o-{section.school.id}"
        yield (f"e-{section.id}-t", section.id, school, section.teacher.id, "teacher", "true", "", "")
        for learner in section.learners:
            yield (f"e-{section.id}-{learner.id}", section.id, school, learner.id, "student", "false", "", "")
