"""The grid and what opens from it, the form for a whole class, habits, and who reads what."""

import datetime as dt

import pytest

from crediting.actions.classes import ClassRow, HabitRow, enter_habits, judge_class
from crediting.models import AggregationRule, ClassJudgement, ClassTask, Habit, HabitAnswer, HabitMark, Standard
from crediting.queries.classes import short_keys
from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.models import Draft
from profiles.models import SectionEnrollment, Student
from tests.assertions import assert_no_writes, assert_queries
from tests.crediting.pages import post_after_expiry, text_of
from tests.factories.classes import Class, make_class, make_habits, make_strange_class
from tests.factories.crediting import make_framework, make_scale
from tests.factories.profiles import make_guardian, make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
GRID_TRIPS = 18
STUDENT_TRIPS = 19
CLASSES_TRIPS = 9


@pytest.fixture
def geometry_a(personas: Personas) -> Class:
    return make_class(personas, more=2)


def address(geometry_a: Class, rest: str = "") -> str:
    return f"/classes/{geometry_a.section.public_id}/{rest}"


def form(geometry_a: Class, *levels: str, **fields: str) -> dict[str, str]:
    """The form for the first standard as posted: a level for each student in the order of the class."""
    standard = geometry_a.standards[0]
    posted = {"title": "Unit 1", "given_on": clock.today(geometry_a.section.district).isoformat()} | fields
    for student, level in zip(geometry_a.students, levels, strict=True):
        posted[f"level-{student.public_id}-{standard.public_id}"] = level
    return posted


def judging(geometry_a: Class) -> str:
    return address(geometry_a, f"judge/?standard={geometry_a.standards[0].public_id}")


# --- The grid ---------------------------------------------------------------------------------------------------------


def test_the_grid_shows_mark_word_and_attempts_and_opens_why(personas: Personas, geometry_a: Class) -> None:
    (student, *_others) = geometry_a.students
    geometry_a.judge({student: "developing"}, days_ago=3)
    geometry_a.judge({student: "proficient"}, title="Unit 2", comment="You explain each step.")
    browser = personas.teacher.client()
    with assert_no_writes():
        page = text_of(browser.get(address(geometry_a)))
    assert "1 of 9 levels are judged; 1 reach Proficient or above." in page
    who = short_keys(one.public_id for one in geometry_a.students)[student.public_id]
    what = short_keys(one.public_id for one in geometry_a.standards)[geometry_a.standards[0].public_id]
    assert (
        f'<td class="level-tint--3 level-shape--full"><a href="why/{who}.{what}/">Proficient<i>×2</i></a></td>' in page
    )
    why = text_of(browser.get(address(geometry_a, f"why/{who}.{what}/")))
    assert "The newest of 2 judgements counts (attempt 2): proficient is level 3 of 4" in why.lower().replace(
        "the newest", "The newest"
    )
    assert "You explain each step." in why and "not used" in why


@pytest.mark.parametrize("cell", ["", ".", "zz.zz", "a", "0.0", "x" * 300])
def test_an_address_that_names_no_cell_is_not_found(personas: Personas, geometry_a: Class, cell: str) -> None:
    assert personas.teacher.client().get(address(geometry_a, f"why/{cell}/")).status_code == 404


def fill(geometry_a: Class, students: int, standards: list[Standard]) -> None:
    """So many students with one judgement of each of ``standards``."""
    more = [make_student(geometry_a.section.school) for _each in range(students)]
    SectionEnrollment.objects.bulk_create(
        [SectionEnrollment(section=geometry_a.section, student=student) for student in more]
    )
    level = geometry_a.ground.level("proficient")
    rows = [ClassRow(student, standard, level) for student in more for standard in standards]
    judge_class(
        geometry_a.section,
        title="All",
        given_on=clock.today(geometry_a.section.district),
        rows=rows,
        actor=geometry_a.user,
    )


def test_the_grid_takes_the_same_trips_for_one_student_and_for_thirty(personas: Personas, geometry_a: Class) -> None:
    browser = personas.teacher.client()
    geometry_a.judge({geometry_a.students[0]: "proficient"})
    with assert_queries(GRID_TRIPS):
        browser.get(address(geometry_a))
    fill(geometry_a, 27, geometry_a.standards)
    with assert_queries(GRID_TRIPS):
        page = browser.get(address(geometry_a))
    assert text_of(page).count("<td class=") == 90


