"""PostgreSQL and Valkey of our own: they keep data through a crash and leave nothing behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from mbl.services import processes
from mbl.services.places import ROOT, Places, Refused, is_root
from mbl.services.postgres import Postgres
from mbl.services.servers import Servers
from mbl.services.valkey import Valkey
from tests.services.conftest import ask


@pytest.fixture
def postgres(places: Places) -> Iterator[Postgres]:
    postgres = Postgres(places)
    postgres.start()
    yield postgres
    postgres.stop()


@pytest.fixture
def valkey(places: Places) -> Iterator[Valkey]:
    valkey = Valkey(places)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def stranger() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_postgres_listens_on_a_private_socket_only(postgres: Postgres) -> None:
    assert ask(postgres, "SELECT current_setting('listen_addresses')") == ""
    assert ask(postgres, "SELECT current_setting('unix_socket_permissions')") == "0700"
    assert postgres.sockets.stat().st_mode & 0o777 == 0o700
    assert len(str(postgres.sockets / ".s.PGSQL.5432")) < 103


def test_postgres_does_not_run_as_root(postgres: Postgres) -> None:
    assert postgres.child.pid
    owner = postgres.data.stat().st_uid
    assert owner != 0
    assert (owner == os.getuid()) != is_root()


def test_development_keeps_what_was_committed_when_postgres_is_killed(postgres: Postgres) -> None:
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postgres.child.pid, signal.SIGKILL)
    postgres.child.wait(5.0)

    postgres.restart()

    assert processes.wait_until(lambda: postgres.ready, 60.0)
    assert ask(postgres, "SELECT answer FROM kept") == "42"


def test_a_pid_that_now_belongs_to_a_stranger_is_not_believed(
    postgres: Postgres, stranger: "subprocess.Popen[bytes]"
) -> None:
    os.kill(postgres.child.pid, signal.SIGKILL)
    postgres.child.wait(5.0)
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

    postgres.restart()

    assert processes.wait_until(lambda: postgres.ready, 60.0)
    assert stranger.poll() is None


def test_a_server_that_outlived_its_parent_is_ended_before_a_new_one_starts(places: Places, postgres: Postgres) -> None:
    successor = Postgres(places)
    try:
        successor.start()
        assert not postgres.child.running
        assert ask(successor, "SELECT 1") == "1"
    finally:
        successor.stop()


def test_a_half_made_cluster_is_made_anew(places: Places) -> None:
    postgres = Postgres(places)
    half = postgres.data.with_name("pg.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    try:
        postgres.start()
        assert ask(postgres, "SELECT 1") == "1"
    finally:
        postgres.stop()
    assert not half.exists()


def test_a_clone_may_sit_deep_in_the_tree(tmp_path: Path, no_addresses: None) -> None:
    places = Places(tmp_path / ("deep" * 30) / ("deeper" * 20) / "dev")
    servers = Servers(places, durable=False)
    servers.start()
    try:
        assert redis.from_url(servers.addresses["REDIS_URL"]).ping()
    finally:
        servers.stop()
        places.remove()


def test_root_keeps_the_database_aside_when_nobody_cannot_reach_the_clone(places: Places) -> None:
    if not is_root():
        pytest.skip("only root hands PostgreSQL to another user")
    places.var.parent.chmod(0o700)
    postgres = Postgres(places)
    try:
        postgres.start()
        assert postgres.data == places.aside / "pg"
        assert places.var.parent.stat().st_mode & 0o777 == 0o700
        first = ask(postgres, "SELECT system_identifier FROM pg_control_system()")
    finally:
        postgres.stop()

    shutil.rmtree(places.var)
    places.create()
    second = Postgres(places)
    try:
        second.start()
        assert ask(second, "SELECT system_identifier FROM pg_control_system()") != first
    finally:
        second.stop()


def test_a_symbolic_link_in_place_of_the_socket_folder_is_refused(tmp_path: Path, no_addresses: None) -> None:
    places = Places(tmp_path / "dev")
    places.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(Refused, match="is a symbolic link"):
            places.create()
    finally:
        places.sockets.unlink()


def test_a_socket_folder_of_another_user_is_refused(tmp_path: Path, no_addresses: None) -> None:
    if not is_root():
        pytest.skip("only root can give a folder away")
    places = Places(tmp_path / "dev")
    places.sockets.mkdir()
    os.chown(places.sockets, 65534, 65534)
    try:
        with pytest.raises(Refused, match="belongs to nobody"):
            places.create()
    finally:
        places.sockets.rmdir()


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path, no_addresses: None) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs").chmod(0o755)
    for name, mode in (("theirs", 0o755), ("ours", 0o710 if is_root() else 0o700)):
        places = Places(tmp_path / name)
        places.create()
        assert (tmp_path / name).stat().st_mode & 0o777 == mode
        places.remove()


def test_valkey_keeps_what_was_written_when_it_is_killed(valkey: Valkey) -> None:
    client = redis.from_url(valkey.url)
    client.set("kept", "yes")
    client.waitaof(1, 0, 3000)
    os.kill(valkey.child.pid, signal.SIGKILL)
    valkey.child.wait(5.0)

    valkey.restart()

    assert processes.wait_until(lambda: valkey.ready, 5.0)
    assert redis.from_url(valkey.url).get("kept") == b"yes"


def test_a_given_server_is_not_started(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/app")
    assert list(Servers(places).addresses) == ["REDIS_URL"]
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379/0")
    assert Servers(places).all == []


PARENT = """
import json, sys, time
from mbl.services.places import Places
from mbl.services.servers import Servers
from pathlib import Path
servers = Servers(Places(Path(sys.argv[1])))
servers.start()
print(json.dumps([child.pid for child in servers.children]), flush=True)
time.sleep(60)
"""


def test_servers_die_with_a_parent_that_is_killed_and_start_again(places: Places) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, places.var], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pids = json.loads(parent.stdout.readline())
        parent.kill()
    if processes.HAS_PROC:
        assert processes.wait_until(lambda: not any(processes.is_alive(pid) for pid in pids), 10.0)

    successor = Servers(places)
    successor.start()
    successor.stop()

    assert not any(processes.is_alive(pid) for pid in pids)
    assert not places.sockets.exists()
