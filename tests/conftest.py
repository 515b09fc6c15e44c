"""What every test may use. Personas and factories are in their own modules."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation

from mbl.services.preflight import on_ci
from tests.personas import Personas, make_personas

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits count in the cache; no test inherits another's counts."""
    cache.clear()
    yield


@pytest.fixture(autouse=True)
def _own_language_and_clock() -> None:
    """A page answered in Spanish, or by a district's clock, leaves both behind in its thread."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()


@pytest.fixture
def personas(db: None) -> Personas:
    """One person of each role in one district, and strangers from another."""
    return make_personas()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public sample files, beside the project or where ``MBL_SHARED_DATA`` says; not part of it."""
    folder = Path(os.environ.get("MBL_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if folder.is_dir():
        return folder
    sentence = f"The sample files are not at {folder}; set MBL_SHARED_DATA to their folder."
    if on_ci():
        pytest.fail(sentence)
    pytest.skip(sentence)
