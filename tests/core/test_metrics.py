"""``/metrics`` tells how the product does, to those who may ask, and nothing about anybody."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from mbl.core.models import Job
from mbl.core.states import JobState
from mbl.core.tasks import WORKER_KEY
from tests.assertions import assert_no_writes, assert_queries
from tests.personas import Personas

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Samples:
    """Every sample by name and labels, as Prometheus reads them."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(client: Client | None = None, **headers: str) -> Samples:
    answer = (client or Client()).get("/metrics", headers=headers or None)
    assert answer.status_code == 200
    return read(answer.content.decode())


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0.0)


def make_job(kind: str = "tests.sum", state: JobState = JobState.WAITING, **fields: Any) -> Job:
    return Job.objects.create(kind=kind, state=state, label="Roster of Sofia Ramirez", **fields)


# --- Who may ask ------------------------------------------------------------------------------------------------------


def test_programs_on_this_machine_may_ask_under_any_host_name() -> None:
    answer = Client().get("/metrics", headers={"host": "10.1.2.3:8000"})

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.5", ""])
def test_other_machines_may_not(address: str) -> None:
    answer = Client(REMOTE_ADDR=address).get("/metrics")

    assert answer.status_code == 403
    assert "METRICS_TOKEN" in answer.content.decode()
    assert "mbl_" not in answer.content.decode()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_who_comes_through_a_proxy_on_this_machine_is_not_this_machine(header: str) -> None:
    assert Client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_signing_in_opens_nothing(personas: Personas) -> None:
    client = personas.administrator.client()
    client.defaults["REMOTE_ADDR"] = "203.0.113.9"

    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("Bearer 0123456789-0123456789", 200),
        ("Bearer 0123456789-012345678x", 403),
        ("0123456789-0123456789", 403),
        ("Bearer ", 403),
        ("", 403),
    ],
)
def test_the_token_opens_it_from_anywhere(settings: Any, given: str, status: int) -> None:
    settings.METRICS_TOKEN = "0123456789-0123456789"

    answer = Client(REMOTE_ADDR="203.0.113.9").get("/metrics", headers={"Authorization": given})

    assert answer.status_code == status


def test_without_a_token_an_empty_one_opens_nothing(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


# --- What it tells ----------------------------------------------------------------------------------------------------


def test_requests_are_counted_by_route_method_and_class_of_status(personas: Personas) -> None:
    student = personas.student.student
    client = personas.counselor.client()
    url = reverse("profiles:student", args=[student.public_id])
    before = scrape()

    client.get(url)
    client.get(url)
    client.get(reverse("profiles:student", args=[uuid.uuid4()]))
    client.get("/wp-login.php")
    client.get("/static/css/nothing.css")
    client.generic("BREW", url)
    client.get("/health/")

    after = scrape()
    grown = {
        key[1]: int(number - before.get(key, 0))
        for key, number in after.items()
        if key[0] == "mbl_http_requests_total" and number != before.get(key, 0)
    }
    assert grown == {
        frozenset({("route", "profiles:student"), ("method", "GET"), ("status", "2xx")}): 2,
        frozenset({("route", "profiles:student"), ("method", "GET"), ("status", "4xx")}): 1,
        frozenset({("route", "none"), ("method", "GET"), ("status", "4xx")}): 1,
        frozenset({("route", "static"), ("method", "GET"), ("status", "4xx")}): 1,
        frozenset({("route", "profiles:student"), ("method", "other"), ("status", "4xx")}): 1,
        frozenset({("route", "core:health"), ("method", "GET"), ("status", "5xx")}): 1,
        frozenset({("route", "core:metrics"), ("method", "GET"), ("status", "2xx")}): 1,
    }
    name = "mbl_http_request_seconds_count"
    assert value(after, name, route="profiles:student") - value(before, name, route="profiles:student") == 4


def test_jobs_are_counted_by_kind_and_state_and_the_oldest_one_that_waits_is_told() -> None:
    old = make_job()
    Job.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(minutes=10))
    make_job()
    make_job("transcripts.render", JobState.STOPPED)
    make_job("core.email_notices", JobState.RUNNING, done=3, total=10)
    make_job("core.email_notices", JobState.DONE, done=10, total=10)

    samples = scrape()

    assert value(samples, "mbl_jobs", kind="tests.sum", state="waiting") == 2
    assert value(samples, "mbl_jobs", kind="transcripts.render", state="stopped") == 1
    assert value(samples, "mbl_jobs", kind="core.email_notices", state="done") == 1
    assert value(samples, "mbl_notices_unsent") == 7
    assert 590 <= value(samples, "mbl_job_oldest_waiting_seconds") < 660


