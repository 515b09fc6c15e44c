"""Second readings on their pages: blind by every road, then side by side."""

from __future__ import annotations

import pytest
from django.test import Client

from crediting.actions.decisions import refuse_credit
from crediting.actions.judgements import JudgedStandard, record_judgements
from crediting.models import CreditRequest, Judgement, Reading, ReadingLevel
from crediting.states import Moderated, RequestState
from mbl.core.models import Notification
from profiles.models import Person, SectionTeacher
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.crediting import Ground, make_request
from tests.factories.moderation import account, give, make_read_ground, make_sample, make_teacher, make_waiting
from tests.personas import Personas

pytestmark = pytest.mark.django_db
READINGS_TRIPS = 9
READ_TRIPS = 20
# What the first reader wrote: found nowhere by the second one before their own reading is given.
SECRETS = ("FIRST-READER-WORDS", "Tomas Reed", "Extending")

# The roster says who teaches the student, which is no word on who read the work.
NOT_SECRET = {"students": {"Tomas Reed"}, "classes": {"Tomas Reed", "Extending"}}


def browser_of(person: Person) -> Client:
    browser = Client()
    browser.force_login(account(person))
    return browser


@pytest.fixture
def second(personas: Personas) -> Person:
    return make_teacher(personas.school, "Noor Haddad")


@pytest.fixture
def read_ground(personas: Personas) -> Ground:
    make_read_ground(personas.other_school)
    return make_read_ground(personas.school)


def judged_in_secret(personas: Personas, ground: Ground) -> tuple[CreditRequest, Reading]:
    """The first reader's comments are words that stand nowhere else."""
    request = make_request(ground, personas.student.student, personas.teacher.person)
    rows = [
        JudgedStandard(standard, ground.level("extending"), "FIRST-READER-WORDS") for standard in ground.standards[:2]
    ]
    record_judgements(request, rows=rows, actor=personas.teacher.user)
    request.refresh_from_db()
    return request, Reading.objects.get(request=request)


def test_the_second_reader_learns_nothing_of_the_first_by_any_road(
    personas: Personas, read_ground: Ground, second: Person
) -> None:
    SectionTeacher.objects.create(section=personas.section, person=second)
    request, reading = judged_in_secret(personas, read_ground)
    browser = browser_of(second)
    evidence, student = request.uses.get().evidence, personas.student.student.public_id
    open_pages = [
        f"/second-readings/{reading.public_id}/",
        "/second-readings/",
        "/second-readings/?show=closed",
        "/queue/",
        "/queue/?show=all",
        "/",
        "/messages/",
        f"/evidence/{evidence.public_id}/",
        f"/students/{student}/",
        f"/classes/{personas.section.public_id}/",
        "/examples/",
        "/calibration/",
    ]
    closed_pages = [
        f"/requests/{request.public_id}/",
        f"/requests/{request.public_id}/assess/",
        f"/requests/{request.public_id}/return/",
        f"/requests/{request.public_id}/confirm/",
        f"/decisions/{request.public_id}/",
        "/decisions/",
        "/second-readings/agreement/",
        "/second-readings/agreement/file/",
        "/audit/",
        "/audit/export/",
        f"/plans/{student}/",
        f"/api/v1/students/{student}/ledger/",
        f"/api/v1/students/{student}/progress/",
    ]
    for path in open_pages:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        page = text_of(answer)
        # The scale's own words stand in the rubric for everybody, and in the key of a grid.
        hidden = set(SECRETS) - NOT_SECRET.get(path.split("/")[1], set())
        hidden -= {"Extending"} if path == open_pages[0] else set()
        assert not [one for one in hidden if one in page], path
    assert "checked" not in text_of(browser.get(open_pages[0]))
    for path in closed_pages:
        assert browser.get(path).status_code in {403, 404, 405}, path
    for message in Notification.objects.filter(user=second.user):
        assert not [one for one in SECRETS if one in message.text]


def test_the_first_reader_learns_nothing_of_the_second_before_it_is_given(
    personas: Personas, read_ground: Ground, second: Person
) -> None:
    request, reading = judged_in_secret(personas, read_ground)
    browser_of(second).post(
        f"/drafts/reading-{reading.public_id}/",
        {f"comment-{read_ground.standards[0].public_id}": "SECOND-READER-WORDS"},
    )
    browser = personas.teacher.client()
    for path in (f"/requests/{request.public_id}/assess/", f"/requests/{request.public_id}/", "/queue/", "/messages/"):
        page = text_of(browser.get(path))
        assert "SECOND-READER-WORDS" not in page and "Noor Haddad" not in page, path
    assert "A second teacher reads this work too" in text_of(browser.get(f"/requests/{request.public_id}/assess/"))
    assert browser.get(f"/second-readings/{reading.public_id}/").status_code == 404
    # Nor do the student and the family, whose page says that somebody looks again.
    for persona in (personas.student, personas.family):
        page = text_of(persona.client().get(f"/requests/{request.public_id}/"))
        assert "A second teacher looks at this work too" in page and "Noor Haddad" not in page
        assert persona.client().get(f"/second-readings/{reading.public_id}/").status_code == 404
    give(reading, read_ground, ("developing", "extending"), comment="SECOND-READER-WORDS")
    page = text_of(browser.get(f"/second-readings/{reading.public_id}/"))
    assert "SECOND-READER-WORDS" in page and "FIRST-READER-WORDS" in page and "Noor Haddad" in page


def test_who_decides_sees_who_reads_and_no_level_before_it_is_given(
    personas: Personas, read_ground: Ground, second: Person
) -> None:
    request, reading = judged_in_secret(personas, read_ground)
    page = text_of(personas.credit_manager.client().get(f"/second-readings/{reading.public_id}/"))
    assert second.display_name in page and "Drawn by lot" in page and "FIRST-READER-WORDS" not in page
    page = text_of(personas.credit_manager.client().get(f"/decisions/{request.public_id}/"))
    assert "It is decided when that reading is there." in page


def test_reading_comparing_and_settling_in_the_browser(personas: Personas, read_ground: Ground, second: Person) -> None:
    request, reading = make_waiting(personas, read_ground)
    path, browser = f"/second-readings/{reading.public_id}/", browser_of(second)
    with assert_no_writes():
        page = text_of(browser.get(path))
    assert page.count("data-rubric-row") == 2 and "Opposite angles are equal" in page
    first, other = read_ground.standards[:2]
    partly = browser.post(path, {f"level-{first.public_id}": "developing"})
    assert partly.status_code == 422 and "Both readings have to be about the same." in text_of(partly)
    posted = {
        f"level-{first.public_id}": "developing",
        f"comment-{first.public_id}": "One step is missing.",
        f"level-{other.public_id}": "proficient",
    }
    assert browser.post(path, posted)["Location"] == path
    assert ReadingLevel.objects.filter(agrees=False).count() == 1
    page = text_of(browser.get(path))
    assert "The readings do not agree" in page and "On what do you settle?" in page
    # The teacher who read it first settles it, on the same page.
    page = text_of(personas.teacher.client().get(f"/requests/{request.public_id}/assess/"))
    assert f'href="{path}"' in page
    settle = {f"level-{first.public_id}": "developing", "reason": "We looked at page 2 together."}
    assert personas.teacher.client().post(path, settle)["Location"] == path
    request.refresh_from_db()
    assert request.moderated == Moderated.SETTLED
    decision = refuse_credit(request, reason="One step is missing.", actor=personas.credit_manager.user)
    page = text_of(personas.family.client().get(f"/decided/{decision.public_id}/"))
    assert "Second reading: Noor Haddad" in page and "We looked at page 2 together." in page
    assert "Drawn by lot: this request has the number" in page


def test_a_teacher_who_may_decide_alone_saves_and_waits(personas: Personas, second: Person) -> None:
    ground = make_read_ground(personas.school, two_roles=False, roles=("teacher", "credit_manager"))
    request = make_request(ground, personas.student.student, personas.teacher.person)
    levels = {f"level-{standard.public_id}": "proficient" for standard in ground.standards[:2]}
    path = f"/requests/{request.public_id}/assess/"
    answer = personas.teacher.client().post(path, levels | {"verdict": "award", "decision_reason": "Shown."})
    assert answer["Location"] == "/queue/"
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED and Judgement.objects.count() == 2
    assert request.moderated == Moderated.WAITING


def test_handing_back_asks_why_and_closes_the_work(personas: Personas, read_ground: Ground, second: Person) -> None:
    request, reading = make_waiting(personas, read_ground)
    browser, path = browser_of(second), f"/second-readings/{reading.public_id}/hand-back/"
    assert browser.post(path, {}).status_code == 422
    assert browser.post(path, {"back-reason": "My neighbor."})["Location"] == "/second-readings/"
    evidence = request.uses.get().evidence
    assert browser.get(f"/second-readings/{reading.public_id}/").status_code == 404
    assert browser.get(f"/evidence/{evidence.public_id}/").status_code == 404


def test_who_decides_names_another_reader_or_goes_on(personas: Personas, read_ground: Ground, second: Person) -> None:
    _request, reading = make_waiting(personas, read_ground)
    other = make_teacher(personas.school, "Sam Okafor")
    browser, path = personas.principal.client(), f"/second-readings/{reading.public_id}/"
    assert browser.post(path, {"verdict": "ask"}).status_code == 422
    posted = {"verdict": "ask", "ask-reader": str(other.public_id), "ask-reason": "Noor is away."}
    assert browser.post(path, posted)["Location"] == path
    reading.refresh_from_db()
    assert reading.reader == other
    posted = {"verdict": "excuse", "excuse-reason": "The term ends today."}
    assert browser.post(path, posted).status_code == 302
    reading.refresh_from_db()
    assert reading.state == "excused"


def test_the_examples_stand_beside_the_rubric(personas: Personas, read_ground: Ground, second: Person) -> None:
    sample = make_sample(personas, read_ground)
    _request, reading = make_waiting(personas, read_ground)
    page = text_of(browser_of(second).get(f"/second-readings/{reading.public_id}/"))
    assert f'href="/examples/{sample.public_id}/"' in page and "Every step has its reason." in page


def test_trips_do_not_grow(personas: Personas, read_ground: Ground, second: Person) -> None:
    _request, reading = make_waiting(personas, read_ground)
    browser = browser_of(second)
    with assert_queries(READ_TRIPS):
        browser.get(f"/second-readings/{reading.public_id}/")
    with assert_queries(READINGS_TRIPS):
        browser.get("/second-readings/")
    for number in range(29):
        ground = make_read_ground(personas.school, title=f"Course {number}", standards=read_ground.standards)
        make_waiting(personas, ground)
    with assert_queries(READINGS_TRIPS):
        assert "30 pieces of work" in text_of(browser.get("/second-readings/"))
