"""Nobody loses what they typed, and nobody else reads it."""

import datetime as dt
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from mbl.core import drafts
from mbl.core.models import Draft, User
from tests.assertions import assert_no_writes
from tests.factories.core import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]

TYPED = "My grandmother taught me to weave.\nI measured every cedar strip twice."


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))


# --- Drafts that save themselves --------------------------------------------------------------------------------------


def test_a_draft_comes_back_as_it_was_typed(client: Client) -> None:
    client.force_login(make_user())

    answer = client.post(
        "/drafts/note/", {"note": TYPED, "topics": ["a", "c"], "password": "secret", "form_owner": "x"}
    )

    assert answer.status_code == 204
    assert dt.datetime.fromisoformat(answer["X-Saved-At"]).tzinfo is not None
    assert Draft.objects.get().data == {"note": TYPED, "topics": ["a", "c"]}
    with assert_no_writes():
        text = client.get("/test/note/").content.decode()
    assert "I measured every cedar strip twice." in text
    assert text.count("selected") == 2


def test_a_draft_may_come_as_json(client: Client) -> None:
    client.force_login(make_user())

    answer = client.post(
        "/drafts/note/", {"note": "Half", "topics": ["a"], "gone": None}, content_type="application/json"
    )

    assert answer.status_code == 204
    assert Draft.objects.get().data == {"note": "Half", "topics": "a"}


def test_another_person_has_other_drafts(client: Client) -> None:
    author, reader = make_user(), make_user()
    drafts.keep(author, "note", {"note": TYPED})
    client.force_login(reader)

    assert "cedar" not in client.get("/test/note/").content.decode()
    client.post("/drafts/note/", {"note": "Mine"})

    assert drafts.kept(author, "note") == {"note": TYPED}


def test_a_form_that_was_sent_has_no_draft(client: Client) -> None:
    user = make_user()
    drafts.keep(user, "note", {"note": TYPED})
    client.force_login(user)

    client.post("/test/note/", {"note": TYPED})

    assert drafts.kept(user, "note") is None


def test_an_emptied_form_has_no_draft(client: Client) -> None:
    client.force_login(make_user())
    client.post("/drafts/note/", {"note": "Half"})

    client.post("/drafts/note/", {"csrfmiddlewaretoken": "x"})

    assert not Draft.objects.exists()


@pytest.mark.parametrize("key", ["held:abc", "a b", "x" * 101])
def test_only_names_of_forms_are_taken(client: Client, key: str) -> None:
    client.force_login(make_user())

    assert client.post(f"/drafts/{key}/", {"note": "Half"}).status_code == 400
    assert not Draft.objects.exists()


def test_too_much_text_is_refused_in_words(client: Client) -> None:
    client.force_login(make_user())

    answer = client.post("/drafts/note/", {"note": "x" * 210_000})

    assert answer.status_code == 400
    assert "too long to be kept as a draft" in answer.json()["message"]


@pytest.mark.parametrize("body", ["[1, 2]", "{not json"])
def test_json_that_is_no_form_is_refused(client: Client, body: str) -> None:
    client.force_login(make_user())

    assert client.post("/drafts/note/", body, content_type="application/json").status_code == 400


def test_a_null_character_does_not_break_the_database(client: Client) -> None:
    client.force_login(make_user())

    assert client.post("/drafts/note/", {"note": "a\x00b"}).status_code == 204
    assert Draft.objects.get().data == {"note": "ab"}


def test_json_that_the_database_cannot_keep_loses_only_that(client: Client) -> None:
    client.force_login(make_user())
    body = '{"no\\u0000te": "a\\ud800b"}'

    assert client.post("/drafts/note/", body, content_type="application/json").status_code == 204
    assert Draft.objects.get().data == {"note": "ab"}


def test_the_oldest_drafts_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 2)
    user = make_user()

    for key in ("one", "two", "three"):
        drafts.keep(user, key, {"note": key})

    assert set(user.drafts.values_list("key", flat=True)) == {"two", "three"}


def test_what_nobody_came_back_to_is_deleted() -> None:
    now, user = timezone.now(), make_user()
    for key, days in (("old", 91), ("young", 89), ("held:old", 15), ("held:young", 13)):
        draft = Draft.objects.create(user=user, key=key, data={"note": "x"})
        Draft.objects.filter(pk=draft.pk).update(updated_at=now - dt.timedelta(days=days))

    assert drafts.purge(now) == 2

    assert set(user.drafts.values_list("key", flat=True)) == {"young", "held:young"}


# --- A form sent after the session ended ------------------------------------------------------------------------------


@pytest.fixture
def author() -> User:
    return make_user("ada.student", password="cedar-basket-7")


def open_form(client: Client, user: User) -> dict[str, str]:
    """The hidden fields of the form that ``user`` has open when the session ends."""
    client.force_login(user)
    fields = hidden(client.get("/test/note/").content.decode())
    client.logout()
    return fields


def sign_in(client: Client, address: str, name: str, password: str) -> Any:
    following = parse_qs(urlsplit(address).query)["next"][0]
    return client.post("/account/login/", {"login": name, "password": password, "next": following}, follow=True)


