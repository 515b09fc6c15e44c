"""The pages of proposed awards: what is listed, confirming one and all, choosing, setting aside."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crediting.models import AwardProposal, LedgerEntry
from crediting.states import AwardProposalState
from mbl.core import jobs
from mbl.core.models import Job
from tests.factories.award_proposals import (
    listed,
    make_institutional,
    make_math,
    make_results_ground,
    make_score,
)
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
LIST = "/award-proposals/"
REASON = {"reason": "The result is on file."}


def test_the_list_says_what_would_be_awarded_and_by_which_rule(personas: Personas) -> None:
    make_results_ground(personas.other_school)
    make_score(personas.other_district_student.student)
    listed(personas.other_district)
    make_results_ground(personas.school)
    make_score(personas.student.student)
    listed(personas.district)
    page = personas.credit_manager.client().get(LIST).content.decode()
    assert "Sofia Ramirez" in page and "Calculus" in page and "<bdi>AP</bdi>" in page
    assert "Oskar Lind" not in page


def test_the_list_takes_the_same_trips_for_one_and_for_twenty_rows(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student)
    listed(personas.district)
    browser = personas.credit_manager.client()
    browser.get(LIST)
    with CaptureQueriesContext(connection) as one:
        browser.get(LIST)
    for _number in range(29):
        make_score(make_student(personas.school))
    assert len(listed(personas.district)) == 30
    with CaptureQueriesContext(connection) as many:
        page = browser.get(LIST)
    assert len(many) == len(one)
    assert "Confirm all 30" in page.content.decode()


def test_filters_narrow_the_list(personas: Personas) -> None:
    ground = make_results_ground(personas.school, pool="2.0")
    make_score(personas.student.student)
    make_score(make_student(personas.school, "Mira Vale"), "sba-math", level=3)
    assert len(listed(personas.district)) == 3
    browser = personas.credit_manager.client()
    for query, seen in (
        ("q=vale", ["Mira Vale", "Mira Vale"]),
        ("rule=ap", ["Sofia Ramirez"]),
        (f"course={ground.geometry.public_id}", ["Mira Vale"]),
        ("subject=science", []),
        (f"school={personas.school.code}&rule=STATE", ["Mira Vale", "Mira Vale"]),
    ):
        rows = browser.get(f"{LIST}?{query}").context["rows"]
        assert [str(row[0].student) for row in rows] == seen, query


def test_one_press_confirms_what_is_shown_and_tells_what_could_not_be(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student)
    score = make_score(make_student(personas.school, "Mira Vale"))
    rows = listed(personas.district)
    score.level = 1
    score.save()
    ids = [str(row.public_id) for row in rows]
    answer = personas.credit_manager.client().post(LIST, REASON | {"proposal": ids, "shown": "1"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "1 line was not awarded" in page and "This has changed since it was listed." in page
    assert LedgerEntry.objects.get().student == personas.student.student


def test_confirming_everything_is_a_job_that_can_run_twice(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student)
    make_score(make_student(personas.school))
    listed(personas.district)
    browser = personas.credit_manager.client()
    first = browser.post(LIST, REASON | {"everything": "1"})
    second = browser.post(LIST, REASON | {"everything": "1"})
    job = Job.objects.get(kind="crediting.confirm_awards")
    assert first.headers["Location"] == second.headers["Location"] == reverse("core:job", args=[job.public_id])
    jobs.run(job.pk)
    assert LedgerEntry.objects.count() == 2
    job.refresh_from_db()
    assert (job.state, job.done, job.result_url) == ("done", 2, f"{LIST}?show=confirmed")


def test_a_line_opens_to_why_and_is_confirmed_there(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    browser = personas.principal.client()
    page = browser.get(f"{LIST}{one.public_id}/").content.decode()
    assert "2403 (2)" in page and "AP Calculus AB" in page
    answer = browser.post(f"{LIST}{one.public_id}/answer/", REASON | {"verdict": "confirm"}, follow=True)
    assert "1 credit is awarded." in answer.content.decode()
    entry = LedgerEntry.objects.get()
    assert entry.decision is not None
    for address in (f"/decided/{entry.decision.public_id}/", f"{LIST}{one.public_id}/"):
        assert browser.get(address).status_code == 200
    assert entry.request is not None
    assert personas.student.client().get(f"/requests/{entry.request.public_id}/").status_code == 200


def test_the_students_choice_is_recorded_before_it_can_be_confirmed(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student, "sba-math", level=3)
    one = listed(personas.district)[0]
    browser = personas.credit_manager.client()
    address = f"{LIST}{one.public_id}/"
    assert "The student chooses" in browser.get(address).content.decode()
    refused = browser.post(f"{address}answer/", REASON | {"verdict": "confirm"})
    assert refused.status_code == 422 and not LedgerEntry.objects.exists()
    chosen = f"/award-choices/{one.public_id}/"
    assert chosen in browser.get(address).content.decode()
    browser.post(chosen, {"verdict": "take", "said_on": "2026-11-01"})
    browser.post(f"{address}answer/", REASON | {"verdict": "confirm"})
    assert LedgerEntry.objects.get().course == one.course


def test_setting_aside_needs_a_reason(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    browser = personas.credit_manager.client()
    address = f"{LIST}{one.public_id}/answer/"
    assert browser.post(address, {"verdict": "dismiss", "reason": " "}).status_code == 422
    assert browser.post(address, {"verdict": "dismiss", "reason": "Later."}).status_code == 302
    assert AwardProposal.objects.get().state == AwardProposalState.DISMISSED
    assert browser.post(address, {"verdict": "?"}).status_code == 400


@pytest.mark.rule("R26", partial=True)
def test_what_a_statute_demands_stands_first_with_its_citation_and_offers_no_refusal(personas: Personas) -> None:
    courses = [make_math(personas.district, title) for title in ("Basic Math", "Algebra")]
    make_institutional(personas.student.student)
    make_score(personas.student.student, "ged-math", level=None, met=True)
    (one,) = listed(personas.district)
    browser = personas.principal.client()
    assert "RCW 28A.320.192(4)" in browser.get("/decisions/").content.decode()
    page = browser.get(f"{LIST}{one.public_id}/").content.decode()
    assert "RCW 28A.320.192(4)" in page and "Set it aside" not in page
    address = f"{LIST}{one.public_id}/answer/"
    assert browser.post(address, REASON | {"verdict": "dismiss"}).status_code == 422
    assert browser.post(address, REASON | {"verdict": "confirm"}).status_code == 422
    browser.post(address, REASON | {"verdict": "confirm", "course": str(courses[1].public_id)})
    entry = LedgerEntry.objects.get()
    assert entry.course == courses[1] and entry.decision is not None
    page = browser.get(f"/decided/{entry.decision.public_id}/").content.decode()
    assert "State law demands this award: RCW 28A.320.192(4)" in page
    assert personas.family.client().get(f"/decided/{entry.decision.public_id}/").status_code == 200


def test_look_again_is_one_job_however_often_it_is_pressed(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student)
    browser = personas.credit_manager.client()
    for _press in range(2):
        assert browser.post(f"{LIST}look/").status_code == 302
    job = Job.objects.get(kind="crediting.look_for_awards")
    jobs.run(job.pk)
    assert AwardProposal.objects.get().student == personas.student.student
