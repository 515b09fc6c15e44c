"""People and access: what the pages say, what their buttons do, and that long lists stay cheap."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from mbl.core import clock
from profiles import access
from profiles.actions.invitations import token_of, usable
from profiles.models import Invitation, Person, Relationship, RoleAssignment, RosterRole
from profiles.rules.roles import Capability
from profiles.states import InvitationState, Role
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.profiles import make_account_holder, make_guardian, make_person, make_role, make_student
from tests.personas import Personas

PEOPLE = reverse("profiles:people")


@pytest.fixture
def browser(personas: Personas) -> Client:
    """The administrator's."""
    return personas.administrator.client()


def url(name: str, person: Person, **more: object) -> str:
    return reverse(f"profiles:{name}", kwargs={"public_id": person.public_id, **more})


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


# --- The list -------------------------------------------------------------------------------------------------------


def test_the_list_says_how_many_and_shows_staff_with_their_roles(personas: Personas, browser: Client) -> None:
    with assert_no_writes():
        page = text(browser.get(PEOPLE))
    assert "8 people are known here; 6 have a role today." in page
    assert "Registrar (Northfield High School)" in page
    assert "Rita Okafor" in page
    assert "Sofia Ramirez" not in page
    assert "Olga Strand" not in page


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("?show=students", "Sofia Ramirez", "Rita Okafor"),
        ("?show=families", "Elena Ramirez", "Sofia Ramirez"),
        ("?show=registrar", "Rita Okafor", "Paula Jensen"),
        ("?show=all&q=ramirez", "Elena Ramirez", "Rita Okafor"),
        ("?show=all&q=sofia+ram", "Sofia Ramirez", "Elena Ramirez"),
        ("?show=nonsense", "Rita Okafor", "Sofia Ramirez"),
    ],
)
def test_views_and_search(browser: Client, query: str, there: str, absent: str) -> None:
    page = text(browser.get(PEOPLE + query))
    assert there in page
    assert absent not in page


def test_people_are_found_by_number_and_address(personas: Personas, browser: Client) -> None:
    student = make_student(personas.school, "Zora Zimmer", ssid="5555555555")
    make_person(personas.district, "Yan Young", email="yan@example.org")
    assert "Zora Zimmer" in text(browser.get(f"{PEOPLE}?show=all&q={student.ssid}"))
    assert "Yan Young" in text(browser.get(f"{PEOPLE}?show=all&q=YAN@example.org"))


def test_a_name_with_accents_is_found_without_them(personas: Personas, browser: Client) -> None:
    make_person(personas.district, "Núria Muñoz")
    assert "Núria Muñoz" in text(browser.get(f"{PEOPLE}?show=all&q=nuria+munoz"))


def test_an_empty_list_says_why(browser: Client) -> None:
    page = text(browser.get(f"{PEOPLE}?q=nobody-at-all"))
    assert "Nobody matches the words and the view you chose." in page


def test_the_list_makes_the_same_trips_for_one_row_and_for_thirty(personas: Personas, browser: Client) -> None:
    browser.get(PEOPLE)
    with assert_queries(12):
        browser.get(PEOPLE)
    for number in range(30):
        person = make_account_holder(personas.district, f"Teacher Number{number}")
        make_role(person, Role.TEACHER, personas.school)
    with assert_queries(12):
        page = text(browser.get(PEOPLE))
    assert "1 to 25 of 36" in page


def test_htmx_gets_the_list_alone(browser: Client) -> None:
    page = text(browser.get(PEOPLE, headers={"HX-Request": "true"}))
    assert page.lstrip().startswith('<div id="people">')


# --- Adding ---------------------------------------------------------------------------------------------------------


def test_adding_somebody_leads_to_their_page(personas: Personas, browser: Client) -> None:
    key = uuid4()
    data = {"given_name": "Ana", "family_name": "Diaz", "email": "Ana@Example.org", "key": key}
    for _click in range(2):
        answer = browser.post(reverse("profiles:person-new"), data)
    person = Person.objects.get(public_id=key)
    assert answer["Location"] == url("person", person)
    assert (person.display_name, person.email, person.district) == ("Ana Diaz", "ana@example.org", personas.district)


def test_a_missing_name_is_said_beside_its_field(browser: Client) -> None:
    answer = browser.post(reverse("profiles:person-new"), {"given_name": "Ana", "key": uuid4()})
    assert answer.status_code == 422
    assert "This field is required" in text(answer)
    assert 'value="Ana"' in text(answer)


# --- The page of a person -------------------------------------------------------------------------------------------


