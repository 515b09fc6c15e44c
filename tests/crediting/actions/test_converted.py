"""Tables and windows of letter grades: dated, never about the past; and grades that are kept when a window ends."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from crediting.actions.classes import HabitRow, enter_habits
from crediting.actions.converted import (
    keep_grades,
    keep_later,
    move_last_day,
    remove_conversion,
    remove_window,
    set_conversion,
    set_window,
)
from crediting.models import GradeConversion, GradeWindow, Habit, HabitAnswer, KeptGrade
from crediting.queries import converted as queries
from crediting.queries import grade_windows
from crediting.rules.converted import Conversion, ConversionKind, FromValue
from crediting.tasks import keep_grades_of_ended_windows
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Job
from profiles.models import Student
from tests.at_once import at_once
from tests.crediting.recorded import Recorded
from tests.factories.classes import Class, make_class, make_habits
from tests.factories.grades import LOW, LOWEST, MEAN, MIDDLE, TOP, Calendar, open_window, set_table, with_own_marks
from tests.factories.profiles import make_school
from tests.personas import Personas

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def november(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> Calendar:
    calendar = Calendar(personas.district, monkeypatch)
    calendar.set(3)
    return calendar


@pytest.fixture
def geometry(personas: Personas, november: Calendar) -> Class:
    return make_class(personas, more=1)


def mark_of(geometry: Class, student: Student, on: dt.date) -> str:
    return queries.grades_of([(geometry.section, student)], on)[geometry.section.pk, student.pk].mark


# --- Tables -----------------------------------------------------------------------------------------------------------


def test_a_table_that_follows_ends_the_one_before_and_the_same_again_changes_nothing(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    first = set_table(personas, MEAN)
    recorded = Recorded()
    assert set_table(personas, MEAN, days=4) == first and recorded.verbs == []
    second = set_table(personas, LOWEST, days=10)
    first.refresh_from_db()
    assert first.effective.upper == second.effective.lower == november.day(13)
    assert recorded.verbs == ["crediting.conversion.set"]
    remove_conversion(second, actor=personas.administrator.user)
    remove_conversion(second, actor=personas.administrator.user)
    first.refresh_from_db()
    assert first.effective.upper is None and recorded.verbs[1:] == ["crediting.conversion.removed"]
    with pytest.raises(DomainError, match="has begun"):
        remove_conversion(first, actor=personas.administrator.user)


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (("A", "ZZ"), "does not use the mark ZZ"),
        (("B", "A"), "A is the better mark"),
        (("NC", "P"), "P is the better mark"),
        (("A", "A"), "stands in two rows"),
    ],
)
def test_marks_are_the_districts_and_stand_best_first(personas: Personas, marks: tuple[str, ...], said: str) -> None:
    make_class(personas)
    rows = tuple(FromValue(mark, Decimal(least)) for mark, least in zip(marks, (3, 1), strict=True))
    with pytest.raises(DomainError, match=said):
        set_conversion(
            personas.district,
            subjects=[""],
            terms=Conversion(ConversionKind.LOWEST, values=rows),
            starts_on=clock.today(personas.district),
            actor=personas.administrator.user,
        )
    assert not GradeConversion.objects.exists()


def test_a_table_never_begins_in_the_past_nor_on_a_day_on_which_another_was_read(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    with pytest.raises(DomainError) as refused:
        set_table(personas, MEAN, days=-1)
    assert refused.value.field == "starts_on"
    set_table(personas, MEAN)
    with pytest.raises(DomainError, match="begin later"):
        set_table(personas, LOWEST)
    november.set(4)
    with pytest.raises(DomainError, match="Begin tomorrow"):
        set_table(personas, LOWEST)
    with pytest.raises(NotAllowed):
        set_conversion(
            personas.district,
            subjects=[""],
            terms=MEAN,
            starts_on=clock.today(personas.district),
            actor=personas.principal.user,
        )


def test_the_database_keeps_tables_windows_and_grades_as_they_were(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    table = set_table(personas)
    window = open_window(personas, november.day(3), november.day(5))
    geometry.judge({geometry.students[0]: "proficient"})
    november.set(7)
    keep_grades(window)
    for rows, change in (
        (GradeConversion.objects.filter(pk=table.pk), {"minimum_standards": 2}),
        (GradeWindow.objects.filter(pk=window.pk), {"days": (november.day(3), november.day(20))}),
        (GradeWindow.objects.filter(pk=window.pk), {"kept_at": None}),
        (KeptGrade.objects.filter(window=window), {"mark": TOP}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptGrade.objects.filter(window=window).delete()


# --- Windows ----------------------------------------------------------------------------------------------------------


def test_windows_that_overlap_are_refused_with_the_name_of_the_other(personas: Personas, november: Calendar) -> None:
    school, other = personas.school, make_school(personas.district, "Elsewhere")
    open_window(personas, november.day(10), november.day(24), name="Progress report, November", school=school)
    open_window(personas, november.day(10), november.day(24), school=other)  # another school: no overlap
    for place, first, last in ((school, 24, 30), (None, 1, 10), (school, 12, 13)):
        with pytest.raises(DomainError) as refused:
            open_window(personas, max(november.day(first), november.day(3)), november.day(last), school=place, name="X")
        assert "These days overlap “Progress report, November”" in str(refused.value) or place is None
        assert refused.value.field == "first"
    recorded = Recorded()
    again = open_window(personas, november.day(10), november.day(24), name="Progress report, November", school=school)
    assert recorded.verbs == [] and GradeWindow.objects.count() == 2 and again.school == school
    open_window(personas, november.day(25), november.day(26), name="Next", school=school)  # the day after is free


@pytest.mark.parametrize(
    ("first", "last", "field"), [(5, 4, "last"), (1, 2, "last"), (10, 300, "last"), (None, 4, "first")]
)
def test_days_that_cannot_be_are_refused(
    personas: Personas, november: Calendar, first: int | None, last: int, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        set_window(
            personas.district,
            name="November",
            first=november.day(first) if first else None,
            last=november.day(last),
            actor=personas.administrator.user,
        )
    assert refused.value.field == field and not GradeWindow.objects.exists()


def test_always_is_a_window_to_the_end_of_the_school_year(personas: Personas, november: Calendar) -> None:
    for _press in range(2):
        window = set_window(personas.district, is_always=True, actor=personas.administrator.user)
    assert GradeWindow.objects.count() == 1
    assert grade_windows.last_day(window) == dt.date(clock.school_year(november.day(3)), 6, 30)
    assert grade_windows.showing(personas.school, november.day(40)).window == window
    assert grade_windows.showing(personas.other_school, november.day(40)).window is None


def test_the_last_day_of_an_open_window_moves_and_one_that_has_ended_stays(
    personas: Personas, november: Calendar
) -> None:
    window = open_window(personas, november.day(3), november.day(10))
    open_window(personas, november.day(20), november.day(22), name="Second")
    actor = personas.administrator.user
    recorded = Recorded()
    move_last_day(window, last=november.day(14), actor=actor)
    move_last_day(window, last=november.day(14), actor=actor)
    assert recorded.verbs == ["crediting.grade_window.moved"]
    with pytest.raises(DomainError, match="overlap “Second”"):
        move_last_day(window, last=november.day(20), actor=actor)
    with pytest.raises(DomainError, match="has begun"):
        remove_window(window, actor=actor)
    november.set(15)
    with pytest.raises(DomainError, match="has ended"):
        move_last_day(window, last=november.day(18), actor=actor)
    second = GradeWindow.objects.get(name="Second")
    remove_window(second, actor=actor)
    remove_window(second, actor=actor)
    assert not GradeWindow.objects.filter(name="Second").exists()
    with pytest.raises(NotAllowed):
        move_last_day(window, last=november.day(16), actor=personas.principal.user)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_set_something_at_once_one_is_told(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = Calendar(personas.district, monkeypatch).set(3)
    make_class(personas)
    with_own_marks(personas.district)
    actor = personas.administrator.user

    def press(name: str, school: bool) -> GradeWindow:
        place = personas.school if school else None
        return set_window(personas.district, name=name, first=today, last=today + DAY, school=place, actor=actor)

    answers = at_once([lambda: press("One", True), lambda: press("Two", False)])
    assert sorted(type(answer).__name__ for answer in answers) == ["DomainError", "GradeWindow"]

    def write(terms: Conversion) -> list[GradeConversion]:
        return set_conversion(personas.district, subjects=[""], terms=terms, starts_on=today, actor=actor)

    tables = at_once([lambda: write(MEAN), lambda: write(LOWEST)])
    assert sorted(type(answer).__name__ for answer in tables) == ["DomainError", "list"]


# --- What a grade is worked out from ----------------------------------------------------------------------------------


def test_a_grade_follows_from_current_levels_and_a_subjects_own_table_goes_first(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    first, second = geometry.students
    set_table(personas, LOWEST)
    today = november.day(3)
    assert mark_of(geometry, first, today) == ""  # nothing judged
    geometry.judge({first: "beginning", second: "extending"})
    assert (mark_of(geometry, first, today), mark_of(geometry, second, today)) == (LOW, TOP)
    geometry.judge({first: "proficient"}, title="Unit 2")  # the newest counts
    assert mark_of(geometry, first, today) == MIDDLE
    own = Conversion(ConversionKind.NONE, levels=4)
    subject = geometry.section.course.terms.subject
    set_table(personas, own, subject)
    assert mark_of(geometry, first, today) == ""
    assert queries.set_for(geometry.section, today) == GradeConversion.objects.get(subject=subject)


def test_habits_of_work_change_no_grade(personas: Personas, geometry: Class, november: Calendar) -> None:
    set_table(personas)
    student = geometry.students[0]
    geometry.judge({student: "proficient"})
    seats = [(geometry.section, student)]
    before = queries.grades_of(seats, november.day(3))
    make_habits(personas)
    habit = Habit.objects.filter(district=personas.district)[0]
    for answer in HabitAnswer.objects.filter(district=personas.district):
        enter_habits(
            geometry.section, week=november.day(3), rows=[HabitRow(student, habit, answer)], actor=geometry.user
        )
        assert queries.grades_of(seats, november.day(3)) == before


def test_a_modified_judgement_is_named_only_where_it_counted(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    set_table(personas)
    student = geometry.students[0]
    seats, key = [(geometry.section, student)], (geometry.section.pk, student.pk)
    geometry.judge({student: "proficient"}, modification="Two of the four theorems.")
    (used,) = queries.grades_of(seats, november.day(3))[key].used
    assert used.modification == "Two of the four theorems."
    geometry.judge({student: "proficient"}, title="Unit 2")
    (used,) = queries.grades_of(seats, november.day(3))[key].used
    assert used.modification == ""


# --- Keeping ----------------------------------------------------------------------------------------------------------


def kept(window: GradeWindow) -> list[tuple[int, str, object]]:
    return list(KeptGrade.objects.filter(window=window).order_by("student").values_list("student", "mark", "levels"))


def test_what_is_judged_or_set_after_the_last_day_changes_nothing_that_was_shown(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    first, second = geometry.students
    set_table(personas)
    window = open_window(personas, november.day(3), november.day(5))
    geometry.judge({first: "proficient", second: "beginning"})
    november.set(6, dt.time(0, 1))
    geometry.judge({first: "extending"}, title="Unit 2", days_ago=1)  # judged after midnight, of a day within
    set_table(personas, LOWEST, days=1)
    before = [(one.window.pk, one.grade.mark, one.grade.used) for one in queries.past(first, november.day(6))]
    assert before and before[0][1] == MIDDLE  # read before anything is kept: the same answer
    november.set(9)
    recorded = Recorded()
    assert keep_grades(window) == keep_grades(window) == 2
    assert [mark for _student, mark, _levels in kept(window)] == [MIDDLE, LOW]
    after = [(one.window.pk, one.grade.mark, one.grade.used) for one in queries.past(first, november.day(9))]
    assert after == before
    assert recorded.verbs == ["crediting.grade_window.kept"]
    assert mark_of(geometry, first, november.day(9)) == TOP


def test_a_run_that_was_killed_goes_on_and_gives_the_same(
    personas: Personas, geometry: Class, november: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_class(personas)
    set_table(personas)
    window = open_window(personas, november.day(3), november.day(5))
    student = personas.student.student
    geometry.judge({student: "proficient"})
    other.judge({student: "extending"})
    november.set(8)
    monkeypatch.setattr("crediting.actions.converted.SECTIONS_AT_ONCE", 1)

    class Killed(Exception):
        pass

    def kill(_done: int, _total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        keep_grades(window, step=kill)
    window.refresh_from_db()
    assert window.kept_at is None and KeptGrade.objects.count() == 1
    assert {(one.section.pk, one.grade.mark) for one in queries.past(student, november.day(8))} == {
        (geometry.section.pk, MIDDLE),
        (other.section.pk, TOP),
    }
    assert keep_grades(window) == 2
    assert {(row.section_id, row.mark) for row in KeptGrade.objects.all()} == {
        (geometry.section.pk, MIDDLE),
        (other.section.pk, TOP),
    }


@pytest.mark.django_db(transaction=True)
def test_two_workers_keep_each_grade_once(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    november = Calendar(personas.district, monkeypatch)
    november.set(3)
    geometry = make_class(personas, more=2)
    set_table(personas)
    window = open_window(personas, november.day(3), november.day(3))
    geometry.judge(dict.fromkeys(geometry.students, "proficient"))
    november.set(6)
    recorded = Recorded()
    assert at_once([lambda: keep_grades(window)] * 2) == [3, 3]
    assert KeptGrade.objects.count() == 3 and recorded.verbs == ["crediting.grade_window.kept"]


def test_each_hour_the_clock_finds_windows_that_ended_and_asks_once(
    personas: Personas, geometry: Class, november: Calendar
) -> None:
    set_table(personas)
    geometry.judge({geometry.students[0]: "proficient"})
    window = open_window(personas, november.day(3), november.day(4))
    november.set(5, dt.time(0, 5))
    keep_grades_of_ended_windows()
    assert not Job.objects.exists()  # what was being saved at midnight has time to arrive
    november.set(5, dt.time(1))
    keep_grades_of_ended_windows()
    keep_grades_of_ended_windows()
    assert Job.objects.filter(kind="crediting.keep_grades").count() == 1
    assert keep_later(personas.other_district) == []
    with pytest.raises(DomainError, match="has not ended"):
        keep_grades(open_window(personas, november.day(5), november.day(6), name="Next"))
    assert keep_grades(window) == 1
    assert keep_later(personas.district) == []
