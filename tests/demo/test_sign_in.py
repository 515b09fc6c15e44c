"""The page on which one chooses somebody of the demonstration to be."""

import pytest
from django.test import Client, override_settings

from mbl.core.models import District
from mbl.demo.personas import PERSONAS
from profiles.models import Person
from tests.factories.core import make_user
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def browser(host: str = "127.0.0.1:8000", *, checks: bool = False) -> Client:
    """Somebody at this machine, or at the host named."""
    return Client(enforce_csrf_checks=checks, headers={"host": host})


@pytest.fixture
def demo(personas: Personas) -> Person:
    """The district of the personas is a demonstration, and its student signs in on the page."""
    District.objects.filter(pk=personas.district.pk).update(is_demo=True)
    user = personas.student.user
    user.login_name = "demo-student"
    user.save()
    return personas.student.person


def sign_in(person: str, host: str = "127.0.0.1:8000") -> tuple[int, bool]:
    """The status, and whether somebody is signed in afterwards."""
    client = browser(host)
    response = client.post("/demo/sign-in/", {"person": person})
    return response.status_code, "_auth_user_id" in client.session


def test_the_keys_are_those_that_others_rely_on() -> None:
    promised = (
        "student, family, teacher, credit-manager, counselor, registrar, principal, administrator, "
        "other-district-administrator"
    )

    assert set(promised.split(", ")) <= {persona.key for persona in PERSONAS}


def test_choosing_a_person_signs_in_as_them(demo: Person) -> None:
    client = browser()

    response = client.post("/demo/sign-in/", {"person": "student"})

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(demo.user_id)


def test_the_page_lists_who_is_there(demo: Person) -> None:
    response = browser().get("/demo/")

    assert response.status_code == 200
    assert str(demo) in response.text
    assert 'value="student"' in response.text
    assert 'value="teacher"' not in response.text


def test_a_visitor_finds_it_from_the_first_page(demo: Person) -> None:
    response = browser().get("/", follow=True)

    assert 'href="/demo/"' in response.text


def test_elsewhere_nothing_of_it_is_shown(demo: Person) -> None:
    assert "/demo/" not in browser("testserver").get("/", follow=True).text


def test_without_a_demonstration_the_page_says_how_to_load_it() -> None:
    response = browser().get("/demo/")

    assert "seed_demo" in response.text


def test_a_form_without_its_token_is_refused(demo: Person) -> None:
    client = browser(checks=True)

    assert client.post("/demo/sign-in/", {"person": "student"}).status_code == 403


@pytest.mark.parametrize("person", ["", "nobody", "teacher"])
def test_somebody_who_is_not_there_is_not_found(demo: Person, person: str) -> None:
    assert sign_in(person) == (404, False)


def test_a_link_signs_nobody_in(demo: Person) -> None:
    assert browser().get("/demo/sign-in/?person=student").status_code == 405


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8123", "[::1]:8000"])
def test_this_machine_has_the_page_under_each_of_its_names(demo: Person, host: str) -> None:
    assert sign_in("student", host) == (302, True)


def test_under_another_host_name_there_is_no_such_page(demo: Person) -> None:
    assert sign_in("student", "testserver") == (404, False)
    assert browser("testserver").get("/demo/").status_code == 404


@override_settings(DEMO_MODE=False)
def test_out_of_demo_mode_there_is_no_such_page(demo: Person) -> None:
    assert sign_in("student") == (404, False)
    assert browser().get("/demo/").status_code == 404


def test_a_person_of_a_real_district_is_never_among_them(demo: Person, personas: Personas) -> None:
    real = make_user("demo-teacher")
    Person.objects.filter(pk=personas.other_district_student.person.pk).update(user=real)

    assert sign_in("teacher") == (404, False)


def test_somebody_who_also_belongs_to_a_real_district_is_not_offered(demo: Person, personas: Personas) -> None:
    Person.objects.filter(pk=personas.other_district_student.person.pk).update(user=demo.user)

    assert sign_in("student") == (404, False)
