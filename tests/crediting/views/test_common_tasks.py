"""Common tasks on pages: written, published, given, judged and looked at together."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from io import StringIO

import pytest
from django.test import Client

from crediting import access
from crediting.actions.classes import ClassRow, judge_class
from crediting.actions.common_tasks import give_common_task
from crediting.models import ClassJudgement, ClassTask, CommonTask, Reading
from crediting.queries.common_tasks import to_give, to_judge
from crediting.states import CommonTaskState
from mbl.core import clock
from profiles.models import Section, SectionEnrollment, Student
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import text_of
from tests.factories.classes import Class, make_class
from tests.factories.common_tasks import Elsewhere, give_and_judge, make_common, make_elsewhere
from tests.factories.moderation import account, give, make_sample, make_teacher
from tests.factories.profiles import make_school, make_section, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
LIST_TRIPS = 10
RESULT_TRIPS = 16


def _said(personas: Personas, geometry: Class, **fields: object) -> dict[str, object]:
    today = clock.today(personas.district)
    return {
        "title": "Year-end proof",
        "for_students": "Prove it.",
        "for_teachers": "45 minutes, no help.",
        "standards": [str(one.public_id) for one in geometry.standards],
        "scale": str(geometry.ground.scale.public_id),
        "courses": [str(geometry.ground.course.public_id)],
        "schools": [str(personas.school.public_id)],
        "opens_on": today.isoformat(),
        "closes_on": (today + dt.timedelta(days=5)).isoformat(),
        "read_share": "25",
        "from_other_school": "on",
    } | fields


def test_it_is_written_published_given_and_judged_in_the_browser(personas: Personas) -> None:
    geometry = make_class(personas)
    make_sample(personas, geometry.ground)
    office, teacher = personas.administrator.client(), personas.teacher.client()
    form = text_of(office.get("/common-tasks/new/"))
    assert "Geometry" in form and "Southport" not in form
    answer = office.post("/common-tasks/new/", _said(personas, geometry, read_number="3"))
    assert answer.status_code == 422 and "One of the two" in text_of(answer)
    answer = office.post("/common-tasks/new/", _said(personas, geometry))
    task = CommonTask.objects.get()
    page = f"/common-tasks/{task.public_id}/"
    assert answer["Location"] == page
    assert teacher.get(page).status_code == 404 and "Year-end proof" not in text_of(teacher.get("/"))
    assert office.get(f"{page}edit/").status_code == 200
    office.post(f"{page}edit/", _said(personas, geometry, title="Proof of the year"))
    assert office.post(f"{page}publish/")["Location"] == page
    assert "25% of all works are read twice" in text_of(office.get(page))
    # The teacher finds it on the first page and beside the class, and gives it.
    grid = f"/classes/{geometry.section.public_id}/"
    assert "a common task to give or to judge" in text_of(teacher.get("/"))
    assert "Give this task" in text_of(teacher.get(grid)) and "Give this task" in text_of(teacher.get(page))
    judge = teacher.post(f"{page}give/{geometry.section.public_id}/")["Location"]
    assert teacher.post(f"{page}give/{geometry.section.public_id}/")["Location"] == judge
    shown = text_of(teacher.get(judge))
    assert "45 minutes, no help." in shown and "1 example" in shown
    student = personas.student.student
    levels = {f"level-{student.public_id}-{one.public_id}": "proficient" for one in geometry.standards}
    # Title and day are the task's, whatever is sent.
    sent = {"title": "Another", "given_on": "2020-01-01", **levels}
    assert teacher.post(judge, sent)["Location"] == grid
    assert ClassJudgement.objects.filter(task__common=task).count() == len(geometry.standards)
    assert ClassTask.objects.count() == 1
    assert "1 student judged" in text_of(teacher.get(grid))
    assert "a common task to give or to judge" not in text_of(teacher.get("/"))
    results = text_of(office.get(f"{page}results/"))
    assert "1 of 1 class gave it; 1 students are judged and 0 works read twice." in results
    assert "too few to say" in results


def test_a_version_is_corrected_closed_and_withdrawn_in_the_browser(personas: Personas) -> None:
    geometry = make_class(personas)
    task = make_common(personas, geometry)
    office, page = personas.administrator.client(), f"/common-tasks/{task.public_id}/"
    assert office.get(f"{page}edit/").status_code == 400
    draft = office.post(f"{page}next/")["Location"]
    assert "(2)" in text_of(office.get(draft)) and "The next version" in text_of(office.get(page))
    assert office.post(f"{draft}discard/")["Location"] == "/common-tasks/"
    assert office.post(f"{page}withdraw/", {"reason": ""}).status_code == 422
    office.post(f"{page}withdraw/", {"reason": "A figure is wrong."})
    assert "A figure is wrong." in text_of(personas.teacher.client().get(page))
    assert CommonTask.objects.get().state == CommonTaskState.WITHDRAWN


def test_judging_answers_404_for_a_task_of_another_class(personas: Personas) -> None:
    geometry = make_class(personas)
    elsewhere = make_elsewhere(personas, geometry)
    given, _saved = give_and_judge(
        make_common(personas, geometry), geometry, elsewhere.section, {elsewhere.students[0]: "proficient"}
    )
    teacher = personas.teacher.client()
    for asked in (given.public_id, "nonsense"):
        assert teacher.get(f"/classes/{geometry.section.public_id}/judge/?task={asked}").status_code == 404


def test_the_second_reader_sees_how_it_was_given_and_no_level(personas: Personas) -> None:
    geometry = make_class(personas)
    elsewhere = make_elsewhere(personas, geometry)
    common = make_common(personas, geometry)
    give_and_judge(common, geometry, geometry.section, {geometry.students[0]: "extending"})

    browser = Client()
    browser.force_login(account(elsewhere.teacher))
    page = text_of(browser.get(f"/second-readings/{Reading.objects.get().public_id}/"))
    assert "One sheet, 45 minutes" in page and "checked" not in page
    page = text_of(browser.get(f"/common-tasks/{common.public_id}/"))
    assert "Prove that two triangles are congruent." in page and "Extending" not in page
    assert browser.get(f"/common-tasks/{common.public_id}/results/").status_code == 403


# --- Results ----------------------------------------------------------------------------------------------------------


def _read_all(geometry: Class, levels: Sequence[str]) -> None:
    for number, reading in enumerate(Reading.objects.filter(state="waiting").order_by("pk")):
        give(reading, geometry.ground, [levels[number % len(levels)]] * len(geometry.standards))


def _three_schools(personas: Personas, geometry: Class) -> list[Elsewhere]:
    """Two other schools with twelve students each; with the persona's own school, three readers."""
    return [
        make_elsewhere(personas, geometry, students=12, name="Sam Okafor"),
        make_elsewhere(personas, geometry, students=12, name="Noor Haddad"),
    ]


