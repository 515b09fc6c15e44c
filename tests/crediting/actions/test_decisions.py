"""Deciding: award, refuse, reverse, decide anew; by whom, once, and with everything it rested on."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from crediting.actions.decisions import AlreadyDecided, award_credit, refuse_credit, reverse_award
from crediting.actions.designations import confirm_letters
from crediting.actions.judgements import JudgedStandard, confirm_result, record_judgements
from crediting.actions.policy import close_policy, load_policy, publish_policy
from crediting.models import CourseTerms, CreditRequest, Decision, LedgerEntry
from crediting.queries.ledger import credits_by_subject, credits_earned
from crediting.rules.basis import freeze, thaw
from crediting.rules.designations import Letter
from crediting.states import DecisionKind, EntryKind, Method, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, InvalidTransition, NotAllowed
from mbl.core.models import Notification
from profiles.models import Relationship
from profiles.states import RelationshipKind, Role
from tests.crediting.recorded import Recorded
from tests.factories.crediting import Ground, make_course_row, make_evidence, make_ground, make_request
from tests.factories.profiles import make_account_holder, make_role
from tests.personas import Personas

pytestmark = pytest.mark.django_db
REASON = "Every standard is shown."


def assessed(ground: Ground, personas: Personas, **fields: Any) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED, **fields)


# --- Award ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R7")
@pytest.mark.rule("R35", partial=True)
def test_an_award_writes_one_decision_and_one_line_and_records_who_and_why(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    recorded = Recorded()
    decision = award_credit(request, reason=f" {REASON} ", actor=personas.credit_manager.user)
    assert (decision.kind, decision.reason, decision.two_roles) == (DecisionKind.AWARD, REASON, True)
    assert decision.policy_version == ground.version
    assert decision.rule_code == f"{ground.course.code}-local"
    assert decision.decided_by_person == personas.credit_manager.person
    entry = LedgerEntry.objects.get()
    today = clock.today(personas.district)
    assert (entry.kind, entry.credits_earned, entry.mark, entry.is_numeric) == ("mastery", Decimal("1.000"), "P", False)
    assert (entry.course_code, entry.course_title, entry.subject) == (ground.course.code, "Geometry", "math")
    assert (entry.school_name, entry.school_year, entry.grade) == (
        "Northfield High School",
        clock.school_year(today),
        "10",
    )
    assert (entry.decision, entry.request, entry.method) == (decision, request, "LOCAL_ASSESSMENT")
    request.refresh_from_db()
    assert request.state == RequestState.AWARDED and request.closed_at is not None
    (event,) = recorded.events
    assert (event.verb, event.payload) == (
        "crediting.credit.awarded",
        {
            "course": "Geometry",
            "credits": "1.0",
            "mark": "P",
            "policy": str(ground.version),
            "rule": f"{ground.course.code}-local",
            "reason": REASON,
        },
    )


@pytest.mark.rule("R32")
def test_student_and_family_learn_of_credits_and_mark_each_in_their_language(
    personas: Personas, ground: Ground
) -> None:
    family = personas.family.user
    family.language = "es"
    family.save()
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    own = Notification.objects.get(user=personas.student.user, code="crediting.awarded")
    child = Notification.objects.get(user=family, code="crediting.awarded_child")
    assert own.text == "You earned 1.0 credits in Geometry. It is on your record with the mark P."
    assert (child.language, child.params["student"], child.params["credits"], child.params["mark"]) == (
        "es",
        "Sofia Ramirez",
        "1.0",
        "P",
    )
    assert own.url == child.url == f"/decided/{Decision.objects.get().public_id}/"


def test_the_teachers_relationship_ends_with_the_decision(personas: Personas, ground: Ground) -> None:
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    assert not Relationship.objects.filter(kind=RelationshipKind.ASSESSOR, ends_on=None).exists()


def test_pressing_award_twice_awards_once_with_the_same_answer(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    first = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    recorded = Recorded()
    second = award_credit(request, reason="Pressed again", actor=personas.credit_manager.user)
    assert second == first and LedgerEntry.objects.count() == 1 and recorded.verbs == []


def test_the_second_person_is_told_who_decided_and_when(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    for act in (award_credit, refuse_credit):
        with pytest.raises(AlreadyDecided) as told:
            act(request, reason="Me too", actor=personas.principal.user)
        assert told.value.message.startswith("Chris Moreno awarded this credit on ")
        assert told.value.status == 409
    assert Decision.objects.count() == 1


def test_an_award_needs_a_reason(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    for act in (award_credit, refuse_credit):
        with pytest.raises(DomainError, match="Say why") as refused:
            act(request, reason="  ", actor=personas.credit_manager.user)
        assert refused.value.field == "reason"
    assert not Decision.objects.exists()


def test_what_the_policy_does_not_allow_cannot_be_awarded_and_every_gap_is_named(
    personas: Personas, ground: Ground
) -> None:
    request = assessed(ground, personas, levels=("proficient", "developing"))
    recorded = Recorded()
    with pytest.raises(DomainError, match="does not allow this award") as refused:
        award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    assert f"{ground.standards[1].code}: Developing so far. Asked for: Proficient." in refused.value.message
    assert not LedgerEntry.objects.exists() and recorded.verbs == []


def test_what_is_not_assessed_yet_cannot_be_awarded(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    with pytest.raises((DomainError, InvalidTransition)):
        award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    assert not Decision.objects.exists()


@pytest.mark.rule("R36", "T25")
def test_a_recovered_attempt_stays_as_it_was_and_is_named(personas: Personas, ground: Ground) -> None:
    failed = make_course_row(personas.student.student, ground.course)
    before = LedgerEntry.objects.filter(pk=failed.pk).values().get()
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    entry = LedgerEntry.objects.get(kind=EntryKind.MASTERY)
    assert entry.recovers == failed
    assert LedgerEntry.objects.filter(pk=failed.pk).values().get() == before
    assert Decision.objects.get().frozen_basis["recovered"]["mark"] == "F"


@pytest.mark.rule("R29", partial=True)
def test_the_same_evidence_earns_credit_in_a_course_once(personas: Personas) -> None:
    ground = make_ground(personas.school)
    # The rule gives up to one credit, so the course itself is not full after the first award.
    CourseTerms.objects.filter(course=ground.course).update(credits=Decimal("2.000"))
    evidence = make_evidence(personas.student.student)
    first = assessed(ground, personas, evidence=[evidence])
    decision = award_credit(first, reason=REASON, actor=personas.credit_manager.user)
    assert str(evidence.public_id) in decision.frozen_basis["evidence_used"]
    second = assessed(ground, personas, evidence=[evidence])
    with pytest.raises(DomainError) as refused:
        award_credit(second, reason=REASON, actor=personas.credit_manager.user)
    assert refused.value.message == (
        "The policy does not allow this award. Some of this evidence has already counted in "
        f"{ground.course.code}. It counts once for a course."
    )


# --- Who --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R10b")
def test_with_two_roles_the_person_who_alone_assessed_cannot_award(personas: Personas) -> None:
    ground = make_ground(personas.school, roles=("credit_manager", "teacher"))
    make_role(personas.teacher.person, Role.CREDIT_MANAGER, personas.school)
    request = assessed(ground, personas)
    with pytest.raises(NotAllowed, match="You alone assessed this work"):
        award_credit(request, reason=REASON, actor=personas.teacher.user)
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    assert decision.two_roles is True


@pytest.mark.rule("R10b")
def test_with_two_roles_off_the_assessing_teacher_awards_and_the_record_says_so(
    personas: Personas, ground_of_one: Ground
) -> None:
    request = assessed(ground_of_one, personas)
    decision = award_credit(request, reason=REASON, actor=personas.teacher.user)
    basis = thaw(decision.frozen_basis)
    assert (decision.two_roles, decision.decided_by_person) == (False, personas.teacher.person)
    assert (basis.two_roles, basis.decided_by, basis.decider_roles) == (False, "Tomas Reed", ("teacher",))
    assert {judgement.assessor for judgement in basis.judgements} == {"Tomas Reed"}


@pytest.mark.rule("R10b")
def test_a_school_may_have_its_own_approval(personas: Personas) -> None:
    alone = f"{{{personas.school.code}: {{roles: [teacher], two_roles: false}}}}"
    ground = make_ground(personas.school, schools=alone)
    decision = award_credit(assessed(ground, personas), reason=REASON, actor=personas.teacher.user)
    assert decision.two_roles is False


@pytest.mark.rule("R10b")
def test_only_roles_that_the_policy_names_decide(personas: Personas) -> None:
    ground = make_ground(personas.school, roles=("principal",))
    request = assessed(ground, personas)
    with pytest.raises(NotAllowed, match="This is decided by: principal"):
        award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    award_credit(request, reason=REASON, actor=personas.principal.user)


def test_nobody_else_decides(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    other_school_manager = make_account_holder(personas.other_district, "Stella Moreno")
    make_role(other_school_manager, Role.CREDIT_MANAGER, personas.other_school)
    for user in (
        personas.student.user,
        personas.family.user,
        personas.teacher.user,
        personas.counselor.user,
        personas.registrar.user,
        personas.administrator.user,
        personas.other_district_administrator.user,
        other_school_manager.user,
    ):
        assert user is not None
        with pytest.raises(NotAllowed):
            award_credit(request, reason=REASON, actor=user)
    assert not Decision.objects.exists()


# --- Refuse -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R17")
def test_a_refusal_is_stored_with_its_reasons_and_told(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas, levels=("proficient", "developing"))
    recorded = Recorded()
    decision = refuse_credit(request, reason="The second proof lacks a step.", actor=personas.credit_manager.user)
    assert (decision.kind, decision.reason) == (DecisionKind.REFUSED, "The second proof lacks a step.")
    basis = thaw(decision.frozen_basis)
    assert [reason.code for reason in basis.reasons] == ["mastery.below"]
    assert basis.reasons[0].sentence == f"{ground.standards[1].code}: Developing so far. Asked for: Proficient."
    assert not LedgerEntry.objects.exists()
    request.refresh_from_db()
    assert request.state == RequestState.NOT_AWARDED
    assert recorded.verbs == ["crediting.credit.refused"]
    told = Notification.objects.filter(code__startswith="crediting.not_awarded").values_list("user", "text")
    assert dict(told) == {
        personas.student.user.pk: "Your request for credit in Geometry was not awarded: "
        "The second proof lacks a step. Open it to read every point.",
        personas.family.user.pk: "Sofia Ramirez’s request for credit in Geometry was not awarded: "
        "The second proof lacks a step. Open it to read every point.",
    }


def test_refusing_twice_refuses_once(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    first = refuse_credit(request, reason="Not theirs", actor=personas.credit_manager.user)
    assert refuse_credit(request, reason="Not theirs", actor=personas.credit_manager.user) == first
    with pytest.raises(AlreadyDecided, match="that this is not awarded"):
        award_credit(request, reason=REASON, actor=personas.credit_manager.user)


def test_after_a_refusal_the_student_may_ask_again(personas: Personas, ground: Ground) -> None:
    refuse_credit(assessed(ground, personas), reason="Too early", actor=personas.credit_manager.user)
    again = make_request(ground, personas.student.student, personas.teacher.person)
    assert again.state == RequestState.SUBMITTED


# --- Reverse and decide anew ------------------------------------------------------------------------------------------


@pytest.mark.rule("R31")
def test_a_reversal_takes_back_the_credit_and_deletes_nothing(personas: Personas, ground: Ground) -> None:
    decision = award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    award = LedgerEntry.objects.get()
    recorded = Recorded()
    (reversal,) = reverse_award(decision, reason="Wrong student", actor=personas.principal.user)
    assert (reversal.kind, reversal.reverses, reversal.credits_earned) == ("reversal", award, Decimal("-1.000"))
    assert LedgerEntry.objects.count() == 2 and not LedgerEntry.objects.effective().exists()
    assert credits_earned(credits_by_subject(personas.student.student)) == 0
    request = decision.request
    assert request is not None
    request.refresh_from_db()
    assert request.state == RequestState.REVERSED
    (event,) = recorded.events
    assert (event.verb, event.payload) == (
        "crediting.award.reversed",
        {"credits": "1.0", "reason": "Wrong student"},
    )
    assert Notification.objects.filter(code__startswith="crediting.reversed").count() == 2


def test_reversing_twice_reverses_once(personas: Personas, ground: Ground) -> None:
    decision = award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    first = reverse_award(decision, reason="Wrong student", actor=personas.principal.user)
    recorded = Recorded()
    assert reverse_award(decision, reason="Again", actor=personas.principal.user) == first
    assert recorded.verbs == []


def test_only_who_may_reverses_and_with_a_reason(personas: Personas, ground: Ground) -> None:
    decision = award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    for persona in (personas.student, personas.teacher, personas.registrar, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            reverse_award(decision, reason="No", actor=persona.user)
    with pytest.raises(DomainError, match="Say why"):
        reverse_award(decision, reason=" ", actor=personas.principal.user)
    assert LedgerEntry.objects.count() == 1


@pytest.mark.rule("R31")
def test_a_new_award_replaces_the_reversed_one_line_for_line(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    first = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    reverse_award(first, reason="Wrong mark", actor=personas.principal.user)
    # The teacher looks again, now that it is open.
    record_judgements(
        request,
        rows=[JudgedStandard(ground.standards[0], ground.level("extending"), "A second look.")],
        actor=personas.teacher.user,
    )
    second = award_credit(request, reason="Looked at again.", actor=personas.principal.user, replaces=first)
    old, new = LedgerEntry.objects.filter(kind=EntryKind.MASTERY).order_by("pk")
    assert second.replaces == first and new.replaces == old
    assert list(LedgerEntry.objects.effective()) == [new]
    assert credits_earned(credits_by_subject(personas.student.student)) == Decimal("1.000")
    basis = thaw(second.frozen_basis)
    assert basis.replaces == str(first.public_id)
    assert [
        (judgement.level, judgement.counts) for judgement in basis.judgements_of(str(ground.standards[0].guid))
    ] == [
        ("proficient", False),
        ("extending", True),
    ]
    request.refresh_from_db()
    assert request.state == RequestState.AWARDED
    again = award_credit(request, reason="Pressed twice", actor=personas.principal.user, replaces=first)
    assert again == second


def test_an_old_page_cannot_decide_anew_by_accident(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    first = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    with pytest.raises(DomainError, match="This award stands"):
        award_credit(request, reason=REASON, actor=personas.principal.user, replaces=first)
    reverse_award(first, reason="Wrong mark", actor=personas.principal.user)
    # A page opened before the first award does not name what it would replace.
    with pytest.raises(AlreadyDecided):
        award_credit(request, reason=REASON, actor=personas.principal.user)
    assert LedgerEntry.objects.filter(kind=EntryKind.MASTERY).count() == 1


def test_whoever_awarded_is_not_told_so_again_after_the_reversal(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    manager = personas.credit_manager.user
    reverse_award(award_credit(request, reason=REASON, actor=manager), reason="Wrong work", actor=manager)

    with pytest.raises(AlreadyDecided, match="The award is reversed"):
        award_credit(request, reason=REASON, actor=manager)

    assert request.decisions.count() == 1


@pytest.mark.parametrize("reason", ["", " \n ", "\u200b", "\u202e \ufeff"])
def test_a_reason_that_nobody_can_see_is_none(personas: Personas, ground: Ground, reason: str) -> None:
    request = assessed(ground, personas)

    with pytest.raises(DomainError, match="Say why"):
        award_credit(request, reason=reason, actor=personas.credit_manager.user)


def test_a_reversed_award_can_also_end_as_not_awarded(personas: Personas, ground: Ground) -> None:
    request = assessed(ground, personas)
    first = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    reverse_award(first, reason="Not the student's own work", actor=personas.principal.user)
    second = refuse_credit(request, reason="Not the student's own", actor=personas.principal.user, replaces=first)
    assert (second.kind, second.replaces) == (DecisionKind.REFUSED, first)
    assert not LedgerEntry.objects.effective().exists()


def test_the_database_refuses_to_replace_a_line_that_stands(personas: Personas, ground: Ground) -> None:
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    entry = LedgerEntry.objects.get()
    copy = LedgerEntry.objects.get()
    copy.pk, copy.public_id, copy.replaces = None, entry.student.public_id, entry
    with pytest.raises(DatabaseError, match="has not been reversed"), transaction.atomic():
        copy.save(force_insert=True)


def test_the_database_refuses_to_change_or_delete_what_was_decided(personas: Personas, ground: Ground) -> None:
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    for change in (
        lambda: Decision.objects.update(reason="Better words"),
        lambda: LedgerEntry.objects.update(mark="A"),
        lambda: LedgerEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- What it rested on ------------------------------------------------------------------------------------------------


@pytest.mark.rule("T23")
def test_the_basis_keeps_everything_as_it_was_shown(personas: Personas, ground: Ground) -> None:
    evidence = make_evidence(personas.student.student)
    request = assessed(ground, personas, evidence=[evidence])
    with translation.override("es"):
        decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    basis = thaw(decision.frozen_basis)
    assert freeze(basis) == decision.frozen_basis
    assert basis.policy is not None
    assert (basis.policy.series, basis.policy.number, basis.policy.sha256) == (
        ground.version.series.code,
        1,
        ground.version.sha256,
    )
    assert (basis.request.method, basis.request.kind, basis.request.chosen_by) == (
        "LOCAL_ASSESSMENT",
        "portfolio",
        "Sofia Ramirez",
    )
    assert basis.request.demonstrated_on == request.demonstrated_on
    assert [(one.guid, one.uri, one.code, one.framework_version, one.body) for one in basis.standards] == [
        (str(standard.guid), standard.uri, standard.code, "2011", "state") for standard in ground.standards[:2]
    ]
    assert [(one.id, one.sha256) for one in basis.evidence] == [(str(evidence.public_id), evidence.sha256)]
    assert [(one.level, one.assessor, one.counts) for one in basis.judgements] == [
        ("proficient", "Tomas Reed", True)
    ] * 2
    assert all(criterion.met for criterion in basis.criteria)
    # English whatever language the decider reads in; the code speaks every other.
    assert {criterion.reason.code for criterion in basis.criteria} >= {"policy.in_force", "course.eligible"}
    assert basis.arithmetic[0].sentence.startswith("The one judgement counts: Proficient is level 3 of 4")
    assert basis.award is not None and (basis.award.credits, basis.award.mark) == (Decimal("1.000"), "P")


@pytest.mark.rule("R7")
def test_a_later_policy_does_not_reach_back(personas: Personas, ground: Ground) -> None:
    """The version in force when the work was shown decides, also after its successor has begun."""
    request = assessed(ground, personas)
    today = clock.today(personas.district)
    source = ground.version.source.replace("effective: {from: 2020-07-01}", f"effective: {{from: {today}}}")
    request.demonstrated_on = today.replace(year=today.year - 1)
    request.save()
    close_policy(ground.version, last_day=today.replace(year=today.year - 1), actor=None)
    later = publish_policy(
        load_policy(
            personas.district, text=source.replace("proficient, at_least", "extending, at_least"), actor=None
        ).version,
        actor=None,
    )
    assert later.number == 2
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    assert decision.policy_version == ground.version


def test_a_state_assessment_is_awarded_from_the_confirmed_result(personas: Personas, ground: Ground) -> None:
    request = make_request(
        ground,
        personas.student.student,
        personas.teacher.person,
        method=Method.STATE_ASSESSMENT,
        kind="",
        result={"instrument": "sba-math", "taken_on": "2026-05-04", "level": 4},
    )
    confirm_result(request, instrument="sba-math", taken_on=dt.date(2026, 5, 4), level=3, actor=personas.teacher.user)
    decision = award_credit(request, reason=REASON, actor=personas.credit_manager.user)
    basis = thaw(decision.frozen_basis)
    assert [(one.instrument, one.level, one.confirmed_by) for one in basis.results] == [("sba-math", 3, "Tomas Reed")]
    assert decision.demonstrated_on == dt.date(2026, 5, 4)
    assert decision.frozen_basis["evidence_used"].count("sba-math@2026-05-04") == 1


# --- What the catalog says on the record ------------------------------------------------------------------------------


@pytest.mark.rule("T69")
def test_an_equivalency_stands_under_the_academic_department_and_title(personas: Personas, ground: Ground) -> None:
    CourseTerms.objects.filter(course=ground.course).update(
        subject="cte", equivalent_subject="math", equivalent_title="Geometry by Design"
    )
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    entry = LedgerEntry.objects.get()
    assert (entry.course_code, entry.course_title, entry.subject) == (ground.course.code, "Geometry by Design", "math")


@pytest.mark.rule("T70", partial=True)
@pytest.mark.parametrize(
    ("sced", "grade", "letters"), [("10157", "12", ["Q"]), ("10157", "11", []), ("02072", "12", [])]
)
def test_advanced_computer_science_in_grade_12_gets_its_letter(
    personas: Personas, ground: Ground, sced: str, grade: str, letters: list[str]
) -> None:
    confirm_letters(personas.district, [Letter("Q", "Math-based quantitative course")], actor=None)
    CourseTerms.objects.filter(course=ground.course).update(sced_code=sced)
    student = personas.student.student
    student.enrollments.update(grade=grade)
    award_credit(assessed(ground, personas), reason=REASON, actor=personas.credit_manager.user)
    assert LedgerEntry.objects.get().designations == letters
