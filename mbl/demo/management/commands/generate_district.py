"""Make a large district for measuring."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from mbl.core import clock
from mbl.core.models import District
from mbl.demo.generator import generate

LEAST, MOST = 100, 500_000


class Command(BaseCommand):
    help = (
        "Make a district of generated people, with three years of course history, for measuring. The same seed gives "
        "the same district. It writes to the tables directly and tells nobody, so keep it off a real installation."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--students", type=int, required=True, help=f"how many, from {LEAST} to {MOST:,}")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another district")
        parser.add_argument("--code", default="generated", help="short name in addresses; must be new")
        parser.add_argument("--name", default="Generated School District")
        parser.add_argument(
            "--today", type=dt.date.fromisoformat, help="the day on which waits look right (YYYY-MM-DD)"
        )

    def handle(
        self, *args: Any, students: int, seed: int, code: str, name: str, today: dt.date | None, **options: Any
    ) -> None:
        if not LEAST <= students <= MOST:
            raise CommandError(f"--students is {students}. Choose a number from {LEAST} to {MOST:,}.")
        if District.objects.filter(code=code).exists():
            raise CommandError(f"There is a district {code} already. Choose another --code; nothing was changed.")
        validate_slug(code)
        district = District(code=code, name=name, is_demo=True)
        day = today or clock.today(district)
        generate(district, students=students, seed=seed, today=day, say=lambda line: self.stderr.write(line))
        self.stdout.write(f"{district.name} ({district.code}): {students:,} students.")
