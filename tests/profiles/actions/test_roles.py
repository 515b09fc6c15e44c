"""Giving and ending roles: the assignment, guardian's rows beside it, and what they open."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, District, Notification
from profiles import access
from profiles.actions.roles import end_role, give_role, permission_for, refresh_grants, restore_role
from profiles.models import DistrictGrant, RoleAssignment, SchoolGrant
from profiles.rules.roles import SCOPE_CAPABILITIES, Capability
from profiles.states import Role
from tests.factories.profiles import make_account_holder, make_person, make_role, make_school
from tests.personas import Personas

DAY = dt.timedelta(days=1)


def granted(assignment: RoleAssignment) -> set[str]:
    rows = [
        *assignment.district_grants.select_related("permission"),
        *assignment.school_grants.select_related("permission"),
    ]
    return {row.permission.codename for row in rows}


# --- Giving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CREDIT_MANAGER, Role.REGISTRAR, Role.PRINCIPAL, Role.TEACHER, Role.COUNSELOR])
def test_a_role_at_a_school_is_granted_there_and_nowhere_else(personas: Personas, role: Role) -> None:
    person = make_account_holder(personas.district, "New Person")
    given = give_role(person, role, school=personas.school, actor=personas.administrator.user)
    assert granted(given) == {str(one) for one in SCOPE_CAPABILITIES[role]}
    assert not given.district_grants.exists()
    assert set(given.school_grants.values_list("content_object", flat=True)) <= {personas.school.pk}


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.ADMINISTRATOR])
def test_a_role_in_the_whole_district_is_granted_on_the_district(personas: Personas, role: Role) -> None:
    person = make_account_holder(personas.district, "New Person")
    given = give_role(person, role, actor=personas.administrator.user)
    assert granted(given) == {str(one) for one in SCOPE_CAPABILITIES[role]}
    assert not given.school_grants.exists()
    assert set(given.district_grants.values_list("content_object", flat=True)) == {personas.district.pk}


def test_giving_a_role_is_recorded_and_the_person_is_told(personas: Personas) -> None:
    person = make_account_holder(personas.district, "New Person")
    give_role(person, Role.REGISTRAR, school=personas.school, actor=personas.administrator.user, reason="Vacancy")
    event = AuditEvent.objects.get(verb="profiles.role.given")
    assert event.actor == personas.administrator.user
    assert event.district == personas.district
    assert event.target_id == person.public_id
    assert event.payload["role"] == "registrar"
    assert event.payload["place"] == "Northfield High School"
    assert event.payload["reason"] == "Vacancy"
    told = Notification.objects.get(user=person.user)
    assert told.text == "You now have the role Registrar (Northfield High School)."


def test_giving_it_twice_answers_the_first(personas: Personas) -> None:
    person = make_account_holder(personas.district, "New Person")
    first = give_role(person, Role.REGISTRAR, school=personas.school, actor=personas.administrator.user)
    second = give_role(person, Role.REGISTRAR, school=personas.school, actor=personas.administrator.user)
    assert first == second
    assert AuditEvent.objects.filter(verb="profiles.role.given").count() == 1


def test_the_same_role_at_two_schools_is_two_assignments(personas: Personas) -> None:
    person = make_account_holder(personas.district, "New Person")
    for school in (personas.school, make_school(personas.district)):
        give_role(person, Role.TEACHER, school=school, actor=None)
    assert person.roles.count() == 2


def test_giving_a_role_of_the_roster_by_hand_makes_it_the_districts_own(personas: Personas) -> None:
    person = make_person(personas.district)
    by_roster = RoleAssignment.objects.create(
        person=person, role=Role.TEACHER, school=personas.school, starts_on=dt.date(2026, 9, 1), source="oneroster"
    )
    give_role(person, Role.TEACHER, school=personas.school, ends_on=dt.date(2099, 6, 30), actor=None)
    by_roster.refresh_from_db()
    assert (by_roster.source, by_roster.ends_on) == ("", dt.date(2099, 6, 30))


@pytest.mark.parametrize("role", [Role.STUDENT, Role.FAMILY])
def test_students_and_families_are_not_made_by_hand(personas: Personas, role: Role) -> None:
    with pytest.raises(DomainError, match="not given by hand"):
        give_role(make_person(personas.district), role, actor=None)


def test_a_school_of_another_district_is_refused(personas: Personas) -> None:
    with pytest.raises(DomainError, match="another district"):
        give_role(make_person(personas.district), Role.REGISTRAR, school=personas.other_school, actor=None)
    assert not SchoolGrant.objects.filter(
        content_object=personas.other_school, assignment__person__district=personas.district
    ).exists()


def test_an_administrator_is_for_the_whole_district(personas: Personas) -> None:
    with pytest.raises(DomainError, match="whole district"):
        give_role(make_person(personas.district), Role.ADMINISTRATOR, school=personas.school, actor=None)


def test_somebody_who_left_gets_no_role(personas: Personas) -> None:
    with pytest.raises(DomainError, match="no longer active"):
        give_role(make_person(personas.district, is_active=False), Role.TEACHER, actor=None)


def test_a_role_for_somebody_without_an_account_has_no_grants_yet(personas: Personas) -> None:
    given = give_role(make_person(personas.district), Role.REGISTRAR, school=personas.school, actor=None)
    assert granted(given) == set()


# --- Ending ---------------------------------------------------------------------------------------------------------


def test_ended_at_once_it_opens_nothing_from_this_moment_on(personas: Personas) -> None:
    registrar, student = personas.registrar, personas.student.student
    assert access.may(registrar.user, Capability.ISSUE_TRANSCRIPT, student)
    end_role(registrar.person.roles.get(), actor=personas.administrator.user, reason="Left")
    assert not access.may(registrar.user, Capability.ISSUE_TRANSCRIPT, student)
    assert not access.students_visible_to(registrar.user).exists()
    assert not SchoolGrant.objects.filter(user=registrar.user).exists()


def test_ended_today_the_role_opens_nothing_tomorrow(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    registrar, student = personas.registrar, personas.student.student
    today = clock.today(personas.district)
    end_role(registrar.person.roles.get(), last_day=today, actor=personas.administrator.user)
    assert access.may(registrar.user, Capability.ISSUE_TRANSCRIPT, student)
    later = clock.now() + DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not access.may(registrar.user, Capability.ISSUE_TRANSCRIPT, student)
    # Guardian's row is still there; only its assignment's dates close it.
    assert SchoolGrant.objects.filter(user=registrar.user).exists()


def test_a_role_given_and_ended_on_one_day_was_never_in_force(personas: Personas) -> None:
    person = make_account_holder(personas.district, "New Person")
    given = give_role(person, Role.REGISTRAR, school=personas.school, actor=None)
    ended = end_role(given, actor=None)
    assert ended.ends_on == ended.starts_on - DAY
    assert not RoleAssignment.objects.in_force(clock.today(personas.district)).filter(pk=ended.pk).exists()


def test_ending_is_recorded_once_and_the_person_is_told(personas: Personas) -> None:
    assignment = personas.registrar.person.roles.get()
    for _click in range(2):
        end_role(assignment, actor=personas.administrator.user, reason="Left")
    event = AuditEvent.objects.get(verb="profiles.role.ended")
    assert event.payload["reason"] == "Left"
    assert Notification.objects.filter(user=personas.registrar.user, code="profiles.role_ended").count() == 1


def test_a_day_that_has_passed_is_refused(personas: Personas) -> None:
    assignment = personas.registrar.person.roles.get()
    with pytest.raises(DomainError, match="has passed"):
        end_role(assignment, last_day=clock.today(personas.district) - DAY, actor=None)


def test_the_last_administrator_stays_until_there_is_another(personas: Personas) -> None:
    administrator = personas.administrator
    assignment = administrator.person.roles.get()
    with pytest.raises(DomainError, match="last administrator of Northfield"):
        end_role(assignment, actor=administrator.user)
    with pytest.raises(DomainError, match="last administrator of Northfield"):
        end_role(assignment, last_day=clock.today(personas.district) + 30 * DAY, actor=administrator.user)
    other = make_account_holder(personas.district, "Second Administrator")
    give_role(other, Role.ADMINISTRATOR, actor=administrator.user)
    end_role(assignment, actor=administrator.user)
    assert not access.standing(administrator.user).has(Role.ADMINISTRATOR)


def test_an_administrator_who_cannot_sign_in_does_not_count_as_another(personas: Personas) -> None:
    give_role(make_person(personas.district), Role.ADMINISTRATOR, actor=None)
    # An administrator of another district does not count either.
    assert personas.other_district_administrator.person.roles.exists()
    with pytest.raises(DomainError, match="last administrator"):
        end_role(personas.administrator.person.roles.get(), actor=None)


def test_an_administrator_whose_own_end_is_set_does_not_count_as_another(personas: Personas) -> None:
    other = make_account_holder(personas.district, "Second Administrator")
    give_role(other, Role.ADMINISTRATOR, ends_on=clock.today(personas.district) + DAY, actor=None)
    with pytest.raises(DomainError, match="last administrator"):
        end_role(
            personas.administrator.person.roles.get(), last_day=clock.today(personas.district) + 5 * DAY, actor=None
        )


def test_giving_the_last_administrator_an_end_is_refused_too(personas: Personas) -> None:
    with pytest.raises(DomainError, match="last administrator"):
        give_role(personas.administrator.person, Role.ADMINISTRATOR, ends_on=clock.today(personas.district), actor=None)


# --- Taking it back -------------------------------------------------------------------------------------------------


def test_undo_of_a_cut_begins_the_role_again(personas: Personas) -> None:
    registrar = personas.registrar
    cut = end_role(registrar.person.roles.get(), actor=None)
    again = restore_role(cut, actor=None)
    assert again != cut
    assert access.may(registrar.user, Capability.ISSUE_TRANSCRIPT, personas.student.student)


def test_an_administrator_may_have_the_last_day_there_is(personas: Personas) -> None:
    role = RoleAssignment.objects.get(person=personas.administrator.person, role=Role.ADMINISTRATOR)

    ended = end_role(role, last_day=dt.date.max, actor=personas.administrator.user)

    assert ended.ends_on == dt.date.max
    assert access.standing(personas.administrator.user).has(Role.ADMINISTRATOR)


def test_undo_of_a_last_day_takes_the_day_away(personas: Personas) -> None:
    assignment = personas.registrar.person.roles.get()
    ended = end_role(assignment, last_day=clock.today(personas.district) + 10 * DAY, actor=None)
    again = restore_role(ended, actor=None)
    assert (again, again.ends_on) == (assignment, None)


# --- Guardian's rows follow the role table --------------------------------------------------------------------------


def test_grants_are_mended_to_the_role_table(personas: Personas) -> None:
    """A release that changes what a role opens changes the rows with its migration."""
    assignment = personas.registrar.person.roles.get()
    kept = assignment.school_grants.filter(permission__codename=Capability.SEE_STUDENT).get()
    assignment.school_grants.exclude(pk=kept.pk).delete()
    DistrictGrant.objects.create(
        user=personas.registrar.user,
        permission=permission_for(District, Capability.SEE_EQUITY),
        content_object=personas.district,
        assignment=assignment,
    )
    assert refresh_grants() > 0
    assert granted(assignment) == {str(one) for one in SCOPE_CAPABILITIES[Role.REGISTRAR]}
    assert not assignment.district_grants.exists()
    assert refresh_grants() == 0


def test_migrating_mends_grants(personas: Personas) -> None:
    SchoolGrant.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert access.may(personas.registrar.user, Capability.ISSUE_TRANSCRIPT, personas.student.student)


def test_rows_of_a_role_that_ended_are_not_written_again(personas: Personas) -> None:
    person = make_account_holder(personas.district, "Past Registrar")
    past = make_role(person, Role.REGISTRAR, personas.school, ends_on=dt.date(2024, 6, 30))
    assert granted(past) == set()
