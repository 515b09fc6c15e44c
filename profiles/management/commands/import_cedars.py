"""Read CEDARS files B, C, D, I, J, K, L and M into a district."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from mbl.core.imports import ImportResult, adapters
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District
from profiles.interchange.cedars import import_cedars


class Command(ImportCommand):
    help = __doc__
    source_help = "a file, or a folder or zip of them"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("more", nargs="*", type=Path, help="more files, read with the first as one")

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        adapters()  # the apps register there which file is whose
        chosen = {"district": district, "actor": None, "dry_run": options["dry_run"], "confirmed": options["confirm"]}
        files: list[Path] = [source, *options["more"]]
        if len(files) == 1:
            return import_cedars(source, **chosen)
        if missing := [path.name for path in files if not path.is_file()]:
            raise CommandError(f"There is no file {', '.join(missing)}.", returncode=2)
        if len({path.name for path in files}) < len(files):
            raise CommandError("Two files have the same name.", returncode=2)
        with tempfile.TemporaryDirectory(prefix="cedars-") as name:
            for path in files:
                shutil.copy(path, name)
            return import_cedars(Path(name), **chosen)
