"""A test cluster whose tables exist already: a run that made them leaves it, the next starts from a copy.

Without it each run, and each worker of a run, spends most of its start on migrations.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from mbl.services.places import ROOT
from mbl.services.postgres import Postgres

# The database in that cluster from which Django's test databases are copied (``TEST["TEMPLATE"]``).
NAME = "mbl_template"
KEPT = 3
IMPORT = re.compile(r"^\s*(?:from|import) ([\w.]+)", re.MULTILINE)


def fingerprint() -> str:
    """Changes with the migrations, what they import of ours, the pinned packages, and the user who owns the files."""
    migrations = sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("mbl/*/migrations/*.py")])
    imported = {found[1] for path in migrations for found in IMPORT.finditer(path.read_text())}
    modules = [ROOT / f"{name.replace('.', '/')}.py" for name in sorted(imported)]
    seen = hashlib.sha256(f"{os.getuid()}".encode())
    for path in (ROOT / "requirements.lock", *migrations, *(module for module in modules if module.exists())):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


class Template:
    """The cluster kept for the present migrations."""

    def __init__(self, folder: Path) -> None:
        self._all = folder
        self.path = folder / fingerprint()

    def copy_into(self, postgres: Postgres) -> bool:
        """Give ``postgres`` a copy as its cluster; whether there was one to copy."""
        new = postgres.data.with_name("pg.new")
        if not self.path.is_dir():
            return False
        os.utime(self.path)
        # cp keeps the owner, who may be nobody, and is many times faster than shutil.
        if subprocess.run(["cp", "-Rp", self.path, new], capture_output=True, check=False).returncode:
            shutil.rmtree(new, ignore_errors=True)
            return False
        new.rename(postgres.data)
        return True

    def keep(self, postgres: Postgres) -> None:
        """Keep the cluster of a stopped ``postgres``, in which ``make`` was called."""
        if postgres.child.exit_code != 0 or self.path.exists():
            return
        self._all.mkdir(mode=0o711, parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # another file system, or another run was first
            postgres.data.rename(self.path)
        for old in sorted(self._all.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)


def make(database: str) -> None:
    """Copy the migrated ``database``, to which nobody is connected, to ``NAME``."""
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{NAME}" TEMPLATE "{database}"')
    finally:
        connection.close()
