"""Letter grades on pages: who reads one when, how it was worked out, and that it leaks nowhere outside a window."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from crediting.actions.converted import keep_grades
from crediting.models import GradeConversion, GradeWindow
from mbl.core import clock
from profiles.models import SectionEnrollment
from tests.access.matrix import all_rows
from tests.assertions import assert_no_writes, assert_queries
from tests.conftest import ROOT
from tests.crediting.pages import text_of
from tests.factories.classes import Class, make_class, make_strange_class
from tests.factories.crediting import make_scale
from tests.factories.grades import LOW, MEAN, MIDDLE, TOP, Calendar, open_window, set_table
from tests.factories.profiles import make_guardian, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
CLASS_TRIPS = 16
OWN_TRIPS = 16


@pytest.fixture
def november(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> Calendar:
    calendar = Calendar(personas.district, monkeypatch)
    calendar.set(3)
    return calendar


@pytest.fixture
def geometry(personas: Personas, november: Calendar) -> Class:
    """The student is at level 3 of 4, the other one at 1; a window is open on the days 10 to 24."""
    geometry = make_class(personas, more=1)
    set_table(personas)
    open_window(personas, november.day(10), november.day(24), name="Progress report, November")
    geometry.judge({geometry.students[0]: "proficient", geometry.students[1]: "beginning"}, comment="Good.")
    return geometry


def class_page(geometry: Class) -> str:
    return f"/classes/{geometry.section.public_id}/grades/"


def own_page(geometry: Class) -> str:
    return f"/classes/{geometry.section.public_id}/students/{geometry.students[0].public_id}/grade/"


def all_own(geometry: Class) -> str:
    return f"/students/{geometry.students[0].public_id}/letter-grades/"


def levels_page(geometry: Class) -> str:
    return f"/classes/{geometry.section.public_id}/students/{geometry.students[0].public_id}/"


def given(page: str) -> list[str]:
    """The grades that a page prints; the district's own table names every mark."""
    return re.findall(r"<strong[^>]*>(QZ\w+)</strong>", page)


# --- Students and families --------------------------------------------------------------------------------------------


@pytest.mark.rule("R85", partial=True)
@pytest.mark.parametrize("reader", ["student", "family"])
def test_within_a_window_the_grade_is_shown_with_how_it_was_worked_out(
    personas: Personas, geometry: Class, november: Calendar, reader: str
) -> None:
    browser = personas.named(reader).client()
    outside = text_of(browser.get(own_page(geometry)))
    first, last = (date_format(november.day(day), "DATE_FORMAT") for day in (10, 24))
    assert "Until then your levels say where you stand." in outside and MIDDLE not in outside
    assert f"Letter grades are shown from {first} to {last}." in outside
    assert "Until then your levels say where you stand." in text_of(browser.get(levels_page(geometry)))
    for day in (10, 24):
        november.set(day)
        with assert_no_writes():
            answer = browser.get(own_page(geometry))
        page = text_of(answer)
        assert answer["Cache-Control"] == "private, no-store"  # no copy outlives the window
        assert given(page) == [MIDDLE] and "The mean of the levels: (1 × 3) / 1 = 3" in page
        assert 'data-status="grade"' in page and "Proficient" in page
        assert "The district’s table, All other subjects, in force since" in page
        assert given(text_of(browser.get(all_own(geometry)))) == [MIDDLE]
    november.set(25)
    page = text_of(browser.get(own_page(geometry)))
    assert "Letter grades were shown until" in page and "as on" in page and given(page) == [MIDDLE]


