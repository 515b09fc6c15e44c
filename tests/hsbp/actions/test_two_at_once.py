"""Several people on one plan at the same moment, on a real database with real locks."""

import uuid
from collections import Counter
from collections.abc import Callable

import pytest

from hsbp.actions.conversation import comment_on_plan
from hsbp.actions.experiences import change_experience, confirm_experience, record_experience
from hsbp.actions.family import make_copy, sign_plan
from hsbp.actions.plans import ChangedMeanwhile, add_course, save_section
from hsbp.actions.reviews import MovedOn, approve_plan, return_plan, undo_review
from hsbp.actions.sending import send_plan
from hsbp.models import Experience, FamilyCopy, FamilySignature, Plan, PlanReview, PlanRevision
from hsbp.rules.content import Section, read
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent
from profiles.states import RelationshipKind, Role
from tests.at_once import at_once
from tests.factories.experiences import make_entry, make_kind, told
from tests.factories.hsbp import make_review, make_revision, write
from tests.factories.profiles import make_account_holder, make_relationship, make_role
from tests.personas import Personas

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_first_words_from_ten_tabs_begin_one_plan_and_lose_nothing_unseen(personas: Personas) -> None:
    student = personas.student.student

    def tab(number: int) -> Callable[[], Plan]:
        user = personas.student.user
        return lambda: save_section(student, Section.GOALS, {"career": f"Tab {number}"}, edition=1, actor=user)

    answers = at_once([tab(number) for number in range(10)])
    assert Counter(type(answer) for answer in answers) == {Plan: 1, ChangedMeanwhile: 9}
    plan = Plan.objects.get()
    (winner,) = [number for number, answer in enumerate(answers) if isinstance(answer, Plan)]
    assert read(plan.content).career == f"Tab {winner}"


def test_courses_added_at_once_are_all_there(personas: Personas) -> None:
    student = personas.student.student

    def add(number: int) -> Callable[[], Plan]:
        user = (personas.student if number % 2 else personas.counselor).user
        return lambda: add_course(student, grade="11", code="", title=f"Course {number}", actor=user)

    at_once([add(number) for number in range(10)])
    titles = {course.title for course in read(Plan.objects.get().content).courses}
    assert titles == {f"Course {number}" for number in range(10)}


def test_ten_presses_of_send_make_one_version(personas: Personas) -> None:
    write(personas.student.student)

    def press() -> PlanRevision:
        return send_plan(personas.student.student, actor=personas.student.user)

    answers = at_once([press] * 10)
    revision = PlanRevision.objects.get()
    assert answers == [revision] * 10
    assert AuditEvent.objects.filter(verb="hsbp.plan.sent").count() == 1


