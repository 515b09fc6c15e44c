"""What a district chose about averages: a typed reader of ``District.settings`` with its defaults."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from mbl.core.errors import DomainError
from mbl.core.models import District
from transcripts.rules.gpa import Retake

PLACES = (2, 3)


@dataclass(frozen=True)
class GpaChoices:
    """``gpa_places`` (3, or 2) and ``retake_policy`` (``highest``, or ``all``)."""

    places: int
    retake: Retake


def gpa_choices(district: District) -> GpaChoices:
    """The district's choices. ``DomainError`` for a value that is none: a wrong average must not print."""
    places = district.settings.get("gpa_places", settings.GPA_PLACES)
    if places not in PLACES or isinstance(places, bool):
        raise DomainError(
            _("The district's setting “gpa_places” is %(value)s. It can be 2 or 3. An administrator can change it.")
            % {"value": places}
        )
    retake = district.settings.get("retake_policy", Retake.HIGHEST)
    if retake not in set(Retake):
        raise DomainError(
            _(
                "The district's setting “retake_policy” is %(value)s. It can be “highest” or “all”. "
                "An administrator can change it."
            )
            % {"value": retake}
        )
    return GpaChoices(places, Retake(retake))
