"""The list of students and one student's page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from mbl.core.models import User
from profiles import panels
from profiles.models import Relationship, Student
from profiles.panels import Panel, student_panel, student_panels
from profiles.states import RelationshipKind, Role
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.profiles import make_account_holder, make_role, make_school, make_student
from tests.personas import Personas

STUDENTS = reverse("profiles:students")


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_the_list_holds_those_one_may_know_of(personas: Personas) -> None:
    make_student(make_school(personas.district), "Elsewhere Student")
    browser = personas.registrar.client()
    with assert_no_writes():
        page = text(browser.get(STUDENTS))
    assert "You can see 1 student here." in page
    assert "Sofia Ramirez" in page
    assert "Elsewhere Student" not in page
    assert "Oskar Lind" not in page
    assert "You can see 2 students here." in text(personas.administrator.client().get(STUDENTS))


def test_it_narrows_by_name_number_school_and_grade(personas: Personas) -> None:
    browser = personas.administrator.client()
    other = make_school(personas.district, "Hillside Middle School")
    make_student(other, "Ann Zwick", grade="08", local_id="L-8")
    assert "Ann Zwick" in text(browser.get(STUDENTS + "?q=zwick"))
    assert "Ann Zwick" in text(browser.get(STUDENTS + "?q=L-8"))
    assert "Ann Zwick" in text(browser.get(STUDENTS + "?grade=08"))
    narrowed = text(browser.get(f"{STUDENTS}?school={personas.school.public_id}"))
    assert "Ann Zwick" not in narrowed
    assert "Sofia Ramirez" in narrowed


@pytest.mark.parametrize("query", ["?school=nonsense", "?grade=99", "?page=999", "?page=x", "?q=" + "x" * 200])
def test_an_odd_address_is_answered(personas: Personas, query: str) -> None:
    assert personas.administrator.client().get(STUDENTS + query).status_code == 200


def test_the_list_makes_the_same_trips_for_one_row_and_for_thirty(personas: Personas) -> None:
    browser = personas.registrar.client()
    browser.get(STUDENTS)
    with assert_queries(9):
        browser.get(STUDENTS)
    for number in range(30):
        make_student(personas.school, f"Student Number{number}")
    with assert_queries(9):
        page = text(browser.get(STUDENTS))
    assert "1 to 25 of 31" in page


def test_a_teacher_sees_the_student_and_not_the_numbers_of_the_record(personas: Personas) -> None:
    student = personas.student.student
    page = reverse("profiles:student", args=[student.public_id])
    as_teacher = text(personas.teacher.client().get(page))
    assert "Sofia Ramirez" in as_teacher
    assert student.ssid not in as_teacher
    assert "Elena Ramirez" not in as_teacher
    as_registrar = text(personas.registrar.client().get(page))
    assert student.ssid in as_registrar
    assert "Elena Ramirez" in as_registrar


def test_an_administrator_assigns_a_counselor_and_takes_it_back(personas: Personas) -> None:
    student = make_student(personas.school)
    browser = personas.administrator.client()
    url = reverse("profiles:student-counselor", args=[student.public_id])
    browser.post(url, {"counselor": personas.counselor.person.public_id})
    relation = Relationship.objects.get(student=student, kind=RelationshipKind.COUNSELOR)
    assert relation.person == personas.counselor.person
    browser.post(reverse("profiles:relation-undo", args=[relation.public_id]))
    relation.refresh_from_db()
    assert relation.ends_on is not None


def test_only_counselors_of_the_district_are_offered(personas: Personas) -> None:
    student = personas.student.student
    stranger = make_account_holder(personas.other_district, "Other Counselor")
    make_role(stranger, Role.COUNSELOR, personas.other_school)
    browser = personas.administrator.client()
    page = text(browser.get(reverse("profiles:student", args=[student.public_id])))
    assert "Carla Nguyen" in page
    assert "Other Counselor" not in page
    url = reverse("profiles:student-counselor", args=[student.public_id])
    browser.post(url, {"counselor": stranger.public_id})
    assert not Relationship.objects.filter(person=stranger).exists()


def test_panels_of_other_apps_stand_on_the_page_in_order(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", {})
    template = "profiles/invitation/closed.html"

    @student_panel(order=2)
    def second(user: User, student: Student) -> Panel | None:
        return Panel(template, {"reason": "second"})

    @student_panel(order=1)
    def first(user: User, student: Student) -> Panel | None:
        return Panel(template, {"reason": "first"})

    @student_panel(order=3)
    def nothing(user: User, student: Student) -> Panel | None:
        return None

    found = student_panels(personas.registrar.user, personas.student.student)
    assert [panel.facts["reason"] for panel in found] == ["first", "second"]


def test_the_record_stands_on_the_page_for_those_who_may_read_it(personas: Personas) -> None:
    page = reverse("profiles:student", args=[personas.student.student.public_id])
    as_registrar = text(personas.registrar.client().get(page))
    for heading in ("Credit by mastery", "Credits", "High School and Beyond Plan", "Transcripts", "Preview and issue"):
        assert heading in as_registrar
    as_counselor = text(personas.counselor.client().get(page))
    assert "Preview and issue" not in as_counselor
    as_teacher = text(personas.teacher.client().get(page))
    assert "Your role shows you that the student is here, not the record." in as_teacher
