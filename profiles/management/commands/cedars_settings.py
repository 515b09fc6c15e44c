"""Say how a district's CEDARS files are read: headings by school year, program codes, groups of race codes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of
from profiles.actions.cedars_settings import set_cedars_settings


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a TOML file with [headers.YEAR.LETTER], [programs] and [races]")
        parser.add_argument("--district", required=True, metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        try:
            told = tomllib.loads(options["file"].read_text(encoding="utf-8"))
            changed = set_cedars_settings(district, told, actor=None)
        except (OSError, ValueError, DomainError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Set: {', '.join(changed)}." if changed else "There was nothing to change.")
