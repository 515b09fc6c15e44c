"""Levels of a district's scale as they are drawn and said: a mark, and the district's word in the reader's language.

``ScaleLevel.translations`` holds ``{"es": {"word": "Competente", "description": "…"}}``.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Subquery
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from crediting.models import Scale, ScaleLevel
from mbl.core.errors import DomainError
from mbl.core.models import District
from mbl.core.ui.levels import DrawnLevel, mark


def word_of(level: ScaleLevel) -> str:
    """The level's word in the reader's language, else in the district's."""
    return _translated(level, "word") or level.word


def words_of(level: ScaleLevel) -> dict[str, str]:
    """The level's word in every language it has one in."""
    return {
        language: str(said["word"])
        for language, said in level.translations.items()
        if isinstance(said, dict) and said.get("word")
    }


def description_of(level: ScaleLevel) -> str:
    return _translated(level, "description") or level.description


def _translated(level: ScaleLevel, name: str) -> str:
    said = level.translations.get(get_language() or "", {})
    return str(said.get(name, "")) if isinstance(said, dict) else ""


def drawn(position: int, length: int, word: str) -> DrawnLevel:
    """The mark of a level; ``position`` counts from 1 at the lowest of ``length``."""
    return DrawnLevel(position, word, *mark(position, length))


def drawn_levels(levels: Collection[ScaleLevel]) -> dict[int, DrawnLevel]:
    """Every level of a scale, drawn, by its primary key."""
    return {level.pk: drawn(level.position, len(levels), word_of(level)) for level in levels}


def usual_levels(district: District, code: str = "") -> tuple[ScaleLevel, ...]:
    """The levels of the newest version of the scale ``code``, or of the district's first one. ``DomainError`` where
    there is none."""
    scales = Scale.objects.filter(district=district).order_by("code", "-version")
    newest = (scales.filter(code=code) if code else scales).values("pk")[:1]
    levels = tuple(ScaleLevel.objects.filter(scale=Subquery(newest)).select_related("scale").order_by("position"))
    if not levels:
        raise DomainError(_("Your district has not set up its levels yet, so nothing can be judged."))
    return levels


def not_yet() -> DrawnLevel:
    """Work that nobody has judged."""
    return DrawnLevel(0, pgettext("level", "Not assessed yet"), "dash", "0")