def test_a_past_window_stays_as_it_was_and_shows_nothing_of_today(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    browser = personas.student.client()
    november.set(25)
    geometry.judge({geometry.students[0]: "extending"}, title="Unit 2")
    for _kept in range(2):
        for path in (own_page(geometry), all_own(geometry)):
            with assert_no_writes():
                page = text_of(browser.get(path))
            assert given(page) == [MIDDLE], path
        keep_grades(GradeWindow.objects.get())
    assert given(text_of(personas.teacher.client().get(own_page(geometry)))) == [TOP, MIDDLE]


def test_without_a_window_grades_are_never_shown_and_always_is_said(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    GradeWindow.objects.all().delete()
    page = text_of(personas.family.client().get(own_page(geometry)))
    assert "Your school shows levels and no letter grades." in page and MIDDLE not in page
    administrator = personas.administrator.client()
    answer = administrator.post("/letter-grades/windows/", {"always": "yes", "school": ""})
    assert answer.status_code == 302
    page = text_of(personas.family.client().get(own_page(geometry)))
    assert "Letter grades are shown all year." in page and MIDDLE in page


def test_too_few_standards_say_what_lacks_and_a_modification_what_is_certified(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    november.set(11)
    student = geometry.students[0]
    geometry.judge({student: "proficient"}, title="Unit 2", modification="Two of the four theorems.")
    for name, sees in (
        ("student", True),
        ("family", True),
        ("teacher", True),
        ("counselor", True),
        ("registrar", False),
    ):
        page = text_of(personas.named(name).client().get(own_page(geometry)))
        assert ("Two of the four theorems." in page) is sees, name
        assert ("certifies something else than the standards as written" in page) is sees, name
    set_table(personas, replace(MEAN, minimum=3), days=1)
    november.set(12)
    page = text_of(personas.student.client().get(own_page(geometry)))
    assert "1 of at least 3 standards have a level, so there is no grade yet." in page and given(page) == []


def test_a_counselor_who_is_a_parent_of_another_reads_that_one_as_a_parent(personas: Personas, geometry: Class) -> None:
    make_guardian(personas.counselor.person, geometry.students[1])
    path = own_page(geometry).replace(str(geometry.students[0].public_id), str(geometry.students[1].public_id))
    page = text_of(personas.counselor.client().get(path))
    assert LOW not in page and "Until then your levels say where you stand." in page
    page = text_of(personas.counselor.client().get(class_page(geometry)))
    assert MIDDLE in page and LOW not in page


# --- It leaks nowhere -------------------------------------------------------------------------------------------------


def marks_in(content: bytes) -> set[str]:
    return {mark for mark in (TOP, MIDDLE, LOW) if mark.encode() in content}


def content_of(browser: Client, path: str) -> bytes:
    """What came, streamed or not; under htmx too."""
    return b"".join(
        answer.getvalue() if answer.streaming else answer.content
        for answer in (browser.get(path), browser.get(path, headers={"HX-Request": "true"}))
    )


# Everybody reads the district's table itself; and rows that open a window of their own.
NOT_ASKED = {"crediting:conversions", "crediting:class-grade", "crediting:class-grades", "crediting:student-grades"}


def test_outside_a_window_no_page_export_or_service_prints_a_grade(personas: Personas, geometry: Class) -> None:
    found: dict[str, set[str]] = {}
    visited = 0
    for persona in (personas.student, personas.family):
        browser: Client = persona.client()
        paths = [own_page(geometry), all_own(geometry), levels_page(geometry), class_page(geometry), "/classes/", "/"]
        student = geometry.students[0].public_id
        paths += [f"/api/v1/students/{student}/{part}/" for part in ("ledger", "progress")]
        for path in paths:
            if marks := marks_in(content_of(browser, path)):
                found[f"{persona.name} {path}"] = marks
        for row in all_rows():
            if row.method != "GET" or row.expected[persona.name] != 200 or row.route in NOT_ASKED:
                continue
            cache.clear()
            with transaction.atomic():
                address = reverse(row.route, kwargs=dict(row.arguments(personas))) + row.query
                answer = browser.get(address)
                if marks := marks_in(answer.getvalue() if answer.streaming else answer.content):
                    found[f"{persona.name} {row.route}"] = marks
                visited += 1
                transaction.set_rollback(True)
    assert found == {} and visited > 50
    # What was looked for is there for whoever may read it.
    assert marks_in(content_of(personas.teacher.client(), class_page(geometry))) == {MIDDLE, LOW}


def test_nothing_official_nor_any_service_reads_converted_grades() -> None:
    """Transcripts, awards, the API, reports and exports have no road to them."""
    words = ("queries.converted", "queries import converted", "GradeConversion", "KeptGrade", "rules.converted")
    reading = {
        str(path.relative_to(ROOT))
        for app in ("crediting", "hsbp", "transcripts", "equity", "profiles", "mbl")
        for path in (ROOT / app).rglob("*.py")
        if any(word in path.read_text() for word in words)
    }
    ours = {path for path in reading if path.startswith("crediting/")}
    assert {path for path in reading - ours if not path.startswith("mbl/demo/")} == set()
    assert {path.split("/")[-1] for path in ours} <= {
        "__init__.py", "catalog.py", "converted.py", "grades.py", "classes.py", "0033_converted_grades.py"
    }  # fmt: skip


# --- Staff ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["teacher", "counselor", "principal", "credit_manager"])
def test_staff_read_the_grade_at_any_time_and_from_when_students_do(
    personas: Personas, geometry: Class, november: Calendar, reader: str
) -> None:
    browser = personas.named(reader).client()
    with assert_no_writes():
        page = text_of(browser.get(class_page(geometry)))
    assert MIDDLE in page and "Not shown to students and families until" in page
    assert (LOW in page) is (reader != "counselor")  # the counselor reads the caseload
    assert "Habits of work never enter. This grade enters no transcript, no request and no award" in page
    assert 'data-status="grade"' in page and "<form" not in page.split("<main")[1].split("</main")[0]
    assert MIDDLE in text_of(browser.get(own_page(geometry)))
    november.set(12)
    assert "Students and families read these grades until" in text_of(browser.get(class_page(geometry)))


def test_a_class_of_another_school_or_district_is_not_there(personas: Personas, geometry: Class) -> None:
    strange = make_strange_class(personas)
    for name in ("teacher", "counselor", "principal", "student"):
        assert personas.named(name).client().get(f"/classes/{strange.public_id}/grades/").status_code == 404, name
    stranger = personas.other_district_administrator.client()
    for path in (class_page(geometry), own_page(geometry), all_own(geometry)):
        assert stranger.get(path).status_code == 404


def test_a_class_takes_the_same_trips_for_one_student_and_for_thirty(personas: Personas, geometry: Class) -> None:
    browser = personas.teacher.client()
    SectionEnrollment.objects.filter(student=geometry.students[1]).delete()
    with assert_queries(CLASS_TRIPS):
        browser.get(class_page(geometry))
    more = [make_student(geometry.section.school) for _each in range(29)]
    SectionEnrollment.objects.bulk_create(
        [SectionEnrollment(section=geometry.section, student=student) for student in more]
    )
    for standard in geometry.standards:
        geometry.judge(dict.fromkeys(more, "extending"), standard=standard)
    with assert_queries(CLASS_TRIPS):
        page = browser.get(class_page(geometry))
    assert text_of(page).count(TOP) >= 24


def test_a_student_takes_the_same_trips_for_one_class_and_for_many(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    november.set(12)
    browser = personas.student.client()
    with assert_queries(OWN_TRIPS):
        browser.get(all_own(geometry))
    for _each in range(6):
        make_class(personas).judge({geometry.students[0]: "extending"})
    with assert_queries(OWN_TRIPS):
        page = text_of(browser.get(all_own(geometry)))
    assert page.count(TOP) == 6


# --- Setting it -------------------------------------------------------------------------------------------------------


def test_an_administrator_writes_a_table_tries_it_and_saves(personas: Personas) -> None:
    make_scale(personas.district)
    browser = personas.administrator.client()
    assert "What decides the grade" in text_of(browser.get("/letter-grades/new/"))
    path = "/letter-grades/new/?kind=mean"
    typed = {
        "subjects": ["others", "math"],
        "minimum": "2",
        "places": "1",
        "rounding": "half_up",
        "starts_on": clock.today(personas.district).isoformat(),
        "example": "4, 3, 3",
        "mark-1": "a", "least-1": "3.5",
        "mark-3": "B", "least-3": "2,5",
        "mark-4": "F", "least-4": "0",
    }  # fmt: skip
    page = text_of(browser.post(path, typed | {"verdict": "preview"}))
    assert "(1 × 4 + 2 × 3) / 3 = 3.333…" in page and not GradeConversion.objects.exists()
    answer = browser.post(path, typed | {"verdict": "save"})
    assert answer["Location"] == "/letter-grades/" and GradeConversion.objects.count() == 2
    page = text_of(personas.family.client().get("/letter-grades/"))
    assert "A from 3.5; B from 2.5; F from 0. At least 2 standards must have a level." in page
    assert "Set a table" not in page
    assert GradeConversion.objects.filter(district=personas.other_district).count() == 0


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("mean", {"least-1": "x"}, "Write a number from 0 to 4, such as 2.5."),
        ("mean", {"least-1": "2.345"}, "At most two decimal places."),
        ("lowest", {"least-1": "2.5"}, "Write a whole number from 0 to 4."),
        ("mean", {"mark-1": ""}, "Write a mark, or empty the row."),
        ("mean", {"least-2": "2"}, "has to begin at 1 or less"),
        ("mean", {"mark-1": "ZZ"}, "The district does not use the mark ZZ."),
        ("mean", {"least-1": "NaN"}, "Write a number from 0 to 4"),
        ("mean", {"example": "5"}, "The scale has levels 1 to 4."),
        ("shares", {"share-1": "101"}, "Write a whole number from 0 to 100."),
        ("shares", {}, "The last row, F, has to hold for everybody"),
    ],
)
def test_a_table_with_a_fault_says_where(personas: Personas, kind: str, changed: dict[str, str], said: str) -> None:
    make_scale(personas.district)
    typed = {
        "subjects": ["others"],
        "minimum": "1",
        "places": "1",
        "rounding": "half_up",
        "starts_on": clock.today(personas.district).isoformat(),
        "example": "4, 3",
        "verdict": "save",
        "mark-1": "A", "least-1": "3", "share-1": "80", "at-1": "4",
        "mark-2": "F", "least-2": "1", "share-2": "10", "at-2": "2",
    }  # fmt: skip
    answer = personas.administrator.client().post(f"/letter-grades/new/?kind={kind}", typed | changed)
    assert answer.status_code == 422 and said in text_of(answer)
    assert not GradeConversion.objects.exists()


def test_windows_are_set_moved_and_removed_in_the_browser(personas: Personas, november: Calendar) -> None:
    browser = personas.administrator.client()
    path = "/letter-grades/windows/"
    assert "Letter grades are never shown" in text_of(browser.get(path))
    typed = {
        "school": str(personas.school.public_id),
        "name": "Progress report, November",
        "first": november.day(10).isoformat(),
        "last": november.day(24).isoformat(),
    }
    for _press in range(2):
        assert browser.post(path, typed).status_code == 302
    window = GradeWindow.objects.get()
    again = browser.post(path, typed | {"name": "Other", "school": "", "last": november.day(12).isoformat()})
    assert again.status_code == 422 and "These days overlap “Progress report, November” (Northfield High" in text_of(
        again
    )
    assert "These days overlap" in text_of(browser.post(path, {"always": "yes", "school": ""}))
    november.set(12)
    change = f"/letter-grades/windows/{window.public_id}/"
    assert browser.post(change, {"last": november.day(27).isoformat()}).status_code == 302
    assert text_of(browser.post(change, {"last": november.day(11).isoformat()})).count("would have ended already") >= 1
    window.refresh_from_db()
    assert window.days.upper == november.day(28)
    page = text_of(personas.student.client().get(path))
    assert "Progress report, November" in page and "Move the last day" not in page
    assert personas.student.client().post(path, typed).status_code == 403
    november.set(28)
    assert "has ended and its grades are kept" in text_of(browser.get(change))
    november.set(9)
    assert browser.post(f"{change}remove/").status_code == 302 and not GradeWindow.objects.exists()


def test_dates_are_days_of_the_district(personas: Personas, geometry: Class, november: Calendar) -> None:
    browser = personas.student.client()
    november.set(9, dt.time(23, 59))
    assert MIDDLE not in text_of(browser.get(own_page(geometry)))
    november.set(10, dt.time(0, 0))
    assert MIDDLE in text_of(browser.get(own_page(geometry)))
    november.set(24, dt.time(23, 59))
    geometry.judge({geometry.students[0]: "beginning"}, title="Unit 9")
    assert given(text_of(browser.get(own_page(geometry)))) == [LOW]
    november.set(25, dt.time(0, 0))
    geometry.judge({geometry.students[0]: "extending"}, title="Unit 10")
    page = text_of(browser.get(own_page(geometry)))
    assert given(page) == [LOW]
