"""A student's home: exactly one next step, what counts, what people said; the family reads the same."""

import pytest

from crediting.states import RequestState
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.crediting import Ground, judge, make_course_row, make_ground, make_request
from tests.factories.profiles import make_course
from tests.personas import Personas

pytestmark = pytest.mark.django_db
HOME_TRIPS = 18


def home(personas: Personas, name: str = "student") -> str:
    return text_of(personas.named(name).client().get("/"))


def test_a_new_student_is_invited_to_ask(personas: Personas, ground: Ground) -> None:
    page = home(personas)
    assert page.count('class="next-step ') == 1 and "Show what you already know" in page
    assert "<strong>0.0 credits</strong>" in page


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (RequestState.DRAFT, "Finish “Proofs I wrote” and send it"),
        (RequestState.SUBMITTED, "Your work is with the school"),
        (RequestState.RETURNED, "Answer Tomas Reed about “Proofs I wrote”"),
        (RequestState.ASSESSED, "Your work is with the school"),
    ],
)
def test_there_is_exactly_one_next_step(personas: Personas, ground: Ground, state: RequestState, step: str) -> None:
    make_request(ground, personas.student.student, personas.teacher.person, state)
    page = home(personas)
    assert page.count('class="next-step ') == 1 and step in page


def test_an_answer_goes_before_a_draft(personas: Personas, ground: Ground) -> None:
    other = make_ground(personas.school, title="Algebra 2", standards=ground.standards)
    make_request(other, personas.student.student, personas.teacher.person, RequestState.DRAFT, title="A draft")
    make_request(ground, personas.student.student, personas.teacher.person, RequestState.RETURNED)
    page = home(personas)
    assert page.index("Answer Tomas Reed about") < page.index("Finish “A draft”")
    assert "“Which claim does the figure support?”" in page


def test_credits_stand_by_subject_and_levels_by_standard(personas: Personas, ground: Ground) -> None:
    student = personas.student.student
    make_course_row(student, make_course(personas.district, "English 9"), "B", earned="1.000", subject="english")
    make_course_row(student, make_course(personas.district, "English 10"), "F", subject="english")
    request = make_request(ground, student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ("proficient", "developing"))
    page = home(personas)
    assert "<strong>1.0 credits</strong>" in page and "You need Proficient in every one." in page
    assert "Comment on developing." in page and ground.standards[0].code in page


def test_the_family_reads_the_same_without_drafts(personas: Personas, ground: Ground) -> None:
    make_request(ground, personas.student.student, personas.teacher.person, RequestState.DRAFT)
    page = home(personas, "family")
    assert "Sofia Ramirez" in page and page.count('class="next-step ') == 1
    assert "Proofs I wrote" not in page and "Ask for credit" not in page


def test_the_family_is_told_what_to_ask_about(personas: Personas, ground: Ground) -> None:
    make_request(ground, personas.student.student, personas.teacher.person, RequestState.RETURNED)
    assert "Ask Sofia about “Proofs I wrote”" in home(personas, "family")


def test_spanish_families_read_spanish(personas: Personas, ground: Ground) -> None:
    user = personas.family.user
    user.language = "es"
    user.save()
    answer = personas.family.client().get("/")
    assert 'lang="es"' in text_of(answer)


def test_the_home_takes_the_same_trips_with_much_on_it(personas: Personas, ground: Ground) -> None:
    student = personas.student.student
    make_request(ground, student, personas.teacher.person, RequestState.ASSESSED)
    make_course_row(student, make_course(personas.district), "B", earned="1.000")
    browser = personas.student.client()
    browser.get("/")
    with assert_queries(HOME_TRIPS), assert_no_writes():
        browser.get("/")
    for number in range(4):
        other = make_ground(personas.school, title=f"Course {number}", standards=ground.standards)
        request = make_request(other, student, personas.teacher.person)
        judge(request, other, personas.teacher.person, ("proficient", "developing"))
        make_course_row(student, make_course(personas.district), "B", earned="1.000")
    browser.get("/")  # each policy version is read once
    with assert_queries(HOME_TRIPS):
        browser.get("/")
