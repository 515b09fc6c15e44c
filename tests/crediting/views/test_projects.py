"""Pages of projects: the student writes, the family reads, each class answers and judges, the school counts."""

import datetime as dt

import pytest

from crediting.actions.projects import approve_project, set_project_aim
from crediting.models import ClassJudgement, Project, ProjectPart
from crediting.states import ProjectState
from mbl.core import clock
from profiles.models import Section
from profiles.states import SessionKind
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import post_after_expiry, text_of
from tests.factories.classes import make_strange_class
from tests.factories.profiles import make_section, make_session
from tests.factories.projects import Two, judge, make_project, make_two, part_of, words
from tests.personas import Personas

pytestmark = pytest.mark.django_db
QUEUE_TRIPS = 9
COUNT_TRIPS = 13
LIST_TRIPS = 10
S = ProjectState


@pytest.fixture
def two(personas: Personas) -> Two:
    return make_two(personas)


def typed(two: Two, **fields: str) -> dict[str, object]:
    """The form as a browser sends it, with the standards that the factory chooses."""
    said: dict[str, object] = {name: str(value) for name, value in words(two.student).items()}
    ticked: dict[str, object] = {
        f"standards-{section.public_id}": [str(one.public_id) for one in standards]
        for section, standards in two.chosen.items()
    }
    return said | ticked | fields


def main_of(page: str) -> str:
    """Below the menu, which names these pages too."""
    return page[page.index("<main") :]


def test_from_the_design_to_two_judgements(personas: Personas, two: Two) -> None:
    browser, teacher = personas.student.client(), personas.teacher.client()
    assert "/projects/" in text_of(browser.get("/classes/"))
    with assert_no_writes():
        form = text_of(browser.get("/projects/new/"))
    assert all(section.title in form for section in two.chosen)
    assert all(f"{one.code} {one.short or one.statement}".strip() in form for one in two.geometry.standards)
    address = browser.post("/projects/new/", typed(two, question=""))["Location"]
    page = text_of(browser.get(address))
    assert "Say which question or need it answers." in page
    assert browser.post(f"{address}send/").status_code == 400
    browser.post(f"{address}edit/", typed(two))
    assert browser.post(f"{address}send/").status_code == 302
    part = ProjectPart.objects.get(section=two.geometry.section)
    answer = f"/projects/classes/{part.public_id}/"
    assert answer in main_of(text_of(teacher.get("/"))) and answer in text_of(teacher.get("/projects/waiting/"))
    assert "1 project waits for the answer of this class." in text_of(
        teacher.get(f"/classes/{two.geometry.section.public_id}/")
    )
    asked = text_of(teacher.get(answer))
    assert "A map with every drain." in asked and "checked" in asked
    ticked = [str(one.public_id) for one in two.geometry.standards[:2]]
    wordless = teacher.post(answer, {"standards": ticked, "reason": "", "verdict": "return"})
    assert "Say what to change." in text_of(wordless)
    unread = teacher.post(answer, {"standards": ticked, "reason": "No button"})
    assert unread.status_code == 422 and "cannot read" in text_of(unread)
    back = teacher.post(answer, {"standards": ticked, "reason": "Measure twice.", "verdict": "approve"})
    assert back["Location"] == answer and answer not in main_of(text_of(teacher.get("/")))
    for reader in (browser, personas.family.client()):
        page = text_of(reader.get(address))
        assert "Measure twice." in page and "Waiting for the teacher" in page
    levels = {
        f"level-{two.student.public_id}-{two.geometry.standards[0].public_id}": "proficient",
        f"comment-{two.student.public_id}": "You measured every drain.",
    }
    today = clock.today(personas.district).isoformat()
    assert "Choose a level for at least one standard." in text_of(teacher.post(f"{answer}judge/", {"given_on": today}))
    saved = teacher.post(f"{answer}judge/", {"given_on": today} | levels)
    assert saved.status_code == 302 and ClassJudgement.objects.count() == 1
    again = text_of(teacher.get(f"{answer}judge/"))
    assert "this is a second look at the same attempt" in again and "You measured every drain." in again
    own = f"/classes/{two.geometry.section.public_id}/students/{two.student.public_id}/"
    shown = text_of(browser.get(own))
    assert f'<a href="{address}">Where our street floods</a> (project)' in shown
    assert "You measured every drain." in text_of(browser.get(address))


