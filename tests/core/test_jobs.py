"""Long work: claimed once, fenced, done again after a crash, never silent."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from celery import current_app
from django.db import OperationalError, connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from mbl.celery import app
from mbl.core import jobs
from mbl.core.errors import DomainError
from mbl.core.jobs import LostLease, Progress, TryLater, enqueue, fenced, job_handler
from mbl.core.models import District, Job, User
from mbl.core.states import JobState
from mbl.core.words import state_word
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.core import make_district, make_user

pytestmark = pytest.mark.django_db

Work = Callable[[Job, Progress], None]


class Bench:
    """What the handler ``tests.work`` does in this test, and how often it was asked."""

    def __init__(self) -> None:
        self.work: Work = lambda job, progress: None
        self.calls: list[int] = []


_bench = Bench()


@job_handler("tests.work")
def _work(job: Job, progress: Progress) -> None:
    _bench.calls.append(job.fence)
    _bench.work(job, progress)


@pytest.fixture
def bench() -> Iterator[Bench]:
    _bench.__init__()  # type: ignore[misc]
    yield _bench


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs the broker was told of."""
    rung: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: rung.append(args[0]))
    return rung


@contextmanager
def broker_at(address: str) -> Iterator[None]:
    """Celery talks to ``address`` meanwhile."""
    conf: Any = app.conf
    amqp: Any = app.amqp
    before = conf.broker_url
    conf.broker_url, amqp._producer_pool = address, None
    try:
        yield
    finally:
        conf.broker_url, amqp._producer_pool = before, None


def make_job(owner: User | None = None, district: District | None = None, **changes: object) -> Job:
    owner = owner or make_user()
    job = enqueue(
        "tests.work", owner=owner, district=district or make_district(), label="Twelve transcripts", params={}
    )
    if changes:
        Job.objects.filter(pk=job.pk).update(**changes)
        job.refresh_from_db()
    return job


