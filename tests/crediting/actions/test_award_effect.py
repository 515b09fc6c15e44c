"""What an award rests on after it is made: when it counts, what the try costs, what has to go on holding."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crediting.actions.award_reviews import keep_award, review_awards
from crediting.actions.confirmed import confirm_facts
from crediting.actions.decisions import award_credit, reverse_award
from crediting.models import AwardReview, CreditRequest, LedgerEntry
from crediting.queries.confirmed import confirmed_lines
from crediting.queries.decisions import deliberate
from crediting.queries.ledger import awarded_for_later, credits_by_subject
from crediting.queries.requests import terms_for, ways_for
from crediting.rules.basis import thaw
from crediting.rules.left_open import Statement
from crediting.states import AwardReviewState, RequestState
from hsbp.queries.progress import progress_of
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from profiles.models import SectionEnrollment
from tests.at_once import at_once
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_ground, make_request
from tests.factories.profiles import make_course, make_section, make_student
from tests.personas import Personas
from transcripts.queries.student_record import student_record

pytestmark = pytest.mark.django_db
REASON = "Every standard is shown."
GIVES = ("credit: {up_to: 1.0}", "mark: P")


def assessed(ground: Ground, personas: Personas) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)


# --- When it counts -------------------------------------------------------------------------------------------------


@pytest.mark.rule("R31", "R38", partial=True)
def test_an_award_at_the_end_of_a_period_counts_from_that_day(personas: Personas) -> None:
    today = clock.today(personas.district)
    last = today + dt.timedelta(days=40)
    term = f"calendar: [{{kind: term, from: {today - dt.timedelta(days=40)}, to: {last}}}]\n"
    ground = make_ground(personas.school, gives=(*GIVES, "effective: {end_of: term}"), declares=term)
    make_ground(personas.other_school)
    student = personas.student.student
    decision = award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    entry = LedgerEntry.objects.get()
    assert (entry.effective_on, entry.earned_on) == (last, last)
    award = thaw(decision.frozen_basis).award
    assert award is not None and award.effective_on == last
    assert credits_by_subject(student) == () and awarded_for_later(student) == [entry]
    assert progress_of(student).earned == 0
    now = student_record(student, on=today)
    assert now.lines == () and "left_out.not_in_effect" in [one.code for one in now.left_out]
    assert len(student_record(student, on=last).lines) == 1
    page = personas.student.client().get("/credits/").content.decode()
    assert "Awarded, and counts later" in page
    # It stands all the same: no second credit in the course.
    assert not deliberate(make_request(ground, student, personas.teacher.person)).outcome.is_award


# --- What it costs --------------------------------------------------------------------------------------------------


def settle(request: CreditRequest, personas: Personas, answer: str, source: str = "Receipt 4711") -> None:
    (line,) = confirmed_lines(request, ways_for(request), terms_for(request))
    confirm_facts(request, [Statement(line.asked, answer, source)], actor=personas.credit_manager.user)


@pytest.mark.parametrize("answer", ["paid", "waived"])
def test_a_fee_before_the_decision_is_paid_or_waived_with_its_source(personas: Personas, answer: str) -> None:
    ground = make_ground(personas.school, gives=(*GIVES, "fee: {amount: 25, before_decision: true}"))
    request = assessed(ground, personas)
    assert [one.code for one in deliberate(request).outcome.missing] == ["fee.due"]
    page = personas.student.client().get(f"/requests/{request.public_id}/").content.decode()
    assert "Fee of $25.00" in page and "Not confirmed yet" in page
    with pytest.raises(DomainError, match="Say from which document"):
        settle(request, personas, answer, " ")
    with pytest.raises(DomainError, match="cannot have this value"):
        settle(request, personas, "forgotten")
    settle(request, personas, answer)
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    (said,) = thaw(decision.frozen_basis).confirmed
    assert (said.kind, said.value, said.source) == ("fee", answer, "Receipt 4711")


def test_a_first_attempt_can_be_free_and_a_fee_holds_up_no_assessment(personas: Personas) -> None:
    fee = "fee: {amount: 25, before_decision: true, first_free: true}"
    ground = make_ground(personas.school, gives=(*GIVES, fee))
    request = assessed(ground, personas)
    assert request.state == RequestState.ASSESSED and deliberate(request).outcome.is_award
    page = personas.student.client().get(f"/requests/{request.public_id}/").content.decode()
    assert "a first attempt is free" in page


# --- What has to go on ----------------------------------------------------------------------------------------------


def kept_while(personas: Personas, more: str = "if_broken: review") -> tuple[Ground, SectionEnrollment, CreditRequest]:
    """An award that stands while the student is enrolled in a course, which they are; Southport has one too."""
    along = make_course(personas.district, "Physics")
    make_ground(personas.other_school)
    lines = (*GIVES, f"keeps_while: [{{enrolled: {{any_of: [{along.code}]}}}}]", more)
    ground = make_ground(personas.school, gives=lines)
    make_section(personas.school, course=along, students=(personas.student.student,))
    request = assessed(ground, personas)
    award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    return ground, SectionEnrollment.objects.get(section__course=along), request


def leave(seat: SectionEnrollment) -> None:
    seat.ends_on = clock.today(seat.student.district) - dt.timedelta(days=1)
    seat.starts_on = seat.ends_on - dt.timedelta(days=30)
    seat.save()


@pytest.mark.rule("R31", partial=True)
def test_what_no_longer_holds_is_listed_once_and_can_be_kept(personas: Personas) -> None:
    _ground, seat, _request = kept_while(personas)
    assert review_awards(personas.district) == 0
    leave(seat)
    recorded = Recorded()
    assert review_awards(personas.district) == 1 and review_awards(personas.district) == 0
    assert recorded.verbs == ["crediting.award_review.found"]
    row = AwardReview.objects.get()
    assert [one["code"] for one in row.reasons] == ["enrolled.not_now"]
    told = Notification.objects.filter(code="crediting.to_review").values_list("user", flat=True)
    assert set(told) == {personas.credit_manager.user.pk, personas.principal.user.pk}
    assert LedgerEntry.objects.effective().count() == 1  # nothing is taken back by itself
    for persona in (personas.teacher, personas.counselor):
        with pytest.raises(NotAllowed):
            keep_award(row, reason="No", actor=persona.user)
    with pytest.raises(DomainError, match="Say why"):
        keep_award(row, reason=" ", actor=personas.principal.user)
    keep_award(row, reason="A new class follows.", actor=personas.principal.user)
    keep_award(row, reason="Again", actor=personas.principal.user)
    row.refresh_from_db()
    assert (row.state, row.answer) == (AwardReviewState.KEPT, "A new class follows.")
    assert review_awards(personas.district) == 0


def test_what_holds_again_is_settled_and_a_reversal_answers(personas: Personas) -> None:
    _ground, seat, request = kept_while(personas, "if_broken: revoke")
    leave(seat)
    review_awards(personas.district)
    assert AwardReview.objects.get().revokes
    seat.ends_on = None
    seat.save()
    review_awards(personas.district)
    assert AwardReview.objects.get().state == AwardReviewState.HOLDS
    leave(seat)
    review_awards(personas.district)
    row = AwardReview.objects.get(state=AwardReviewState.OPEN)
    browser = personas.principal.client()
    page = browser.get(f"/award-reviews/{row.public_id}/").content.decode()
    assert "What no longer holds" in page and f"/decisions/{row.decision.public_id}/reverse/?why=" in page
    assert row.decision.request == request
    reverse_award(row.decision, reason="No longer enrolled.", actor=personas.principal.user)
    row.refresh_from_db()
    assert row.state == AwardReviewState.REVERSED
    assert review_awards(personas.district) == 0


def test_what_stands_whatever_happens_is_not_looked_at(personas: Personas) -> None:
    _ground, seat, _request = kept_while(personas, "if_broken: stands")
    leave(seat)
    assert review_awards(personas.district) == 0


def test_the_list_takes_the_same_trips_for_one_and_for_twenty_five(personas: Personas) -> None:
    _ground, seat, _request = kept_while(personas)
    leave(seat)
    review_awards(personas.district)
    browser = personas.principal.client()
    browser.get("/award-reviews/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/award-reviews/")
    row = AwardReview.objects.get()
    for number in range(29):
        AwardReview.objects.create(
            district=row.district,
            school=row.school,
            student=make_student(personas.school, f"Student {number}"),
            decision=row.decision,
            reasons=row.reasons,
            revokes=False,
            found_at=row.found_at,
            state=AwardReviewState.KEPT,
        )
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/award-reviews/?show=kept").content.decode()
    assert len(many) == len(few) and page.count("Student 1") > 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_looks_at_once_list_it_once(personas: Personas) -> None:
    _ground, seat, _request = kept_while(personas)
    leave(seat)
    assert sum(at_once([partial(review_awards, personas.district)] * 6)) == 1
    assert AwardReview.objects.count() == 1


# --- What else is gathered ------------------------------------------------------------------------------------------


def test_the_minute_of_the_sending_and_the_mark_of_earlier_awards_are_known(personas: Personas) -> None:
    ground = make_ground(personas.school)
    request = assessed(ground, personas)
    facts = deliberate(request).facts
    assert facts.submitted_on == clock.today(personas.district) and isinstance(facts.submitted_at, dt.time)
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    frozen = thaw(decision.frozen_basis).facts
    assert frozen is not None and frozen.submitted_at == facts.submitted_at
    other = make_request(make_ground(personas.school, scale=ground.scale), personas.student.student,
                         personas.teacher.person)  # fmt: skip
    assert [(one.mark, one.credits) for one in deliberate(other).facts.awards] == [("P", Decimal("1.000"))]
