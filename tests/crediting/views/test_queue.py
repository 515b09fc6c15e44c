"""The two queues: what waits for a teacher, what waits for a decision."""

import datetime as dt
from urllib.parse import quote

import pytest

from crediting.models import CreditRequest
from crediting.states import RequestState
from profiles.models import Person
from profiles.states import Role
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.crediting import Ground, make_ground, make_request
from tests.factories.profiles import make_account_holder, make_role, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
# The page and its menu count once (``teachers_tally``).
QUEUE_TRIPS = 10
# What few requests have is read where there is some of it (``rare_among``).
DECISIONS_TRIPS = 24
KILOBYTE = 1024


def many(ground: Ground, personas: Personas, count: int, state: RequestState = RequestState.SUBMITTED) -> None:
    """Requests of ``count`` students, each waiting a day longer than the next."""
    for number in range(count):
        student = make_student(
            personas.school, person=make_account_holder(personas.district, f"Given{number:02} Family{number:02}")
        )
        request = make_request(ground, student, personas.teacher.person, state, title=f"Work number {number:02}")
        CreditRequest.objects.filter(pk=request.pk).update(
            waiting_since=request.waiting_since - dt.timedelta(days=count - number)  # type: ignore[operator]
        )


def test_the_sentence_and_the_rows_come_from_the_same_requests(personas: Personas, ground: Ground) -> None:
    many(ground, personas, 3)
    make_request(ground, personas.student.student, personas.teacher.person, RequestState.RETURNED)
    foreign = make_ground(personas.other_school, title="Physics")
    make_request(foreign, personas.other_district_student.student, _teacher_of(personas))
    browser = personas.teacher.client()
    with assert_no_writes():
        page = text_of(browser.get("/queue/"))
    assert "<strong>3 pieces of work</strong> need you." in page
    assert "The longest wait is <strong>3 days</strong>." in page
    assert page.index("Work number 00") < page.index("Work number 01") < page.index("Work number 02")
    assert "Proofs I wrote" not in page and "Oskar Lind" not in page
    assert "Proofs I wrote" in text_of(browser.get("/queue/?show=student"))


def _teacher_of(personas: Personas) -> Person:
    teacher = make_account_holder(personas.other_district, "Stella Reed")
    make_role(teacher, Role.TEACHER, personas.other_school)
    return teacher


def test_the_queue_is_found_by_name_title_and_course(personas: Personas, ground: Ground) -> None:
    many(ground, personas, 3)
    accented = make_student(personas.school, person=make_account_holder(personas.district, "Zoë Núñez"))
    other = make_ground(personas.school, title="Algebra 2", standards=ground.standards)
    make_request(other, accented, personas.teacher.person, title="Bridge model")
    browser = personas.teacher.client()
    for query in ("q=nunez", "q=" + quote("Núñez zoë"), "q=bridge", f"course={other.course.public_id}"):
        page = text_of(browser.get(f"/queue/?{query}"))
        assert "Bridge model" in page and "Work number" not in page
    assert "No request fits this view" in text_of(browser.get("/queue/?show=all&q=nobody"))
    assert browser.get("/queue/?course=nonsense&order=nonsense&page=nonsense").status_code == 200


def test_the_queue_can_be_ordered_both_ways(personas: Personas, ground: Ground) -> None:
    many(ground, personas, 3)
    browser = personas.teacher.client()
    page = text_of(browser.get("/queue/?order=-wait"))
    assert page.index("Work number 02") < page.index("Work number 00")
    page = text_of(browser.get("/queue/?order=-student"))
    assert page.index("Family02") < page.index("Family00")


