"""Children that die with their parent, and what the machine tells about other processes."""

import contextlib
import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mbl.services.places import ROOT, Places

LOG_LIMIT = 5 * 1024 * 1024
PR_SET_PDEATHSIG = 1
HAS_PROC = Path("/proc/self/stat").exists()
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(eq=False)
class Child:
    """One process we start, watch and stop: its own session, its own log, gone when we are gone."""

    name: str
    command: Sequence[str | Path]
    log: Path
    env: Mapping[str, str]
    cwd: Path = ROOT
    as_nobody: bool = False
    # How to ask it to stop: each signal with the seconds it gets before the next; SIGKILL is the last word.
    manners: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 10.0),)
    pass_fds: Sequence[int] = ()
    # A program that speaks to the person: its stdout is ours, its stderr goes to the log.
    speaks: bool = False
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".1.log"))
        nobody = pwd.getpwnam("nobody") if self.as_nobody else None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                stdin=subprocess.DEVNULL,
                stdout=None if self.speaks else log,
                stderr=log,
                env=dict(self.env),
                cwd=self.cwd,
                user=nobody.pw_uid if nobody else None,
                group=nobody.pw_gid if nobody else None,
                extra_groups=[] if nobody else None,
                start_new_session=True,
                pass_fds=self.pass_fds,
                preexec_fn=_dies_with_parent(self.manners[0][0]),
            )

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self.process.returncode if self.process else None

    def ask_to_stop(self) -> None:
        if self.process and self.running:
            _signal_process(self.process.pid, self.manners[0][0])

    def stop(self) -> None:
        """Stop it and everything in its session; returns when it is gone."""
        for index, (manner, seconds) in enumerate(self.manners):
            if not self.running:
                break
            if index:
                _signal_process(self.pid, manner)
            else:
                self.ask_to_stop()
            self.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """End it and its session at once."""
        self.sweep()
        if self.process:
            self.process.wait()

    def wait(self, seconds: float) -> bool:
        """Whether it is gone after at most ``seconds``."""
        if self.process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return not self.running

    def sweep(self) -> None:
        """Kill what is left of its session, such as the pool of a worker that was killed."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self, lines: int = 8) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def _dies_with_parent(farewell: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def arrange() -> None:  # runs in the child, after it changed its user, which would clear the request
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def _signal_process(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def wait_until(true: Callable[[], bool], seconds: float, step: float = 0.02) -> bool:
    """Whether ``true()`` came true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs (a zombie does not)."""
    if HAS_PROC:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def birth(pid: int) -> str:
    """When the process began, as text to compare: a recycled id has another birth. Empty when there is none."""
    if HAS_PROC:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        except OSError:
            return ""
    return _ps(pid, "lstart=")


def command_line(pid: int) -> str:
    """The command of a running process, for people and for comparison; empty when it cannot be known."""
    if HAS_PROC:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    return _ps(pid, "command=")


def _ps(pid: int, column: str) -> str:
    answer = subprocess.run(["ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def working_in(folder: Path) -> list[int]:
    """Processes whose working folder is ``folder`` (Linux; elsewhere none are known)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*") if HAS_PROC else ():
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder and is_alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def remember(places: Places, children: Sequence[Child]) -> None:
    """Write down who runs, so that a successor can end what a killed parent left (macOS has no other way)."""
    rows = [[child.name, child.pid, birth(child.pid)] for child in children if child.running]
    new = places.pids.with_suffix(".new")
    new.write_text(json.dumps(rows))
    new.replace(places.pids)


def end_leftovers(places: Places, seconds: float = 10.0) -> None:
    """End the children of a predecessor that died without stopping them. Call with the lock held."""
    try:
        rows = json.loads(places.pids.read_text())
    except (OSError, ValueError):
        return
    left = [pid for _, pid, born in rows if born and birth(pid) == born and is_alive(pid)]
    for pid in left:
        _signal_process(pid, signal.SIGINT)
    wait_until(lambda: not any(is_alive(pid) for pid in left), seconds)
    for pid in left:
        if is_alive(pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in left), seconds)
    places.pids.unlink(missing_ok=True)
