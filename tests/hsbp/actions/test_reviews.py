"""From sending to the answer and back: states, frozen versions, records, notices, refusals, second presses."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hsbp.actions.conversation import ask_family, comment_on_plan
from hsbp.actions.reviews import MovedOn, approve_plan, approve_unchanged, return_plan, undo_review
from hsbp.actions.sending import send_plan
from hsbp.models import Plan, PlanReview, PlanRevision
from hsbp.states import PlanState
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification, User
from profiles.actions.enrollment import enroll
from profiles.actions.relationships import assign_counselor, end_relationship
from profiles.models import Relationship
from profiles.states import RelationshipKind, Role
from tests.crediting.recorded import Recorded
from tests.factories.hsbp import GOALS, make_review, make_revision, write
from tests.factories.profiles import make_account_holder, make_relationship, make_role, make_school, make_student
from tests.personas import Persona, Personas

pytestmark = pytest.mark.django_db


def plan_of(persona: Persona) -> Plan:
    return Plan.objects.get(student=persona.student)


def a_second_counselor(personas: Personas) -> Persona:
    person = make_account_holder(personas.district, "Dana Ortiz")
    make_role(person, Role.COUNSELOR, personas.school)
    make_relationship(person, personas.student.student, RelationshipKind.COUNSELOR)
    return Persona("second", person.user, person)


# --- Sending ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R61", partial=True)
def test_sending_freezes_a_version_with_language_hash_grade_and_year(personas: Personas) -> None:
    User.objects.filter(pk=personas.student.user.pk).update(language="es")
    student = personas.student.student
    write(student)
    recorded = Recorded()
    revision = send_plan(student, actor=personas.student.user)
    plan = plan_of(personas.student)
    assert (revision.number, revision.language, revision.grade, revision.school_name) == (
        1,
        "es",
        "10",
        "Northfield High School",
    )
    assert revision.content["goals"] == GOALS and len(revision.sha256) == 64
    assert (plan.state, plan.latest, plan.waiting_since) == ("submitted", revision, revision.submitted_at)
    (event,) = recorded.events
    assert (event.verb, event.payload) == (
        "hsbp.plan.sent",
        {"number": 1, "sha256": revision.sha256, "language": "es", "changed": 0},
    )
    (told,) = Notification.objects.filter(user=personas.counselor.user)
    assert told.text == "Sofia Ramirez sent version 1 of the High School and Beyond Plan. It waits for you."


def test_a_sent_version_is_never_changed(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    changes: list[dict[str, Any]] = [{"language": "fr"}, {"content": {}}]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanRevision.objects.filter(pk=revision.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRevision.objects.filter(pk=revision.pk).delete()


def test_sending_the_same_again_answers_the_first_version(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    recorded = Recorded()
    assert send_plan(personas.student.student, actor=personas.student.user) == revision
    make_review(personas.student.student, personas.counselor.user)
    assert send_plan(personas.student.student, actor=personas.student.user) == revision
    assert recorded.verbs == ["hsbp.plan.approved"]


def test_an_empty_plan_is_not_sent(personas: Personas) -> None:
    with pytest.raises(DomainError, match="still empty"):
        send_plan(personas.student.student, actor=personas.student.user)
    assert not PlanRevision.objects.exists()


def test_only_the_student_sends(personas: Personas) -> None:
    write(personas.student.student)
    for persona in (personas.counselor, personas.family, personas.other_district_student):
        with pytest.raises(NotAllowed, match="Only the student"):
            send_plan(personas.student.student, actor=persona.user)


def test_a_returned_plan_goes_out_again_with_a_change_or_an_answer(personas: Personas) -> None:
    student, user = personas.student.student, personas.student.user
    make_review(student, personas.counselor.user, PlanState.RETURNED)
    with pytest.raises(DomainError, match="Nothing has changed") as refused:
        send_plan(student, actor=user)
    assert refused.value.field == "answer"
    second = send_plan(student, actor=user, answer="The union runs its own school.")
    plan = plan_of(personas.student)
    assert (second.number, plan.state, plan.question) == (2, "submitted", None)
    assert [comment.body for comment in plan.comments.all()] == ["The union runs its own school."]


def test_the_same_plan_can_be_sent_again_in_the_next_school_year(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_review(personas.student.student, personas.counselor.user)
    next_year = timezone.now() + dt.timedelta(days=365)
    monkeypatch.setattr(timezone, "now", lambda: next_year)
    revision = send_plan(personas.student.student, actor=personas.student.user)
    assert (revision.number, revision.is_unchanged, revision.changed) == (2, True, {})


# --- Answering --------------------------------------------------------------------------------------------------------


def test_approving_makes_it_the_version_to_compare_with_and_tells_student_and_family(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    recorded = Recorded()
    review = approve_plan(revision, comment="Strong plan.", actor=personas.counselor.user)
    plan = plan_of(personas.student)
    assert (review.verdict, review.reviewer, review.comment) == ("approved", personas.counselor.person, "Strong plan.")
    assert (plan.state, plan.approved, plan.waiting_since) == ("approved", revision, None)
    assert plan.family_since == review.reviewed_at
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("hsbp.plan.approved", {"number": 1, "comment": "Strong plan."})
    ]
    assert Notification.objects.get(user=personas.student.user).text == "Carla Nguyen approved version 1 of your plan."
    assert "read and sign" in Notification.objects.get(user=personas.family.user).text


def test_returning_needs_a_comment_and_keeps_what_was_approved_before(personas: Personas) -> None:
    student = personas.student.student
    first = make_review(student, personas.counselor.user).revision
    revision = make_revision(student, interests={"text": "Water"})
    assert (revision.base, revision.changed) == (first, {"interests": 1})
    with pytest.raises(DomainError, match="Say what you would like changed") as refused:
        return_plan(revision, comment="  ", actor=personas.counselor.user)
    assert refused.value.field == "comment"
    recorded = Recorded()
    return_plan(revision, comment="Which water?", actor=personas.counselor.user)
    plan = plan_of(personas.student)
    assert (plan.state, plan.approved, plan.waiting_since, plan.family_since) == ("returned", first, None, None)
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("hsbp.plan.returned", {"number": 2, "comment": "Which water?"})
    ]
    newest = Notification.objects.filter(user=personas.student.user).order_by("-pk").first()
    assert newest is not None and newest.text == "Carla Nguyen returned your plan: Which water?"


def test_a_second_press_answers_the_first_review(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    first = approve_plan(revision, comment="", actor=personas.counselor.user)
    recorded = Recorded()
    assert approve_plan(revision, comment="", actor=personas.counselor.user) == first
    assert (PlanReview.objects.count(), recorded.verbs) == (1, [])


def test_a_second_counselor_is_told_who_was_first_and_changes_nothing(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    approve_plan(revision, comment="", actor=personas.counselor.user)
    other = a_second_counselor(personas)
    with pytest.raises(MovedOn, match=r"Carla Nguyen approved version 1 on .+ Nothing was changed by you") as told:
        return_plan(revision, comment="Please add math.", actor=other.user)
    assert told.value.status == 409
    assert (plan_of(personas.student).state, PlanReview.objects.count()) == ("approved", 1)


def test_a_version_that_changed_meanwhile_is_not_approved(personas: Personas) -> None:
    """Counselor and student at once: the page shows version 1, the student has sent version 2."""
    student = personas.student.student
    seen = make_revision(student)
    make_revision(student, interests={"text": "Water"})
    for verdict in (approve_plan, return_plan):
        with pytest.raises(MovedOn, match=r"Sofia Ramirez sent version 2 .+ Version 1 was not answered"):
            verdict(seen, comment="Fine.", actor=personas.counselor.user)
    assert (plan_of(personas.student).state, PlanReview.objects.count()) == ("submitted", 0)


def test_what_the_student_types_after_sending_does_not_change_what_is_approved(personas: Personas) -> None:
    student = personas.student.student
    revision = make_revision(student)
    write(student, goals={"career": "Something else"})
    approve_plan(revision, comment="", actor=personas.counselor.user)
    plan = plan_of(personas.student)
    assert plan.approved is not None
    assert (plan.approved.content["goals"], plan.content["goals"]["career"]) == (GOALS, "Something else")


def test_only_the_counselor_of_the_student_answers(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    stranger = make_account_holder(personas.district, "Nils Berg")
    make_role(stranger, Role.COUNSELOR, personas.school)
    for user in (
        stranger.user,
        *(p.user for p in (personas.principal, personas.teacher, personas.family, personas.student)),
        personas.other_district_administrator.user,
    ):
        assert user is not None
        with pytest.raises(NotAllowed):
            approve_plan(revision, comment="", actor=user)


def test_a_student_who_changes_school_in_mid_review_waits_for_the_new_counselor(personas: Personas) -> None:
    student = personas.student.student
    revision = make_revision(student)
    since = plan_of(personas.student).waiting_since
    new_school = make_school(personas.district, "Riverbend Academy")
    newcomer = make_account_holder(personas.district, "Dana Ortiz")
    make_role(newcomer, Role.COUNSELOR, new_school)
    enroll(student, school=new_school, grade="10", actor=personas.administrator.user)
    old = Relationship.objects.get(student=student, kind=RelationshipKind.COUNSELOR)
    end_relationship(old, actor=personas.administrator.user, reason="moved")
    assign_counselor(newcomer, student, actor=personas.administrator.user)
    with pytest.raises(NotAllowed, match="counselor of Sofia Ramirez"):
        approve_plan(revision, comment="", actor=personas.counselor.user)
    assert plan_of(personas.student).waiting_since == since
    assert newcomer.user is not None
    review = approve_plan(revision, comment="Welcome.", actor=newcomer.user)
    # The version says where it was written.
    assert (review.reviewer, revision.school_name) == (newcomer, "Northfield High School")


# --- Taking back ------------------------------------------------------------------------------------------------------


def test_an_undo_is_a_record_of_its_own_and_the_plan_waits_as_long_as_it_had(personas: Personas) -> None:
    student = personas.student.student
    before = make_review(student, personas.counselor.user).revision
    revision = make_revision(student, interests={"text": "Water"})
    review = approve_plan(revision, comment="", actor=personas.counselor.user)
    recorded = Recorded()
    undo = undo_review(review, actor=personas.counselor.user)
    plan = plan_of(personas.student)
    assert (undo.undoes, undo.verdict) == (review, "undone")
    assert (plan.state, plan.approved, plan.family_since) == ("submitted", before, None)
    assert plan.waiting_since == revision.submitted_at
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("hsbp.review.undone", {"number": 2, "verdict": "approved"})
    ]
    assert undo_review(review, actor=personas.counselor.user) == undo
    assert len(recorded.events) == 1
    # It can be answered anew, with the other answer.
    assert return_plan(revision, comment="Which water?", actor=personas.counselor.user).verdict == "returned"


def test_an_undo_opens_the_question_again_that_the_comment_had_answered(personas: Personas) -> None:
    student = personas.student.student
    revision = make_revision(student)
    question = comment_on_plan(student, body="May I take physics?", actor=personas.family.user)
    review = return_plan(revision, comment="Yes. Put it in.", actor=personas.counselor.user)
    assert plan_of(personas.student).question is None
    undo_review(review, actor=personas.counselor.user)
    assert plan_of(personas.student).question == question


def test_an_answer_to_a_version_that_was_followed_by_a_newer_one_stays(personas: Personas) -> None:
    student = personas.student.student
    review = make_review(student, personas.counselor.user, PlanState.RETURNED)
    make_revision(student, interests={"text": "Water"})
    with pytest.raises(MovedOn, match="sent version 2"):
        undo_review(review, actor=personas.counselor.user)


# --- Several at once --------------------------------------------------------------------------------------------------


def test_only_unchanged_plans_are_approved_together(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    counselor = personas.counselor
    names = ("Same Again", "Changed Since", "First Time", "Has Question")
    students = []
    for name in names:
        person = make_account_holder(personas.district, name)
        student = make_student(personas.school, person=person)
        make_relationship(counselor.person, student, RelationshipKind.COUNSELOR)
        students.append(student)
    same, changed, first, asking = students
    for student in (same, changed, asking):
        make_review(student, counselor.user)
    next_year = timezone.now() + dt.timedelta(days=365)
    monkeypatch.setattr(timezone, "now", lambda: next_year)
    for student in (same, asking):
        assert student.person.user is not None
        send_plan(student, actor=student.person.user)
    make_revision(changed, interests={"text": "Water"})
    make_revision(first)
    assert asking.person.user is not None
    comment_on_plan(asking, body="Is that all right?", actor=asking.person.user)
    bulk = approve_unchanged(students, actor=counselor.user)
    assert [review.revision.plan.student for review in bulk.approved] == [same]
    assert bulk.left == (changed, first, asking)


# --- Conversation -----------------------------------------------------------------------------------------------------


def test_a_question_of_the_family_waits_for_the_counselor_until_it_is_answered(personas: Personas) -> None:
    student = personas.student.student
    make_review(student, personas.counselor.user)
    question = comment_on_plan(student, body="What is Running Start?", actor=personas.family.user)
    plan = plan_of(personas.student)
    assert (question.kind, plan.question, plan.waiting_since) == ("family", question, question.at)
    assert plan.family_since is None
    told = {row.user_id for row in Notification.objects.filter(code="hsbp.said")}
    assert told == {personas.counselor.user.pk, personas.student.user.pk}
    comment_on_plan(student, body="College courses in grade 11.", actor=personas.counselor.user)
    plan.refresh_from_db()
    assert (plan.question, plan.waiting_since) == (None, None)


def test_the_same_words_twice_are_one_message(personas: Personas) -> None:
    student = personas.student.student
    first = comment_on_plan(student, body="Hello", actor=personas.student.user)
    recorded = Recorded()
    assert comment_on_plan(student, body="Hello ", actor=personas.student.user) == first
    assert recorded.verbs == []
    with pytest.raises(DomainError, match="Write something"):
        comment_on_plan(student, body="   ", actor=personas.student.user)


def test_asking_the_family_waits_for_them(personas: Personas) -> None:
    student = personas.student.student
    make_revision(student)
    asked = ask_family(student, body="Can we meet on Friday?", actor=personas.counselor.user)
    plan = plan_of(personas.student)
    assert plan.family_since is not None and asked.asks_family
    assert plan.state == "submitted"
    text = Notification.objects.get(user=personas.family.user).text
    assert text == "Carla Nguyen asks you about the plan of Sofia Ramirez: Can we meet on Friday?"
    comment_on_plan(student, body="Yes.", actor=personas.family.user)
    plan.refresh_from_db()
    assert plan.family_since is None


def test_asking_a_family_without_access_says_that_nobody_would_read_it(personas: Personas) -> None:
    student = personas.student.student
    Relationship.objects.filter(student=student, kind=RelationshipKind.GUARDIAN).update(portal=False)
    with pytest.raises(DomainError, match="Nobody of the family has an account"):
        ask_family(student, body="Can we meet?", actor=personas.counselor.user)


def test_people_who_do_not_see_the_record_say_nothing(personas: Personas) -> None:
    write(personas.student.student)
    for persona in (personas.teacher, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            comment_on_plan(personas.student.student, body="Hello", actor=persona.user)
