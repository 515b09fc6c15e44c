"""Servers of a test's own, beside those of the run."""

import itertools
import os
import subprocess
from collections.abc import Iterator, Mapping

import pytest

from mbl.services.places import Places
from mbl.services.postgres import Postgres

# What the test run, or a person, sets; a bare machine has none of it.
GIVEN = (
    *("DATABASE_URL", "REDIS_URL", "MBL_VAR", "HOST", "PORT", "ALLOWED_HOSTS", "DEMO_MODE", "SECRET_KEY"),
    *("DJANGO_SETTINGS_MODULE", "PUBLIC_URL"),
)
_numbers = itertools.count()


@pytest.fixture
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a bare machine: no server is given."""
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def places(no_addresses: None) -> Iterator[Places]:
    """A place of the test's own, beside that of the run: nobody, as whom root's PostgreSQL runs, can reach it."""
    places = Places(Places.of_test_run(os.getpid()).var / f"own-{next(_numbers)}" / "dev")
    places.create()
    yield places
    places.remove()


def without_addresses(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a bare machine, for a process to start."""
    return {name: value for name, value in environ.items() if name not in GIVEN}


def ask(postgres: Postgres, statement: str) -> str:
    """Run one statement with psql and return what it prints."""
    answer = subprocess.run(
        [postgres.programs / "psql", "-X", "-At", "-h", postgres.sockets, "-U", "postgres", "-c", statement, "app"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.strip()
