"""The people of the tests: one of each role in one district, and strangers from a second one.

``personas.teacher.client()`` is a signed-in browser; ``personas.student.student`` is the student's own record. In
Northfield, the student is in the teacher's section, on the counselor's caseload, and the child of the family persona.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.test import Client

from mbl.core.models import District, User
from profiles.actions.roles import refresh_grants
from profiles.models import Person, RoleAssignment, School, Section, Student
from profiles.states import RelationshipKind, Role
from tests.factories.core import make_district
from tests.factories.profiles import (
    LONG_AGO,
    make_account_holder,
    make_guardian,
    make_relationship,
    make_school,
    make_section,
    make_student,
)

NAMES = (
    "student",
    "family",
    "teacher",
    "credit_manager",
    "counselor",
    "registrar",
    "principal",
    "administrator",
    "other_district_administrator",
    "other_district_student",
    "anonymous",
)


@dataclass(frozen=True)
class Persona:
    """Somebody who opens pages. ``person`` and ``student`` are None where there is none."""

    name: str
    account: User | None = None
    of_person: Person | None = None
    of_student: Student | None = None

    @property
    def user(self) -> User:
        """The account, read anew, so that a role given in the test counts."""
        assert self.account is not None, f"{self.name} has no account"
        return User.objects.get(pk=self.account.pk)

    @property
    def viewer(self) -> User | AnonymousUser:
        """What ``request.user`` is for this persona."""
        return self.user if self.account else AnonymousUser()

    @property
    def person(self) -> Person:
        assert self.of_person is not None, f"{self.name} is no person of a district"
        return self.of_person

    @property
    def student(self) -> Student:
        assert self.of_student is not None, f"{self.name} is no student"
        return self.of_student

    def client(self) -> Client:
        """A browser, signed in as this persona."""
        browser = Client()
        if self.account:
            browser.force_login(self.account)
        return browser


@dataclass(frozen=True)
class Personas:
    """Everybody, and the places they belong to."""

    district: District
    school: School
    section: Section
    other_district: District
    other_school: School
    student: Persona
    family: Persona
    teacher: Persona
    credit_manager: Persona
    counselor: Persona
    registrar: Persona
    principal: Persona
    administrator: Persona
    other_district_administrator: Persona
    other_district_student: Persona
    anonymous: Persona

    def __iter__(self) -> Iterator[Persona]:
        return (getattr(self, name) for name in NAMES)

    def named(self, name: str) -> Persona:
        persona: Persona = getattr(self, name)
        return persona


def make_personas() -> Personas:
    """Two districts with their people; about seventy rows."""
    district = make_district("Northfield", code="northfield")
    school = make_school(district, "Northfield High School")
    other_district = make_district("Southport", code="southport")
    other_school = make_school(other_district, "Southport High School")
    roles: list[RoleAssignment] = []

    def holder(name: str, called: str, where: District = district) -> Persona:
        person = make_account_holder(where, called)
        return Persona(name, person.user, person)

    def staff(role: Role, called: str, at: School | None = school) -> Persona:
        persona = holder(str(role), called)
        roles.append(RoleAssignment(person=persona.person, role=role, school=at, starts_on=LONG_AGO))
        return persona

    def student(name: str, called: str, at: School) -> Persona:
        person = make_account_holder(at.district, called)
        return Persona(name, person.user, person, make_student(at, person=person))

    someone = student("student", "Sofia Ramirez", school)
    teacher = staff(Role.TEACHER, "Tomas Reed")
    counselor = staff(Role.COUNSELOR, "Carla Nguyen")
    family = holder("family", "Elena Ramirez")
    make_guardian(family.person, someone.student)
    make_relationship(counselor.person, someone.student, RelationshipKind.COUNSELOR)
    other_administrator = holder("other_district_administrator", "Olga Strand", other_district)
    roles.append(RoleAssignment(person=other_administrator.person, role=Role.ADMINISTRATOR, starts_on=LONG_AGO))
    made = Personas(
        district=district,
        school=school,
        section=make_section(school, teacher=teacher.person, students=(someone.student,)),
        other_district=other_district,
        other_school=other_school,
        student=someone,
        family=family,
        teacher=teacher,
        credit_manager=staff(Role.CREDIT_MANAGER, "Chris Moreno"),
        counselor=counselor,
        registrar=staff(Role.REGISTRAR, "Rita Okafor"),
        principal=staff(Role.PRINCIPAL, "Paula Jensen"),
        administrator=staff(Role.ADMINISTRATOR, "Ada Larsen", None),
        other_district_administrator=other_administrator,
        other_district_student=student("other_district_student", "Oskar Lind", other_school),
        anonymous=Persona("anonymous"),
    )
    # Nearly every test has these people, so their roles are written together.
    refresh_grants(RoleAssignment.objects.bulk_create(roles))
    return made
