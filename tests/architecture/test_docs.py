"""What the documents point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)|<img src=\"([^\"]+)\"")
CODE_PATH = re.compile(
    r"`((?:bench|crediting|docs|equity|hsbp|mbl|profiles|scripts|templates|tests|transcripts)/[\w./-]*)`"
)
# Written by a command when somebody asks for it.
MADE = {"docs/rules.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [link or image for link, image in LINK.findall(text) if not re.match(r"[a-z]+:", link)]

    missing = [target for target in targets if not (page.parent / target).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_paths_named_in_documents_exist(page: Path) -> None:
    named = set(CODE_PATH.findall(page.read_text(encoding="utf-8"))) - MADE

    assert sorted(name for name in named if not (ROOT / name).exists()) == []
