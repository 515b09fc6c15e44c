"""The parts that need no server: keys, locks, catalogs, addresses, libraries."""

import gettext
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mbl.services import catalogs, environment, locks, preflight, processes
from mbl.services.locks import Holder, Lock
from mbl.services.places import ROOT, Places, Refused
from mbl.services.processes import Child
from mbl.services.pytest_plugin import database_of_worker, long_files_first, remove_dead_runs
from mbl.services.supervisor import DEATHS, Watched


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    key = environment.secret_key(path)
    assert len(key) >= 50
    assert environment.secret_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("given", "demo"),
    [
        ({}, "1"),
        ({"ALLOWED_HOSTS": "localhost,127.0.0.1"}, "1"),
        ({"ALLOWED_HOSTS": "mbl.example.org"}, None),
        ({"ALLOWED_HOSTS": "localhost,mbl.example.org"}, None),
        ({"DEMO_MODE": "0"}, "0"),
    ],
)
def test_demo_mode_is_for_this_machine_only(tmp_path: Path, given: dict[str, str], demo: str | None) -> None:
    environ = dict(given)
    environment.complete(environ, Places(tmp_path))
    assert environ.get("DEMO_MODE") == demo


def test_what_the_person_set_stays(tmp_path: Path) -> None:
    environ = {"SECRET_KEY": "theirs", "MBL_VAR": "/theirs"}
    environment.complete(environ, Places(tmp_path))
    assert (environ["SECRET_KEY"], environ["MBL_VAR"]) == ("theirs", "/theirs")
    assert not (tmp_path / "secret-key").exists()


def test_one_holds_the_lock_and_tells_the_other(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take()
    first.tell(Holder(pid=12, command="make run", address="http://127.0.0.1:8000", supervisor=True))
    assert not second.take()
    assert second.holder() == Holder(pid=12, command="make run", address="http://127.0.0.1:8000", supervisor=True)
    assert locks.is_held(tmp_path / "lock")
    first.release()
    assert second.take()
    assert second.holder() == Holder()
    second.release()


def test_translations_are_compiled_when_they_change(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    source.write_text(head + 'msgid "Sign in"\nmsgstr "Iniciar sesión"\n')
    assert catalogs.compile_changed(tmp_path) == [source.with_suffix(".mo")]
    assert catalogs.compile_changed(tmp_path) == []
    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Sign in") == "Iniciar sesión"


@pytest.mark.parametrize(
    ("url", "worker", "answer"),
    [
        ("unix:///tmp/x/vk.sock?db=0", "gw0", "unix:///tmp/x/vk.sock?db=1"),
        ("redis://127.0.0.1:6379/0", "gw1", "redis://127.0.0.1:6379/2"),
        ("redis://127.0.0.1:6379", "gw15", "redis://127.0.0.1:6379/1"),
    ],
)
def test_each_test_worker_has_a_redis_database_of_its_own(url: str, worker: str, answer: str) -> None:
    assert database_of_worker(url, worker) == answer


def test_what_a_killed_test_run_left_is_removed_and_a_living_run_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    dead, living = Places(tmp_path / str(ended.pid)), Places(tmp_path / str(os.getpid()))
    for places in (dead, living):
        places.create()

    remove_dead_runs(tmp_path)

    assert (dead.var.exists(), dead.sockets.exists()) == (False, False)
    assert (living.var.exists(), living.sockets.exists()) == (True, True)
    living.remove()


def test_a_missing_library_is_found_missing() -> None:
    assert preflight.missing(("libc.so.6", "libno-such-thing.so.9")) == ["libno-such-thing.so.9"]


def test_a_named_chromium_is_the_only_one_considered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MBL_CHROMIUM", "/nowhere/chromium")
    assert preflight.chromium() is None
    monkeypatch.setenv("MBL_CHROMIUM", sys.executable)
    assert preflight.chromium() == Path(sys.executable)


def child_that(code: str, folder: Path) -> Child:
    return Child(name="web", command=[sys.executable, "-c", code], log=folder / "web.log", env=os.environ)


def test_a_child_that_keeps_dying_is_given_up_and_its_log_named(tmp_path: Path) -> None:
    child = child_that("raise SystemExit('no module named mbl')", tmp_path)
    watched = Watched(child, child.start)
    child.start()
    with pytest.raises(
        Refused, match=rf"web stopped {DEATHS} times within a minute; see .*web\.log\.\n(.*\n)*no module"
    ):
        while True:
            assert child.wait(10.0)
            watched.look()
            watched.not_before = min(watched.not_before, sys.float_info.min)  # the pause is over at once


def test_stopping_a_child_takes_its_own_children_along(tmp_path: Path) -> None:
    marker = tmp_path / "grandchild"
    code = (
        "import pathlib, subprocess, time\n"
        "grandchild = subprocess.Popen(['sleep', '60'])\n"
        f"pathlib.Path({str(marker)!r}).write_text(str(grandchild.pid))\n"
        "time.sleep(60)\n"
    )
    child = child_that(code, tmp_path)
    child.start()
    assert processes.wait_until(lambda: marker.exists() and bool(marker.read_text()), 10.0)

    child.stop()

    assert processes.wait_until(lambda: not processes.is_alive(int(marker.read_text())), 5.0)


def test_the_makefile_lists_its_commands() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    promised = ("run", "test", "lint", "check", "fmt", "demo-reset", "look", "rules", "bench")
    assert [word for word in promised if f"make {word} " not in listed] == []


def test_long_files_go_first_and_a_file_stays_together(request: pytest.FixtureRequest) -> None:
    class Item(pytest.Item):
        def runtest(self) -> None: ...

    def item(file: str, name: str, *marks: str) -> Item:
        made = Item.from_parent(request.session, name=name)
        made.path = Path(file)
        for mark in marks:
            made.add_marker(mark)
        return made

    items: list[pytest.Item] = [
        item("one.py", "a"),
        item("many.py", "b"),
        item("many.py", "c"),
        item("long.py", "d"),
        item("long.py", "e", "slow"),
    ]
    long_files_first(items)
    assert [one.name for one in items] == ["d", "e", "b", "c", "a"]
