"""Write docs/access-matrix.md from the role table; with --check only say whether it is up to date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from profiles.rules.roles import OWN_CAPABILITIES, SCHOOL_ROLES, SCOPE_CAPABILITIES, Capability
from profiles.states import Role
from profiles.words import CAPABILITY_WORDS, ROLE_WORDS


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "access-matrix.md"
        text = matrix()
        if options["check"]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                raise CommandError("docs/access-matrix.md is stale. Run manage.py access_matrix.")
            return
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is written.")


def matrix() -> str:
    """The page, in English."""
    roles = list(Role)
    lines = [
        "# Who may do what",
        "",
        "Written by `manage.py access_matrix` from `profiles/rules/roles.py`; edit that file, then run the command.",
        "",
        "- **all**: over every student of the school or district the role is held at.",
        "- **own**: over the students one is related to: oneself, one's children once the school has checked the",
        "  relation, one's sections of this school year, one's caseload, those who asked one to assess.",
        "",
        "| | " + " | ".join(str(ROLE_WORDS[role]) for role in roles) + " |",
        "| --- |" + " --- |" * len(roles),
    ]
    lines += [
        f"| {CAPABILITY_WORDS[capability]} | " + " | ".join(_cell(role, capability) for role in roles) + " |"
        for capability in Capability
    ]
    at_school = ", ".join(str(ROLE_WORDS[role]) for role in roles if role in SCHOOL_ROLES)
    lines += [
        "",
        f"Held at a school or in the whole district: {at_school}. Administrators hold theirs in the whole district.",
        "Students come from the roster, families from relations that somebody at the school has checked.",
        "",
    ]
    return "\n".join(lines)


def _cell(role: Role, capability: Capability) -> str:
    if capability in SCOPE_CAPABILITIES[role]:
        return "all"
    return "own" if capability in OWN_CAPABILITIES[role] else ""
