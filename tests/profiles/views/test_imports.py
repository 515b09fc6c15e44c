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
from mbl.core.imports.guard import Rails, rails_of
from mbl.core.imports.undo import days_to_undo
from mbl.core.models import AuditEvent, District, ImportIssue, ImportMapping, ImportRun, Job
from mbl.core.states import ImportState, JobState, Severity
from profiles.actions.imports import forget_old, storage_name
from profiles.models import Person, School
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.tables import content
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
    assert body.splitlines()[0] == "severity,code,file,line,column,message,hint"
    assert "'=HYPERLINK(1)" in body


def test_the_remarks_come_with_what_to_do(personas: Personas, browser: Client) -> None:
    run = upload(browser, as_zip())
    ImportIssue.objects.create(
        run=run, severity=Severity.ERROR, code="ROW_TOO_LONG", file="users.csv", line=3, message="M"
    )
    hint = "A comma inside a cell needs quotes around the cell."
    assert hint in b"".join(browser.get(url("import-issues", run))).decode()
    assert hint in text(browser.get(url("import-run", run)))


def test_differences_are_told_in_words(personas: Personas, browser: Client) -> None:
    checked = upload(browser, as_zip())
    browser.post(url("import-apply", checked))
    work()
    run = upload(browser, as_zip(lambda name, data: data.replace("Mateo,", "Matteo,")))
    page = text(browser.get(url("import-run", run)))
    assert "What would be different" in page
    assert "Given name: Mateo → Matteo" in page
    first = text(browser.get(url("import-run", checked)))
    assert "and 6 more" in first
    assert "Cedar Falls High School" in first


# --- Other ways of reading ------------------------------------------------------------------------------------------


def without_manifest() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(ROSTER.glob("*.csv")):
            if path.name != "manifest.csv":
                archive.writestr(path.name, path.read_text(encoding="utf-8"))
    return SimpleUploadedFile("roster.zip", buffer.getvalue(), "application/zip")


def test_a_roster_without_a_manifest_is_read_as_somebody_says(personas: Personas, browser: Client) -> None:
    refused = upload(browser, without_manifest())
    assert [issue.code for issue in refused.issues.all()] == ["OR_NO_MANIFEST"]
    browser.post(NEW, {"kind": "oneroster", "file": without_manifest(), "reading": "oneroster:complete"})
    work()
    checked = ImportRun.objects.latest("pk")
    assert (checked.state, checked.options) == (ImportState.CHECKED, {"full_snapshot": True})
    browser.post(url("import-apply", checked))
    assert work().state == JobState.DONE
    assert ImportRun.objects.get(state=ImportState.APPLIED).options == {"full_snapshot": True}
    assert School.objects.filter(district=personas.district, code="3001").exists()


def test_a_way_of_reading_belongs_to_its_format(browser: Client) -> None:
    answer = browser.post(NEW, {"kind": "case", "file": without_manifest(), "reading": "oneroster:complete"})
    assert (answer.status_code, "is of another kind of file" in text(answer)) == (422, True)
    assert browser.post(NEW, {"kind": "oneroster", "file": as_zip(), "reading": "other"}).status_code == 422
    assert not Job.objects.exists()


HISTORY = ROSTER.parents[1] / "history"


@pytest.mark.parametrize("path", sorted(HISTORY.iterdir()), ids=lambda path: path.stem)
def test_a_layout_that_is_known_asks_about_no_column(browser: Client, path: Path) -> None:
    run = upload(browser, SimpleUploadedFile(path.name, path.read_bytes()), kind="history")
    assert (run.kind, run.options) == ("history", {})
    assert not run.issues.filter(code="COLUMN_MISSING").exists()


def test_a_history_with_headings_that_no_layout_knows_asks(browser: Client) -> None:
    file = SimpleUploadedFile("history.csv", b"Pupil,Year,Course,Result,Tried,Got\n1,2025,ENG9,A,1,1\n")
    answer = browser.post(NEW, {"kind": "history", "file": file})
    assert "/imports/new/columns/" in answer["Location"]


# --- Columns --------------------------------------------------------------------------------------------------------


def facts(personas: Personas, header: str = "Student number,Grade level,Notes") -> SimpleUploadedFile:
    student = personas.student.student
    assert student is not None
    data = f"{header}\n{student.local_id},11,x\n"
    return SimpleUploadedFile("export.csv", data.encode())


def columns_of(browser: Client, file: SimpleUploadedFile) -> str:
    answer = browser.post(NEW, {"kind": "student-facts", "file": file})
    assert answer.status_code == 302
    assert "/imports/new/columns/" in answer["Location"]
    return str(answer["Location"])


def test_free_headers_are_guessed_confirmed_and_applied(personas: Personas, browser: Client) -> None:
    address = columns_of(browser, facts(personas))
    with assert_no_writes():
        page = text(browser.get(address))
    assert '<option value="Student number" selected>' in page
    assert '<option value="Grade level" selected>' in page
    browser.post(address, {"local_id": "Student number", "grade": "Grade level", "save_as": "Old system"})
    work()
    run = ImportRun.objects.latest("pk")
    assert run.options == {"mapping": {"local_id": "Student number", "grade": "Grade level"}}
    browser.post(url("import-apply", run))
    assert work().state == JobState.DONE
    student = personas.student.student
    assert student is not None
    student.refresh_from_db()
    assert student.grade == "11"
    assert ImportRun.objects.get(state=ImportState.APPLIED).options == run.options


