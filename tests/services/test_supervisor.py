"""`make run`, as a person meets it: real processes, real signals."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mbl.services import ports, processes
from mbl.services.places import ROOT, Places
from tests.services.conftest import without_addresses

pytestmark = pytest.mark.slow
READY = re.compile(rb"^Ready: (http://127\.0\.0\.1:\d+)$", re.MULTILINE)


@dataclass
class Run:
    """One `make run` in a folder of its own, without the demonstration data, which takes its time."""

    var: Path
    process: "subprocess.Popen[bytes] | None" = None
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environ = without_addresses(os.environ) | {"MBL_VAR": str(self.var), "DEMO_MODE": "0"}

    @property
    def places(self) -> Places:
        return Places(self.var)

    @property
    def said(self) -> bytes:
        return (self.var.parent / "said").read_bytes()

    def start(self, **environ: str) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var.parent / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mbl.services", "run"],
                cwd=ROOT,
                env=self.environ | environ,
                stdout=said,
                stderr=subprocess.STDOUT,
                # A suite that a shell runs in the background is deaf to Ctrl-C, and so would be its children.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def wait_until_ready(self) -> str:
        """The address it said; fails with everything it said when it never got there."""
        process = self.process
        assert process
        processes.wait_until(lambda: bool(READY.search(self.said)) or process.poll() is not None, 400.0, 0.1)
        found = READY.search(self.said)
        assert found, self.said.decode()
        return found[1].decode()

    def pids(self) -> dict[str, int]:
        with contextlib.suppress(OSError):
            return {name: pid for name, pid, _ in json.loads(self.places.pids.read_text())}
        return {}

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(60.0)

    def another(self, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ | environ, capture_output=True, text=True, timeout=120, check=False
        )


@pytest.fixture(scope="module")
def shared_run() -> Iterator[Run]:
    run = Run(Places.of_test_run(os.getpid()).var / "supervised" / "dev")
    yield run
    if run.process and run.process.poll() is None:
        run.end()
    run.places.remove()


@pytest.fixture
def ready(shared_run: Run) -> Run:
    """Running and ready; what an earlier test stopped is started again."""
    if shared_run.process is None or shared_run.process.poll() is not None:
        shared_run.start()
        shared_run.wait_until_ready()
    return shared_run


def health(address: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"{address}/health/", timeout=5) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as refusal:
        return dict(json.load(refusal))
    except OSError:
        return {}


def test_when_it_says_ready_everything_is_well(ready: Run) -> None:
    assert health(ready.wait_until_ready()) == {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"}
    assert set(ready.pids()) == {"postgres", "valkey", "web", "worker", "beat"}


def test_a_second_start_says_who_runs_and_where(ready: Run) -> None:
    assert ready.process
    second = ready.another("-m", "mbl.services", "run")
    assert second.stderr == f"already running: pid {ready.process.pid}, {ready.wait_until_ready()}\n"
    assert second.returncode == 1


def test_a_command_uses_the_running_servers_and_keeps_stdout_to_itself(ready: Run) -> None:
    before = ready.pids()
    question = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT 7'); print(k.fetchone()[0])"
    command = ready.another("manage.py", "shell", "--no-imports", "-c", question)
    assert (command.stdout, command.returncode) == ("7\n", 0)
    assert ready.pids() == before


def test_the_data_is_not_dropped_while_it_is_used(ready: Run) -> None:
    assert ready.process
    reset = ready.another("-m", "mbl.services", "demo-reset")
    assert reset.stderr == f"make run (pid {ready.process.pid}) uses the data. Stop it, then try again.\n"
    assert reset.returncode == 1
    assert (ready.var / "valkey").exists()


@pytest.mark.parametrize("name", ["postgres", "valkey", "web", "worker"])
def test_what_is_killed_comes_back_under_another_pid(ready: Run, name: str) -> None:
    address, before = ready.wait_until_ready(), ready.pids()

    os.kill(before[name], signal.SIGKILL)

    assert processes.wait_until(lambda: ready.pids().get(name, before[name]) != before[name], 15.0)
    assert processes.wait_until(lambda: health(address).get("status") == "ok", 30.0, 0.2), health(address)
    after = ready.pids()
    assert {other for other in before if before[other] != after[other]} == {name}


def read(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def test_readers_get_an_honest_page_while_the_database_restarts_and_then_theirs(ready: Run) -> None:
    """Four readers of a page that asks the database; nobody ever sees a bare failure."""
    page = f"{ready.wait_until_ready()}/policy/nowhere/"
    assert read(page)[0] == 404
    answers: list[tuple[int, str]] = []
    is_over = threading.Event()

    def keep_reading() -> None:
        while not is_over.is_set():
            answers.append(read(page))

    with ThreadPoolExecutor(4) as readers:
        work = [readers.submit(keep_reading) for _ in range(4)]
        try:
            assert processes.wait_until(lambda: len(answers) >= 20, 30.0)
            os.kill(ready.pids()["postgres"], signal.SIGKILL)
            assert processes.wait_until(lambda: any(status == 503 for status, _text in answers), 15.0)
            away = len(answers)
            assert processes.wait_until(lambda: [status for status, _text in answers[away:]][-20:] == [404] * 20, 30.0)
        finally:
            is_over.set()
    for one in work:
        one.result()
    assert {status for status, _text in answers} == {404, 503}
    assert all("Back in a moment" in text for status, text in answers if status == 503)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_and_the_next_start_has_the_data(ready: Run, number: signal.Signals) -> None:
    pids = ready.pids()
    assert ready.end(number) == 0
    assert not any(processes.is_alive(pid) for pid in pids.values())
    assert not ready.places.sockets.exists()

    began = time.monotonic()
    ready.start()
    ready.wait_until_ready()

    assert b"Updating the database" not in ready.said
    assert time.monotonic() - began < 60


def test_nothing_outlives_a_killed_supervisor(ready: Run) -> None:
    pids = ready.pids()
    ready.end(signal.SIGKILL)
    if processes.HAS_PROC:
        assert processes.wait_until(lambda: not any(processes.is_alive(pid) for pid in pids.values()), 20.0)

    ready.start()
    ready.wait_until_ready()

    assert not any(processes.is_alive(pid) for pid in pids.values())


@pytest.mark.parametrize("seconds", [0.2, 0.8, 2.0])
def test_it_may_be_stopped_at_any_moment_of_its_start(tmp_path: Path, seconds: float) -> None:
    run = Run(Places.of_test_run(os.getpid()).var / f"stopped-{seconds}" / "dev")
    run.start()
    time.sleep(seconds)
    pids = run.pids()
    code = run.end(signal.SIGINT)
    assert code in {0, -signal.SIGINT}, run.said.decode()  # before its first line runs, Python itself obeys
    assert not any(processes.is_alive(pid) for pid in pids.values())
    assert not run.places.sockets.exists()
    run.places.remove()


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"HOST": "0.0.0.0"}, "HOST=0.0.0.0 opens this to other machines. Say under which names it is reached"),
        (
            {"HOST": "0.0.0.0", "ALLOWED_HOSTS": "mbl.example.org", "DEMO_MODE": "1"},
            "DEMO_MODE lets anyone sign in as anyone.",
        ),
        ({"PORT": "80 80"}, "PORT is '80 80'. Set it to a number from 1 to 65535."),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_starts(
    tmp_path: Path, environ: dict[str, str], sentence: str
) -> None:
    run = Run(tmp_path / "dev")
    refused = run.another("-m", "mbl.services", "run", **environ)
    assert refused.returncode == 1
    assert refused.stderr.startswith(sentence)
    assert not (run.var / "pg").exists()


def test_a_port_that_is_taken_is_not_another_one_silently(tmp_path: Path) -> None:
    with contextlib.closing(ports.claim("127.0.0.1", "")) as taken:
        port = taken.getsockname()[1]
        refused = Run(tmp_path / "dev").another("-m", "mbl.services", "run", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} is taken by pid {os.getpid()} (")
