"""The page of days without school, and the deadlines that pass over them."""

import datetime as dt
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.actions.closed_days import add_closed_days
from crediting.models import ClosedDay, CreditRequest
from crediting.queries.decisions import deliberate
from crediting.queries.procedures import school_calendar
from crediting.rules.closed_days import DayOff
from crediting.states import RequestState
from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.models import AuditEvent
from tests.at_once import at_once
from tests.crediting.recorded import Recorded
from tests.factories.crediting import make_ground, make_request
from tests.factories.profiles import make_school
from tests.personas import Personas

pytestmark = pytest.mark.django_db
PAGE = "/closed-days/"


def weekday(after: dt.date, number: int) -> dt.date:
    """The ``number``-th weekday after a day."""
    while number:
        after += dt.timedelta(days=1)
        number -= after.weekday() < 5
    return after


def test_days_are_added_once_for_a_district_or_a_school_and_taken_off(personas: Personas) -> None:
    ahead = weekday(clock.today(personas.district), 3)
    ClosedDay.objects.create(district=personas.other_district, day=ahead, title="Southport fair")
    browser = personas.administrator.client()
    recorded = Recorded()
    answer = browser.post(PAGE, {"text": f"{ahead} Conference"}, follow=True).content.decode()
    assert "1 day is added." in answer and "Conference" in answer and "Southport fair" not in answer
    again = browser.post(PAGE, {"text": f"{ahead} Conference"}, follow=True).content.decode()
    assert "All of these days were there already." in again
    file = SimpleUploadedFile("days.csv", f"day,last,name\n{ahead},,Own day\n".encode())
    browser.post(PAGE, {"school": str(personas.school.public_id), "file": file})
    assert recorded.verbs == ["crediting.closed_days.added"] * 2
    assert ClosedDay.objects.filter(district=personas.district).count() == 2
    row = ClosedDay.objects.get(school=personas.school)
    browser.post(f"{PAGE}{row.public_id}/remove/")
    assert recorded.verbs[-1] == "crediting.closed_days.removed"
    assert not ClosedDay.objects.filter(school=personas.school).exists()


def test_a_fault_says_which_line_and_nothing_is_added(personas: Personas) -> None:
    page = personas.administrator.client().post(PAGE, {"text": "2026-11-26 Thanksgiving\nsoon"})
    assert page.status_code == 422
    assert "Line 2 does not begin with a day" in page.content.decode()
    assert not ClosedDay.objects.exists()
    assert personas.administrator.client().post(PAGE, {"text": ""}).status_code == 422


def test_only_administrators_of_the_district_may(personas: Personas) -> None:
    with pytest.raises(NotAllowed):
        add_closed_days(personas.district, [DayOff(dt.date(2026, 11, 26), "")], actor=personas.principal.user)


@pytest.mark.rule("R21", partial=True)
def test_deadlines_in_school_days_pass_over_them_at_the_school(personas: Personas) -> None:
    today = clock.today(personas.district)
    declares = "deadlines: [{code: decision, windows: [{after: submitted, school_days: 2}]}]\n"
    ground = make_ground(
        personas.school, declares=declares, gives=("credit: {up_to: 1.0}", "mark: P", "decide_by: decision")
    )
    days = [DayOff(weekday(today, 1), "Off")]
    add_closed_days(personas.district, days, school=personas.school, actor=personas.administrator.user)
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    last = weekday(today, 3)
    assert request.decide_by is not None
    assert clock.day_of(request.decide_by - dt.timedelta(minutes=1), personas.district) == last
    notes = {one.code: one.params for one in deliberate(CreditRequest.objects.get()).outcome.notes}
    assert notes["deadline.decide_by"]["last"] == last.isoformat()
    elsewhere = school_calendar(personas.district, make_school(personas.district, "Elsewhere"))
    assert elsewhere.is_school_day(days[0].day)
    assert not school_calendar(personas.district, personas.school).is_school_day(days[0].day)


def test_the_list_takes_the_same_trips_for_one_and_for_twenty_five(personas: Personas) -> None:
    today = clock.today(personas.district)
    browser = personas.administrator.client()
    add = partial(add_closed_days, personas.district, actor=personas.administrator.user, school=personas.school)
    add([DayOff(weekday(today, 1), "Off")])
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        browser.get(PAGE)
    add([DayOff(weekday(today, number), "Off") for number in range(2, 31)])
    with CaptureQueriesContext(connection) as many:
        browser.get(PAGE)
    assert len(many) == len(few)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_same_list_sent_at_once_is_added_once(personas: Personas) -> None:
    days = [DayOff(dt.date(2026, 11, 26), "Thanksgiving"), DayOff(dt.date(2026, 11, 27), "")]
    at_once([partial(add_closed_days, personas.district, days, actor=personas.administrator.user)] * 6)
    assert ClosedDay.objects.count() == 2
    assert AuditEvent.objects.filter(verb="crediting.closed_days.added").count() == 1
