"""Appealing against a refusal: who may, until when, what an answer does, what a second press does."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from crediting.actions.appeals import AlreadyAnswered, make_appeal, overturn_refusal, uphold_refusal
from crediting.actions.decisions import AlreadyDecided, award_credit, refuse_credit
from crediting.actions.proposals import amend_proposal, approve_proposal
from crediting.models import Appeal, CreditRequest, Decision, LedgerEntry, ProposalDecision
from crediting.queries import appeals as queries
from crediting.states import AppealState, DecisionKind, ProposalState, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from profiles.models import Relationship
from profiles.states import RelationshipKind
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_draft, make_request
from tests.factories.procedures import APPEAL, PROPOSALS, make_procedure, make_proposal
from tests.personas import Personas

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R33")]


@pytest.fixture
def refused(personas: Personas, ground: Ground) -> Decision:
    """Every criterion was met, and the credit manager refused all the same."""
    make_procedure(personas.other_district, appeal={"roles": ["principal"]})
    make_procedure(personas.district, appeal=APPEAL, proposals=PROPOSALS)
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    return refuse_credit(request, reason="It is too short.", actor=personas.credit_manager.user)


@pytest.fixture
def appeal(personas: Personas, refused: Decision) -> Appeal:
    return make_appeal(refused, statement="It has every part you asked for.", actor=personas.student.user)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """``later(11)``: eleven days from now."""
    real = clock.now

    def move(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + dt.timedelta(days=days))

    return move


# --- Making one -------------------------------------------------------------------------------------------------------


def test_an_appeal_keeps_its_words_roles_and_day_and_tells_those_it_goes_to(
    personas: Personas, refused: Decision
) -> None:
    recorded = Recorded()
    made = make_appeal(refused, statement=" It has every part. ", actor=personas.family.user)
    again = make_appeal(refused, statement="Pressed twice", actor=personas.student.user)
    due = clock.today(personas.district) + dt.timedelta(days=15)
    midnight = dt.datetime.combine(due + dt.timedelta(days=1), dt.time(), ZoneInfo(personas.district.timezone))
    assert again == made and Appeal.objects.count() == 1
    assert (made.statement, made.roles, made.made_by_label) == (
        "It has every part.",
        ["administrator"],
        str(personas.family.user),
    )
    assert (made.due_on, made.due_at) == (due, midnight)
    assert made.due_reason["code"] == "deadline.days_after"
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("crediting.appeal.made", {"due": due.isoformat()})
    ]
    told = Notification.objects.get(code="crediting.appealed")
    assert (told.user, told.text) == (
        personas.administrator.user,
        "An appeal for Sofia Ramirez waits for your answer: Geometry.",
    )


def test_it_can_be_made_on_the_last_day_of_the_window_and_not_after(
    personas: Personas, refused: Decision, later: Callable[[int], None]
) -> None:
    last = clock.today(personas.district) + dt.timedelta(days=10)
    later(11)
    with pytest.raises(DomainError, match="An appeal could be made until"):
        make_appeal(refused, statement="Late", actor=personas.student.user)
    assert not Appeal.objects.exists()
    later(10)
    assert clock.today(personas.district) == last
    assert make_appeal(refused, statement="In time", actor=personas.student.user).state == AppealState.OPEN


def test_without_a_procedure_there_is_an_appeal_to_the_district_without_a_clock(
    personas: Personas, ground: Ground, later: Callable[[int], None]
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    decision = refuse_credit(request, reason="No.", actor=personas.credit_manager.user)
    later(300)
    made = make_appeal(decision, statement="Please look again.", actor=personas.student.user)
    assert (made.roles, made.due_at, made.due_reason) == (["administrator"], None, {})


def test_only_the_student_and_the_family_appeal_and_in_words(personas: Personas, refused: Decision) -> None:
    for persona in (personas.teacher, personas.counselor, personas.principal, personas.other_district_student):
        with pytest.raises(NotAllowed):
            make_appeal(refused, statement="For them", actor=persona.user)
    with pytest.raises(DomainError, match="your own words") as empty:
        make_appeal(refused, statement=" ​", actor=personas.student.user)
    assert empty.value.field == "statement" and not Appeal.objects.exists()


def test_an_award_is_not_appealed(personas: Personas, ground: Ground) -> None:
    make_request(ground, personas.student.student, personas.teacher.person, RequestState.AWARDED,
                 decider=personas.credit_manager.user)  # fmt: skip
    with pytest.raises(DomainError, match="not a refusal that stands"):
        make_appeal(Decision.objects.get(), statement="More", actor=personas.student.user)


# --- Answering --------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R17", partial=True)
def test_upholding_leaves_everything_and_tells_why(personas: Personas, appeal: Appeal, refused: Decision) -> None:
    recorded = Recorded()
    answered = uphold_refusal(appeal, reason="The second proof is missing.", actor=personas.administrator.user)
    assert uphold_refusal(appeal, reason="Again", actor=personas.administrator.user) == answered
    assert (answered.state, answered.answer) == (AppealState.UPHELD, "The second proof is missing.")
    assert CreditRequest.objects.get().state == RequestState.NOT_AWARDED
    assert [event.payload for event in recorded.events] == [{"reason": "The second proof is missing."}]
    texts = Notification.objects.filter(code__startswith="crediting.appeal_upheld")
    assert dict(texts.values_list("user", "text")) == {
        personas.student.user.pk: (
            "Your appeal about Geometry was answered. The refusal stays: The second proof is missing."
        ),
        personas.family.user.pk: (
            "The appeal for Sofia Ramirez about Geometry was answered. The refusal stays: The second proof is missing."
        ),
    }


@pytest.mark.rule("R31", partial=True)
def test_overturning_leads_to_a_decision_anew_that_replaces_the_refusal(
    personas: Personas, appeal: Appeal, refused: Decision
) -> None:
    recorded = Recorded()
    overturn_refusal(appeal, reason="It was overlooked.", actor=personas.administrator.user)
    request = CreditRequest.objects.get()
    assert (request.state, request.closed_at) == (RequestState.ASSESSED, None)
    assert request.waiting_since is not None
    near = Relationship.objects.filter(person=personas.teacher.person, kind=RelationshipKind.ASSESSOR, ends_on=None)
    assert near.exists()
    assert recorded.verbs == ["crediting.appeal.overturned"]
    with pytest.raises(AlreadyDecided, match="An appeal has reopened this"):
        award_credit(request, reason="An old page", actor=personas.principal.user)
    made = award_credit(request, reason="Every part is there.", actor=personas.principal.user, replaces=refused)
    assert (made.kind, made.replaces) == (DecisionKind.AWARD, refused)
    assert LedgerEntry.objects.get(decision=made).credits_earned == 1
    refused.refresh_from_db()
    assert (refused.kind, refused.reason) == (DecisionKind.REFUSED, "It is too short.")
    assert award_credit(request, reason="Twice", actor=personas.principal.user, replaces=refused) == made


def test_a_second_refusal_after_an_appeal_can_be_appealed_again(
    personas: Personas, appeal: Appeal, refused: Decision
) -> None:
    overturn_refusal(appeal, reason="Look again.", actor=personas.administrator.user)
    second = refuse_credit(
        CreditRequest.objects.get(), reason="Still too short.", actor=personas.principal.user, replaces=refused
    )
    again = make_appeal(second, statement="It is not.", actor=personas.student.user)
    assert again != appeal and again.state == AppealState.OPEN
    assert make_appeal(refused, statement="The first again", actor=personas.student.user) == appeal


def test_who_refused_and_who_is_near_do_not_answer(personas: Personas, ground: Ground) -> None:
    make_procedure(personas.district, appeal={"roles": ["principal", "credit_manager"]})
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    decision = refuse_credit(request, reason="No.", actor=personas.principal.user)
    made = make_appeal(decision, statement="Why?", actor=personas.student.user)
    with pytest.raises(NotAllowed, match="You refused this yourself"):
        overturn_refusal(made, reason="Yes", actor=personas.principal.user)
    with pytest.raises(NotAllowed):
        overturn_refusal(made, reason="Yes", actor=personas.administrator.user)
    assert overturn_refusal(made, reason="Yes", actor=personas.credit_manager.user).state == AppealState.OVERTURNED


def test_the_second_of_two_people_learns_who_answered(personas: Personas, ground: Ground) -> None:
    make_procedure(personas.district, appeal={"roles": ["principal", "administrator"]})
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    decision = refuse_credit(request, reason="No.", actor=personas.credit_manager.user)
    made = make_appeal(decision, statement="Why?", actor=personas.student.user)
    uphold_refusal(made, reason="It stays.", actor=personas.principal.user)
    with pytest.raises(AlreadyAnswered, match="Paula Jensen has answered this already"):
        overturn_refusal(made, reason="Yes", actor=personas.administrator.user)
    assert CreditRequest.objects.get().state == RequestState.NOT_AWARDED


def test_a_course_asked_for_again_since_keeps_the_appeal_open_and_says_why(
    personas: Personas, appeal: Appeal, ground: Ground
) -> None:
    make_draft(ground, personas.student.student, personas.teacher.person)
    with pytest.raises(DomainError, match="asked for this course again"):
        overturn_refusal(appeal, reason="Yes", actor=personas.administrator.user)
    appeal.refresh_from_db()
    assert appeal.state == AppealState.OPEN


def test_an_answer_needs_words(personas: Personas, appeal: Appeal) -> None:
    with pytest.raises(DomainError, match="Say why") as empty:
        overturn_refusal(appeal, reason="​ ", actor=personas.administrator.user)
    assert empty.value.field == "reason"


# --- Of proposals -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R16", partial=True)
def test_a_refused_proposal_is_decided_anew_after_an_appeal(personas: Personas, refused: Decision) -> None:
    version = make_proposal(personas.student.student, ProposalState.REFUSED, reviewer=personas.counselor.user)
    first = ProposalDecision.objects.get()
    made = make_appeal(first, statement="My aunt is a biologist.", actor=personas.family.user)
    overturn_refusal(made, reason="She is.", actor=personas.administrator.user)
    version.refresh_from_db()
    assert version.state == ProposalState.SENT
    second = approve_proposal(version, reason="Now it is clear.", actor=personas.counselor.user)
    assert (second.approved, second.replaces) == (True, first)


def test_a_new_version_written_since_goes_before_the_old_refusal(personas: Personas, refused: Decision) -> None:
    version = make_proposal(personas.student.student, ProposalState.REFUSED, reviewer=personas.counselor.user)
    made = make_appeal(ProposalDecision.objects.get(), statement="Look again.", actor=personas.student.user)
    amend_proposal(version.proposal, actor=personas.student.user)
    with pytest.raises(DomainError, match="new version"):
        overturn_refusal(made, reason="Yes", actor=personas.administrator.user)


# --- What waits -------------------------------------------------------------------------------------------------------


def test_the_first_due_is_on_top_and_overdue_is_said(
    personas: Personas, appeal: Appeal, later: Callable[[int], None]
) -> None:
    version = make_proposal(personas.student.student, ProposalState.REFUSED, reviewer=personas.counselor.user)
    later(2)
    second = make_appeal(version.decisions.get(), statement="Look again.", actor=personas.student.user)
    assert list(queries.waiting(Appeal.objects.all())) == [appeal, second]
    later(15)
    assert not queries.is_overdue(appeal)
    later(16)
    assert (queries.is_overdue(appeal), queries.is_overdue(second)) == (True, False)
    uphold_refusal(appeal, reason="Late, but here.", actor=personas.administrator.user)
    appeal.refresh_from_db()
    assert not queries.is_overdue(appeal)
    assert list(queries.waiting(Appeal.objects.all())) == [second]
