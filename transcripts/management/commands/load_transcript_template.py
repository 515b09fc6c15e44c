"""Add a version of a transcript template to a district."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult, Issues, runs
from mbl.core.imports.console import ImportCommand
from mbl.core.models import District, User
from transcripts.actions.templates import add_template
from transcripts.models import TranscriptTemplate
from transcripts.rules.template import DEFAULT_CODE

KIND = "transcript_template"
# A template is a page of choices; anything larger is another file.
MOST_BYTES = 256 * 1024


class Command(ImportCommand):
    help = "Add a version of a transcript template (docs/how-to/transcript-templates.md) to a district."
    source_help = "the template file (.yaml or .json)"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--code", default=DEFAULT_CODE, help="which template this is a version of (%(default)s)")
        parser.add_argument(
            "--from", dest="effective_from", type=dt.date.fromisoformat, metavar="DATE", help="first day"
        )
        parser.add_argument("--first-class", type=int, metavar="YEAR", help="earliest graduation requirement year")
        parser.add_argument("--last-class", type=int, metavar="YEAR", help="latest graduation requirement year")
        parser.add_argument(
            "--checked-by", metavar="LOGIN", help="the administrator who compared it with the state's current guide"
        )

    def run_import(self, source: Path, *, district: District, options: dict[str, Any]) -> ImportResult:
        issues = Issues()
        text = self._read(source, issues)
        result = runs.refusal(issues)
        if text is not None:
            result = self._add(source, text, district, options)
        sha256 = hashlib.sha256(text.encode()).hexdigest() if text is not None else ""
        return runs.record(result, kind=KIND, file_name=source.name, sha256=sha256, district=district, actor=None)

    def _read(self, source: Path, issues: Issues) -> str | None:
        try:
            data = source.read_bytes()
            if len(data) > MOST_BYTES:
                issues.error("TEMPLATE_SIZE", "The file is larger than 256 KB, so it is no template.", file=source.name)
                return None
            return data.decode()
        except OSError as error:
            issues.error("TEMPLATE_FILE", f"The file cannot be read: {error.strerror}.", file=source.name)
        except UnicodeDecodeError:
            issues.error("TEMPLATE_TEXT", "The file is not text in UTF-8.", file=source.name)
        return None

    def _add(self, source: Path, text: str, district: District, options: dict[str, Any]) -> ImportResult:
        issues = Issues()
        checked_by = _account(options["checked_by"])
        try:
            document = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else None
            issues.error("TEMPLATE_YAML", "The file is not YAML from this line on.", file=source.name, line=line)
            return runs.refusal(issues)
        try:
            with transaction.atomic():
                before = TranscriptTemplate.objects.filter(district=district).count()
                add_template(
                    district,
                    code=options["code"],
                    document=document,
                    actor=checked_by,
                    checked_by=checked_by,
                    effective_from=options["effective_from"],
                    first_class=options["first_class"],
                    last_class=options["last_class"],
                )
                created = TranscriptTemplate.objects.filter(district=district).count() - before
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except DomainError as error:
            for problem in str(error).splitlines():
                issues.error("TEMPLATE_REFUSED", problem, file=source.name)
            return runs.refusal(issues)
        return ImportResult(
            applied=not options["dry_run"],
            created={"templates": created},
            updated={},
            unchanged={"templates": 1 - created},
            withdrawn={},
            rejected={},
        )


def _account(login_name: str | None) -> User | None:
    if login_name is None:
        return None
    user = User.objects.filter(login_name=login_name.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody has the login name {login_name}.", returncode=2)
    return user
