"""Completing a graduation pathway and earning credit: two decisions, also on the same evidence (R55)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crediting.actions.award_proposals import confirm_proposals
from crediting.actions.decisions import award_credit, reverse_award
from crediting.actions.policy import NotReady
from crediting.models import Decision, LedgerEntry
from crediting.queries.ledger import credits_by_subject, credits_earned
from crediting.states import RequestState
from hsbp.actions.records import decide_pathway
from hsbp.models import PathwayDecision, Plan
from hsbp.queries.pathways import credit_on, pathway_line, pieces, standing
from hsbp.states import Pathway, Requirement
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from tests.crediting.recorded import Recorded
from tests.factories.award_proposals import listed, make_results_ground, make_score
from tests.factories.crediting import make_evidence, make_ground, make_request
from tests.personas import Personas
from transcripts.queries.student_record import requirement_words

pytestmark = pytest.mark.django_db
LINE = "graduation_pathway"
REASON = "Every standard is shown."


def earned(personas: Personas) -> str:
    return str(credits_earned(credits_by_subject(personas.student.student)))


@pytest.mark.rule("R55")
def test_one_result_earns_credit_and_completes_a_pathway_by_two_decisions_that_stand_apart(personas: Personas) -> None:
    student, counselor = personas.student.student, personas.counselor.user
    make_results_ground(personas.school)
    make_score(student)
    (key,) = [piece.key for piece in pieces(student)]

    # The award completes no pathway, and the pathway gives no credit.
    (proposal,) = listed(personas.district)
    confirm_proposals([proposal], reason="The result is on file.", actor=personas.credit_manager.user)
    award = Decision.objects.get()
    assert key in award.frozen_basis["evidence_used"]
    assert (earned(personas), pathway_line(student), requirement_words(student)) == ("1.000", "", {})
    lines = LedgerEntry.objects.count()
    completed = decide_pathway(
        student,
        pathway=Pathway.AP_IB_CAMBRIDGE,
        verdict=Requirement.MET,
        rests_on=[key],
        reason="A 4 in calculus, and a B in seminar.",
        actor=counselor,
    )
    assert (earned(personas), LedgerEntry.objects.count(), Decision.objects.count()) == ("1.000", lines, 1)
    assert requirement_words(student) == {LINE: "MET"}
    (shared,) = credit_on(student, completed.rests_on)
    assert (shared.decision, shared.is_reversed) == (award, False)

    # Taking the credit back leaves the pathway.
    reverse_award(award, reason="Entered for the wrong course.", actor=personas.credit_manager.user)
    assert (earned(personas), requirement_words(student)) == ("0.000", {LINE: "MET"})
    assert standing(student) == (completed,)
    assert [one.is_reversed for one in credit_on(student, completed.rests_on)] == [True]


@pytest.mark.rule("R55")
def test_taking_a_pathway_back_leaves_the_credit_that_rests_on_the_same_work(personas: Personas) -> None:
    ground = make_ground(personas.school)
    student, counselor = personas.student.student, personas.counselor.user
    piece = make_evidence(student, "River study")
    request = make_request(
        ground, student, personas.teacher.person, RequestState.ASSESSED, evidence=[piece], decider=None
    )
    key = str(piece.public_id)
    decide_pathway(
        student,
        pathway=Pathway.PERFORMANCE,
        verdict=Requirement.MET,
        rests_on=[key],
        reason="Judged by the state rubrics.",
        actor=counselor,
    )
    # A completed pathway decides nothing about the request on the same work: it is decided as if there were none.
    assert earned(personas) == "0.000"
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    assert earned(personas) == "1.000"
    recorded = Recorded()
    decide_pathway(
        student,
        pathway=Pathway.PERFORMANCE,
        verdict=Requirement.NOT_MET,
        rests_on=[key],
        reason="The reflection was missing.",
        actor=counselor,
    )
    assert (earned(personas), requirement_words(student)) == ("1.000", {LINE: "NOT MET"})
    assert not LedgerEntry.objects.filter(reverses__decision=decision).exists()
    assert [(event.verb, event.payload) for event in recorded.events] == [
        (
            "hsbp.pathway.decided",
            {
                "pathway": "performance",
                "verdict": "not_met",
                "rests_on": [key],
                "reason": "The reflection was missing.",
            },
        )
    ]


@pytest.mark.rule("R55", partial=True)
@pytest.mark.parametrize("name", ["graduation_pathway", "Graduation pathway", "graduation-pathway"])
@pytest.mark.parametrize("gives", [("credit: {exactly: 1.0}", "mark: P"), ("gives: requirement_met",)])
def test_a_policy_on_credit_completes_no_pathway(personas: Personas, gives: tuple[str, ...], name: str) -> None:
    with pytest.raises(NotReady, match="decision of its own") as refused:
        make_ground(personas.school, gives=(*gives, f"requirement: {name}"))
    assert [(one.code, one.rule_id) for one in refused.value.reasons] == [("ready.rule_pathway.missing", "R55")]


@pytest.mark.rule("T33", partial=True)
def test_the_line_is_met_when_any_pathway_is_and_all_of_them_are_kept(personas: Personas) -> None:
    student, counselor = personas.student.student, personas.counselor.user

    def decide(pathway: Pathway, verdict: Requirement, reason: str) -> PathwayDecision:
        return decide_pathway(student, pathway=pathway, verdict=verdict, reason=reason, actor=counselor)

    first = decide(Pathway.SAT_ACT, Requirement.MET, "Both scores are above the state's.")
    second = decide(Pathway.CTE_SEQUENCE, Requirement.MET, "Two credits in one program.")
    assert standing(student) == (first, second)
    taken_back = decide(Pathway.SAT_ACT, Requirement.NOT_MET, "The score was another student's.")
    assert pathway_line(student) == "MET"
    assert decide(Pathway.SAT_ACT, Requirement.NOT_MET, "The score was another student's.") == taken_back
    decide(Pathway.CTE_SEQUENCE, Requirement.NOT_MET, "One credit is in another program.")
    assert pathway_line(student) == "NOT MET"
    assert PathwayDecision.objects.count() == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        PathwayDecision.objects.update(verdict="met")


def test_student_and_family_are_told_each_in_their_language(personas: Personas) -> None:
    family = personas.family.user
    family.language = "es"
    family.save()
    student = personas.student.student
    decide_pathway(
        student,
        pathway=Pathway.ASVAB,
        verdict=Requirement.MET,
        reason="Above the minimum of the year.",
        actor=personas.counselor.user,
    )
    own = Notification.objects.get(code="hsbp.pathway_met", user=personas.student.user)
    child = Notification.objects.get(code="hsbp.pathway_met_child", user=family)
    assert "you completed a graduation pathway, Military entry test (ASVAB): Above the minimum" in own.text
    assert child.language == "es"


def test_only_who_answers_the_plan_decides_with_a_reason_and_on_the_students_own_evidence(personas: Personas) -> None:
    student = personas.student.student
    said: dict[str, Any] = {"pathway": Pathway.SAT_ACT, "verdict": Requirement.MET, "reason": "Above both scores."}
    for persona in (personas.student, personas.family, personas.principal, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            decide_pathway(student, actor=persona.user, **said)
    counselor = personas.counselor.user
    with pytest.raises(DomainError, match="Say why"):
        decide_pathway(student, pathway=Pathway.SAT_ACT, verdict=Requirement.MET, reason=" ", actor=counselor)
    with pytest.raises(DomainError, match="of this student") as refused:
        decide_pathway(student, actor=counselor, rests_on=["sba-math@2026-01-01"], **said)
    assert refused.value.field == "rests_on"
    with pytest.raises(DomainError, match="nothing to take back"):
        decide_pathway(student, pathway=Pathway.SAT_ACT, verdict=Requirement.NOT_MET, reason="No.", actor=counselor)
    assert not PathwayDecision.objects.exists()
    assert Plan.objects.filter(student=student).count() <= 1
