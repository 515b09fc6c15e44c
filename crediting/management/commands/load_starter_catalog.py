"""Fill an empty catalog with the starter list, for a district to adapt."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from crediting.actions.catalog import load_starter_catalog
from crediting.actions.import_standards import import_case
from crediting.actions.scales import create_default_scale
from crediting.interchange.starter import SAMPLE_STANDARDS
from mbl.core.imports.console import district_of


class Command(BaseCommand):
    help = (
        "Add the starter catalog's courses that a district does not have yet, and the default mastery scale; "
        "on request a small sample framework too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--district", required=True, metavar="CODE", help="the code of the district")
        parser.add_argument(
            "--sample-standards", action="store_true", help="also bring a small framework in our own words, to try with"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        added = load_starter_catalog(district, actor=None)
        create_default_scale(district, actor=None)
        self.stdout.write(f"{len(added)} courses added.")
        if options["sample_standards"]:
            brought = import_case(SAMPLE_STANDARDS, district=district, actor=None)
            self.stdout.write(f"{brought.created.get('standards', 0)} sample standards added.")
