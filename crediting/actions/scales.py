"""Scales of mastery: any number of levels, in the district's own words. A change of levels is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crediting.models import Scale, ScaleLevel
from crediting.verbs.policies import ScaleCreated
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User
from mbl.core.words import visible

MAX_LEVELS = 20


@dataclass(frozen=True)
class Level:
    """One level; ``code`` is what policies name. ``translations``: by language code, ``word`` and ``description``."""

    code: str
    word: str
    description: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# What a district starts with where it has no scale of its own.
DEFAULT_CODE = "mastery"
DEFAULT_NAME = "Mastery"
DEFAULT_LEVELS = (
    Level(
        "beginning",
        "Beginning",
        "Shows parts of the standard with help.",
        {"es": {"word": "Inicial", "description": "Muestra partes del estándar con ayuda."}},
    ),
    Level(
        "developing",
        "Developing",
        "Shows most of the standard, with gaps or in familiar situations only.",
        {
            "es": {
                "word": "En desarrollo",
                "description": "Muestra la mayor parte del estándar, con vacíos o solo en situaciones conocidas.",
            }
        },
    ),
    Level(
        "proficient",
        "Proficient",
        "Shows the whole standard on their own, also in a new situation.",
        {
            "es": {
                "word": "Competente",
                "description": "Muestra todo el estándar sin ayuda, también en una situación nueva.",
            }
        },
    ),
    Level(
        "extending",
        "Extending",
        "Goes beyond the standard: connects it, explains it to others or makes something new with it.",
        {
            "es": {
                "word": "Avanzado",
                "description": "Va más allá del estándar: lo conecta, lo explica a otros o crea algo nuevo con él.",
            }
        },
    ),
)


def create_default_scale(district: District, *, actor: User | None) -> Scale:
    """The four-level scale that most districts begin with; the one that is there, where it is."""
    return create_scale(district, code=DEFAULT_CODE, name=DEFAULT_NAME, levels=DEFAULT_LEVELS, actor=actor)


@transaction.atomic
def create_scale(district: District, *, code: str, name: str, levels: Sequence[Level], actor: User | None) -> Scale:
    """A scale with ``levels``, lowest first. The same levels again answer the newest version; others are a new one."""
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    _refuse_faulty(levels)
    newest = Scale.objects.filter(district=district, code=code).order_by("-version").first()
    if newest is not None and _levels_of(newest) == [_as_row(level) for level in levels]:
        return newest
    version = (Scale.objects.filter(district=district, code=code).aggregate(last=Max("version"))["last"] or 0) + 1
    scale = Scale.objects.create(district=district, code=code, name=name.strip() or code, version=version)
    ScaleLevel.objects.bulk_create(
        ScaleLevel(
            scale=scale,
            position=position,
            code=level.code,
            word=level.word,
            description=level.description,
            translations={language: dict(words) for language, words in level.translations.items()},
        )
        for position, level in enumerate(levels, start=1)
    )
    audit.record(
        ScaleCreated(version=version, levels=", ".join(level.word for level in levels)),
        actor=actor,
        district=district,
        target=scale,
    )
    return scale


def _refuse_faulty(levels: Sequence[Level]) -> None:
    if not 2 <= len(levels) <= MAX_LEVELS:
        raise DomainError(_("A scale has from 2 to %(most)d levels.") % {"most": MAX_LEVELS}, field="levels")
    if len({level.code for level in levels}) < len(levels):
        raise DomainError(_("Each level needs a code of its own."), field="levels")
    if any(not visible(level.word) or not level.code.strip() for level in levels):
        raise DomainError(_("Each level needs a code and a word."), field="levels")


def _as_row(level: Level) -> tuple[str, str, str, dict[str, dict[str, str]]]:
    translations = {language: dict(words) for language, words in level.translations.items()}
    return (level.code, level.word, level.description, translations)


def _levels_of(scale: Scale) -> list[tuple[str, str, str, dict[str, dict[str, str]]]]:
    return list(scale.levels.order_by("position").values_list("code", "word", "description", "translations"))
