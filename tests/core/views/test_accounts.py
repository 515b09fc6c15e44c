"""Signing in and out, passwords, and what a person sets for themselves."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, override_settings

from mbl.core.models import AuditEvent, User
from tests.assertions import assert_no_writes
from tests.factories.core import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "cedar-basket-7"


@pytest.fixture
def ada() -> User:
    return make_user("ada.ruiz", password=PASSWORD, email="ada@example.org")


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post("/account/login/", {"login": name, "password": password, **extra})


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize("name", ["ada.ruiz", " Ada.Ruiz ", "ada@example.org", "ADA@example.org"])
def test_a_person_signs_in_by_login_name_or_address(client: Client, ada: User, name: str) -> None:
    assert sign_in(client, name)["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert verbs() == ["core.account.signed_in"]


def test_signing_in_starts_a_new_session(client: Client, ada: User) -> None:
    session = client.session
    session["seen"] = 1.0
    session.save()
    before = session.session_key

    answer = sign_in(client, "ada.ruiz")

    assert client.session.session_key != before
    cookie = answer.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == ""  # gone when the browser is closed


def test_signing_out_ends_the_session_and_is_written_down(client: Client, ada: User) -> None:
    sign_in(client, "ada.ruiz")

    with assert_no_writes():
        assert "Sign out" in client.get("/account/logout/").content.decode()
    client.post("/account/logout/")

    assert client.get("/account/").status_code == 302
    assert not Session.objects.exists()
    assert verbs() == ["core.account.signed_in", "core.account.signed_out"]


def test_a_wrong_password_says_so_and_not_whether_the_account_exists(client: Client, ada: User) -> None:
    wrong = sign_in(client, "ada.ruiz", "guess").content.decode()
    unknown = sign_in(client, "nobody", "guess").content.decode()

    sentence = "The name and the password do not go together."
    assert sentence in wrong
    assert sentence in unknown
    event = AuditEvent.objects.get()
    assert (event.verb, event.target_id, event.actor) == ("core.account.sign_in_failed", ada.public_id, None)
    assert "guess" not in str(event.payload) + event.target_label


def test_guessing_is_stopped_for_the_account(client: Client, ada: User) -> None:
    for _ in range(5):
        sign_in(client, "ada.ruiz", "guess")

    answer = sign_in(client, "ada.ruiz")

    assert "Too many tries did not fit." in answer.content.decode()
    assert client.get("/account/").status_code == 302


def test_a_school_behind_one_address_can_sign_in_together(ada: User) -> None:
    for number in range(12):
        sign_in(Client(), f"pupil{number}", "guess")

    assert sign_in(Client(), "ada.ruiz").status_code == 302


def test_a_closed_account_is_told_so(client: Client, ada: User) -> None:
    User.objects.update(is_active=False)

    answer = client.post("/account/login/", {"login": "ada.ruiz", "password": PASSWORD}, follow=True)

    assert "This account is closed" in answer.content.decode()


def test_sign_in_leads_to_the_page_that_was_asked_for_and_never_to_another_site(ada: User) -> None:
    assert sign_in(Client(), "ada.ruiz", next="/messages/?page=2")["Location"] == "/messages/?page=2"
    assert sign_in(Client(), "ada.ruiz", next="https://evil.example/")["Location"] == "/"


def test_nobody_signs_up(client: Client) -> None:
    answer = client.get("/account/signup/")
    assert "Accounts come by invitation" in answer.content.decode()
    assert client.post("/account/signup/", {"username": "mallory", "password1": PASSWORD}).status_code == 405
    assert client.get("/account/email/").status_code == 404
    assert not User.objects.exists()


# --- A forgotten password ---------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_by_a_link_in_the_persons_language(client: Client, ada: User) -> None:
    User.objects.update(language="es")
    with override_settings(LANGUAGE_CODE="en"):
        answer = client.post("/account/password/reset/", {"email": "ada@example.org"}, follow=True)
    assert "Look into your mail" in answer.content.decode()
    message = mail.outbox[0]
    assert message.to == ["ada@example.org"]

    link = re.search(r"http://testserver(\S+)", str(message.body))
    assert link
    page = client.get(link[1], follow=True)
    address = page.redirect_chain[-1][0]
    new = {"password1": "salmon-river-9", "password2": "salmon-river-9"}
    done = client.post(address, new, follow=True)

    assert "Your password is changed" in done.content.decode()
    assert sign_in(Client(), "ada.ruiz", "salmon-river-9").status_code == 302
    assert "core.account.password_changed" in verbs()
    again = Client().get(link[1], follow=True)
    assert "This link does not work any more" in again.content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, ada: User) -> None:
    answer = client.post("/account/password/reset/", {"email": "nobody@example.org"}, follow=True)

    assert "Look into your mail" in answer.content.decode()
    assert mail.outbox == []


def test_a_weak_password_is_refused_in_words(client: Client, ada: User) -> None:
    client.force_login(ada)
    form = {"oldpassword": PASSWORD, "password1": "password12", "password2": "password12"}

    answer = client.post("/account/password/change/", form)

    assert "too common" in answer.content.decode()
    assert sign_in(Client(), "ada.ruiz").status_code == 302


def test_a_changed_password_signs_out_other_devices_and_not_this_one(client: Client, ada: User) -> None:
    elsewhere = Client()
    sign_in(client, "ada.ruiz")
    sign_in(elsewhere, "ada.ruiz")
    form = {"oldpassword": PASSWORD, "password1": "salmon-river-9", "password2": "salmon-river-9"}

    assert client.post("/account/password/change/", form).status_code == 302

    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "address",
    ["login/", "password/reset/", "password/reset/done/", "password/reset/key/done/", "inactive/", "signup/"],
)
def test_the_pages_of_signing_in_speak_for_themselves(client: Client, address: str) -> None:
    with assert_no_writes():
        answer = client.get(f"/account/{address}")
    text = answer.content.decode()

    assert answer.status_code == 200
    assert text.count("<h1") == 1
    assert "placeholder" not in text
    assert "style=" not in text


# --- What a person sets -----------------------------------------------------------------------------------------------

CHOICES = {"language": "es", "density": "compact", "email_notices": "on"}


def test_a_persons_choices_are_saved_and_the_change_is_written_down(client: Client, ada: User) -> None:
    client.force_login(ada)

    client.post("/account/", CHOICES, follow=True)

    ada.refresh_from_db()
    assert (ada.language, ada.density, ada.single_key_shortcuts, ada.email_notices) == ("es", "compact", False, True)
    event = AuditEvent.objects.get(verb="core.account.settings_changed")
    assert event.payload == {"changed": "language, density, single_key_shortcuts"}


def test_saving_the_same_choices_again_changes_nothing(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.post("/account/", CHOICES)

    client.post("/account/", CHOICES)

    assert AuditEvent.objects.filter(verb="core.account.settings_changed").count() == 1


def test_a_choice_that_is_not_offered_is_refused(client: Client, ada: User) -> None:
    client.force_login(ada)

    answer = client.post("/account/", {**CHOICES, "language": "xx"})

    assert answer.status_code == 422
    ada.refresh_from_db()
    assert ada.language == ""


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, SECURE_SSL_REDIRECT=False)
def test_behind_https_the_cookies_stay_there(client: Client, ada: User) -> None:
    answer = client.post("/account/login/", {"login": "ada.ruiz", "password": PASSWORD}, secure=True)

    assert answer.cookies["sessionid"]["secure"] is True