def test_without_jobs_nothing_waits() -> None:
    samples = scrape()

    assert value(samples, "mbl_job_oldest_waiting_seconds") == value(samples, "mbl_notices_unsent") == 0


def test_who_answers_is_told(settings: Any) -> None:
    samples = scrape()
    assert value(samples, "mbl_database_up") == value(samples, "mbl_broker_up") == 1
    assert value(samples, "mbl_worker_up") == 0

    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.set(WORKER_KEY, "1", ex=5)
        assert value(scrape(), "mbl_worker_up") == 1
        broker.delete(WORKER_KEY)


def test_a_database_that_is_away_is_told_and_the_rest_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mbl.core.metrics.health.look", lambda: {"database": False, "broker": True, "worker": False})

    samples = scrape()

    assert value(samples, "mbl_database_up") == 0
    assert ("mbl_job_oldest_waiting_seconds", frozenset()) not in samples
    assert any(name == "mbl_http_requests_total" for name, _labels in samples)


def test_a_database_that_is_too_slow_does_not_hold_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mbl.core.metrics.PATIENCE_MS", 200)
    busy = connection.copy()
    try:
        busy.set_autocommit(False)
        with busy.cursor() as cursor:
            cursor.execute("LOCK TABLE core_job IN ACCESS EXCLUSIVE MODE")
        samples = scrape()
    finally:
        busy.close()

    assert ("mbl_job_oldest_waiting_seconds", frozenset()) not in samples
    assert value(samples, "mbl_database_up") == 1
    assert value(scrape(), "mbl_job_oldest_waiting_seconds") == 0


@pytest.mark.rule("R76", partial=True)
def test_no_word_about_anybody(personas: Personas) -> None:
    """Names, addresses and ids that the database and the requests are full of do not appear."""
    student = personas.student.student
    make_job(params={"student": str(student.public_id)}, problem="Sofia Ramirez has no transcript.")
    client = personas.counselor.client()
    client.get(reverse("profiles:student", args=[student.public_id]), {"q": "Ramirez"})
    client.get(f"/people/sofia-ramirez/{student.public_id}/")

    text = Client().get("/metrics").content.decode().lower()

    for secret in ("sofia", "ramirez", str(student.public_id), personas.counselor.user.login_name, "roster of"):
        assert secret not in text


def test_a_scrape_asks_the_database_twice_and_writes_nothing() -> None:
    for _ in range(30):
        make_job()
    with assert_no_writes(), assert_queries(3):  # the patience, the counts, what waits
        scrape()


# --- Several processes ------------------------------------------------------------------------------------------------


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """gunicorn as in production, with three processes of four threads; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["--bind", f"127.0.0.1:{port}", "-k", "gthread", "-w", "3", "--threads", "4", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", "mbl.wsgi", "-c", "python:mbl.gunicorn_hooks", *arguments]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mbl.settings_test", "TMPDIR": str(tmp_path)}
    (tmp_path / "mbl-metrics-99999999-left").mkdir()  # of a server that was killed
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
    assert list(tmp_path.glob("mbl-metrics-*")) == [], "the counts' folder is left behind"


def fetch(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.code)


@pytest.mark.slow
def test_whichever_process_is_asked_answers_for_all(web: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(12) as many:
        statuses = Counter(many.map(fetch, [f"{web}/nothing-here/{number}/" for number in range(120)]))
    assert statuses == {"404": 120}
    labels = {"route": "none", "method": "GET", "status": "4xx"}

    answers = [value(read(fetch(f"{web}/metrics")), "mbl_http_requests_total", **labels) for _ in range(6)]

    assert answers == [120.0] * 6
    counting = {path.name for folder in tmp_path.glob("mbl-metrics-*") for path in folder.iterdir()}
    assert len(counting) > 3, "one process answered everything; the test shows nothing"
