"""Gives a ``manage.py`` command its servers: the clone's running ones, or its own for as long as it runs."""

import contextlib
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Sequence

from mbl.services import environment, locks
from mbl.services.locks import Holder, Lock
from mbl.services.places import Places, Refused
from mbl.services.servers import Servers, given

# These read no row. Their settings need addresses, nobody needs to answer there.
SERVERLESS = frozenset(
    {
        "access_matrix",
        "check",
        "check_styles",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "policy_schema",
        "rules",
        "startapp",
        "try_policy",
        "version",
        "--help",
        "--version",
        "-h",
    }
)


@contextlib.contextmanager
def servers_for(argv: Sequence[str]) -> Iterator[None]:
    """Set the environment of the command ``argv`` and keep its servers up until the block ends.

    With ``DATABASE_URL`` and ``REDIS_URL`` set nothing is done. All messages go to stderr; stdout is the command's.
    """
    if given("DATABASE_URL") and given("REDIS_URL"):
        yield
        return
    places = Places.development()
    servers = Servers(places)
    if not given("DATABASE_URL"):
        environment.complete(os.environ, places)
    os.environ |= servers.addresses
    if _is_serverless(argv):
        # makemigrations would like to compare with a database; without one it warns and goes on.
        warnings.filterwarnings("ignore", "Got an error checking a consistent migration history", RuntimeWarning)
        yield
        return
    places.create()
    lock = Lock(places.lock)
    if _join_or_take(lock):
        with _own_servers(servers, lock, argv):
            yield
    else:
        if address := lock.holder().address:
            os.environ.setdefault("PUBLIC_URL", address)
        with locks.shared(places.users):
            yield


def _is_serverless(argv: Sequence[str]) -> bool:
    command = argv[1] if len(argv) > 1 else "help"
    if "--help" in argv or "-h" in argv:
        return True
    return command in SERVERLESS and "--database" not in argv


def _join_or_take(lock: Lock) -> bool:
    """Whether we must start the servers; otherwise the holder's are ready to use."""
    told = False
    for _ in range(1200):
        if lock.take():
            return True
        holder = lock.holder()
        if holder.ready:
            return False
        if not told and holder.pid:
            _say(f"Waiting for the servers that pid {holder.pid} starts ({holder.command}).")
            told = True
        time.sleep(0.1)
    raise Refused(f"The servers of pid {lock.holder().pid} were not ready after two minutes. Stop it and try again.")


@contextlib.contextmanager
def _own_servers(servers: Servers, lock: Lock, argv: Sequence[str]) -> Iterator[None]:
    holder = Holder(pid=os.getpid(), command=f"manage.py {' '.join(argv[1:2])}")
    lock.tell(holder)
    # SIGTERM unwinds the stack like Ctrl-C does, so the servers stop in order.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        servers.start()
        lock.tell(Holder(pid=holder.pid, command=holder.command, ready=True))
        yield
    finally:
        lock.tell(holder)
        locks.wait_for_users(servers.places.users, "Waiting for other commands that use the same servers.")
        servers.stop()
        lock.release()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
