"""Invite somebody to have an account. Prints the link that makes it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of
from profiles.actions import invitations
from profiles.management.people import add_person_arguments, person_of


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        add_person_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_of(district_of(options["district"]), options)
        try:
            invitation = invitations.invite(person, actor=None)
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(invitations.link_of(invitation))
