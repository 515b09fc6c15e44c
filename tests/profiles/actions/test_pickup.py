"""The pick-up folder: what may be applied without a person, what waits for one, and where the files go."""

from __future__ import annotations

import json
import os
import time
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from mbl.core import jobs
from mbl.core.imports import Adapter, ImportResult, adapters, mapping, registry
from mbl.core.models import District, ImportRun, Job, Notification
from mbl.core.states import ImportState, JobState
from profiles.actions.pickup import Picked, pick_up, waiting
from profiles.models import Person
from profiles.tasks import pick_up as tick
from tests.personas import Personas

ROSTER = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "cedar-falls"
Leave = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, personas: Personas) -> Path:
    District.objects.filter(pk=personas.district.pk).update(state_code="01999")
    settings.PICKUP_FOLDER = tmp_path / "in"
    settings.PICKUP_FOLDER.mkdir()
    return tmp_path / "in"


@pytest.fixture
def leave(folder: Path, personas: Personas) -> Leave:
    """Puts a file there, as another system did a minute ago."""

    def put(kind: str, name: str, data: bytes, *, district: str = "", age: int = 60) -> Path:
        place = folder / (district or personas.district.code) / kind
        place.mkdir(parents=True, exist_ok=True)
        path = place / name
        path.write_bytes(data)
        then = time.time() - age
        os.utime(path, (then, then))
        return path

    return put


def roster(tmp_path: Path, edit: Callable[[str, str], str] = lambda name, text: text) -> bytes:
    path = tmp_path / "roster.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in sorted(ROSTER.glob("*.csv")):
            archive.writestr(one.name, edit(one.name, one.read_text(encoding="utf-8")))
    return path.read_bytes()


def go() -> list[Picked]:
    return pick_up(progress=lambda done, total: None)


