"""The catalog's pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crediting.actions.catalog import add_course
from crediting.models import CourseStandard
from crediting.rules.catalog import CourseDetails
from crediting.states import SubjectArea
from profiles.models import Course
from tests.assertions import assert_no_writes
from tests.factories.crediting import make_framework, make_ground
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db
FORM = {
    "code": "MAT201",
    "title": "Geometry",
    "credits": "1.0",
    "subject": "math",
    "meets_1": "cte",
    "state_course_code": "02072",
    "is_cadr": "on",
    "description": "Shapes and proofs.",
    "is_active": "on",
}


@pytest.fixture
def geometry(personas: Personas) -> Course:
    details = CourseDetails("Geometry", Decimal("1.0"), SubjectArea.MATH)
    add_course(personas.other_district, code="MAT201", details=details, actor=None)
    return add_course(personas.district, code="MAT201", details=details, actor=None)


def url(course: Course, name: str = "course") -> str:
    return reverse(f"crediting:{name}", args=[course.public_id])


@pytest.mark.parametrize("name", ["student", "family", "teacher", "registrar", "administrator"])
def test_everybody_of_the_district_reads_the_catalog(personas: Personas, geometry: Course, name: str) -> None:
    browser = personas.named(name).client()
    with assert_no_writes():
        listed = browser.get(reverse("crediting:catalog")).content.decode()
        opened = browser.get(url(geometry)).content.decode()
    assert listed.count("Geometry") == 1
    assert "1.0 credits in Mathematics" in opened
    assert ("Add a course" in listed) == (name == "administrator")


def test_a_list_is_narrowed_by_words_and_subject(personas: Personas, geometry: Course) -> None:
    add_course(
        personas.district,
        code="ART1",
        details=CourseDetails("Dibujo rápido", Decimal("0.5"), SubjectArea.ARTS),
        actor=None,
    )
    browser = personas.student.client()
    catalog = reverse("crediting:catalog")
    assert "Dibujo" in browser.get(catalog, {"q": "rapido"}).content.decode()
    assert "Geometry" in browser.get(catalog, {"q": "mat2"}).content.decode()
    arts = browser.get(catalog, {"subject": "arts"}).content.decode()
    assert ("Dibujo" in arts, "Geometry" in arts) == (True, False)
    assert "No courses here" in browser.get(catalog, {"q": "zzz"}).content.decode()
    assert browser.get(catalog, {"subject": "alchemy"}).status_code == 200


def test_a_long_catalog_is_paged_in_the_same_number_of_trips(personas: Personas, geometry: Course) -> None:
    browser = personas.student.client()
    catalog = reverse("crediting:catalog")
    browser.get(catalog)
    with CaptureQueriesContext(connection) as one:
        browser.get(catalog)
    for number in range(40):
        make_course(personas.district, f"Course {number:02}")
    with CaptureQueriesContext(connection) as many:
        page = browser.get(catalog).content.decode()
    assert len(one) == len(many)
    assert "1 to 25 of" in page


def test_an_administrator_adds_and_changes_a_course(personas: Personas) -> None:
    browser = personas.administrator.client()
    assert browser.post(reverse("crediting:course-new"), {}).status_code == 422
    answer = browser.post(reverse("crediting:course-new"), FORM)
    course = Course.objects.get(district=personas.district, code="MAT201")
    assert answer["Location"] == url(course)
    assert set(course.requirements.values_list("requirement", flat=True)) == {"math", "cte"}
    twice = browser.post(reverse("crediting:course-new"), FORM | {"credits": "0.5"})
    assert twice.status_code == 422
    assert "already" in twice.content.decode()
    browser.post(url(course, "course-edit"), FORM | {"credits": "0.5", "is_active": ""})
    course.refresh_from_db()
    assert (course.terms.credits, course.is_active) == (Decimal("0.500"), False)
    assert "Out of use" in browser.get(reverse("crediting:catalog")).content.decode()
    assert personas.student.client().get(url(course)).status_code == 404


@pytest.mark.parametrize("credits", ["0", "-1", "abc", "10.5", "0.12345", ""])
def test_credits_that_make_no_sense_are_told_at_the_field(personas: Personas, credits: str) -> None:
    answer = personas.administrator.client().post(reverse("crediting:course-new"), FORM | {"credits": credits})
    assert answer.status_code == 422
    assert not Course.objects.filter(code="MAT201").exists()


def test_the_standards_of_a_course_are_chosen_and_some_made_required(personas: Personas, geometry: Course) -> None:
    one, two, _three = make_framework(personas.district)
    browser = personas.administrator.client()
    page = browser.get(url(geometry, "course-standards"))
    assert page.status_code == 200
    browser.post(
        url(geometry, "course-standards"),
        {"standards": [str(one.public_id), str(two.public_id)], "required": [str(two.public_id)]},
    )
    assert dict(CourseStandard.objects.filter(course=geometry).values_list("standard", "is_required")) == {
        one.pk: False,
        two.pk: True,
    }
    opened = browser.get(url(geometry)).content.decode()
    assert "Shown by everybody" in opened
    assert str(one.statement)[:20] in opened
    browser.post(url(geometry, "course-standards"), {"standards": [str(one.public_id)]})
    assert CourseStandard.objects.filter(course=geometry).count() == 1


def test_standards_of_another_district_cannot_be_smuggled_in(personas: Personas, geometry: Course) -> None:
    theirs = make_framework(personas.other_district)[0]
    personas.administrator.client().post(url(geometry, "course-standards"), {"standards": [str(theirs.public_id)]})
    assert not CourseStandard.objects.exists()


def test_a_course_says_which_policy_opens_it(personas: Personas) -> None:
    ground = make_ground(personas.school)
    page = personas.student.client().get(url(ground.course)).content.decode()
    assert f"Policy {ground.version.series.code}, version 1" in page
    assert "State assessment" in page


@pytest.mark.parametrize("name", ["student", "teacher", "registrar", "principal"])
def test_nobody_else_changes_the_catalog(personas: Personas, geometry: Course, name: str) -> None:
    browser = personas.named(name).client()
    for address in (reverse("crediting:course-new"), url(geometry, "course-edit"), url(geometry, "course-standards")):
        assert browser.get(address).status_code == 403
        assert browser.post(address, FORM).status_code == 403
    assert Course.objects.filter(district=personas.district, title="Geometry").count() == 1


def test_other_districts_courses_are_unknown(personas: Personas, geometry: Course) -> None:
    browser = personas.other_district_administrator.client()
    for name in ("course", "course-edit", "course-standards"):
        assert browser.get(url(geometry, name)).status_code == 404
    assert browser.get(reverse("crediting:catalog"), {"district": "northfield"}).status_code == 404
    assert browser.get(reverse("crediting:catalog")).content.decode().count("Geometry") == 1
