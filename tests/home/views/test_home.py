"""The first page, the menu, search and the caseload."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from hsbp.actions.conversation import ask_family, comment_on_plan
from hsbp.actions.family import sign_plan
from hsbp.states import PlanState
from mbl.core import clock
from mbl.home.queries.setup import setup_of
from profiles.models import Relationship, Student
from profiles.states import Role
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.core import make_district
from tests.factories.hsbp import make_review
from tests.factories.profiles import (
    make_account_holder,
    make_course,
    make_guardian,
    make_role,
    make_student,
)
from tests.personas import Persona, Personas

HOME = reverse("home:home")


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("teacher", "No work waits for you."),
        ("credit_manager", "No request waits for a decision."),
        ("principal", "No request waits for a decision."),
        ("registrar", "Every transcript you issued is current."),
        ("administrator", "Setting up Northfield"),
    ],
)
def test_each_role_reads_what_waits(personas: Personas, name: str, sentence: str) -> None:
    browser = personas.named(name).client()
    with assert_no_writes():
        page = text(browser.get(HOME))
    assert sentence in page


def test_somebody_with_two_roles_reads_both_and_has_one_rail(personas: Personas) -> None:
    make_role(personas.teacher.person, Role.REGISTRAR, personas.school)
    page = text(personas.teacher.client().get(HOME))
    assert "No work waits for you." in page
    assert "Every transcript you issued is current." in page
    assert page.count('class="rail"') == 1


def test_a_family_sees_the_child_and_no_rail_of_staff(personas: Personas) -> None:
    page = text(personas.family.client().get(HOME))
    assert "Sofia Ramirez" in page
    assert 'class="rail"' not in page
    assert reverse("transcripts:own") in page


def test_a_family_without_a_checked_child_is_told_so(personas: Personas) -> None:
    Relationship.objects.filter(person=personas.family.person).update(portal=False)
    page = text(personas.family.client().get(HOME))
    assert "You have no role here at the moment." in page


def test_a_teacher_who_is_a_parent_has_the_childs_page_apart(personas: Personas) -> None:
    child = make_student(personas.school, "Little Reed")
    make_guardian(personas.teacher.person, child)
    browser = personas.teacher.client()
    page = text(browser.get(HOME))
    assert reverse("home:own") in page
    assert "Little Reed" in text(browser.get(reverse("home:own")))


def test_somebody_whose_roles_ended_is_told_what_to_do(personas: Personas) -> None:
    person = make_account_holder(personas.district, "Past Teacher")
    make_role(person, Role.TEACHER, personas.school, ends_on=dt.date(2024, 6, 30))
    page = text(Persona("past", person.user, person).client().get(HOME))
    assert "You have no role here at the moment." in page


def test_the_menu_offers_only_what_opens(personas: Personas) -> None:
    """Every link of every persona's menu answers 200."""
    for persona in personas:
        if persona.name == "anonymous":
            continue
        browser = persona.client()
        page = text(browser.get(HOME))
        links = set(re.findall(r'class="(?:rail__link|tabs__tab)" href="([^"]+)"', page))
        assert links, persona.name
        answers = {link: browser.get(link).status_code for link in links}
        assert set(answers.values()) == {200}, (persona.name, answers)


def test_the_menu_marks_where_the_reader_is(personas: Personas) -> None:
    page = text(personas.administrator.client().get(reverse("profiles:person-new")))
    marked = page[: page.index('aria-current="page"')].rpartition("href=")[2]
    assert marked.startswith(f'"{reverse("profiles:people")}"')


def test_a_family_keeps_the_chosen_child_in_its_menu(personas: Personas) -> None:
    second = make_student(personas.school, "Second Child")
    make_guardian(personas.family.person, second)
    page = text(personas.family.client().get(f"{HOME}?child={second.public_id}"))
    assert f"{reverse('transcripts:own')}?child={second.public_id}" in page


