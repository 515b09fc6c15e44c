"""Sessions: who must sign in, when a session ends, what keeps it alive."""

import datetime as dt
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from mbl.core import tasks
from tests.assertions import assert_no_writes
from tests.factories.core import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.pages")]

HOUR = 60 * 60


def signed_in(client: Client, *, seen_seconds_ago: float) -> None:
    client.force_login(make_user())
    session = client.session
    session["seen"] = time.time() - seen_seconds_ago
    session.save()


def test_pages_ask_for_sign_in_unless_they_say_otherwise(client: Client) -> None:
    assert client.get("/messages/?page=2")["Location"] == "/account/login/?next=/messages/%3Fpage%3D2"
    assert client.get("/test/asks/").status_code == 200


def test_a_session_in_which_nobody_did_anything_for_an_hour_ends(client: Client) -> None:
    signed_in(client, seen_seconds_ago=HOUR + 301)

    assert client.get("/messages/").status_code == 302
    assert not Session.objects.exists()


def test_a_session_lives_through_its_idle_minutes(client: Client) -> None:
    signed_in(client, seen_seconds_ago=HOUR - 1)

    assert client.get("/messages/").status_code == 200
    assert client.session["seen"] == pytest.approx(time.time(), abs=5)


def test_a_district_may_set_fewer_minutes_and_not_more(client: Client) -> None:
    signed_in(client, seen_seconds_ago=16 * 60)
    session = client.session
    session["idle_minutes"] = 10
    session.save()

    assert client.get("/messages/").status_code == 302

    signed_in(client, seen_seconds_ago=HOUR + 301)
    session = client.session
    session["idle_minutes"] = 600
    session.save()

    assert client.get("/messages/").status_code == 302


def test_opening_pages_writes_the_session_every_few_minutes_only(client: Client) -> None:
    signed_in(client, seen_seconds_ago=200)

    before = client.session["seen"]
    with assert_no_writes():
        client.get("/messages/")

    assert client.session["seen"] == before


def test_a_page_that_asks_by_itself_is_no_sign_of_a_person(client: Client) -> None:
    signed_in(client, seen_seconds_ago=HOUR - 60)
    before = client.session["seen"]

    assert client.get("/test/poll/").status_code == 200

    assert client.session["seen"] == before


def test_a_person_can_say_that_they_are_still_there(client: Client) -> None:
    signed_in(client, seen_seconds_ago=HOUR - 60)

    assert client.post("/account/keep-alive/").status_code == 204

    assert client.session["seen"] == pytest.approx(time.time(), abs=5)


def test_ended_sessions_are_cleared_at_night(client: Client) -> None:
    signed_in(client, seen_seconds_ago=0)
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - dt.timedelta(days=1))

    tasks.tidy()

    assert list(Session.objects.values_list("session_key", flat=True)) == [client.session.session_key]


def test_the_row_outlives_the_idle_time() -> None:
    assert settings.SESSION_COOKIE_AGE > settings.IDLE_TIMEOUT_MINUTES * 60 + 300
