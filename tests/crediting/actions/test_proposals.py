"""A proposal's way: what each step does, what it records, what it refuses, what a second press does."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from crediting.actions.proposals import (
    AlreadyReviewed,
    amend_proposal,
    approve_proposal,
    begin_proposal,
    check_hours,
    link_request,
    log_hours,
    refuse_proposal,
    remove_hours,
    send_proposal,
    unlink_request,
    withdraw_proposal,
    write_proposal,
)
from crediting.models import HoursCheck, HoursEntry, Proposal, ProposalDecision, ProposalVersion
from crediting.queries.facts import gather
from crediting.queries.proposals import approvals
from crediting.rules.facts import Approved
from crediting.states import ProposalKind, ProposalState, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from profiles.models import Student
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_draft, make_ground, make_request
from tests.factories.procedures import PROPOSALS, make_procedure, make_proposal, words
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(personas: Personas) -> Student:
    """Northfield opens proposals; Southport has a policy of its own."""
    make_procedure(personas.other_district, proposals={"roles": ["administrator"]})
    make_procedure(personas.district, proposals=PROPOSALS)
    return personas.student.student


def begun_already(version: ProposalVersion, *, days: int = 0) -> ProposalVersion:
    """Time passes: the first day of what was sent is ``days`` ago. The database would refuse it while triggers hold."""
    first = clock.today(version.proposal.district) - dt.timedelta(days=days)
    other = ProposalVersion.objects.create(
        proposal=version.proposal,
        number=version.number + 1,
        written_by=version.written_by,
        **{
            name: getattr(version, name) for name in ("program", "duration", "objectives", "goals", "credit", "content")
        },
        assessment="By a portfolio.",
        instructors="Elena Cruz, biologist",
        evaluation="We ask each other.",
        supervision="By Elena Cruz, daily.",
        starts_on=first,
        ends_on=first + dt.timedelta(days=30),
        sent_at=clock.now() - dt.timedelta(days=days + 5),
        state=ProposalState.SENT,
    )
    other.proposal = version.proposal
    return other


# --- The student's side -----------------------------------------------------------------------------------------------


def test_a_draft_is_kept_once_however_often_its_form_is_sent(personas: Personas, student: Student) -> None:
    recorded, key = Recorded(), uuid.uuid4()
    actor = personas.student.user
    first = begin_proposal(student=student, kind=ProposalKind.EQUIVALENCY, words=words(student), actor=actor, key=key)
    again = begin_proposal(student=student, kind=ProposalKind.EQUIVALENCY, words=words(student), actor=actor, key=key)
    assert first == again and Proposal.objects.count() == 1
    assert (first.state, first.number, first.proposal.school) == ("draft", 1, personas.school)
    assert recorded.verbs == ["crediting.proposal.begun"]


def test_somebody_elses_key_makes_a_proposal_of_ones_own(personas: Personas, student: Student) -> None:
    theirs = make_proposal(personas.other_district_student.student, ProposalState.DRAFT).proposal
    mine = begin_proposal(
        student=student,
        kind=ProposalKind.EQUIVALENCY,
        words=words(student),
        actor=personas.student.user,
        key=theirs.public_id,
    )
    assert mine.proposal != theirs and mine.proposal.student == student


@pytest.mark.rule("R4", partial=True)
def test_nothing_is_proposed_where_no_policy_in_force_opens_it(personas: Personas) -> None:
    with pytest.raises(DomainError, match="No policy of your district"):
        make_proposal(personas.student.student, ProposalState.DRAFT)
    make_procedure(personas.district, proposals={"roles": ["principal"]})
    with pytest.raises(DomainError, match="does not give credit for paid work") as refused:
        make_proposal(personas.student.student, ProposalState.DRAFT, kind=ProposalKind.PAID_WORK)
    assert refused.value.field == "kind"
    assert not Proposal.objects.exists()


def test_nobody_but_the_student_proposes(personas: Personas, student: Student) -> None:
    for persona in (personas.family, personas.counselor, personas.other_district_student):
        with pytest.raises(NotAllowed):
            begin_proposal(student=student, kind=ProposalKind.EQUIVALENCY, words=words(student), actor=persona.user)


def test_writing_records_what_changed_and_nothing_where_nothing_did(personas: Personas, student: Student) -> None:
    version = make_proposal(student, ProposalState.DRAFT)
    recorded = Recorded()
    write_proposal(version, words={"objectives": "Salmon", "goals": "LS2"}, actor=personas.student.user)
    write_proposal(version, words={"objectives": "Salmon"}, actor=personas.student.user)
    assert [event.payload for event in recorded.events] == [{"fields": "objectives, goals", "version": 1}]


@pytest.mark.rule("R16")
def test_sending_tells_those_who_approve_and_freezes_the_words(personas: Personas, student: Student) -> None:
    version = make_proposal(student, ProposalState.DRAFT)
    recorded = Recorded()
    sent = send_proposal(version, actor=personas.student.user)
    send_proposal(version, actor=personas.student.user)
    assert sent.state == ProposalState.SENT
    assert [event.payload for event in recorded.events] == [
        {"version": 1, "starts_on": version.starts_on.isoformat() if version.starts_on else ""}
    ]
    told = Notification.objects.filter(code="crediting.proposed").values_list("user", flat=True)
    assert set(told) == {personas.principal.user.pk, personas.counselor.user.pk}
    with pytest.raises(DomainError, match="stays as it was"):
        write_proposal(sent, words={"objectives": "Something else"}, actor=personas.student.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalVersion.objects.filter(pk=sent.pk).update(objectives="Something else")


@pytest.mark.rule("R16")
def test_what_is_missing_and_what_is_late_is_said_and_not_sent(personas: Personas, student: Student) -> None:
    version = make_proposal(student, ProposalState.DRAFT, supervision="​ ", goals="")
    with pytest.raises(DomainError) as refused:
        send_proposal(version, actor=personas.student.user)
    assert refused.value.message == (
        "Name the state learning goals and standards it covers. Say how and by whom you are supervised."
    )
    late = make_proposal(student, ProposalState.DRAFT, begins_in=0)
    with pytest.raises(DomainError, match="only before the work begins") as refused:
        send_proposal(late, actor=personas.student.user)
    assert refused.value.field == "starts_on"
    assert not ProposalVersion.objects.exclude(state=ProposalState.DRAFT).exists()


def test_withdrawing_twice_is_withdrawing_once(personas: Personas, student: Student) -> None:
    version = make_proposal(student)
    recorded = Recorded()
    assert withdraw_proposal(version, actor=personas.student.user).state == ProposalState.WITHDRAWN
    withdraw_proposal(version, actor=personas.student.user)
    assert recorded.verbs == ["crediting.proposal.withdrawn"]


# --- Approving --------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R16")
@pytest.mark.rule("R17", partial=True)
def test_an_approval_keeps_role_day_and_reason_and_tells_student_and_family(
    personas: Personas, student: Student
) -> None:
    version = make_proposal(student)
    recorded = Recorded()
    made = approve_proposal(version, reason=" The supervision is clear. ", actor=personas.principal.user)
    again = approve_proposal(version, reason="Pressed twice", actor=personas.principal.user)
    assert again == made
    assert (made.approved, made.role, made.reason) == (True, "principal", "The supervision is clear.")
    assert made.decided_on == clock.today(personas.district)
    version.refresh_from_db()
    assert version.state == ProposalState.APPROVED
    assert [event.payload for event in recorded.events] == [
        {"version": 1, "role": "principal", "reason": "The supervision is clear."}
    ]
    texts = dict(Notification.objects.filter(code__startswith="crediting.proposal_").values_list("user", "text"))
    assert texts == {
        personas.student.user.pk: "Your proposal “Summer at the fish hatchery” is approved: The supervision is clear.",
        personas.family.user.pk: (
            "The proposal “Summer at the fish hatchery” of Sofia Ramirez is approved: The supervision is clear."
        ),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalDecision.objects.update(reason="Something else")


@pytest.mark.rule("R16")
def test_ec11_on_the_first_day_an_approval_is_refused_with_the_reason_and_a_refusal_is_not(
    personas: Personas, student: Student
) -> None:
    late = begun_already(make_proposal(student, ProposalState.REFUSED, reviewer=personas.principal.user))
    with pytest.raises(DomainError, match="State rule lets a proposal be approved only before the work begins"):
        approve_proposal(late, reason="It was good work.", actor=personas.principal.user)
    late.refresh_from_db()
    assert late.state == ProposalState.SENT and not late.decisions.exists()
    refuse_proposal(late, reason="It began before it was approved.", actor=personas.principal.user)
    late.refresh_from_db()
    assert late.state == ProposalState.REFUSED


@pytest.mark.rule("R17", partial=True)
def test_every_decision_needs_words_that_can_be_read(personas: Personas, student: Student) -> None:
    version = make_proposal(student)
    for decide in (approve_proposal, refuse_proposal):
        with pytest.raises(DomainError, match="Say why") as refused:
            decide(version, reason=" ​", actor=personas.principal.user)
        assert refused.value.field == "reason"
    assert not ProposalDecision.objects.exists()


@pytest.mark.rule("R16")
def test_only_a_designated_role_decides(personas: Personas, student: Student) -> None:
    version = make_proposal(student)
    strangers = (
        personas.credit_manager,
        personas.teacher,
        personas.administrator,
        personas.other_district_administrator,
        personas.student,
        personas.family,
    )
    for persona in strangers:
        with pytest.raises(NotAllowed):
            approve_proposal(version, reason="Yes", actor=persona.user)
    approve_proposal(version, reason="Yes", actor=personas.counselor.user)


def test_the_second_of_two_people_learns_who_was_first(personas: Personas, student: Student) -> None:
    version = make_proposal(student, ProposalState.APPROVED, reviewer=personas.principal.user)
    with pytest.raises(AlreadyReviewed, match="Paula Jensen approved this already"):
        refuse_proposal(version, reason="No", actor=personas.counselor.user)
    assert ProposalDecision.objects.count() == 1


@pytest.mark.rule("R16", partial=True)
def test_paid_work_is_approved_from_the_least_age_on(personas: Personas, student: Student) -> None:
    person = student.person
    for born, sentence in ((None, "day of birth is not on record"), (dt.date(2020, 1, 1), "at least 16 years old")):
        person.birth_date = born
        person.save()
        version = make_proposal(student, kind=ProposalKind.PAID_WORK)
        with pytest.raises(DomainError, match=sentence):
            approve_proposal(version, reason="Yes", actor=personas.principal.user)
    person.birth_date = dt.date(2008, 1, 1)
    person.save()
    assert approve_proposal(version, reason="Yes", actor=personas.principal.user).approved


# --- Amendments -------------------------------------------------------------------------------------------------------


def test_an_amendment_is_a_new_version_and_the_approved_one_holds_until_it_is_approved(
    personas: Personas, student: Student, ground: Ground
) -> None:
    version = make_proposal(student, ProposalState.APPROVED, reviewer=personas.principal.user)
    request = make_draft(ground, student, personas.teacher.person)
    link_request(version.proposal, request, actor=personas.student.user)
    recorded = Recorded()
    second = amend_proposal(version.proposal, actor=personas.student.user)
    assert amend_proposal(version.proposal, actor=personas.student.user) == second
    assert (second.number, second.state, second.objectives) == (2, "draft", version.objectives)
    assert recorded.verbs == ["crediting.proposal.amended"]
    write_proposal(second, words={"objectives": "And the eggs"}, actor=personas.student.user)
    send_proposal(second, actor=personas.student.user)
    assert [one.is_refusal for one in approvals([request.pk])[request.pk]] == [False]
    refuse_proposal(second, reason="Not yet.", actor=personas.principal.user)
    assert [one.is_refusal for one in approvals([request.pk])[request.pk]] == [False, True]
    version.refresh_from_db()
    assert version.state == ProposalState.APPROVED and version.objectives == "What I say about objectives."


# --- What requests rest on --------------------------------------------------------------------------------------------


@pytest.mark.rule("R16", partial=True)
def test_one_experience_serves_several_credits_and_the_engine_sees_its_approval(
    personas: Personas, student: Student, ground: Ground
) -> None:
    other = make_ground(personas.school, scale=ground.scale, standards=ground.standards, title="Biology")
    first, second = (make_draft(one, student, personas.teacher.person) for one in (ground, other))
    unlinked = make_draft(
        make_ground(personas.school, scale=ground.scale, standards=ground.standards, title="Civics"),
        student,
        personas.teacher.person,
    )
    version = make_proposal(student, ProposalState.APPROVED, reviewer=personas.principal.user)
    recorded = Recorded()
    for request in (first, second, first):
        link_request(version.proposal, request, actor=personas.student.user)
    assert recorded.verbs == ["crediting.proposal.linked"] * 2
    seen = Approved(
        what="equivalency",
        on=clock.today(personas.district),
        role="principal",
        starts_on=version.starts_on,
        ends_on=version.ends_on,
    )
    assert approvals([first.pk, second.pk, unlinked.pk]) == {first.pk: (seen,), second.pk: (seen,), unlinked.pk: ()}
    assert gather([first], today=clock.today(personas.district))[first.pk].facts.approvals == (seen,)


def test_approvals_of_many_requests_take_as_many_trips_as_of_one(
    personas: Personas, student: Student, ground: Ground, django_assert_num_queries: object
) -> None:
    request = make_draft(ground, student, personas.teacher.person)
    for _number in range(3):
        version = make_proposal(student, ProposalState.APPROVED, reviewer=personas.principal.user)
        link_request(version.proposal, request, actor=personas.student.user)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(approvals([request.pk])[request.pk]) == 3


def test_somebody_elses_request_cannot_rest_on_it(personas: Personas, student: Student, ground: Ground) -> None:
    elsewhere = make_ground(personas.other_school, title="Biology")
    foreign = make_draft(elsewhere, personas.other_district_student.student, None)
    proposal = make_proposal(student, ProposalState.DRAFT).proposal
    with pytest.raises(DomainError, match="your own requests"):
        link_request(proposal, foreign, actor=personas.student.user)
    assert not proposal.requests.exists()


def test_what_was_decided_keeps_what_it_rested_on(personas: Personas, student: Student, ground: Ground) -> None:
    proposal = make_proposal(student, ProposalState.APPROVED, reviewer=personas.principal.user).proposal
    draft = make_draft(ground, student, personas.teacher.person)
    link_request(proposal, draft, actor=personas.student.user)
    unlink_request(proposal, draft, actor=personas.student.user)
    assert not proposal.requests.exists()
    link_request(proposal, draft, actor=personas.student.user)
    decided = make_request(
        ground, student, personas.teacher.person, RequestState.AWARDED, decider=personas.credit_manager.user
    )
    assert decided == draft
    with pytest.raises(DomainError, match="stay together"):
        unlink_request(proposal, decided, actor=personas.student.user)


# --- Hours ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def working(personas: Personas, student: Student) -> Proposal:
    """Paid work that was approved ten days ago and has gone on for nine."""
    student.person.birth_date = dt.date(2008, 1, 1)
    student.person.save()
    version = make_proposal(student, ProposalState.DRAFT, kind=ProposalKind.PAID_WORK, begins_in=-9)
    ProposalVersion.objects.filter(pk=version.pk).update(state=ProposalState.APPROVED, sent_at=clock.now())
    return version.proposal


def test_hours_are_written_once_a_day_and_over_until_they_are_checked(personas: Personas, working: Proposal) -> None:
    recorded, actor = Recorded(), personas.student.user
    day = clock.today(personas.district) - dt.timedelta(days=2)
    log_hours(working, day=day, hours=Decimal(4), done="Fed the fry", actor=actor)
    log_hours(working, day=day, hours=Decimal(4), done="Fed the fry", actor=actor)
    log_hours(working, day=day, hours=Decimal("4.5"), done="Fed the fry, cleaned", actor=actor)
    assert [(one.hours, one.done) for one in working.hours.all()] == [(Decimal("4.5"), "Fed the fry, cleaned")]
    assert recorded.verbs == ["crediting.hours.logged"] * 2
    check = check_hours(working, through=day, note="Pay slip", actor=personas.counselor.user)
    assert (check.hours, check.through) == (Decimal("4.5"), day)
    assert recorded.verbs[-1] == "crediting.hours.checked"
    with pytest.raises(DomainError, match="stay as they are"):
        log_hours(working, day=day, hours=Decimal(8), done="More", actor=actor)
    with pytest.raises(DomainError, match="stay as they are"):
        remove_hours(working.hours.get(), actor=actor)
    for statement in (HoursEntry.objects.filter(proposal=working).update, HoursCheck.objects.update):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement(hours=Decimal(9))
    told = Notification.objects.get(code="crediting.hours_checked")
    assert told.text == "Carla Nguyen checked 4.5 hours of “Summer at the fish hatchery”."


def test_a_day_written_by_mistake_is_taken_out(personas: Personas, working: Proposal) -> None:
    today = clock.today(personas.district)
    entry = log_hours(working, day=today, hours=Decimal(2), done="Nets", actor=personas.student.user)
    recorded = Recorded()
    remove_hours(entry, actor=personas.student.user)
    remove_hours(entry, actor=personas.student.user)
    assert not working.hours.exists() and recorded.verbs == ["crediting.hours.removed"]


@pytest.mark.parametrize(
    ("days", "hours", "done", "sentence", "field"),
    [
        (1, "4", "Nets", "has not come yet", "day"),
        (-20, "4", "Nets", "outside the days that were approved", "day"),
        (-1, "0", "Nets", "more than 0 and at most 24", "hours"),
        (-1, "24.25", "Nets", "more than 0 and at most 24", "hours"),
        (-1, "4", "​", "what you did", "done"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    personas: Personas, working: Proposal, days: int, hours: str, done: str, sentence: str, field: str
) -> None:
    day = clock.today(personas.district) + dt.timedelta(days=days)
    with pytest.raises(DomainError, match=sentence) as refused:
        log_hours(working, day=day, hours=Decimal(hours), done=done, actor=personas.student.user)
    assert refused.value.field == field and not working.hours.exists()


def test_hours_count_only_once_it_is_approved(personas: Personas, student: Student) -> None:
    proposal = make_proposal(student).proposal
    with pytest.raises(DomainError, match="once the proposal is approved"):
        log_hours(
            proposal, day=clock.today(personas.district), hours=Decimal(1), done="Nets", actor=personas.student.user
        )


def test_others_neither_write_nor_check_hours(personas: Personas, working: Proposal) -> None:
    today = clock.today(personas.district)
    log_hours(working, day=today, hours=Decimal(1), done="Nets", actor=personas.student.user)
    for persona in (personas.family, personas.counselor, personas.other_district_student):
        with pytest.raises(NotAllowed):
            log_hours(working, day=today, hours=Decimal(2), done="Nets", actor=persona.user)
    for persona in (personas.student, personas.teacher, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            check_hours(working, through=today, note="", actor=persona.user)
