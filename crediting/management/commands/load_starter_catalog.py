"""Fill an empty catalog with the starter list, for a district to adapt."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from crediting.actions.catalog import load_starter_catalog
from crediting.actions.scales import create_default_scale
from mbl.core.imports.console import district_of


class Command(BaseCommand):
    help = "Add the starter catalog's courses that a district does not have yet, and the default mastery scale."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--district", required=True, metavar="CODE", help="the code of the district")

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        added = load_starter_catalog(district, actor=None)
        create_default_scale(district, actor=None)
        self.stdout.write(f"{len(added)} courses added.")
