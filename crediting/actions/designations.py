"""The designation letters that a district has confirmed from the state's guidance, by school year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from crediting.queries.catalog import LETTERS_SETTING, confirmed_letters
from crediting.rules.designations import Letter, Letters, problem
from crediting.verbs.decisions import DesignationsConfirmed
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.models import District, User


@transaction.atomic
def confirm_letters(district: District, table: Sequence[Letter], *, mastery: str = "", actor: User | None) -> Letters:
    """``table`` is the district's from now on, whole; issued transcripts keep what they printed."""
    district = District.objects.select_for_update().get(pk=district.pk)
    if found := problem(table, mastery):
        code, letter = found
        raise DomainError(_sentence(code) % {"letter": letter[:10]})
    before, after = confirmed_letters(district), Letters(tuple(table), mastery)
    if after == before:
        return after
    stored = {"letters": [asdict(one) for one in table], "mastery": mastery}
    district.settings = {**district.settings, LETTERS_SETTING: stored}
    district.save(update_fields=["settings"])
    audit.record(
        DesignationsConfirmed(before=_told(before), after=_told(after)), actor=actor, district=district, target=district
    )
    return after


def _sentence(code: str) -> str:
    return {
        "shape": _("“%(letter)s” is no designation. Write one to three capital letters."),
        "meaning": _("Say what the letter %(letter)s means, in at most 120 characters."),
        "years": _("The last school year of the letter %(letter)s is before its first one."),
        "twice": _("The letter %(letter)s stands here twice for the same school years."),
        "mastery": _("The letter %(letter)s for local competency is not in the table."),
    }[code]


def _told(letters: Letters) -> str:
    rows = [f"{one.letter} {one.first_year or ''}-{one.last_year or ''} {one.meaning}" for one in letters.table]
    return "; ".join([*rows, f"local competency: {letters.mastery or '–'}"])