def _levels(students: Sequence[Student], level: str = "proficient") -> Mapping[Student, str]:
    return dict.fromkeys(students, level)


def _figures(personas: Personas, common: CommonTask) -> dict[tuple[str, str], dict[str, str]]:
    answer = personas.administrator.client().get(f"/common-tasks/{common.public_id}/results/file/")
    rows = csv.DictReader(StringIO(b"".join(answer).decode("utf-8-sig")))
    return {(row["what"], row["name"]): row for row in rows}


def test_figures_are_parted_by_school_standard_and_reader_and_small_parts_are_hidden(personas: Personas) -> None:
    geometry = make_class(personas)
    schools = _three_schools(personas, geometry)
    common = make_common(personas, geometry)
    for one in schools:
        give_and_judge(common, geometry, one.section, _levels(one.students))
    give_and_judge(common, geometry, geometry.section, _levels(geometry.students))
    _read_all(geometry, ["proficient", "developing"])
    found = _figures(personas, common)
    whole = found["All second readings", "All"]
    assert (whole["pairs"], whole["exact"], whole["adjacent"]) == ("75", "52%", "100%")
    # Every reader is of another school.
    assert found["By where the second reader teaches", "At another school"]["pairs"] == "75"
    assert found["By where the second reader teaches", "At the same school"]["pairs"] == "0"
    assert found["By standard", next(name for what, name in found if what == "By standard")]["pairs"] == "25"
    own = found["By school of the class", personas.school.name]
    assert (own["pairs"], own["exact"], own["note"]) == ("3", "", "too few to say")
    # One of the two large schools is hidden with it: all without the other would tell it.
    notes = [found["By school of the class", one.school.name]["note"] for one in schools]
    assert sorted(notes) == ["", "too few to say"] or notes == ["too few to say", "too few to say"]


def test_levels_of_the_task_stand_beside_those_from_class_and_decide_nothing(personas: Personas) -> None:
    geometry = make_class(personas, more=11)
    common = make_common(personas, geometry, standards=geometry.standards[:1], read_share=0)
    # Two looks in class before: the newest counts, and the task's own level is not among them.
    geometry.judge(_levels(geometry.students, "beginning"), title="Unit 1", days_ago=9)
    geometry.judge(_levels(geometry.students, "developing"), title="Unit 2", days_ago=4)

    given = give_common_task(common, geometry.section, actor=geometry.user)
    rows = [
        ClassRow(student, geometry.standards[0], geometry.ground.level("proficient" if number % 3 else "developing"))
        for number, student in enumerate(geometry.students)
    ]
    judge_class(geometry.section, title=given.title, given_on=given.given_on, rows=rows, actor=geometry.user)
    beside = _figures(personas, common)["Levels judged in class and in the task", "All classes"]
    assert (beside["pairs"], beside["exact"], beside["adjacent"]) == ("12", "33%", "100%")
    page = text_of(personas.administrator.client().get(f"/common-tasks/{common.public_id}/results/"))
    assert "33% of 12 levels are the same and 100% at most one apart." in page


