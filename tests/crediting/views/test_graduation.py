"""The pages of graduation standards, and the line from a student's work to them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from crediting.actions.graduation import change_links, end_graduation_standards
from crediting.actions.local_standards import add_standard
from crediting.models import CourseStandard, GraduationFramework, LedgerEntry, StandardEdge
from crediting.queries.graduation import in_force, links_to
from crediting.queries.standards import chosen
from crediting.states import EdgeKind, RequestState
from mbl.core import clock
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.classes import Class, make_class
from tests.factories.crediting import make_framework, make_request
from tests.factories.graduation import Graduation, make_graduation
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db
# Four more than the same page of a district without graduation standards (STUDENT_TRIPS and its one look).
STUDENT_TRIPS = 22
LINE_TRIPS = 15
NOTHING = "Graduation standards decide nothing yet: no level, mark, credit or diploma rests on them."


@pytest.fixture
def geometry_a(personas: Personas) -> Class:
    return make_class(personas)


@pytest.fixture
def graduation(personas: Personas) -> Graduation:
    return make_graduation(personas.district, personas.administrator.user)


def own_page(personas: Personas, geometry_a: Class) -> str:
    return reverse("crediting:class-student", args=[geometry_a.section.public_id, personas.student.student.public_id])


# --- Setting and linking ----------------------------------------------------------------------------------------------


def test_an_administrator_makes_a_framework_the_graduation_standards_and_ends_it(
    personas: Personas, graduation: Graduation
) -> None:
    newer = make_graduation(personas.district, personas.administrator.user, title="The older ones").framework
    path = reverse("crediting:framework-graduation", args=[graduation.framework.public_id])
    browser = personas.administrator.client()
    with assert_no_writes():
        page = text_of(browser.get(path))
    assert "In force now is The older ones." in page and NOTHING in page
    today = clock.today(personas.district)
    assert browser.post(path, {"starts_on": "2020-01-01"}).status_code == 422
    stands = in_force(personas.district, today)
    assert stands is not None and stands.framework == newer
    said = {"starts_on": today.isoformat(), "habits": str(graduation.habits.public_id)}
    answer = browser.post(path, said)
    home = reverse("crediting:framework", args=[graduation.framework.public_id])
    assert answer["Location"] == home
    row = in_force(personas.district, today)
    assert row is not None and (row.framework, row.habits) == (graduation.framework, graduation.habits)
    assert "Apart, for habits of work: GS4 Works with care." in text_of(browser.get(home))
    assert "None from that day on" in text_of(browser.get(path))
    browser.post(path, said | {"end": "1"})
    assert in_force(personas.district, today) is None


def test_several_targets_are_linked_in_one_form_and_taken_off_again(personas: Personas, graduation: Graduation) -> None:
    targets = make_framework(personas.district)
    first = graduation.academic[0]
    path = reverse("crediting:graduation-links", args=[first.public_id])
    browser = personas.administrator.client()
    standard = text_of(browser.get(reverse("crediting:standard", args=[first.public_id])))
    assert path in standard
    with assert_no_writes():
        assert "Nothing leads to this standard yet" in text_of(browser.get(path))
    assert f"/standards/pick/?district={personas.district.code}" in text_of(browser.get(path))
    browser.post(path, {"standards": [str(target.public_id) for target in targets]})
    assert {edge.origin for edge in links_to(first)} == set(targets)
    assert text_of(browser.get(path)).count("linked on") == 3
    browser.post(path, {"remove": [str(target.public_id) for target in targets[:2]]})
    assert [edge.origin for edge in links_to(first)] == targets[2:]
    refused = browser.post(path, {"standards": [str(graduation.academic[1].public_id)]})
    assert refused.status_code == 422 and "does not lead to another one" in text_of(refused)


def test_standards_of_another_district_are_not_linked(personas: Personas, graduation: Graduation) -> None:
    foreign = make_framework(personas.other_district)
    path = reverse("crediting:graduation-links", args=[graduation.academic[0].public_id])
    personas.administrator.client().post(path, {"standards": [str(one.public_id) for one in foreign]})
    assert not StandardEdge.objects.filter(kind=EdgeKind.IS_PART_OF).exists()
    other = personas.other_district_administrator.client()
    (mine,) = make_framework(personas.district, count=1)
    assert other.post(path, {"standards": [str(mine.public_id)]}).status_code == 404


@pytest.mark.parametrize("name", ["student", "teacher", "principal", "credit_manager"])
def test_nobody_else_sets_or_links(personas: Personas, graduation: Graduation, name: str) -> None:
    (target,) = make_framework(personas.district, count=1)
    browser = personas.named(name).client()
    first = graduation.academic[0]
    links = reverse("crediting:graduation-links", args=[first.public_id])
    marks = reverse("crediting:framework-graduation", args=[graduation.framework.public_id])
    assert browser.post(links, {"standards": [str(target.public_id)]}).status_code == 403
    assert browser.post(marks, {"starts_on": "2030-01-01"}).status_code == 403
    assert not links_to(first) and GraduationFramework.objects.count() == 1
    assert links not in text_of(browser.get(reverse("crediting:standard", args=[first.public_id])))


def test_what_is_about_habits_has_no_page_of_links(personas: Personas, graduation: Graduation) -> None:
    browser = personas.administrator.client()
    path = reverse("crediting:graduation-links", args=[graduation.habits.public_id])
    answer = browser.get(path)
    assert answer.status_code >= 400 and "never to one about habits" in text_of(answer)
    assert path not in text_of(browser.get(reverse("crediting:standard", args=[graduation.habits.public_id])))


def test_what_is_about_habits_can_be_chosen_for_nothing_academic(personas: Personas, graduation: Graduation) -> None:
    below = add_standard(
        graduation.framework,
        code="GS4.1",
        statement="Tidy",
        parent=graduation.habits,
        actor=personas.administrator.user,
    )
    said = [graduation.habits.public_id, below.public_id, graduation.academic[0].public_id]
    found = chosen(personas.district, said, on=clock.today(personas.district))
    assert [one.pk for one in found] == [graduation.academic[0].pk]
    course = make_course(personas.district, "Advisory")
    path = reverse("crediting:course-standards", args=[course.public_id])
    personas.administrator.client().post(path, {"standards": [str(graduation.habits.public_id)]})
    assert not CourseStandard.objects.filter(course=course).exists()


# --- The student's page -----------------------------------------------------------------------------------------------


def test_student_family_and_teacher_see_the_line_from_work_to_graduation_standard(
    personas: Personas, geometry_a: Class, graduation: Graduation
) -> None:
    student, actor = personas.student.student, personas.administrator.user
    one, two, _three = geometry_a.standards
    first, second, _third = graduation.academic
    change_links(first, add=[one, two, *make_framework(personas.district, count=2)], actor=actor)
    change_links(second, add=[one], actor=actor)
    geometry_a.judge({student: "proficient"}, title="A proof of my own")
    before = LedgerEntry.objects.count()
    for reader in (personas.student, personas.family, personas.teacher, personas.counselor):
        browser = reader.client()
        with assert_no_writes():
            page = " ".join(text_of(browser.get(own_page(personas, geometry_a))).split())
        toward = page.partition("Toward graduation")[2]
        assert NOTHING in toward and f"As of {clock.today(personas.district):%b %-d, %Y}" in toward
        assert "2 targets of this course lead to it; 1 still open. Of all courses: 4." in toward
        assert "1 target of this course leads to it; 0 still open. Of all courses: 1." in toward
        assert toward.count("A proof of my own (") == 2
        assert "1 graduation standard has no target in this course" in toward
        assert "Takes part in public life" in toward and "nothing leads to it yet" in toward
        assert toward.index("Apart: habits of work") < toward.index("GS4 Works with care")
    assert LedgerEntry.objects.count() == before


def test_without_graduation_standards_or_links_the_page_says_so_or_nothing(
    personas: Personas, geometry_a: Class
) -> None:
    browser = personas.student.client()
    path = own_page(personas, geometry_a)
    make_graduation(personas.other_district, personas.other_district_administrator.user)
    assert "Toward graduation" not in text_of(browser.get(path))
    graduation = make_graduation(personas.district, personas.administrator.user)
    assert "No standard of this course leads to a graduation standard yet." in text_of(browser.get(path))
    change_links(graduation.academic[0], add=geometry_a.standards[:1], actor=personas.administrator.user)
    assert "No work on these targets has been judged yet." in text_of(browser.get(path))
    today = clock.today(personas.district)
    end_graduation_standards(graduation.framework, starts_on=today, actor=personas.administrator.user)
    assert "Toward graduation" not in text_of(browser.get(path))


def test_framework_of_tomorrow_is_not_shown_today(personas: Personas, geometry_a: Class) -> None:
    graduation = make_graduation(personas.district, personas.administrator.user)
    today = clock.today(personas.district)
    end_graduation_standards(
        graduation.framework, starts_on=today + dt.timedelta(days=1), actor=personas.administrator.user
    )
    assert "Toward graduation" in text_of(personas.student.client().get(own_page(personas, geometry_a)))


def test_the_page_takes_the_same_trips_for_one_link_and_for_sixty(personas: Personas, geometry_a: Class) -> None:
    actor = personas.administrator.user
    graduation = make_graduation(personas.district, actor, more=11)
    student = personas.student.student
    change_links(graduation.academic[0], add=geometry_a.standards[:1], actor=actor)
    geometry_a.judge({student: "proficient"})
    browser = personas.teacher.client()
    path = own_page(personas, geometry_a)
    with assert_queries(STUDENT_TRIPS):
        browser.get(path)
    for standard in graduation.academic:
        change_links(standard, add=[*geometry_a.standards, *make_framework(personas.district, count=2)], actor=actor)
    for number in range(5):
        geometry_a.judge({student: "developing"}, title=f"Task {number}", standard=geometry_a.standards[1])
    with assert_queries(STUDENT_TRIPS):
        page = text_of(browser.get(path))
    assert page.count("Of all courses:") == 14


# --- The whole line of a student --------------------------------------------------------------------------------------


def whole_line(personas: Personas) -> str:
    return reverse("crediting:graduation-line", args=[personas.student.student.public_id])


def test_the_whole_line_holds_work_of_classes_and_of_requests(
    personas: Personas, geometry_a: Class, graduation: Graduation
) -> None:
    student, actor = personas.student.student, personas.administrator.user
    one, two, three = geometry_a.standards
    first, second, _third = graduation.academic
    change_links(first, add=[one, two, *make_framework(personas.district, count=2)], actor=actor)
    change_links(second, add=[three], actor=actor)
    geometry_a.judge({student: "developing"}, title="A proof of my own")
    geometry_a.judge({student: "proficient"}, title="A proof of my own")
    make_request(
        geometry_a.ground,
        student,
        personas.teacher.person,
        RequestState.ASSESSED,
        levels=("developing", "proficient", "extending"),
    )
    for reader in (personas.student, personas.family, personas.counselor, personas.credit_manager):
        browser = reader.client()
        with assert_no_writes():
            page = " ".join(text_of(browser.get(whole_line(personas))).split())
        assert "leads to <strong>2</strong> of 3 graduation standards" in page and NOTHING in page
        assert "2 of 4 targets that lead to it have judged work." in page
        assert "1 of 1 target that leads to it has judged work." in page
        assert page.count("A proof of my own") == 1, "the newest level of a piece, once"
        assert reverse("crediting:class-student", args=[geometry_a.section.public_id, student.public_id]) in page
        assert "No target leads to it yet." in page
        assert page.index("Takes part in public life") < page.index("Apart: habits of work")
    assert personas.teacher.client().get(whole_line(personas)).status_code == 403, "who teaches one class sees that one"
    assert whole_line(personas) not in text_of(personas.teacher.client().get(own_page(personas, geometry_a)))
    for other in (personas.other_district_administrator, personas.other_district_student):
        assert other.client().get(whole_line(personas)).status_code == 404


def test_the_whole_line_is_linked_from_credits_and_from_a_students_page_where_there_is_one(
    personas: Personas, geometry_a: Class
) -> None:
    pages = (
        (personas.student, reverse("crediting:credits")),
        (personas.family, reverse("crediting:credits")),
        (personas.counselor, reverse("profiles:student", args=[personas.student.student.public_id])),
    )
    make_graduation(personas.other_district, personas.other_district_administrator.user)
    for reader, path in pages:
        assert whole_line(personas) not in text_of(reader.client().get(path))
    assert personas.student.client().get(whole_line(personas)).status_code == 404
    make_graduation(personas.district, personas.administrator.user)
    for reader, path in (*pages, (personas.counselor, own_page(personas, geometry_a))):
        assert whole_line(personas) in text_of(reader.client().get(path))


def test_the_whole_line_takes_the_same_trips_for_one_piece_and_for_thirty(
    personas: Personas, geometry_a: Class
) -> None:
    actor = personas.administrator.user
    graduation = make_graduation(personas.district, actor, more=11)
    student = personas.student.student
    change_links(graduation.academic[0], add=geometry_a.standards[:1], actor=actor)
    geometry_a.judge({student: "proficient"})
    browser = personas.counselor.client()
    with assert_queries(LINE_TRIPS):
        browser.get(whole_line(personas))
    for standard in graduation.academic:
        change_links(standard, add=geometry_a.standards, actor=actor)
    for number in range(30):
        geometry_a.judge({student: "developing"}, title=f"Task {number}", standard=geometry_a.standards[1])
    with assert_queries(LINE_TRIPS):
        page = text_of(browser.get(whole_line(personas)))
    assert page.count("Earlier work") == 14 and page.count("Task 29") == 14
