"""Rosters to change in a test: a copy of ours, and a way to rewrite one of its files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mbl.core.models import District
from tests.factories.core import make_district

OURS = Path(__file__).resolve().parents[2] / "fixtures" / "oneroster" / "cedar-falls"
Rewrite = Callable[[str, Callable[[str], str]], None]


@pytest.fixture
def district(db: None) -> District:
    """Cedar Falls, with a second district beside it that no roster may touch."""
    make_district("Southport", code="southport")
    return make_district("Cedar Falls", code="cedar-falls", state_code="01999")


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A copy of our own roster."""
    folder = tmp_path / "roster"
    shutil.copytree(OURS, folder)
    return folder


@pytest.fixture
def rewrite(roster: Path) -> Rewrite:
    """``rewrite("users", lambda text: …)`` changes one file of the copy."""

    def change(kind: str, edit: Callable[[str], str]) -> None:
        path = roster / f"{kind}.csv"
        path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")

    return change
