"""The pages on which a student chooses what a listed award leaves to them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.models import AwardProposal
from tests.factories.award_proposals import listed, make_math, make_results_ground, make_score
from tests.personas import Personas

pytestmark = pytest.mark.django_db
LIST = "/award-choices/"
COPIED = (
    "district", "run", "student", "school", "subject", "method", "purpose", "rule_code", "demonstrated_on", "credits",
    "facts_hash", "choice",
)  # fmt: skip
CHOICE = "mark: {choice: [P, {value: A, basis: The exam}]}"


@pytest.fixture
def one(personas: Personas) -> AwardProposal:
    make_results_ground(personas.other_school, ap_mark=CHOICE)
    make_score(personas.other_district_student.student)
    make_results_ground(personas.school, ap_mark=CHOICE)
    make_score(personas.student.student)
    listed(personas.other_district)
    (row,) = listed(personas.district)
    return row


def test_the_home_leads_to_the_choice_and_the_choice_is_made_there(personas: Personas, one: AwardProposal) -> None:
    browser = personas.student.client()
    here = f"{LIST}{one.public_id}/"
    assert here in browser.get("/").content.decode()
    page = browser.get(here).content.decode()
    assert "Which mark should the record show?" in page and "Take this credit" in page and "said_on" not in page
    wrong = browser.post(here, {"verdict": "take", "mark": "Z"})
    assert wrong.status_code == 422
    answer = browser.post(here, {"verdict": "take", "mark": "A"}, follow=True).content.decode()
    assert "The choice is recorded." in answer
    assert here not in browser.get("/").content.decode()
    declined = browser.post(here, {"verdict": "decline", "reason": ""}, follow=True).content.decode()
    assert "Not wanted" in declined and "Did you change your mind?" in declined


def test_the_family_reads_and_cannot_choose(personas: Personas, one: AwardProposal) -> None:
    browser = personas.family.client()
    assert one.course is not None
    assert one.course.title in browser.get(LIST).content.decode()
    page = browser.get(f"{LIST}{one.public_id}/").content.decode()
    assert "Take this credit" not in page and "Last day" not in page
    assert browser.post(f"{LIST}{one.public_id}/", {"verdict": "take", "mark": "A"}).status_code == 403


def test_what_staff_write_down_says_so(personas: Personas, one: AwardProposal) -> None:
    here = f"{LIST}{one.public_id}/"
    browser = personas.counselor.client()
    assert "Ask the student first." in browser.get(here).content.decode()
    assert browser.post(here, {"verdict": "take", "mark": "A"}).status_code == 422
    browser.post(here, {"verdict": "take", "mark": "A", "said_on": "2026-06-01"})
    assert "wrote this down for the student" in personas.student.client().get(here).content.decode()
    manager = personas.credit_manager.client().get(f"/award-proposals/{one.public_id}/").content.decode()
    assert "written down by" in manager


def test_the_list_takes_the_same_trips_for_one_and_for_twenty_five(personas: Personas, one: AwardProposal) -> None:
    browser = personas.student.client()
    browser.get(LIST)
    with CaptureQueriesContext(connection) as few:
        browser.get(LIST)
    for number in range(29):
        course = make_math(personas.district, f"Course {number}")
        kept = {name: getattr(one, name) for name in COPIED}
        AwardProposal.objects.create(**kept, course=course)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(LIST).content.decode()
    assert len(many) == len(few)
    assert page.count("piece__name") == 25


def test_a_counselor_sees_what_is_still_open_on_the_caseload(personas: Personas, one: AwardProposal) -> None:
    waiting = personas.counselor.client()
    assert "Sofia Ramirez" in waiting.get(f"{LIST}waiting/").content.decode()
    assert "Oskar Lind" not in waiting.get(f"{LIST}waiting/").content.decode()
    waiting.post(f"{LIST}{one.public_id}/", {"verdict": "take", "mark": "A", "said_on": "2026-06-01"})
    assert "Sofia Ramirez" not in waiting.get(f"{LIST}waiting/").content.decode()
