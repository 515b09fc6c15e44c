"""Common tasks: written, frozen when published, given once, judged on their own standards, read at other schools."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crediting.actions.classes import ClassRow, judge_class
from crediting.actions.common_tasks import (
    close_common_task,
    discard_common_task,
    give_common_task,
    next_version,
    publish_common_task,
    withdraw_common_task,
    write_common_task,
)
from crediting.actions.readings import give_reading
from crediting.models import ClassJudgement, ClassTask, ClassWork, CommonTask, Reading
from crediting.queries.moderation import why_drawn
from crediting.queries.second_readings import moderation_of
from crediting.states import CommonTaskState, Moderated
from crediting.words import sentence
from mbl.core import clock
from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from profiles.models import SectionTeacher
from tests.at_once import at_once
from tests.crediting.recorded import Recorded
from tests.factories.classes import make_class
from tests.factories.common_tasks import give_and_judge, judge_common, make_common, make_elsewhere
from tests.factories.moderation import THIRD, account, give, make_teacher
from tests.factories.profiles import make_guardian, make_school, make_section
from tests.personas import Personas

pytestmark = pytest.mark.django_db


# --- Writing and publishing -------------------------------------------------------------------------------------------


def test_a_draft_is_changed_and_published_once_and_then_frozen(personas: Personas) -> None:
    geometry = make_class(personas)
    recorded = Recorded()
    task = make_common(personas, geometry, published=False)
    assert (task.state, task.version, str(task)) == (CommonTaskState.DRAFT, 1, "Year-end proof")
    administrator = personas.administrator.user
    make_common(personas, geometry, published=False, draft=task)  # says the same
    changed = make_common(personas, geometry, published=False, draft=task, title="Proof in spring")
    assert changed.pk == task.pk and changed.title == "Proof in spring"
    published = publish_common_task(changed, actor=administrator)
    again = publish_common_task(changed, actor=administrator)
    assert published.published_at == again.published_at
    assert recorded.verbs == ["crediting.common_task.written"] * 2 + ["crediting.common_task.published"]
    with pytest.raises(DomainError, match="its words stay"):
        make_common(personas, geometry, published=False, draft=task, title="Another")
    # The database says so too, of its words and of what it names.
    for change in (
        lambda: CommonTask.objects.filter(pk=task.pk).update(title="Another"),
        lambda: CommonTask.objects.filter(pk=task.pk).update(state=CommonTaskState.DRAFT, published_at=None),
        lambda: CommonTask.objects.filter(pk=task.pk).delete(),
        lambda: task.standards.clear(),
        lambda: task.courses.clear(),
        lambda: task.schools.clear(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert task.standards.count() == len(geometry.standards)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "  "}, "Give the task a title"),
        ({"for_students": " "}, "Say what students do"),
        ({"for_teachers": " "}, "what help is allowed"),
        ({"standards": []}, "from 1 to 5 standards"),
        ({"courses": []}, "Choose the courses"),
        ({"schools": []}, "Choose the schools"),
        ({"read_number": 3}, "One of the two"),
        ({"read_share": None}, "One of the two"),
        ({"closes_on": dt.date(2020, 1, 1)}, "before the first"),
        ({"closes_on": dt.date(2040, 1, 1)}, "in one school year"),
    ],
)
def test_what_is_missing_or_contradicts_itself_is_said(personas: Personas, wrong: dict[str, Any], said: str) -> None:
    geometry = make_class(personas)
    with pytest.raises(DomainError, match=said):
        make_common(personas, geometry, published=False, **wrong)
    assert not CommonTask.objects.exists()


def test_nothing_of_another_district_is_named_and_nobody_of_it_writes_here(personas: Personas) -> None:
    geometry = make_class(personas)
    foreign = make_section(personas.other_school)
    with pytest.raises(DomainError, match="Choose the courses"):
        make_common(personas, geometry, courses=[foreign.course])
    with pytest.raises(DomainError, match="Choose the schools"):
        make_common(personas, geometry, schools=[personas.other_school])
    with pytest.raises(NotAllowed):
        write_common_task(
            personas.district,
            actor=personas.other_district_administrator.user,
            title="Ours",
            for_students="…",
            for_teachers="…",
            standards=geometry.standards,
            scale=geometry.ground.scale,
            courses=[geometry.ground.course],
            schools=[personas.school],
            opens_on=clock.today(personas.district),
            closes_on=clock.today(personas.district),
            read_share=None,
            read_number=2,
            from_other_school=False,
        )


def test_who_decides_at_one_school_writes_for_that_school_alone(personas: Personas) -> None:
    geometry = make_class(personas)
    elsewhere = make_elsewhere(personas, geometry)
    manager = personas.credit_manager.user
    with pytest.raises(DomainError, match="from those that are yours"):
        make_common(personas, geometry, published=False, actor=manager)
    own = make_common(personas, geometry, published=False, actor=manager, schools=[personas.school])
    assert publish_common_task(own, actor=manager).state == CommonTaskState.PUBLISHED
    for_all = make_common(personas, geometry, published=False)
    with pytest.raises(NotAllowed, match="not yours"):
        publish_common_task(for_all, actor=manager)
    with pytest.raises(NotAllowed, match="written by those who decide credit"):
        publish_common_task(for_all, actor=account(elsewhere.teacher))


def test_the_scale_is_that_of_every_course(personas: Personas) -> None:
    geometry = make_class(personas)
    other = personas.district.scales.create(code="two", name="Two levels")
    other.levels.create(position=1, code="no", word="No")
    with pytest.raises(DomainError, match="is judged on the scale"):
        make_common(personas, geometry, scale=other)


def test_a_correction_is_a_new_version_that_closes_the_one_before(personas: Personas) -> None:
    geometry = make_class(personas)
    task = make_common(personas, geometry)
    administrator = personas.administrator.user
    draft = next_version(task, actor=administrator)
    assert next_version(task, actor=administrator).pk == draft.pk
    assert (draft.version, draft.name, draft.replaces_id) == (2, "Year-end proof (2)", task.pk)
    assert set(draft.standards.all()) == set(geometry.standards)
    with pytest.raises(DomainError, match="draft still"):
        next_version(draft, actor=administrator)
    given = give_common_task(task, geometry.section, actor=geometry.user)
    publish_common_task(draft, actor=administrator)
    task.refresh_from_db()
    assert (task.state, task.ended_reason) == (CommonTaskState.CLOSED, "Version 2 took its place.")
    # The class that gave the first is still judged on it; others give the second, on the same day too.
    assert judge_common(given, geometry, {geometry.students[0]: "proficient"}).written
    assert give_common_task(draft, geometry.section, actor=geometry.user).title == "Year-end proof (2)"


def test_a_draft_is_thrown_away_and_what_is_published_is_not(personas: Personas) -> None:
    geometry = make_class(personas)
    administrator = personas.administrator.user
    draft = make_common(personas, geometry, published=False)
    recorded = Recorded()
    discard_common_task(draft, actor=administrator)
    discard_common_task(draft, actor=administrator)
    assert recorded.verbs == ["crediting.common_task.discarded"] and not CommonTask.objects.exists()
    with pytest.raises(DomainError, match="threw this draft away"):
        publish_common_task(draft, actor=administrator)
    with pytest.raises(DomainError, match="stays on record"):
        discard_common_task(make_common(personas, geometry), actor=administrator)


def test_it_is_withdrawn_before_anybody_judged_and_closed_afterwards(personas: Personas) -> None:
    geometry = make_class(personas)
    administrator = personas.administrator.user
    first, second = make_common(personas, geometry), make_common(personas, geometry, title="Second")
    given = give_common_task(first, geometry.section, actor=geometry.user)
    with pytest.raises(DomainError, match="Say why"):
        withdraw_common_task(first, reason=" ", actor=administrator)
    recorded = Recorded()
    withdraw_common_task(first, reason="A figure is wrong.", actor=administrator)
    withdraw_common_task(first, reason="Again.", actor=administrator)
    assert recorded.verbs == ["crediting.common_task.withdrawn"]
    with pytest.raises(DomainError, match="was withdrawn, so nobody judges it"):
        judge_common(given, geometry, {geometry.students[0]: "proficient"})
    assert not ClassJudgement.objects.exists()
    give_and_judge(second, geometry, geometry.section, {geometry.students[0]: "proficient"})
    with pytest.raises(DomainError, match="Close it instead"):
        withdraw_common_task(second, reason="Too late.", actor=administrator)
    assert close_common_task(second, actor=administrator).state == CommonTaskState.CLOSED
    assert close_common_task(second, actor=administrator).state == CommonTaskState.CLOSED
    with pytest.raises(InvalidTransition):
        close_common_task(first, actor=administrator)


# --- Giving and judging -----------------------------------------------------------------------------------------------


def test_a_class_gives_it_once(personas: Personas) -> None:
    geometry = make_class(personas)
    task = make_common(personas, geometry)
    recorded = Recorded()
    given = give_common_task(task, geometry.section, actor=geometry.user)
    assert give_common_task(task, geometry.section, actor=geometry.user).pk == given.pk
    assert recorded.verbs == ["crediting.common_task.given"]
    assert (given.title, given.given_on, given.common) == ("Year-end proof", clock.today(personas.district), task)


def test_only_its_classes_give_it_on_its_days_while_it_is_out(personas: Personas) -> None:
    geometry = make_class(personas)
    elsewhere = make_elsewhere(personas, geometry)
    today = clock.today(personas.district)
    here = make_common(personas, geometry, schools=[personas.school])
    with pytest.raises(NotAllowed, match="not for this class"):
        give_common_task(here, elsewhere.section, actor=account(elsewhere.teacher))
    with pytest.raises(NotAllowed, match="Only a teacher of this class"):
        give_common_task(here, geometry.section, actor=account(elsewhere.teacher))
    with pytest.raises(NotAllowed, match="not for this class"):
        give_common_task(here, personas.section, actor=personas.teacher.user)  # another course
    later = make_common(personas, geometry, title="Later", opens_on=today + dt.timedelta(days=1))
    with pytest.raises(DomainError, match="may be given from"):
        give_common_task(later, geometry.section, actor=geometry.user)
    draft = make_common(personas, geometry, title="Draft", published=False)
    with pytest.raises(DomainError, match="not out any more"):
        give_common_task(draft, geometry.section, actor=geometry.user)
    geometry.judge({geometry.students[0]: "proficient"}, title="Year-end proof")
    with pytest.raises(DomainError, match="a task of its own"):
        give_common_task(here, geometry.section, actor=geometry.user)
    assert not ClassTask.objects.exclude(common=None).exists()


def test_it_is_judged_on_its_own_standards_and_levels(personas: Personas) -> None:
    geometry = make_class(personas)
    task = make_common(personas, geometry, standards=geometry.standards[:1])
    given = give_common_task(task, geometry.section, actor=geometry.user)
    student, level = geometry.students[0], geometry.ground.level("proficient")
    rows = [ClassRow(student, geometry.standards[1], level)]
    with pytest.raises(DomainError, match="on its own standards and levels"):
        judge_class(geometry.section, title=given.title, given_on=given.given_on, rows=rows, actor=geometry.user)
    rows = [ClassRow(student, geometry.standards[0], level)]
    saved = judge_class(geometry.section, title=given.title, given_on=given.given_on, rows=rows, actor=geometry.user)
    assert saved.task == given and len(saved.written) == 1


# --- Read twice -------------------------------------------------------------------------------------------------------


def test_readers_come_from_another_school_and_from_this_one_where_nobody_else_can(personas: Personas) -> None:
    geometry = make_class(personas)
    make_teacher(personas.school, "Noor Haddad")
    elsewhere = make_elsewhere(personas, geometry)
    student = geometry.students[0]
    give_and_judge(make_common(personas, geometry), geometry, geometry.section, {student: "proficient"})
    first = Reading.objects.get()
    assert str(first.reader) == "Sam Okafor" and first.policy_version is None
    assert "has those below 10000 read a second time" in sentence(why_drawn(first))
    # Whoever teaches the student in another class is asked last, from whichever school.
    make_section(elsewhere.school, teacher=elsewhere.teacher, students=(student,))
    second = make_common(personas, geometry, title="Second")
    give_and_judge(second, geometry, geometry.section, {student: "proficient"})
    assert str(Reading.objects.latest("pk").reader) == "Noor Haddad"


def test_who_teaches_the_subject_here_reads_before_somebody_elsewhere_who_does_not(personas: Personas) -> None:
    geometry = make_class(personas)
    noor = make_teacher(personas.school, "Noor Haddad")
    make_section(personas.school, course=geometry.ground.course, teacher=noor)
    make_teacher(make_school(personas.district, "Elsewhere"), "Teaches Music")
    give_and_judge(make_common(personas, geometry), geometry, geometry.section, {geometry.students[0]: "proficient"})
    assert str(Reading.objects.get().reader) == "Noor Haddad"


def test_a_task_that_does_not_ask_for_another_school_asks_who_has_least_to_read(personas: Personas) -> None:
    geometry = make_class(personas)
    make_elsewhere(personas, geometry, name="Busy Elsewhere")
    SectionTeacher.objects.create(
        section=make_section(personas.school, course=geometry.ground.course),
        person=make_teacher(personas.school, "Noor Haddad"),
    )
    tasks = [make_common(personas, geometry, title=title, from_other_school=False) for title in ("One", "Two")]
    for task in tasks:
        give_and_judge(task, geometry, geometry.section, {geometry.students[0]: "proficient"})
    # Nobody who teaches the course in a class that shows the student's levels is near; both get one each.
    assert {str(one.reader) for one in Reading.objects.all()} == {"Noor Haddad", "Busy Elsewhere"}


@pytest.mark.parametrize(("number", "judged"), [(2, 6), (2, 1)])
def test_a_number_of_each_class_is_drawn_whatever_order_it_is_judged_in(
    personas: Personas, number: int, judged: int
) -> None:
    geometry = make_class(personas, more=5)
    make_elsewhere(personas, geometry)
    common = make_common(personas, geometry, read_share=None, read_number=number)
    given = give_common_task(common, geometry.section, actor=geometry.user)
    students = list(reversed(geometry.students))
    judge_common(given, geometry, dict.fromkeys(students[:judged], "proficient"))
    early = set(ClassWork.objects.values_list("student", flat=True))
    judge_common(given, geometry, dict.fromkeys(students, "proficient"))
    late = set(ClassWork.objects.values_list("student", flat=True))
    assert len(late) == number and early <= late
    assert f"has {number} works of each class" in sentence(why_drawn(Reading.objects.all()[0]))


def test_no_share_draws_nothing(personas: Personas) -> None:
    geometry = make_class(personas)
    make_elsewhere(personas, geometry)
    give_and_judge(
        make_common(personas, geometry, read_share=0), geometry, geometry.section, {geometry.students[0]: "proficient"}
    )
    assert not Reading.objects.exists()


def test_a_reading_without_a_policy_is_given_and_settled_by_talk(personas: Personas) -> None:
    geometry = make_class(personas)
    make_elsewhere(personas, geometry)
    give_and_judge(make_common(personas, geometry), geometry, geometry.section, {geometry.students[0]: "proficient"})
    reading = Reading.objects.get()
    assert moderation_of(reading).across_district and not moderation_of(reading).waits
    give(reading, geometry.ground, ["beginning"] * len(geometry.standards))
    assert ClassWork.objects.get().moderated == Moderated.DISAGREED


def test_a_policy_says_what_follows_where_readers_differ(personas: Personas) -> None:
    geometry = make_class(personas, moderation=THIRD)
    make_elsewhere(personas, geometry)
    make_elsewhere(personas, geometry, name="Third Reader")
    give_and_judge(make_common(personas, geometry), geometry, geometry.section, {geometry.students[0]: "proficient"})
    reading = Reading.objects.get()
    assert reading.policy_version == geometry.ground.version
    give(reading, geometry.ground, ["beginning"] * len(geometry.standards))
    third = Reading.objects.exclude(pk=reading.pk).get()
    assert third.reader is not None and third.reader != reading.reader
    with pytest.raises(DomainError, match="Choose a level for every standard"):
        give_reading(third, rows=[], actor=account(third.reader))


def test_the_first_teacher_and_the_family_never_read_it(personas: Personas) -> None:
    geometry = make_class(personas)
    SectionTeacher.objects.create(section=geometry.section, person=make_teacher(personas.school, "Co Teacher"))
    make_guardian(make_elsewhere(personas, geometry).teacher, geometry.students[0])
    given = give_common_task(make_common(personas, geometry), geometry.section, actor=geometry.user)
    rows = [
        ClassRow(geometry.students[0], standard, geometry.ground.level("proficient")) for standard in geometry.standards
    ]
    judge_class(geometry.section, title=given.title, given_on=given.given_on, rows=rows, actor=geometry.user)
    assert Reading.objects.get().reader is None


# --- At once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_publish_at_once_publish_once(personas: Personas) -> None:
    geometry = make_class(personas)
    draft = next_version(make_common(personas, geometry), actor=personas.administrator.user)
    recorded = Recorded()
    answers = at_once([partial(publish_common_task, draft, actor=personas.administrator.user)] * 4)
    assert [answer.state for answer in answers] == [CommonTaskState.PUBLISHED] * 4
    assert sorted(recorded.verbs) == ["crediting.common_task.closed", "crediting.common_task.published"]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_gives_it_once(personas: Personas) -> None:
    geometry = make_class(personas)
    task = make_common(personas, geometry)
    answers = at_once([partial(give_common_task, task, geometry.section, actor=geometry.user)] * 4)
    assert len({answer.pk for answer in answers}) == 1 and ClassTask.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_it_is_withdrawn_or_judged_and_never_both(personas: Personas, _round: int) -> None:
    geometry = make_class(personas)
    task = make_common(personas, geometry, read_share=0)
    given = give_common_task(task, geometry.section, actor=geometry.user)
    at_once(
        [
            partial(withdraw_common_task, task, reason="A figure is wrong.", actor=personas.administrator.user),
            partial(judge_common, given, geometry, {geometry.students[0]: "proficient"}),
        ]
    )
    task.refresh_from_db()
    assert ClassJudgement.objects.exists() != (task.state == CommonTaskState.WITHDRAWN)
