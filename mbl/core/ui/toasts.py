"""Say that something is done, with the way back: "Plan returned to the student. Undo"."""

from django.contrib import messages
from django.http import HttpRequest

from mbl.core.ui.text import Text


def done(request: HttpRequest, sentence: Text, *, undo: str = "") -> None:
    """Show ``sentence`` on the next page; ``undo`` is the address a POST to which writes the reversing record."""
    messages.success(request, str(sentence), extra_tags=undo)
