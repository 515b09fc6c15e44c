"""What a listed award leaves to the student: mark, amount, course, or not at all; until when, who writes it down."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.utils import translation
from django.utils.formats import date_format

from crediting.actions.award_choices import decline_award, record_choice, remind_of_choices
from crediting.actions.award_proposals import confirm_proposals, look_through
from crediting.models import AwardProposal, LedgerEntry, ProposalRun
from crediting.queries.award_choices import choosing
from crediting.rules.basis import thaw
from crediting.states import AwardProposalState
from crediting.tasks import remind_all
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification, User
from tests.at_once import at_once
from tests.crediting.pages import text_of
from tests.crediting.recorded import Recorded
from tests.factories.award_proposals import ResultsGround, listed, make_results_ground, make_score
from tests.personas import Personas

pytestmark = pytest.mark.django_db
REASON = "The result is on file."
MARKS = "choice: [P, {value: A, basis: The exam}]"


def deadline(day: dt.date) -> str:
    return f"deadlines: [{{code: marks, title: Marks, windows: [{{month: {day.month}, day: {day.day}}}]}}]"


def make_choice(personas: Personas, *, days: int | None = 10, default: str = "", **ground: str) -> ResultsGround:
    """Northfield leaves the mark to the student until so many days from now; Southport has the same and a student."""
    today = clock.today(personas.district)
    by = ", choose_by: marks" if days is not None else ""
    ground.setdefault("ap_mark", f"mark: {{{f'default: {default}, ' if default else ''}{MARKS}{by}}}")
    if days is not None:
        ground["deadlines"] = deadline(today + dt.timedelta(days=days))
    taken = today - dt.timedelta(days=60)
    make_results_ground(personas.other_school, **ground)
    make_score(personas.other_district_student.student, taken_on=taken)
    made = make_results_ground(personas.school, **ground)
    make_score(personas.student.student, taken_on=taken)
    return made


@pytest.mark.rule("R35", "R32", partial=True)
def test_a_mark_is_chosen_by_the_policys_day_and_student_and_family_are_told_of_it(personas: Personas) -> None:
    make_choice(personas, days=10)
    (one,) = listed(personas.district)
    today = clock.today(personas.district)
    assert (one.choice, one.mark, one.choose_by) == ("mark", "", today + dt.timedelta(days=10))
    told = Notification.objects.filter(code__startswith="crediting.choose_by")
    assert set(told.values_list("user", flat=True)) == {personas.student.user.pk, personas.family.user.pk}
    assert [option.mark for option in choosing(one, on=today).options] == ["P", "A"]
    recorded = Recorded()
    record_choice(one, mark="A", actor=personas.student.user)
    record_choice(one, mark="A", actor=personas.student.user)
    assert recorded.verbs == ["crediting.award_proposal.chosen"]
    look_through(personas.district)
    answer = confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    assert answer.problems == []
    facts = thaw(answer.decisions[0].frozen_basis).facts
    assert facts is not None and (facts.mark_wanted, facts.mark_chosen_on) == ("A", today)
    assert LedgerEntry.objects.get().mark == "A"


@pytest.mark.rule("R35", partial=True)
def test_the_policys_own_mark_stands_after_the_last_day_and_not_before(personas: Personas) -> None:
    make_choice(personas, days=10, default="P")
    (one,) = listed(personas.district)
    assert (one.choice, one.mark, one.waits_for_student) == ("mark", "P", True)
    assert confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user).decisions == []
    AwardProposal.objects.update(choose_by=clock.today(personas.district) - dt.timedelta(days=1))
    one.refresh_from_db()
    with pytest.raises(DomainError, match="The last day to choose was"):
        record_choice(one, mark="A", actor=personas.student.user)
    confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    assert LedgerEntry.objects.get().mark == "P"


def test_a_mark_without_a_last_day_waits_for_nobody_and_can_still_be_chosen(personas: Personas) -> None:
    make_choice(personas, days=None, default="P")
    (one,) = listed(personas.district)
    assert not one.waits_for_student
    record_choice(one, mark="A", actor=personas.student.user)
    confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    assert LedgerEntry.objects.get().mark == "A"


def test_after_the_last_day_nothing_is_listed_that_nobody_can_choose_any_more(personas: Personas) -> None:
    make_choice(personas, days=-5)
    assert listed(personas.district) == []


@pytest.mark.rule("R36", partial=True)
def test_a_counselor_writes_down_what_was_said_in_time_and_the_student_is_told(personas: Personas) -> None:
    make_choice(personas, days=10)
    (one,) = listed(personas.district)
    today = clock.today(personas.district)
    with pytest.raises(DomainError, match="lies ahead"):
        record_choice(one, mark="A", said_on=today + dt.timedelta(days=1), actor=personas.counselor.user)
    AwardProposal.objects.update(choose_by=today - dt.timedelta(days=1))
    said = today - dt.timedelta(days=3)
    row = record_choice(one, mark="A", said_on=said, actor=personas.counselor.user)
    assert (row.chosen_by, row.chosen_on) == (personas.counselor.user, said)
    assert Notification.objects.filter(code="crediting.chosen_for", user=personas.student.user).exists()
    for persona in (personas.teacher, personas.family, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            record_choice(one, mark="P", actor=persona.user)


def test_the_amount_is_the_students_up_to_what_the_policy_gives(personas: Personas) -> None:
    make_choice(personas, days=None, ap_mark="mark: P", ap_credit="as_requested: true, up_to: course")
    (one,) = listed(personas.district)
    assert (one.choice, one.credits, one.mark, one.waits_for_student) == ("amount", Decimal("1.000"), "P", True)
    for wrong in (None, Decimal("0"), Decimal("1.5")):
        with pytest.raises(DomainError, match="Choose how much credit"):
            record_choice(one, credits=wrong, actor=personas.student.user)
    record_choice(one, credits=Decimal("0.5"), actor=personas.student.user)
    assert confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user).problems == []
    assert LedgerEntry.objects.get().credits_earned == Decimal("0.500")


def test_what_the_student_does_not_want_is_not_awarded_and_can_be_wanted_again(personas: Personas) -> None:
    make_choice(personas, days=10)
    (one,) = listed(personas.district)
    recorded = Recorded()
    decline_award(one, reason="I take the course.", actor=personas.student.user)
    decline_award(one, actor=personas.student.user)
    assert recorded.verbs == ["crediting.award_proposal.declined"]
    assert listed(personas.district) == []
    answer = confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    assert [problem.sentence for problem in answer.problems] == ["The student does not want this credit."]
    row = record_choice(one, mark="P", actor=personas.student.user)
    assert (row.state, row.reason) == (AwardProposalState.OPEN, "")
    assert len(confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user).decisions) == 1


@pytest.mark.rule("EC5", partial=True)
def test_another_course_takes_the_place_of_the_first_choice(personas: Personas) -> None:
    make_results_ground(personas.other_school)
    make_results_ground(personas.school)
    make_score(personas.student.student, "sba-math", level=3)
    algebra, geometry = listed(personas.district)
    record_choice(algebra, actor=personas.student.user)
    record_choice(geometry, actor=personas.student.user)
    algebra.refresh_from_db()
    geometry.refresh_from_db()
    assert (algebra.is_chosen, geometry.is_chosen) == (False, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_tabs_that_choose_two_courses_leave_one_choice(personas: Personas) -> None:
    make_results_ground(personas.school)
    make_score(personas.student.student, "sba-math", level=3)
    rows = listed(personas.district)
    at_once([partial(record_choice, row, actor=personas.student.user) for row in rows * 5])
    assert AwardProposal.objects.filter(chosen_by__isnull=False).count() == 1


@pytest.mark.rule("R35", "R22", partial=True)
def test_a_limit_on_a_mark_in_a_period_closes_that_mark(personas: Personas) -> None:
    today = clock.today(personas.district)
    term = f"calendar: [{{kind: term, from: {today - dt.timedelta(days=90)}, to: {today}}}]"
    make_results_ground(personas.other_school)
    ground = make_results_ground(
        personas.school,
        ap_mark=f"mark: {{{MARKS}}}",
        deadlines=term,
        pool="2.0",
        extra_cap="{code: LETTERS, of: {marks: [A]}, at_most: 1, counting: awards, per: term, then: refuse}",
    )
    student = personas.student.student
    make_score(student, taken_on=today)
    (one,) = listed(personas.district)
    record_choice(one, mark="A", actor=personas.student.user)
    confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    make_score(student, "ap-second", taken_on=today)
    (second,) = listed(personas.district)
    assert second.course == ground.geometry
    closed = {option.mark: bool(option.why_not) for option in choosing(second, on=today).options}
    assert closed == {"P": False, "A": True}
    with pytest.raises(DomainError, match="This cannot be chosen"):
        record_choice(second, mark="A", actor=personas.student.user)


# --- A last day for course and amount, and the reminder of it ---------------------------------------------------------


def make_amount(personas: Personas, days: int) -> ResultsGround:
    """Northfield leaves the amount to the student until so many days from now."""
    today = clock.today(personas.district)
    ground = make_results_ground(
        personas.school,
        ap_credit="as_requested: true, up_to: 1.0",
        ap_mark="mark: P\n    choose_by: marks",
        deadlines=deadline(today + dt.timedelta(days=days)),
    )
    make_score(personas.student.student, taken_on=today - dt.timedelta(days=60))
    return ground


@pytest.mark.rule("R35", partial=True)
def test_an_amount_is_chosen_by_the_policys_day_and_lapses_after_it(personas: Personas) -> None:
    make_amount(personas, days=10)
    (one,) = listed(personas.district)
    today = clock.today(personas.district)
    assert (one.choice, one.choose_by) == ("amount", today + dt.timedelta(days=10))
    assert Notification.objects.filter(code="crediting.choose_by", user=personas.student.user).count() == 1
    page = text_of(personas.student.client().get(f"/award-choices/{one.public_id}/"))
    assert "After that it cannot be awarded any more." in page
    AwardProposal.objects.update(choose_by=today - dt.timedelta(days=1))
    with pytest.raises(DomainError, match="The last day to choose was"):
        record_choice(one, credits=Decimal("0.5"), actor=personas.student.user)
    # Staff write down what was said in time, and what was said in time counts.
    said_on = today - dt.timedelta(days=2)
    record_choice(one, credits=Decimal("0.5"), said_on=said_on, actor=personas.counselor.user)
    answer = confirm_proposals([one], reason=REASON, actor=personas.credit_manager.user)
    criteria = {one.code for one in thaw(answer.decisions[0].frozen_basis).criteria}
    assert answer.problems == [] and "choice" in criteria
    assert LedgerEntry.objects.get().credits_earned == Decimal("0.500")


def test_nothing_is_listed_once_the_day_for_the_amount_has_passed(personas: Personas) -> None:
    make_amount(personas, days=10)
    (one,) = listed(personas.district)
    AwardProposal.objects.update(choose_by=clock.today(personas.district) - dt.timedelta(days=1), facts_hash="changed")
    look_through(personas.district)
    one.refresh_from_db()
    assert one.state == AwardProposalState.STALE and one.reason == "Nobody chose by the last day."


def test_a_choice_of_course_has_the_day_of_its_rule(personas: Personas) -> None:
    today = clock.today(personas.district)
    by = today + dt.timedelta(days=10)
    make_results_ground(personas.school, state_more="choose_by: marks", deadlines=deadline(by))
    make_score(personas.student.student, instrument="sba-math", taken_on=today - dt.timedelta(days=60))
    assert [(row.choice, row.choose_by) for row in listed(personas.district)] == [("course", by)] * 2


@pytest.mark.rule("R32", partial=True)
def test_student_and_family_are_reminded_once_in_their_language(personas: Personas) -> None:
    make_amount(personas, days=6)
    (one,) = listed(personas.district)
    # Listed just now: the notice of it says the day. It is not said again on its heels.
    assert remind_of_choices(personas.district) == 0
    User.objects.filter(pk=personas.family.user.pk).update(language="es")
    ProposalRun.objects.update(began_at=clock.now() - dt.timedelta(days=20))
    assert remind_of_choices(personas.district) == 1
    remind_of_choices(personas.district)
    remind_all()
    told = Notification.objects.filter(code__startswith="crediting.choose_soon")
    assert sorted(told.values_list("user", flat=True)) == sorted([personas.student.user.pk, personas.family.user.pk])
    assert one.choose_by is not None
    with translation.override("es"):
        day = date_format(one.choose_by, "DATE_FORMAT")
    assert day in told.get(user=personas.family.user).text
    assert not Notification.objects.filter(
        user=personas.other_district_student.user, code__startswith="crediting.choose_soon"
    )


def test_what_is_chosen_or_far_off_is_not_reminded_of(personas: Personas) -> None:
    make_amount(personas, days=6)
    (one,) = listed(personas.district)
    ProposalRun.objects.update(began_at=clock.now() - dt.timedelta(days=20))
    record_choice(one, credits=Decimal("0.5"), actor=personas.student.user)
    assert remind_of_choices(personas.district) == 0
    today = clock.today(personas.district)
    AwardProposal.objects.update(chosen_by=None, chosen_on=None, choose_by=today + dt.timedelta(days=8))
    assert remind_of_choices(personas.district) == 0
