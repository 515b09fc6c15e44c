"""Bring students' course history into a district's ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from crediting.interchange.history import columns, import_history
from mbl.core.imports import ImportResult
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District


class Command(ImportCommand):
    help = "Read a course history (CEDARS file H, PowerSchool StoredGrades and others) into a district's ledger."
    source_help = "the file: tab-delimited, or CSV; or a zip with it"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--preset",
            default="",
            choices=[*columns.layouts(), columns.PLAIN],
            help="the layout; found by the header otherwise",
        )

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return import_history(
            source,
            district=district,
            actor=None,
            dry_run=options["dry_run"],
            confirmed=options["confirm"],
            preset=options["preset"],
        )
