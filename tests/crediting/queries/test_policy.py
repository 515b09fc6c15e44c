"""Which version decides and what it opens, for one student and for a page of requests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from crediting.actions.catalog import add_course
from crediting.actions.policy import close_policy, load_policy, publish_policy
from crediting.models import PolicyVersion
from crediting.queries import policy as queries
from crediting.queries.policy import Asked
from crediting.rules.catalog import CourseDetails
from crediting.states import PolicyStanding, SubjectArea
from mbl.core import clock
from profiles.models import Course
from tests.assertions import assert_queries
from tests.factories.crediting import make_course_row
from tests.factories.policies import D4
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db
Courses = dict[str, Course]
DAY = dt.date(2026, 5, 20)


@pytest.fixture
def version(personas: Personas, courses: Courses) -> PolicyVersion:
    return publish_policy(load_policy(personas.district, text=D4, actor=None).version, actor=None)


def test_a_student_sees_open_courses_first_and_why_the_rest_is_closed(
    personas: Personas, courses: Courses, version: PolicyVersion
) -> None:
    make_course(personas.district, "Astronomy", code="AST1")
    seen = queries.open_courses(personas.student.student, on=DAY)
    assert [(one.code, one.is_open, one.why_not.code if one.why_not else "") for one in seen][:3] == [
        ("MAT101", True, ""),
        ("MAT201", True, ""),
        ("AST1", False, "course.no_credits"),
    ]
    assert {one.why_not.code for one in seen if one.code == "ENG101" and one.why_not} == {"course.no_policy"}
    assert len(seen[0].offers) == 2


def test_a_course_that_is_earned_is_closed_and_says_so(
    personas: Personas, courses: Courses, version: PolicyVersion
) -> None:
    make_course_row(personas.student.student, courses["MAT201"], "B", earned="1.000")
    make_course_row(personas.student.student, courses["MAT101"], "F")
    by_code = {one.code: one for one in queries.open_courses(personas.student.student, on=DAY)}
    geometry, algebra = by_code["MAT201"], by_code["MAT101"]
    assert geometry.why_not is not None
    assert geometry.why_not.code == "course.already_earned"
    assert algebra.is_open


def test_courses_are_narrowed_by_words_without_accents(
    personas: Personas, courses: Courses, version: PolicyVersion
) -> None:
    make_course(personas.district, "Geometría plana", code="GEO2")
    student = personas.student.student
    assert {one.code for one in queries.open_courses(student, on=DAY, text="geometr")} == {"MAT201", "GEO2"}
    assert {one.code for one in queries.open_courses(student, on=DAY, text="geometria")} == {"GEO2"}
    assert {one.code for one in queries.open_courses(student, on=DAY, text="mat1 algebra")} == {"MAT101"}


def test_the_list_takes_the_same_trips_for_three_courses_and_for_sixty(
    personas: Personas, courses: Courses, version: PolicyVersion
) -> None:
    student = personas.student.student
    queries.open_courses(student, on=DAY)
    with assert_queries(3):
        queries.open_courses(student, on=DAY)
    for number in range(60):
        details = CourseDetails(f"Elective {number}", Decimal("0.5"), SubjectArea.ELECTIVE)
        add_course(personas.district, code=f"ELE{number}", details=details, actor=None)
    with assert_queries(3):
        assert len(queries.open_courses(student, on=DAY)) == 64


def test_the_versions_of_a_page_of_requests_take_one_trip_and_are_those_of_each(
    personas: Personas, courses: Courses, version: PolicyVersion
) -> None:
    close_policy(version, last_day=dt.date(2026, 6, 30), actor=None)
    later = D4.replace("from: 2020-07-01", "from: 2026-07-01").replace("title: ", "title: Later. ")
    second = publish_policy(load_policy(personas.district, text=later, actor=None).version, actor=None)
    asked = [
        Asked(course.pk, day, year)
        for course in courses.values()
        for day in (dt.date(2019, 1, 1), DAY, dt.date(2026, 7, 1))
        for year in (None, 2028)
    ]
    with assert_queries(1):
        found = queries.versions_in_force(asked)
    by_pk = {course.pk: course for course in courses.values()}
    for one, version_found in found.items():
        assert version_found == queries.version_in_force(by_pk[one.course], one.on, one.graduation_year)
    assert {v.pk for v in found.values() if v} == {version.pk, second.pk}


def test_terms_are_read_once_for_each_text_and_range_of_days(
    personas: Personas, courses: Courses, version: PolicyVersion
) -> None:
    first = queries.terms_of(version)
    with assert_queries(0):
        assert queries.terms_of(version) is first
    closed = close_policy(version, last_day=dt.date(2026, 6, 30), actor=None)
    assert queries.terms_of(closed).effective_to == dt.date(2026, 6, 30)


def test_where_a_version_stands_follows_from_its_days(personas: Personas, courses: Courses) -> None:
    today = clock.today(personas.district)
    text = D4.replace("from: 2020-07-01", f"from: {today}\n  to: {today}")
    draft = load_policy(personas.district, text=text, actor=None).version
    assert queries.standing_of(draft, today) == PolicyStanding.DRAFT
    version = publish_policy(draft, actor=None)
    day = dt.timedelta(days=1)
    assert [queries.standing_of(version, on) for on in (today - day, today, today + day)] == [
        PolicyStanding.SCHEDULED,
        PolicyStanding.IN_FORCE,
        PolicyStanding.CLOSED,
    ]
