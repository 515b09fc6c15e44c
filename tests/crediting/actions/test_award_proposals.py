"""Awards that results on file would earn: listed, confirmed, chosen, set aside; and those that a statute demands."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crediting.actions.award_choices import record_choice
from crediting.actions.award_proposals import (
    confirm_proposals,
    dismiss_proposal,
    look_through,
)
from crediting.actions.decisions import reverse_award
from crediting.models import AwardProposal, CreditRequest, Decision, LedgerEntry, ProposalRun, ScoreRecord
from crediting.rules.basis import thaw
from crediting.states import AwardProposalState, DecisionBasis, RequestState
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from tests.crediting.recorded import Recorded
from tests.factories.award_proposals import (
    TAKEN,
    ResultsGround,
    listed,
    make_institutional,
    make_math,
    make_results_ground,
    make_score,
)
from tests.factories.crediting import make_course_row
from tests.factories.profiles import make_student
from tests.personas import Personas

pytestmark = pytest.mark.django_db
REASON = "The result is on file."


@pytest.fixture
def results(personas: Personas) -> ResultsGround:
    """Northfield gives credit for results; Southport does too, and has a student with one."""
    make_results_ground(personas.other_school)
    make_score(personas.other_district_student.student)
    return make_results_ground(personas.school)


# --- Listing ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R7", partial=True)
def test_a_result_on_file_is_listed_with_what_the_policy_would_give(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    recorded = Recorded()
    (one,) = listed(personas.district)
    assert (one.student, one.course, one.rule_code, one.method) == (
        personas.student.student,
        results.calculus,
        "AP",
        "AP_EXAM",
    )
    assert (one.credits, one.mark, one.policy_version, one.demonstrated_on) == (
        Decimal("1.000"),
        "P",
        results.version,
        TAKEN,
    )
    assert not AwardProposal.objects.filter(district=personas.other_district).exists()
    (event,) = recorded.events
    assert (event.verb, event.payload["listed"], event.payload["expired"]) == ("crediting.award_proposal.listed", 1, 0)
    assert not CreditRequest.objects.exists() and not LedgerEntry.objects.exists()


def test_what_is_below_the_policy_or_out_of_its_days_is_not_listed(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student, level=2)
    make_score(make_student(personas.school), taken_on=dt.date(2019, 5, 1))
    assert listed(personas.district) == []


@pytest.mark.rule("R18", partial=True)
def test_a_completed_course_is_listed_for_the_course_below_it(personas: Personas, results: ResultsGround) -> None:
    make_course_row(personas.student.student, results.calculus, "B", earned="1.000")
    (one,) = listed(personas.district)
    assert (one.course, one.method, one.rule_code) == (results.algebra, "NEXT_COURSE", "NEXT")


def test_looking_again_lists_nothing_twice(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    recorded = Recorded()
    assert listed(personas.district) == [one] and recorded.verbs == []
    assert ProposalRun.objects.count() == 2


def test_what_is_no_longer_so_goes_off_the_list(personas: Personas, results: ResultsGround) -> None:
    score = make_score(personas.student.student)
    (one,) = listed(personas.district)
    score.level = 1
    score.save()
    assert listed(personas.district) == []
    one.refresh_from_db()
    assert one.state == AwardProposalState.STALE


def test_another_result_lists_it_anew(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    make_score(personas.student.student, "sat-math", level=None, score=700)
    (other,) = listed(personas.district)
    one.refresh_from_db()
    assert (one.state, other.pk != one.pk, other.course) == (AwardProposalState.STALE, True, results.calculus)


def test_one_school_is_looked_through_alone(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    run = look_through(personas.district, school=personas.other_school)
    assert (run.students, run.listed) == (0, 0)
    run = look_through(personas.district, school=personas.school)
    assert (run.students, run.listed) == (1, 1)


def test_many_students_are_looked_through_in_the_same_number_of_trips(
    personas: Personas, results: ResultsGround
) -> None:
    make_score(personas.student.student)
    with CaptureQueriesContext(connection) as few:
        look_through(personas.district)
    for _number in range(29):
        make_score(make_student(personas.school))
    with CaptureQueriesContext(connection) as many:
        run = look_through(personas.district)
    assert run.listed == 29
    assert len(many) == len(few)


# --- Confirming -------------------------------------------------------------------------------------------------------


def test_many_are_confirmed_in_the_same_number_of_trips(personas: Personas, results: ResultsGround) -> None:
    for _number in range(30):
        make_score(make_student(personas.school))
    first, *others = listed(personas.district)
    with CaptureQueriesContext(connection) as few:
        confirm_proposals([first], reason=REASON, actor=personas.credit_manager.user)
    with CaptureQueriesContext(connection) as many:
        answer = confirm_proposals(others, reason=REASON, actor=personas.credit_manager.user)
    assert len(answer.decisions) == 29
    assert len(many) == len(few)


@pytest.mark.rule("R7", "R31", "R32", partial=True)
def test_a_confirmation_is_an_award_like_any_other(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    recorded = Recorded()
    answer = confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    (decision,) = answer.decisions
    request, entry = CreditRequest.objects.get(), LedgerEntry.objects.get()
    assert (request.state, request.course, request.student) == (
        RequestState.AWARDED,
        results.calculus,
        personas.student.student,
    )
    assert [claim.standard.pk for claim in request.claims.all()] == [results.calculus.standards.get().standard_id]
    assert (decision.request, decision.basis, decision.policy_version, decision.decided_by) == (
        request,
        DecisionBasis.POLICY,
        results.version,
        personas.credit_manager.user,
    )
    assert (entry.decision, entry.request, entry.credits_earned, entry.mark) == (
        decision,
        request,
        Decimal("1.000"),
        "P",
    )
    basis = thaw(decision.frozen_basis)
    assert (basis.rule.code, basis.decided_by, basis.decider_roles) == ("AP", "Chris Moreno", ("credit_manager",))
    assert basis.evidence_used == (f"ap-calculus-ab@{TAKEN.isoformat()}",)
    assert basis.request.id == str(request.public_id)
    assert recorded.verbs == ["crediting.credit.awarded"]
    assert set(Notification.objects.filter(code__startswith="crediting.awarded").values_list("user", flat=True)) == {
        personas.student.user.pk,
        personas.family.user.pk,
    }
    one.refresh_from_db()
    assert (one.state, one.decision, one.closed_by) == (
        AwardProposalState.CONFIRMED,
        decision,
        personas.credit_manager.user,
    )
    assert listed(personas.district) == []


def test_a_second_press_and_a_second_person_get_the_first_answer(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    first = confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    for user in (personas.credit_manager.user, personas.principal.user):
        again = confirm_proposals([one], reason=REASON, actor=user)
        assert again.decisions == first.decisions and again.problems == []
    assert LedgerEntry.objects.count() == 1


def test_what_has_changed_is_told_and_the_rest_is_done(personas: Personas, results: ResultsGround) -> None:
    other = make_student(personas.school)
    score = make_score(personas.student.student)
    make_score(other)
    rows = listed(personas.district)
    ScoreRecord.objects.filter(pk=score.pk).update(level=1)
    answer = confirm_proposals(rows, reason=REASON, actor=personas.credit_manager.user)
    assert [decision.student for decision in answer.decisions] == [other]
    (problem,) = answer.problems
    assert problem.proposal.student == personas.student.student
    assert problem.sentence.startswith("This has changed since it was listed.")
    assert AwardProposal.objects.get(student=personas.student.student).state == AwardProposalState.STALE


def test_only_those_who_decide_at_the_school_confirm(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    for persona in (personas.teacher, personas.counselor, personas.registrar, personas.administrator):
        answer = confirm_proposals([one], reason=REASON, actor=persona.user)
        assert answer.decisions == [] and len(answer.problems) == 1
    with pytest.raises(NotAllowed):
        confirm_proposals([one], reason=REASON, actor=personas.other_district_administrator.user)
    assert not Decision.objects.exists()


def test_a_reason_is_asked_for(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    with pytest.raises(DomainError, match="Say why"):
        confirm_proposals(listed(personas.district), reason=" ", actor=personas.credit_manager.user)


def test_an_award_that_was_confirmed_can_be_reversed(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    answer = confirm_proposals(listed(personas.district), reason=REASON, actor=personas.credit_manager.user)
    reverse_award(answer.decisions[0], reason="Another student's result.", actor=personas.principal.user)
    assert LedgerEntry.objects.effective().count() == 0
    assert CreditRequest.objects.get().state == RequestState.REVERSED


@pytest.mark.rule("R38", partial=True)
def test_an_award_that_waits_for_the_student_stays_off_the_transcript(personas: Personas) -> None:
    make_results_ground(personas.school, transcript="on_request")
    make_score(personas.student.student)
    confirm_proposals(listed(personas.district), reason=REASON, actor=personas.credit_manager.user)
    assert LedgerEntry.objects.get().on_request
    assert not LedgerEntry.objects.for_transcript().exists()


# --- The student's choice ---------------------------------------------------------------------------------------------


@pytest.mark.rule("R15", partial=True)
def test_one_result_for_two_courses_waits_for_the_students_choice(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student, "sba-math", level=3)
    algebra, geometry = listed(personas.district)
    assert {algebra.course, geometry.course} == {results.algebra, results.geometry}
    assert {algebra.choice, geometry.choice} == {"course"}
    answer = confirm_proposals([algebra, geometry], reason=REASON, actor=personas.credit_manager.user)
    assert answer.decisions == []
    assert {problem.sentence for problem in answer.problems} == {
        "The student has to choose one of several courses first."
    }
    recorded = Recorded()
    record_choice(geometry, actor=personas.student.user)
    record_choice(geometry, actor=personas.student.user)
    assert recorded.verbs == ["crediting.award_proposal.chosen"]
    answer = confirm_proposals([algebra, geometry], reason=REASON, actor=personas.credit_manager.user)
    assert [entry.course for entry in LedgerEntry.objects.all()] == [geometry.course]
    assert len(answer.problems) == 1
    assert listed(personas.district) == []


def test_a_pool_with_room_for_both_needs_no_choice(personas: Personas) -> None:
    make_results_ground(personas.school, pool="2.0")
    make_score(personas.student.student, "sba-math", level=3)
    rows = listed(personas.district)
    assert [row.choice for row in rows] == ["", ""]
    answer = confirm_proposals(rows, reason=REASON, actor=personas.credit_manager.user)
    assert (len(answer.decisions), answer.problems) == (2, [])


@pytest.mark.rule("R35", partial=True)
def test_where_the_mark_is_the_students_choice_it_waits_for_it(personas: Personas) -> None:
    choice = "mark: {choice: [P, {value: A, basis: The exam}]}"
    make_results_ground(personas.school, ap_mark=choice)
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    assert (one.choice, one.mark, one.credits) == ("mark", "", Decimal("1.000"))
    with pytest.raises(DomainError, match="Choose one of the marks"):
        record_choice(one, mark="Z", actor=personas.student.user)
    assert confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user).decisions == []
    record_choice(one, mark="A", actor=personas.credit_manager.user)
    confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    assert LedgerEntry.objects.get().mark == "A"


def test_nobody_else_chooses(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student, "sba-math", level=3)
    one = listed(personas.district)[0]
    for persona in (personas.teacher, personas.family, personas.other_district_student):
        with pytest.raises(NotAllowed):
            record_choice(one, actor=persona.user)


# --- Setting aside ----------------------------------------------------------------------------------------------------


def test_what_is_set_aside_has_a_reason_and_does_not_come_back(personas: Personas, results: ResultsGround) -> None:
    make_score(personas.student.student)
    (one,) = listed(personas.district)
    recorded = Recorded()
    dismiss_proposal(one, reason="The family asked to wait.", actor=personas.principal.user)
    dismiss_proposal(one, reason="Pressed again", actor=personas.principal.user)
    one.refresh_from_db()
    assert (one.state, one.reason) == (AwardProposalState.DISMISSED, "The family asked to wait.")
    assert recorded.verbs == ["crediting.award_proposal.dismissed"]
    assert listed(personas.district) == []
    answer = confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    assert "The family asked to wait." in answer.problems[0].sentence


# --- What a statute demands -------------------------------------------------------------------------------------------


@pytest.mark.rule("R26", partial=True)
def test_a_passing_ged_of_an_institutional_student_is_owed_without_request_or_policy(personas: Personas) -> None:
    course = make_math(personas.district, "Basic Math")
    make_institutional(personas.student.student)
    make_score(personas.student.student, "ged-math", level=None, met=True)
    make_score(make_student(personas.school), "ged-math", level=None, met=True)
    (one,) = listed(personas.district)
    assert (one.student, one.duty, one.course, one.credits) == (
        personas.student.student,
        "RCW 28A.320.192(4)",
        course,
        Decimal("1.000"),
    )
    with pytest.raises(DomainError, match="cannot be set aside"):
        dismiss_proposal(one, reason="No policy.", actor=personas.principal.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardProposal.objects.filter(pk=one.pk).update(state=AwardProposalState.DISMISSED)
    answer = confirm_proposals([one], reason=REASON, actor=personas.principal.user)
    (decision,) = answer.decisions
    assert (decision.basis, decision.statute, decision.policy_version, decision.request) == (
        DecisionBasis.STATUTE,
        "RCW 28A.320.192(4)",
        None,
        None,
    )
    entry = LedgerEntry.objects.get()
    assert (entry.course, entry.credits_earned, entry.mark, entry.request) == (course, Decimal("1.000"), "P", None)
    assert Notification.objects.filter(user=personas.student.user, code="crediting.awarded").exists()
    assert listed(personas.district) == []


@pytest.mark.rule("R26", partial=True)
def test_where_several_courses_fit_the_decider_chooses(personas: Personas) -> None:
    first, second = (make_math(personas.district, title) for title in ("Basic Math", "Algebra"))
    make_institutional(personas.student.student)
    make_score(personas.student.student, "ged-math", level=None, met=True)
    (one,) = listed(personas.district)
    assert one.course is None
    answer = confirm_proposals([one], reason=REASON, actor=personas.principal.user)
    assert [problem.sentence for problem in answer.problems] == [
        "Open it and choose the course in which the credit is awarded."
    ]
    one.refresh_from_db()
    assert one.state == AwardProposalState.OPEN
    confirm_proposals([one], reason=REASON, actor=personas.principal.user, course=second)
    assert LedgerEntry.objects.get().course == second != first


@pytest.mark.rule("R26", partial=True)
def test_the_same_test_passed_again_is_owed_once(personas: Personas) -> None:
    make_math(personas.district, "Basic Math")
    make_institutional(personas.student.student)
    make_score(personas.student.student, "ged-math", level=None, met=True)
    (one,) = listed(personas.district)
    confirm_proposals([one], reason=REASON, actor=personas.principal.user)
    make_score(personas.student.student, "ged-math", level=None, met=True, taken_on=TAKEN + dt.timedelta(days=30))
    assert listed(personas.district) == []


@pytest.mark.rule("R26", partial=True)
def test_a_policy_may_give_more_than_the_statute(personas: Personas) -> None:
    ground = make_results_ground(personas.school, ged_credits="1.5")
    make_institutional(personas.student.student)
    make_score(personas.student.student, "ged-math", level=None, met=True)
    (one,) = listed(personas.district)
    confirm_proposals([one], reason=REASON, actor=personas.principal.user, course=ground.calculus)
    entry, decision = LedgerEntry.objects.get(), Decision.objects.get()
    assert (entry.credits_earned, decision.basis, decision.rule_code) == (
        Decimal("1.500"),
        DecisionBasis.STATUTE,
        "GED",
    )


# --- Taking back what a statute demanded ----------------------------------------------------------------------------


def owed_award(personas: Personas) -> Decision:
    make_math(personas.district, "Basic Math")
    make_institutional(personas.student.student)
    make_score(personas.student.student, "ged-math", level=None, met=True)
    return confirm_proposals(listed(personas.district), reason=REASON, actor=personas.principal.user).decisions[0]


@pytest.mark.rule("R26", "R31", partial=True)
def test_an_award_that_a_statute_demanded_is_reversed_and_stays_off_while_its_result_is_the_same(
    personas: Personas,
) -> None:
    decision = owed_award(personas)
    for persona in (personas.teacher, personas.counselor, personas.registrar, personas.student):
        with pytest.raises(NotAllowed):
            reverse_award(decision, reason="No", actor=persona.user)
    with pytest.raises(DomainError, match="Say why"):
        reverse_award(decision, reason=" ", actor=personas.principal.user)
    recorded = Recorded()
    first = reverse_award(decision, reason="Another student’s test.", actor=personas.principal.user)
    assert reverse_award(decision, reason="Again", actor=personas.principal.user) == first
    assert recorded.verbs == ["crediting.award.reversed"]
    assert LedgerEntry.objects.effective().count() == 0
    assert Notification.objects.filter(code="crediting.reversed", user=personas.student.user).count() == 1
    assert AwardProposal.objects.get().state == AwardProposalState.REVERSED
    assert listed(personas.district) == []
    ScoreRecord.objects.update(taken_on=TAKEN + dt.timedelta(days=1))
    (again,) = listed(personas.district)
    assert again.is_owed


@pytest.mark.rule("R26", partial=True)
def test_where_only_the_award_was_wrong_it_is_owed_again_at_once(personas: Personas) -> None:
    decision = owed_award(personas)
    browser = personas.principal.client()
    address = f"/decisions/{decision.public_id}/reverse/"
    page = browser.get(address).content.decode()
    assert "RCW 28A.320.192(4)" in page and "What was wrong?" in page
    assert browser.post(address, {"reason": "The wrong course."}).status_code == 422
    answer = browser.post(address, {"reason": "The wrong course.", "wrong": "award"}, follow=True)
    assert "The award is reversed." in answer.content.decode()
    (again,) = listed(personas.district)
    confirm_proposals([again], reason=REASON, actor=personas.principal.user)
    assert LedgerEntry.objects.effective().count() == 1
    assert personas.credit_manager.client().get("/award-proposals/?show=reversed").status_code == 200
