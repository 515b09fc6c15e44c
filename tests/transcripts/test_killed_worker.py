"""A real worker dies in the middle of drawing a file. Nobody does anything, and the file is there, once."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection

from crediting.actions.history import CourseRow, post_course_history
from mbl.core.models import Job, Notification
from mbl.core.states import JobState
from profiles.models import Student
from tests.factories.core import make_district
from tests.factories.profiles import make_school, make_student
from tests.factories.transcripts import make_registrar, make_transcript
from transcripts.models import TranscriptDocument

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LEASE = 10
WITHIN = 120


@contextmanager
def worker(folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker with its own beat, as ``make run`` starts them, on the database of this test."""
    address = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "mbl.settings_test",
        "JOB_LEASE_SECONDS": str(LEASE),
    }
    command = [sys.executable, "-m", "celery", "-A", "mbl", "worker", "-c", "1", "--without-mingle", "--without-gossip"]
    beat = ["-B", "-s", str(folder / f"{name}-schedule"), "--loglevel", "INFO"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *beat], cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """The worker and every process it started, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=20)


def wait_until(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"Not within {seconds} seconds: {what}"
        time.sleep(0.1)


def long_record(student: Student) -> None:
    """So many rows that drawing them takes seconds."""
    rows = [
        CourseRow(
            student=student,
            course_code=f"C{number}",
            course_title=f"Course number {number}",
            subject="math",
            school_name="Cedar Falls High School",
            school_year=2025,
            term=f"Term {number // 60}",
            term_order=number // 60,
            mark="B",
            credits_attempted=Decimal("0.500"),
            credits_earned=Decimal("0.500"),
            earned_on=dt.date(2025, 1, 30),
        )
        for number in range(1800)
    ]
    post_course_history(rows, district=student.district, source="test", actor=None)


def test_a_worker_killed_in_mid_render_leaves_one_file_and_one_notice(tmp_path: Path) -> None:
    school = make_school(make_district(), "Cedar Falls High School")
    student = make_student(school)
    registrar = make_registrar(school)
    long_record(student)
    # Bells of other tests are of no use to these workers.
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.flushdb()
    transcript = make_transcript(student, registrar)
    job = Job.objects.get(kind="transcripts.render")

    def state() -> str:
        job.refresh_from_db()
        return job.state

    with worker(tmp_path, "first") as first:
        wait_until(lambda: state() == JobState.RUNNING, 60, "the first worker takes the job")
        time.sleep(1)
        assert state() == JobState.RUNNING, "drawing was over before the worker could be killed"
        kill(first)
    killed_at = time.monotonic()
    assert not TranscriptDocument.objects.exists()
    assert state() == JobState.RUNNING

    with worker(tmp_path, "second"):
        wait_until(lambda: state() == JobState.DONE, WITHIN, "another worker does the job")
    assert time.monotonic() - killed_at < WITHIN

    document = TranscriptDocument.objects.get(transcript=transcript)
    assert (job.attempts, job.fence, job.result_url) == (2, 2, f"/transcripts/{transcript.public_id}/")
    assert Notification.objects.filter(user=registrar, code="transcripts.ready").count() == 1
    folder, _slash, name = document.stored_name.rpartition("/")
    assert storages["documents"].listdir(folder) == ([], [name])
    with storages["documents"].open(document.stored_name) as file:
        assert len(file.read()) == document.size


def test_with_the_times_of_a_real_installation_it_is_done_in_two_minutes() -> None:
    """The lease runs out, the reaper comes by, the bell is heard, the file is drawn."""
    from mbl import settings as product

    reaper = product.CELERY_BEAT_SCHEDULE["reap-jobs"]["schedule"]
    assert isinstance(reaper, float)
    drawing = 30
    assert product.JOB_LEASE_SECONDS + reaper + drawing < WITHIN
