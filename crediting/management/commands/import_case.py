"""Bring a CASE package of standards into a district."""

from pathlib import Path
from typing import Any

from crediting.actions.import_standards import import_case
from mbl.core.imports import ImportResult
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District


class Command(ImportCommand):
    help = "Read a CASE package (.json, or a zip or gzip of one) into a district's standards."
    source_help = "the package: a .json file, or a zip or gzip of one"

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return import_case(
            source, district=district, actor=None, dry_run=options["dry_run"], confirmed=options["confirm"]
        )
