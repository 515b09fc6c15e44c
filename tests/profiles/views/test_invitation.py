"""The page behind an invitation's link."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from mbl.core.models import User
from profiles.actions import invitations
from profiles.models import Invitation
from profiles.states import InvitationState, Role
from tests.assertions import assert_no_writes
from tests.factories.profiles import make_person, make_role
from tests.personas import Personas

PASSWORD = "four plain words here"
NEW = {"login_name": "nora", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def invitation(personas: Personas) -> Invitation:
    person = make_person(personas.district, "Nora Registrar", email="nora@example.org")
    make_role(person, Role.REGISTRAR, personas.school)
    return invitations.invite(person, actor=None)


def link(invitation: Invitation) -> str:
    return reverse("profiles:invitation", args=[invitations.token_of(invitation)])


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_opening_the_link_changes_nothing(invitation: Invitation) -> None:
    with assert_no_writes():
        page = Client().get(link(invitation))
    assert "Welcome, Nora Registrar" in text(page)
    assert "Northfield invites you" in text(page)
    assert page["Cache-Control"].startswith("max-age=0")
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


def test_the_form_makes_the_account_and_signs_in(invitation: Invitation, personas: Personas) -> None:
    browser = Client()
    answer = browser.post(link(invitation), NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get(reverse("profiles:students")).status_code == 200
    student = reverse("profiles:student", args=[personas.student.student.public_id])
    assert browser.get(student).status_code == 200


def test_the_account_signs_in_by_name_and_by_address(invitation: Invitation) -> None:
    Client().post(link(invitation), NEW)
    for name in ("Nora", "nora@example.org"):
        browser = Client()
        browser.post(reverse("account_login"), {"login": name, "password": PASSWORD})
        assert browser.get("/").status_code == 200


def test_a_second_use_is_told_so(invitation: Invitation) -> None:
    Client().post(link(invitation), NEW)
    for answer in (Client().get(link(invitation)), Client().post(link(invitation), NEW | {"login_name": "other"})):
        assert answer.status_code == 410
        assert "This invitation was used." in text(answer)
    assert not User.objects.filter(login_name="other").exists()


def test_old_and_withdrawn_links_say_what_to_do(invitation: Invitation) -> None:
    Invitation.objects.update(expires_at=invitation.sent_at)
    assert "older than 14 days" in text(Client().get(link(invitation)))
    invitations.withdraw(invitation, actor=None)
    answer = Client().get(link(invitation))
    assert (answer.status_code, "was withdrawn" in text(answer)) == (410, True)


@pytest.mark.django_db
def test_an_unknown_link_is_not_found_and_guessing_is_slowed_down() -> None:
    browser = Client()
    answers = [browser.get(reverse("profiles:invitation", args=["x" * 32])).status_code for _try in range(45)]
    assert answers[:40] == [404] * 40
    assert 429 in answers


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password_again": "something else"}, "The two passwords differ."),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"login_name": "x"}, "three letters or more"),
        ({"login_name": ""}, "This field is required."),
    ],
)
def test_a_fault_is_said_and_the_name_kept(invitation: Invitation, changed: dict[str, str], sentence: str) -> None:
    answer = Client().post(link(invitation), NEW | changed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert PASSWORD not in text(answer)


def test_somebody_signed_in_may_connect_the_account(personas: Personas) -> None:
    there = make_person(personas.other_district, "Elena Ramirez")
    invitation = invitations.invite(there, actor=None)
    browser = personas.family.client()
    assert "You are signed in as Elena Ramirez" in text(browser.get(link(invitation)))
    browser.post(link(invitation), {"connect": "1"})
    there.refresh_from_db()
    assert there.user == personas.family.user


def test_connecting_an_account_of_the_same_district_is_refused(invitation: Invitation, personas: Personas) -> None:
    answer = personas.teacher.client().post(link(invitation), {"connect": "1"})
    assert answer.status_code == 422
    assert "already belongs to somebody in Northfield" in text(answer)


def test_connecting_without_being_signed_in_does_nothing(invitation: Invitation) -> None:
    answer = Client().post(link(invitation), {"connect": "1"})
    assert answer.status_code == 200
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT
