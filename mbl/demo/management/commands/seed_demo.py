"""Load the demonstration district."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from mbl.core.models import District
from mbl.demo.story import seed


class Command(BaseCommand):
    help = "Load the demonstration: two invented districts whose people one can sign in as on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where any district is present")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        if if_empty and District.objects.exists():
            return
        if not settings.DEMO_MODE:
            raise CommandError(
                "The demonstration is loaded in demo mode only. Set DEMO_MODE=1 on a machine of your own."
            )
        if seed.is_loaded():
            raise CommandError("The demonstration is loaded already. `make demo-reset` drops the local data.")
        began = time.monotonic()
        with transaction.atomic():
            seed.seed()
        self.stdout.write(f"The demonstration is loaded ({time.monotonic() - began:.0f} s).")
