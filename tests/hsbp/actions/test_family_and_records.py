"""Signatures, copies, records, the yearly update, the decision: effects, audit rows, refusals, second calls."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from hsbp.actions.family import make_copy, record_paper_signature, sign_plan
from hsbp.actions.records import decide_requirement, record_item, record_update, withdraw_record
from hsbp.actions.reviews import undo_review
from hsbp.models import AnnualUpdate, ChecklistRecord, FamilyCopy, FamilySignature, Plan, RequirementDecision
from hsbp.queries.plans import requirement_line
from hsbp.states import Requirement
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from tests.crediting.recorded import Recorded
from tests.factories.hsbp import make_review, make_revision, write
from tests.factories.profiles import make_guardian, make_person
from tests.personas import Personas

pytestmark = pytest.mark.django_db


# --- Signatures and copies --------------------------------------------------------------------------------------------


@pytest.mark.rule("R61", partial=True)
def test_a_signature_names_version_day_and_language_and_ends_the_wait(personas: Personas) -> None:
    student = personas.student.student
    revision = make_review(student, personas.counselor.user).revision
    recorded = Recorded()
    signature = sign_plan(revision, typed_name=" Elena  Ramirez ", language="es", actor=personas.family.user)
    assert (signature.signer, signature.typed_name, signature.language) == (
        personas.family.person,
        "Elena Ramirez",
        "es",
    )
    assert Plan.objects.get().family_since is None
    (event,) = recorded.events
    assert (event.verb, event.payload) == (
        "hsbp.plan.signed",
        {
            "number": 1,
            "signer": "Elena Ramirez",
            "language": "es",
            "on_paper": False,
            "signed_on": signature.signed_on.isoformat(),
        },
    )
    told = Notification.objects.filter(code="hsbp.signed")
    assert {row.user_id for row in told} == {personas.counselor.user.pk, personas.student.user.pk}
    assert sign_plan(revision, typed_name="Other", language="en", actor=personas.family.user) == signature
    assert len(recorded.events) == 1


def test_a_signed_approval_is_not_taken_back(personas: Personas) -> None:
    review = make_review(personas.student.student, personas.counselor.user)
    sign_plan(review.revision, typed_name="Elena Ramirez", language="en", actor=personas.family.user)
    with pytest.raises(DomainError, match="The family has signed this version"):
        undo_review(review, actor=personas.counselor.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        FamilySignature.objects.update(typed_name="Somebody else")


def test_nobody_signs_before_the_approval_or_under_an_older_version(personas: Personas) -> None:
    student = personas.student.student
    first = make_revision(student)
    with pytest.raises(DomainError, match="has not approved this version"):
        sign_plan(first, typed_name="Elena Ramirez", language="en", actor=personas.family.user)
    make_review(student, personas.counselor.user, interests={"text": "Water"})
    with pytest.raises(DomainError, match="A newer version was sent"):
        sign_plan(first, typed_name="Elena Ramirez", language="en", actor=personas.family.user)
    for persona in (personas.student, personas.counselor, personas.other_district_administrator):
        with pytest.raises(NotAllowed, match="The family signs the plan"):
            sign_plan(first, typed_name="Me", language="en", actor=persona.user)


@pytest.mark.rule("R77", partial=True)
def test_the_family_of_a_student_of_18_signs_only_where_the_student_allows_it(personas: Personas) -> None:
    student = personas.student.student
    revision = make_review(student, personas.counselor.user).revision
    student.person.birth_date = dt.date(2000, 1, 1)
    student.person.save()
    with pytest.raises(NotAllowed):
        sign_plan(revision, typed_name="Elena Ramirez", language="en", actor=personas.family.user)
    student.family_access = True
    student.save()
    assert sign_plan(revision, typed_name="Elena Ramirez", language="en", actor=personas.family.user)


def test_a_paper_signature_counts_for_a_guardian_without_an_account(personas: Personas) -> None:
    student = personas.student.student
    revision = make_review(student, personas.counselor.user).revision
    grandmother = make_person(personas.district, "Rosa Ramirez")
    make_guardian(grandmother, student, portal=False)
    today = clock.today(personas.district)
    signed = {"typed_name": "Rosa Ramirez", "signed_on": today, "language": "es"}
    signature = record_paper_signature(revision, signer=grandmother, actor=personas.counselor.user, **signed)  # type: ignore[arg-type]
    assert (signature.on_paper, signature.recorded_by) == (True, personas.counselor.user)
    for persona in (personas.family, personas.registrar):
        with pytest.raises(NotAllowed):
            record_paper_signature(revision, signer=grandmother, actor=persona.user, **signed)  # type: ignore[arg-type]


@pytest.mark.rule("R61", partial=True)
def test_a_copy_is_noted_once_a_version_and_language(personas: Personas) -> None:
    revision = make_revision(personas.student.student)
    recorded = Recorded()
    copy = make_copy(revision, language="es", actor=personas.family.user)
    assert make_copy(revision, language="es", actor=personas.counselor.user) == copy
    make_copy(revision, language="en", actor=personas.student.user)
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("hsbp.plan.copied", {"number": 1, "language": "es"}),
        ("hsbp.plan.copied", {"number": 1, "language": "en"}),
    ]
    assert FamilyCopy.objects.count() == 2
    with pytest.raises(DomainError, match="in English and in Spanish"):
        make_copy(revision, language="so", actor=personas.family.user)
    for persona in (personas.teacher, personas.other_district_student):
        with pytest.raises(NotAllowed):
            make_copy(revision, language="en", actor=persona.user)


# --- Records ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R57")
def test_an_item_is_recorded_once_a_day_and_taken_back_with_a_trace(personas: Personas) -> None:
    student, counselor = personas.student.student, personas.counselor.user
    recorded = Recorded()
    on = clock.today(personas.district) - dt.timedelta(days=1)
    record = record_item(student, item="H14", done_on=on, note=" Assembly ", language="es", actor=counselor)
    assert record_item(student, item="H14", done_on=on, note="again", actor=counselor) == record
    withdraw_record(record, actor=counselor)
    withdraw_record(record, actor=counselor)
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("hsbp.item.recorded", {"item": "H14", "done_on": on.isoformat(), "language": "es", "note": "Assembly"}),
        ("hsbp.item.withdrawn", {"item": "H14", "done_on": on.isoformat(), "note": "Assembly"}),
    ]
    assert not ChecklistRecord.objects.exists()


def test_what_the_plan_itself_shows_is_not_recorded_by_hand_and_no_day_to_come(personas: Personas) -> None:
    student, counselor = personas.student.student, personas.counselor.user
    today = clock.today(personas.district)
    for item in ("H4", "H27", "H99"):
        with pytest.raises(DomainError) as refused:
            record_item(student, item=item, done_on=today, actor=counselor)
        assert refused.value.field == "item"
    with pytest.raises(DomainError, match="still to come"):
        record_item(student, item="H14", done_on=today + dt.timedelta(days=2), actor=counselor)
    for persona in (personas.student, personas.family, personas.principal):
        with pytest.raises(NotAllowed):
            record_item(student, item="H14", done_on=today, actor=persona.user)


@pytest.mark.rule("R59")
def test_one_update_a_school_year_with_staff_and_in_grade_10_with_results(personas: Personas) -> None:
    student, counselor = personas.student.student, personas.counselor.user
    today = clock.today(personas.district)
    with pytest.raises(DomainError, match="names the test results") as refused:
        record_update(student, updated_on=today, actor=counselor)
    assert refused.value.field == "results_reviewed"
    recorded = Recorded()
    update = record_update(
        student, updated_on=today, results_reviewed="ELA level 3", family_took_part=True, actor=counselor
    )
    assert record_update(student, updated_on=today, results_reviewed="ELA level 3", actor=counselor) == update
    assert [event.verb for event in recorded.events] == ["hsbp.update.recorded", "hsbp.item.recorded"]
    assert recorded.events[1].payload["item"] == "H25"
    with pytest.raises(DomainError, match="recorded the update of this school year already"):
        record_update(student, updated_on=today, results_reviewed="Other", actor=counselor)
    # The next school year has one of its own; the grade is no longer 10, so no results are asked for.
    student.grade = "11"
    student.save()
    record_update(student, updated_on=today - dt.timedelta(days=365), actor=counselor)
    assert AnnualUpdate.objects.count() == 2


@pytest.mark.rule("R65")
def test_the_requirement_is_decided_by_a_person_with_a_reason_and_can_be_decided_again(personas: Personas) -> None:
    student, counselor = personas.student.student, personas.counselor.user
    write(student)
    assert requirement_line(student) == ""
    with pytest.raises(DomainError, match="Say why"):
        decide_requirement(student, verdict=Requirement.MET, reason=" ", actor=counselor)
    recorded = Recorded()
    first = decide_requirement(student, verdict=Requirement.NOT_MET, reason="The pathway is missing.", actor=counselor)
    assert requirement_line(student) == "NOT MET"
    again = decide_requirement(student, verdict=Requirement.NOT_MET, reason="The pathway is missing.", actor=counselor)
    assert again == first
    decide_requirement(student, verdict=Requirement.MET, reason="It is there now.", actor=counselor)
    assert requirement_line(student) == "MET"
    assert [(event.verb, event.payload) for event in recorded.events] == [
        ("hsbp.requirement.decided", {"verdict": "not_met", "reason": "The pathway is missing."}),
        ("hsbp.requirement.decided", {"verdict": "met", "reason": "It is there now."}),
    ]
    told = Notification.objects.filter(code="hsbp.requirement_met_child", user=personas.family.user)
    assert "meets the requirement for graduation: It is there now." in told.get().text
    with pytest.raises(IntegrityError), transaction.atomic():
        RequirementDecision.objects.update(verdict="met")
    for persona in (personas.student, personas.family, personas.principal, personas.other_district_administrator):
        with pytest.raises(NotAllowed):
            decide_requirement(student, verdict=Requirement.MET, reason="Me", actor=persona.user)