# --- Asking ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_when_the_job_is_committed(bells: list[int]) -> None:
    with transaction.atomic():
        job = make_job()
        assert bells == []

    assert bells == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_transaction_that_failed_never_was(bells: list[int]) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        make_job()
        _ = 1 / 0

    assert bells == []
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_at_commit_never_reaches_the_person(bench: Bench) -> None:
    with broker_at("redis://127.0.0.1:1/0"):
        started = time.monotonic()
        with transaction.atomic():
            job = make_job()
        took = time.monotonic() - started
        assert not jobs.ring(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.WAITING
    assert took < 3


def test_two_clicks_are_one_job() -> None:
    owner, district = make_user(), make_district()

    def click() -> Job:
        return enqueue("tests.work", owner=owner, district=district, label="Batch", params={}, dedupe_key="batch:7")

    assert click() == click()
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_the_same_moment_get_one_job() -> None:
    owner, district = make_user(), make_district()
    at_once, found = threading.Barrier(4), []

    def click() -> None:
        try:
            at_once.wait()
            job = enqueue("tests.work", owner=owner, district=district, label="Batch", params={}, dedupe_key="batch:7")
            found.append(job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_finished_job_does_not_stand_in_the_way_of_the_next_one(bench: Bench) -> None:
    owner, district = make_user(), make_district()
    first = enqueue("tests.work", owner=owner, district=district, label="Batch", params={}, dedupe_key="batch:7")
    jobs.run(first.pk)

    second = enqueue("tests.work", owner=owner, district=district, label="Batch", params={}, dedupe_key="batch:7")

    assert second.pk != first.pk


def test_work_that_nobody_can_do_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(ValueError, match="Nobody handles"):
        enqueue("tests.unknown", owner=None, district=None, label="", params={})


# --- Doing ----------------------------------------------------------------------------------------------------------


def test_a_job_is_done_once_and_says_where_the_result_is(bench: Bench) -> None:
    def work(job: Job, progress: Progress) -> None:
        progress.set(3, 12)
        progress.finished("/transcripts/1/")

    bench.work = work
    job = make_job()

    jobs.run(job.pk)
    jobs.run(job.pk)

    job.refresh_from_db()
    assert bench.calls == [1]
    assert (job.state, job.done, job.total, job.result_url) == (JobState.DONE, 12, 12, "/transcripts/1/")
    assert job.finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_job(bench: Bench) -> None:
    job = make_job()
    at_once, got = threading.Barrier(6), []

    def worker() -> None:
        try:
            at_once.wait()
            got.append(jobs.claim(job.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(one is not None for one in got) == 1
    job.refresh_from_db()
    assert (job.state, job.fence, job.attempts) == (JobState.RUNNING, 1, 1)


def test_a_worker_that_lives_keeps_its_job(bench: Bench) -> None:
    job = make_job()
    jobs.claim(job.pk)

    assert jobs.claim(job.pk) is None


def test_a_killed_worker_is_replaced_and_may_not_write_when_it_comes_back(bench: Bench) -> None:
    job = make_job()
    zombie = jobs.claim(job.pk)
    assert zombie is not None
    lapse(job)

    jobs.run(job.pk)

    assert bench.calls == [2]
    with pytest.raises(LostLease):
        Progress(zombie).set(5, 10)
    with pytest.raises(LostLease), transaction.atomic():
        fenced(zombie)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == (JobState.DONE, 2, 0)


def test_a_worker_that_loses_its_lease_in_mid_work_leaves_no_trace(bench: Bench) -> None:
    written: list[str] = []

    def work(job: Job, progress: Progress) -> None:
        lapse(job)
        rival = jobs.claim(job.pk)
        assert rival is not None
        with transaction.atomic():
            fenced(job)
            written.append("zombie")

    bench.work = work
    job = make_job()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert written == []
    assert (job.state, job.fence) == (JobState.RUNNING, 2)


@pytest.mark.django_db(transaction=True)
@override_settings(JOB_LEASE_SECONDS=2)
def test_a_handler_that_computes_long_keeps_its_lease(bench: Bench) -> None:
    seen: list[bool] = []

    def work(job: Job, progress: Progress) -> None:
        time.sleep(2.6)
        seen.append(jobs.claim(job.pk) is None)

    bench.work = work
    job = make_job()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert seen == [True]
    assert job.state == JobState.DONE


@pytest.mark.django_db(transaction=True)
@override_settings(JOB_LEASE_SECONDS=2)
def test_the_lease_is_not_in_the_way_of_the_last_transaction(bench: Bench) -> None:
    """The thread that renews waits for the row's lock, and the job still ends."""

    def work(job: Job, progress: Progress) -> None:
        with transaction.atomic():
            fenced(job)
            time.sleep(1.5)

    bench.work = work
    job = make_job()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_sentence_for_people_stops_the_job_and_is_shown(bench: Bench) -> None:
    def work(job: Job, progress: Progress) -> None:
        raise DomainError("Two students have no number. Add it and start again.")

    bench.work = work
    job = make_job()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.problem) == (JobState.STOPPED, "Two students have no number. Add it and start again.")


def test_a_bug_stops_the_job_with_an_honest_sentence_in_the_owners_language(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def work(job: Job, progress: Progress) -> None:
        raise RuntimeError("Ada Lovelace")

    bench.work = work
    job = make_job()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.STOPPED
    assert "Something went wrong on our side" in job.problem
    assert str(job.public_id)[:8] in job.problem
    assert "Ada" not in job.problem
    assert "failed" in caplog.text


def test_a_database_that_went_away_is_waited_for(bench: Bench) -> None:
    def work(job: Job, progress: Progress) -> None:
        raise OperationalError("terminating connection due to administrator command")

    bench.work = work
    job = make_job()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING

    bench.work = lambda job, progress: None
    lapse(job)
    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_work_that_must_wait_for_others_is_tried_later(bench: Bench, bells: list[int]) -> None:
    def work(job: Job, progress: Progress) -> None:
        raise TryLater(60)

    bench.work = work
    job = make_job()
    bells.clear()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    assert job.lease_until is not None
    assert 50 < (job.lease_until - timezone.now()).total_seconds() <= 61
    assert jobs.reap() == 0


# --- Finding what was lost ------------------------------------------------------------------------------------------


def lapse(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_the_reaper_rings_for_lost_bells_and_lost_workers_only(bells: list[int]) -> None:
    long_ago = timezone.now() - dt.timedelta(seconds=30)
    unheard = make_job(rung_at=long_ago)
    lost = make_job(state=JobState.RUNNING, lease_until=long_ago, rung_at=long_ago)
    make_job()  # rung a moment ago
    make_job(state=JobState.RUNNING, lease_until=timezone.now() + dt.timedelta(seconds=30), rung_at=long_ago)
    make_job(state=JobState.DONE, rung_at=long_ago)
    bells.clear()

    assert jobs.reap() == 2

    assert sorted(bells) == sorted([unheard.pk, lost.pk])


def test_the_reaper_does_not_ring_twice_in_a_row_for_a_waiting_job(bells: list[int]) -> None:
    make_job(rung_at=timezone.now() - dt.timedelta(seconds=30))

    assert (jobs.reap(), jobs.reap()) == (1, 0)


def test_a_job_that_kills_its_workers_is_given_up_after_five_times(bells: list[int], bench: Bench) -> None:
    job = make_job(state=JobState.RUNNING, attempts=5, lease_until=timezone.now() - dt.timedelta(seconds=1))

    jobs.reap()

    job.refresh_from_db()
    assert job.state == JobState.STOPPED
    assert "started 5 times" in job.problem
    jobs.run(job.pk)
    assert bench.calls == []


def test_the_reaper_survives_a_broker_that_is_down() -> None:
    make_job(rung_at=timezone.now() - dt.timedelta(seconds=30))

    with broker_at("redis://127.0.0.1:1/0"):
        assert jobs.reap() == 0


# --- Showing --------------------------------------------------------------------------------------------------------


def test_the_owner_sees_how_far_it_is_and_nobody_else_that_it_exists(client: Client) -> None:
    job = make_job(done=3, total=12, state=JobState.RUNNING)
    stranger = make_user(is_superuser=True)

    client.force_login(job.owner)  # type: ignore[arg-type]
    with assert_no_writes():
        answer = client.get(f"/jobs/{job.public_id}/")
    fragment = client.get(f"/jobs/{job.public_id}/", headers={"HX-Request": "true"})
    client.force_login(stranger)

    assert "3 of 12 done" in answer.content.decode()
    assert "<html" not in fragment.content.decode()
    assert 'hx-trigger="every 2s"' in fragment.content.decode()
    assert client.get(f"/jobs/{job.public_id}/").status_code == 404


def test_a_job_that_is_over_is_asked_for_no_more(client: Client) -> None:
    job = make_job(state=JobState.DONE, result_url="/transcripts/1/")
    client.force_login(job.owner)  # type: ignore[arg-type]

    text = client.get(f"/jobs/{job.public_id}/").content.decode()

    assert "every 2s" not in text
    assert 'href="/transcripts/1/"' in text


def test_every_state_of_a_job_has_a_word() -> None:
    assert [state_word(state) for state in JobState] == ["Waiting", "Running", "Done", "Stopped"]


def test_claiming_takes_three_trips(bench: Bench) -> None:
    job = make_job()

    with assert_queries(3):
        jobs.claim(job.pk)
