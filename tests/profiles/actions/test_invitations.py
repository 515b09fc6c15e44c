"""Invitations: secret, single, expiring; they make an account or connect one."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from mbl.core import clock, jobs
from mbl.core.errors import DomainError, InvalidTransition
from mbl.core.models import AuditEvent, Job, User
from profiles import access
from profiles.actions import invitations
from profiles.actions.invitations import Unusable, digest, token_of, usable
from profiles.models import Invitation
from profiles.rules.roles import Capability
from profiles.states import InvitationState, Role
from tests.factories.profiles import make_person, make_role
from tests.personas import Personas

PASSWORD = "four plain words here"


def new_registrar(personas: Personas) -> Invitation:
    person = make_person(personas.district, "Nora Registrar", email="nora@example.org")
    make_role(person, Role.REGISTRAR, personas.school)
    return invitations.invite(person, actor=personas.administrator.user)


def accept(invitation: Invitation, name: str = "nora", password: str = PASSWORD) -> User:
    return invitations.accept_with_new_account(token_of(invitation), login_name=name, password=password)


def why(token: str) -> str:
    with pytest.raises(Unusable) as refused:
        usable(token)
    return refused.value.why


def test_only_the_hash_of_the_secret_is_kept(personas: Personas) -> None:
    invitation = new_registrar(personas)
    token = token_of(invitation)
    assert len(token) * 6 >= 128
    assert invitation.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    stored = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in str(stored)
    assert not any(token in str(job.params) for job in Job.objects.all())


def test_accepting_makes_an_account_with_the_roles_powers(personas: Personas) -> None:
    invitation = new_registrar(personas)
    user = accept(invitation)
    assert (user.login_name, user.email, str(user)) == ("nora", "nora@example.org", "Nora Registrar")
    assert user.check_password(PASSWORD)
    assert access.may(user, Capability.ISSUE_TRANSCRIPT, personas.student.student)
    assert not access.may(user, Capability.ISSUE_TRANSCRIPT, personas.other_district_student.student)
    event = AuditEvent.objects.get(verb="profiles.invitation.accepted")
    assert (event.actor, event.payload) == (user, {"new_account": True})


def test_a_password_is_hashed_with_argon2_outside_tests(settings: object) -> None:
    from mbl import settings as real

    assert real.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_a_link_works_once(personas: Personas) -> None:
    invitation = new_registrar(personas)
    accept(invitation)
    assert why(token_of(invitation)) == InvitationState.ACCEPTED
    with pytest.raises(Unusable):
        accept(invitation, "somebody-else")
    assert not User.objects.filter(login_name="somebody-else").exists()


def test_a_link_ends_after_fourteen_days(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    invitation = new_registrar(personas)
    assert invitation.expires_at - invitation.sent_at == dt.timedelta(days=14)
    monkeypatch.setattr(clock, "now", lambda: invitation.expires_at)
    assert why(token_of(invitation)) == "expired"
    with pytest.raises(Unusable):
        accept(invitation)


def test_an_unknown_link_is_unknown(personas: Personas) -> None:
    assert why("x" * 32) == "unknown"
    assert why("") == "unknown"


def test_a_withdrawn_link_does_not_open(personas: Personas) -> None:
    invitation = new_registrar(personas)
    for _click in range(2):
        invitations.withdraw(invitation, actor=personas.administrator.user)
    assert why(token_of(invitation)) == InvitationState.WITHDRAWN
    assert AuditEvent.objects.filter(verb="profiles.invitation.withdrawn").count() == 1


def test_an_accepted_invitation_cannot_be_withdrawn(personas: Personas) -> None:
    invitation = new_registrar(personas)
    accept(invitation)
    with pytest.raises(InvalidTransition):
        invitations.withdraw(invitation, actor=None)


def test_sending_again_makes_a_new_link_and_kills_the_old(personas: Personas) -> None:
    old = new_registrar(personas)
    fresh = invitations.invite_again(old, actor=personas.administrator.user)
    assert why(token_of(old)) == InvitationState.WITHDRAWN
    assert usable(token_of(fresh)) == fresh


def test_inviting_twice_answers_the_open_invitation(personas: Personas) -> None:
    first = new_registrar(personas)
    assert invitations.invite(first.person, actor=None) == first
    assert AuditEvent.objects.filter(verb="profiles.invitation.sent").count() == 1


def test_somebody_with_an_account_or_who_left_is_not_invited(personas: Personas) -> None:
    with pytest.raises(DomainError, match="already has an account"):
        invitations.invite(personas.teacher.person, actor=None)
    with pytest.raises(DomainError, match="no longer active"):
        invitations.invite(make_person(personas.district, is_active=False), actor=None)


def test_a_person_who_left_meanwhile_cannot_accept(personas: Personas) -> None:
    invitation = new_registrar(personas)
    invitation.person.is_active = False
    invitation.person.save()
    assert why(token_of(invitation)) == InvitationState.WITHDRAWN


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("no", PASSWORD, "three letters or more"),
        ("has space", PASSWORD, "three letters or more"),
        ("nora", "short", "too short"),
        ("nora", "0123456789", "numeric|common"),
        ("nora", "nora-registrar", "similar"),
    ],
)
def test_names_and_passwords_that_cannot_be(personas: Personas, name: str, password: str, sentence: str) -> None:
    invitation = new_registrar(personas)
    with pytest.raises(DomainError, match=sentence):
        accept(invitation, name, password)
    assert usable(token_of(invitation)) == invitation


def test_a_taken_name_is_refused_whatever_its_letters_size(personas: Personas) -> None:
    taken = personas.teacher.user.login_name
    with pytest.raises(DomainError, match="already has this name"):
        accept(new_registrar(personas), taken.upper())


def test_families_may_share_an_address(personas: Personas) -> None:
    accept(new_registrar(personas))
    sibling = make_person(personas.district, "Nils Registrar", email="NORA@example.org")
    second = accept(invitations.invite(sibling, actor=None), "nils")
    assert second.email == ""


def test_an_account_can_belong_to_two_districts(personas: Personas) -> None:
    """A parent with children in both."""
    there = make_person(personas.other_district, "Elena Ramirez")
    invitation = invitations.invite(there, actor=None)
    invitations.accept_with_account(token_of(invitation), user=personas.family.user)
    there.refresh_from_db()
    assert there.user == personas.family.user
    assert set(access.standing(personas.family.user).people.values()) == {
        personas.district.pk,
        personas.other_district.pk,
    }


def test_an_account_is_one_person_in_a_district(personas: Personas) -> None:
    invitation = new_registrar(personas)
    with pytest.raises(DomainError, match="already belongs to somebody in Northfield"):
        invitations.accept_with_account(token_of(invitation), user=personas.teacher.user)
    assert usable(token_of(invitation)) == invitation


def test_the_letter_goes_out_with_a_link_that_opens(personas: Personas, mailoutbox: list) -> None:  # type: ignore[type-arg]
    invitation = new_registrar(personas)
    jobs.run(Job.objects.get(kind="profiles.email_invitation").pk)
    assert [mail.to for mail in mailoutbox] == [["nora@example.org"]]
    link = f"/invitation/{token_of(invitation)}/"
    assert link in mailoutbox[0].body
    assert usable(token_of(invitation)) == invitation


def test_no_letter_goes_out_for_an_invitation_that_was_withdrawn(personas: Personas, mailoutbox: list) -> None:  # type: ignore[type-arg]
    invitation = new_registrar(personas)
    invitations.withdraw(invitation, actor=None)
    jobs.run(Job.objects.get(kind="profiles.email_invitation").pk)
    assert mailoutbox == []


def test_without_an_address_no_letter_is_sent(personas: Personas) -> None:
    invitations.invite(make_person(personas.district), actor=None)
    assert not Job.objects.filter(kind="profiles.email_invitation").exists()


def test_the_digest_is_that_of_the_token() -> None:
    assert digest("a") == hashlib.sha256(b"a").hexdigest()
