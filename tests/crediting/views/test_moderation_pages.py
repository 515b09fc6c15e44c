"""Examples, calibration sessions and figures of agreement on their pages."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.actions.calibration import open_calibration
from crediting.models import Anchor, CalibrationLevel, CalibrationSession, Reading, ReadingLevel
from crediting.states import ReadingState, RequestState
from mbl.core import clock
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.crediting import Ground, make_evidence, make_ground, make_request
from tests.factories.moderation import (
    account,
    give,
    make_read_ground,
    make_sample,
    make_session,
    make_teacher,
    make_waiting,
)
from tests.factories.profiles import make_account_holder, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
ANCHORS_TRIPS, CALIBRATIONS_TRIPS, AGREEMENT_TRIPS = 11, 9, 10


# --- Examples ---------------------------------------------------------------------------------------------------------


def test_an_example_is_made_from_a_students_work(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    make_request(ground, personas.student.student, personas.teacher.person, evidence=[evidence])
    browser, path = personas.credit_manager.client(), f"/examples/new/?evidence={evidence.public_id}"
    with assert_no_writes():
        page = text_of(browser.get(path))
    assert "Opposite angles are equal" in page and page.count("<option") >= 2 + 5
    posted = {
        "standard": str(ground.standards[0].public_id),
        "level": "proficient",
        "title": "A proof with its reasons",
        "body": "Opposite angles are equal, because …",
        "reason": "Each step has its reason.",
    }
    refused = browser.post(path, posted)
    assert refused.status_code == 422 and "Take every name out first" in text_of(refused)
    refused = browser.post(path, posted | {"names_removed": "on"})
    assert refused.status_code == 422 and "Say who agreed" in text_of(refused)
    browser.post(path, posted | {"names_removed": "on", "consent": "The student and the mother, 3 May"})
    sample = Anchor.objects.get()
    assert sample.source == evidence
    # A teacher reads it, and neither whose work it was nor who agreed.
    page = text_of(personas.teacher.client().get(f"/examples/{sample.public_id}/"))
    assert "Each step has its reason." in page and "3 May" not in page and str(evidence.public_id) not in page
    assert personas.student.person.display_name not in page
    page = text_of(browser.get(f"/examples/{sample.public_id}/"))
    assert "3 May" in page and str(evidence.public_id) in page


def test_a_new_version_and_a_retirement(personas: Personas, ground: Ground) -> None:
    sample = make_sample(personas, ground)
    browser = personas.credit_manager.client()
    posted = {
        "standard": str(ground.standards[0].public_id),
        "level": "proficient",
        "title": "A shorter proof",
        "body": "Because …",
        "reason": "Shorter, and whole.",
        "names_removed": "on",
    }
    browser.post(f"/examples/new/?replaces={sample.public_id}", posted)
    newer = Anchor.objects.get(version=2)
    assert personas.teacher.client().get(f"/examples/{sample.public_id}/").status_code == 404
    assert "The newer version" in text_of(browser.get(f"/examples/{sample.public_id}/"))
    assert browser.post(f"/examples/{newer.public_id}/retire/", {}).status_code == 422
    browser.post(f"/examples/{newer.public_id}/retire/", {"reason": "The standard has changed."})
    newer.refresh_from_db()
    assert newer.retired_by == personas.credit_manager.user


def test_trips_of_the_examples_do_not_grow(personas: Personas, ground: Ground) -> None:
    make_sample(personas, ground)
    browser = personas.teacher.client()
    with assert_queries(ANCHORS_TRIPS):
        browser.get("/examples/")
    for number in range(29):
        make_sample(personas, ground, place=number % 3, title=f"Sample {number}")
    with assert_queries(ANCHORS_TRIPS):
        assert "Sample 3" in text_of(browser.get("/examples/"))


def test_another_district_has_its_own_examples(personas: Personas, ground: Ground) -> None:
    sample = make_sample(personas, ground)
    stranger = make_teacher(personas.other_school, "Somebody Elsewhere")
    browser = personas.anonymous.client()
    browser.force_login(account(stranger))
    assert sample.title not in text_of(browser.get("/examples/"))
    for path in ("", "file/", "retire/"):
        assert browser.get(f"/examples/{sample.public_id}/{path}").status_code == 404


# --- Calibration ------------------------------------------------------------------------------------------------------


def test_a_session_from_setting_it_up_to_talking_it_over(personas: Personas, ground: Ground) -> None:
    samples = [make_sample(personas, ground, level, title=f"Work {level}") for level in ("developing", "extending")]
    manager, teacher = personas.credit_manager.client(), personas.teacher.client()
    with assert_no_writes():
        page = text_of(manager.get("/calibration/new/"))
    assert "Work developing" in page
    due = clock.today(personas.district) + dt.timedelta(days=3)
    posted = {"title": "Proofs", "due_on": due.isoformat(), "anchors": [str(one.public_id) for one in samples]}
    answer = manager.post("/calibration/new/", posted)
    assert answer.status_code == 302, text_of(answer)
    session = CalibrationSession.objects.get()
    path = f"/calibration/{session.public_id}/"
    page = text_of(teacher.get(path))
    # The work, and neither its level nor the reason.
    assert "Work developing" in page and "make a straight line" in page and "Every step has its reason." not in page
    for sample in samples:
        assert teacher.get(f"/examples/{sample.public_id}/").status_code == 404
    first, _other = session.items.order_by("position")
    assert teacher.post(path, {}).status_code == 422
    teacher.post(path, {f"level-{first.pk}": "proficient", f"comment-{first.pk}": "No reason for step 2."})
    assert CalibrationLevel.objects.get().level.code == "proficient"
    assert "You have judged 1 of 2 examples." in text_of(teacher.get(path))
    page = text_of(manager.get(path))
    assert (
        "1 teacher has judged." in page
        and "No reason for step 2." not in page
        and manager.post(path).status_code == 403
    )
    assert teacher.post(f"{path}open/").status_code == 403
    manager.post(f"{path}open/")
    page = text_of(teacher.get(path))
    assert (
        "Every step has its reason." in page and "My level" in page and "so what the others said is not shown" in page
    )
    assert "Each teacher, for you alone" not in page
    page = text_of(manager.get(path))
    assert "Each teacher, for you alone" in page and "Tomas Reed" in page and "No reason for step 2." in page
    manager.post(path, {"text": "Step 2 needs a reason from now on."})
    assert "Step 2 needs a reason" in text_of(teacher.get(path))
    assert "Each teacher" not in text_of(personas.principal.client().get(path))


def test_trips_of_the_sessions_do_not_grow(personas: Personas, ground: Ground) -> None:
    sample = make_sample(personas, ground)
    make_session(personas, [sample])
    browser = personas.teacher.client()
    with assert_queries(CALIBRATIONS_TRIPS):
        browser.get("/calibration/")
    for number in range(29):
        make_session(personas, [sample], title=f"Session {number}")
    with assert_queries(CALIBRATIONS_TRIPS):
        browser.get("/calibration/")


def test_trips_of_an_open_session_do_not_grow(personas: Personas, ground: Ground) -> None:
    samples = [make_sample(personas, ground, title=f"Sample {number}") for number in range(20)]
    few, many = make_session(personas, samples[:1]), make_session(personas, samples, title="All")
    level = ground.level("proficient")
    for session in (few, many):
        for item in session.items.all():
            CalibrationLevel.objects.create(
                item=item, reader=personas.teacher.person, level=level, given_at=clock.now()
            )
        open_calibration(session, actor=personas.credit_manager.user)
    browser = personas.teacher.client()
    counts = []
    for session in (few, many):
        with CaptureQueriesContext(connection) as made:
            browser.get(f"/calibration/{session.public_id}/")
        counts.append(len(made))
    assert counts[0] == counts[1]


# --- How far readers agree --------------------------------------------------------------------------------------------


def pairs(personas: Personas, ground: Ground, levels: list[tuple[str, str]]) -> None:
    """A reading of one standard each, by two teachers in turn."""
    for number, (first, second) in enumerate(levels):
        student = make_student(
            personas.school, person=make_account_holder(personas.district, f"Student Number {number}")
        )
        request = make_request(
            ground,
            student,
            personas.teacher.person,
            RequestState.ASSESSED,
            levels=(first,),
            standards=ground.standards[:1],
        )
        give(Reading.objects.get(request=request), ground, (second,))


def test_the_figures_are_hidden_while_few_pairs_or_readers_stand_behind_them(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school, least=1)
    _request, reading = make_waiting(personas, ground)
    give(reading, ground, ("proficient", "developing"))
    page = text_of(personas.principal.client().get("/second-readings/agreement/"))
    assert "too few to say" in page and "50%" not in page and "Noor Haddad" not in page
    lines = csv_of(personas)
    assert [line["note"] for line in lines] == ["too few to say"] * 2 and lines[0]["exact"] == ""
    assert lines[0]["pairs"] == "2"


def csv_of(personas: Personas, query: str = "") -> list[dict[str, str]]:
    answer = personas.credit_manager.client().get(f"/second-readings/agreement/file/{query}")
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_figures_by_rubric_and_department_worked_by_hand(personas: Personas) -> None:
    for name in ("Noor Haddad", "Sam Okafor"):
        make_teacher(personas.school, name)
    ground = make_read_ground(personas.school, least=1)
    browser = personas.credit_manager.client()
    with assert_queries(AGREEMENT_TRIPS):
        browser.get("/second-readings/agreement/")
    levels = ["beginning", "developing", "proficient", "extending"]
    # First 1 2 3 4 1 2 3 4 3 3, second 1 2 3 4 2 2 3 3 3 1: seen 0 0 0 0 1 0 0 1 0 4 = 6 over 10. Sums 26 and 24,
    # squares 78 and 66: by chance 10 (78 + 66) - 2 * 26 * 24 = 192. Kappa: 1 - 10 * 6 / 192 = 0.6875.
    first, second = (1, 2, 3, 4, 1, 2, 3, 4, 3, 3), (1, 2, 3, 4, 2, 2, 3, 3, 3, 1)
    pairs(personas, ground, [(levels[a - 1], levels[b - 1]) for a, b in zip(first, second, strict=True)])
    everything, math = csv_of(personas)
    assert (everything["department"], math["department"]) == ("All departments", "Mathematics")
    for line in (everything, math):
        assert (line["pairs"], line["exact"], line["adjacent"], line["weighted_kappa"]) == ("10", "70%", "90%", "0.69")
        assert line["interval_95"] and line["note"] == ""
    with assert_queries(AGREEMENT_TRIPS):
        page = text_of(browser.get("/second-readings/agreement/"))
    assert "0.69" in page and "Student 3" not in page
    assert csv_of(personas, "?first=2020-01-01&last=2020-12-31") == []
    # The other district has none of it, and a teacher sees no figures.
    other = personas.other_district_administrator.client()
    assert "No second reading was given" in text_of(other.get("/second-readings/agreement/"))
    assert personas.teacher.client().get("/second-readings/agreement/").status_code == 403
    assert Reading.objects.filter(state=ReadingState.GIVEN).count() == ReadingLevel.objects.count() == 10


def test_a_department_of_another_rubric_stands_apart(personas: Personas) -> None:
    make_ground(personas.other_school)
    for name in ("Noor Haddad", "Sam Okafor"):
        make_teacher(personas.school, name)
    ground = make_read_ground(personas.school)
    science = make_read_ground(personas.school, title="Biology", subject="science")
    for where in (ground, science):
        _request, reading = make_waiting(personas, where)
        give(reading, where, ("proficient", "proficient"))
    assert [line["department"] for line in csv_of(personas)] == ["All departments", "Mathematics", "Science"]
