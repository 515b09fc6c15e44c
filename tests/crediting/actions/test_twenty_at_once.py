"""Twenty threads with twenty connections and one thing: one effect, a clear sentence for the others, sums that hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from crediting.actions.aggregation import remove_aggregation, set_aggregation
from crediting.actions.award_choices import record_choice
from crediting.actions.award_proposals import Confirmed, confirm_proposals
from crediting.actions.decisions import award_credit, reverse_award
from crediting.actions.evidence import discard_evidence
from crediting.actions.judgements import JudgedStandard, record_judgements
from crediting.actions.policy import NotReady, discard_draft, load_policy, publish_policy
from crediting.actions.policy_drafts import ChangedMeanwhile, change_part, change_text
from crediting.actions.proposals import check_hours, log_hours
from crediting.models import (
    ClassJudgement,
    CreditRequest,
    Decision,
    Evidence,
    HoursCheck,
    HoursEntry,
    Judgement,
    LedgerEntry,
    PolicyCourse,
    PolicyVersion,
    ProposalVersion,
    Scale,
)
from crediting.rules.aggregation import Aggregation
from crediting.rules.policy import document
from crediting.rules.policy.parts import Place, fingerprint
from crediting.states import Method, PolicyState, ProposalKind, ProposalState, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError
from mbl.core.models import AuditEvent
from profiles.states import Role
from tests.at_once import at_once
from tests.factories.award_proposals import TAKEN, listed, make_results_ground, make_score
from tests.factories.classes import make_class
from tests.factories.crediting import Ground, make_evidence, make_request
from tests.factories.policies import D4, fill_catalog
from tests.factories.procedures import PROPOSALS, make_procedure, make_proposal
from tests.factories.profiles import make_account_holder, make_role, make_section
from tests.personas import Personas

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TWENTY = range(20)


def audited(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def kinds(answers: list[Any]) -> Counter[type]:
    return Counter(type(answer) for answer in answers)


# --- Judging ----------------------------------------------------------------------------------------------------------


def test_twenty_presses_of_save_judge_each_standard_once(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    rows = [JudgedStandard(claim.standard, ground.level("proficient"), "Clear.") for claim in request.claims.all()]
    user = personas.teacher.user
    answers = at_once([lambda: record_judgements(request, rows=rows, actor=user) for _number in TWENTY])
    assert sorted(map(len, answers)) == [0] * 19 + [2]
    request.refresh_from_db()
    assert request.state == RequestState.ASSESSED
    assert Judgement.objects.count() == audited("crediting.judgement.recorded") == 2
    assert audited("crediting.request.assessed") == 1


@pytest.mark.rule("R36", partial=True)
def test_two_teachers_judge_one_student_in_two_classes_of_a_course_as_two_attempts(personas: Personas) -> None:
    """Each class is locked by itself; the attempts of a student who sits in both are counted across them."""
    first = make_class(personas)
    other = make_account_holder(personas.district, "Nora Vance")
    make_role(other, Role.TEACHER, personas.school)
    section = make_section(
        personas.school, course=first.ground.course, teacher=other, students=tuple(first.students), title="Geometry B"
    )
    second = type(first)(first.ground, section, other, first.students)
    (student,) = first.students

    def press(number: int) -> Callable[[], object]:
        where = (first, second)[number % 2]
        return lambda: where.judge({student: "proficient"}, title=f"Task of {where.section.title}")

    answers = at_once([press(number) for number in TWENTY])
    assert sum(len(one.written) for one in answers) == 2
    looks = ClassJudgement.objects.filter(student=student).order_by("attempt")
    assert [look.attempt for look in looks] == [1, 2]
    assert {look.task.section for look in looks} == {first.section, section}


# --- One pool ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R22", partial=True)
def test_lists_and_requests_that_draw_on_one_pool_together_never_exceed_it(personas: Personas) -> None:
    """One student, one pool of 1.0: ten who confirm the proposed Geometry, ten who decide the request for Algebra."""
    results = make_results_ground(personas.school)
    student = personas.student.student
    make_score(student, "sba-math", level=3)
    rows = {row.course: row for row in listed(personas.district)}
    geometry = record_choice(rows[results.geometry], actor=personas.student.user)
    request = CreditRequest.objects.create(
        district=student.district,
        student=student,
        school=personas.school,
        course=results.algebra,
        title="Algebra 1",
        method=Method.STATE_ASSESSMENT,
        chosen_by=personas.student.user,
        scale=Scale.objects.get(district=student.district),
        state=RequestState.ASSESSED,
        demonstrated_on=TAKEN,
    )
    users = (personas.credit_manager.user, personas.principal.user)

    def press(number: int) -> Callable[[], object]:
        user = users[number // 10]
        if number % 2:
            return lambda: confirm_proposals([geometry], reason="On file.", actor=user)
        fresh = CreditRequest.objects.get(pk=request.pk)
        return lambda: award_credit(fresh, reason="Shown.", actor=user)

    answers = at_once([press(number) for number in TWENTY])
    assert LedgerEntry.objects.aggregate(total=Sum("credits_earned"))["total"] == Decimal("1.000")
    assert Decision.objects.count() == LedgerEntry.objects.count() == audited("crediting.credit.awarded") == 1
    told = [str(one) for one in answers if isinstance(one, DomainError)]
    told += [problem.sentence for one in answers if isinstance(one, Confirmed) for problem in one.problems]
    assert told and all(told)


@pytest.mark.rule("R31", partial=True)
def test_twenty_reversals_are_one_and_the_record_sums_to_nothing(personas: Personas, ground: Ground) -> None:
    make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        RequestState.AWARDED,
        decider=personas.credit_manager.user,
    )
    users = (personas.credit_manager.user, personas.principal.user)

    def press(number: int) -> Callable[[], list[LedgerEntry]]:
        fresh = Decision.objects.select_related("request", "district").get()
        return lambda: reverse_award(fresh, reason=f"Pressed by {number}", actor=users[number % 2])

    answers = at_once([press(number) for number in TWENTY])
    assert {tuple(one.pk for one in answer) for answer in answers} == {
        tuple(LedgerEntry.objects.filter(kind="reversal").values_list("pk", flat=True))
    }
    assert LedgerEntry.objects.count() == 2 and audited("crediting.award.reversed") == 1
    assert LedgerEntry.objects.aggregate(total=Sum("credits_earned"))["total"] == 0


# --- Policies ---------------------------------------------------------------------------------------------------------


def drafts(personas: Personas, *series: str) -> list[PolicyVersion]:
    fill_catalog(personas.district)
    return [
        load_policy(personas.district, text=D4.replace('series: "2403"', f'series: "{one}"'), actor=None).version
        for one in series
    ]


@pytest.mark.rule("R3", partial=True)
def test_of_four_overlapping_drafts_pressed_five_times_each_one_is_published(personas: Personas) -> None:
    versions = drafts(personas, "2403", "2404", "2405", "2406")

    def press(number: int) -> Callable[[], PolicyVersion]:
        fresh = PolicyVersion.objects.get(pk=versions[number % 4].pk)
        return lambda: publish_policy(fresh, actor=None)

    answers = at_once([press(number) for number in TWENTY])
    assert kinds(answers) == {PolicyVersion: 5, NotReady: 15}
    published = PolicyVersion.objects.get(state=PolicyState.PUBLISHED)
    assert set(PolicyCourse.objects.values_list("version", flat=True)) == {published.pk}
    assert audited("crediting.policy.published") == 1
    assert all(str(answer) for answer in answers if isinstance(answer, NotReady))


def test_of_twenty_who_save_one_part_of_a_draft_one_is_kept_and_the_others_are_told(personas: Personas) -> None:
    (draft,) = drafts(personas, "2403")
    place = Place("text")
    seen = fingerprint(place.of(document.read(draft.source).value))
    user = personas.administrator.user
    answers = at_once(
        [
            partial(change_part, draft, place, {"text": f"As {number} wrote it."}, seen=seen, actor=user)
            for number in TWENTY
        ]
    )
    assert kinds(answers) == {PolicyVersion: 1, ChangedMeanwhile: 19}
    draft.refresh_from_db()
    assert audited("crediting.policy.drafted") == 2  # loaded, and changed once


def test_a_draft_published_changed_and_thrown_away_at_once_is_one_of_these(personas: Personas) -> None:
    (draft,) = drafts(personas, "2403")
    other = draft.source.replace("title:", "# Changed\ntitle:", 1)
    user = personas.administrator.user
    acts: tuple[Callable[[], object], ...] = (
        lambda: publish_policy(draft, actor=user),
        lambda: change_text(draft, other, seen=draft.sha256, actor=user),
        lambda: discard_draft(draft, actor=user),
        lambda: discard_draft(draft, actor=user),
    )
    answers = at_once([acts[number % 4] for number in TWENTY])
    assert all(isinstance(answer, PolicyVersion | DomainError | None) for answer in answers)
    left = PolicyVersion.objects.filter(pk=draft.pk).first()
    if left is None:
        assert not PolicyCourse.objects.exists() and audited("crediting.policy.published") == 0
        assert audited("crediting.policy.discarded") == 1
    else:
        assert left.state == PolicyState.PUBLISHED and audited("crediting.policy.published") == 1
        assert PolicyCourse.objects.filter(version=left).exists()
        assert audited("crediting.policy.discarded") == 0


# --- Hours, and what is thrown away -----------------------------------------------------------------------------------


def test_twenty_who_write_and_check_hours_leave_one_day_and_one_check(personas: Personas) -> None:
    make_procedure(personas.district, proposals=PROPOSALS)
    reviewer = personas.counselor.user
    version = make_proposal(personas.student.student, ProposalState.DRAFT, kind=ProposalKind.PAID_WORK, begins_in=-9)
    ProposalVersion.objects.filter(pk=version.pk).update(state=ProposalState.APPROVED, sent_at=clock.now())
    today = clock.today(personas.district)
    proposal, user = version.proposal, personas.student.user
    day = today - dt.timedelta(days=1)
    at_once([lambda: log_hours(proposal, day=day, hours=Decimal(8), done="Nets.", actor=user) for _number in TWENTY])
    assert HoursEntry.objects.get().hours == 8 and audited("crediting.hours.logged") == 1
    at_once([lambda: check_hours(proposal, through=day, note="Seen.", actor=reviewer) for _number in TWENTY])
    assert HoursCheck.objects.count() == audited("crediting.hours.checked") == 1


def test_what_is_thrown_away_twenty_times_is_gone_once(personas: Personas) -> None:
    piece = make_evidence(personas.student.student)
    (draft,) = drafts(personas, "2403")
    first = clock.today(personas.district) + dt.timedelta(days=9)
    (rule,) = set_aggregation(personas.district, subjects=["math"], terms=Aggregation(), starts_on=first, actor=None)
    student, administrator = personas.student.user, personas.administrator.user
    acts: tuple[Callable[[], object], ...] = (
        lambda: discard_evidence(piece, actor=student),
        lambda: discard_draft(draft, actor=administrator),
        lambda: remove_aggregation(rule, actor=administrator),
    )
    assert at_once([acts[number % 3] for number in range(21)]) == [None] * 21
    assert not Evidence.objects.exists() and not PolicyVersion.objects.exists()
    assert audited("crediting.evidence.discarded") == audited("crediting.policy.discarded") == 1
    assert audited("crediting.aggregation.removed") == 1
