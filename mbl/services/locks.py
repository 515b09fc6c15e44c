"""Who holds the servers of a clone: a lock that the system drops when its holder dies, however it dies."""

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """What the holder tells others."""

    pid: int = 0
    command: str = ""
    address: str = ""
    # The servers answer; a command may use them.
    ready: bool = False
    # Held by the supervisor rather than by one command.
    supervisor: bool = False


class Lock:
    """An exclusive ``flock`` on a file whose content names the holder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Whether it is ours now; never waits."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def tell(self, holder: Holder) -> None:
        assert self._file is not None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(asdict(holder)).encode(), 0)

    def holder(self) -> Holder:
        """What the holder told last; an empty answer while it has told nothing."""
        try:
            return Holder(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return Holder()

    def release(self) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None


def is_held(path: Path) -> bool:
    """Whether some process holds the lock at ``path``."""
    if not path.exists():
        return False
    probe = Lock(path)
    if not probe.take():
        return True
    probe.release()
    return False


@contextlib.contextmanager
def shared(path: Path) -> Iterator[None]:
    """Be counted among the users of something, until the block ends."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def wait_for_users(path: Path, tell: str) -> None:
    """Wait until nobody is counted any more; print ``tell`` when that is not at once."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(tell, file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
