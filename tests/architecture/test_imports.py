"""Who may import whom; the contracts stand in ``pyproject.toml`` with their reasons."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def test_every_contract_is_kept() -> None:
    run = subprocess.run([LINT, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout[run.stdout.find("Contracts\n") :]


@pytest.mark.parametrize("app", ["profiles", "crediting", "hsbp", "transcripts", "equity"])
def test_rules_load_without_django(app: str) -> None:
    """In a fresh interpreter, so that nobody else's import hides it."""
    code = f"""
import importlib, pkgutil, sys
import {app}.rules
for module in pkgutil.walk_packages({app}.rules.__path__, "{app}.rules."):
    importlib.import_module(module.name)
print(sorted(name for name in ("django", "celery", "weasyprint") if name in sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
