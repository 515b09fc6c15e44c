"""Bring a backup back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mbl.core import backup
from mbl.core.backup.make import PRODUCT


class Command(BaseCommand):
    help = (
        "Bring an archive of `backup` back into an empty database and the storages of files, whole or not at all. "
        "Stop web, worker and beat first."
    )
    # Checks would ask tables that are not there yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the archive")
        parser.add_argument("--check", action="store_true", help="only read the archive through and say what it holds")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            if check:
                found = backup.verify(file, product=PRODUCT)
                held = f"{found.rows:,} rows, {found.file_count:,} files"
                self.stdout.write(f"Whole: version {found.version}, made {found.made_at}, {held}.")
                return
            restored = backup.restore(file, say=lambda line: self.stderr.write(line))
        except backup.ArchiveProblem as problem:
            raise CommandError(str(problem)) from None
        if restored.was_migrated:
            self.stdout.write("The tables were brought up to this version.")
        rows = restored.manifest.rows
        self.stdout.write(f"Restored {rows:,} rows and {restored.files:,} files of {restored.manifest.made_at}.")