def test_thirty_students_and_forty_standards_stay_under_200_kb(personas: Personas, geometry_a: Class) -> None:
    standards = make_framework(personas.district, count=40)
    fill(geometry_a, 30, standards)
    page = personas.teacher.client().get(address(geometry_a))
    assert text_of(page).count("<td class=") == 33 * 43 and len(page.content) < 200 * 1024


def test_work_of_another_class_of_the_course_counts_and_of_another_course_does_not(
    personas: Personas, geometry_a: Class
) -> None:
    (student, *_others) = geometry_a.students
    other = make_class(personas)  # another course of the same people
    other.judge({student: "extending"}, title="Elsewhere")
    page = text_of(personas.teacher.client().get(address(geometry_a)))
    assert "0 of 9 levels are judged" in page


def test_a_class_without_standards_says_why_it_is_empty(personas: Personas) -> None:
    make_scale(personas.district)
    page = text_of(personas.teacher.client().get(f"/classes/{personas.section.public_id}/"))
    assert "The catalog names no standards for this course" in page


# --- One student ------------------------------------------------------------------------------------------------------


def test_the_student_sees_what_is_open_what_is_shown_and_with_which_numbers(
    personas: Personas, geometry_a: Class
) -> None:
    student = personas.student.student
    geometry_a.judge({student: "proficient"}, comment="Good.")
    geometry_a.judge({student: "developing"}, standard=geometry_a.standards[1])
    for reader in (personas.student, personas.family, personas.counselor, personas.teacher):
        browser = reader.client()
        with assert_no_writes():
            page = text_of(browser.get(address(geometry_a, f"students/{student.public_id}/")))
        assert "<strong>2 standards</strong> are still open; 1 shown." in page
        assert "Good." in page and "has not been judged yet" in page


def test_a_student_reads_their_own_page_only(personas: Personas, geometry_a: Class) -> None:
    _own, other, _third = geometry_a.students
    answer = personas.student.client().get(address(geometry_a, f"students/{other.public_id}/"))
    assert answer.status_code == 404
    stranger = personas.other_district_student
    theirs = stranger.student.section_enrollments.get().section
    for path in (
        address(geometry_a, f"students/{stranger.student.public_id}/"),
        f"/classes/{theirs.public_id}/students/{stranger.student.public_id}/",
    ):
        assert personas.teacher.client().get(path).status_code == 404


def test_a_modification_is_read_by_those_it_concerns_only(personas: Personas, geometry_a: Class) -> None:
    student = personas.student.student
    geometry_a.judge({student: "proficient"}, modification="Two of the four theorems.")
    path = address(geometry_a, f"students/{student.public_id}/")
    for name in ("student", "family", "teacher", "counselor", "credit_manager", "principal"):
        assert "Two of the four theorems." in text_of(personas.named(name).client().get(path)), name
    for name in ("registrar", "administrator"):
        page = text_of(personas.named(name).client().get(path))
        assert "Proficient" in page and "Two of the four" not in page and "modification" not in page, name


def test_an_unmodified_level_says_nothing_of_how_it_was_shown(personas: Personas, geometry_a: Class) -> None:
    student = personas.student.student
    geometry_a.judge({student: "proficient"})
    page = text_of(personas.teacher.client().get(address(geometry_a, f"students/{student.public_id}/")))
    assert "odification" not in page and "ccommodation" not in page


def test_one_student_takes_the_same_trips_for_one_judgement_and_for_thirty(
    personas: Personas, geometry_a: Class
) -> None:
    student = personas.student.student
    browser = personas.teacher.client()
    path = address(geometry_a, f"students/{student.public_id}/")
    geometry_a.judge({student: "proficient"})
    with assert_queries(STUDENT_TRIPS):
        browser.get(path)
    for number in range(10):
        for standard in geometry_a.standards:
            geometry_a.judge({student: "developing"}, title=f"Task {number}", standard=standard)
    with assert_queries(STUDENT_TRIPS):
        browser.get(path)


# --- The lists --------------------------------------------------------------------------------------------------------


def test_everybody_finds_their_classes_and_nobody_elses(personas: Personas, geometry_a: Class) -> None:
    strange = make_strange_class(personas)
    grid_address, own = address(geometry_a), address(geometry_a, f"students/{personas.student.student.public_id}/")
    for name, link in (("teacher", grid_address), ("principal", grid_address), ("student", own), ("family", own)):
        page = text_of(personas.named(name).client().get("/classes/"))
        assert f'href="{link}"' in page and str(strange.public_id) not in page, name
    assert str(strange.public_id) in text_of(personas.administrator.client().get("/classes/"))
    assert "Geometry A" not in text_of(personas.other_district_student.client().get("/classes/"))


