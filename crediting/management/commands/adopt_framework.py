"""Record that a framework of standards is adopted, by the state or by the district."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crediting.actions.standards import adopt_framework
from crediting.forms.standards import GRADES
from crediting.models import Framework
from crediting.states import AdoptionBody, SubjectArea
from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of


class Command(BaseCommand):
    help = "Record the adoption of a framework: its identifier, for which subject areas, by whom and from which day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifier", type=UUID, help="the identifier of the framework's CFDocument")
        parser.add_argument("--district", required=True, metavar="CODE", help="the code of the district")
        parser.add_argument("--body", required=True, choices=[str(body) for body in AdoptionBody])
        parser.add_argument("--by", required=True, help="who adopted it, such as the state or the board")
        parser.add_argument("--on", required=True, type=dt.date.fromisoformat, metavar="DAY", help="2026-07-01")
        parser.add_argument(
            "--subject", required=True, action="append", choices=[str(area) for area in SubjectArea], dest="subjects"
        )
        parser.add_argument(
            "--grade", action="append", default=[], choices=dict(GRADES), dest="grades", help="default: all of them"
        )
        parser.add_argument("--from", type=dt.date.fromisoformat, metavar="DAY", dest="first", help="default: --on")
        parser.add_argument("--to", type=dt.date.fromisoformat, metavar="DAY", dest="last", help="default: no end")

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        framework = Framework.objects.filter(district=district, guid=options["identifier"]).first()
        if framework is None:
            raise CommandError(f"{district} has no framework {options['identifier']}. Import it with import_case.")
        try:
            adopt_framework(
                framework,
                body=AdoptionBody(options["body"]),
                adopted_by=options["by"],
                adopted_on=options["on"],
                subjects=[SubjectArea(subject) for subject in options["subjects"]],
                grades=options["grades"],
                starts_on=options["first"] or options["on"],
                ends_on=options["last"],
                actor=None,
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{framework.title}: adopted by {options['by']}")