def test_the_page_says_why_somebody_sees_students(personas: Personas, browser: Client) -> None:
    with assert_no_writes():
        page = text(browser.get(url("person", personas.registrar.person)))
    assert "1 student of Northfield High School, as Registrar." in page
    page = text(browser.get(url("person", personas.teacher.person)))
    assert "1 student of the sections they teach." in page
    page = text(browser.get(url("person", personas.counselor.person)))
    assert "1 student on their caseload." in page
    page = text(browser.get(url("person", personas.family.person)))
    assert "1 child of theirs." in page
    page = text(browser.get(url("person", personas.student.person)))
    assert "Nothing lets this person see a student." in page


def test_past_roles_stay_on_the_page(personas: Personas, browser: Client) -> None:
    make_role(personas.teacher.person, Role.COUNSELOR, personas.school, ends_on=dt.date(2024, 6, 30))
    page = text(browser.get(url("person", personas.teacher.person)))
    assert "1 role that has ended" in page
    assert "June 30, 2024" in page or "Jun 30, 2024" in page


def test_a_persons_page_makes_the_same_trips_however_much_is_on_it(personas: Personas, browser: Client) -> None:
    person = personas.family.person
    browser.get(url("person", person))
    with assert_queries(13):
        browser.get(url("person", person))
    for number in range(10):
        make_guardian(person, make_student(personas.school, f"Child Number{number}"), portal=bool(number % 2))
    with assert_queries(13):
        browser.get(url("person", person))


# --- Roles ----------------------------------------------------------------------------------------------------------


def test_a_role_is_given_ended_and_restored_from_the_page(personas: Personas, browser: Client) -> None:
    person = make_account_holder(personas.district, "New Person")
    answer = browser.post(
        url("role-give", person), {"role": "registrar", "school": personas.school.public_id, "reason": "Vacancy"}
    )
    assert answer["Location"] == url("person", person)
    given = person.roles.get()
    page = text(browser.get(url("person", person)))
    assert "New Person now has the role Registrar." in page
    assert url("role-undo", person, role_id=given.public_id) in page
    browser.post(url("role-end", person, role_id=given.public_id), {"when": "now", "reason": "Wrong person"})
    assert not RoleAssignment.objects.in_force(clock.today(personas.district)).filter(person=person).exists()
    browser.post(url("role-restore", person, role_id=given.public_id))
    assert RoleAssignment.objects.in_force(clock.today(personas.district)).filter(person=person).count() == 1


def test_undo_takes_back_a_role_that_was_just_given(personas: Personas, browser: Client) -> None:
    person = make_account_holder(personas.district, "New Person")
    browser.post(url("role-give", person), {"role": "registrar", "school": personas.school.public_id})
    browser.post(url("role-undo", person, role_id=person.roles.get().public_id))
    assert not RoleAssignment.objects.in_force(clock.today(personas.district)).filter(person=person).exists()


def test_a_role_can_end_after_a_day(personas: Personas, browser: Client) -> None:
    person = personas.registrar.person
    end = url("role-end", person, role_id=person.roles.get().public_id)
    assert "Choose the last day." in text(browser.post(end, {"when": "day"}))
    browser.post(end, {"when": "day", "last_day": "2099-06-30"})
    assert person.roles.get().ends_on == dt.date(2099, 6, 30)
    assert "to Jun" in text(browser.get(url("person", person)))


def test_a_refusal_stands_in_the_form_with_what_was_typed(personas: Personas, browser: Client) -> None:
    answer = browser.post(
        url("role-give", personas.teacher.person),
        {"role": "administrator", "school": personas.school.public_id, "reason": "Kept text"},
    )
    assert answer.status_code == 422
    assert "An administrator is for the whole district." in text(answer)
    assert "Kept text" in text(answer)


def test_the_last_administrator_reads_why_the_role_stays(personas: Personas, browser: Client) -> None:
    person = personas.administrator.person
    answer = browser.post(url("role-end", person, role_id=person.roles.get().public_id), {"when": "now"})
    assert answer.status_code == 422
    assert "last administrator of Northfield" in text(answer)
    assert browser.get(PEOPLE).status_code == 200


@pytest.mark.parametrize("school", ["not-an-id", "00000000-0000-4000-8000-000000000000"])
def test_a_school_that_is_not_offered_is_refused(personas: Personas, browser: Client, school: str) -> None:
    answer = browser.post(url("role-give", personas.teacher.person), {"role": "registrar", "school": school})
    assert answer.status_code == 422
    other = browser.post(
        url("role-give", personas.teacher.person),
        {"role": "registrar", "school": personas.other_school.public_id},
    )
    assert other.status_code == 422


def test_a_role_taken_away_closes_the_next_click(personas: Personas, browser: Client) -> None:
    """Revoked in mid-session."""
    registrar = personas.registrar.client()
    student = reverse("profiles:student", args=[personas.student.student.public_id])
    assert registrar.get(student).status_code == 200
    person = personas.registrar.person
    browser.post(url("role-end", person, role_id=person.roles.get().public_id), {"when": "now"})
    assert registrar.get(student).status_code == 404


