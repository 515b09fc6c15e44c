"""Adding people and schools, and what makes a person a student."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent, District
from mbl.core.states import DistrictKind
from profiles.actions.enrollment import enroll
from profiles.actions.people import add_person, add_student, set_student_facts
from profiles.actions.schools import add_school, create_district
from profiles.models import Person, School
from tests.factories.core import make_district
from tests.factories.profiles import make_school, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db


# --- Districts and schools ------------------------------------------------------------------------------------------


@pytest.mark.rule("R9")
@pytest.mark.parametrize("kind", list(DistrictKind))
def test_a_tenant_may_be_of_each_kind(kind: DistrictKind) -> None:
    district = create_district(code="tenant", name="Tenant", kind=kind, actor=None)
    district.refresh_from_db()
    assert district.kind == kind


def test_a_code_that_exists_answers_that_district_unchanged() -> None:
    first = create_district(code="tenant", name="Tenant", actor=None)
    second = create_district(code="tenant", name="Other name", actor=None)
    assert (second, second.name) == (first, "Tenant")
    assert AuditEvent.objects.filter(verb="profiles.district.created").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"language": "xx"}, "language"),
        ({"state_code": "123"}, "state_code"),
        ({"code": "has space"}, "code"),
    ],
)
def test_a_district_with_a_fault_is_not_made(fields: dict[str, str], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        create_district(**{"code": "tenant", "name": "Tenant", "actor": None} | fields)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not District.objects.exists()


def test_the_same_school_twice_is_one() -> None:
    district = make_district()
    first = add_school(district, name="Cedar High", code="CHS", state_code="0123", actor=None)
    assert add_school(district, name="Cedar High", code="CHS", actor=None) == first
    with pytest.raises(DomainError, match="already that of Cedar High"):
        add_school(district, name="Other", code="CHS", actor=None)
    assert School.objects.filter(district=district).count() == 1


def test_a_state_school_code_has_four_digits() -> None:
    with pytest.raises(DomainError, match="four digits") as refused:
        add_school(make_district(), name="Cedar High", code="CHS", state_code="12", actor=None)
    assert refused.value.field == "state_code"


# --- People ---------------------------------------------------------------------------------------------------------


def test_the_same_name_twice_is_two_people() -> None:
    district = make_district()
    for _person in range(2):
        add_person(district, given_name="Ana", family_name="Diaz", actor=None)
    assert Person.objects.filter(district=district).count() == 2


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u202e"])
def test_a_name_that_nobody_can_see_is_none(name: str) -> None:
    with pytest.raises(DomainError, match="Give both"):
        add_person(make_district(), given_name="Ana", family_name=name, actor=None)


def test_a_key_of_another_district_adds_nobody() -> None:
    theirs = add_person(make_district(), given_name="Ana", family_name="Diaz", actor=None)
    with pytest.raises(DomainError, match="cannot read"):
        add_person(make_district(), given_name="Ana", family_name="Diaz", public_id=theirs.public_id, actor=None)


def test_one_form_posted_twice_adds_one_person() -> None:
    district, key = make_district(), uuid.uuid4()
    first = add_person(district, given_name="Ana", family_name="Diaz", public_id=key, actor=None)
    second = add_person(district, given_name="Ana", family_name="Diaz", public_id=key, actor=None)
    assert first == second
    assert AuditEvent.objects.filter(verb="profiles.person.added").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"given_name": " "}, "given_name"),
        ({"family_name": ""}, "family_name"),
        ({"email": "not an address"}, "email"),
    ],
)
def test_a_person_with_a_fault_is_not_added(fields: dict[str, str], field: str) -> None:
    district = make_district()
    with pytest.raises(DomainError) as refused:
        add_person(district, **{"given_name": "Ana", "family_name": "Diaz", "actor": None} | fields)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not Person.objects.exists()


# --- Students -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ssid", ["123456789", "0123456789", "12345678901", "12345abcde", "1.23E+09"])
def test_a_malformed_state_id_is_refused(ssid: str) -> None:
    student = make_student(ssid="", local_id="1")
    with pytest.raises(DomainError, match="ten digits") as refused:
        set_student_facts(student, ssid=ssid, actor=None)
    assert refused.value.field == "ssid"


def test_a_number_that_another_student_of_the_district_has_is_refused(personas: Personas) -> None:
    taken = personas.student.student
    other = make_student(personas.school)
    for field in ("ssid", "local_id"):
        with pytest.raises(DomainError, match="Another student") as refused:
            set_student_facts(other, actor=None, **{field: getattr(taken, field)})
        assert refused.value.field == field
    # In another district the same number is somebody else's.
    stranger = personas.other_district_student.student
    assert set_student_facts(stranger, ssid=taken.ssid, actor=None).ssid == taken.ssid


def test_setting_the_same_facts_again_records_nothing() -> None:
    student = make_student()
    for _click in range(2):
        set_student_facts(student, ssid="1234567890", graduation_year=2030, actor=None)
    event = AuditEvent.objects.get(verb="profiles.student.facts_set")
    assert event.payload == {"changed": "ssid, graduation_year"}


def test_making_a_person_a_student_twice_is_one_student() -> None:
    person = add_person(make_district(), given_name="Ana", family_name="Diaz", actor=None)
    assert add_student(person, actor=None, local_id="7") == add_student(person, actor=None)


# --- Enrollment -----------------------------------------------------------------------------------------------------


def test_a_new_school_ends_the_old_enrollment_the_day_before() -> None:
    student = make_student(grade="09")
    other = make_school(student.district)
    day = dt.date(2026, 11, 2)
    moved = enroll(student, school=other, grade="10", starts_on=day, actor=None)
    assert (moved.school, moved.grade) == (other, "10")
    spans = list(student.enrollments.values_list("grade", "starts_on", "ends_on"))
    assert spans == [("09", dt.date(2020, 7, 1), dt.date(2026, 11, 1)), ("10", day, None)]


def test_enrolling_the_same_again_changes_nothing() -> None:
    student = make_student(grade="09")
    assert student.school
    enroll(student, school=student.school, grade="09", actor=None)
    assert student.enrollments.count() == 1
    assert not AuditEvent.objects.filter(verb="profiles.student.enrolled").exists()


def test_a_slip_on_the_same_day_is_replaced() -> None:
    student = make_student(grade="09")
    assert student.school
    enroll(student, school=student.school, grade="11", actor=None)
    enroll(student, school=student.school, grade="10", actor=None)
    assert list(student.enrollments.filter(ends_on=None).values_list("grade", flat=True)) == ["10"]
    assert student.enrollments.count() == 2


def test_the_graduation_year_follows_from_a_high_school_grade() -> None:
    student = make_student(grade="08")
    assert student.school
    enrolled = enroll(student, school=student.school, grade="09", starts_on=dt.date(2026, 9, 1), actor=None)
    assert enrolled.graduation_year == 2030


def test_an_unknown_grade_and_a_strange_school_are_refused(personas: Personas) -> None:
    student = personas.student.student
    with pytest.raises(DomainError, match="no grade"):
        enroll(student, school=personas.school, grade="77", actor=None)
    with pytest.raises(DomainError, match="another district"):
        enroll(student, school=personas.other_school, grade="10", actor=None)


def test_a_later_enrollment_is_not_cut_by_an_earlier_one() -> None:
    student = make_student(grade="09")
    assert student.school
    enroll(student, school=student.school, grade="10", starts_on=clock.today(student.district), actor=None)
    with pytest.raises(DomainError, match="after that day"):
        enroll(student, school=student.school, grade="11", starts_on=dt.date(2024, 9, 1), actor=None)
