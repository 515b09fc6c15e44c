"""The one gate: who sees which student and may do what, and that it closes the moment a reason ends."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from mbl.core import clock
from mbl.core.errors import NotAllowed
from profiles import access
from profiles.models import SectionEnrollment, SectionTeacher, Student
from profiles.rules.roles import OWN_CAPABILITIES, SCOPE_CAPABILITIES, Capability
from profiles.states import RelationshipKind, Role
from tests.assertions import assert_queries
from tests.factories.profiles import (
    make_account_holder,
    make_relationship,
    make_role,
    make_school,
    make_section,
    make_session,
    make_student,
)
from tests.personas import NAMES, Personas

DAY = dt.timedelta(days=1)
ROLE_OF = {name: Role(name) for name in NAMES if name in set(Role)}


@pytest.mark.rule("R76", partial=True)
@pytest.mark.parametrize("capability", list(Capability))
def test_each_capability_is_held_by_exactly_the_roles_of_the_table(personas: Personas, capability: Capability) -> None:
    """Over the student of the personas, to whom all of them have some relation."""
    student = personas.student.student
    holding = {p.name for p in personas if access.may(p.viewer, capability, student)}
    table = {
        name
        for name, role in ROLE_OF.items()
        if capability in SCOPE_CAPABILITIES[role] or capability in OWN_CAPABILITIES[role]
    }
    assert holding == table


@pytest.mark.rule("R76", partial=True)
@pytest.mark.parametrize("capability", list(Capability))
def test_nobody_holds_anything_over_a_student_of_another_district(personas: Personas, capability: Capability) -> None:
    stranger = personas.other_district_student.student
    holding = {p.name for p in personas if access.may(p.viewer, capability, stranger)}
    assert holding <= {"other_district_administrator", "other_district_student"}


def test_roles_at_one_school_do_not_reach_the_next(personas: Personas) -> None:
    elsewhere = make_student(make_school(personas.district))
    seeing = {p.name for p in personas if access.may(p.viewer, Capability.SEE_STUDENT, elsewhere)}
    assert seeing == {"administrator"}


def test_visible_and_not_allowed_says_why_and_invisible_is_not_found(personas: Personas) -> None:
    student = personas.student.student
    with pytest.raises(NotAllowed, match="Your role does not include this"):
        access.get_student(personas.teacher.user, student.public_id, Capability.ISSUE_TRANSCRIPT)
    with pytest.raises(Http404):
        access.get_student(personas.other_district_administrator.user, student.public_id, Capability.SEE_STUDENT)
    with pytest.raises(Http404):
        access.get_student(personas.administrator.user, uuid4(), Capability.SEE_STUDENT)


def test_nobody_signed_in_sees_nobody(personas: Personas) -> None:
    assert not access.students_visible_to(AnonymousUser()).exists()
    assert access.standing(AnonymousUser()).roles == ()


def test_a_closed_account_and_a_person_who_left_see_nobody(personas: Personas) -> None:
    user = personas.registrar.user
    user.is_active = False
    assert not access.students_visible_to(user).exists()
    personas.principal.person.is_active = False
    personas.principal.person.save()
    assert not access.students_visible_to(personas.principal.user).exists()


# --- By the calendar ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "last", "sees"), [(0, 0, True), (-9, -1, False), (1, 9, False), (-9, 0, True)])
def test_a_role_opens_from_its_first_to_its_last_day(personas: Personas, first: int, last: int, sees: bool) -> None:
    today = clock.today(personas.district)
    person = make_account_holder(personas.district, "Dated Registrar")
    make_role(person, Role.REGISTRAR, personas.school, starts_on=today + first * DAY, ends_on=today + last * DAY)
    assert person.user
    assert access.students_visible_to(person.user).exists() is sees


def test_the_day_is_the_districts_own(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 5 in the afternoon in Washington it is the next day in London."""
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC))
    person = make_account_holder(personas.district, "Dated Registrar")
    make_role(person, Role.REGISTRAR, personas.school, ends_on=dt.date(2026, 11, 21))
    assert person.user
    assert access.students_visible_to(person.user).exists()


# --- Teachers see who they teach, while they do ---------------------------------------------------------------------


def taught(personas: Personas) -> set[Student]:
    return set(access.students_visible_to(personas.teacher.user))


def test_a_teacher_sees_the_sections_of_this_year_only(personas: Personas) -> None:
    past = make_student(personas.school)
    session = make_session(personas.district, school_year=2024)
    make_section(personas.school, session=session, teacher=personas.teacher.person, students=(past,))
    colleague = make_student(personas.school)
    make_section(personas.school, students=(colleague,))
    assert taught(personas) == {personas.student.student}