def test_of_two_counselors_one_answers_and_the_other_is_told(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    second = make_account_holder(personas.district, "Dana Ortiz")
    make_role(second, Role.COUNSELOR, personas.school)
    make_relationship(second, personas.student.student, RelationshipKind.COUNSELOR)
    other = second.user
    assert other is not None

    def press(number: int) -> Callable[[], PlanReview]:
        fresh = PlanRevision.objects.get(pk=revision.pk)
        if number % 2:
            return lambda: return_plan(fresh, comment="Add math.", actor=other)
        return lambda: approve_plan(fresh, comment="", actor=personas.counselor.user)

    answers = at_once([press(number) for number in range(10)])
    review = PlanReview.objects.get()
    assert Counter(type(answer) for answer in answers) == {PlanReview: 5, MovedOn: 5}
    assert {answer for answer in answers if isinstance(answer, PlanReview)} == {review}
    (told,) = {str(answer) for answer in answers if isinstance(answer, MovedOn)}
    assert str(review.reviewer) in told


def test_sending_while_the_counselor_approves_leaves_one_clear_answer(personas: Personas) -> None:
    student = personas.student.student
    seen = make_revision(student)
    write(student, interests={"text": "Water"})

    def approve() -> PlanReview:
        return approve_plan(PlanRevision.objects.get(pk=seen.pk), comment="", actor=personas.counselor.user)

    def send() -> PlanRevision:
        return send_plan(student, actor=personas.student.user)

    approved, sent = at_once([approve, send])
    plan = Plan.objects.get()
    assert isinstance(sent, PlanRevision) and plan.latest == sent and plan.state == "submitted"
    if isinstance(approved, MovedOn):
        assert "sent version 2" in str(approved) and plan.approved is None and sent.base is None
    else:
        assert plan.approved == seen and sent.base == seen and sent.changed == {"interests": 1}


def test_signing_while_the_approval_is_taken_back_leaves_no_signature_under_an_open_version(
    personas: Personas,
) -> None:
    review = make_review(personas.student.student, personas.counselor.user)

    def sign() -> FamilySignature:
        return sign_plan(review.revision, typed_name="Elena Ramirez", language="en", actor=personas.family.user)

    def undo() -> PlanReview:
        return undo_review(review, actor=personas.counselor.user)

    signed, undone = at_once([sign, undo])
    assert isinstance(signed, DomainError) != isinstance(undone, DomainError)
    assert FamilySignature.objects.exists() == (Plan.objects.get().state == "approved")


def test_signatures_copies_and_messages_pressed_twice_at_once_are_one(personas: Personas) -> None:
    student = personas.student.student
    revision = make_review(student, personas.counselor.user).revision
    family = personas.family.user
    at_once([lambda: sign_plan(revision, typed_name="Elena Ramirez", language="en", actor=family)] * 4)
    at_once([lambda: make_copy(revision, language="es", actor=family)] * 4)
    at_once([lambda: comment_on_plan(student, body="What is Running Start?", actor=family)] * 4)
    plan = Plan.objects.get()
    assert (FamilySignature.objects.count(), FamilyCopy.objects.count(), plan.comments.count()) == (1, 1, 1)
    assert plan.question == plan.comments.get()


def test_of_two_who_confirm_at_once_one_is_named_and_both_read_the_same(personas: Personas) -> None:
    entry = make_entry(personas.student.student, make_kind(personas.district, personas.administrator.user))

    def press(number: int) -> Callable[[], Experience]:
        user = (personas.teacher if number % 2 else personas.counselor).user
        fresh = Experience.objects.get(pk=entry.pk)
        return lambda: confirm_experience(fresh, edition=entry.edition, actor=user)

    answers = at_once([press(number) for number in range(8)])
    entry.refresh_from_db()
    assert answers == [entry] * 8
    assert {answer.confirmed_by for answer in answers} == {entry.confirmed_by}
    assert AuditEvent.objects.filter(verb="hsbp.experience.confirmed").count() == 1


def test_a_change_while_somebody_confirms_is_never_confirmed_unread(personas: Personas) -> None:
    student = personas.student.student
    entry = make_entry(student, make_kind(personas.district, personas.administrator.user))
    own, counselor = personas.student.user, personas.counselor.user
    said = told(personas.district, organization="Elsewhere")

    def change() -> Experience:
        return change_experience(entry, entry.kind, said, edition=entry.edition, actor=own)

    def confirm() -> Experience:
        return confirm_experience(entry, edition=entry.edition, actor=counselor)

    changed, confirmed = at_once([change, confirm])
    assert isinstance(changed, DomainError) != isinstance(confirmed, DomainError)
    entry.refresh_from_db()
    assert (entry.organization == "Elsewhere") == (entry.state == "waiting")


def test_a_group_recorded_from_two_tabs_is_recorded_once(personas: Personas) -> None:
    kind = make_kind(personas.district, personas.administrator.user)
    students, posting = [personas.student.student], uuid.uuid4()

    def press() -> list[Experience]:
        return record_experience(students, kind, told(personas.district), posting=posting, actor=personas.teacher.user)

    answers = at_once([press] * 6)
    assert sorted(len(answer) for answer in answers) == [0] * 5 + [1]
    assert Experience.objects.count() == 1
