#!/usr/bin/env python
"""Django's commands. Without ``DATABASE_URL`` they use the clone's embedded servers."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mbl.settings")
    try:
        from django.core.management import execute_from_command_line

        from mbl.services.commands import servers_for
        from mbl.services.places import Refused
    except ImportError as missing:
        sys.exit(f"{missing}. Build .venv with `make venv`, then run .venv/bin/python manage.py.")
    try:
        with servers_for(sys.argv):
            execute_from_command_line(sys.argv)
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(refusal.exit_code)


if __name__ == "__main__":
    main()
