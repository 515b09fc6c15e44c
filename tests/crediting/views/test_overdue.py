"""Deadlines of requests as they are kept, shown and, once over, listed (R21)."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crediting.actions.requests import return_request, submit_request
from crediting.models import CreditRequest
from crediting.states import RequestState
from mbl.core import clock
from profiles.models import Person
from profiles.states import Role, SessionKind
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.crediting import Ground, make_draft, make_ground, make_request
from tests.factories.procedures import make_procedure
from tests.factories.profiles import make_account_holder, make_role, make_session, make_student
from tests.personas import Personas

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R21")]
OVERDUE_TRIPS = 10
TWO_WEEKS = {"after": "submitted", "weeks": 2}


def decision(window: dict[str, Any]) -> dict[str, Any]:
    """A deadline of every decision, as a policy file writes it."""
    return {"code": "decision", "windows": [window]}


def midnight_after(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))


def test_d2_the_clock_of_a_decision_starts_with_the_sending(personas: Personas, ground: Ground) -> None:
    make_procedure(personas.other_district, deadlines=[decision({"after": "submitted", "days": 1})])
    make_procedure(personas.district, deadlines=[decision(TWO_WEEKS)])
    request = make_request(ground, personas.student.student, personas.teacher.person)
    today = clock.today(personas.district)
    due = today + dt.timedelta(weeks=2)
    assert request.decide_by == midnight_after(due, personas.district.timezone)
    assert request.decide_by_reason["params"] | {"at": ""} == {
        "at": "",
        "anchor": "submitted",
        "from": today.isoformat(),
        "on": due.isoformat(),
        "number": 2,
    }
    address = f"/requests/{request.public_id}/"
    for reader in (personas.student, personas.family, personas.credit_manager):
        assert "2 weeks after the day on which it was sent" in text_of(reader.client().get(address))


def test_where_the_policy_sets_no_deadline_there_is_none(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    assert (request.decide_by, request.decide_by_reason) == (None, {})
    assert "Decision due" not in text_of(personas.student.client().get(f"/requests/{request.public_id}/"))


def test_sending_again_after_a_return_starts_the_clock_anew(personas: Personas, ground: Ground) -> None:
    make_procedure(personas.district, deadlines=[decision(TWO_WEEKS)])
    request = make_request(ground, personas.student.student, personas.teacher.person)
    CreditRequest.objects.filter(pk=request.pk).update(decide_by=clock.now() - dt.timedelta(days=3))
    return_request(request, reason="Which claim?", actor=personas.teacher.user)
    assert "Nothing is overdue" in text_of(personas.credit_manager.client().get("/decisions/overdue/"))
    again = submit_request(request, actor=personas.student.user, answer="The first.")
    assert again.decide_by == midnight_after(
        clock.today(personas.district) + dt.timedelta(weeks=2), personas.district.timezone
    )


def test_a_draft_shows_until_when_it_can_be_sent(personas: Personas, ground: Ground) -> None:
    today = clock.today(personas.district)
    for days in (-3, 90):
        end = today + dt.timedelta(days=days)
        make_session(personas.district, kind=SessionKind.SEMESTER, starts_on=end - dt.timedelta(days=60), ends_on=end)
    make_procedure(
        personas.district, deadlines=[{"code": "submission", "windows": [{"after": "term_end", "weeks": 1}]}]
    )
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    page = text_of(personas.student.client().get(f"/requests/{request.public_id}/"))
    assert "Send it by" in page and "1 week after the end of the term" in page


def test_overdue_lists_the_latest_first_and_takes_the_same_trips_for_one_and_thirty(
    personas: Personas, ground: Ground
) -> None:
    elsewhere = make_ground(personas.other_school, title="Physics")
    foreign = make_request(elsewhere, personas.other_district_student.student, _teacher(personas))
    late_requests = [make_request(ground, personas.student.student, personas.teacher.person, title="Not late")]
    CreditRequest.objects.update(decide_by=clock.now() + dt.timedelta(days=1))
    CreditRequest.objects.filter(pk=foreign.pk).update(decide_by=clock.now() - dt.timedelta(days=9))

    def one_more(number: int) -> None:
        student = make_student(personas.school, person=make_account_holder(personas.district, f"Student {number:02}"))
        state = RequestState.ASSESSED if number % 2 else RequestState.SUBMITTED
        made = make_request(ground, student, personas.teacher.person, state, title=f"Work {number:02}")
        # A day of the district: thirty days of 24 hours may begin on another one where clocks were set back.
        day = clock.today(personas.district) - dt.timedelta(days=number + 1)
        CreditRequest.objects.filter(pk=made.pk).update(decide_by=midnight_after(day, personas.district.timezone))
        late_requests.append(made)

    one_more(1)
    browser = personas.credit_manager.client()
    browser.get("/decisions/overdue/")
    with assert_queries(OVERDUE_TRIPS), assert_no_writes():
        browser.get("/decisions/overdue/")
    for number in range(2, 31):
        one_more(number)
    with assert_queries(OVERDUE_TRIPS):
        page = text_of(browser.get("/decisions/overdue/"))
    assert "<strong>30 decisions</strong> are late" in page
    assert page.index("Work 30") < page.index("Work 29") < page.index("Work 28")
    assert "Not late" not in page and "Oskar Lind" not in page and "31 days" in page


def _teacher(personas: Personas) -> Person:

    teacher = make_account_holder(personas.other_district, "Stella Reed")
    make_role(teacher, Role.TEACHER, personas.other_school)
    return teacher
