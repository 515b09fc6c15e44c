"""When something does not work: what happened, what is safe, what to do, and a reference."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from mbl.core.models import AuditEvent
from tests.factories.core import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]

THING = uuid.UUID("7d9f2c52-6f0f-4b0e-9a51-000000000001")


@pytest.fixture
def browser() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_user("ana.ruiz"))
    return client


def test_a_refusal_shows_its_reason(browser: Client) -> None:
    answer = browser.get(f"/test/refused/{THING}/")

    assert answer.status_code == 403
    assert "Only the counselor of this student may do this." in answer.content.decode()


@pytest.mark.rule("R76")
def test_a_refused_and_a_hidden_thing_leave_a_line_in_the_ledger(browser: Client) -> None:
    browser.get(f"/test/refused/{THING}/")
    browser.get(f"/test/missing/{THING}/")
    browser.get(f"/test/missing/{THING}/")

    events = AuditEvent.objects.filter(verb="core.access.denied").order_by("pk")
    assert [(event.actor_label, event.payload["status"], event.target_id) for event in events] == [
        ("Ana Ruiz", 403, THING),
        ("Ana Ruiz", 404, THING),
    ]
    assert [event.payload["path"] for event in events] == [f"/test/refused/{THING}/", f"/test/missing/{THING}/"]


def test_an_address_that_does_not_exist_is_no_attempt(browser: Client) -> None:
    assert browser.get("/nowhere/").status_code == 404
    assert not AuditEvent.objects.filter(verb="core.access.denied").exists()


def test_strangers_are_asked_to_sign_in_and_not_written_down(client: Client) -> None:
    assert client.get(f"/test/missing/{THING}/").status_code == 302
    assert not AuditEvent.objects.filter(verb="core.access.denied").exists()


def test_what_has_moved_on_is_a_page_that_says_where_it_stands(browser: Client) -> None:
    answer = browser.get("/test/moved-on/")

    assert answer.status_code == 409
    assert "it is now “Done”" in answer.content.decode()


def test_a_sentence_for_people_is_a_page(browser: Client) -> None:
    answer = browser.get("/test/wrong/")

    assert answer.status_code == 400
    assert "The date lies before the first day of school." in answer.content.decode()


def test_a_bug_shows_a_reference_and_no_word_of_a_student(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = browser.get("/test/broken/")
    text = answer.content.decode()

    assert answer.status_code == 500
    assert answer["X-Request-ID"][:8] in text
    assert "Lovelace" not in text
    assert "Internal Server Error" in caplog.text


def test_a_database_that_is_away_is_told_honestly(client: Client) -> None:
    answer = client.get("/test/away/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "What was saved is safe." in answer.content.decode()


def test_htmx_gets_the_reason_to_show_beside_its_page(browser: Client) -> None:
    answer = browser.get(f"/test/refused/{THING}/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.json()["message"]) == (403, "Only the counselor of this student may do this.")


def test_machines_get_json(browser: Client) -> None:
    answer = browser.get(f"/test/refused/{THING}/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["message"]) == (403, "Only the counselor of this student may do this.")


def test_each_answer_has_an_id_and_a_strangers_id_is_not_believed(client: Client) -> None:
    first = client.get("/test/asks/", headers={"X-Request-ID": "chosen-by-a-stranger"})["X-Request-ID"]
    second = client.get("/test/asks/")["X-Request-ID"]

    assert uuid.UUID(first) != uuid.UUID(second)
    with override_settings(TRUSTED_PROXIES=1):
        assert client.get("/test/asks/", headers={"X-Request-ID": "edge-12345678"})["X-Request-ID"] == "edge-12345678"
        assert client.get("/test/asks/", headers={"X-Request-ID": "no\u2028"})["X-Request-ID"] != "no"


@override_settings(MAX_UPLOAD_MB=1)
def test_a_file_over_the_cap_leaves_the_rest_of_the_form_as_typed(browser: Client) -> None:
    big = SimpleUploadedFile("film.mp4", b"x" * (2 * 1024 * 1024))

    answer = browser.post("/test/note/", {"note": "Two hours of weaving", "file": big})
    text = answer.content.decode()

    assert "This file is too large: 2.0\xa0MB. A file may have up to 1.0\xa0MB." in text
    assert "Two hours of weaving" in text


@override_settings(MAX_UPLOAD_MB=1)
def test_a_hopelessly_large_upload_is_refused_unread(browser: Client) -> None:
    huge = SimpleUploadedFile("film.mp4", b"x" * (11 * 1024 * 1024))

    answer = browser.post("/test/note/", {"note": "Two hours of weaving", "file": huge})

    assert answer.status_code == 413
    assert "This file is too large" in answer.content.decode()


@pytest.mark.parametrize("address", ["/messages/?held=%00", "/messages/?a%00b=1", "/drafts/a%00b/", "/brand/%00/x.css"])
def test_an_address_with_nul_is_refused_and_not_asked_of_the_database(browser: Client, address: str) -> None:
    answer = browser.get(address)

    assert answer.status_code == 400
    assert "The page got something it cannot read." in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="core.access.denied").exists()


def test_what_is_pasted_with_nul_arrives_without_it(browser: Client) -> None:
    answer = browser.post("/test/note/", {"note": "Two\x00 hours"}, follow=True)

    assert "Sent: Two hours" in answer.content.decode()


@pytest.mark.parametrize("unseen", ["\u200b", " \u200e\u2060 ", "\x00\ufeff", "\x07"])
def test_words_that_nobody_can_see_count_as_none(browser: Client, unseen: str) -> None:
    answer = browser.post("/test/note/", {"note": unseen})

    assert "This field is required." in answer.content.decode()
    assert browser.post("/test/decide/", {"comment": unseen}, follow=True).content.decode().count("Decided: <") == 1


def test_a_person_who_joins_letters_with_unseen_signs_keeps_them(browser: Client) -> None:
    family = "\U0001f469\u200d\U0001f467 می\u200cخواهم"

    assert f"Sent: {family}" in browser.post("/test/note/", {"note": family}, follow=True).content.decode()


def test_a_shared_computer_keeps_no_page_of_whoever_was_signed_in(browser: Client, client: Client) -> None:
    assert browser.get("/messages/")["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in client.get("/test/asks/")
