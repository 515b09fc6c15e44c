"""Read a course catalog (CSV) into a district."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crediting.interchange.catalog_csv import import_catalog
from mbl.core.imports import ImportResult
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District


class Command(ImportCommand):
    help = __doc__
    source_help = "the CSV file, a row for each course and school"
    takes_mapping = True

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return import_catalog(
            source,
            district=district,
            actor=None,
            dry_run=options["dry_run"],
            confirmed=options["confirm"],
            mapping=options["mapping"],
        )
