"""Take an import back: what it changed becomes what it was, what it made goes away, what is in use stays."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mbl.core.errors import DomainError
from mbl.core.imports import Issues, runs
from mbl.core.imports.console import text_of
from mbl.core.imports.undo import undo
from mbl.core.models import ImportRun


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="the id of the run, as the import printed it")
        parser.add_argument("--dry-run", action="store_true", help="say what would go back and write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = ImportRun.objects.filter(public_id=UUID(options["run"])).first()
        except ValueError:
            run = None
        if run is None:
            raise CommandError(f"There is no import with the id {options['run']}.", returncode=2)
        try:
            result = undo(run, actor=None, dry_run=options["dry_run"])
        except DomainError as error:
            issues = Issues()
            issues.error("UNDO_REFUSED", str(error))
            result = runs.refusal(issues)
            result.run = str(run.public_id)
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(text_of(result, dry_run=options["dry_run"]))
        if result.refused:
            raise SystemExit(1)
        if result.applied and result.rejected_rows:
            raise SystemExit(3)
