"""Near the school and not near the student: what they may not know of is not there, on every page of credit.

The matrix asks everybody who belongs to the student or works at the school; here the rest asks for the same addresses.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mbl.core import clock
from profiles.actions.roles import end_role
from profiles.models import Person
from profiles.states import Role
from tests.access.matrix import nothing
from tests.access.rows import crediting_attestations, crediting_classes, crediting_procedures, crediting_requests
from tests.factories.profiles import (
    make_account_holder,
    make_guardian,
    make_person,
    make_role,
    make_school,
    make_section,
    make_student,
)
from tests.personas import Personas

pytestmark = pytest.mark.django_db
# Links that anybody with the secret opens, and what everybody of the district reads.
NOT_OF_ONE_STUDENT = {
    "crediting:attest",
    "crediting:aggregation-new",
    "crediting:aggregation-remove",
    "crediting:closed-day-remove",
    "crediting:conversion-new",
    "crediting:conversion-remove",
    "crediting:grade-window",
    "crediting:grade-window-remove",
}
ABOUT_STUDENTS = [
    row
    for module in (crediting_requests, crediting_procedures, crediting_attestations, crediting_classes)
    for row in module.ROWS
    if row.arguments is not nothing and row.route not in NOT_OF_ONE_STUDENT
]
DAY = dt.timedelta(days=1)


def signed_in(person: Person) -> Client:
    assert person.user is not None
    browser = Client()
    browser.force_login(person.user)
    return browser


def outsiders(personas: Personas) -> dict[str, Client]:
    """People of the same district, each near to something else, and one who was near until yesterday."""
    district, school = personas.district, personas.school
    elsewhere = make_school(district, "Elsewhere High School")
    today = clock.today(district)
    child = personas.student.student
    people = {
        name: make_account_holder(district, f"{name.title()} Nobody")
        for name in ("classmate", "teacher elsewhere", "principal elsewhere", "manager elsewhere", "blocked parent",
                     "former parent", "former manager", "ended manager", "parent of another")
    }  # fmt: skip
    make_student(school, person=people["classmate"])
    make_role(people["teacher elsewhere"], Role.TEACHER, elsewhere)
    make_section(elsewhere, teacher=people["teacher elsewhere"], students=(make_student(elsewhere),))
    make_role(people["principal elsewhere"], Role.PRINCIPAL, elsewhere)
    make_role(people["manager elsewhere"], Role.CREDIT_MANAGER, elsewhere)
    # Custody: the link is known and staff do not open the record by it; or it has ended.
    make_guardian(people["blocked parent"], child, portal=False)
    make_guardian(people["former parent"], child, ends_on=today - DAY)
    make_role(people["former manager"], Role.CREDIT_MANAGER, school, ends_on=today - DAY)
    make_guardian(people["parent of another"], make_student(school, person=make_person(district)))
    browsers = {name: signed_in(person) for name, person in people.items() if name != "ended manager"}
    # A session that outlives the role it was opened with.
    role = make_role(people["ended manager"], Role.CREDIT_MANAGER, school)
    browsers["ended manager"] = signed_in(people["ended manager"])
    assert browsers["ended manager"].get("/decisions/").status_code == 200
    end_role(role, actor=None)
    return browsers


@pytest.mark.rule("R76", partial=True)
def test_what_is_about_a_student_does_not_exist_for_whoever_is_not_near(personas: Personas) -> None:
    browsers = outsiders(personas)
    surprises: dict[str, dict[str, int]] = {}
    for row in ABOUT_STUDENTS:
        with transaction.atomic():
            address = reverse(row.route, kwargs=dict(row.arguments(personas))) + row.query
            for name, browser in browsers.items():
                cache.clear()
                answer = browser.get(address) if row.method == "GET" else browser.post(address, row.data)
                if answer.status_code != 404:
                    surprises.setdefault(repr(row), {})[name] = answer.status_code
            transaction.set_rollback(True)
    assert surprises == {}