def test_a_student_who_left_the_section_is_no_longer_seen(personas: Personas) -> None:
    today = clock.today(personas.district)
    seat = SectionEnrollment.objects.get(student=personas.student.student)
    seat.ends_on = today
    seat.save()
    assert taught(personas) == {personas.student.student}
    seat.ends_on = today - DAY
    seat.save()
    assert taught(personas) == set()


def test_a_teacher_who_left_the_section_sees_nobody_and_the_next_one_does(personas: Personas) -> None:
    """The dates of one teacher must not be read with the person of another."""
    today = clock.today(personas.district)
    SectionTeacher.objects.filter(section=personas.section).update(ends_on=today - DAY)
    follower = make_account_holder(personas.district, "Next Teacher")
    make_role(follower, Role.TEACHER, personas.school)
    SectionTeacher.objects.create(section=personas.section, person=follower, starts_on=today)
    assert taught(personas) == set()
    assert follower.user
    assert set(access.students_visible_to(follower.user)) == {personas.student.student}


def test_a_section_row_without_the_role_opens_nothing(personas: Personas) -> None:
    """A roster may say that somebody teaches; the role is given by an administrator or the roster of staff."""
    person = make_account_holder(personas.district, "Not A Teacher")
    SectionTeacher.objects.create(section=personas.section, person=person)
    assert person.user
    assert not access.students_visible_to(person.user).exists()


def test_a_section_that_is_gone_opens_nothing(personas: Personas) -> None:
    personas.section.is_active = False
    personas.section.save()
    assert taught(personas) == set()


def test_a_teacher_asked_to_assess_sees_that_student(personas: Personas) -> None:
    asking = make_student(personas.school)
    make_relationship(personas.teacher.person, asking, RelationshipKind.ASSESSOR)
    assert taught(personas) == {personas.student.student, asking}
    assert access.may(personas.teacher.user, Capability.ASSESS, asking)
    assert not access.may(personas.teacher.user, Capability.SEE_RECORD, asking)


# --- Single-student shares ------------------------------------------------------------------------------------------


# --- Scopes ---------------------------------------------------------------------------------------------------------


def test_schools_and_districts_where(personas: Personas) -> None:
    other_school = make_school(personas.district, "Another School")
    registrar, administrator = personas.registrar.user, personas.administrator.user
    assert list(access.schools_where(registrar, Capability.ISSUE_TRANSCRIPT)) == [personas.school]
    assert list(access.schools_where(administrator, Capability.SEE_RECORD)) == [other_school, personas.school]
    assert list(access.districts_where(administrator, Capability.MANAGE_PEOPLE)) == [personas.district]
    assert not access.may_in_district(registrar, Capability.ISSUE_TRANSCRIPT, personas.district)
    assert not access.may_in_district(administrator, Capability.MANAGE_PEOPLE, personas.other_district)


def test_the_district_of_a_page_is_one_that_is_managed(personas: Personas) -> None:
    administrator = personas.administrator.user
    assert access.district_for(administrator, Capability.MANAGE_PEOPLE) == personas.district
    with pytest.raises(Http404):
        access.district_for(administrator, Capability.MANAGE_PEOPLE, personas.other_district.code)
    with pytest.raises(NotAllowed):
        access.district_for(personas.teacher.user, Capability.MANAGE_PEOPLE, personas.district.code)


def test_people_are_found_by_those_who_manage_them(personas: Personas) -> None:
    teacher = personas.teacher.person
    assert access.get_person(personas.administrator.user, teacher.public_id) == teacher
    for persona in (personas.teacher, personas.principal, personas.other_district_administrator):
        with pytest.raises(Http404):
            access.get_person(persona.user, teacher.public_id)


def test_who_somebody_is_in_a_district(personas: Personas) -> None:
    assert access.person_in(personas.teacher.user, personas.district) == personas.teacher.person
    with pytest.raises(NotAllowed):
        access.person_in(personas.teacher.user, personas.other_district)


# --- Cost -----------------------------------------------------------------------------------------------------------


def test_where_somebody_stands_is_read_in_three_trips_and_once(personas: Personas) -> None:
    user = personas.administrator.user
    with assert_queries(3):
        access.standing(user)
        access.standing(user)


def test_one_question_about_a_student_is_one_more_trip(personas: Personas) -> None:
    user, student = personas.teacher.user, personas.student.student
    access.standing(user)
    with assert_queries(1):
        access.may(user, Capability.ASSESS, student)
