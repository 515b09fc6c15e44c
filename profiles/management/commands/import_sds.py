"""Read Microsoft School Data Sync files (a folder or zip of CSV) into a district."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mbl.core.imports import ImportResult
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District
from profiles.interchange.oneroster import import_oneroster


class Command(ImportCommand):
    help = __doc__
    source_help = "the folder or zip with orgs.csv, users.csv and the others"

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return import_oneroster(
            source, district=district, actor=None, dry_run=options["dry_run"], confirmed=options["confirm"]
        )