def test_of_fewer_than_ten_students_nothing_is_said(personas: Personas) -> None:
    geometry = make_class(personas, more=5)
    common = make_common(personas, geometry, read_share=0)
    for standard in geometry.standards:
        geometry.judge(_levels(geometry.students), title="Unit", days_ago=3, standard=standard)
    give_and_judge(common, geometry, geometry.section, _levels(geometry.students))
    beside = _figures(personas, common)["Levels judged in class and in the task", "All classes"]
    # Many pairs, of six students only.
    assert (beside["pairs"], beside["exact"], beside["note"]) == ("18", "", "too few to say")


def test_who_decides_at_one_school_reads_the_figures_of_that_school(personas: Personas) -> None:
    geometry = make_class(personas)
    elsewhere = make_elsewhere(personas, geometry)
    common = make_common(personas, geometry)
    give_and_judge(common, geometry, elsewhere.section, _levels(elsewhere.students))
    path = f"/common-tasks/{common.public_id}/results/"
    mine, all_of_it = text_of(personas.principal.client().get(path)), text_of(personas.administrator.client().get(path))
    assert "0 of 1 class" in mine and elsewhere.section.title not in mine
    assert "1 of 2 classes" in all_of_it and elsewhere.section.title in all_of_it
    assert personas.other_district_administrator.client().get(path).status_code == 404


def test_a_reading_within_the_school_is_said_so(personas: Personas) -> None:
    geometry = make_class(personas)

    make_teacher(personas.school, "Noor Haddad")
    common = make_common(personas, geometry)
    give_and_judge(common, geometry, geometry.section, _levels(geometry.students))
    path, browser = f"/common-tasks/{common.public_id}/results/", personas.administrator.client()
    assert "Some works were read within the school" not in text_of(browser.get(path))
    _read_all(geometry, ["proficient"])
    assert "Some works were read within the school" in text_of(browser.get(path))


# --- Trips ------------------------------------------------------------------------------------------------------------


def _more_classes(personas: Personas, geometry: Class, count: int) -> list[Section]:
    made = []
    for _each in range(count):
        student = make_student(personas.school)
        section = make_section(
            personas.school, course=geometry.ground.course, teacher=geometry.teacher, students=(student,), title="B"
        )
        made.append(section)
    return made


@pytest.mark.parametrize("more", [0, 29])
def test_results_take_as_many_trips_for_thirty_classes_as_for_one(personas: Personas, more: int) -> None:
    geometry = make_class(personas)
    common = make_common(personas, geometry, read_share=0)
    sections = [geometry.section, *_more_classes(personas, geometry, more)]
    for section in sections:
        student = SectionEnrollment.objects.get(section=section).student
        give_and_judge(common, geometry, section, {student: "proficient"})
    browser = personas.administrator.client()
    browser.get("/")
    with assert_queries(RESULT_TRIPS), assert_no_writes():
        browser.get(f"/common-tasks/{common.public_id}/results/")


@pytest.mark.parametrize("more", [0, 29])
def test_the_list_takes_as_many_trips_for_thirty_tasks_as_for_one(personas: Personas, more: int) -> None:
    geometry = make_class(personas)
    for number in range(1 + more):
        make_common(personas, geometry, title=f"Task {number}")
    browser = personas.teacher.client()
    browser.get("/messages/")
    with assert_queries(LIST_TRIPS), assert_no_writes():
        browser.get("/common-tasks/")


def test_what_waits_names_each_class_and_task_once(personas: Personas) -> None:
    geometry = make_class(personas)
    make_elsewhere(personas, geometry)
    (second,) = _more_classes(personas, geometry, 1)
    one = make_common(personas, geometry, title="One")
    two = make_common(personas, geometry, title="Two")
    not_here = make_school(personas.district, "Not here")
    make_common(personas, geometry, title="Elsewhere", schools=[not_here])
    give_common_task(one, second, actor=geometry.user)
    sections = access.sections_taught(personas.teacher.user)
    found = to_give(sections, clock.today(personas.district))
    assert {(row.common, row.section) for row in found} == {
        (one, geometry.section),
        (two, geometry.section),
        (two, second),
    }
    assert len(found) == 3 and [task.section for task in to_judge(sections)] == [second]
    assert "4 classes of yours have a common task" in text_of(personas.teacher.client().get("/"))


@pytest.mark.parametrize("more", [0, 29])
def test_the_first_page_takes_as_many_trips_for_thirty_tasks_as_for_one(personas: Personas, more: int) -> None:
    geometry = make_class(personas)
    for number in range(1 + more):
        make_common(personas, geometry, title=f"Task {number}")

    sections = access.sections_taught(personas.teacher.user)
    list(sections)
    with assert_queries(6):
        assert len(to_give(sections, clock.today(personas.district))) == 1 + more
        assert not list(to_judge(sections))
