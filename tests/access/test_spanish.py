"""What students, families and visitors meet is in Spanish for whoever reads Spanish: every page of the matrix.

A text that reads the same in both languages must come from the data of the test. Whatever else does was written
into a page without gettext.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse

from mbl.core.models import User
from tests.access.matrix import all_rows
from tests.personas import Persona, Personas

# For those who build pages and programs.
BUILDERS = ("core:styleguide", "core:styleguide-shell", "api:reference")
# The same in both languages: names, keys, Roman numerals.
SAME = {"English", "Español", "Plan", "Enter", "Esc", "iii", "viii"}
WORD = re.compile(r"\b[^\W\d_]*[a-z][^\W\d_]+\b")
CODE = re.compile(r"[a-z_-]+")
ADDRESS = re.compile(r"https?://\S+")
HEXADECIMAL = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16}…")
VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
READ_ALOUD = ("alt", "aria-label", "placeholder", "title")
ROWS = [
    row
    for row in all_rows()
    if row.method == "GET"
    and row.route not in BUILDERS
    and 200 in (row.expected["student"], row.expected["family"], row.expected["anonymous"])
]


class Texts(HTMLParser):
    """Everything on a page that is read, or read aloud; parts that say they are in another language are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        foreign = tag != "html" and any(name == "lang" for name, _value in attrs)
        silent = self._is_silent or foreign or tag in ("script", "style")
        if tag not in VOID:
            self._open.append((tag, silent))
        if not silent:
            self._add(*(value for name, value in attrs if name in READ_ALOUD and value))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self._add(data)

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _add(self, *texts: str) -> None:
        self.found.update(filter(None, (" ".join(text.split()) for text in texts)))


def texts_of(source: str) -> set[str]:
    reader = Texts()
    reader.feed(source)
    return reader.found


def data() -> list[str]:
    """What people and files wrote, longest first. A word in small letters is a code, which no page prints."""
    found: set[str] = set()
    for model in apps.get_models():
        fields = [one.name for one in model._meta.concrete_fields if isinstance(one, CharField | TextField | JSONField)]
        found.update(strings(list(model._default_manager.values_list(*fields)) if fields else None))
    return sorted((text for text in found if text and not CODE.fullmatch(text)), key=len, reverse=True)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def left_over(text: str, known: list[str]) -> list[str]:
    """The words of ``text`` that no data holds."""
    text = HEXADECIMAL.sub(" ", ADDRESS.sub(" ", text))
    for one in known:
        text = text.replace(one, " ")
    return [word for word in WORD.findall(text) if len(word) > 2 and word not in SAME]


def read(browser: Client, persona: Persona, address: str, language: str) -> set[str]:
    """The texts of a page for somebody who chose ``language``; none of what is no page."""
    if persona.account:
        User.objects.filter(pk=persona.account.pk).update(language=language)
    cache.clear()
    answer: Any = browser.get(address, headers={"accept-language": language})
    is_page = not answer.streaming and answer.headers["Content-Type"].startswith("text/html")
    return {text for text in texts_of(answer.text) if left_over(text, [])} if is_page else set()


@pytest.mark.parametrize("app", sorted({row.app for row in ROWS}))
def test_what_families_read_is_written_in_spanish(app: str, personas: Personas) -> None:
    english: dict[str, set[str]] = {}
    for row in (row for row in ROWS if row.app == app):
        readers = [getattr(personas, name) for name in ("student", "family") if row.expected[name] == 200]
        for persona in readers or [personas.anonymous]:
            browser = persona.client()
            with transaction.atomic():
                address = reverse(row.route, kwargs=dict(row.arguments(personas))) + row.query
                spanish, plain = (read(browser, persona, address, language) for language in ("es", "en"))
                known = data() if spanish & plain else []
                transaction.set_rollback(True)
            for text in spanish & plain:
                if left_over(text, known):
                    english.setdefault(text, set()).add(f"{row.route} as {persona.name}")
    assert english == {}, "text: where it is read"
