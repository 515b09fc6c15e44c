"""Family and caseload: linked, checked, ended; each opens exactly what it should and only while it lasts."""

from __future__ import annotations

import datetime as dt

import pytest

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, Notification
from profiles import access
from profiles.actions.relationships import (
    assign_counselor,
    end_relationship,
    link_guardian,
    restore_relationship,
    verify_guardian,
)
from profiles.models import Relationship
from profiles.rules.roles import Capability
from profiles.states import RelationshipKind, Role
from tests.factories.profiles import make_account_holder, make_role, make_student
from tests.personas import Personas

DAY = dt.timedelta(days=1)


def may_read(personas: Personas, who: object) -> bool:
    return bool(access.may(who, Capability.SEE_RECORD, personas.student.student))  # type: ignore[arg-type]


def test_a_linked_parent_sees_nothing_until_somebody_has_checked(personas: Personas) -> None:
    parent = make_account_holder(personas.district, "New Parent")
    assert parent.user
    link = link_guardian(parent, personas.student.student, label="parent", actor=personas.administrator.user)
    assert not access.students_visible_to(parent.user).exists()
    assert not access.children_of(parent.user).exists()
    verify_guardian(link, basis="Enrollment form of this year", actor=personas.administrator.user)
    fresh = type(parent.user).objects.get(pk=parent.user.pk)
    assert may_read(personas, fresh)
    assert list(access.children_of(fresh)) == [personas.student.student]


def test_checking_is_recorded_with_its_basis_and_the_parent_is_told(personas: Personas) -> None:
    parent = make_account_holder(personas.district, "New Parent")
    link = link_guardian(parent, personas.student.student, label="parent", actor=None)
    for _click in range(2):
        verify_guardian(link, basis="Enrollment form", actor=personas.administrator.user)
    event = AuditEvent.objects.get(verb="profiles.family.verified")
    assert event.payload == {"person": "New Parent", "basis": "Enrollment form"}
    assert event.student_id == personas.student.student.public_id
    assert Notification.objects.filter(user=parent.user, code="profiles.family_access").count() == 1


def test_checking_needs_a_basis(personas: Personas) -> None:
    parent = make_account_holder(personas.district, "New Parent")
    link = link_guardian(parent, personas.student.student, actor=None)
    with pytest.raises(DomainError, match="how you know"):
        verify_guardian(link, basis="  ", actor=None)


def test_linking_twice_is_one_relation(personas: Personas) -> None:
    parent = make_account_holder(personas.district, "New Parent")
    first = link_guardian(parent, personas.student.student, label="parent", actor=None)
    second = link_guardian(parent, personas.student.student, label="guardian", actor=None)
    assert (first, second.label) == (second, "parent")
    assert AuditEvent.objects.filter(verb="profiles.family.linked").count() == 1


def test_nobody_is_their_own_parent(personas: Personas) -> None:
    with pytest.raises(DomainError, match="own parent"):
        link_guardian(personas.student.person, personas.student.student, actor=None)


def test_people_of_two_districts_are_not_joined(personas: Personas) -> None:
    with pytest.raises(DomainError, match="different districts"):
        link_guardian(personas.other_district_administrator.person, personas.student.student, actor=None)
    assert not Relationship.objects.filter(person=personas.other_district_administrator.person).exists()


def test_an_ended_family_link_closes_the_record_at_once(personas: Personas) -> None:
    assert may_read(personas, personas.family.user)
    link = Relationship.objects.get(person=personas.family.person)
    end_relationship(link, actor=personas.administrator.user, reason="Custody changed")
    assert not may_read(personas, personas.family.user)
    assert not access.students_visible_to(personas.family.user).exists()


def test_a_link_with_a_last_day_lasts_until_the_end_of_it(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    link = Relationship.objects.get(person=personas.family.person)
    end_relationship(link, last_day=clock.today(personas.district), actor=None)
    assert may_read(personas, personas.family.user)
    later = clock.now() + DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not may_read(personas, personas.family.user)


def test_taking_back_the_end_gives_a_family_its_access_again(personas: Personas) -> None:
    link = Relationship.objects.get(person=personas.family.person)
    cut = end_relationship(link, actor=None)
    again = restore_relationship(cut, actor=None)
    assert again != cut
    assert again.portal
    assert may_read(personas, personas.family.user)


def test_an_ended_link_cannot_be_checked(personas: Personas) -> None:
    parent = make_account_holder(personas.district, "New Parent")
    link = end_relationship(link_guardian(parent, personas.student.student, actor=None), actor=None)
    with pytest.raises(DomainError, match="has ended"):
        verify_guardian(link, basis="Form", actor=None)


def test_linking_again_after_an_end_starts_unchecked(personas: Personas) -> None:
    old = Relationship.objects.get(person=personas.family.person)
    end_relationship(old, actor=None)
    fresh = link_guardian(personas.family.person, personas.student.student, actor=None)
    assert fresh != old
    assert not fresh.portal
    assert not may_read(personas, personas.family.user)


def test_a_counselor_sees_the_caseload_and_nobody_else(personas: Personas) -> None:
    other = make_student(personas.school, "Other Student")
    assert list(access.students_visible_to(personas.counselor.user)) == [personas.student.student]
    assign_counselor(personas.counselor.person, other, actor=personas.administrator.user)
    assert set(access.students_visible_to(personas.counselor.user)) == {personas.student.student, other}


def test_only_a_counselor_gets_a_caseload(personas: Personas) -> None:
    with pytest.raises(DomainError, match="role of counselor"):
        assign_counselor(personas.teacher.person, personas.student.student, actor=None)


def test_a_counselor_whose_role_ended_sees_nobody(personas: Personas) -> None:
    person = make_account_holder(personas.district, "Past Counselor")
    make_role(person, Role.COUNSELOR, personas.school, ends_on=dt.date(2024, 6, 30))
    Relationship.objects.create(
        district=personas.district,
        person=person,
        student=personas.student.student,
        kind=RelationshipKind.COUNSELOR,
        starts_on=dt.date(2023, 9, 1),
    )
    assert person.user
    assert not access.students_visible_to(person.user).exists()
