"""``GET /health/`` for machines: the truth, quickly, also when everything is down."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from pytest_django.live_server_helper import LiveServer

from mbl.core import tasks
from mbl.core.tasks import WORKER_KEY

pytestmark = pytest.mark.django_db

ALL = {"status", "database", "broker", "worker"}


@contextmanager
def database_at(**changes: Any) -> Iterator[None]:
    """New connections go elsewhere meanwhile; the test's own stays."""
    before = dict(connections.settings["default"])
    connections.settings["default"].update(changes)
    try:
        yield
    finally:
        connections.settings["default"].clear()
        connections.settings["default"].update(before)


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield listening.getsockname()[1]


def worker_lives() -> None:
    tasks._last_beat = 0.0
    tasks._say_alive()


def test_everything_answers(client: Client) -> None:
    worker_lives()

    answer = client.get("/health/")

    assert (answer.status_code, answer.json()) == (200, dict.fromkeys(ALL, "ok"))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_without_a_worker_it_is_not_well(client: Client) -> None:
    answer = client.get("/health/")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "ok", "broker": "ok", "worker": "down"}


def test_a_worker_that_falls_silent_is_down_after_seconds() -> None:
    worker_lives()

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert 0 < client.ttl(WORKER_KEY) <= 15


@pytest.mark.parametrize("kind", ["refuses", "is silent"])
def test_a_broker_that_is_away_is_said_within_two_seconds(client: Client, kind: str) -> None:
    with silent_server() as port:
        url = f"redis://127.0.0.1:{1 if kind == 'refuses' else port}/0"
        started = time.monotonic()
        with override_settings(REDIS_URL=url):
            answer = client.get("/health/")

    assert answer.json() == {"status": "down", "database": "ok", "broker": "down", "worker": "down"}
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("kind", ["refuses", "is silent"])
def test_a_database_that_is_away_is_said_within_two_seconds(client: Client, kind: str) -> None:
    worker_lives()
    with silent_server() as port:
        started = time.monotonic()
        with database_at(HOST="127.0.0.1", PORT=str(1 if kind == "refuses" else port)):
            answer = client.get("/health/", headers={"Cookie": "sessionid=some"})

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "down", "broker": "ok", "worker": "ok"}
    assert time.monotonic() - started < 2


def test_it_is_asked_by_machines_under_any_name_and_only_to_read(client: Client) -> None:
    worker_lives()

    assert client.get("/health/", headers={"Host": "10.0.0.7"}).status_code == 200
    assert client.post("/health/").status_code == 405


def ask(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_page_during_a_database_outage_is_honest_and_the_next_one_works(live_server: LiveServer) -> None:
    """Over a real socket: the session's row cannot be read, which fails in middleware and not in a view."""
    request = urllib.request.Request(f"{live_server.url}/messages/", headers={"Cookie": "sessionid=" + "a" * 32})
    with database_at(HOST="127.0.0.1", PORT="1"), pytest.raises(urllib.error.HTTPError) as away:
        urllib.request.urlopen(request)

    assert away.value.code == 503
    assert "Back in a moment" in away.value.read().decode()
    with urllib.request.urlopen(request) as back:
        assert back.status == 200


@pytest.mark.urls("tests.core.pages")
def test_connections_that_end_under_load_give_an_honest_page_and_then_recover(live_server: LiveServer) -> None:
    pages = [f"{live_server.url}/test/{page}/" for page in ("cut-off", "asks", "asks")] * 12

    with ThreadPoolExecutor(6) as visitors:
        answers = list(visitors.map(ask, pages))

    assert {answer for page, answer in zip(pages, answers, strict=True) if "asks" in page} == {(200, "fine")}
    for status, text in answers[::3]:
        assert status == 503
        assert "What was saved is safe." in text
