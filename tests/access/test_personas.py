"""The personas stand where their names say."""

from profiles import access
from profiles.rules.roles import Capability
from tests.personas import NAMES, Personas


def test_each_persona_has_its_name_and_the_districts_differ(personas: Personas) -> None:
    assert [persona.name for persona in personas] == list(NAMES)
    assert personas.district != personas.other_district


def test_who_sees_the_student(personas: Personas) -> None:
    """Everybody of the district who has to do with the student; nobody of the other district."""
    student = personas.student.student
    seeing = {p.name for p in personas if access.students_visible_to(p.viewer).filter(pk=student.pk).exists()}
    assert seeing == set(NAMES) - {"other_district_administrator", "other_district_student", "anonymous"}


def test_who_reads_the_record(personas: Personas) -> None:
    student = personas.student.student
    reading = {p.name for p in personas if access.may(p.viewer, Capability.SEE_RECORD, student)}
    assert reading == set(NAMES) - {"teacher", "other_district_administrator", "other_district_student", "anonymous"}