def test_what_was_typed_survives_a_session_that_ended_and_is_saved_once(personas: Personas, two: Two) -> None:
    browser = personas.student.client()
    back = post_after_expiry(browser, personas.student.user, "/projects/new/", typed(two, title="My salmon"))
    page = text_of(browser.get(back))
    assert "My salmon" in page and page.count("checked") == 3 and not Project.objects.exists()
    key = "4b5e3f8c-0a7e-4c39-8a55-222222222222"
    first, second = (browser.post("/projects/new/", typed(two, key=key)) for _number in range(2))
    assert first["Location"] == second["Location"] and Project.objects.count() == 1


def test_a_draft_is_the_students_alone_also_the_next_version(personas: Personas, two: Two) -> None:
    version = make_project(two, S.RETURNED)
    address, browser = f"/projects/{version.project.public_id}/", personas.student.client()
    changed = browser.post(f"{address}change/")
    assert changed["Location"] == f"{address}edit/"
    browser.post(f"{address}edit/", typed(two, title="A dry street"))
    assert "A dry street" in text_of(browser.get(address))
    for reader in (personas.family, personas.teacher, personas.principal):
        page = text_of(reader.client().get(address))
        assert "A dry street" not in page and "Where our street floods" in page
    browser.post(f"{address}send/")
    page = text_of(personas.family.client().get(address))
    assert "A dry street" in page and "Version 1, sent on" in page
    assert "Propose a project" not in text_of(personas.family.client().get("/projects/"))


def test_a_class_that_approved_is_not_offered_again(personas: Personas, two: Two) -> None:
    version = make_project(two, S.APPROVED)
    address, browser = f"/projects/{version.project.public_id}/", personas.student.client()
    browser.post(f"{address}change/")
    page = text_of(browser.get(f"{address}edit/"))
    assert "Geometry A has approved it and keeps what it approved." in page
    assert f"standards-{two.geometry.section.public_id}" not in page
    assert f"standards-{two.biology.section.public_id}" in page


def test_a_teacher_of_another_class_of_it_reads_no_levels(personas: Personas, two: Two) -> None:
    version = make_project(two, S.APPROVED)
    approve_project(part_of(version, two.biology), counted=two.biology.standards[:1], reason="", actor=two.biology.user)
    judge(version, two.biology, "extending")
    address = f"/projects/{version.project.public_id}/"
    assert "Well measured." not in text_of(personas.teacher.client().get(address))
    for reader in (personas.student, personas.family, personas.counselor, personas.principal):
        page = text_of(reader.client().get(address))
        assert "Well measured." in page and "Extending" in page


def test_an_answer_of_yesterdays_page_changes_nothing(personas: Personas, two: Two) -> None:
    version = make_project(two)
    address = f"/projects/classes/{part_of(version, two.geometry).public_id}/"
    personas.student.client().post(f"/projects/{version.project.public_id}/withdraw/")
    pressed = personas.teacher.client().post(
        address, {"standards": [str(two.geometry.standards[0].public_id)], "verdict": "approve"}
    )
    assert "This has moved on in the meantime" in text_of(pressed)
    assert not ProjectPart.objects.filter(state=S.APPROVED).exists()


# --- Lists, and the same trips for one and thirty ---------------------------------------------------------------------


def more_of(two: Two, count: int) -> None:
    for number in range(count):
        make_project(two, title=f"Project {number}")