def test_a_family_is_told_to_answer_the_school_then_to_sign_then_what_the_child_shows(personas: Personas) -> None:
    student, browser = personas.student.student, personas.family.client()
    address = f"{reverse('hsbp:plan')}?child={student.public_id}"
    revision = make_review(student, personas.counselor.user).revision
    page = text(browser.get(HOME))
    assert "Read the plan of Sofia and sign it" in page
    assert f"{reverse('hsbp:sign', args=[student.public_id])}?child={student.public_id}" in page
    ask_family(student, body="Which evening suits you?", actor=personas.counselor.user)
    page = text(browser.get(HOME))
    assert "Carla Nguyen asks you about the plan of Sofia" in page
    assert "Which evening suits you?" in page
    assert f'href="{address}#conversation"' in page
    assert "Carla Nguyen asks you:" in text(browser.get(address))
    comment_on_plan(student, body="Tuesday.", actor=personas.family.user)
    page = text(browser.get(HOME))
    assert "Carla Nguyen asks you" not in page and "sign it" not in page, "now the school is to answer"
    assert "Carla Nguyen asks you" not in text(browser.get(address))
    comment_on_plan(student, body="See you on Tuesday.", actor=personas.counselor.user)
    assert "Read the plan of Sofia and sign it" in text(browser.get(HOME)), "a message is no signature"
    sign_plan(revision, typed_name="Maria Ramirez", language="en", actor=personas.family.user)
    assert "Look at the credits together" in text(browser.get(HOME))


def test_a_returned_plan_is_the_students_next_step(personas: Personas) -> None:
    student = personas.student.student
    Student.objects.filter(pk=student.pk).update(graduation_year=2028)
    make_review(student, personas.counselor.user, PlanState.RETURNED, comment="Which math do you need?")
    page = text(personas.student.client().get(HOME))
    assert "Answer Carla Nguyen about your plan" in page
    assert "Which math do you need?" in page
    assert "of 24.0 credits are earned." in page, "how far it is to graduation"


def test_the_children_to_choose_from_are_named_as_such(personas: Personas) -> None:
    make_guardian(personas.family.person, make_student(personas.school, "Second Child"))
    browser = personas.family.client()
    for name in ("home:home", "hsbp:plan", "crediting:requests", "crediting:credits", "transcripts:own"):
        assert '<nav class="chips" aria-label="Choose a child">' in text(browser.get(reverse(name))), name


# --- Setting up -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_empty_district_has_everything_to_do_in_one_trip() -> None:
    district = make_district()
    with assert_queries(1):
        found = setup_of(district, on=clock.today(district))
    assert (found.done, found.is_complete) == (0, False)


def test_setting_up_counts_what_is_there(personas: Personas) -> None:
    found = setup_of(personas.district, on=clock.today(personas.district))
    assert (found.schools, found.students, found.teachers, found.deciders, found.registrar) == (True,) * 5
    assert (found.standards, found.courses, found.policy) == (False,) * 3
    page = text(personas.administrator.client().get(HOME))
    assert "5 of 8 steps to the first award are done." in page


# --- Search ---------------------------------------------------------------------------------------------------------


def test_search_finds_students_and_courses_within_reach(personas: Personas) -> None:
    make_course(personas.district, "Sofia's Geometry", code="GEO1")
    make_course(personas.other_district, "Sofia elsewhere")
    page = text(personas.registrar.client().get(reverse("home:search") + "?q=sofia"))
    assert "Sofia Ramirez" in page
    assert "Sofia&#x27;s Geometry" in page
    assert "Sofia elsewhere" not in page
    assert "GEO1" in text(personas.registrar.client().get(reverse("home:search") + "?q=geo"))


def test_search_shows_no_student_of_another_district_or_school(personas: Personas) -> None:
    for persona in (personas.other_district_administrator, personas.family, personas.student):
        page = text(persona.client().get(reverse("home:search") + "?q=ramirez"))
        assert "Ramirez</a>" not in page


def test_an_empty_or_fruitless_search_says_so(personas: Personas) -> None:
    browser = personas.teacher.client()
    assert "Type a name" in text(browser.get(reverse("home:search")))
    assert "Nothing fits “zzzz”." in text(browser.get(reverse("home:search") + "?q=zzzz"))
