"""Photograph screens with the people of the demonstration, and check them on the way."""

import os
import shutil
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mbl.core import jobs
from mbl.core.models import Job
from mbl.core.states import JobState


class Command(BaseCommand):
    help = (
        "Photograph a screen (crediting:queue), an app (crediting:) or all of them, as each person who may see it, at "
        "390, 768 and 1280 px, in English and Spanish and right to left. Fails on what tests/browser/checks.py finds, "
        "and on a page over its budget. Pictures are in var/look/."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("screen", nargs="?", default="", help="a screen's name, or an app's with its colon")
        parser.add_argument("--as", dest="persona", default="", help="only this person (teacher, family-spanish …)")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], help="only this one")
        parser.add_argument("--guides", action="store_true", help="write the pictures of docs/guides/ instead")

    def handle(self, *args: Any, screen: str, persona: str, language: str | None, guides: bool, **options: Any) -> None:
        if find_spec("playwright") is None or find_spec("tests.look") is None:
            raise CommandError("Pictures are taken in a checkout with the development packages: run `make venv-dev`.")
        from mbl.services.preflight import CHROMIUM_MISSING, chromium
        from mbl.services.prepare import collect_static, migrate, seed

        path = chromium()
        if path is None:
            raise CommandError(CHROMIUM_MISSING)
        migrate()
        seed()
        collect_static()
        # Nobody works on jobs here unless `make run` is on; a page with a progress bar is not what a reader sees.
        for job in Job.objects.filter(state=JobState.WAITING).values_list("pk", flat=True):
            jobs.run(job)
        # Playwright keeps an event loop in this thread; Django would take every query for one made inside it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        from tests.look import session

        folder = Path(settings.BASE_DIR) / "var" / "look"
        if guides:
            session.take_guides(path, Path(settings.BASE_DIR) / "docs" / "guides" / "img", say=self.stderr.write)
            return
        if not screen and not persona:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        visits = session.take(path, folder, screen, persona, language or "", say=self.stderr.write)
        if not visits:
            raise CommandError(f"No screen is called {screen!r} for this person. See tests/look/screens.py.")
        faulty = [visit for visit in visits if visit.problems]
        self.stdout.write(f"{len(visits)} looks, {len(faulty)} with faults: {folder}")
        if faulty:
            raise CommandError("Some screens need work.")
