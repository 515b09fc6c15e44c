"""A district of the demonstration and how to find what is in it by the names of the cast."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from crediting.models import ScaleLevel, Standard
from mbl.core.models import District, User
from mbl.demo.personas import LOGIN_PREFIX
from mbl.demo.story.cast import CastDistrict, CastFamily, CastSchool, CastStaff, CastStudent, cast
from mbl.demo.story.world import Learner, World
from profiles.actions.invitations import accept_with_account, invite, token_of
from profiles.models import Course, ExternalId, Person, School, Student
from profiles.states import Role

# Codes of the Common Core are named by their ends.
LONG_CODE = "CCSS.Math.Content."


@dataclass
class Stage:
    """``today`` is the day on which the demonstration is loaded; ``administrator`` signs for what the district does."""

    cast_district: CastDistrict
    district: District
    today: dt.date
    world: World
    administrator: User | None = None
    # Staff whom the district added itself: they are not on the roster.
    added: dict[str, Person] = field(default_factory=dict)
    _accounts: dict[str, int] = field(default_factory=dict)

    @property
    def cast_schools(self) -> list[CastSchool]:
        return [school for school in cast().schools if school.district == self.cast_district.code]

    @property
    def cast_staff(self) -> list[CastStaff]:
        """Staff of this district."""
        schools = {school.id for school in self.cast_schools}
        return [
            person for person in cast().staff if person.district == self.cast_district.code or person.school in schools
        ]

    @property
    def cast_students(self) -> list[CastStudent]:
        schools = {school.id for school in self.cast_schools}
        return [person for person in cast().students if person.school in schools]

    @property
    def cast_families(self) -> list[CastFamily]:
        students = {student.id for student in self.cast_students}
        return [family for family in cast().families if students & set(family.children)]

    @property
    def signing_in(self) -> list[str]:
        """Those whom the page of the demonstration lets one be."""
        staff = [person.id for person in self.cast_staff if person.sign_in]
        students = [student.id for student in self.cast_students if student.sign_in]
        return [*staff, *students, *(family.id for family in self.cast_families if family.sign_in)]

    def forget(self) -> None:
        """Look everything up anew: a roster was read."""
        for name in ("people", "students", "courses", "schools", "standards", "levels"):
            self.__dict__.pop(name, None)

    # --- Finding ------------------------------------------------------------------------------------------------------

    def user(self, part: str) -> User:
        """The account of somebody of the cast, or of anybody by system number; opened when it is first needed.

        Read anew each time: an account remembers where it stood on the day it was read.
        """
        if part not in self._accounts:
            person = Person.objects.get(pk=self.person(part).pk)
            self._accounts[part] = (person.user or self._open_account(person, part)).pk
        return User.objects.get(pk=self._accounts[part])

    def person(self, part: str) -> Person:
        return self.added.get(part) or self.people[part]

    def student(self, part: str) -> Student:
        return self.students[self.person(part).pk]

    def course(self, code: str) -> Course:
        return self.courses[code]

    def learner(self, part: str) -> Learner:
        return next(
            learner
            for learner in self.world.learners
            if learner.id == part or (learner.part is not None and learner.part.id == part)
        )

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody of the roster by system number, and those with a part by their name in the cast."""
        rows = ExternalId.objects.filter(district=self.district, kind="users", object_kind="person")
        keys: dict[str, int] = dict(rows.values_list("value", "object_id"))
        by_key = Person.objects.in_bulk(keys.values())
        found = {system: by_key[pk] for system, pk in keys.items()}
        parts = {id[2:]: person for id, person in found.items() if id[2:] in cast().by_id}
        named = {
            learner.part.id: found[learner.id]
            for learner in self.world.learners
            if learner.part is not None and learner.id in found
        }
        return found | parts | named

    @cached_property
    def students(self) -> dict[int, Student]:
        """By the key of their person."""
        rows = Student.objects.filter(district=self.district).select_related("person", "school", "district")
        return {student.person_id: student for student in rows}

    @cached_property
    def courses(self) -> dict[str, Course]:
        rows = Course.objects.filter(district=self.district).select_related("district")
        return {course.code: course for course in rows}

    @cached_property
    def schools(self) -> dict[str, School]:
        """By their name in the cast."""
        by_code = {school.code: school for school in School.objects.filter(district=self.district)}
        return {school.id: by_code[school.code] for school in self.cast_schools}

    @cached_property
    def standards(self) -> dict[str, Standard]:
        rows = Standard.objects.filter(district=self.district).exclude(code="").select_related("framework")
        return {standard.code.removeprefix(LONG_CODE): standard for standard in rows}

    @cached_property
    def levels(self) -> dict[str, ScaleLevel]:
        return {level.code: level for level in ScaleLevel.objects.filter(scale__district=self.district)}

    def counselor_of(self, learner: Learner) -> str:
        """Each counselor of a school has its students in turn; those with a part the one their part names."""
        here = [
            known.id for known in self.cast_staff if known.school == learner.school.id and Role.COUNSELOR in known.roles
        ]
        if learner.part is not None and learner.part.counselor:
            return learner.part.counselor
        return here[int(learner.id) % len(here)] if here else ""

    # --- Accounts -----------------------------------------------------------------------------------------------------

    def _open_account(self, person: Person, part: str) -> User:
        """Invite and accept, as people do. Nobody knows a password: one signs in on the page of the demonstration."""
        known = cast().by_id.get(part)
        key = (known.sign_in if known else "") or f"{self.cast_district.code}-{part}"
        language = known.language if isinstance(known, CastStudent | CastFamily) else ""
        user = User.objects.create_user(f"{LOGIN_PREFIX}{key}", display_name=str(person), language=language)
        invitation = invite(person, actor=self.administrator, language=language or "en")
        accept_with_account(token_of(invitation), user=user)
        return user
