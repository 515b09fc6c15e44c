"""The technician's page and the product agree; production settings are sound."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
NAME = re.compile(r"[A-Z][A-Z0-9_]{3,}")
READERS = {"text", "flag", "integer", "words", "folder", "optional_folder", "storage", "database"}


def variables() -> Iterator[str]:
    """The environment variables that the settings read: first arguments of ``env``'s readers, and the folder's."""
    for name in ("settings.py", "env.py"):
        for node in ast.walk(ast.parse((ROOT / "mbl" / name).read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            reader = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            count = {"storage": 2}.get(reader, 1) if reader in READERS else 0
            for argument in node.args[:count]:
                if isinstance(argument, ast.Constant) and NAME.fullmatch(str(argument.value)):
                    yield str(argument.value)


ALL = sorted({*variables(), "DATABASE_URL"})


def test_the_variables_are_found() -> None:
    assert {"SECRET_KEY", "EVIDENCE_STORAGE", "EVIDENCE_DIR", "DATABASE_CONN_MAX_AGE", "HTTPS"} <= set(ALL)
    assert len(ALL) > 25


@pytest.mark.parametrize("name", ALL)
def test_every_variable_has_its_row_and_its_line_in_the_example(name: str) -> None:
    table = PAGE[PAGE.index("## Settings") : PAGE.index("## The first district")]

    assert re.search(rf"^\|[^|]*`{name}`[^|]*\|", table, re.MULTILINE), f"{name} has no row in docs/operations.md"
    assert re.search(rf"^#? ?{name}=", EXAMPLE, re.MULTILINE), f"{name} is not in .env.example"


def test_no_row_and_no_line_is_about_a_variable_that_is_not_read() -> None:
    table = PAGE[PAGE.index("## Settings") : PAGE.index("## The first district")]
    rows = {
        name for row in re.findall(r"^\|([^|]*)\|", table, re.MULTILINE) for name in re.findall(r"`([A-Z_]+)`", row)
    }
    lines = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))

    assert rows == set(ALL)
    # The database container's own, and those that boto3 reads.
    assert lines - set(ALL) == {"POSTGRES_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def test_every_command_on_the_page_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", PAGE))

    assert {"backup", "restore", "create_district", "migrate", "check", "collectstatic"} <= named
    assert named <= set(get_commands())


def test_every_metric_is_on_the_page() -> None:
    source = (ROOT / "mbl" / "core" / "metrics.py").read_text(encoding="utf-8")
    for name in re.findall(r'"(mbl_[a-z_]+)"', source):
        assert name in PAGE, name


@pytest.mark.parametrize("page", ["operations.md"])
def test_its_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    """``manage.py check --deploy`` with nothing but a production environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "SECRET_KEY": "Vr8oXWJ2kq-0tYp7sLhZ3cGdN5bMfA9eUiR4wQxT6yKvBnPm1jHg",
        "ALLOWED_HOSTS": "credit.example.org",
        "PUBLIC_URL": "https://credit.example.org",
        "HTTPS": "1",
        "BEHIND_PROXY": "1",
        "TRUSTED_PROXIES": "1",
        "EMAIL_HOST": "smtp.example.org",
        "DATABASE_URL": "postgresql://mbl:password@127.0.0.1:1/mbl",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "METRICS_TOKEN": "0123456789-0123456789",
    } | changes
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_production_settings_are_sound() -> None:
    run = check()

    assert run.returncode == 0, run.stderr
    assert "no issues (1 silenced)" in run.stdout + run.stderr  # guardian.W001, with its reason in the settings


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": "secret"}, "SECRET_KEY is short"),
        ({"PUBLIC_URL": "http://credit.example.org"}, "Pages are served over https, but PUBLIC_URL is http://"),
        ({"DEMO_MODE": "1"}, "DEMO_MODE=1 lets anyone sign in as anyone"),
        ({"DEBUG": "1"}, "DEBUG=1 shows students' data"),
        ({"TRUSTED_PROXIES": "0"}, "rate limits would count the proxy as one visitor"),
        ({"EMAIL_HOST": ""}, "No mail leaves this server"),
        ({"DATABASE_URL": "mysql://x"}, "Only postgresql:// is supported."),
        ({"EVIDENCE_STORAGE": "http://x"}, "EVIDENCE_STORAGE is not an address of an object store."),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN is short"),
        ({"MAX_UPLOAD_MB": "lots"}, "MAX_UPLOAD_MB is 'lots'. Set it to a whole number."),
        ({"HTTPS": "maybe"}, "HTTPS is 'maybe'. Set it to 1 or 0."),
    ],
)
def test_what_is_not_sound_is_said_in_a_sentence(changes: dict[str, str], sentence: str) -> None:
    run = check(**changes)

    assert run.returncode != 0
    assert sentence in run.stderr