def test_the_list_of_classes_takes_the_same_trips_for_two_and_for_thirty(personas: Personas) -> None:
    make_class(personas)
    browser = personas.principal.client()
    with assert_queries(CLASSES_TRIPS):
        browser.get("/classes/")
    for _each in range(28):
        make_class(personas)
    with assert_queries(CLASSES_TRIPS):
        browser.get("/classes/")


# --- Judging ----------------------------------------------------------------------------------------------------------


def test_a_class_is_judged_in_one_form_and_a_double_click_changes_nothing(
    personas: Personas, geometry_a: Class
) -> None:
    browser = personas.teacher.client()
    assert "Choose the standards that the task shows" in text_of(browser.get(address(geometry_a, "judge/")))
    with assert_no_writes():
        page = text_of(browser.get(judging(geometry_a)))
    assert page.count("<select") == 3
    for _press in range(2):
        answer = browser.post(judging(geometry_a), form(geometry_a, "proficient", "", "developing"))
        assert answer["Location"] == address(geometry_a)
    assert set(ClassJudgement.objects.values_list("student", "level__code")) == {
        (geometry_a.students[0].pk, "proficient"),
        (geometry_a.students[2].pk, "developing"),
    }
    assert ClassJudgement.objects.count() == 2


def test_who_judges_a_class_reads_what_each_level_asks(personas: Personas, geometry_a: Class) -> None:
    browser = personas.teacher.client()
    page = text_of(browser.get(judging(geometry_a))).split('class="level-words"')[1].split('class="class-form"')[0]
    assert page.count("<details>") == 4
    assert page.index("Developing") < page.index("What developing work looks like.") < page.index("Proficient")


def test_a_row_with_a_fault_is_told_and_the_rest_is_saved(personas: Personas, geometry_a: Class) -> None:
    first, second, third = geometry_a.students
    posted = form(geometry_a, "proficient", "excellent", "", **{f"comment-{third.public_id}": "Show me more."})
    answer = personas.teacher.client().post(judging(geometry_a), posted)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "1 level is saved." in page and "Show me more." in page
    assert page.count("Choose a level, so that your words can be saved with it.") == 2  # above, and in the row
    assert list(ClassJudgement.objects.values_list("student", "level__code")) == [(first.pk, "proficient")]
    assert second.pk != third.pk


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "\u200b"}, "This field is required."),
        ({"given_on": "tomorrow"}, "Enter a valid date."),
        ({"given_on": "2999-01-01"}, "This day lies in the future."),
    ],
)
def test_without_task_and_day_nothing_is_saved_and_nothing_is_lost(
    personas: Personas, geometry_a: Class, fields: dict[str, str], sentence: str
) -> None:
    answer = personas.teacher.client().post(judging(geometry_a), form(geometry_a, "proficient", "", "", **fields))
    page = text_of(answer)
    assert answer.status_code == 422 and sentence in page
    assert '<option value="proficient" selected>' in page
    assert not ClassTask.objects.exists() and not ClassJudgement.objects.exists()


def test_an_empty_form_says_what_to_do(personas: Personas, geometry_a: Class) -> None:
    answer = personas.teacher.client().post(judging(geometry_a), form(geometry_a, "", "", ""))
    assert answer.status_code == 422 and "Choose a level for at least one student." in text_of(answer)


def test_levels_of_students_who_left_meanwhile_are_told(personas: Personas, geometry_a: Class) -> None:
    posted = form(geometry_a, "proficient", "proficient", "")
    yesterday = clock.today(personas.district) - dt.timedelta(days=1)
    SectionEnrollment.objects.filter(student=geometry_a.students[1]).update(ends_on=yesterday)
    browser = personas.teacher.client()
    answer = browser.post(judging(geometry_a), posted)
    page = text_of(browser.get(answer["Location"]))
    assert "1 level is saved. 1 level was for a student who has left the class, and was not saved." in page


def test_what_was_typed_outlives_the_session(personas: Personas, geometry_a: Class) -> None:
    browser = personas.teacher.client()
    posted = form(geometry_a, "proficient", "extending", "")
    back = post_after_expiry(browser, personas.teacher.user, judging(geometry_a), posted)
    page = text_of(browser.get(back))
    assert page.count("selected>") >= 2 and 'value="Unit 1"' in page
    assert not ClassJudgement.objects.exists() and Draft.objects.exists()


# --- Habits -----------------------------------------------------------------------------------------------------------


