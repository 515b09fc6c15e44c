"""Bring test results (CSV) into a district."""

from pathlib import Path
from typing import Any

from crediting.interchange.scores import import_scores
from mbl.core.imports import ImportResult
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District


class Command(ImportCommand):
    help = "Read test results (state assessments, SAT, ACT, AP, language tests and others) from one CSV."
    source_help = "the CSV: student_id or ssid, test, section, taken_on, and score, level or met"

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return import_scores(source, district=district, actor=None, dry_run=options["dry_run"])
