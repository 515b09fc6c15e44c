"""Give somebody a role, at a school or in the whole district."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of
from profiles.actions.roles import give_role
from profiles.management.people import add_person_arguments, person_of, school_of
from profiles.rules.roles import GIVEN_ROLES
from profiles.states import Role


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", choices=sorted(str(role) for role in GIVEN_ROLES))
        add_person_arguments(parser)
        parser.add_argument("--school", metavar="CODE", help="the school's code; without it, the whole district")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        person = person_of(district, options)
        try:
            given = give_role(
                person,
                Role(options["role"]),
                school=school_of(district, options["school"]) if options["school"] else None,
                reason=options["reason"],
                actor=None,
            )
        except DomainError as error:
            raise CommandError(str(error)) from None
        where = given.school.name if given.school else district.name
        self.stdout.write(f"{person} has the role {given.role} ({where}) since {given.starts_on}.")
