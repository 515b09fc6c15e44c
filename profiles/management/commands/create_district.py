"""Set up a district and invite its first administrator. Prints the link that makes the account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from mbl.core.errors import DomainError
from mbl.core.models import District
from mbl.core.states import DistrictKind
from profiles.actions import invitations
from profiles.actions.people import add_person
from profiles.actions.roles import give_role
from profiles.actions.schools import create_district
from profiles.models import Person
from profiles.states import InvitationState, Role


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="a short name for addresses and commands: northfield")
        parser.add_argument("name", help='the district\'s name: "Northfield School District"')
        parser.add_argument("--admin-email", required=True, help="where the first administrator's invitation goes")
        parser.add_argument("--admin-name", default="", help='"Given Family"; without it, the address serves')
        parser.add_argument("--state-code", default="", help="county-district code, five digits")
        parser.add_argument("--timezone", default="America/Los_Angeles")
        parser.add_argument("--kind", choices=[str(kind) for kind in DistrictKind], default=str(DistrictKind.DISTRICT))
        parser.add_argument("--language", default="en", help="of letters and pages where a person has chosen none")

    def handle(self, *args: Any, **options: Any) -> None:
        known = District.objects.filter(code=options["code"]).first()
        if known is not None:
            self._again(known, options["admin_email"])
            return
        try:
            with transaction.atomic():
                district = create_district(
                    code=options["code"],
                    name=options["name"],
                    kind=DistrictKind(options["kind"]),
                    state_code=options["state_code"],
                    timezone=options["timezone"],
                    language=options["language"],
                    actor=None,
                )
                given, family = _name(options["admin_name"], options["admin_email"])
                person = add_person(
                    district, given_name=given, family_name=family, email=options["admin_email"], actor=None
                )
                give_role(person, Role.ADMINISTRATOR, actor=None, reason="First administrator")
                invitation = invitations.invite(person, actor=None)
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{district.name} is set up. {person} can make an account here until it is used:")
        self.stdout.write(invitations.link_of(invitation))

    def _again(self, district: District, email: str) -> None:
        """The district exists: say so, and give the open link once more."""
        self.stdout.write(f"The district {district.code} exists already ({district.name}). Nothing was changed.")
        person = Person.objects.filter(district=district, email__iexact=email).first()
        invitation = person.invitations.filter(state=InvitationState.SENT).first() if person else None
        if invitation is not None:
            self.stdout.write(invitations.link_of(invitation))


def _name(name: str, email: str) -> tuple[str, str]:
    given, _space, family = name.strip().partition(" ")
    return (given, family) if family else (given or email.partition("@")[0], "Administrator")
