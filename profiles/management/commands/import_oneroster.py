"""Read a OneRoster 1.1 or 1.2 export (a folder or zip of CSV files) into a district."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from mbl.core.imports import ImportResult
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District
from profiles.interchange.oneroster import import_oneroster
from profiles.interchange.oneroster.spec import VERSIONS


class Command(ImportCommand):
    help = __doc__
    source_help = "the folder or zip with manifest.csv and the data files"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--full-snapshot",
            action="store_true",
            help="the files are complete, whatever manifest.csv says and where there is none",
        )
        parser.add_argument(
            "--edition", choices=VERSIONS, default="1.1", help="the version of files without manifest.csv"
        )

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return import_oneroster(
            source,
            district=district,
            actor=None,
            dry_run=options["dry_run"],
            confirmed=options["confirm"],
            full_snapshot=options["full_snapshot"],
            edition=options["edition"],
        )
