"""Draws a page as a tagged PDF (PDF/UA-1). WeasyPrint is imported here and nowhere else, and only when it draws.

The same page gives the same bytes: dates and identifier come from the document, fonts from our own files, and nothing
is fetched. Letters that our fonts lack are taken from the machine's.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

FONTS = Path(settings.BASE_DIR) / "static" / "fonts" / "pdf"


@dataclass(frozen=True)
class Pdf:
    """A finished file."""

    data: bytes
    pages: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def draw(html: str, stylesheet: str, *, identifier: uuid.UUID | None = None) -> Pdf:
    """``html`` as a file, styled by the template ``stylesheet`` (``pdf/transcript.css``).

    The page names its own language and title. ``identifier`` makes the file's own id stable.
    """
    from weasyprint import HTML

    engine = _engine(stylesheet)
    with _no_collection():
        drawn = HTML(string=html, url_fetcher=engine.fetch).render(
            font_config=engine.fonts, stylesheets=[engine.stylesheet], pdf_variant="pdf/ua-1"
        )
        data = drawn.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.bytes if identifier else None)
    return Pdf(data, len(drawn.pages))


@contextmanager
def _no_collection() -> Iterator[None]:
    """The engine makes half a million objects and drops them together; looking for garbage in between costs a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True)
class _Engine:
    """What every document of one stylesheet shares, read once in a process: fonts and the parsed stylesheet."""

    fonts: Any
    stylesheet: Any
    fetch: Any


@cache
def _engine(stylesheet: str) -> _Engine:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    names = frozenset(path.name for path in FONTS.glob("*.ttf"))

    class OwnFonts(URLFetcher):  # type: ignore[misc]  # untyped base
        """Gives out our font files by name and refuses every other address: a document fetches nothing."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix("font:")
            if name == url or name not in names:
                raise ValueError(f"A document may not fetch {url}.")
            return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/ttf"})

    fetch = OwnFonts()
    fonts = FontConfiguration()
    return _Engine(fonts, CSS(string=render_to_string(stylesheet), font_config=fonts, url_fetcher=fetch), fetch)


# Fonts must be given back before the interpreter takes the libraries away.
atexit.register(_engine.cache_clear)
