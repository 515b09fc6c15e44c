"""What the demonstration shows of examples, calibration and second readings."""

import pytest

from crediting.models import Anchor, CalibrationLevel, CalibrationSession, Reading
from crediting.states import ReadingState
from mbl.demo.moderation import write_examples, write_readings
from tests.factories.crediting import make_ground, make_request
from tests.factories.moderation import make_read_ground, make_teacher, make_waiting
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def test_examples_stand_for_what_waiting_work_names_and_a_session_runs(personas: Personas) -> None:
    make_ground(personas.other_school)
    ground = make_ground(personas.school)
    make_request(ground, personas.student.student, personas.teacher.person)
    write_examples(personas.district, seed=1)
    assert Anchor.objects.open_to_teachers().count() == 3 and Anchor.objects.count() == 5
    assert {anchor.standard for anchor in Anchor.objects.all()} == set(ground.standards[:2])
    assert CalibrationSession.objects.get().opened_at is None
    assert CalibrationLevel.objects.filter(reader=personas.teacher.person).count() == 2
    write_examples(personas.other_district, seed=1)
    assert not Anchor.objects.filter(district=personas.other_district).exists()


def test_second_readings_are_drawn_and_every_other_one_is_given(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    assert write_readings(personas.district, seed=1) == 1
    reading.refresh_from_db()
    assert reading.state == ReadingState.GIVEN and Reading.objects.exclude(pk=reading.pk).count() == 0
