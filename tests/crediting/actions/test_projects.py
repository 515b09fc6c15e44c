"""A project's way: what each step does, what it records, what it refuses, and how it counts in its classes."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from crediting.actions.classes import ClassRow
from crediting.actions.decisions import award_credit
from crediting.actions.projects import (
    AlreadyAnswered,
    approve_project,
    begin_project,
    judge_project,
    return_project,
    revise_project,
    send_project,
    set_project_aim,
    withdraw_project,
    write_project,
)
from crediting.models import (
    ClassJudgement,
    ClassTask,
    ClassWork,
    CourseStandard,
    CreditRequest,
    Project,
    ProjectPart,
    ProjectStandard,
    ProjectVersion,
)
from crediting.queries.classes import grid_page, student_page
from crediting.queries.decisions import deliberate
from crediting.queries.projects import aims
from crediting.states import ProjectState, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.models import Notification
from profiles.models import SectionEnrollment, SectionTeacher
from profiles.states import Role
from tests.at_once import at_once
from tests.crediting.actions.test_aggregation import BEST, set_rule
from tests.crediting.recorded import Recorded
from tests.factories.classes import make_class
from tests.factories.crediting import account_of, make_request
from tests.factories.profiles import make_account_holder, make_guardian, make_role, make_section
from tests.factories.projects import Two, judge, make_project, make_two, part_of, words
from tests.personas import Personas

pytestmark = pytest.mark.django_db
S = ProjectState


@pytest.fixture
def two(personas: Personas) -> Two:
    return make_two(personas, more=1)


def states(version: ProjectVersion) -> dict[str, str]:
    return dict(ProjectPart.objects.filter(version=version).values_list("section__title", "state"))


def told(code: str) -> set[str]:
    return set(Notification.objects.filter(code=f"crediting.{code}").values_list("user__login_name", flat=True))


def names(*people: Any) -> set[str]:
    return {person.user.login_name for person in people}


# --- The student's side -----------------------------------------------------------------------------------------------


def test_a_draft_is_kept_once_with_standards_of_the_students_own_classes(personas: Personas, two: Two) -> None:
    recorded, key, actor = Recorded(), uuid.uuid4(), personas.student.user
    foreign = make_section(personas.other_school)
    chosen = {
        two.geometry.section: [*two.geometry.standards[:1], *two.biology.standards[:1]],
        foreign: two.geometry.standards,
    }
    first = begin_project(student=two.student, words=words(two.student), chosen=chosen, actor=actor, key=key)
    again = begin_project(student=two.student, words=words(two.student), chosen=chosen, actor=actor, key=key)
    assert first == again and Project.objects.count() == 1
    assert recorded.verbs == ["crediting.project.begun"]
    assert states(first) == {"Geometry A": S.DRAFT}
    assert [row.standard for row in ProjectStandard.objects.all()] == two.geometry.standards[:1]
    with pytest.raises(NotAllowed):
        begin_project(student=two.student, words=words(two.student), chosen={}, actor=personas.family.user)


def test_writing_again_changes_what_differs_and_says_so_once(personas: Personas, two: Two) -> None:
    version = make_project(two, S.DRAFT)
    recorded, actor = Recorded(), personas.student.user
    write_project(version, words=words(two.student), chosen=two.chosen, actor=actor)
    assert recorded.verbs == []
    write_project(
        version,
        words={"title": " A\0 new title "},
        chosen={two.biology.section: two.biology.standards[:2]},
        actor=actor,
    )
    version.refresh_from_db()
    assert (version.title, version.question) == ("A new title", "Which drains are too small?")
    assert states(version) == {"Biology B": S.DRAFT} and ProjectStandard.objects.count() == 2
    assert recorded.verbs == ["crediting.project.changed"]


def test_sending_tells_each_teacher_once_and_what_was_sent_stays(personas: Personas, two: Two) -> None:
    version = make_project(two, S.DRAFT)
    recorded, actor = Recorded(), personas.student.user
    send_project(version, actor=actor)
    send_project(version, actor=actor)
    assert recorded.verbs == ["crediting.project.sent"]
    assert states(version) == {"Geometry A": S.SENT, "Biology B": S.SENT}
    assert told("project_sent") == names(two.geometry.teacher, two.biology.teacher)
    with pytest.raises(DomainError, match="stays as it was"):
        write_project(version, words={"title": "Other"}, chosen={}, actor=actor)
    for change in (
        lambda: ProjectVersion.objects.update(title="Other"),
        lambda: ProjectStandard.objects.update(is_proposed=False, is_counted=True),
        lambda: ProjectStandard.objects.all().delete(),
        lambda: ProjectPart.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_what_is_missing_is_said_and_nothing_is_sent(personas: Personas, two: Two) -> None:
    version = begin_project(
        student=two.student,
        words=words(two.student, question=" ", ends_on=None),
        chosen={},
        actor=personas.student.user,
    )
    with pytest.raises(DomainError) as refused:
        send_project(version, actor=personas.student.user)
    for said in ("Say which question", "Say on which day", "at least one standard of at least one class"):
        assert said in str(refused.value.message)
    assert not Notification.objects.filter(code="crediting.project_sent").exists()


@pytest.mark.rule("R29", partial=True)
def test_two_classes_of_one_course_never_share_a_project(personas: Personas, two: Two) -> None:
    again = make_section(
        personas.school,
        course=two.geometry.ground.course,
        teacher=two.biology.teacher,
        students=(two.student,),
        title="Geometry C",
    )
    chosen = two.chosen | {again: two.geometry.standards[2:]}
    version = begin_project(student=two.student, words=words(two.student), chosen=chosen, actor=personas.student.user)
    with pytest.raises(DomainError, match="one piece of work counts once in a course"):
        send_project(version, actor=personas.student.user)


def test_a_class_whose_only_teacher_is_the_parent_is_left_out(personas: Personas, two: Two) -> None:
    make_guardian(two.biology.teacher, two.student, portal=False)
    version = make_project(two, S.DRAFT)
    with pytest.raises(DomainError, match="In Biology B nobody can decide about it"):
        send_project(version, actor=personas.student.user)


# --- A class answers --------------------------------------------------------------------------------------------------


def test_one_class_approves_with_other_standards_and_waits_for_no_other(personas: Personas, two: Two) -> None:
    version = make_project(two)
    recorded = Recorded()
    first, second, third = two.geometry.standards
    part = approve_project(
        part_of(version, two.geometry), counted=[first, third], reason=" Go. ", actor=two.geometry.user
    )
    assert states(version) == {"Geometry A": S.APPROVED, "Biology B": S.SENT}
    rows = {row.standard: (row.is_proposed, row.is_counted) for row in part.standards.all()}
    assert rows == {first: (True, True), second: (True, False), third: (False, True)}
    (event,) = recorded.events
    assert event.verb == "crediting.project.approved" and event.payload["reason"] == "Go."
    assert event.payload["left_out"] == (second.code or second.statement)
    task = ClassTask.objects.get()
    assert (task.section, task.title, task.given_on) == (two.geometry.section, version.title, version.ends_on)
    assert told("project_approved") == names(personas.student) and told("project_approved_child") == names(
        personas.family
    )


def test_the_family_reads_it_in_its_language(personas: Personas, two: Two) -> None:
    version = make_project(two)
    family = personas.family.user
    family.language = "es"
    family.save()
    return_project(part_of(version, two.geometry), reason="Say how.", actor=two.geometry.user)
    row = Notification.objects.get(code="crediting.project_returned_child")
    assert row.language == "es" and row.user == family
    assert translation.get_language() == "en"


def test_who_may_not_answer_is_refused_and_nothing_is_written(personas: Personas, two: Two) -> None:
    version = make_project(two)
    part, recorded = part_of(version, two.geometry), Recorded()
    for user in (
        two.biology.user,  # a teacher of the student, and of another class
        personas.principal.user,
        personas.student.user,
        personas.other_district_administrator.user,
    ):
        for act in (
            lambda user: approve_project(part, counted=two.geometry.standards, reason="", actor=user),
            lambda user: return_project(part, reason="No.", actor=user),
            lambda user: judge_project(part, shown_on=clock.today(personas.district), rows=[], actor=user),
        ):
            with pytest.raises(NotAllowed):
                act(user)
    make_guardian(two.geometry.teacher, two.student, portal=False)
    with pytest.raises(NotAllowed, match="their own family"):
        approve_project(part, counted=two.geometry.standards, reason="", actor=two.geometry.user)
    assert recorded.verbs == []


def test_returning_needs_words_and_approving_needs_standards_of_the_course(personas: Personas, two: Two) -> None:
    part = part_of(make_project(two), two.geometry)
    with pytest.raises(DomainError) as wordless:
        return_project(part, reason=" ​ ", actor=two.geometry.user)
    with pytest.raises(DomainError) as empty:
        approve_project(part, counted=[], reason="", actor=two.geometry.user)
    with pytest.raises(DomainError) as foreign:
        approve_project(part, counted=two.biology.standards, reason="", actor=two.geometry.user)
    assert [one.value.field for one in (wordless, empty, foreign)] == ["reason", "standards", "standards"]


def test_a_second_press_answers_the_first_and_a_colleague_learns_who_was_first(personas: Personas, two: Two) -> None:
    colleague = make_account_holder(personas.district, "Nora Vance")
    make_role(colleague, Role.TEACHER, personas.school)
    SectionTeacher.objects.create(section=two.geometry.section, person=colleague)
    assert colleague.user is not None
    part = part_of(make_project(two), two.geometry)
    first = return_project(part, reason="Say how.", actor=two.geometry.user)
    recorded = Recorded()
    assert return_project(part, reason="Say how.", actor=two.geometry.user) == first
    with pytest.raises(AlreadyAnswered, match="returned this already"):
        approve_project(part, counted=two.geometry.standards, reason="", actor=colleague.user)
    with pytest.raises(AlreadyAnswered):
        approve_project(part, counted=two.geometry.standards, reason="", actor=two.geometry.user)
    assert recorded.verbs == []


def test_what_was_returned_is_changed_and_sent_again_and_what_was_approved_stands(personas: Personas, two: Two) -> None:
    actor = personas.student.user
    version = make_project(two, S.APPROVED)
    return_project(part_of(version, two.biology), reason="What of the soil?", actor=two.biology.user)
    newer = revise_project(version.project, actor=actor)
    assert revise_project(version.project, actor=actor) == newer and newer.number == 2
    assert states(newer) == {"Biology B": S.DRAFT}
    write_project(
        newer,
        words={"question": "Which drains are too small for our soil?"},
        chosen={two.biology.section: two.biology.standards[1:2]},
        actor=actor,
    )
    send_project(newer, actor=actor)
    assert states(version) == {"Geometry A": S.APPROVED, "Biology B": S.RETURNED}
    assert states(newer) == {"Biology B": S.SENT}
    approve_project(part_of(newer, two.biology), counted=two.biology.standards[1:2], reason="", actor=two.biology.user)
    version.refresh_from_db()
    assert version.question == "Which drains are too small?"
    assert set(ClassTask.objects.values_list("section__title", flat=True)) == {"Geometry A", "Biology B"}


def test_newer_words_take_the_place_of_those_nobody_has_answered(personas: Personas, two: Two) -> None:
    actor = personas.student.user
    version = make_project(two, S.RETURNED)
    newer = revise_project(version.project, actor=actor)
    # Biology approves the first words while the student still writes.
    approve_project(part_of(version, two.biology), counted=two.biology.standards[:1], reason="", actor=two.biology.user)
    send_project(newer, actor=actor)
    assert states(newer) == {"Geometry A": S.SENT}
    third = revise_project(version.project, actor=actor)
    send_project(third, actor=actor)
    assert (states(newer), states(third)) == ({"Geometry A": S.REPLACED}, {"Geometry A": S.SENT})
    with pytest.raises(InvalidTransition):
        approve_project(
            part_of(newer, two.geometry), counted=two.geometry.standards, reason="", actor=two.geometry.user
        )


def test_withdrawing_takes_it_from_every_class_that_has_not_judged_it(personas: Personas, two: Two) -> None:
    actor = personas.student.user
    version = make_project(two, S.APPROVED)
    approve_project(part_of(version, two.biology), counted=two.biology.standards[:1], reason="", actor=two.biology.user)
    judge(version, two.geometry, "proficient")
    recorded = Recorded()
    withdraw_project(version.project, actor=actor)
    withdraw_project(version.project, actor=actor)
    assert states(version) == {"Geometry A": S.APPROVED, "Biology B": S.WITHDRAWN}
    assert recorded.verbs == ["crediting.project.withdrawn"]
    assert told("project_withdrawn") == names(two.biology.teacher)
    assert ClassTask.objects.get().section == two.geometry.section
    for act in (revise_project, withdraw_project):
        project = Project.objects.get()
        if act is revise_project:
            with pytest.raises(DomainError, match="You withdrew"):
                act(project, actor=actor)
    other = make_project(two, S.APPROVED, title="Another")
    approve_project(part_of(other, two.biology), counted=two.biology.standards[:1], reason="", actor=two.biology.user)
    judge(other, two.geometry, "proficient")
    judge(other, two.biology, "proficient")
    with pytest.raises(DomainError, match="Every class has judged it"):
        withdraw_project(other.project, actor=actor)


# --- A class judges ---------------------------------------------------------------------------------------------------


def test_each_class_judges_its_own_standards_and_the_grid_counts_it(personas: Personas, two: Two) -> None:
    version = make_project(two, S.APPROVED)
    approve_project(part_of(version, two.biology), counted=two.biology.standards[:1], reason="", actor=two.biology.user)
    recorded = Recorded()
    judge(version, two.geometry, "proficient", "developing", days_ago=2)
    judge(version, two.geometry, "proficient", "developing")
    judge(version, two.biology, "extending")
    assert recorded.verbs == ["crediting.class.judged"] * 3
    assert set(ClassJudgement.objects.values_list("attempt", flat=True)) == {1}
    today = clock.today(personas.district)
    task = ClassTask.objects.get(section=two.geometry.section)
    assert task.given_on == today - dt.timedelta(days=2)
    assert [(grid_page(here.section).judged) for here in (two.geometry, two.biology)] == [2, 1]
    two.geometry.judge({two.student: "extending"})
    page = student_page(two.geometry.section, two.student)
    (first,) = [line for line in page.shown if line.standard == two.geometry.standards[0]]
    assert [(one.attempt, one.level.code) for one in first.judgements] == [(1, "proficient"), (2, "extending")]


def test_a_project_is_judged_once_approved_for_its_student_alone(personas: Personas, two: Two) -> None:
    waiting = make_project(two)
    with pytest.raises(DomainError, match="Only a project that is approved"):
        judge(waiting, two.biology, "proficient")
    version = make_project(two, S.APPROVED, title="Another")
    part, level = part_of(version, two.geometry), two.geometry.ground.level("proficient")
    today, classmate = clock.today(personas.district), two.geometry.students[1]
    for row in (
        ClassRow(classmate, two.geometry.standards[0], level),
        ClassRow(two.student, two.geometry.standards[2], level),
    ):
        with pytest.raises(DomainError, match="Only the standards that count"):
            judge_project(part, shown_on=today, rows=[row], actor=two.geometry.user)
    with pytest.raises(DomainError) as early:
        judge(version, two.geometry, "proficient", days_ago=-1)
    assert early.value.field == "shown_on"
    task = ClassTask.objects.get(project=version.project)
    look = two.geometry.judge({two.student: "proficient"}).written[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassJudgement.objects.create(
            task=task,
            student=classmate,
            standard=look.standard,
            attempt=1,
            level=look.level,
            assessor=look.assessor,
            recorded_by=look.recorded_by,
            judged_at=look.judged_at,
        )
    yesterday = today - dt.timedelta(days=1)
    SectionEnrollment.objects.filter(section=two.geometry.section, student=two.student).update(ends_on=yesterday)
    with pytest.raises(DomainError, match="not in this class any more"):
        judge(version, two.geometry, "proficient")


def test_a_task_of_the_class_with_the_same_title_and_day_is_another(personas: Personas, two: Two) -> None:
    version = make_project(two, S.APPROVED)
    judge(version, two.geometry, "proficient")
    two.geometry.judge({two.student: "developing"}, title=version.title)
    assert ClassTask.objects.filter(section=two.geometry.section, title=version.title).count() == 2


@pytest.mark.rule("R29", partial=True)
def test_one_project_is_one_attempt_on_a_standard_that_two_courses_share(personas: Personas) -> None:
    """Both teachers judge the same standard: the request counts the newest look once, and an award uses both up."""
    two = make_two(personas)
    shared = two.geometry.standards[0]
    CourseStandard.objects.create(course=two.biology.ground.course, standard=shared)
    chosen = {two.geometry.section: two.geometry.standards, two.biology.section: [shared]}
    actor = account_of(two.student)
    version = begin_project(student=two.student, words=words(two.student), chosen=chosen, actor=actor)
    version = send_project(version, actor=actor)
    for here, counted in ((two.geometry, two.geometry.standards), (two.biology, [shared])):
        approve_project(part_of(version, here), counted=counted, reason="", actor=here.user)
    judge(version, two.biology, "proficient")
    judge(version, two.geometry, "extending", "proficient", "proficient")
    request = make_request(two.geometry.ground, two.student, personas.teacher.person, RequestState.SUBMITTED)
    looks = [one for one in deliberate(request).facts.judgements if one.standard == str(shared.guid)]
    assert len(looks) == 2 and len({(one.source, one.attempt) for one in looks}) == 1
    assert len({one.evidence_id for one in looks}) == 1


@pytest.mark.rule("R29", partial=True)
def test_a_project_earns_credit_once_for_a_course(personas: Personas) -> None:
    two = make_two(personas)
    chosen = {two.geometry.section: two.geometry.standards}
    actor = account_of(two.student)
    version = send_project(
        begin_project(student=two.student, words=words(two.student), chosen=chosen, actor=actor), actor=actor
    )
    approve_project(part_of(version, two.geometry), counted=two.geometry.standards, reason="", actor=two.geometry.user)
    set_rule(personas, BEST)
    judge(version, two.geometry, "proficient", "proficient", "proficient")

    def asked() -> CreditRequest:
        return make_request(
            two.geometry.ground,
            two.student,
            personas.teacher.person,
            RequestState.ASSESSED,
            levels=("developing", "proficient", "proficient"),
        )

    award_credit(asked(), reason="Shown.", actor=personas.credit_manager.user)
    again = make_request(two.geometry.ground, two.student, personas.teacher.person)
    said = deliberate(again)
    project = f"class:{version.project.public_id}"
    assert any(key.startswith(project) for award in said.facts.awards for key in award.evidence)
    assert not said.outcome.is_award


def test_a_project_can_be_drawn_for_a_second_reading(personas: Personas) -> None:
    here = make_class(personas, moderation="moderation: {share: 100}")
    actor = account_of(here.students[0])
    version = begin_project(
        student=here.students[0],
        words=words(here.students[0]),
        chosen={here.section: here.standards[:1]},
        actor=actor,
    )
    version = send_project(version, actor=actor)
    approve_project(part_of(version, here), counted=here.standards[:1], reason="", actor=here.user)
    judge(version, here, "proficient")
    work = ClassWork.objects.get()
    assert work.task.project == version.project and work.student == here.students[0]


# --- The aim, and several people at once ------------------------------------------------------------------------------


def test_the_aim_is_the_districts_and_is_set_once(personas: Personas) -> None:
    recorded = Recorded()
    for _twice in range(2):
        set_project_aim(personas.district, wanted=True, actor=personas.administrator.user)
    personas.district.refresh_from_db()
    personas.other_district.refresh_from_db()
    assert aims(personas.district) and not aims(personas.other_district)
    set_project_aim(personas.district, wanted=False, actor=personas.administrator.user)
    assert recorded.verbs == ["crediting.project.aim_set", "crediting.project.aim_dropped"]
    for persona in (personas.principal, personas.teacher, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            set_project_aim(personas.district, wanted=True, actor=persona.user)


@pytest.mark.django_db(transaction=True)
def test_two_teachers_who_press_at_once_answer_once(personas: Personas) -> None:
    two = make_two(personas)
    colleague = make_account_holder(personas.district, "Nora Vance")
    make_role(colleague, Role.TEACHER, personas.school)
    SectionTeacher.objects.create(section=two.geometry.section, person=colleague)
    user = colleague.user
    assert user is not None
    part = part_of(make_project(two), two.geometry)
    answers = at_once(
        [
            lambda: approve_project(part, counted=two.geometry.standards[:1], reason="", actor=two.geometry.user),
            lambda: return_project(part, reason="Say how.", actor=user),
        ]
    )
    assert sum(isinstance(one, AlreadyAnswered) for one in answers) == 1
    assert ClassTask.objects.count() == (1 if isinstance(answers[0], ProjectPart) else 0)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_send_and_judge_once_and_withdrawing_never_loses_a_level(personas: Personas) -> None:
    two = make_two(personas)
    version = make_project(two, S.DRAFT)
    actor = personas.student.user
    at_once([lambda: send_project(version, actor=actor) for _each in range(3)])
    assert Notification.objects.filter(code="crediting.project_sent").count() == 2
    approve_project(
        part_of(version, two.geometry), counted=two.geometry.standards[:1], reason="", actor=two.geometry.user
    )
    at_once([lambda: judge(version, two.geometry, "proficient") for _each in range(3)])
    assert ClassJudgement.objects.count() == 1
    other: ProjectVersion = make_project(two, S.APPROVED, title="Another")
    at_once([lambda: judge(other, two.geometry, "proficient"), lambda: withdraw_project(other.project, actor=actor)])
    judged = ClassJudgement.objects.filter(task__project=other.project).exists()
    assert (states(other)["Geometry A"] == S.APPROVED) == judged
