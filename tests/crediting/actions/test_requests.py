"""A request on its way: what each step does, what it records, what it refuses, what a second press does."""

import datetime as dt

import pytest

from crediting.actions.evidence import attach_evidence
from crediting.actions.requests import (
    Incomplete,
    create_request,
    reassign_request,
    return_request,
    submit_request,
    update_request,
    withdraw_request,
)
from crediting.models import CourseStandard, CreditRequest
from crediting.rules.facts import Purpose
from crediting.states import EvidenceKind, Method, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.models import Notification
from profiles.access import Capability, students_with
from profiles.models import Relationship, RoleAssignment
from profiles.states import RelationshipKind, Role
from tests.crediting.recorded import Recorded
from tests.factories.crediting import (
    Ground,
    judge,
    make_draft,
    make_evidence,
    make_framework,
    make_ground,
    make_request,
)
from tests.factories.profiles import make_account_holder, make_course, make_role
from tests.personas import Personas

pytestmark = pytest.mark.django_db


# --- Begin and change -------------------------------------------------------------------------------------------------


@pytest.mark.rule("R15")
def test_a_draft_records_the_way_and_who_chose_it(personas: Personas, ground: Ground) -> None:
    recorded = Recorded()
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    assert (request.state, request.method, request.subtype) == ("draft", "LOCAL_ASSESSMENT", "portfolio")
    assert request.chosen_by == personas.student.user
    assert [claim.standard for claim in request.claims.all()] == ground.standards[:2]
    assert (request.school, request.scale) == (personas.school, ground.scale)
    (event,) = recorded.events
    assert (event.verb, event.payload) == (
        "crediting.request.created",
        {"course": "Geometry", "method": "LOCAL_ASSESSMENT", "kind": "portfolio"},
    )
    assert (event.actor, event.student_id) == (personas.student.user, personas.student.student.public_id)


def test_a_second_request_for_the_same_course_is_the_first_one(personas: Personas, ground: Ground) -> None:
    first = make_draft(ground, personas.student.student, personas.teacher.person)
    recorded = Recorded()
    second = make_draft(ground, personas.student.student, personas.teacher.person, title="Again")
    assert second == first and second.title == "Proofs I wrote"
    assert CreditRequest.objects.count() == 1 and recorded.verbs == []


