"""Say which designation letters the district has confirmed from the state's guidance, and what they mean."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crediting.actions.designations import confirm_letters
from crediting.rules.designations import Letter
from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a TOML file with [[letter]] tables and mastery")
        parser.add_argument("--district", required=True, metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        try:
            told = tomllib.loads(options["file"].read_text(encoding="utf-8"))
            table = [Letter(**one) for one in told.get("letter", ())]
            letters = confirm_letters(district, table, mastery=str(told.get("mastery", "")), actor=None)
        except TypeError as error:
            raise CommandError("A letter has: letter, meaning, first_year, last_year.") from error
        except (OSError, ValueError, DomainError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Confirmed: {', '.join(sorted(letters.known)) or 'no letter'}.")
