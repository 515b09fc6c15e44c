"""What import commands share: arguments, the JSON and text they print, and their exit codes.

Exit 0 applied or clean dry run; 1 refused, nothing written; 2 called wrongly; 3 applied with rejected rows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mbl.core.errors import DomainError
from mbl.core.imports import mapping
from mbl.core.imports.result import ImportResult
from mbl.core.models import District


def district_of(code: str) -> District:
    """The district with this code; a usage error (exit 2) that names the known ones otherwise."""
    district = District.objects.filter(code=code).first()
    if district is None:
        known = ", ".join(District.objects.order_by("code").values_list("code", flat=True)[:20])
        hint = f"Known codes: {known}." if known else "There is no district yet: create one with create_district."
        raise CommandError(f"There is no district with the code {code}. {hint}", returncode=2)
    return district


class ImportCommand(BaseCommand):
    """A command that reads one file or folder into one district; a subclass says how in ``run_import``."""

    source_help: ClassVar[str] = "the file to read"
    # Whether the format's headers are free, so that ``options["mapping"]`` may say which is which.
    takes_mapping: ClassVar[bool] = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help=self.source_help)
        parser.add_argument("--district", required=True, metavar="CODE", help="the code of the district")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
        parser.add_argument("--confirm", action="store_true", help="apply although the run changes unusually much")
        if self.takes_mapping:
            parser.add_argument(
                "--mapping",
                type=Path,
                metavar="FILE",
                help="JSON: our column to the file's header (default: a guess)",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("mapping"):
            try:
                options["mapping"] = mapping.read(options["mapping"])
            except DomainError as error:
                raise CommandError(str(error), returncode=2) from error
        result = self.run_import(options["source"], district=district_of(options["district"]), options=options)
        self.report(result, as_json=options["json"], dry_run=options["dry_run"])

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        raise NotImplementedError

    def report(self, result: ImportResult, *, as_json: bool, dry_run: bool) -> None:
        """Print ``result`` and leave with its exit code."""
        if as_json:
            self.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(text_of(result, dry_run=dry_run))
        if result.exit_code:
            raise SystemExit(result.exit_code)


def text_of(result: ImportResult, *, dry_run: bool) -> str:
    """The result for somebody at a console."""
    if result.refused:
        head = "Refused. Nothing was written."
    elif dry_run:
        head = "Dry run. Nothing was written."
    else:
        head = "Applied."
    lines = [head]
    for name in ("created", "updated", "unchanged", "withdrawn", "rejected"):
        counts = {kind: count for kind, count in getattr(result, name).items() if count}
        if counts:
            lines.append(f"{name}: " + ", ".join(f"{kind} {count}" for kind, count in counts.items()))
    for issue in result.issues:
        where = issue.file + (f" line {issue.line}" if issue.line else "")
        lines.append(f"{issue.severity} {issue.code}{f' ({where})' if where else ''}: {issue.message}")
    return "\n".join(lines)
