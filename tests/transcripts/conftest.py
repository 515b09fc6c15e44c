"""A district with a student whose record is ready to print, its registrar, and a second district."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mbl.core.models import District, User
from profiles.models import School, Student
from tests.factories.core import make_district
from tests.factories.profiles import make_account_holder, make_school, make_student
from tests.factories.transcripts import make_line, make_registrar


@dataclass(frozen=True)
class Office:
    """Where transcripts are issued, and the student they are issued for."""

    district: District
    school: School
    student: Student
    registrar: User
    other_registrar: User


@pytest.fixture
def office(db: None) -> Office:
    """Two semesters on the record of Ifrah Warsame; a registrar here and one in another district."""
    district = make_district(
        "Cedar Falls School District",
        code="cedar",
        state_code="03017",
        address="100 Main Street, Cedar Falls, WA 98000",
    )
    school = make_school(
        district,
        "Cedar Falls High School",
        state_code="0417",
        address="200 River Road, Cedar Falls, WA 98000",
        phone="(360) 555-0117",
    )
    person = make_account_holder(district, "Ifrah Warsame")
    student = make_student(school, person=person, ssid="1234567890", graduation_year=2027)
    make_line(student, "Biology", "B+")
    make_line(student, "Geometry", "A")
    make_line(student, "Spanish 1", "P", term="Semester 2", term_order=2)
    other = make_school(make_district("Southport School District", code="southport"), "Southport High School")
    make_student(other, ssid="1234567890")
    return Office(district, school, student, make_registrar(school), make_registrar(other, "Olga Strand"))
