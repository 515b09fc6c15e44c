"""Judging a whole class at once, and habits of work that never meet a level."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from crediting.actions.aggregation import set_aggregation
from crediting.actions.classes import HabitRow, enter_habits, judge_class, write_habits
from crediting.models import ClassJudgement, ClassTask, Habit, HabitAnswer, HabitMark
from crediting.queries.classes import grid_page, student_page
from crediting.rules.aggregation import Aggregation
from crediting.states import AggregationKind
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from profiles.models import SectionEnrollment
from tests.crediting.recorded import Recorded
from tests.factories.classes import ANSWERS, HABITS, Class, make_class, make_habits
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def geometry_a(personas: Personas) -> Class:
    return make_class(personas, more=2)


def looks() -> list[tuple[str, int]]:
    return list(ClassJudgement.objects.order_by("pk").values_list("level__code", "attempt"))


def test_a_whole_class_is_judged_with_an_event_for_each_student(geometry_a: Class) -> None:
    recorded = Recorded()
    levels = dict(zip(geometry_a.students, ("proficient", "developing", "extending"), strict=True))
    saved = geometry_a.judge(levels, comment=" Clear steps. ")
    assert looks() == [("proficient", 1), ("developing", 1), ("extending", 1)]
    assert {one.comment for one in saved.written} == {"Clear steps."}
    assert recorded.verbs == ["crediting.class.judged"] * 3
    assert [event.student_id for event in recorded.events] == [one.public_id for one in geometry_a.students]


def test_saving_twice_changes_nothing_and_a_second_look_is_the_same_attempt(geometry_a: Class) -> None:
    (student, *_others) = geometry_a.students
    geometry_a.judge({student: "developing"})
    recorded = Recorded()
    geometry_a.judge({student: "developing"})
    assert recorded.verbs == [] and ClassTask.objects.count() == 1
    geometry_a.judge({student: "proficient"})
    assert looks() == [("developing", 1), ("proficient", 1)]
    geometry_a.judge({student: "extending"}, title="Unit 2")
    assert looks()[-1] == ("extending", 2)


def test_rows_of_a_student_who_left_are_answered_and_the_rest_is_saved(geometry_a: Class) -> None:
    stays, left, _third = geometry_a.students
    yesterday = clock.today(geometry_a.section.district) - dt.timedelta(days=1)
    SectionEnrollment.objects.filter(section=geometry_a.section, student=left).update(ends_on=yesterday)
    saved = geometry_a.judge({stays: "proficient", left: "proficient"})
    assert [one.student for one in saved.written] == [stays] and saved.gone == (left,)
    stranger = make_student(geometry_a.section.school)
    nobody = geometry_a.judge({stranger: "proficient"}, title="Another")
    assert nobody.task is None and ClassTask.objects.count() == 1


@pytest.mark.parametrize(("title", "days", "field"), [("  ", 0, "title"), ("Unit 1", 1, "given_on")])
def test_a_task_has_a_name_and_a_day_that_has_come(geometry_a: Class, title: str, days: int, field: str) -> None:
    day = clock.today(geometry_a.section.district) + dt.timedelta(days=days)
    with pytest.raises(DomainError) as refused:
        judge_class(geometry_a.section, title=title, given_on=day, rows=[], actor=geometry_a.user)
    assert refused.value.field == field


def test_only_a_teacher_of_the_class_judges_in_it(personas: Personas, geometry_a: Class) -> None:
    for persona in (personas.principal, personas.student, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            judge_class(
                geometry_a.section,
                title="Unit 1",
                given_on=clock.today(personas.district),
                rows=[],
                actor=persona.user,
            )


def test_the_database_keeps_every_judgement_of_a_class(geometry_a: Class) -> None:
    geometry_a.judge({geometry_a.students[0]: "developing"})
    everything: QuerySet[ClassJudgement] = ClassJudgement.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        everything.update(comment="Better")
    with pytest.raises(IntegrityError), transaction.atomic():
        everything.delete()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_write_one_judgement(geometry_a: Class) -> None:
    begin = threading.Barrier(4)

    def press() -> None:
        try:
            begin.wait()
            geometry_a.judge({geometry_a.students[0]: "proficient"})
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _each in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert looks() == [("proficient", 1)]


def test_the_department_rule_makes_the_level_and_a_later_one_leaves_it(personas: Personas, geometry_a: Class) -> None:
    (student, *_others) = geometry_a.students
    today = clock.today(personas.district)

    def rule(terms: Aggregation, starts_on: dt.date) -> None:
        set_aggregation(
            personas.district, subjects=["math"], terms=terms, starts_on=starts_on, actor=personas.administrator.user
        )

    def level() -> str:
        page = student_page(geometry_a.section, student)
        return next(line.result.level for line in (*page.gaps, *page.shown) if line.judgements)

    rule(Aggregation(AggregationKind.MEAN, n=2, minimum=3), today)
    for number, shown in enumerate(("beginning", "developing"), start=1):
        geometry_a.judge({student: shown}, title=f"Unit {number}", days_ago=4 - number)
    assert level() == ""  # two of three attempts
    geometry_a.judge({student: "proficient"}, title="Unit 3", days_ago=1)
    assert level() == "proficient"  # 2.5, from the middle up
    rule(Aggregation(AggregationKind.MODE), today + dt.timedelta(days=1))
    assert level() == "proficient"


def test_work_entered_late_takes_the_place_of_its_day(geometry_a: Class) -> None:
    (student, *_others) = geometry_a.students
    geometry_a.judge({student: "proficient"}, title="Unit 2", days_ago=1)
    geometry_a.judge({student: "beginning"}, title="Unit 1", days_ago=9)
    (line, *_rest) = student_page(geometry_a.section, student).shown
    assert line.result.level == "proficient"
    grid = grid_page(geometry_a.section)
    assert next((cell.position, cell.attempts) for row in grid.grid.rows for cell in row.cells if cell.attempts) == (
        3,
        2,
    )


# --- Habits -----------------------------------------------------------------------------------------------------------


def rows_of(geometry_a: Class, answer: str | None) -> list[HabitRow]:
    chosen = HabitAnswer.objects.get(district=geometry_a.section.district, word=answer) if answer else None
    habits = Habit.objects.filter(district=geometry_a.section.district)
    return [HabitRow(student, habit, chosen) for student in geometry_a.students for habit in habits]


def test_habits_are_entered_for_a_whole_week_and_never_reach_a_level(personas: Personas, geometry_a: Class) -> None:
    make_habits(personas)
    geometry_a.judge({geometry_a.students[0]: "proficient"})
    before = grid_page(geometry_a.section)
    recorded = Recorded()
    today = clock.today(personas.district)
    count = enter_habits(geometry_a.section, week=today, rows=rows_of(geometry_a, "Seldom"), actor=geometry_a.user)
    assert count == 6 and recorded.verbs == ["crediting.class.habits_entered"]
    assert {mark.week.isoweekday() for mark in HabitMark.objects.all()} == {1}
    again = enter_habits(geometry_a.section, week=today, rows=rows_of(geometry_a, "Seldom"), actor=geometry_a.user)
    assert again == 0 and len(recorded.verbs) == 1
    assert grid_page(geometry_a.section) == before
    enter_habits(geometry_a.section, week=today, rows=rows_of(geometry_a, "Always"), actor=geometry_a.user)
    assert set(HabitMark.objects.values_list("answer__word", flat=True)) == {"Always"}
    enter_habits(geometry_a.section, week=today, rows=rows_of(geometry_a, None), actor=geometry_a.user)
    assert not HabitMark.objects.exists()


def test_habits_of_a_week_to_come_are_refused(personas: Personas, geometry_a: Class) -> None:
    make_habits(personas)
    week = clock.today(personas.district) + dt.timedelta(days=7)
    with pytest.raises(DomainError) as refused:
        enter_habits(geometry_a.section, week=week, rows=rows_of(geometry_a, "Always"), actor=geometry_a.user)
    assert refused.value.field == "week" and not HabitMark.objects.exists()


def test_words_no_longer_used_stay_for_old_weeks(personas: Personas, geometry_a: Class) -> None:
    make_habits(personas)
    today = clock.today(personas.district)
    enter_habits(geometry_a.section, week=today, rows=rows_of(geometry_a, "Seldom"), actor=geometry_a.user)
    recorded = Recorded()
    write_habits(
        personas.district,
        habits=[HABITS[1], "Asks questions", " ", HABITS[1]],
        answers=ANSWERS[1:],
        actor=personas.administrator.user,
    )
    active = list(Habit.objects.filter(district=personas.district, is_active=True).values_list("word", flat=True))
    assert active == [HABITS[1], "Asks questions"] and recorded.verbs == ["crediting.habits.written"]
    assert HabitMark.objects.filter(answer__word="Seldom").count() == 6
    assert not Habit.objects.filter(district=personas.other_district).exists()
    write_habits(personas.district, habits=active, answers=ANSWERS[1:], actor=personas.administrator.user)
    assert len(recorded.verbs) == 1


@pytest.mark.parametrize(
    ("habits", "answers", "field"),
    [([f"Habit {n}" for n in range(13)], ANSWERS, "habits"), (HABITS, ["Always"], "answers")],
)
def test_too_many_habits_or_too_few_words_are_refused(
    personas: Personas, habits: list[str], answers: list[str], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        write_habits(personas.district, habits=habits, answers=answers, actor=personas.administrator.user)
    assert refused.value.field == field and not Habit.objects.exists()
