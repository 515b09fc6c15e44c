"""``make run``: starts everything in order, keeps it running, stops it in order."""

import contextlib
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from mbl.services import environment, health, ports, preflight, processes
from mbl.services.locks import Holder, Lock
from mbl.services.places import Places, Refused
from mbl.services.processes import Child
from mbl.services.servers import Servers, given

STEP = 0.1
DEATHS, WITHIN = 5, 60.0
READY_WITHIN = 120.0
STOP_WITHIN = 10.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping(Exception):
    """Someone asked us to stop."""


@dataclass
class Watched:
    """A child with the times of its deaths and the way to start it again."""

    child: Child
    start_again: Callable[[], None]
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))
    not_before: float = 0.0

    def look(self) -> None:
        """Start it again if it died; raise ``Refused`` when it keeps dying."""
        if self.child.running:
            return
        now = time.monotonic()
        if not self.not_before:
            self.child.sweep()
            self.deaths.append(now)
            recent = [death for death in self.deaths if now - death < WITHIN]
            if len(recent) == DEATHS:
                raise Refused(
                    f"{self.child.name} stopped {DEATHS} times within a minute; see {self.child.log}.\n"
                    f"{self.child.last_words()}"
                )
            # At once the first time, then after 1, 2 and 3 seconds.
            self.not_before = now + len(recent) - 1
            say(f"{self.child.name} stopped with code {self.child.exit_code} and is started again.")
        if now >= self.not_before:
            self.not_before = 0.0
            self.start_again()


