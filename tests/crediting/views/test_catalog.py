"""The catalog's pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crediting.actions.catalog import add_course, change_course
from crediting.actions.designations import confirm_letters
from crediting.actions.sequences import write_sequence
from crediting.models import CourseSequence, CourseStandard, CourseTerms
from crediting.queries.catalog import details_of
from crediting.rules.catalog import CourseDetails, Designation
from crediting.rules.designations import Letter
from crediting.states import SubjectArea
from mbl.core import clock
from profiles.models import Course, School
from tests.assertions import assert_no_writes
from tests.factories.crediting import make_framework, make_ground
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
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


@pytest.mark.parametrize(("credits", "count", "warned"), [("1.0", 12, False), ("1.0", 13, True), ("0.5", 7, True)])
def test_who_keeps_the_catalog_is_told_of_a_course_with_too_many_standards(
    personas: Personas, geometry: Course, credits: str, count: int, warned: bool
) -> None:
    CourseTerms.objects.filter(course=geometry).update(credits=Decimal(credits))
    for standard in make_framework(personas.district, count=count):
        CourseStandard.objects.create(course=geometry, standard=standard)
    said = f"This course has {count} standards."
    assert (said in personas.administrator.client().get(url(geometry)).content.decode()) is warned
    assert said not in personas.student.client().get(url(geometry)).content.decode()


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


# --- Filters, schools, next courses, sequences, the file --------------------------------------------------------------


def titles(personas: Personas, name: str = "administrator", **asked: str) -> list[str]:
    page = personas.named(name).client().get(reverse("crediting:catalog"), asked)
    assert page.status_code == 200
    return [course.title for course, *_rest in page.context["rows"]]


def test_the_list_is_narrowed_by_each_of_its_filters(personas: Personas) -> None:
    ground = make_ground(personas.school)
    course = ground.course.title
    other = School.objects.create(district=personas.district, code="other-high", name="Other High")

    def add(code: str, title: str, **said: Any) -> Course:
        details = CourseDetails(title, Decimal("1.0"), SubjectArea.ARTS, **said)
        return add_course(personas.district, code=code, details=details, actor=None)

    today = clock.today(personas.district)
    add("A1", "Art", is_cadr=True, schools=(other.code,), state_course_code="05154")
    add("B1", "Band", active_to=today - dt.timedelta(days=1))
    make_course(personas.district, "Roster course", code="R1")
    taught = personas.section.course.title
    assert titles(personas, cadr="yes") == ["Art"]
    assert titles(personas, mastery="yes") == [course]
    assert titles(personas, use="out") == ["Band"]
    assert set(titles(personas, use="in")) == {"Art", course, "Roster course", taught}
    assert set(titles(personas, missing="credits")) == {"Roster course", taught}
    assert set(titles(personas, missing="state_code")) == {"Band", "Roster course", taught}
    assert set(titles(personas, school=other.code)) == {"Art", "Band", course, "Roster course", taught}
    assert "Art" not in titles(personas, school=personas.school.code)
    assert titles(personas, q="05154") == ["Art"]
    assert "Roster course" in titles(personas, "teacher", missing="state_code", use="out")
    # A school of another district is no filter.
    assert len(titles(personas, school=personas.other_school.code + "x")) == 5


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_the_same_trips_for_one_course_and_for_thirty(
    personas: Personas, number: int, django_assert_num_queries: Any
) -> None:
    for place in range(number):
        details = CourseDetails(f"Listed {place}", Decimal("1.0"), SubjectArea.ARTS)
        add_course(personas.district, code=f"L{place}", details=details, actor=None)
    browser = personas.administrator.client()
    browser.get(reverse("crediting:catalog"))
    with django_assert_num_queries(10):
        browser.get(reverse("crediting:catalog"), {"q": "Listed"})


@pytest.mark.parametrize("number", [1, 30])
def test_sequences_take_the_same_trips_for_one_and_for_thirty(
    personas: Personas, number: int, django_assert_num_queries: Any
) -> None:
    for code in ("S1", "S2"):
        make_course(personas.district, code, code=code)
    for place in range(number):
        write_sequence(personas.district, title=f"Sequence {place}", steps=[["S1"], ["S2"]], actor=None)
    browser = personas.administrator.client()
    browser.get(reverse("crediting:sequences"))
    with django_assert_num_queries(10):
        browser.get(reverse("crediting:sequences"))


def test_everything_about_a_course_is_set_in_the_browser(personas: Personas) -> None:
    confirm_letters(personas.district, [Letter("A", "Advanced Placement")], actor=None)
    browser = personas.administrator.client()
    answer = browser.post(
        reverse("crediting:course-new"),
        FORM
        | {
            "subject": "cte",
            "meets_1": "science",
            "meets_1_credits": "0.5",
            "sced_code": "21106",
            "equivalent_subject": "science",
            "equivalent_title": "Physics of Electronics",
            "grades": ["11", "12"],
            "schools": [personas.school.code],
            "letter_1": "A",
            "letter_1_first": "2026",
            "letter_1_last": "2027",
            "active_from": "2025-09-01",
            "active_to": "2035-06-30",
        },
    )
    course = Course.objects.get(district=personas.district, code="MAT201")
    assert answer["Location"] == url(course)
    details = details_of(course)
    assert details is not None
    assert details.requirements == {"cte": Decimal("1.000"), "science": Decimal("0.500")}
    assert details.designations == (Designation("A", 2026, 2027),)
    page = personas.teacher.client().get(url(course)).content.decode()
    for words in ("21106", "Science: Physics of Electronics", "A 2026-2027", personas.school.name, "11, 12"):
        assert words in page
    # Opening the form and sending it as it is changes nothing.
    form = browser.get(url(course, "course-edit")).context["form"]
    sent = {name: value for name, value in form.initial.items() if value is not None and value is not False}
    browser.post(url(course, "course-edit"), sent)
    assert details_of(course) == details
    wrong = browser.post(url(course, "course-edit"), sent | {"sced_code": "99106"})
    assert wrong.status_code == 422
    assert "No SCED subject area begins with 99" in wrong.content.decode()


def test_a_course_out_of_its_days_cannot_be_asked_for(personas: Personas) -> None:
    ground = make_ground(personas.school)
    today = clock.today(personas.district)
    details = details_of(ground.course)
    assert details is not None
    asked = reverse("crediting:request-new") + f"?course={ground.course.public_id}"
    assert personas.student.client().get(asked).status_code == 200
    late = dataclasses.replace(details, active_from=today + dt.timedelta(days=1))
    change_course(ground.course, details=late, actor=None)
    assert personas.student.client().get(asked).status_code == 404


def test_a_next_higher_course_is_listed_and_taken_off(personas: Personas, geometry: Course) -> None:
    make_course(personas.district, "Trigonometry", code="TRI")
    make_course(personas.other_district, "Theirs", code="FAR")
    browser = personas.administrator.client()
    said = {"higher": "tri", "part": "1", "higher_part": "0", "least_mark": "C", "rationale": "It builds on proofs."}
    for wrong in ({"higher": "FAR"}, {"rationale": "short"}, {"part": "7"}):
        assert browser.post(url(geometry, "pair-new"), said | wrong).status_code == 422
    assert browser.post(url(geometry, "pair-new"), said).status_code == 302
    page = personas.teacher.client().get(url(geometry)).content.decode()
    assert "It builds on proofs." in page
    assert "Take off" not in page
    pair = geometry.next_higher.get()
    theirs = Course.objects.get(district=personas.other_district, code="MAT201")
    far = personas.named("other_district_administrator").client()
    assert far.post(reverse("crediting:pair-end", args=[theirs.public_id, pair.public_id])).status_code == 404
    browser.post(reverse("crediting:pair-end", args=[geometry.public_id, pair.public_id]))
    assert "It builds on proofs." not in browser.get(url(geometry)).content.decode()


def test_a_sequence_is_written_and_shown_with_its_courses(personas: Personas, geometry: Course) -> None:
    make_course(personas.district, "Trigonometry", code="TRI")
    browser = personas.administrator.client()
    assert "No sequences yet" in browser.get(reverse("crediting:sequences")).content.decode()
    said = {"title": "Mathematics", "courses": "MAT201\n\n TRI \n"}
    assert browser.post(reverse("crediting:sequence-new"), said | {"courses": "MAT201"}).status_code == 422
    assert browser.post(reverse("crediting:sequence-new"), said).status_code == 302
    sequence = CourseSequence.objects.get()
    edit = reverse("crediting:sequence-edit", args=[sequence.public_id])
    assert browser.get(edit).context["form"].initial["courses"] == "MAT201\nTRI"
    assert "Mathematics" in personas.student.client().get(url(geometry)).content.decode()
    browser.post(reverse("crediting:sequence-remove", args=[sequence.public_id]))
    assert not CourseSequence.objects.exists()


def test_the_starter_catalog_is_brought_from_its_page(personas: Personas) -> None:
    browser = personas.administrator.client()
    address = reverse("crediting:catalog-starter")
    with assert_no_writes():
        assert "English 9" in browser.get(address).content.decode()
    browser.post(address)
    assert Course.objects.filter(district=personas.district, code="ENG101").exists()
    assert "Everything in it is here already." in browser.get(address).content.decode()


@pytest.mark.rule("T66", partial=True)
def test_the_file_holds_only_courses_with_a_state_code(personas: Personas, geometry: Course) -> None:
    details = CourseDetails("=Art", Decimal("0.5"), SubjectArea.ARTS, state_course_code="05154")
    add_course(personas.district, code="ART", details=details, actor=None)
    answer = personas.administrator.client().get(reverse("crediting:catalog-file"))
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[1:3] for line in lines] == [["code", "title"], ["ART", "'=Art"]]
