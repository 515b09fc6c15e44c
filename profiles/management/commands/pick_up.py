"""Read what lies in the pick-up folder (MBL_PICKUP) now, instead of waiting for the next time."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mbl.core.imports.console import text_of
from profiles.actions.pickup import pick_up


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the results as one JSON array")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PICKUP_FOLDER is None:
            raise CommandError("No pick-up folder is set. Set MBL_PICKUP to a folder.", returncode=2)
        picked = pick_up(progress=lambda done, total: None)
        if options["json"]:
            told = [
                {"file": one.waiting.path.name, "district": one.waiting.district.code, "kind": one.waiting.adapter.kind}
                | one.result.as_json()
                for one in picked
            ]
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        elif not picked:
            self.stdout.write("Nothing is waiting.")
        else:
            for one in picked:
                self.stdout.write(f"{one.waiting.path.name}: {text_of(one.result, dry_run=False)}")
        if any(one.result.refused for one in picked):
            raise SystemExit(1)
        if any(one.result.rejected_rows for one in picked):
            raise SystemExit(3)