def test_a_week_of_habits_is_entered_for_the_whole_class(personas: Personas, geometry_a: Class) -> None:
    browser = personas.teacher.client()
    assert "has not named habits of work" in text_of(browser.get(address(geometry_a, "habits/")))
    make_habits(personas)
    with assert_no_writes():
        page = text_of(browser.get(address(geometry_a, "habits/")))
    assert page.count("<select") == 6
    answer_id = HabitAnswer.objects.get(district=personas.district, word="Usually").pk
    posted = {
        f"habit-{student.public_id}-{habit.pk}": str(answer_id)
        for student in geometry_a.students
        for habit in Habit.objects.filter(district=personas.district)
    }
    answer = browser.post(address(geometry_a, "habits/?week=2026-01-07"), posted)
    assert answer["Location"] == address(geometry_a, "habits/?week=2026-01-05")
    assert HabitMark.objects.filter(week=dt.date(2026, 1, 5)).count() == 6
    student: Student = personas.student.student
    page = text_of(personas.student.client().get(address(geometry_a, f"students/{student.public_id}/")))
    assert "Usually" in page and "They never count toward a level, a mark or a credit." in page
    assert not ClassJudgement.objects.exists()


def test_nobody_enters_habits_for_their_own_child(personas: Personas, geometry_a: Class) -> None:
    make_habits(personas)
    child = personas.student.student
    make_guardian(personas.teacher.person, child)
    browser = personas.teacher.client()
    page = text_of(browser.get(address(geometry_a, "habits/")))
    assert f"Not here: {child}." in page and f"habit-{child.public_id}" not in page
    habit, answer = Habit.objects.filter(district=personas.district)[0], HabitAnswer.objects.filter(word="Usually")[0]
    refused = browser.post(address(geometry_a, "habits/"), {f"habit-{child.public_id}-{habit.pk}": str(answer.pk)})
    assert refused.status_code == 403 and "Nobody judges or decides for themselves or their own" in text_of(refused)
    with pytest.raises(NotAllowed, match="their own family"):
        enter_habits(
            geometry_a.section,
            week=dt.date(2026, 1, 7),
            rows=[HabitRow(child, habit, answer)],
            actor=personas.teacher.user,
        )
    assert not HabitMark.objects.exists()


def test_an_administrator_names_the_habits(personas: Personas) -> None:
    browser = personas.administrator.client()
    answer = browser.post("/habits/", {"habits": "Comes prepared\n\n Asks questions ", "answers": "Seldom\nAlways"})
    assert answer.status_code == 302
    words = list(Habit.objects.filter(district=personas.district).values_list("word", flat=True))
    assert words == ["Comes prepared", "Asks questions"]
    assert "Asks questions" in text_of(browser.get("/habits/"))
    assert browser.post("/habits/", {"habits": "Comes prepared", "answers": "Always"}).status_code == 422


# --- How levels are worked out ----------------------------------------------------------------------------------------


def rule(**fields: object) -> dict[str, object]:
    today = clock.now().date() + dt.timedelta(days=2)
    return {
        "subjects": ["math"],
        "kind": "mean",
        "n": "2",
        "minimum": "3",
        "rounding": "half_up",
        "starts_on": today.isoformat(),
        "example": "1, 2, 3",
    } | fields


def test_a_rule_is_tried_on_an_example_before_it_is_saved(personas: Personas) -> None:
    make_scale(personas.district)
    browser = personas.administrator.client()
    with assert_no_writes():
        page = text_of(browser.post("/levels/new/", rule(verdict="preview")))
    assert "(2 + 3) / 2 = 2.5" in page and page.count("not used") == 1
    assert browser.post("/levels/new/", rule(verdict="save"))["Location"] == "/levels/"
    assert AggregationRule.objects.get().subject == "math"
    page = text_of(browser.get("/levels/"))
    assert "The mean of the last 2 attempts counts" in page and "at least 3 attempts" in page and "Scheduled" in page
    assert "Scheduled" not in text_of(personas.other_district_administrator.client().get("/levels/"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"example": "1, x"}, "Write up to 20 whole numbers"),
        ({"example": "1, 9"}, "The scale has levels 1 to 4."),
        ({"subjects": []}, "This field is required."),
        ({"kind": "decaying"}, "Say how many percent the newest attempt counts"),
        ({"kind": "times", "n": ""}, "Say how many times the level must be reached."),
        ({"starts_on": "2020-01-01"}, "A rule begins today or later"),
    ],
)
def test_a_faulty_rule_is_told_in_a_sentence(personas: Personas, fields: dict[str, object], sentence: str) -> None:
    make_scale(personas.district)
    answer = personas.administrator.client().post("/levels/new/", rule(verdict="save", **fields))
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert not AggregationRule.objects.exists()
