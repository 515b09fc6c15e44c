"""A real worker dies while it draws the board copy. Nobody does anything, and one report is there, with both files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import redis
from django.core.files.storage import storages

from equity.actions.snapshots import ask_for_report
from equity.models import EquityFile, EquitySnapshot
from mbl.core import clock
from mbl.core.models import Job
from mbl.core.states import JobState
from profiles.states import Role
from tests.factories.core import make_district
from tests.factories.equity import make_group
from tests.factories.profiles import make_account_holder, make_role, make_school
from tests.transcripts.test_killed_worker import WITHIN, kill, wait_until, worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# Drawing the tables of so many schools takes seconds.
SCHOOLS = 12


def test_a_worker_killed_in_mid_report_leaves_one_snapshot_and_one_file_of_each_kind(tmp_path: Path) -> None:
    district = make_district()
    for number in range(SCHOOLS):
        school = make_school(district, code=f"K{number}")
        make_group(school, "W", 14, 7)
        make_group(school, "B", 12, 3)
    person = make_account_holder(district, "Ada Larsen")
    assert person.user is not None
    make_role(person, Role.ADMINISTRATOR)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.flushdb()
    year = clock.school_year(clock.today(district))
    job = ask_for_report(district, year, actor=person.user, label="Report")

    def state() -> str:
        job.refresh_from_db()
        return job.state

    with worker(tmp_path, "first") as first:
        wait_until(EquityFile.objects.filter(kind="csv").exists, 60, "the first worker draws the board copy")
        assert state() == JobState.RUNNING, "drawing was over before the worker could be killed"
        kill(first)
    assert not EquityFile.objects.filter(kind="pdf").exists()

    with worker(tmp_path, "second"):
        wait_until(lambda: state() == JobState.DONE, WITHIN, "another worker does the job")

    assert Job.objects.filter(kind="equity.report").count() == 1
    assert (job.attempts, job.done, job.total) == (2, 3, 3)
    snapshot = EquitySnapshot.objects.get()
    files = EquityFile.objects.filter(snapshot=snapshot).order_by("kind")
    assert [file.kind for file in files] == ["csv", "pdf"]
    for file in files:
        assert storages["documents"].size(file.stored_name) == file.size
