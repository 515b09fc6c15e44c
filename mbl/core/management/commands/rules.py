"""Write ``docs/rules.md``: every rule, the tests that prove it and where it stands."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mbl.core import rulebook


class Command(BaseCommand):
    help = "Write docs/rules.md from docs/rules.toml and the marks on tests. Open rules fail nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when docs/rules.md is stale")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        rules = rulebook.read_rules(root / "docs" / "rules.toml")
        marks = rulebook.read_marks(root / "tests")
        for problem in rulebook.problems(rules, marks):
            self.stderr.write(problem)
        rows = rulebook.join(rules, marks)
        text, target = rulebook.page(rows), root / "docs" / "rules.md"
        if check:
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                raise CommandError("docs/rules.md no longer matches the marks on tests. Run `make rules`.")
            return
        target.write_text(text, encoding="utf-8")
        proven = sum(row.state == rulebook.State.PROVEN for row in rows)
        self.stdout.write(f"{proven} of {len(rows)} rules are proven: docs/rules.md")
