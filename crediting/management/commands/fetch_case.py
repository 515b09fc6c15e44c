"""Fetch standards from the addresses a district named, or name one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crediting.actions.fetch_standards import fetch_source, remember_source, stop_source
from crediting.models import FrameworkSource
from mbl.core.errors import DomainError
from mbl.core.imports.console import district_of, text_of


class Command(BaseCommand):
    help = "Fetch a framework from a CASE server now and each day. Only hosts of CASE_SOURCES are asked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="?", default="", help="…/CFPackages/{id}; without it, all remembered ones")
        parser.add_argument("--district", required=True, metavar="CODE", help="the code of the district")
        parser.add_argument("--stop", action="store_true", help="look at this address no more")

    def handle(self, *args: Any, **options: Any) -> None:
        district = district_of(options["district"])
        sources = FrameworkSource.objects.filter(district=district, is_active=True).select_related("district")
        try:
            if options["stop"]:
                source = sources.filter(address=options["address"]).first()
                if source is None:
                    raise CommandError("That address is not looked at.")
                stop_source(source, actor=None)
                self.stdout.write(f"Stopped: {source.address}")
                return
            if options["address"]:
                source = remember_source(district, address=options["address"], actor=None)
                sources = sources.filter(pk=source.pk)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        failed = False
        for source in sources:
            result = fetch_source(source)
            failed = failed or bool(source.problem)
            said = source.problem or (text_of(result, dry_run=False) if result else "Nothing newer.")
            self.stdout.write(f"{source.address}\n{said}")
        if failed:
            raise CommandError("Not everything could be fetched.")
