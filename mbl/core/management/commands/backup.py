"""Write everything into one file."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from mbl.core import backup
from mbl.core.backup import Manifest


class Command(BaseCommand):
    help = (
        "Write every table and every stored file into one archive that `restore` brings back. People go on working "
        "meanwhile. The archive holds all records of all students: encrypt it, and keep it where no one else reads."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the archive to write, which must not exist; - is stdout")
        parser.add_argument(
            "--without-files",
            action="store_true",
            help="tables only, where the storage of files is kept safe by other means",
        )

    def handle(self, *args: Any, file: str, without_files: bool, **options: Any) -> None:
        if file == "-":
            self._tell(self._make(sys.stdout.buffer, without_files), "-")
            return
        path = Path(file).expanduser()
        if path.exists():
            raise CommandError(f"{path} is there already. Choose another name; nothing was written.")
        # An archive under its own name is whole: a run that was killed leaves only the other.
        unfinished = path.with_name(f"{path.name}.unfinished")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                manifest = self._make(out, without_files)
                out.flush()
                os.fsync(out.fileno())
            unfinished.rename(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"No backup was written: {error.strerror or error} ({path}).") from error
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        self._tell(manifest, f"{path}, {path.stat().st_size / 1024**2:,.1f} MB")

    def _make(self, out: IO[bytes], without_files: bool) -> Manifest:
        return backup.make(out, with_files=not without_files, say=lambda line: self.stderr.write(line))

    def _tell(self, manifest: Manifest, where: str) -> None:
        line = f"Backup of {manifest.rows:,} rows and {manifest.file_count:,} files: {where}"
        (self.stderr if where == "-" else self.stdout).write(line)
