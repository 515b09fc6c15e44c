"""The district confirms its letters once, and catalog, record and transcript follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from crediting.actions.designations import confirm_letters
from crediting.queries.catalog import confirmed_letters
from crediting.rules.designations import USUAL, Letter
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, District
from tests.factories.core import make_district
from tests.personas import Personas

pytestmark = pytest.mark.django_db
TABLE = [Letter("B", "College entrance"), Letter("L", "Local competency", 2026)]


def letters(district: District) -> object:
    return confirmed_letters(District.objects.get(pk=district.pk))


@pytest.mark.rule("T26", partial=True)
def test_what_is_confirmed_is_written_once_with_who_did_it(personas: Personas) -> None:
    actor = personas.administrator.user
    for _again in range(2):
        confirmed = confirm_letters(personas.district, TABLE, mastery="L", actor=actor)
    assert letters(personas.district) == confirmed
    assert letters(personas.other_district) == USUAL
    event = AuditEvent.objects.get(verb="crediting.designations.confirmed")
    assert (event.actor, event.payload["after"]) == (
        actor, "B - College entrance; L 2026- Local competency; local competency: L",
    )  # fmt: skip


def test_a_table_that_cannot_be_changes_nothing(personas: Personas) -> None:
    with pytest.raises(DomainError, match="is not in the table"):
        confirm_letters(personas.district, TABLE, mastery="N", actor=None)
    assert letters(personas.district) == USUAL


def test_the_table_comes_from_a_file(tmp_path: Path) -> None:
    district = make_district()
    path = tmp_path / "letters.toml"
    path.write_text('mastery = "L"\n[[letter]]\nletter = "L"\nmeaning = "Local competency"\nfirst_year = 2026\n')
    call_command("confirm_designations", str(path), "--district", district.code)
    assert letters(district) == confirm_letters(
        district, [Letter("L", "Local competency", 2026)], mastery="L", actor=None
    )
    for broken in ("[[letter]]\nname = 1\n", "mastery = [", '[[letter]]\nletter = "l"\nmeaning = "x"\n'):
        path.write_text(broken)
        with pytest.raises(CommandError):
            call_command("confirm_designations", str(path), "--district", district.code)