def test_the_lists_take_the_same_trips_for_one_and_thirty(personas: Personas, two: Two) -> None:
    make_project(two)
    teacher, browser = personas.teacher.client(), personas.student.client()
    of_class = f"/classes/{two.geometry.section.public_id}/projects/"
    for client, address in ((teacher, "/projects/waiting/"), (teacher, of_class), (browser, "/projects/")):
        client.get(address)
    with assert_queries(QUEUE_TRIPS):
        teacher.get("/projects/waiting/")
    with assert_queries(LIST_TRIPS):
        browser.get("/projects/")
    more_of(two, 29)
    with assert_queries(QUEUE_TRIPS):
        queue = text_of(teacher.get("/projects/waiting/"))
    with assert_queries(LIST_TRIPS):
        own = text_of(browser.get("/projects/"))
    assert queue.count("<td") >= 60 and own.count('class="piece"') >= 25


def test_counts_are_of_projects_in_the_term_and_of_the_readers_own_classes(personas: Personas, two: Two) -> None:
    version = make_project(two, S.APPROVED)
    judge(version, two.geometry, "proficient")
    make_project(two, S.RETURNED, title="Another")
    make_strange_class(personas)
    page = main_of(text_of(personas.principal.client().get("/projects/by-class/")))
    assert "Geometry A" in page and "Biology B" in page and "None yet" in page
    own = main_of(text_of(personas.teacher.client().get("/projects/by-class/")))
    assert "Geometry A" in own and "Biology B" not in own
    figures = own[own.index("Geometry A") :]
    assert [figures.count(f">{number}<") > 0 for number in (2, 1)] == [True, True]
    lacking = main_of(text_of(personas.principal.client().get("/projects/by-class/?show=none")))
    assert "Biology B" in lacking and "Geometry A" not in lacking
    foreign = main_of(text_of(personas.other_district_administrator.client().get("/projects/by-class/")))
    assert "Geometry A" not in foreign


def test_a_term_counts_its_own_projects(personas: Personas, two: Two) -> None:
    today = clock.today(personas.district)
    fall = make_session(
        personas.district,
        title="Semester 1",
        kind=SessionKind.SEMESTER,
        starts_on=today - dt.timedelta(days=40),
        ends_on=today + dt.timedelta(days=35),
    )
    later = make_session(
        personas.district,
        title="Semester 2",
        kind=SessionKind.SEMESTER,
        starts_on=today + dt.timedelta(days=36),
        ends_on=today + dt.timedelta(days=90),
    )
    version = make_project(two, S.APPROVED)
    assert version.session == fall
    browser = personas.principal.client()
    now = main_of(text_of(browser.get("/projects/by-class/")))
    assert "1 of " in now and "in Semester 1" in now
    assert "0 of " in main_of(text_of(browser.get(f"/projects/by-class/?term={later.public_id}")))
    assert "in Semester 1" in text_of(browser.get("/projects/by-class/?term=nonsense&school=x"))


def test_the_aim_is_shown_only_where_the_district_has_one(personas: Personas, two: Two) -> None:
    principal, administrator = personas.principal.client(), personas.administrator.client()
    assert "The district’s aim" not in text_of(principal.get("/projects/by-class/"))
    assert "Aim at a project" in text_of(administrator.get("/projects/by-class/"))
    assert "Aim at a project" not in text_of(principal.get("/projects/by-class/"))
    administrator.post(f"/projects/aim/?district={personas.district.code}", {"wanted": "on"})
    assert "The district’s aim" in text_of(principal.get("/projects/by-class/"))
    foreign = personas.other_district_administrator.client()
    assert foreign.post(f"/projects/aim/?district={personas.district.code}").status_code == 404
    assert "The district’s aim" not in text_of(foreign.get("/projects/by-class/"))


def test_counting_takes_the_same_trips_for_one_class_and_for_thirty(personas: Personas, two: Two) -> None:
    set_project_aim(personas.district, wanted=True, actor=personas.administrator.user)
    browser = personas.principal.client()
    browser.get("/projects/by-class/")
    with assert_queries(COUNT_TRIPS):
        browser.get("/projects/by-class/")
    session = Section.objects.filter(district=personas.district)[0].session
    for _each in range(30):
        make_section(personas.school, session=session)
    make_project(two, S.APPROVED)
    with assert_queries(COUNT_TRIPS):
        page = text_of(browser.get("/projects/by-class/"))
    assert page.count("<tr") == 26  # 25 a page, and the head
