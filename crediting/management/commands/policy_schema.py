"""Write the shape of policy files as JSON Schema, or with --check say whether the written one is stale."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crediting.rules.policy.schema import SCHEMA


class Command(BaseCommand):
    help = "Write docs/policy.schema.json from the code that reads policy files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "policy.schema.json"
        wanted = json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == wanted:
            return
        if options["check"]:
            raise CommandError("docs/policy.schema.json is stale. Run manage.py policy_schema and commit the file.")
        path.write_text(wanted, encoding="utf-8")
        self.stdout.write(f"{path.name} is written.")
