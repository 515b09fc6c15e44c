"""How commands name a person of a district."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from mbl.core.models import District
from profiles.interchange.oneroster import person_pk
from profiles.models import Person, School


def add_person_arguments(parser: CommandParser) -> None:
    """One of ``--person``, ``--email``, ``--oneroster-id``, and ``--district``."""
    parser.add_argument("--district", required=True, metavar="CODE")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", metavar="ID", help="the id in the address of the person's page")
    who.add_argument("--email")
    who.add_argument("--oneroster-id", metavar="SOURCEDID", help="what the roster calls the person")


def person_of(district: District, options: dict[str, Any]) -> Person:
    """The person the arguments name; a usage error otherwise."""
    people = Person.objects.filter(district=district)
    if options["email"]:
        found = list(people.filter(email__iexact=options["email"])[:2])
    elif options["oneroster_id"]:
        found = list(people.filter(pk=person_pk(district, options["oneroster_id"]) or 0))
    else:
        found = list(people.filter(public_id=_uuid(options["person"])))
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError("Several people of the district have that e-mail address. Use --person.", returncode=2)
    raise CommandError(f"Nobody in {district.name} fits. Check the spelling.", returncode=2)


def school_of(district: District, code: str) -> School:
    """The school with this code; a usage error that names the known ones otherwise."""
    school = School.objects.filter(district=district, code=code).first()
    if school is None:
        known = ", ".join(School.objects.filter(district=district).values_list("code", flat=True)[:30]) or "none"
        raise CommandError(f"There is no school {code} in {district.name}. Known codes: {known}.", returncode=2)
    return school


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        sentence = f"{text} is no id of a person. Copy it from the address of their page."
        raise CommandError(sentence, returncode=2) from None