def test_a_form_sent_after_expiry_opens_again_with_everything_typed(author: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    fields = open_form(browser, author)

    answer = browser.post("/test/note/?for=7", {**fields, "note": TYPED, "topics": ["b"]})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=/test/note/%3Ffor%3D7%26held%3D")

    sign_in_page = browser.get(answer["Location"]).content.decode()
    assert "What you typed is kept" in sign_in_page
    assert "cedar" not in sign_in_page
    token = hidden(sign_in_page)
    following = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    login = {"login": "ada.student", "password": "cedar-basket-7", "next": following}
    page = browser.post("/account/login/", token | login, follow=True)
    text = page.content.decode()

    assert page.redirect_chain[-1][0] == following
    assert "I measured every cedar strip twice." in text
    assert '<option value="b" selected>' in text
    assert Draft.objects.filter(user=author).count() == 1

    sent = browser.post(following, {**hidden(text), "note": TYPED})
    assert sent["Location"] == "/messages/"
    assert not Draft.objects.exists()


def test_another_person_who_signs_in_sees_nothing_of_it(author: User, client: Client) -> None:
    make_user("bo.student", password="cedar-basket-8")
    answer = client.post("/test/note/", {**open_form(client, author), "note": TYPED})

    page = sign_in(client, answer["Location"], "bo.student", "cedar-basket-8")

    assert page.status_code == 200
    assert "cedar" not in page.content.decode()
    assert Draft.objects.get().user == author


def test_a_forged_owner_keeps_nothing(author: User, client: Client) -> None:
    forged = drafts.sign_owner(author)[:-2] + "xx"

    answer = client.post("/test/note/", {"form_owner": forged, "note": TYPED})

    assert answer["Location"] == "/account/login/?next=/"
    assert not Draft.objects.exists()


def test_passwords_tokens_and_files_are_not_kept(author: User, client: Client) -> None:
    fields = open_form(client, author)
    file = SimpleUploadedFile("basket.txt", b"cedar")

    client.post("/test/note/", {**fields, "note": TYPED, "new_password1": "secret", "file": file})

    data = Draft.objects.get().data
    assert data["fields"] == {"note": TYPED}
    assert data["had_files"] is True


def test_the_page_says_that_a_file_must_be_chosen_again(author: User, client: Client) -> None:
    fields = open_form(client, author)
    file = SimpleUploadedFile("basket.txt", b"cedar")
    answer = client.post("/test/note/", {**fields, "note": TYPED, "file": file})

    page = sign_in(client, answer["Location"], "ada.student", "cedar-basket-7")
    told = client.get("/messages/").content.decode()

    assert "cedar strip" in page.content.decode()
    assert "Choose your file once more." in told


def test_htmx_is_sent_to_sign_in_as_a_whole_page(author: User, client: Client) -> None:
    fields = open_form(client, author)

    answer = client.post("/test/note/", {**fields, "note": TYPED}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "held%3D" in answer["HX-Redirect"]


def test_htmx_that_only_asks_comes_back_to_the_page_it_was_on(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/queue/?page=2"}

    assert client.get("/messages/", headers=headers)["HX-Redirect"] == "/account/login/?next=/queue/%3Fpage%3D2"


def test_what_was_typed_for_a_button_is_shown_and_sent_from_a_page_of_its_own(author: User, client: Client) -> None:
    fields = open_form(client, author)
    headers = {"Referer": "http://testserver/queue/7/"}
    answer = client.post("/test/decide/", {**fields, "comment": TYPED}, headers=headers)

    page = sign_in(client, answer["Location"], "ada.student", "cedar-basket-7")
    text = page.content.decode()

    assert page.status_code == 200
    assert "This was not sent yet" in text
    assert 'action="/test/decide/?held=' in text or 'action="/test/decide/"' in text
    assert 'href="/queue/7/"' in text
    assert client.post("/test/decide/", hidden(text))["Location"] == "/messages/"
    assert "Decided: My grandmother" in client.get("/messages/").content.decode()


def test_a_page_elsewhere_is_not_offered_as_the_way_back(author: User, client: Client) -> None:
    fields = open_form(client, author)

    client.post("/test/decide/", {**fields, "comment": TYPED}, headers={"Referer": "http://evil.example//x"})

    assert Draft.objects.get().data["from"] == ""


def test_a_form_whose_token_is_stale_keeps_what_was_typed(author: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(author)
    fields = hidden(browser.get("/test/note/").content.decode()) | {"csrfmiddlewaretoken": "a" * 32}

    answer = browser.post("/test/note/", {**fields, "note": TYPED})
    text = answer.content.decode()

    assert answer.status_code == 403
    assert "I measured every cedar strip twice." in text
    assert browser.post("/test/note/", hidden(text))["Location"] == "/messages/"


def test_a_forged_post_from_elsewhere_shows_nothing_of_itself(author: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(author)

    answer = browser.post("/test/note/", {"note": "Buy now at evil.example, buy now at evil.example"})

    assert answer.status_code == 403
    assert "evil.example" not in answer.content.decode()
    assert "This page was open too long" in answer.content.decode()


def test_a_form_left_open_by_somebody_else_is_kept_for_them_and_not_sent(author: User, client: Client) -> None:
    reader = make_user()
    fields = open_form(client, author)
    client.force_login(reader)

    answer = client.post("/test/note/", {**fields, "note": TYPED})

    assert answer.status_code == 403
    assert "opened by somebody else" in answer.content.decode()
    assert "cedar" not in answer.content.decode()
    assert Draft.objects.get().user == author


def test_the_owner_mark_is_no_password(author: User) -> None:
    """It opens nothing: with it one can only leave text for that person."""
    assert str(author.public_id) not in drafts.sign_owner(author)
    assert drafts.owner_of({"form_owner": drafts.sign_owner(author)}) == author.public_id
    assert drafts.owner_of(QueryDict()) is None


def test_held_forms_do_not_pile_up(author: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MAX_HELD", 2)
    fields = open_form(client, author)
    drafts.keep(author, "note", {"note": "draft"})

    for number in range(4):
        client.post("/test/note/", {**fields, "note": str(number)})

    kept = Draft.objects.filter(user=author, key__startswith="held:").order_by("pk")
    assert [row.data["fields"]["note"] for row in kept] == ["2", "3"]
    assert drafts.kept(author, "note") == {"note": "draft"}
