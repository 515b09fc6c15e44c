"""The ground benchmarks stand on: servers and a database of their own under ``var/bench``, kept between runs.

The database holds the district ``bench`` with 50,000 students. It is made anew when migrations or the generator change.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from mbl.services import environment
from mbl.services.locks import Lock
from mbl.services.places import ROOT, Places, Refused
from mbl.services.servers import Servers

STUDENTS = 50_000
SEED = 1
DISTRICT = "bench"
PLACES = Places(ROOT / "var" / "bench")
# Built on the day the data was made, so that nothing ages out of view; a new school year makes it anew.
SOURCES = ("mbl/demo/generator", "mbl/demo/data", "*/migrations", "mbl/core/migrations", "mbl/demo/names.py")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey of our own, whatever addresses the environment has, for as long as the block runs."""
    lock = Lock(PLACES.lock)
    PLACES.var.mkdir(parents=True, exist_ok=True)
    if not lock.take():
        raise Refused(f"Another benchmark runs (pid {lock.holder().pid}). Wait for it, or stop it.")
    for name in ("DATABASE_URL", "REDIS_URL", "MBL_VAR", "ALLOWED_HOSTS", "DEBUG"):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    environment.complete(os.environ, PLACES)
    own = Servers(PLACES)
    os.environ |= own.addresses
    try:
        _drop_stale()
        own.start()
        yield
    finally:
        own.stop()
        lock.release()


def prepare() -> None:
    """Tables, static files and the district. Call it inside ``servers``, after ``django.setup``."""
    from django.core.management import call_command

    from mbl.core.models import District
    from mbl.services import catalogs
    from mbl.services.prepare import collect_static, migrate

    catalogs.compile_changed()
    migrate()
    collect_static()
    if not District.objects.filter(code=DISTRICT).exists():
        say(f"Making a district of {STUDENTS:,} students (once; later runs use it again).")
        call_command("generate_district", students=STUDENTS, seed=SEED, code=DISTRICT, name="Bench School District")
    _stamp().write_text(_fingerprint())


def _drop_stale() -> None:
    """A database of another generator, or one that was never finished, is not measured."""
    if _stamp().exists() and _stamp().read_text() == _fingerprint():
        return
    for home in (PLACES.var, PLACES.aside):
        shutil.rmtree(home / "pg", ignore_errors=True)
    _stamp().unlink(missing_ok=True)


def _stamp() -> Path:
    return PLACES.var / "stamp"


def _fingerprint() -> str:
    seen = hashlib.sha256(f"{STUDENTS} {SEED}".encode())
    for pattern in SOURCES:
        for found in sorted(ROOT.glob(pattern)):
            for path in [found] if found.is_file() else sorted(found.rglob("*.*")):
                if path.suffix in {".py", ".toml"}:
                    seen.update(path.read_bytes())
    return seen.hexdigest()
