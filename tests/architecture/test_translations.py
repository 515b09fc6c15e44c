"""Every sentence of the product is in the Spanish catalog, and somebody has translated it."""

import ast
import shutil
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.core.management import call_command

from mbl.services.preflight import on_ci

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("mbl", "profiles", "crediting", "hsbp", "transcripts", "equity", "templates")
CATALOG = polib.pofile(str(ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"))
COLLECT = "Run `make messages`, then translate in locale/es/LC_MESSAGES/django.po."


def keys(catalog: polib.POFile) -> set[tuple[str | None, str, str]]:
    """Context, sentence and plural of each entry in use."""
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalog if not entry.obsolete}


def forms(entry: polib.POEntry) -> Iterator[str]:
    """Every translation of a sentence: one, or one per plural form."""
    yield from entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_has_a_translation_that_somebody_wrote() -> None:
    guessed = [entry.msgid for entry in CATALOG.fuzzy_entries()]
    missing = [entry.msgid for entry in CATALOG.untranslated_entries()]

    assert (guessed, missing) == ([], []), COLLECT


def test_a_translation_fills_in_only_what_the_code_gives_it() -> None:
    """A name in braces that is misspelt raises an error where the sentence is read; gettext does not look."""
    wrong = []
    for entry in CATALOG:
        if "python-brace-format" in entry.flags:
            given = braces(entry.msgid)
            wrong += [text for text in forms(entry) if braces(text) != given]

    assert wrong == []


def test_gettext_has_no_name_under_which_collecting_misses_its_sentences() -> None:
    """Collecting goes by names: what is imported as anything but ``_`` stays English without a word."""
    hidden = [
        f"{path.relative_to(ROOT)}: {name.asname}"
        for source in SOURCES
        for path in (ROOT / source).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname not in (None, "_")
    ]

    assert hidden == []


def braces(text: str) -> set[str | None]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


@pytest.fixture
def collected(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> polib.POFile:
    """The sentences of the code as it is now, read from a copy because collecting writes beside the templates."""
    if shutil.which("xgettext") is None:
        sentence = "gettext is not installed, so nothing was collected (Debian: apt-get install gettext)."
        pytest.fail(sentence) if on_ci() else pytest.skip(sentence)
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "data", "vendor"))
    (tmp_path / "locale").mkdir()
    settings.LOCALE_PATHS = [str(tmp_path / "locale")]
    monkeypatch.chdir(tmp_path)
    call_command("makemessages", locale=["es"], keep_pot=True, no_location=True, verbosity=0)
    return polib.pofile(str(tmp_path / "locale" / "django.pot"))


def test_every_sentence_of_the_code_is_in_the_catalog(collected: polib.POFile) -> None:
    missing = sorted(sentence for _context, sentence, _plural in keys(collected) - keys(CATALOG))

    assert len(keys(collected)) > 1000
    assert missing == [], COLLECT
