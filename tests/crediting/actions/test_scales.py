"""Scales of mastery: any number of levels, in two languages, each change a version."""

from __future__ import annotations

import pytest

from crediting.actions.scales import DEFAULT_LEVELS, Level, create_default_scale, create_scale
from crediting.models import Scale
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def test_the_usual_scale_has_four_levels_in_two_languages_and_is_made_once(personas: Personas) -> None:
    scale = create_default_scale(personas.district, actor=personas.administrator.user)
    assert create_default_scale(personas.district, actor=None) == scale
    levels = scale.levels.order_by("position")
    assert [level.word for level in levels] == ["Beginning", "Developing", "Proficient", "Extending"]
    assert [level.translations["es"]["word"] for level in levels] == [
        "Inicial",
        "En desarrollo",
        "Competente",
        "Avanzado",
    ]
    assert AuditEvent.objects.filter(verb="crediting.scale.created").count() == 1


@pytest.mark.parametrize("count", [2, 3, 7, 20])
def test_a_scale_may_have_any_number_of_levels(personas: Personas, count: int) -> None:
    levels = [Level(f"l{number}", f"Level {number}") for number in range(count)]
    scale = create_scale(personas.district, code="own", name="Own", levels=levels, actor=None)
    assert list(scale.levels.values_list("position", flat=True)) == list(range(1, count + 1))


def test_other_levels_are_a_new_version_and_the_old_one_stays(personas: Personas) -> None:
    first = create_default_scale(personas.district, actor=None)
    second = create_scale(personas.district, code="mastery", name="Mastery", levels=DEFAULT_LEVELS[1:], actor=None)
    assert (first.version, second.version) == (1, 2)
    assert Scale.objects.get(pk=first.pk).levels.count() == 4


@pytest.mark.parametrize(
    "levels",
    [
        [Level("one", "One")],
        [Level(f"l{number}", "x") for number in range(21)],
        [Level("one", "One"), Level("one", "Two")],
        [Level("one", "One"), Level("two", " ")],
    ],
)
def test_a_scale_that_makes_no_sense_is_refused(personas: Personas, levels: list[Level]) -> None:
    with pytest.raises(DomainError):
        create_scale(personas.district, code="own", name="Own", levels=levels, actor=None)
