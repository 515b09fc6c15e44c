"""The embedded PostgreSQL: one cluster per clone, reached through a Unix socket only."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from mbl.services import processes
from mbl.services.places import Places, Refused, is_root
from mbl.services.processes import Child

DATABASE = "app"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "io_method": "sync",
    "max_connections": "60",
}
# A test run's cluster is thrown away: it may lose everything in a crash, and may be fast.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
READY_LINE = 7  # of postmaster.pid, counted from 0


@dataclass
class Postgres:
    """Prepare, start and stop the cluster of ``places``."""

    places: Places
    durable: bool = True
    _child: Child | None = field(default=None, init=False)

    @property
    def sockets(self) -> Path:
        return self.places.sockets / "pg"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.sockets))}"

    @cached_property
    def _homes(self) -> tuple[Path, Path]:
        return self.places.database_home()

    @property
    def data(self) -> Path:
        return self._homes[0] / "pg"

    @property
    def programs(self) -> Path:
        return self._homes[1] / "bin"

    @cached_property
    def child(self) -> Child:
        settings = SETTINGS | ({} if self.durable else FAST) | {"unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Child(
            name="postgres",
            command=[self.programs / "postgres", "-D", self.data, *options],
            log=self.places.logs / "postgres.log",
            env=self._environment,
            cwd=Path("/"),
            as_nobody=is_root(),
            manners=((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0)),
        )

    @cached_property
    def _environment(self) -> dict[str, str]:
        """Ours without what would change the cluster: its language, and the PG variables of someone's shell."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        return kept | {"LC_ALL": "C", "TZ": "UTC"}

    def prepare(self) -> None:
        """Make folders and cluster where missing, and clear what a crash left behind."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        self._give_to_nobody(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self.clear_stale_pid()

    def _give_to_nobody(self, folder: Path) -> None:
        if is_root():
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def _initdb(self) -> None:
        new = self.data.with_name("pg.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._give_to_nobody(new)
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        trust = ["--auth-local=trust", "--auth-host=reject"]
        self._run("initdb", "-D", new, "-U", "postgres", "-E", "UTF8", *locale, *trust, "--no-sync")
        # initdb is not atomic; the rename is. A half-made cluster is never taken for a whole one.
        new.rename(self.data)

    def _run(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs; its output is in the log."""
        child = Child(
            name=program,
            command=[self.programs / program, *arguments],
            log=self.places.logs / "postgres.log",
            env=self._environment,
            cwd=Path("/"),
            as_nobody=is_root(),
        )
        child.start()
        try:
            child.wait(120.0)
        finally:
            child.stop()
        if child.exit_code != 0:
            raise Refused(f"{program} failed; see {child.log}.\n{child.last_words()}")

    def clear_stale_pid(self) -> None:
        """End a server that outlived its parent, then remove the files that would keep a new one from starting.

        ``postmaster.pid`` is believed only if that process is a postgres with our folder: ids are used again. It is
        removed only when no process works in the cluster any more, because it guards the data from a second server.
        """
        pid_file = self.data / "postmaster.pid"
        pid = self._pid_in(pid_file)
        if pid and self._is_ours(pid):
            for number, seconds in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
                if processes.wait_until(lambda: not processes.is_alive(pid), seconds):
                    break
        for orphan in processes.working_in(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        processes.wait_until(lambda: not processes.working_in(self.data), 5.0)
        pid_file.unlink(missing_ok=True)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    @staticmethod
    def _pid_in(pid_file: Path) -> int:
        try:
            return int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return 0

    def _is_ours(self, pid: int) -> bool:
        command = processes.command_line(pid)
        return "postgres" in command and str(self.data) in command

    @property
    def ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready"

    def start(self) -> None:
        """Start, wait until it answers, and see to it that our database is there."""
        self.prepare()
        self.child.start()
        processes.wait_until(lambda: self.ready or not self.child.running, 60.0)
        if not self.ready or not self.child.running:
            raise Refused(f"PostgreSQL did not start; see {self.child.log}.\n{self.child.last_words()}")
        self._create_database()

    def restart(self) -> None:
        """Start again after it died; does not wait for its recovery, which may replay much."""
        self.clear_stale_pid()
        self.child.start()

    def _create_database(self) -> None:
        marker = self.data / "mbl-database"
        if marker.exists():
            return
        asked = subprocess.run(
            [self.programs / "createdb", "-h", self.sockets, "-U", "postgres", DATABASE],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode and "already exists" not in asked.stderr:
            raise Refused(f"The database could not be made: {asked.stderr.strip()}")
        marker.touch()

    def stop(self) -> None:
        self.child.stop()
