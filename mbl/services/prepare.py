"""Brings database, demo, translations and static files up to date: one process, so Django starts once.

The supervisor runs this as ``python -m mbl.services.prepare`` between the servers and the web server. A second start
finds nothing to do and takes a second.
"""

import hashlib
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mbl.services import catalogs
from mbl.services.places import ROOT


def main() -> None:
    catalogs.compile_changed()
    django.setup()
    migrate()
    seed()
    collect_static()


def migrate() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        _say(f"Updating the database ({len(plan)} steps)")
        call_command("migrate", interactive=False, verbosity=0)


def seed() -> None:
    from mbl.core.models import District

    if settings.DEMO_MODE and not District.objects.exists():
        _say("Loading the demonstration district (once, up to a minute)")
        call_command("seed_demo", if_empty=True)


def collect_static() -> None:
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    now = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    _say("Collecting styles, scripts and fonts")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def _static_fingerprint() -> str:
    """Changes when a static file or the code that stores them does."""
    seen = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    seen.update(repr((settings.STORAGES["staticfiles"], settings.STATIC_ROOT)).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            seen.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