def test_a_kept_choice_is_offered_for_the_next_file_with_its_headers(personas: Personas, browser: Client) -> None:
    address = columns_of(browser, facts(personas, "A,B,C"))
    browser.post(address, {"local_id": "A", "grade": "B", "save_as": "Old system"})
    assert ImportMapping.objects.get().saved_by == personas.administrator.user
    page = text(browser.get(columns_of(browser, facts(personas, "A,B,C"))))
    assert "Old system" in page
    assert '<option value="B" selected>' in page
    guessed = text(browser.get(columns_of(browser, facts(personas, "A,B,C")) + "?use="))
    assert '<option value="B" selected>' not in guessed


def test_a_wrong_choice_is_said_beside_its_field(personas: Personas, browser: Client) -> None:
    address = columns_of(browser, facts(personas))
    answer = browser.post(address, {"local_id": "Notes", "grade": "Notes"})
    assert answer.status_code == 422
    assert "The column Notes is chosen more than once." in text(answer)
    assert not Job.objects.exists()


def test_a_file_without_a_header_is_said_where_it_was_brought(browser: Client) -> None:
    answer = browser.post(NEW, {"kind": "student-facts", "file": SimpleUploadedFile("x.csv", b"\n1,2\n")})
    assert (answer.status_code, "no header line" in text(answer)) == (422, True)


def test_a_kept_file_of_another_district_is_not_found(personas: Personas, browser: Client) -> None:
    address = columns_of(browser, facts(personas))
    assert personas.other_district_administrator.client().get(address).status_code == 404
    assert browser.get(address.replace("columns/", "columns/x")).status_code == 404


# --- Taking back ----------------------------------------------------------------------------------------------------


def applied(browser: Client) -> ImportRun:
    checked = upload(browser, as_zip())
    browser.post(url("import-apply", checked))
    work()
    return ImportRun.objects.get(state=ImportState.APPLIED)


def test_an_import_is_taken_back_after_a_look(personas: Personas, browser: Client) -> None:
    before = content("profiles")
    run = applied(browser)
    assert "this import can be taken back" in text(browser.get(url("import-run", run)))
    assert "See what would go back" in text(browser.get(url("import-undo", run)))
    browser.post(url("import-undo", run))
    assert work().result_url == url("import-undo", run)
    with assert_no_writes():
        page = text(browser.get(url("import-undo", run)))
    assert "Take the import back" in page
    assert "Family links, not verified" in page
    browser.post(url("import-undo", run), {"confirmed": "on"})
    assert work().result_url == url("import-run", run)
    run.refresh_from_db()
    assert (run.state, run.undone_by) == (ImportState.UNDONE, personas.administrator.user)
    page = text(browser.get(url("import-run", run)))
    assert "This import was taken back. Everything is as it was before." in page
    assert "Taken back" in text(browser.get(IMPORTS))
    assert browser.get(url("import-undo", run)).status_code == 404
    assert content("profiles") == before


def test_what_stays_is_told_before_and_after(browser: Client) -> None:
    run = applied(browser)
    Person.objects.filter(given_name="Mateo").update(phone="1")
    browser.post(url("import-undo", run))
    work()
    sentence = "Mateo Villanueva Ríos stays: it was changed after this import."
    assert sentence in text(browser.get(url("import-undo", run)))
    browser.post(url("import-undo", run), {"confirmed": "on"})
    work()
    page = text(browser.get(url("import-run", run)))
    assert sentence in page
    assert "This import was taken back. 1 row stayed." in page


def test_two_clicks_on_taking_back_are_one_job_and_too_late_is_said(browser: Client) -> None:
    run = applied(browser)
    browser.post(url("import-undo", run), {"confirmed": "on"})
    browser.post(url("import-undo", run), {"confirmed": "on"})
    assert Job.objects.filter(kind="profiles.import_undo").count() == 1
    ImportRun.objects.filter(pk=run.pk).update(finished_at=run.started_at - dt.timedelta(days=20))
    answer = browser.post(url("import-undo", run), {"confirmed": "on"})
    assert (answer.status_code, "no longer be taken back" in text(answer)) == (422, True)
    assert "could be taken back until" in text(browser.get(url("import-run", run)))
    assert work().state == JobState.STOPPED


# --- Settings -------------------------------------------------------------------------------------------------------


def test_a_district_decides_when_imports_ask(personas: Personas, browser: Client) -> None:
    address = reverse("profiles:import-settings")
    assert 'value="14"' in text(browser.get(address))
    wanted = {
        "undo_days": "30", "withdrawn_percent": "50", "withdrawn_most": "9", "created_percent": "25",
        "moved_percent": "10", "pickup_errors_percent": "1.5",
    }  # fmt: skip
    assert browser.post(address, wanted | {"undo_days": "400"}).status_code == 422
    browser.post(address, wanted)
    browser.post(address, wanted)
    district = District.objects.get(pk=personas.district.pk)
    assert days_to_undo(district) == 30
    assert rails_of(district) == Rails(withdrawn_share=0.5, withdrawn_most=9, created_share=0.25, moved_share=0.1)
    event = AuditEvent.objects.get(verb="profiles.imports.settings_set")
    assert event.payload["changed"] == "undo_days, withdrawn_percent, withdrawn_most, pickup_errors_percent"
    assert days_to_undo(District.objects.exclude(pk=district.pk).get()) == 14


def test_runs_of_another_district_are_not_found(personas: Personas, browser: Client) -> None:
    run = upload(browser, as_zip())
    stranger = personas.other_district_administrator.client()
    for name in ("import-run", "import-issues", "import-undo"):
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
