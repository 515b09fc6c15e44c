"""A transcript as a file: tagged, titled, in its own language (T10, T11). The same facts give the same bytes."""

from __future__ import annotations

import uuid

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from mbl.core.pdf import Pdf, draw
from transcripts.documents.standard import Printed


def render(document: Printed, *, created: str = "", identifier: uuid.UUID | None = None) -> Pdf:
    """The document as a file. ``created`` is an ISO date and time; ``identifier`` makes the file's own id stable.

    A document that was not issued carries the word UNOFFICIAL across every page (T10).
    """
    return draw(html_of(document, created), "pdf/transcript.css", identifier=identifier)


def html_of(document: Printed, created: str = "") -> str:
    """The page the engine reads, in the document's own language."""
    with translation.override(document.language):
        title = (
            _("Transcript %(number)s") % {"number": document.issue.number}
            if document.issue
            else _("Unofficial transcript")
        )
        return render_to_string("pdf/transcript.html", {"doc": document, "title": title, "created": created})
