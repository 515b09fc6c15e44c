"""Catalog, sessions, sections and who is in them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from crediting.models import CourseTerms
from mbl.core.models import District
from mbl.demo.generator.bulk import Bulk
from mbl.demo.generator.people import People
from mbl.demo.generator.shape import GRADES, SLOTS, Shape
from profiles.models import AcademicSession, Course, Section, SectionEnrollment, SectionTeacher
from profiles.states import SessionKind


@cache
def catalog() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "catalog.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Roster:
    """Courses by code, and the sessions of each school year by its ending year: the year, its first and second half."""

    courses: dict[str, Course]
    sessions: dict[int, tuple[AcademicSession, AcademicSession, AcademicSession]]


def write_roster(bulk: Bulk, district: District, shape: Shape, people: People) -> Roster:
    roster = Roster(_courses(district), _sessions(district, shape))
    _slot_table(bulk, roster.courses)
    _sections(bulk, district, shape, people, roster)
    return roster


def _courses(district: District) -> dict[str, Course]:
    listed = catalog()["courses"]
    courses = Course.objects.bulk_create(
        [Course(district=district, code=code, title=facts[0]) for code, facts in listed.items()]
    )
    CourseTerms.objects.bulk_create(
        [
            CourseTerms(
                course=course,
                subject=listed[course.code][1],
                state_course_code=listed[course.code][2],
                credits=Decimal(listed[course.code][3]),
                is_lab=listed[course.code][4],
                is_cadr=listed[course.code][5],
                grades=["09", "10", "11", "12"],
            )
            for course in courses
        ]
    )
    return {course.code: course for course in courses}


def _sessions(district: District, shape: Shape) -> dict[int, tuple[AcademicSession, AcademicSession, AcademicSession]]:
    found = {}
    for year in shape.years:
        whole = AcademicSession.objects.create(
            district=district,
            title=year.title,
            kind=SessionKind.SCHOOL_YEAR,
            school_year=year.ending,
            starts_on=year.starts_on,
            ends_on=year.ends_on,
        )
        halves = [
            AcademicSession.objects.create(
                district=district,
                parent=whole,
                title=title,
                kind=SessionKind.SEMESTER,
                school_year=year.ending,
                starts_on=starts,
                ends_on=ends,
            )
            for title, starts, ends in (
                ("Semester 1", year.starts_on, year.first_half_ends_on),
                ("Semester 2", year.second_half_starts_on, year.ends_on),
            )
        ]
        found[year.ending] = (whole, halves[0], halves[1])
    return found


def slot_rows(courses: dict[str, Course]) -> Iterator[dict[str, Any]]:
    """What each variant of each slot teaches. ``half``: 0 all year, 1 or 2 that half only."""
    listed = catalog()["courses"]
    for grade in GRADES:
        for slot, variants in enumerate(catalog()["slots"][str(grade)]):
            for variant, codes in enumerate(variants):
                parts = codes.split("/")
                for half, code in enumerate(parts, start=len(parts) - 1):
                    title, subject, state_code, credits, *_ = listed[code]
                    yield {
                        "grade": grade,
                        "slot": slot,
                        "variant": variant,
                        "variants": len(variants),
                        "half": half,
                        "course": courses[code].pk,
                        "code": code,
                        "title": title,
                        "subject": subject,
                        "state_code": state_code,
                        # What one half of the year is worth.
                        "credits": str(Decimal(credits) / (2 if half == 0 else 1)),
                    }


def _slot_table(bulk: Bulk, courses: dict[str, Course]) -> None:
    bulk.table(
        "gen_slot",
        list(slot_rows(courses)),
        grade="int",
        slot="int",
        variant="int",
        variants="int",
        half="int",
        course="bigint",
        code="text",
        title="text",
        subject="text",
        state_code="text",
        credits="numeric",
    )


def _sections(bulk: Bulk, district: District, shape: Shape, people: People, roster: Roster) -> None:
    """Sections of this year with their teachers and students."""
    first = bulk.reserve(Section, shape.sections)
    number = shape.section_number("school", "slots.grade", "slots.slot", "section", "slots.half")
    taught = (
        f"FROM generate_series(0, {shape.schools - 1}) AS school "
        f"CROSS JOIN generate_series(0, {shape.parallel - 1}) AS section "
        "JOIN gen_slot AS slots ON slots.variant = mod(section, slots.variants) "
        f"CROSS JOIN LATERAL (SELECT {number} AS n) AS row"
    )
    session = " ".join(
        f"WHEN {half} THEN {session.pk}" for half, session in enumerate(roster.sessions[shape.year.ending])
    )
    bulk.insert(
        Section,
        taught,
        first=first,
        district_id=str(district.pk),
        course_id="slots.course",
        school_id=f"{people.schools} + school",
        session_id=f"CASE slots.half {session} END",
        code="slots.code || '-' || (school + 1) || '-' || slots.grade || '-' || (section + 1)",
        title="slots.title",
    )
    bulk.insert(
        SectionTeacher,
        taught,
        first=bulk.reserve(SectionTeacher, shape.sections),
        section_id=f"{first} + n",
        person_id=f"{people.staff} + {shape.teacher_of('school', 'slots.slot', 'slots.grade', 'section')}",
    )
    section = shape.section_of("student", "slots.slot")
    number = shape.section_number(shape.school_of("student"), "slots.grade", "slots.slot", section, "slots.half")
    bulk.insert(
        SectionEnrollment,
        f"FROM generate_series(0, {shape.students - 1}) AS student "
        f"JOIN gen_slot AS slots ON slots.grade = {shape.grade_of('student')} "
        f"AND slots.variant = mod({section}, slots.variants) "
        f"CROSS JOIN LATERAL (SELECT (student * {SLOTS} + slots.slot) * 3 + slots.half AS n) AS row",
        first=bulk.reserve(SectionEnrollment, shape.students * SLOTS * 3),
        section_id=f"{first} + {number}",
        student_id=f"{people.students} + student",
    )