class Supervisor:
    """One run. ``run()`` returns the exit code."""

    def __init__(self) -> None:
        self.places = Places.development()
        self.host = given("HOST") or "127.0.0.1"
        self.servers = Servers(self.places)
        self.watched: list[Watched] = []
        self.helper: Child | None = None
        self.line: socket.socket | None = None
        self.stop_asked = False

    # --- The whole ----------------------------------------------------------------------------------------------------

    def run(self) -> int:
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._note_signal)
        self.places.create_var()
        lock = Lock(self.places.lock)
        try:
            self._take(lock)
            self._run_with(lock)
        except Stopping:
            say("Stopping")
            return 0
        except Refused as refusal:
            print(refusal, file=sys.stderr, flush=True)
            return refusal.exit_code
        return 0

    def _run_with(self, lock: Lock) -> None:
        try:
            with contextlib.closing(ports.claim(self.host, given("PORT"))) as self.line:
                self._start(lock)
                self._keep_running()
        finally:
            self._stop()
            lock.release()

    def _note_signal(self, *_: object) -> None:
        self.stop_asked = True

    def _pause(self) -> None:
        time.sleep(STEP)
        self._heed()

    def _heed(self) -> None:
        if self.stop_asked:
            raise Stopping

    def _take(self, lock: Lock) -> None:
        told = False
        while not lock.take():
            holder = lock.holder()
            if holder.supervisor:
                raise Refused(f"already running: pid {holder.pid}, {holder.address or 'starting'}")
            if not told and holder.pid:
                say(f"Waiting for pid {holder.pid} ({holder.command}), which uses the database.")
                told = True
            self._pause()

    # --- Start --------------------------------------------------------------------------------------------------------

    def _start(self, lock: Lock) -> None:
        assert self.line
        holder = Holder(pid=os.getpid(), command="make run", address=self.address, supervisor=True)
        lock.tell(holder)
        self._complete_environment()
        preflight.ensure_libraries()
        self._heed()
        self.servers.start()
        lock.tell(Holder(**{**vars(holder), "ready": True}))
        self._watch_servers()
        self._prepare()
        web, worker, beat = self._web(), self._worker(), self._beat()
        for child, start in ((web, web.start), (worker, lambda: self._start_worker(worker)), (beat, beat.start)):
            self._heed()
            start()
            self.watched.append(Watched(child, start))
        self._remember()
        self._wait_until_ready()
        say(f"Ready: {self.address}")

    @property
    def port(self) -> int:
        assert self.line
        return int(self.line.getsockname()[1])

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def _complete_environment(self) -> None:
        """The children's environment is ours."""
        here = f"[{self.host}]" if ":" in self.host else self.host
        if here not in environment.LOOPBACK and not given("ALLOWED_HOSTS"):
            raise Refused(
                f"HOST={self.host} opens this to other machines. Say under which names it is reached, "
                f"such as ALLOWED_HOSTS=mbl.example.org HOST={self.host} make run"
            )
        if here not in environment.LOOPBACK:
            if given("DEMO_MODE") not in {"", "0"}:
                raise Refused("DEMO_MODE lets anyone sign in as anyone. Use HOST=127.0.0.1, or leave it out.")
            os.environ["DEMO_MODE"] = "0"
        environment.complete(os.environ, self.places)
        os.environ.setdefault("PUBLIC_URL", self.address)
        os.environ |= {"DEBUG": "0", "PYTHONUNBUFFERED": "1", "WORKER_READY_FILE": str(self.places.worker_ready)}
        os.environ |= self.servers.addresses

    def _watch_servers(self) -> None:
        self.watched = [Watched(server.child, server.restart) for server in self.servers.all]

    def _prepare(self) -> None:
        self.helper = self._python("prepare", "mbl.services.prepare")
        self.helper.speaks = True
        self.helper.start()
        while self.helper.running:
            self._pause()
        if self.helper.exit_code:
            raise Refused(f"Preparing the data failed; see {self.helper.log}.\n{self.helper.last_words()}")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not (self.places.worker_ready.exists() and health.is_ok(self.host, self.port)):
            self._look()
            self._pause()
            if time.monotonic() > deadline:
                found = health.answer(self.host, self.port) or "no answer"
                raise Refused(f"Not ready after two minutes: {found}. The logs are in {self.places.logs}.")

    # --- Children -----------------------------------------------------------------------------------------------------

    def _python(self, name: str, module: str, *arguments: str) -> Child:
        command = [sys.executable, "-m", module, *arguments]
        return Child(name=name, command=command, log=self.places.logs / f"{name}.log", env=os.environ)

    def _web(self) -> Child:
        assert self.line
        file = self.line.fileno()
        listen = ["--bind", f"fd://{file}", "--no-control-socket", "--worker-tmp-dir", str(self.places.var)]
        shape = ["-k", "gthread", "-w", "1", "--threads", "8", "--graceful-timeout", "5"]
        child = self._python("web", "gunicorn", "mbl.wsgi", "-c", "python:mbl.gunicorn_hooks", *listen, *shape)
        child.pass_fds = (file,)
        return child

    def _worker(self) -> Child:
        alone = ["--without-mingle", "--without-gossip"]
        child = self._python("worker", "celery", "-A", "mbl", "worker", "-c", "2", *alone, "--loglevel", "INFO")
        # QUIT drops what is in hand, which another start takes up again; TERM would wait for it.
        child.manners = ((signal.SIGQUIT, 10.0),)
        return child

    def _start_worker(self, worker: Child) -> None:
        self.places.worker_ready.unlink(missing_ok=True)
        worker.start()

    def _beat(self) -> Child:
        schedule, quiet = str(self.places.var / "beat-schedule"), ["--loglevel", "WARNING"]
        return self._python("beat", "celery", "-A", "mbl", "beat", "--pidfile=", "-s", schedule, *quiet)

    def _remember(self) -> None:
        processes.remember(self.places, [watched.child for watched in self.watched])

    # --- Run and stop -------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        before = [watched.child.pid for watched in self.watched]
        for watched in self.watched:
            watched.look()
        if before != [watched.child.pid for watched in self.watched]:
            self._remember()

    def _keep_running(self) -> None:
        while True:
            self._look()
            self._pause()

    def _stop(self) -> None:
        """Web, beat and worker together; then the servers they used."""
        if self.line:
            self.line.close()
        servers = self.servers.children if self.watched else []
        clients = [watched.child for watched in self.watched if watched.child not in servers]
        if self.helper:
            clients.append(self.helper)
        for child in clients:
            child.ask_to_stop()
        processes.wait_until(lambda: not any(child.running for child in clients), STOP_WITHIN)
        for child in clients:
            child.kill()
        if self.watched:
            self.servers.stop()
        self.places.worker_ready.unlink(missing_ok=True)


def say(text: str) -> None:
    """To the person at the terminal, who may have closed it."""
    with contextlib.suppress(OSError):
        print(text, flush=True)
