"""Add a school to a district."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of
from profiles.actions.schools import add_school
from profiles.states import SchoolKind


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the district's own code for the school")
        parser.add_argument("name")
        parser.add_argument("--district", required=True, metavar="CODE")
        parser.add_argument("--state-code", default="", help="the state's school code, four digits")
        parser.add_argument("--kind", choices=[str(kind) for kind in SchoolKind], default=str(SchoolKind.HIGH))
        parser.add_argument("--address", default="", help="as it prints on transcripts")
        parser.add_argument("--phone", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            school = add_school(
                district_of(options["district"]),
                code=options["code"],
                name=options["name"],
                state_code=options["state_code"],
                kind=SchoolKind(options["kind"]),
                address=options["address"],
                phone=options["phone"],
                actor=None,
            )
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{school.name} ({school.code})")