# --- Invitations ----------------------------------------------------------------------------------------------------


def test_inviting_shows_a_link_to_hand_over_and_withdrawing_kills_it(personas: Personas, browser: Client) -> None:
    person = make_person(personas.district, "Without Address")
    browser.post(url("person-invite", person))
    invitation = Invitation.objects.get(person=person)
    page = text(browser.get(url("person", person)))
    assert f"/invitation/{token_of(invitation)}/" in page
    browser.post(url("person-invite", person))
    fresh = Invitation.objects.get(person=person, state=InvitationState.SENT)
    assert fresh != invitation
    assert usable(token_of(fresh)) == fresh
    browser.post(url("invitation-withdraw", person))
    assert not Invitation.objects.filter(person=person, state=InvitationState.SENT).exists()


def test_inviting_somebody_with_an_account_says_so(personas: Personas, browser: Client) -> None:
    answer = browser.post(url("person-invite", personas.teacher.person), follow=True)
    assert "Tomas Reed already has an account." in text(answer)


# --- Families -------------------------------------------------------------------------------------------------------


def test_a_parent_is_linked_checked_and_ended(personas: Personas, browser: Client) -> None:
    parent = make_account_holder(personas.district, "New Parent")
    find = text(browser.get(url("person-child", parent) + "?q=sofia"))
    assert str(personas.student.student.public_id) in find
    browser.post(url("person-child", parent), {"student": personas.student.student.public_id, "label": "parent"})
    link = Relationship.objects.get(person=parent)
    assert "Not checked yet: sees nothing" in text(browser.get(url("person", parent)))
    verify = reverse("profiles:relation-verify", args=[link.public_id])
    assert browser.post(verify, {"basis": ""}).status_code == 422
    browser.post(verify, {"basis": "Enrollment form"})
    assert parent.user
    assert access.may(parent.user, Capability.SEE_RECORD, personas.student.student)
    browser.post(reverse("profiles:relation-end", args=[link.public_id]), {"when": "now"})
    fresh = type(parent.user).objects.get(pk=parent.user.pk)
    assert not access.may(fresh, Capability.SEE_RECORD, personas.student.student)
    browser.post(reverse("profiles:relation-restore", args=[link.public_id]))
    fresh = type(parent.user).objects.get(pk=parent.user.pk)
    assert access.may(fresh, Capability.SEE_RECORD, personas.student.student)


def test_a_student_of_another_district_cannot_be_linked(personas: Personas, browser: Client) -> None:
    stranger = personas.other_district_student.student
    answer = browser.post(
        url("person-child", personas.family.person), {"student": stranger.public_id, "label": "parent"}
    )
    assert answer.status_code == 404
    assert "Oskar" not in text(browser.get(url("person-child", personas.family.person) + "?q=oskar"))


# --- Students -------------------------------------------------------------------------------------------------------


def test_a_person_becomes_a_student_by_hand(personas: Personas, browser: Client) -> None:
    person = make_person(personas.district, "By Hand")
    data = {"school": personas.school.public_id, "grade": "09", "local_id": "777", "ssid": "1234567890"}
    answer = browser.post(url("person-student", person), data)
    assert answer["Location"] == url("person", person)
    person.refresh_from_db()
    student = person.student
    assert (student.school, student.grade, student.local_id, student.ssid) == (
        personas.school, "09", "777", "1234567890",
    )  # fmt: skip
    assert student.graduation_year == clock.school_year(clock.today(personas.district)) + 3


def test_a_state_id_that_cannot_be_is_said_beside_the_field(personas: Personas, browser: Client) -> None:
    person = make_person(personas.district, "By Hand")
    data = {"school": personas.school.public_id, "grade": "09", "ssid": "123"}
    answer = browser.post(url("person-student", person), data)
    assert answer.status_code == 422
    assert "A state student ID has ten digits" in text(answer)


def test_roles_that_a_roster_suggests_wait_for_somebody_to_give_them(personas: Personas, browser: Client) -> None:
    """A roster opens nothing: its administrators and counselors are a list to look at."""
    assert "Suggested by the roster" not in text(browser.get(PEOPLE))
    pat = make_person(personas.district, "Pat Grant")
    RosterRole.objects.create(person=pat, role="principal", source="oneroster:x")
    over = make_person(personas.district, "Olga Former")
    RosterRole.objects.create(person=over, role="counselor", source="oneroster:x", ends_on=dt.date(2020, 1, 1))
    page = text(browser.get(f"{PEOPLE}?show=suggested"))
    assert "Suggested by the roster" in page
    assert "Pat Grant" in page
    assert "the roster says: principal" in page
    assert "Olga Former" not in page
    make_role(pat, Role.PRINCIPAL, personas.school)
    assert "Pat Grant" not in text(browser.get(f"{PEOPLE}?show=suggested"))
