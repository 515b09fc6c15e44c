"""Second readings: drawn by lot, blind, compared, settled; the decision waits where the policy says so."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from crediting.actions.decisions import award_credit, refuse_credit
from crediting.actions.judgements import JudgedStandard, record_judgements
from crediting.actions.readings import Settled, ask_reader, excuse_reading, give_reading, hand_back, settle_readings
from crediting.actions.requests import reassign_request, return_request, submit_request, withdraw_request
from crediting.models import CreditRequest, Judgement, Reading, ReadingLevel, Settlement
from crediting.queries import policy
from crediting.queries.decisions import deliberate
from crediting.rules.basis import thaw
from crediting.rules.moderation import is_for
from crediting.states import Moderated, OnDisagreement, ReadingKind, ReadingState, RequestState
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import Notification
from profiles.states import RelationshipKind, Role
from tests.crediting.recorded import Recorded
from tests.factories.crediting import judge, make_ground, make_request
from tests.factories.moderation import (
    EVERY,
    THIRD,
    account,
    give,
    make_read_ground,
    make_teacher,
    make_waiting,
)
from tests.factories.profiles import make_relationship, make_role, make_school
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def fresh(request: CreditRequest) -> CreditRequest:
    return CreditRequest.objects.get(pk=request.pk)


def test_drawn_work_is_read_by_another_teacher_who_is_told_of_no_first_reader(personas: Personas) -> None:
    make_read_ground(personas.other_school)
    make_teacher(personas.other_school, "Somebody Elsewhere")
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    recorded = Recorded()
    request, reading = make_waiting(personas, ground)
    assert (reading.reader, reading.kind, reading.attempt, request.moderated) == (
        second,
        ReadingKind.SECOND,
        1,
        Moderated.WAITING,
    )
    assert reading.share == 100 and 0 <= reading.drawn < 10_000
    told = Notification.objects.get(user=second.user)
    assert told.code == "crediting.reading_asked"
    assert "Tomas Reed" not in told.text and "Proofs I wrote" in told.text
    assert recorded.verbs[-1] == "crediting.reading.asked"


def test_a_policy_without_second_readings_has_none(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_ground(personas.school)
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    assert not Reading.objects.exists() and request.moderated == Moderated.NOT


def test_only_the_named_rules_are_read_twice(personas: Personas) -> None:
    terms = policy.terms_of(make_read_ground(personas.school).version)
    assert terms.moderation is not None
    local, state = terms.rules
    named = replace(terms.moderation, rules=frozenset({state.code}))
    assert not is_for(named, [local]) and is_for(named, [local, state]) and is_for(terms.moderation, [local])


@pytest.mark.rule("R10b", partial=True)
def test_the_decision_waits_and_says_so(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    request, reading = make_waiting(personas, ground)
    decider = personas.credit_manager.user
    with pytest.raises(DomainError, match="It is decided when that reading is there"):
        award_credit(request, reason="All shown.", actor=decider)
    with pytest.raises(DomainError, match="It is decided when that reading is there"):
        refuse_credit(request, reason="Not shown.", actor=decider)
    give(reading, ground, ("proficient", "proficient"))
    decision = award_credit(request, reason="All shown.", actor=decider)
    basis = thaw(decision.frozen_basis)
    assert [(one.kind, one.level, one.reader) for one in basis.readings] == [
        ("second", "proficient", "Noor Haddad"),
        ("second", "proficient", "Noor Haddad"),
    ]
    assert [said.code for said in basis.moderation] == ["reading.drawn", "reading.agreed", "reading.agreed"]
    assert "first reading Proficient (3), second reading Proficient (3)" in basis.moderation[1].sentence
    assert "second_reading" in {one.code for one in basis.criteria if one.met}


def test_a_policy_may_let_the_decision_go_on(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school, "moderation: {share: 100, decision: goes_on}")
    request, reading = make_waiting(personas, ground)
    award_credit(request, reason="All shown.", actor=personas.credit_manager.user)
    give(reading, ground, ("developing", "proficient"))
    assert fresh(request).moderated == Moderated.DISAGREED and fresh(request).state == RequestState.AWARDED
    assert not Judgement.objects.filter(assessor=reading.reader).exists()


def test_readings_that_differ_are_settled_by_talk_with_who_and_why(personas: Personas) -> None:
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    request, reading = make_waiting(personas, ground)
    give(reading, ground, ("developing", "proficient"), comment="The last step is missing.")
    request = fresh(request)
    assert request.moderated == Moderated.DISAGREED
    assert deliberate(request).outcome.missing[0].code == "second_reading.disagreed"
    told = Notification.objects.get(user=personas.teacher.user, code="crediting.reading_apart")
    assert "do not agree" in told.text
    # Nobody changes a level alone any more.
    row = JudgedStandard(ground.standards[0], ground.level("extending"), "")
    with pytest.raises(NotAllowed, match="nobody changes a level alone"):
        record_judgements(request, rows=[row], actor=personas.teacher.user)
    rows = [Settled(ground.standards[0], ground.level("developing"))]
    with pytest.raises(NotAllowed, match="settle it between them"):
        settle_readings(request, rows=rows, reason="I decide.", actor=personas.credit_manager.user)
    with pytest.raises(DomainError, match="every standard on which the readings differ"):
        settle_readings(request, rows=[], reason="Nothing.", actor=personas.teacher.user)
    with pytest.raises(DomainError, match="Say on what you settled"):
        settle_readings(request, rows=rows, reason=" ", actor=personas.teacher.user)
    recorded = Recorded()
    (settled,) = settle_readings(
        request, rows=rows, reason="We both miss the last step now.", actor=personas.teacher.user
    )
    again = settle_readings(request, rows=rows, reason="Other words.", actor=account(second))
    assert [one.pk for one in again] == [settled.pk] and recorded.verbs == ["crediting.reading.settled"]
    assert settled.how == OnDisagreement.TALK and settled.settled_by == personas.teacher.person
    newest = request.judgements.filter(standard=ground.standards[0]).order_by("-pk")[0]
    assert (newest.level.code, newest.comment, newest.assessor, newest.attempt) == (
        "developing",
        "We both miss the last step now.",
        personas.teacher.person,
        1,
    )
    # Both readings and the first judgement are kept.
    assert request.judgements.count() == 3 and ReadingLevel.objects.count() == 2
    assert Notification.objects.filter(user=second.user, code="crediting.reading_settled").count() == 1
    assert deliberate(fresh(request)).outcome.standards[0].level == "developing"
    decision = refuse_credit(request, reason="One step is missing.", actor=personas.credit_manager.user)
    lines = thaw(decision.frozen_basis).moderation
    assert lines[1].code == "reading.talk"
    assert "Tomas Reed wrote it down: We both miss the last step now." in lines[1].sentence


def test_the_first_level_may_stand_after_the_talk(personas: Personas) -> None:
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    request, reading = make_waiting(personas, ground)
    give(reading, ground, ("developing", "proficient"))
    rows = [Settled(ground.standards[0], ground.level("proficient"))]
    (settled,) = settle_readings(request, rows=rows, reason="I had not seen page 2.", actor=account(second))
    assert settled.judgement is None and request.judgements.count() == 2


def test_one_apart_agrees_where_the_policy_says_so(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school, "moderation: {share: 100, agreement: adjacent}")
    request, reading = make_waiting(personas, ground)
    give(reading, ground, ("extending", "developing"))
    assert fresh(request).moderated == Moderated.AGREED


def test_a_third_teacher_reads_blind_and_the_middle_level_counts(personas: Personas) -> None:
    for name in ("Noor Haddad", "Sam Okafor"):
        make_teacher(personas.school, name)
    ground = make_read_ground(personas.school, THIRD)
    request, second = make_waiting(personas, ground, ("extending", "proficient"))
    give(second, ground, ("beginning", "proficient"), comment="Hardly begun.")
    third = Reading.objects.get(kind=ReadingKind.THIRD)
    assert third.reader not in {None, second.reader, personas.teacher.person}
    assert fresh(request).moderated == Moderated.WAITING
    # Only what the two differ on is read again.
    give(third, ground, ("developing",), comment="A start.")
    request = fresh(request)
    assert request.moderated == Moderated.SETTLED
    settled = Settlement.objects.get()
    assert (settled.how, settled.level.code, settled.settled_by) == (OnDisagreement.THIRD, "developing", third.reader)
    newest = request.judgements.order_by("-pk")[0]
    assert (newest.level.code, newest.assessor, newest.comment) == ("developing", third.reader, "A start.")
    decision = refuse_credit(request, reason="Not there yet.", actor=personas.credit_manager.user)
    lines = thaw(decision.frozen_basis).moderation
    assert "4, 1 and, in a third reading, 2. The middle one counts: Developing." in lines[1].sentence


def test_the_middle_may_be_the_second_readers_or_the_first_ones(personas: Personas) -> None:
    for name in ("Noor Haddad", "Sam Okafor"):
        make_teacher(personas.school, name)
    ground = make_read_ground(personas.school, THIRD)
    request, second = make_waiting(personas, ground, ("extending", "developing"))
    give(second, ground, ("proficient", "extending"), comment="The second one's words.")
    give(Reading.objects.get(kind=ReadingKind.THIRD), ground, ("beginning", "beginning"))
    by_place = {one.standard_id: one for one in Settlement.objects.select_related("judgement", "level")}
    first, other = (by_place[standard.pk] for standard in ground.standards[:2])
    assert first.level.code == "proficient" and first.judgement is not None
    assert first.judgement.assessor == second.reader and first.judgement.comment == "The second one's words."
    assert other.level.code == "developing" and other.judgement is None
    assert request.judgements.count() == 3


def test_where_nobody_can_read_it_blind_who_decides_is_told_and_goes_on_with_a_reason(personas: Personas) -> None:
    ground = make_read_ground(personas.school)
    request, reading = make_waiting(personas, ground)
    assert reading.reader is None
    decider = personas.credit_manager.user
    assert Notification.objects.filter(user=decider, code="crediting.reading_nobody").count() == 1
    with pytest.raises(NotAllowed):
        excuse_reading(reading, reason="Nobody.", actor=personas.teacher.user)
    with pytest.raises(DomainError, match="Say why"):
        excuse_reading(reading, reason=" ", actor=decider)
    excuse_reading(reading, reason="The only mathematics teacher read it.", actor=decider)
    excuse_reading(reading, reason="Pressed twice.", actor=decider)
    reading.refresh_from_db()
    assert reading.reason == "The only mathematics teacher read it."
    decision = award_credit(request, reason="Shown.", actor=decider)
    lines = [said.sentence for said in thaw(decision.frozen_basis).moderation]
    assert lines[-1].endswith("let it go on without this reading: The only mathematics teacher read it.")


def test_a_third_reading_that_is_left_out_is_settled_by_talk(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school, THIRD)
    request, reading = make_waiting(personas, ground)
    give(reading, ground, ("developing", "proficient"))
    third = Reading.objects.get(kind=ReadingKind.THIRD)
    assert third.reader is None and third.state == ReadingState.WAITING
    excuse_reading(third, reason="There is no third one.", actor=personas.credit_manager.user)
    assert fresh(request).moderated == Moderated.DISAGREED


def test_who_is_near_the_student_or_sees_the_record_is_never_asked(personas: Personas) -> None:
    parent = make_teacher(personas.school, "Anna Parent")
    make_relationship(parent, personas.student.student, RelationshipKind.GUARDIAN)
    decides = make_teacher(personas.school, "Dora Decides")
    make_role(decides, Role.PRINCIPAL, personas.school)
    records = make_teacher(personas.school, "Rita Records")
    make_role(records, Role.REGISTRAR, personas.school)
    without_account = make_teacher(personas.school, "Nobody Here")
    without_account.user = None
    without_account.save(update_fields=["user"])
    make_teacher(personas.other_school, "Somebody Elsewhere")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    assert reading.reader is None
    for person, why in ((parent, "their family"), (decides, "not be blind"), (records, "not be blind")):
        with pytest.raises(DomainError, match=why):
            ask_reader(reading, reader=person, reason="Please.", actor=personas.credit_manager.user)
    with pytest.raises(DomainError, match="Whoever read it first"):
        ask_reader(reading, reader=personas.teacher.person, reason="Please.", actor=personas.credit_manager.user)
    with pytest.raises(DomainError, match="Choose a teacher from the list"):
        ask_reader(reading, reader=without_account, reason="Please.", actor=personas.credit_manager.user)


def test_who_comes_to_see_the_record_cannot_give_the_reading_any_more(personas: Personas) -> None:
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    make_role(second, Role.REGISTRAR, personas.school)
    with pytest.raises(NotAllowed, match="It would not be blind"):
        give(reading, ground, ("proficient", "proficient"))


def test_readers_come_from_the_district_where_the_policy_says_so(personas: Personas) -> None:
    far = make_teacher(make_school(personas.district, "Hill High School"), "Faye Far")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    assert reading.reader is None
    wide = make_read_ground(
        personas.school, "moderation: {share: 100, readers: district}", title="Algebra", standards=ground.standards
    )
    _request, reading = make_waiting(personas, wide)
    assert reading.reader == far


def test_a_reading_is_handed_back_and_another_teacher_is_asked_once(personas: Personas) -> None:
    people = {make_teacher(personas.school, name) for name in ("Noor Haddad", "Sam Okafor")}
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    first = reading.reader
    assert first is not None
    with pytest.raises(NotAllowed):
        hand_back(reading, reason="Not mine.", actor=personas.teacher.user)
    with pytest.raises(DomainError, match="Say why"):
        hand_back(reading, reason="", actor=account(first))
    reading = hand_back(reading, reason="My neighbor’s child.", actor=account(first))
    (other,) = people - {first}
    assert reading.reader == other
    reading = hand_back(reading, reason="I heard of it at lunch.", actor=account(other))
    assert reading.reader is None
    reading = ask_reader(reading, reader=first, reason="Nobody else.", actor=personas.principal.user)
    assert reading.reader == first


def test_work_that_goes_back_or_is_withdrawn_is_read_no_more(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    request, reading = make_waiting(personas, ground)
    number = reading.drawn
    return_request(request, reason="Add the last step.", actor=personas.teacher.user)
    reading.refresh_from_db()
    assert reading.state == ReadingState.OVERTAKEN and fresh(request).moderated == Moderated.NOT
    submit_request(fresh(request), actor=personas.student.user, answer="Done.")
    judge(fresh(request), ground, personas.teacher.person, ("proficient", "proficient"))
    again = Reading.objects.get(attempt=2)
    assert again.state == ReadingState.WAITING and again.drawn == number
    withdraw_request(fresh(request), actor=personas.student.user)
    again.refresh_from_db()
    assert again.state == ReadingState.OVERTAKEN


def test_the_second_reader_is_not_asked_to_assess_the_same_work(personas: Personas) -> None:
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    request, _reading = make_waiting(personas, ground)
    with pytest.raises(DomainError, match="gives the second reading"):
        reassign_request(request, assessor=second, reason="Ill.", actor=personas.principal.user)


def test_giving_twice_answers_the_first_and_nothing_given_can_be_changed(personas: Personas) -> None:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    recorded = Recorded()
    give(reading, ground, ("proficient", "proficient"))
    give(reading, ground, ("beginning", "beginning"))
    assert recorded.verbs == ["crediting.reading.given"] and ReadingLevel.objects.count() == 2
    for change in (
        lambda: ReadingLevel.objects.update(comment="Nicer"),
        lambda: ReadingLevel.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_reading_is_about_every_standard_of_the_request_and_no_other(personas: Personas) -> None:
    second = make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school, EVERY)
    _request, reading = make_waiting(personas, ground)
    one = JudgedStandard(ground.standards[0], ground.level("proficient"), "")
    with pytest.raises(DomainError, match="a level for every standard"):
        give_reading(reading, rows=[one], actor=account(second))
    strange = JudgedStandard(ground.standards[2], ground.level("proficient"), "")
    with pytest.raises(DomainError, match="Open the page again"):
        give_reading(reading, rows=[one, strange], actor=account(second))
    with pytest.raises(NotAllowed, match="Another teacher"):
        give_reading(reading, rows=[one], actor=personas.teacher.user)
