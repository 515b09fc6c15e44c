"""The Imports page: bring a file, see what it would do, apply it, download what was wrong."""

from __future__ import annotations

import datetime as dt
import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mbl.core import jobs
from mbl.core.models import District, ImportIssue, ImportRun, Job
from mbl.core.states import ImportState, JobState, Severity
from profiles.actions.imports import forget_old, storage_name
from profiles.models import Person, School
from tests.assertions import assert_no_writes, assert_queries
from tests.personas import Personas

ROSTER = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "cedar-falls"
NEW, IMPORTS = reverse("profiles:import-new"), reverse("profiles:imports")
Edit = Callable[[str, str], str]


@pytest.fixture
def browser(personas: Personas) -> Client:
    """The administrator of the district whose code the roster names."""
    District.objects.filter(pk=personas.district.pk).update(state_code="01999")
    return personas.administrator.client()


def as_zip(edit: Edit = lambda name, text: text) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(ROSTER.glob("*.csv")):
            archive.writestr(path.name, edit(path.name, path.read_text(encoding="utf-8")))
    return SimpleUploadedFile("roster.zip", buffer.getvalue(), "application/zip")


def upload(browser: Client, file: SimpleUploadedFile, kind: str = "oneroster") -> ImportRun:
    """Uploads and lets the worker check it; the checked run."""
    answer = browser.post(NEW, {"kind": kind, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    work()
    return ImportRun.objects.latest("pk")


def work() -> Job:
    """Does the newest job, as the worker would."""
    job = Job.objects.latest("pk")
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def url(name: str, run: ImportRun) -> str:
    return reverse(f"profiles:{name}", args=[run.public_id])


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_a_file_is_checked_before_anything_changes(personas: Personas, browser: Client) -> None:
    people = Person.objects.count()
    run = upload(browser, as_zip())
    job = Job.objects.get(kind="profiles.import_check")
    assert (job.state, job.result_url) == (JobState.DONE, url("import-run", run))
    assert (run.state, Person.objects.count()) == (ImportState.CHECKED, people)
    with assert_no_writes():
        page = text(browser.get(url("import-run", run)))
    assert "38 rows would be written. Nothing is changed yet." in page
    assert "Family links, not verified" in page
    assert "Apply" in page


def test_applying_writes_it_as_a_job_and_forgets_the_file(personas: Personas, browser: Client) -> None:
    checked = upload(browser, as_zip())
    answer = browser.post(url("import-apply", checked))
    job = work()
    assert answer["Location"] == reverse("core:job", args=[job.public_id])
    applied = ImportRun.objects.get(state=ImportState.APPLIED)
    assert (job.state, job.result_url) == (JobState.DONE, url("import-run", applied))
    assert applied.actor == personas.administrator.user
    assert School.objects.filter(district=personas.district, code="3001").exists()
    assert not storages["documents"].exists(storage_name(str(checked.public_id)))
    assert "38 rows were written." in text(browser.get(url("import-run", applied)))
    assert "no longer kept" in text(browser.get(url("import-run", checked)))
    again = browser.post(url("import-apply", checked))
    assert (again.status_code, "no longer here" in text(again)) == (422, True)


def test_two_clicks_on_apply_are_one_job(browser: Client) -> None:
    checked = upload(browser, as_zip())
    browser.post(url("import-apply", checked))
    browser.post(url("import-apply", checked))
    assert Job.objects.filter(kind="profiles.import_apply").count() == 1


def test_a_job_that_runs_twice_changes_nothing_more(personas: Personas, browser: Client) -> None:
    """The worker was killed after it wrote and before it said so."""
    checked = upload(browser, as_zip())
    browser.post(url("import-apply", checked))
    job = Job.objects.get(kind="profiles.import_apply")
    storage = storages["documents"]
    with storage.open(storage_name(str(checked.public_id)), "rb") as kept:
        data = kept.read()
    jobs.run(job.pk)
    people = Person.objects.count()
    storage.save(storage_name(str(checked.public_id)), SimpleUploadedFile("x", data))
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING)
    jobs.run(job.pk)
    assert Person.objects.count() == people
    assert ImportRun.objects.filter(state=ImportState.APPLIED).count() == 1


def test_the_same_bytes_have_nothing_to_do(browser: Client) -> None:
    checked = upload(browser, as_zip())
    browser.post(url("import-apply", checked))
    work()
    again = upload(browser, as_zip())
    assert "There is nothing to do" in text(browser.get(url("import-run", again)))


def test_unusually_much_change_asks_and_is_applied_when_it_is_meant(personas: Personas, browser: Client) -> None:
    checked = upload(browser, as_zip())
    browser.post(url("import-apply", checked))
    work()

    def fewer(name: str, data: str) -> str:
        if name not in {"users.csv", "enrollments.csv"}:
            return data
        gone = ("usr-s", "enr-04", "enr-05", "enr-06", "enr-07", "enr-08", "enr-09")
        return "".join(line for line in data.splitlines(True) if not line.startswith(gone))

    stopped = upload(browser, as_zip(fewer))
    assert stopped.state == ImportState.REFUSED
    page = text(browser.get(url("import-run", stopped)))
    assert "would change unusually much" in page
    assert browser.post(url("import-apply", stopped)).status_code == 422
    browser.post(url("import-apply", stopped), {"confirmed": "on"})
    assert work().state == JobState.DONE
    assert not Person.objects.filter(given_name="Mateo", is_active=True).exists()


def test_a_file_that_can_never_be_right_is_not_applied_by_a_tick(browser: Client) -> None:
    stopped = upload(browser, as_zip(lambda name, data: data.splitlines(True)[0] if name == "users.csv" else data))
    assert stopped.state == ImportState.REFUSED
    page = text(browser.get(url("import-run", stopped)))
    assert "would empty what is there" in page
    assert "I have checked this" not in page
    assert browser.post(url("import-apply", stopped), {"confirmed": "on"}).status_code == 422


def test_grades_come_the_same_way(personas: Personas, browser: Client) -> None:
    student = personas.student.student
    data = f"local_id,grade\n{student.local_id},11\n".encode()
    checked = upload(browser, SimpleUploadedFile("grades.csv", data), kind="student-facts")
    browser.post(url("import-apply", checked))
    work()
    student.refresh_from_db()
    assert student.grade == "11"


def test_no_file_and_no_kind_are_said_beside_their_fields(browser: Client) -> None:
    answer = browser.post(NEW, {})
    assert answer.status_code == 422
    assert text(answer).count("This field is required.") >= 2


def test_the_name_of_an_upload_cannot_lead_out_of_its_folder(browser: Client) -> None:
    file = as_zip()
    file.name = "../../../etc/cron.d/roster.zip"
    assert upload(browser, file).file_name == "roster.zip"


def test_an_upload_that_nobody_applies_goes_after_a_day(browser: Client) -> None:
    checked = upload(browser, as_zip())
    storage = storages["documents"]
    path = storage.path(storage_name(str(checked.public_id)))
    forget_old()
    assert storage.exists(storage_name(str(checked.public_id)))
    old = time.time() - dt.timedelta(hours=25).total_seconds()
    os.utime(path, (old, old))
    forget_old()
    assert not storage.exists(storage_name(str(checked.public_id)))


def test_the_remarks_come_as_a_file_that_starts_no_formula(personas: Personas, browser: Client) -> None:
    run = upload(browser, as_zip())
    ImportIssue.objects.create(
        run=run, severity=Severity.WARNING, code="X", file="users.csv", line=3, message="=HYPERLINK(1)"
    )
    answer = browser.get(url("import-issues", run))
    assert answer["Content-Type"].startswith("text/csv")
    body = b"".join(answer).decode("utf-8-sig")
    assert body.splitlines()[0] == "severity,code,file,line,column,message"
    assert "'=HYPERLINK(1)" in body


def test_runs_of_another_district_are_not_found(personas: Personas, browser: Client) -> None:
    run = upload(browser, as_zip())
    stranger = personas.other_district_administrator.client()
    for name in ("import-run", "import-issues"):
        assert stranger.get(url(name, run)).status_code == 404
    assert stranger.post(url("import-apply", run)).status_code == 404
    assert "roster.zip" not in text(stranger.get(IMPORTS))


def test_the_list_makes_the_same_trips_for_one_run_and_for_thirty(personas: Personas, browser: Client) -> None:
    run = upload(browser, as_zip())
    browser.get(IMPORTS)
    with assert_queries(9):
        browser.get(IMPORTS)
    for number in range(30):
        run.pk, run.public_id = None, run.public_id.__class__(int=number + 1)
        run.save(force_insert=True)
    with assert_queries(9):
        assert "1 to 25 of 31" in text(browser.get(IMPORTS))
