"""The language of the pages."""

import pytest
from django.test import Client

from tests.factories.core import make_user

pytestmark = pytest.mark.django_db


def test_a_stranger_gets_the_browsers_language(client: Client) -> None:
    answer = client.get("/account/login/", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})

    assert answer["Content-Language"] == "es"
    assert '<html lang="es"' in answer.content.decode()


def test_a_choice_is_remembered_in_the_browser(client: Client) -> None:
    answer = client.post("/language/", {"language": "es", "next": "/account/login/"})

    assert answer["Location"] == "/account/login/"
    assert client.get("/account/login/", headers={"Accept-Language": "en"})["Content-Language"] == "es"


def test_a_persons_choice_is_saved_with_the_account_and_wins_everywhere(client: Client) -> None:
    user = make_user()
    client.force_login(user)

    client.post("/language/", {"language": "es", "next": "/messages/"})
    elsewhere = Client(headers={"Accept-Language": "en"})
    elsewhere.force_login(user)

    user.refresh_from_db()
    assert user.language == "es"
    assert elsewhere.get("/messages/")["Content-Language"] == "es"


@pytest.mark.parametrize("language", ["xx", "", "../../etc", "es' OR 1=1"])
def test_a_language_we_do_not_speak_changes_nothing(client: Client, language: str) -> None:
    answer = client.post("/language/", {"language": language})

    assert answer.status_code == 302
    assert not answer.cookies


def test_nobody_is_led_to_another_site(client: Client) -> None:
    assert client.post("/language/", {"language": "es", "next": "https://evil.example/"})["Location"] == "/"
    assert client.post("/language/", {"language": "es", "next": "//evil.example/"})["Location"] == "/"


def test_the_choice_is_made_by_a_post_only(client: Client) -> None:
    assert client.get("/language/?language=es").status_code == 405
