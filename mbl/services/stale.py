"""Finds generated files that no longer match their source. A new generated file adds its command to the list."""

import subprocess
import sys

from mbl.services.places import ROOT

MANAGE = (sys.executable, "manage.py")
COMMANDS: list[tuple[str, ...]] = [
    (*MANAGE, "makemigrations", "--check", "--dry-run"),
    (*MANAGE, "rules", "--check"),
    (*MANAGE, "access_matrix", "--check"),
    (*MANAGE, "policy_schema", "--check"),
    (*MANAGE, "check_styles"),
]


def main() -> int:
    """Run them all, so that one run names everything; 1 when any found something."""
    failed = [command for command in COMMANDS if subprocess.run(command, cwd=ROOT, check=False).returncode]
    for command in failed:
        print(f"stale: {' '.join(command[1:])}", file=sys.stderr)
    return 1 if failed else 0
