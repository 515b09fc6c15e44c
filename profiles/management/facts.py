"""What the commands that set facts of students share."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from mbl.core.imports import ImportResult
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District
from profiles.interchange.student_facts import import_student_facts


class StudentFactsCommand(ImportCommand):
    """Reads the one file format; ``needs`` are the columns that must be there."""

    source_help = "a CSV file with a header"
    takes_mapping = True
    needs: ClassVar[tuple[str, ...]]

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        return import_student_facts(
            source,
            district=district,
            actor=None,
            dry_run=options["dry_run"],
            needs=self.needs,
            mapping=options["mapping"],
        )
