"""The smallest valid schools, people, roles, relations and rosters."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from mbl.core import clock
from mbl.core.models import District, User
from profiles.actions.roles import write_grants
from profiles.models import (
    AcademicSession,
    Course,
    Person,
    Relationship,
    RoleAssignment,
    School,
    SchoolEnrollment,
    Section,
    SectionEnrollment,
    SectionTeacher,
    SharingConsent,
    Student,
)
from profiles.rules.names import names_of
from profiles.states import ConsentState, RelationshipKind, Role, SessionKind, SharedRecords, Signer
from tests.factories.core import make_district, make_user

_numbers = itertools.count(1)
LONG_AGO = dt.date(2020, 7, 1)


def make_school(district: District | None = None, name: str = "", **fields: Any) -> School:
    number = next(_numbers)
    return School.objects.create(
        district=district or make_district(),
        name=name or f"School {number}",
        **{"code": f"S{number}", "state_code": f"{number % 10000:04}"} | fields,
    )


def make_person(district: District | None = None, name: str = "", *, user: User | None = None, **fields: Any) -> Person:
    """A person without an account unless ``user`` is given. ``name`` is "Given Family"."""
    given, _, family = (name or f"Person Number{next(_numbers)}").partition(" ")
    names = names_of(given, family, middle=fields.get("middle_name", ""), preferred=fields.get("preferred_name", ""))
    return Person.objects.create(
        district=district or make_district(),
        user=user,
        given_name=given,
        family_name=family,
        **names.as_fields() | fields,
    )


def make_account_holder(district: District, name: str) -> Person:
    """A person with an account of the same name."""
    user = make_user(f"{name.lower().replace(' ', '.')}.{next(_numbers)}", display_name=name)
    return make_person(district, name, user=user)


def make_student(
    school: School | None = None,
    name: str = "",
    *,
    grade: str = "10",
    person: Person | None = None,
    district: District | None = None,
    **fields: Any,
) -> Student:
    """A student of ``school`` with an open enrollment, a state id and a local id."""
    number = next(_numbers)
    school = school or make_school(district)
    student = Student.objects.create(
        district=school.district,
        person=person or make_person(school.district, name or f"Student Number{number}"),
        school=school,
        grade=grade,
        **{"ssid": f"{1_000_000_000 + number}", "local_id": f"L{number}"} | fields,
    )
    SchoolEnrollment.objects.create(
        district=school.district, student=student, school=school, grade=grade, starts_on=LONG_AGO
    )
    return student


def make_role(
    person: Person,
    role: Role,
    school: School | None = None,
    *,
    starts_on: dt.date = LONG_AGO,
    ends_on: dt.date | None = None,
) -> RoleAssignment:
    """A role with guardian's rows, in force since long ago unless dated."""
    assignment = RoleAssignment.objects.create(
        person=person, role=role, school=school, starts_on=starts_on, ends_on=ends_on
    )
    write_grants(assignment)
    return assignment


def make_relationship(person: Person, student: Student, kind: RelationshipKind, **fields: Any) -> Relationship:
    return Relationship.objects.create(
        district=student.district, person=person, student=student, kind=kind, **{"starts_on": LONG_AGO} | fields
    )


def make_guardian(person: Person, student: Student, *, portal: bool = True, **fields: Any) -> Relationship:
    """A family link; ``portal`` says that staff have checked it."""
    return make_relationship(person, student, RelationshipKind.GUARDIAN, portal=portal, label="parent", **fields)


def make_consent(student: Student, reader: Person, *, by: User, signed: bool = False, **fields: Any) -> SharingConsent:
    """A consent that waits for an answer, or one that family has ``signed``."""
    signature = {
        "state": ConsentState.SIGNED,
        "signed_by": by,
        "signed_as": Signer.FAMILY,
        "typed_name": str(by),
        "signed_at": clock.now(),
    }
    return SharingConsent.objects.create(
        district=student.district,
        student=student,
        reader=reader,
        **{
            "party": "Cascadia College",
            "purpose": "Choosing a place in the summer program",
            "records": SharedRecords.RECORD,
            "ends_on": clock.today(student.district) + dt.timedelta(days=30),
            "asked_by": by,
            "asked_at": clock.now(),
        }
        | (signature if signed else {})
        | fields,
    )


def make_session(district: District, *, school_year: int | None = None, **fields: Any) -> AcademicSession:
    """A whole school year, the present one unless named."""
    year = school_year or clock.school_year(clock.today(district))
    return AcademicSession.objects.create(
        district=district,
        school_year=year,
        **{
            "title": f"{year - 1}-{year % 100:02}",
            "kind": SessionKind.SCHOOL_YEAR,
            "starts_on": dt.date(year - 1, 7, 1),
            "ends_on": dt.date(year, 6, 30),
        }
        | fields,
    )


def make_course(district: District | None = None, title: str = "", **fields: Any) -> Course:
    number = next(_numbers)
    return Course.objects.create(
        district=district or make_district(), title=title or f"Course {number}", **{"code": f"C{number}"} | fields
    )


def make_section(
    school: School,
    *,
    course: Course | None = None,
    session: AcademicSession | None = None,
    teacher: Person | None = None,
    students: tuple[Student, ...] = (),
    **fields: Any,
) -> Section:
    """A section at ``school`` this year, with its teacher and students where given."""
    course = course or make_course(school.district)
    section = Section.objects.create(
        district=school.district,
        course=course,
        school=school,
        session=session or make_session(school.district),
        **{"title": course.title, "code": f"{course.code}-{next(_numbers)}"} | fields,
    )
    if teacher is not None:
        SectionTeacher.objects.create(section=section, person=teacher)
    for student in students:
        SectionEnrollment.objects.create(section=section, student=student)
    return section