@pytest.mark.rule("R12")
def test_only_a_course_that_a_policy_of_the_district_opens_can_be_asked_for(personas: Personas, ground: Ground) -> None:
    elsewhere = make_ground(personas.other_school)
    unlisted = make_course(personas.district, "Weaving")
    for course, field in ((elsewhere.course, "course"), (unlisted, "method")):
        with pytest.raises(DomainError) as refused:
            create_request(
                student=personas.student.student,
                course=course,
                method=Method.LOCAL_ASSESSMENT,
                kind="portfolio",
                title="No",
                actor=personas.student.user,
            )
        assert refused.value.field == field
    assert not CreditRequest.objects.exists()


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"method": "NEXT_COURSE", "kind": ""}, "method"),
        ({"kind": "test"}, "kind"),
        ({"kind": ""}, "kind"),
    ],
)
def test_only_ways_that_the_policy_opens_can_be_chosen(
    personas: Personas, ground: Ground, choice: dict[str, str], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        make_draft(ground, personas.student.student, personas.teacher.person, **choice)
    assert refused.value.field == field


@pytest.mark.rule("R13")
def test_nothing_asks_for_a_failed_course_where_the_rule_does_not(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    assert request.state == RequestState.SUBMITTED  # with an empty record, and no question about it


def test_nobody_but_the_student_asks_for_them(personas: Personas, ground: Ground) -> None:
    for persona in (personas.family, personas.teacher, personas.other_district_student):
        with pytest.raises(NotAllowed):
            create_request(
                student=personas.student.student,
                course=ground.course,
                method=Method.LOCAL_ASSESSMENT,
                kind="portfolio",
                title="For somebody else",
                actor=persona.user,
            )


def test_a_teacher_of_another_school_cannot_be_asked(personas: Personas, ground: Ground) -> None:
    stranger = make_account_holder(personas.other_district, "Stella Reed")
    make_role(stranger, Role.TEACHER, personas.other_school)
    for nobody in (stranger, personas.counselor.person):
        with pytest.raises(DomainError, match="teacher of your school") as refused:
            make_draft(ground, personas.student.student, nobody)
        assert refused.value.field == "assessor"


def test_standards_of_another_district_cannot_be_claimed(personas: Personas, ground: Ground) -> None:
    foreign = make_framework(personas.other_district)
    with pytest.raises(DomainError, match="from the list") as refused:
        make_draft(ground, personas.student.student, personas.teacher.person, standards=foreign)
    assert refused.value.field == "standards"


def test_changing_the_way_of_a_draft_records_the_chooser_anew(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    recorded = Recorded()
    changed = update_request(
        request,
        kind="presentation",
        title="A talk on proofs",
        standards=ground.standards,
        purpose=Purpose.CHALLENGE,
        actor=personas.student.user,
    )
    assert (changed.subtype, changed.title, changed.purpose) == ("presentation", "A talk on proofs", "challenge")
    assert [claim.standard for claim in changed.claims.all()] == ground.standards
    (event,) = recorded.events
    assert event.payload == {"fields": "title, subtype, purpose, standards"}
    update_request(changed, title="A talk on proofs", actor=personas.student.user)
    assert recorded.verbs == ["crediting.request.changed"]


def test_a_sent_request_is_not_the_students_to_change(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    with pytest.raises(DomainError, match="with the school now"):
        update_request(request, title="Something else", actor=personas.student.user)


def test_a_judged_standard_cannot_be_dropped_after_a_return(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    judge(request, ground, personas.teacher.person, ("developing", "proficient"))
    return_request(request, reason="Show the first one again.", actor=personas.teacher.user)
    update_request(request, standards=ground.standards[1:], actor=personas.student.user)
    assert {claim.standard for claim in request.claims.all()} == set(ground.standards)


# --- Send -------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R10a", partial=True)
def test_sending_sets_the_demonstration_date_and_brings_the_teacher_near(personas: Personas, ground: Ground) -> None:
    student, teacher = personas.student.student, personas.teacher
    request = make_draft(ground, student, teacher.person)
    attach_evidence(request, make_evidence(student), actor=personas.student.user)
    recorded = Recorded()
    sent = submit_request(request, actor=personas.student.user)
    today = clock.today(personas.district)
    assert (sent.state, sent.attempt, sent.demonstrated_on) == (RequestState.SUBMITTED, 1, today)
    assert sent.waiting_since is not None
    assert [(use.state, use.attempt) for use in sent.uses.all()] == [("submitted", 1)]
    near = Relationship.objects.get(person=teacher.person, student=student, kind=RelationshipKind.ASSESSOR)
    assert (near.starts_on, near.ends_on) == (today, None)
    (event,) = recorded.events
    assert (event.verb, event.payload) == (
        "crediting.request.sent",
        {"assessor": "Tomas Reed", "attempt": 1, "demonstrated_on": today.isoformat()},
    )
    told = Notification.objects.get(user=teacher.user)
    assert told.text == "Sofia Ramirez sent you “Proofs I wrote”: credit in Geometry."


def test_sending_twice_sends_once(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    recorded = Recorded()
    again = submit_request(request, actor=personas.student.user, answer="Once more")
    assert (again.state, again.attempt) == (RequestState.SUBMITTED, 1)
    assert recorded.verbs == [] and Notification.objects.filter(user=personas.teacher.user).count() == 1


@pytest.mark.rule("R11", partial=True)
def test_what_is_missing_is_said_all_at_once(personas: Personas) -> None:
    ground = make_ground(personas.school, more="reflection: required")
    request = make_draft(ground, personas.student.student, None, standards=[])
    photo = make_evidence(personas.student.student, kind=EvidenceKind.LINK, url="https://example.org/a", reflection="")
    attach_evidence(request, photo, actor=personas.student.user)
    recorded = Recorded()
    with pytest.raises(Incomplete) as refused:
        submit_request(request, actor=personas.student.user)
    assert [reason.code for reason in refused.value.reasons] == [
        "request.standards_missing",
        "request.reflection_missing",
        "request.assessor_missing",
    ]
    assert "Choose at least 2 standards" in refused.value.message
    request.refresh_from_db()
    assert request.state == RequestState.DRAFT and recorded.verbs == []


def test_without_evidence_nothing_is_sent(personas: Personas, ground: Ground) -> None:
    request = make_draft(ground, personas.student.student, personas.teacher.person)
    with pytest.raises(Incomplete, match="Add at least one piece of evidence"):
        submit_request(request, actor=personas.student.user)


def test_what_the_course_asks_of_everybody_is_claimed_with_the_sending(personas: Personas, ground: Ground) -> None:
    CourseStandard.objects.create(course=ground.course, standard=ground.standards[2], is_required=True)
    request = make_request(ground, personas.student.student, personas.teacher.person)
    assert [claim.standard for claim in request.claims.all()] == ground.standards


def test_a_decided_request_cannot_be_sent_again(personas: Personas, ground: Ground) -> None:
    request = make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.AWARDED,
        decider=personas.credit_manager.user,
    )
    with pytest.raises(InvalidTransition):
        submit_request(request, actor=personas.student.user)


# --- Return, answer, withdraw, reassign -------------------------------------------------------------------------------


def test_a_return_asks_in_words_and_the_answer_is_the_next_attempt(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    recorded = Recorded()
    returned = return_request(request, reason=" Which claim does it support? ", actor=personas.teacher.user)
    assert returned.state == RequestState.RETURNED
    assert [use.state for use in returned.uses.all()] == ["returned"]
    told = Notification.objects.get(user=personas.student.user, code="crediting.returned")
    assert told.text == "Tomas Reed asks for more on “Proofs I wrote”: Which claim does it support?"
    return_request(request, reason="Once more", actor=personas.teacher.user)  # pressed twice
    more = make_evidence(personas.student.student, "Second proof")
    attach_evidence(request, more, actor=personas.student.user)
    sent = submit_request(request, actor=personas.student.user, answer="The first one; see page 2.")
    assert (sent.state, sent.attempt) == (RequestState.SUBMITTED, 2)
    assert [(use.state, use.attempt) for use in sent.uses.all()] == [("submitted", 2), ("submitted", 2)]
    assert [(note.kind, note.attempt, note.body) for note in sent.notes.all()] == [
        ("sent", 1, ""),
        ("returned", 1, "Which claim does it support?"),
        ("sent", 2, "The first one; see page 2."),
    ]
    assert recorded.verbs == [
        "crediting.request.returned",
        "crediting.evidence.added",
        "crediting.evidence.attached",
        "crediting.request.sent",
    ]


def test_a_return_needs_words(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    with pytest.raises(DomainError, match="Say what you would like to see") as refused:
        return_request(request, reason="   ", actor=personas.teacher.user)
    assert refused.value.field == "reason"


def test_who_decides_may_return_assessed_work_too(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    returned = return_request(request, reason="Name the theorem.", actor=personas.principal.user)
    assert (returned.state, returned.attempt) == (RequestState.RETURNED, 1)


def test_others_cannot_return(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    for persona in (personas.student, personas.family, personas.counselor, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            return_request(request, reason="No", actor=persona.user)


def test_withdrawing_ends_the_teachers_relationship_and_keeps_the_evidence(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    recorded = Recorded()
    withdrawn = withdraw_request(request, actor=personas.student.user)
    assert withdrawn.state == RequestState.WITHDRAWN and withdrawn.closed_at is not None
    assert not Relationship.objects.filter(kind=RelationshipKind.ASSESSOR, ends_on=None).exists()
    assert withdrawn.uses.count() == 1
    assert recorded.verbs == ["crediting.request.withdrawn"]
    withdraw_request(request, actor=personas.student.user)
    assert recorded.verbs == ["crediting.request.withdrawn"]
    assert Notification.objects.filter(user=personas.teacher.user, code="crediting.withdrawn").count() == 1


def test_the_relationship_lasts_while_other_work_of_the_student_waits(personas: Personas, ground: Ground) -> None:
    other = make_ground(personas.school, scale=ground.scale, standards=ground.standards, title="Algebra 2")
    student, teacher = personas.student.student, personas.teacher.person
    first = make_request(ground, student, teacher)
    second = make_request(other, student, teacher)
    withdraw_request(first, actor=personas.student.user)
    assert Relationship.objects.filter(person=teacher, kind=RelationshipKind.ASSESSOR, ends_on=None).count() == 1
    withdraw_request(second, actor=personas.student.user)
    assert not Relationship.objects.filter(person=teacher, kind=RelationshipKind.ASSESSOR, ends_on=None).exists()


def test_a_teacher_outside_the_students_classes_sees_them_only_while_asked(personas: Personas, ground: Ground) -> None:
    other = make_account_holder(personas.district, "Nadia Brook")
    make_role(other, Role.TEACHER, personas.school)
    assert other.user is not None

    def sees() -> bool:
        user = type(other.user).objects.get(pk=other.user.pk)  # type: ignore[union-attr]
        return students_with(user, Capability.SEE_STUDENT).filter(pk=personas.student.student.pk).exists()

    assert not sees()
    request = make_request(ground, personas.student.student, other)
    assert sees()
    withdraw_request(request, actor=personas.student.user)
    assert not sees()


def test_another_teacher_can_be_asked_by_who_decides(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    other = make_account_holder(personas.district, "Nadia Brook")
    make_role(other, Role.TEACHER, personas.school)
    recorded = Recorded()
    moved = reassign_request(request, assessor=other, reason="On leave", actor=personas.principal.user)
    assert moved.assessor == other
    assert [
        relation.person for relation in Relationship.objects.filter(kind=RelationshipKind.ASSESSOR, ends_on=None)
    ] == [other]
    assert recorded.verbs == ["crediting.request.reassigned"]
    assert Notification.objects.filter(user=other.user, code="crediting.sent").count() == 1
    reassign_request(request, assessor=other, reason="On leave", actor=personas.principal.user)
    assert recorded.verbs == ["crediting.request.reassigned"]
    with pytest.raises(NotAllowed):
        reassign_request(request, assessor=personas.teacher.person, reason="No", actor=personas.teacher.user)


def test_a_teacher_whose_role_has_ended_can_do_nothing_more(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    yesterday = clock.today(personas.district) - dt.timedelta(days=1)
    RoleAssignment.objects.filter(person=personas.teacher.person).update(ends_on=yesterday)
    with pytest.raises(NotAllowed):
        return_request(request, reason="Too late", actor=personas.teacher.user)
