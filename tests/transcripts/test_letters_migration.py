"""Letters that were confirmed in two places come together in the district's table, and can go back."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from crediting.queries.catalog import confirmed_letters
from crediting.rules.designations import USUAL, Letter
from mbl.core.models import District
from tests.factories.core import make_district
from transcripts.models import TranscriptTemplate
from transcripts.rules.template import DEFAULT_TERMS

pytestmark = pytest.mark.django_db
migration: Any = import_module("transcripts.migrations.0003_letters_of_the_district")


def template(district: District, *rows: tuple[str, str, bool]) -> None:
    letters = [{"letter": letter, "meaning": meaning, "confirmed": yes} for letter, meaning, yes in rows]
    TranscriptTemplate.objects.create(
        district=district,
        code="own",
        version=1,
        terms={**DEFAULT_TERMS, "designations": letters},
        effective_from="2026-01-01",
    )


def test_what_either_place_had_is_in_the_table() -> None:
    both = make_district(settings={"designations": {"confirmed": ["L", "H"], "mastery": "L"}})
    template(both, ("L", "Local competency", True), ("", "Honors", False), ("B", "College", True))
    untouched = make_district()
    template(untouched, ("B", "College", True))

    migration.gather(apps, None)

    letters = confirmed_letters(District.objects.get(pk=both.pk))
    assert letters.table == (Letter("B", "College"), Letter("H", "H"), Letter("L", "Local competency"))
    assert letters.mastery == "L"
    assert confirmed_letters(District.objects.get(pk=untouched.pk)) == USUAL
    migration.give_back(apps, None)
    assert District.objects.get(pk=both.pk).settings["designations"] == {"confirmed": ["B", "H", "L"], "mastery": "L"}