def lying(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_roster_is_applied_moved_and_told(personas: Personas, leave: Leave, folder: Path, tmp_path: Path) -> None:
    path = leave("oneroster", "roster.zip", roster(tmp_path))
    [picked] = go()
    run = ImportRun.objects.get()
    assert (run.state, run.file_name, run.actor, run.options) == (
        ImportState.APPLIED, "roster.zip", None, {"picked_up": True},
    )  # fmt: skip
    assert picked.moved_to.parent == path.parent / "done"
    assert picked.moved_to.name.endswith("-roster.zip")
    assert not path.exists()
    told = Notification.objects.get(code="profiles.import_picked_up")
    assert told.user == personas.administrator.user
    page = personas.administrator.client().get("/imports/").content.decode()
    assert "Pick-up folder" in page


def test_nothing_is_read_twice_and_the_same_bytes_change_nothing(leave: Leave, tmp_path: Path) -> None:
    leave("oneroster", "roster.zip", roster(tmp_path))
    go()
    assert go() == []
    leave("oneroster", "again.zip", roster(tmp_path))
    [again] = go()
    assert (again.result.changes, again.moved_to.parent.name) == (0, "done")
    assert Notification.objects.filter(code__startswith="profiles.import").count() == 1


def test_unusually_much_change_waits_for_a_person_who_can_confirm_it(
    personas: Personas, leave: Leave, tmp_path: Path
) -> None:
    leave("oneroster", "roster.zip", roster(tmp_path))
    go()
    people = Person.objects.filter(is_active=True).count()

    def without_students(name: str, text: str) -> str:
        kept = [line for line in text.splitlines(keepends=True) if "usr-s" not in line]
        return "".join(kept) if name in {"users.csv", "enrollments.csv"} else text

    leave("oneroster", "roster.zip", roster(tmp_path, without_students))
    [picked] = go()
    assert (picked.result.refused, picked.moved_to.parent.name) == (True, "refused")
    assert Person.objects.filter(is_active=True).count() == people
    report = picked.moved_to.with_name(f"{picked.moved_to.name}.issues.csv").read_text(encoding="utf-8-sig")
    assert report.splitlines()[0] == "severity,code,file,line,column,message,hint"
    assert "MANY_WITHDRAWN" in report
    assert Notification.objects.filter(code="profiles.import_pickup_left").count() == 1
    run = ImportRun.objects.get(state=ImportState.REFUSED)
    browser = personas.administrator.client()
    assert "would change unusually much" in browser.get(f"/imports/{run.public_id}/").content.decode()
    browser.post(f"/imports/{run.public_id}/apply/", {"confirmed": "on"})
    jobs.run(Job.objects.latest("pk").pk)
    assert Person.objects.filter(is_active=True).count() < people


def test_too_many_faulty_rows_roll_all_of_it_back(personas: Personas, leave: Leave) -> None:
    student = personas.student.student
    assert student is not None
    rows = "".join(f"unknown-{number},11\n" for number in range(3))
    data = f"local_id,grade\n{student.local_id},11\n{rows}".encode()
    leave("student-facts", "grades.csv", data)
    [picked] = go()
    student.refresh_from_db()
    assert student.grade == "10"
    assert next(issue.code for issue in picked.result.issues) == "PICKUP_TOO_MANY_ERRORS"
    assert (picked.result.rejected, picked.moved_to.parent.name) == ({"students": 3}, "refused")
    District.objects.filter(pk=personas.district.pk).update(settings={"pickup_error_share": 0.75})
    leave("student-facts", "grades.csv", data)
    [picked] = go()
    student.refresh_from_db()
    assert (student.grade, picked.moved_to.parent.name) == ("11", "done")
    assert picked.moved_to.with_name(f"{picked.moved_to.name}.issues.csv").exists()


def test_a_kept_choice_of_columns_is_used(personas: Personas, leave: Leave) -> None:
    student = personas.student.student
    assert student is not None
    mapping.keep(personas.district, "student-facts", "Nightly", {"local_id": "A", "grade": "B"}, actor=None)
    leave("student-facts", "grades.csv", f"A,B\n{student.local_id},12\n".encode())
    go()
    student.refresh_from_db()
    assert student.grade == "12"


def test_only_finished_ordinary_files_of_known_places_are_read(
    folder: Path, leave: Leave, personas: Personas, tmp_path: Path
) -> None:
    data = b"local_id,grade\n"
    leave("student-facts", "new.csv", data, age=0)
    leave("student-facts", ".hidden.csv", data)
    leave("student-facts", "half.csv.part", data)
    leave("no-such-kind", "x.csv", data)
    leave("student-facts", "x.csv", data, district="no-such-district")
    secret = tmp_path / "secret.csv"
    secret.write_bytes(data)
    (folder / personas.district.code / "student-facts" / "link.csv").symlink_to(secret)
    (folder / personas.other_district_administrator.person.district.code).symlink_to(folder / personas.district.code)
    before = lying(folder)
    assert (waiting(), go(), lying(folder)) == ([], [], before)


def test_a_file_that_is_none_is_refused_and_does_not_stop_the_others(leave: Leave, tmp_path: Path) -> None:
    leave("oneroster", "a.zip", b"no zip at all", age=90)
    leave("oneroster", "b.zip", roster(tmp_path))
    leave("student-facts", "c.csv", b"")
    assert [one.result.refused for one in go()] == [True, False, True]


def test_a_fault_of_ours_leaves_the_file_and_does_not_stop_the_others(
    leave: Leave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, **asked: Any) -> ImportResult:
        raise ZeroDivisionError

    faulty = Adapter(kind="faulty", label="Faulty", hint="", accept=".csv", run=fail, kinds={})
    monkeypatch.setattr(registry, "_adapters", adapters() | {"faulty": faulty})
    path = leave("faulty", "a.csv", b"x")
    leave("oneroster", "b.zip", roster(tmp_path))
    assert [one.waiting.path.name for one in go()] == ["b.zip"]
    assert path.exists()


def test_the_clock_asks_for_one_job_and_only_when_something_waits(leave: Leave, tmp_path: Path) -> None:
    tick()
    assert not Job.objects.exists()
    leave("oneroster", "roster.zip", roster(tmp_path))
    tick()
    tick()
    job = Job.objects.get(kind="profiles.pick_up")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert ImportRun.objects.get().state == ImportState.APPLIED


def test_the_command_says_what_became_of_each_file(leave: Leave, tmp_path: Path) -> None:
    out = StringIO()
    call_command("pick_up", stdout=out)
    assert out.getvalue() == "Nothing is waiting.\n"
    leave("oneroster", "roster.zip", roster(tmp_path))
    out = StringIO()
    call_command("pick_up", "--json", stdout=out)
    [told] = json.loads(out.getvalue())
    assert (told["file"], told["kind"], told["applied"]) == ("roster.zip", "oneroster", True)
    leave("oneroster", "bad.zip", b"x")
    with pytest.raises(SystemExit, match="1"):
        call_command("pick_up", stdout=StringIO())


@pytest.mark.django_db
def test_without_a_folder_nothing_is_read(settings: Settings) -> None:
    assert settings.PICKUP_FOLDER is None
    assert go() == []
    with pytest.raises(CommandError, match="MBL_PICKUP"):
        call_command("pick_up")


def test_the_lock_is_given_back(leave: Leave, tmp_path: Path) -> None:
    leave("oneroster", "roster.zip", roster(tmp_path))
    go()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)