@pytest.mark.parametrize(("path", "reader"), [("/queue/", "teacher"), ("/decisions/", "credit_manager")])
def test_what_closed_last_stands_first_with_its_day(personas: Personas, ground: Ground, path: str, reader: str) -> None:
    many(ground, personas, 3)
    first, second, third = CreditRequest.objects.order_by("title")
    for one, day in ((first, 5), (second, 9), (third, 7)):
        closed = dt.datetime(2026, 10, day, 18, tzinfo=dt.UTC)
        closing = {"state": RequestState.WITHDRAWN, "closed_at": closed, "waiting_since": None}
        CreditRequest.objects.filter(pk=one.pk).update(**closing)
    browser = personas.named(reader).client()
    page = text_of(browser.get(f"{path}?show=closed"))
    assert page.index("Work number 01") < page.index("Work number 02") < page.index("Work number 00")
    assert "Oct 9, 2026" in page
    page = text_of(browser.get(f"{path}?show=closed&order=-wait"))
    assert page.index("Work number 00") < page.index("Work number 02") < page.index("Work number 01")


def test_one_row_and_thirty_take_the_same_trips_and_few_bytes(personas: Personas, ground: Ground) -> None:
    many(ground, personas, 1)
    browser = personas.teacher.client()
    browser.get("/queue/")
    with assert_queries(QUEUE_TRIPS):
        one = len(browser.get("/queue/").content)
    many(ground, personas, 29)
    with assert_queries(QUEUE_TRIPS):
        page = browser.get("/queue/")
    text = text_of(page)
    assert "1 to 25 of 30" in text and text.count('<tr role="row"') == 25 + 1
    a_row = (len(page.content) - one) / 24
    assert one + 49 * a_row <= 60 * KILOBYTE
    assert "26 to 30 of 30" in text_of(browser.get("/queue/?page=2"))


def test_only_teachers_have_a_queue(personas: Personas, ground: Ground) -> None:
    for persona in (personas.student, personas.family, personas.principal, personas.registrar):
        answer = persona.client().get("/queue/")
        assert answer.status_code == 403 and "This list is for teachers" in text_of(answer)


def test_an_empty_queue_says_why(personas: Personas, ground: Ground) -> None:
    page = text_of(personas.teacher.client().get("/queue/"))
    assert "<strong>0 pieces of work</strong> need you." in page and "Nothing is waiting for you" in page


# --- To decide --------------------------------------------------------------------------------------------------------


def test_what_is_ready_stands_with_what_the_policy_says(personas: Personas, ground: Ground) -> None:
    many(ground, personas, 2, RequestState.ASSESSED)
    make_request(ground, personas.student.student, personas.teacher.person)
    browser = personas.credit_manager.client()
    with assert_no_writes():
        page = text_of(browser.get("/decisions/"))
    assert "<strong>2 requests</strong> are ready for a decision." in page and "12 of 12" in page
    assert "Sofia Ramirez" not in page
    assert "Sofia Ramirez" in text_of(browser.get("/decisions/?show=teacher"))


def test_one_decision_and_thirty_take_the_same_trips_and_few_bytes(personas: Personas, ground: Ground) -> None:
    many(ground, personas, 1, RequestState.ASSESSED)
    browser = personas.principal.client()
    browser.get("/decisions/")
    with assert_queries(DECISIONS_TRIPS):
        one = len(browser.get("/decisions/").content)
    many(ground, personas, 29, RequestState.ASSESSED)
    with assert_queries(DECISIONS_TRIPS):
        page = browser.get("/decisions/")
    a_row = (len(page.content) - one) / 24
    assert "1 to 25 of 30" in text_of(page) and one + 49 * a_row <= 60 * KILOBYTE


def test_only_who_decides_has_that_list_and_only_of_their_schools(personas: Personas, ground: Ground) -> None:
    foreign = make_ground(personas.other_school, title="Physics")
    make_request(foreign, personas.other_district_student.student, _teacher_of(personas), RequestState.ASSESSED)
    assert "Oskar Lind" not in text_of(personas.principal.client().get("/decisions/?show=all"))
    for persona in (personas.student, personas.teacher, personas.registrar, personas.administrator):
        assert persona.client().get("/decisions/").status_code == 403
