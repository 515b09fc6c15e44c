"""Decisions beside the plain award: without credit, by law, by discretion, under another code, only when asked for."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from crediting.actions.decisions import AlreadyDecided, Lift, award_credit, refuse_credit, reverse_award
from crediting.actions.transcript_wish import ask_for_transcript, keep_off_transcript
from crediting.models import CreditRequest, LedgerEntry, ScoreRecord, TranscriptWish
from crediting.queries.facts import gather
from crediting.rules.basis import thaw
from crediting.rules.facts import RequestFacts
from crediting.states import DecisionBasis, DecisionKind, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from profiles.models import ProgramParticipation
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_evidence, make_ground, make_request
from tests.factories.profiles import LONG_AGO
from tests.personas import Personas
from transcripts.queries.student_record import requirement_words, student_record

pytestmark = pytest.mark.django_db
REASON = "Every standard is shown."


def assessed(ground: Ground, personas: Personas, **fields: Any) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED, **fields)


def facts_of(request: CreditRequest) -> RequestFacts:
    return gather([request], today=clock.today(request.district))[request.pk].facts


# --- Without credit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gives", "kind", "code"),
    [
        ("requirement_met", DecisionKind.REQUIREMENT_MET, "crediting.requirement_met"),
        ("excused", DecisionKind.EXCUSED, "crediting.excused"),
        ("waived", DecisionKind.WAIVED, "crediting.waived"),
    ],
)
@pytest.mark.rule("R28", partial=True)
def test_a_requirement_is_granted_without_a_line_and_told(
    personas: Personas, gives: str, kind: DecisionKind, code: str
) -> None:
    ground = make_ground(personas.school, gives=(f"gives: {gives}", "requirement: washington_history"))
    request = assessed(ground, personas)
    recorded = Recorded()
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    assert (decision.kind, decision.requirement) == (kind, "washington_history")
    assert not LedgerEntry.objects.exists()
    request.refresh_from_db()
    assert request.state == RequestState.GRANTED
    [event] = recorded.events
    assert event.verb == "crediting.requirement.granted" and event.payload["requirement"] == "washington_history"
    assert Notification.objects.filter(user=personas.student.user, code=code).count() == 1
    assert Notification.objects.filter(user=personas.family.user, code=f"{code}_child").count() == 1
    assert award_credit(request, reason="Again", actor=personas.credit_manager.user) == decision
    with pytest.raises(AlreadyDecided):
        refuse_credit(request, reason="No", actor=personas.credit_manager.user)


@pytest.mark.rule("T31", partial=True)
def test_a_requirement_met_under_a_policy_stands_on_the_transcript_until_it_is_taken_back(personas: Personas) -> None:
    ground = make_ground(personas.school, gives=("gives: requirement_met", "requirement: washington_history"))
    decision = award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    assert requirement_words(personas.student.student)["washington_history"] == "MET"
    assert "washington_history" not in requirement_words(personas.other_district_student.student)
    assert reverse_award(decision, reason="Wrong student.", actor=personas.principal.user) == []
    assert "washington_history" not in requirement_words(personas.student.student)


WAIVED = ("gives: waived", "requirement: Physical education", "credit: {up_to: 0.5}")
ONCE = "caps: [{code: HALF, of: {methods: [LOCAL_ASSESSMENT]}, at_most: 0.5, counting: released}]"


@pytest.mark.rule("R22", "R29", partial=True)
def test_a_waiver_given_before_fills_the_cap_of_waivers_until_it_is_taken_back(personas: Personas) -> None:
    ground = make_ground(personas.school, gives=WAIVED, declares=ONCE)
    make_ground(personas.other_school, gives=WAIVED, declares=ONCE)
    first = award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    assert first.request is not None and facts_of(first.request).awards == ()
    again = assessed(ground, personas)
    [earlier] = facts_of(again).awards
    assert (earlier.credits, earlier.released, earlier.course_code) == (
        Decimal(0),
        Decimal("0.500"),
        ground.course.code,
    )
    with pytest.raises(DomainError, match="does not allow this award"):
        award_credit(again, reason=REASON, actor=personas.credit_manager.user)
    reverse_award(first, reason="Wrong student.", actor=personas.principal.user)
    assert award_credit(again, reason=REASON, actor=personas.credit_manager.user).kind == DecisionKind.WAIVED


@pytest.mark.rule("R29")
def test_evidence_that_met_a_requirement_is_used_up_for_that_course(personas: Personas) -> None:
    ground = make_ground(personas.school, gives=("gives: requirement_met", "requirement: washington_history"))
    piece = make_evidence(personas.student.student)
    award_credit(assessed(ground, personas, evidence=[piece]), reason=REASON, actor=personas.credit_manager.user)
    again = assessed(ground, personas, evidence=[piece])
    [earlier] = facts_of(again).awards
    assert earlier.evidence & facts_of(again).evidence
    with pytest.raises(DomainError, match="does not allow this award"):
        award_credit(again, reason=REASON, actor=personas.credit_manager.user)
    refuse_credit(again, reason="This proof has met the requirement.", actor=personas.credit_manager.user)
    assert award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)


# --- By law -----------------------------------------------------------------------------------------------------------


def in_facility(personas: Personas, instrument: str = "GED-MATH") -> None:
    student = personas.student.student
    ProgramParticipation.objects.create(
        district=personas.district, student=student, program="institutional", starts_on=LONG_AGO, ends_on=LONG_AGO
    )
    ScoreRecord.objects.create(
        district=personas.district, student=student, instrument=instrument, title="GED", met=True,
        taken_on=clock.today(personas.district) - dt.timedelta(days=3),
    )  # fmt: skip


@pytest.mark.rule("R26")
def test_what_law_demands_cannot_be_refused_and_rests_on_the_law(personas: Personas, ground: Ground) -> None:
    in_facility(personas)
    request = assessed(ground, personas, levels=("developing", "beginning"))
    with pytest.raises(DomainError, match=r"must be awarded.*RCW 28A\.320\.192\(4\)"):
        refuse_credit(request, reason="Standards are not shown.", actor=personas.credit_manager.user)
    decision = award_credit(request, reason="GED passed.", actor=personas.credit_manager.user)
    assert (decision.basis, decision.statute, decision.policy_version) == (
        DecisionBasis.STATUTE, "RCW 28A.320.192(4)", None,
    )  # fmt: skip
    assert LedgerEntry.objects.get().credits_earned == Decimal("1.000")
    basis = thaw(decision.frozen_basis)
    assert (basis.policy, basis.statute) == (None, "RCW 28A.320.192(4)")
    assert basis.facts is not None and basis.facts.student.groups == frozenset()


@pytest.mark.rule("R26")
def test_law_gives_nothing_outside_its_subjects_and_groups(personas: Personas, ground: Ground) -> None:
    in_facility(personas, "GED-SCIENCE")
    request = assessed(ground, personas, levels=("developing", "beginning"))
    decision = refuse_credit(request, reason="Not shown.", actor=personas.credit_manager.user)
    assert (decision.kind, decision.basis) == (DecisionKind.REFUSED, DecisionBasis.POLICY)


# --- Discretion -------------------------------------------------------------------------------------------------------

LIFTS = ("credit: {up_to: 1.0}", "mark: P", "discretion: {roles: [principal], lifts: [prior_attempt]}")


def test_a_named_role_lets_a_named_point_pass_with_a_reason(personas: Personas) -> None:
    ground = make_ground(personas.school, gives=LIFTS, more="prior_attempt: [failed]")
    request = assessed(ground, personas)
    lift = Lift(frozenset({"prior_attempt"}), "The record of the other school was lost.")
    with pytest.raises(DomainError, match="does not allow this award"):
        award_credit(request, reason=REASON, actor=personas.principal.user)
    with pytest.raises(NotAllowed, match="does not let you pass over"):
        award_credit(request, reason=REASON, actor=personas.credit_manager.user, lift=lift)
    with pytest.raises(NotAllowed, match="does not let you pass over"):
        wide = Lift(frozenset({"prior_attempt", "standard.mastered"}), "Because.")
        award_credit(request, reason=REASON, actor=personas.principal.user, lift=wide)
    with pytest.raises(DomainError, match="Say why you let this pass") as told:
        award_credit(request, reason=REASON, actor=personas.principal.user, lift=Lift(lift.criteria, " "))
    assert told.value.field == "lift_why"
    decision = award_credit(request, reason=REASON, actor=personas.principal.user, lift=lift)
    override = thaw(decision.frozen_basis).override
    assert override is not None and (override.role, override.lifts) == ("principal", ("prior_attempt",))
    assert override.reason == "The record of the other school was lost."


# --- Code and transcript ----------------------------------------------------------------------------------------------


@pytest.mark.rule("R37")
def test_the_award_prints_the_code_of_its_rule_and_counts_in_the_course(personas: Personas) -> None:
    ground = make_ground(personas.school, gives=("credit: {up_to: 1.0}", "mark: P", "course_code: GEO-MBL"))
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    entry = LedgerEntry.objects.get()
    assert (entry.course_code, entry.course) == ("GEO-MBL", ground.course)
    again = assessed(ground, personas)
    with pytest.raises(DomainError, match="does not allow this award"):
        award_credit(again, reason=REASON, actor=personas.credit_manager.user)


@pytest.mark.rule("R38")
def test_a_line_that_waits_enters_the_transcript_when_the_student_asks(personas: Personas, ground: Ground) -> None:
    on_request = make_ground(
        personas.school, scale=ground.scale, gives=("credit: {up_to: 1.0}", "mark: P", "transcript: on_request")
    )
    student, today = personas.student.student, clock.today(personas.district)
    award_credit(assessed(on_request, personas), reason=REASON, actor=personas.credit_manager.user)
    usual = award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    entry = LedgerEntry.objects.get(on_request=True)
    codes = [line.code for line in student_record(student, on=today).lines]
    assert codes == [ground.course.code]
    assert "left_out.on_request" in [one.code for one in student_record(student, on=today).left_out]
    for other in (personas.family, personas.credit_manager, personas.other_district_student):
        with pytest.raises(NotAllowed):
            ask_for_transcript(entry, actor=other.user)
    with pytest.raises(DomainError, match="anyway"):
        ask_for_transcript(usual.entries.get(), actor=personas.student.user)
    recorded = Recorded()
    first = ask_for_transcript(entry, actor=personas.student.user)
    assert ask_for_transcript(entry, actor=personas.student.user) == first
    assert recorded.verbs == ["crediting.transcript.asked"]
    assert len(student_record(student, on=today).lines) == 2
    keep_off_transcript(entry, actor=personas.student.user)
    assert not TranscriptWish.objects.exists() and len(student_record(student, on=today).lines) == 1


# --- What the student chooses -----------------------------------------------------------------------------------------


@pytest.mark.rule("R35", partial=True)
def test_amount_and_mark_are_the_students_where_the_policy_says_so(personas: Personas) -> None:
    ground = make_ground(
        personas.school, gives=("credit: {as_requested: true, up_to: course}", "mark: {choice: [P, S]}")
    )
    with pytest.raises(DomainError) as missing:
        assessed(ground, personas)
    assert {reason.code for reason in missing.value.reasons} == {  # type: ignore[attr-defined]
        "request.credits_not_chosen", "request.mark_not_chosen",
    }  # fmt: skip
    CreditRequest.objects.all().update(credits_wanted=Decimal("0.5"), mark_wanted="P")
    request = assessed(ground, personas)
    award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    entry = LedgerEntry.objects.get()
    assert (entry.credits_earned, entry.mark) == (Decimal("0.500"), "P")
    assert thaw(request.decisions.get().frozen_basis).request.credits_wanted == Decimal("0.5")
