"""Asking, receiving, writing down, matching, withdrawing: effect, exact audit rows, refusal, second call."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from crediting.actions.attestations import (
    Unusable,
    ask_again,
    ask_to_attest,
    attest,
    attest_own_word,
    cancel_invite,
    digest,
    map_attestation,
    record_spoken,
    token_of,
    usable,
    withdraw_attestation,
)
from crediting.actions.decisions import award_credit, refuse_credit
from crediting.actions.requests import withdraw_request
from crediting.models import Attestation, AttestationInvite, CreditRequest
from crediting.queries.attestations import attested
from crediting.states import InviteStanding, RequestState
from mbl.core import clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import AuditEvent, Job, Notification
from profiles.actions.invitations import invite
from profiles.actions.invitations import token_of as account_token
from tests.crediting.recorded import Recorded
from tests.factories.attestations import (
    STATEMENT,
    make_attestation,
    make_invite,
    make_spoken,
    make_subject,
    make_testimony,
    make_token,
)
from tests.factories.crediting import Ground, make_ground, make_request
from tests.factories.profiles import make_person
from tests.personas import Personas

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R30")]


@pytest.fixture
def sent(personas: Personas, ground: Ground) -> CreditRequest:
    return make_request(ground, personas.student.student, personas.teacher.person)


def standing(token: str) -> InviteStanding | None:
    """Why the link does not open."""
    with pytest.raises(Unusable) as refused:
        usable(token)
    return refused.value.standing


# --- Asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["student", "teacher", "credit_manager", "principal"])
def test_the_student_and_those_who_judge_may_ask(personas: Personas, sent: CreditRequest, who: str) -> None:
    recorded = Recorded()

    invite = make_invite(sent, personas.named(who).user)

    assert (invite.asked_by, invite.used_at, invite.cancelled_at) == (personas.named(who).user, None, None)
    assert recorded.verbs == ["crediting.attestation.asked"]


@pytest.mark.parametrize(
    "who",
    ["family", "counselor", "registrar", "administrator", "other_district_administrator", "other_district_student"],
)
def test_nobody_else_may_ask(personas: Personas, sent: CreditRequest, who: str) -> None:
    recorded = Recorded()

    with pytest.raises(NotAllowed):
        make_invite(sent, personas.named(who).user)

    assert (AttestationInvite.objects.count(), recorded.verbs) == (0, [])


def test_the_table_holds_only_the_hash_of_the_secret(personas: Personas, sent: CreditRequest) -> None:
    invite = make_invite(sent, personas.teacher.user, email="vera@example.org")
    token = token_of(invite)

    row = AttestationInvite.objects.filter(pk=invite.pk).values().get()
    events = list(AuditEvent.objects.values_list("payload", flat=True))
    jobs = list(Job.objects.values_list("params", flat=True))

    assert row["token_sha256"] == digest(token)
    assert token not in f"{row} {events} {jobs}"
    assert len(token) == 16


def test_a_secret_made_for_an_invitation_to_an_account_opens_nothing_here(personas: Personas) -> None:
    somebody = invite(make_person(personas.district, "New Person"), actor=personas.administrator.user)

    assert standing(account_token(somebody)) is None


def test_sending_the_form_twice_makes_one_link(personas: Personas, sent: CreditRequest) -> None:
    key = uuid.uuid4()

    first = ask_to_attest(sent, make_subject(), actor=personas.student.user, key=key)
    second = ask_to_attest(sent, make_subject(), actor=personas.student.user, key=key)

    assert first == second
    assert AttestationInvite.objects.count() == 1


def test_a_key_of_somebody_else_gets_a_link_of_its_own(personas: Personas, sent: CreditRequest) -> None:
    theirs = make_invite(sent, personas.teacher.user)

    ours = ask_to_attest(sent, make_subject(), actor=personas.student.user, key=theirs.public_id)

    assert ours != theirs
    assert token_of(ours) != token_of(theirs)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"role": ""}, "role"),
        ({"role": "Elder!"}, "role"),
        ({"name": " \u200b"}, "name"),
        ({"experience": "\u200b"}, "experience"),
        ({"visible_to": ("student",)}, "visible_to"),
        ({"visible_to": ("nobody",)}, "visible_to"),
    ],
)
def test_an_empty_question_is_refused_where_it_is_empty(
    personas: Personas, sent: CreditRequest, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        make_invite(sent, personas.student.user, **fields)

    assert refused.value.field == field
    assert AttestationInvite.objects.count() == 0


def test_asking_again_replaces_the_link_once(personas: Personas, sent: CreditRequest) -> None:
    old = make_invite(sent, personas.student.user, days=30)

    fresh = ask_again(old, actor=personas.student.user)
    second = ask_again(old, actor=personas.student.user)

    assert (fresh, fresh.replaces, fresh.name) == (second, old, old.name)
    assert (fresh.expires_at - fresh.asked_at).days == 30
    assert standing(token_of(old)) == InviteStanding.CANCELLED
    assert usable(token_of(fresh)) == fresh


def test_a_link_that_was_used_cannot_be_canceled(personas: Personas, sent: CreditRequest) -> None:
    attestation = make_attestation(sent, personas.student.user)
    assert attestation.invite is not None

    with pytest.raises(DomainError, match="given in the meantime"):
        cancel_invite(attestation.invite, actor=personas.student.user)
    assert Attestation.objects.count() == 1


# --- Receiving --------------------------------------------------------------------------------------------------------


def test_a_word_is_kept_and_those_near_are_told(personas: Personas, sent: CreditRequest) -> None:
    token = make_token(sent, personas.credit_manager.user, code="practitioner-word")
    recorded = Recorded()

    kept = attest(token, make_testimony(contact="360 555 0123"), language="es")

    assert (kept.name, kept.statement, kept.way, kept.code) == ("Vera Moses", STATEMENT, "link", "practitioner-word")
    assert (kept.attested_on, kept.language, kept.recorded_by) == (clock.today(sent.district), "es", None)
    assert recorded.verbs == ["crediting.attestation.given"]
    event = recorded.events[0]
    assert event.payload == {"role": "elder", "code": "practitioner-word", "sha256": kept.sha256}
    told = set(Notification.objects.filter(code="crediting.attested").values_list("user", flat=True))
    assert told == {one.user.pk for one in (personas.credit_manager, personas.student, personas.teacher)}


def test_the_notice_speaks_the_readers_language_and_names_no_witness(personas: Personas, sent: CreditRequest) -> None:
    personas.student.account.language = "es"  # type: ignore[union-attr]
    personas.student.account.save()  # type: ignore[union-attr]

    make_attestation(sent, personas.student.user)

    notice = Notification.objects.get(code="crediting.attested", user=personas.student.user)
    assert notice.language == "es"
    assert "Vera" not in f"{notice.text} {notice.params}"


def test_a_link_works_once(personas: Personas, sent: CreditRequest) -> None:
    token = make_token(sent, personas.student.user)
    attest(token, make_testimony(), language="en")
    recorded = Recorded()

    with pytest.raises(Unusable) as refused:
        attest(token, make_testimony(name="Somebody Else"), language="en")

    assert refused.value.standing == InviteStanding.GIVEN
    assert (Attestation.objects.count(), recorded.verbs) == (1, [])


def test_after_its_last_moment_a_link_is_too_old(
    personas: Personas, sent: CreditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite = make_invite(sent, personas.student.user, days=7)
    token = token_of(invite)
    monkeypatch.setattr(clock, "now", lambda: invite.expires_at - dt.timedelta(seconds=1))
    assert usable(token) == invite

    monkeypatch.setattr(clock, "now", lambda: invite.expires_at)

    assert standing(token) == InviteStanding.EXPIRED


def _awarded(personas: Personas, request: CreditRequest) -> None:
    award_credit(request, reason="Shown.", actor=personas.credit_manager.user)


def _refused(personas: Personas, request: CreditRequest) -> None:
    refuse_credit(request, reason="Not shown.", actor=personas.credit_manager.user)


def _withdrawn(personas: Personas, request: CreditRequest) -> None:
    withdraw_request(request, actor=personas.student.user)


@pytest.mark.parametrize("end", [_awarded, _refused, _withdrawn])
def test_after_the_decision_nothing_more_is_attested(
    personas: Personas, ground: Ground, end: Callable[[Personas, CreditRequest], None]
) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    token = make_token(request, personas.student.user)
    end(personas, request)

    with pytest.raises(Unusable) as refused:
        attest(token, make_testimony(), language="en")

    assert refused.value.standing == InviteStanding.CLOSED
    assert Attestation.objects.count() == 0
    with pytest.raises(NotAllowed):
        make_invite(CreditRequest.objects.get(pk=request.pk), personas.teacher.user)


@pytest.mark.rule("EC26")
def test_what_stays_unrecorded_is_written_nowhere(personas: Personas, sent: CreditRequest) -> None:
    kept = make_attestation(sent, personas.student.user, statement="The words of the song.", is_unrecorded=True)

    row = str(Attestation.objects.filter(pk=kept.pk).values().get())
    events = str(list(AuditEvent.objects.values_list("payload", flat=True)))
    assert (kept.is_unrecorded, kept.statement) == (True, "")
    assert "song" not in row + events


def test_a_witness_may_keep_a_word_close_and_never_opens_it_wider_than_asked(
    personas: Personas, sent: CreditRequest
) -> None:
    assert make_attestation(sent, personas.student.user).visible_to == []
    assert make_attestation(sent, personas.student.user, for_few=True).visible_to == ["credit_manager", "principal"]
    assert make_attestation(sent, personas.student.user, visible_to=("counselor",)).visible_to == ["counselor"]
    asked_few = make_attestation(sent, personas.student.user, visible_to=("counselor",), for_few=True)
    assert asked_few.visible_to == ["counselor"]


TOMORROW, TODAY = dt.timedelta(days=1), dt.timedelta()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "\u200b"}, "name"),
        ({"statement": " \u200b "}, "statement"),
        ({"witnessed_from": TOMORROW}, "witnessed_from"),
        ({"witnessed_to": TOMORROW}, "witnessed_to"),
        ({"witnessed_from": TODAY, "witnessed_to": -TOMORROW}, "witnessed_to"),
    ],
)
def test_a_word_that_cannot_be_leaves_the_link_as_it_was(
    personas: Personas, sent: CreditRequest, fields: dict[str, Any], field: str
) -> None:
    token = make_token(sent, personas.student.user)
    today = clock.today(sent.district)
    said = {name: today + one if isinstance(one, dt.timedelta) else one for name, one in fields.items()}

    with pytest.raises(DomainError) as refused:
        attest(token, make_testimony(**said), language="en")

    assert refused.value.field == field
    assert usable(token).used_at is None


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_send_one_link_at_once_one_is_kept(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person)
    token = make_token(request, personas.student.user)
    answers: list[str] = []
    barrier = threading.Barrier(20)

    def send(number: int) -> None:
        barrier.wait()
        try:
            attest(token, make_testimony(name=f"Witness {number}"), language="en")
            answers.append("kept")
        except Unusable as unusable:
            answers.append(str(unusable.standing))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["given"] * 19 + ["kept"]
    assert Attestation.objects.count() == 1
    assert AuditEvent.objects.filter(verb="crediting.attestation.given").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_word_and_a_decision_take_turns(personas: Personas, ground: Ground) -> None:
    """Whatever comes first: a word that is kept is in the frozen basis, or the link is closed."""
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    token = make_token(request, personas.teacher.user)
    outcome: list[str] = []
    barrier = threading.Barrier(2)

    def send() -> None:
        barrier.wait()
        try:
            attest(token, make_testimony(), language="en")
            outcome.append("kept")
        except Unusable as unusable:
            outcome.append(str(unusable.standing))
        finally:
            connection.close()

    def decide() -> None:
        barrier.wait()
        try:
            _awarded(personas, request)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for one in (send, decide)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    frozen = request.decisions.get().frozen_basis["attestations"]
    assert (outcome, len(frozen)) in [(["kept"], 1), (["closed"], 0)]


# --- Staff ------------------------------------------------------------------------------------------------------------


def test_a_spoken_word_is_marked_as_spoken(personas: Personas, sent: CreditRequest) -> None:
    recorded = Recorded()

    kept = make_spoken(sent, personas.teacher.user)

    assert (kept.way, kept.recorded_by, kept.language) == ("spoken", personas.teacher.person, "Lushootseed")
    assert (kept.name, kept.attested_on) == ("Vera Moses", clock.today(sent.district))
    assert recorded.verbs == ["crediting.attestation.recorded"]


@pytest.mark.parametrize("who", ["student", "family", "counselor", "registrar", "administrator"])
def test_only_those_who_judge_write_words_down(personas: Personas, sent: CreditRequest, who: str) -> None:
    with pytest.raises(NotAllowed):
        make_spoken(sent, personas.named(who).user)
    assert Attestation.objects.count() == 0


def test_a_spoken_word_is_not_of_tomorrow_and_not_of_staff(personas: Personas, sent: CreditRequest) -> None:
    tomorrow = clock.today(sent.district) + dt.timedelta(days=1)

    with pytest.raises(DomainError) as early:
        record_spoken(
            sent, make_subject(), make_testimony(), spoken_on=tomorrow, language="en", actor=personas.teacher.user
        )
    with pytest.raises(DomainError) as staff:
        make_spoken(sent, personas.teacher.user, role="principal")

    assert (early.value.field, staff.value.field) == ("spoken_on", "role")


@pytest.mark.rule("R20")
def test_staff_attest_for_themselves_in_a_role_they_hold(personas: Personas, sent: CreditRequest) -> None:
    key = uuid.uuid4()
    subject = make_subject(role="teacher", name="")
    recorded = Recorded()

    kept = attest_own_word(sent, subject, make_testimony(name=""), actor=personas.teacher.user, key=key)
    again = attest_own_word(sent, subject, make_testimony(name=""), actor=personas.teacher.user, key=key)

    assert (kept, kept.name, kept.way) == (again, "Tomas Reed", "own")
    assert recorded.verbs == ["crediting.attestation.own"]
    assert attested([sent.pk])[sent.pk][0].by == str(personas.teacher.person.public_id)
    with pytest.raises(DomainError) as refused:
        attest_own_word(sent, make_subject(role="principal"), make_testimony(), actor=personas.teacher.user)
    assert refused.value.field == "role"


def test_staff_match_a_word_with_standards_of_the_request(
    personas: Personas, sent: CreditRequest, ground: Ground
) -> None:
    kept = make_attestation(sent, personas.teacher.user)
    first, second, third = ground.standards
    recorded = Recorded()

    map_attestation(kept, [first, second], actor=personas.teacher.user)
    map_attestation(kept, [second, first], actor=personas.teacher.user)

    assert recorded.verbs == ["crediting.attestation.mapped"]
    assert attested([sent.pk])[sent.pk][0].standards == {str(first.guid), str(second.guid)}
    map_attestation(kept, [second], actor=personas.credit_manager.user)
    assert attested([sent.pk])[sent.pk][0].standards == {str(second.guid)}
    with pytest.raises(DomainError, match="standards of this request"):
        map_attestation(kept, [third], actor=personas.teacher.user)
    with pytest.raises(NotAllowed):
        map_attestation(kept, [first], actor=personas.student.user)


def test_what_is_withdrawn_counts_for_nothing_and_stays(personas: Personas, sent: CreditRequest) -> None:
    kept = make_attestation(sent, personas.teacher.user)
    recorded = Recorded()

    first = withdraw_attestation(kept, reason="Asked for by the elder.", actor=personas.teacher.user)
    second = withdraw_attestation(kept, reason="Again.", actor=personas.teacher.user)

    assert (first, first.reason) == (second, "Asked for by the elder.")
    assert recorded.verbs == ["crediting.attestation.withdrawn"]
    assert attested([sent.pk])[sent.pk] == ()
    assert Attestation.objects.filter(pk=kept.pk).exists()
    with pytest.raises(DomainError, match="withdrawn"):
        map_attestation(kept, [], actor=personas.teacher.user)


def test_after_the_decision_staff_change_nothing(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    kept = make_attestation(request, personas.teacher.user)
    _awarded(personas, request)

    with pytest.raises(NotAllowed):
        withdraw_attestation(kept, reason="Late.", actor=personas.credit_manager.user)
    with pytest.raises(NotAllowed):
        map_attestation(kept, [], actor=personas.teacher.user)
    assert attested([request.pk])[request.pk] != ()


def test_the_database_refuses_to_change_what_was_attested(personas: Personas, sent: CreditRequest) -> None:
    kept = make_attestation(sent, personas.student.user)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attestation.objects.filter(pk=kept.pk).update(statement="Something else")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attestation.objects.filter(pk=kept.pk).delete()


@pytest.mark.rule("EC26")
def test_the_frozen_basis_names_the_word_and_does_not_repeat_it(personas: Personas, ground: Ground) -> None:
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    kept = make_attestation(request, personas.student.user, organisation="Canoe Family")
    map_attestation(kept, ground.standards[:1], actor=personas.teacher.user)

    decision = award_credit(request, reason="Shown.", actor=personas.credit_manager.user)

    assert decision.frozen_basis["attestations"] == [
        {
            "id": str(kept.public_id),
            "role": "elder",
            "code": "",
            "attested_on": kept.attested_on.isoformat(),
            "sha256": kept.sha256,
            "way": "link",
            "is_unrecorded": False,
            "standards": [str(ground.standards[0].guid)],
        }
    ]
    frozen = str(decision.frozen_basis)
    assert not [one for one in (kept.name, kept.statement, kept.organisation, kept.experience) if one in frozen]


def test_facts_tell_people_apart_by_name(personas: Personas, sent: CreditRequest) -> None:
    make_attestation(sent, personas.teacher.user)
    make_attestation(sent, personas.teacher.user, name="VERA  moses")
    make_attestation(sent, personas.teacher.user, name="Joseph Hill", role="practitioner")

    words = attested([sent.pk])[sent.pk]

    assert [(word.role, word.by, word.on) for word in words] == [
        ("elder", "vera moses", clock.today(sent.district)),
        ("elder", "vera moses", clock.today(sent.district)),
        ("practitioner", "joseph hill", clock.today(sent.district)),
    ]


@pytest.mark.rule("R20", "EC26")
def test_a_policy_that_asks_for_a_word_decides_when_it_is_there_though_few_may_read_it(personas: Personas) -> None:
    ground = make_ground(
        personas.school, more="attestation: {roles: [elder, practitioner], text: The season of learning.}"
    )
    request = make_request(ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED)
    with pytest.raises(DomainError, match="season of learning"):
        award_credit(request, reason="Shown.", actor=personas.credit_manager.user)

    make_attestation(request, personas.teacher.user, is_unrecorded=True, visible_to=("principal", "counselor"))

    assert award_credit(request, reason="Shown.", actor=personas.credit_manager.user).kind == "award"


def test_a_word_by_a_link_in_the_students_hands_counts_once_staff_have_matched_it(
    personas: Personas, sent: CreditRequest, ground: Ground
) -> None:
    kept = make_attestation(sent, personas.student.user)
    assert attested([sent.pk])[sent.pk] == ()

    map_attestation(kept, ground.standards[:1], actor=personas.teacher.user)

    assert [word.role for word in attested([sent.pk])[sent.pk]] == ["elder"]


@pytest.mark.parametrize("role", ["teacher", "principal"])
def test_nobody_gets_a_link_to_attest_as_staff(personas: Personas, sent: CreditRequest, role: str) -> None:
    with pytest.raises(DomainError, match="for themselves"):
        make_invite(sent, personas.student.user, role=role)
    assert AttestationInvite.objects.count() == 0
