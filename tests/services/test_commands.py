"""`manage.py` on a bare machine: a command finds servers, or brings its own and takes them away again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mbl.services import processes
from mbl.services.locks import Lock
from mbl.services.places import ROOT, Places
from tests.services.conftest import without_addresses

pytestmark = pytest.mark.slow
ASK = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT pg_postmaster_start_time()'); "
SLOWLY = "import pathlib, time; print(k.fetchone()[0], flush=True); time.sleep(60)"


def command(places: Places, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=without_addresses(os.environ) | {"MBL_VAR": str(places.var)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def first(places: Places) -> Iterator["subprocess.Popen[str]"]:
    """A command that brought its own servers and sleeps beside them; its first line is when its database started."""
    with command(places, "shell", "--no-imports", "-c", ASK + SLOWLY) as process:
        yield process
        process.kill()


def test_a_command_brings_its_own_servers_and_takes_them_away(places: Places) -> None:
    with command(places, "shell", "--no-imports", "-c", ASK + "print(k.rowcount)") as process:
        assert process.communicate(timeout=60) == ("1\n", "")
        assert process.returncode == 0
    assert not places.sockets.exists()
    assert not places.pids.exists()


def test_a_command_that_reads_no_row_starts_no_server(places: Places) -> None:
    with command(places, "check") as process:
        said, problems = process.communicate(timeout=60)
    assert said.startswith("System check identified no issues"), problems
    assert not (places.var / "pg").exists()


def test_a_second_command_shares_the_servers_of_the_first(places: Places, first: "subprocess.Popen[str]") -> None:
    assert first.stdout
    started = first.stdout.readline()
    with command(places, "shell", "--no-imports", "-c", ASK + "print(k.fetchone()[0])") as second:
        assert second.communicate(timeout=60) == (started, "")


def test_the_first_command_waits_for_the_others_before_it_takes_the_servers_away(
    places: Places, first: "subprocess.Popen[str]"
) -> None:
    assert first.stdout
    assert first.stderr
    first.stdout.readline()
    with command(places, "shell", "--no-imports", "-c", ASK + SLOWLY) as second:
        assert second.stdout
        second.stdout.readline()
        first.send_signal(signal.SIGTERM)
        assert first.stderr.readline() == "Waiting for other commands that use the same servers.\n"
        assert Lock(places.lock).holder().pid == first.pid
        second.kill()
    assert first.wait(30.0) == 128 + signal.SIGTERM
    assert processes.wait_until(lambda: not places.sockets.exists(), 10.0)
