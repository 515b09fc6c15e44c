"""Anchor samples: copies without names, with consent, versioned and retired, never deleted."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from crediting.actions.anchors import retire_anchor
from crediting.models import Anchor
from crediting.queries.anchors import anchors_beside
from mbl.core.errors import DomainError, NotAllowed
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_evidence, make_ground
from tests.factories.moderation import make_sample, make_session
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def beside(ground: Ground) -> list[str]:
    found = anchors_beside(ground.scale, ground.scale.levels.all(), ground.standards)
    return [line.anchor.title for lines in found.values() for line in lines]


def test_a_sample_stands_beside_the_rubric_of_its_standard(personas: Personas, ground: Ground) -> None:
    recorded = Recorded()
    sample = make_sample(personas, ground)
    make_sample(personas, ground, "extending", title="Beyond it")
    assert beside(ground) == ["A proficient proof", "Beyond it"] and sample.version == 1
    assert recorded.verbs == ["crediting.anchor.made"] * 2
    other = make_ground(personas.other_school)
    assert beside(other) == []


def test_sending_the_form_twice_keeps_one(personas: Personas, ground: Ground) -> None:
    key = uuid4()
    assert make_sample(personas, ground, key=key).pk == make_sample(personas, ground, key=key).pk


def test_a_students_work_is_copied_with_consent_and_without_names(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    name = personas.student.person.display_name.split()[0]
    with pytest.raises(DomainError, match="who agreed"):
        make_sample(personas, ground, source=evidence)
    with pytest.raises(DomainError, match=f"still has a name of the student: {name.lower()}"):
        make_sample(personas, ground, source=evidence, consent="Student, 3 May", body=f"By {name}: angles are equal.")
    with pytest.raises(DomainError, match="Take every name out first"):
        make_sample(personas, ground, source=evidence, consent="Student, 3 May", names_removed=False)
    sample = make_sample(personas, ground, source=evidence, consent="The student and the mother, 3 May")
    assert sample.source == evidence and sample.made_by == personas.credit_manager.user


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": " "}, "a title that tells no name"),
        ({"reason": ""}, "why it is at this level"),
        ({"body": ""}, "choose its file"),
    ],
)
def test_what_a_sample_needs(personas: Personas, ground: Ground, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(DomainError, match=said):
        make_sample(personas, ground, **fields)


def test_only_those_who_decide_credit_keep_samples(personas: Personas, ground: Ground) -> None:
    for persona in (personas.teacher, personas.administrator, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            make_sample(personas, ground, actor=persona.user)


def test_a_new_version_retires_the_one_before_and_both_stay(personas: Personas, ground: Ground) -> None:
    first = make_sample(personas, ground)
    second = make_sample(personas, ground, replaces=first, title="A clearer proof")
    first.refresh_from_db()
    assert second.version == 2 and first.retired_at is not None and beside(ground) == ["A clearer proof"]
    recorded = Recorded()
    retire_anchor(second, reason="The standard has changed.", actor=personas.principal.user)
    retire_anchor(second, reason="Pressed twice.", actor=personas.principal.user)
    second.refresh_from_db()
    assert second.retired_reason == "The standard has changed." and recorded.verbs == ["crediting.anchor.retired"]
    assert beside(ground) == [] and Anchor.objects.count() == 2


def test_the_database_refuses_to_change_or_delete_a_sample(personas: Personas, ground: Ground) -> None:
    sample = make_sample(personas, ground)
    retire_anchor(sample, reason="Old.", actor=personas.credit_manager.user)
    for change in (
        lambda: Anchor.objects.update(reason="Nicer words"),
        lambda: Anchor.objects.update(retired_at=None),
        lambda: Anchor.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_sample_of_a_running_session_stands_beside_no_rubric(personas: Personas, ground: Ground) -> None:
    sample = make_sample(personas, ground)
    make_session(personas, [sample])
    assert beside(ground) == []
