"""Invite people to have an account. The link is good once and for fourteen days; opening it changes nothing.

The link's secret is derived from the invitation's random id and the installation's key, so that a job can write the
letter later; the table holds its SHA-256 only.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.jobs import enqueue
from mbl.core.models import User
from mbl.core.transitions import Already
from profiles.actions.roles import write_grants_of
from profiles.models import Invitation, Person
from profiles.states import INVITATION, InvitationState
from profiles.verbs import InvitationAccepted, InvitationSent, InvitationWithdrawn

GOOD_FOR = dt.timedelta(days=14)
LOGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{2,149}")


@dataclass(eq=False)
class Unusable(Exception):
    """Why a link does not open: unknown, accepted, withdrawn or expired."""

    why: str


@transaction.atomic
def invite(person: Person, *, actor: User | None, email: str = "", language: str = "") -> Invitation:
    """Invite ``person`` to have an account, by e-mail where there is an address. An open invitation is answered again.

    ``DomainError`` for somebody who has an account or is no longer active.
    """
    person = Person.objects.select_for_update(of=["self"], no_key=True).select_related("district").get(pk=person.pk)
    if person.user_id is not None:
        raise DomainError(_("%(person)s already has an account.") % {"person": person})
    if not person.is_active:
        raise DomainError(_("This person is no longer active, so they cannot be invited."))
    now = clock.now()
    email = (email or person.email).strip().lower()
    known = Invitation.objects.filter(person=person, state=InvitationState.SENT).first()
    if known is not None and known.expires_at > now and known.email == email:
        return known
    if known is not None:
        known.state = InvitationState.WITHDRAWN
        known.save(update_fields=["state"])
    invitation = Invitation(
        district=person.district,
        person=person,
        email=email,
        language=language or person.language or person.district.language,
        sent_by=actor,
        sent_at=now,
        expires_at=now + GOOD_FOR,
    )
    invitation.token_sha256 = digest(token_of(invitation))
    invitation.save()
    audit.record(
        InvitationSent(by_email=bool(email), expires_on=clock.day_of(invitation.expires_at, person.district)),
        actor=actor,
        district=person.district,
        target=person,
    )
    if email:
        enqueue(
            "profiles.email_invitation",
            owner=None,
            district=person.district,
            label="E-mail",
            params={"invitation": str(invitation.public_id)},
            dedupe_key=f"invitation:{invitation.public_id}",
        )
    return invitation


@transaction.atomic
def invite_again(invitation: Invitation, *, actor: User | None) -> Invitation:
    """A fresh link, good for another fourteen days; the old one stops working."""
    withdraw(invitation, actor=actor)
    return invite(invitation.person, actor=actor, email=invitation.email, language=invitation.language)


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: User | None) -> Invitation:
    """Make the link useless. An accepted invitation cannot be withdrawn any more."""
    invitation = (
        Invitation.objects.select_for_update(of=["self"], no_key=True).select_related("person").get(pk=invitation.pk)
    )
    if isinstance(state := INVITATION.after("withdraw", invitation.state), Already):
        return invitation
    invitation.state = state
    invitation.save(update_fields=["state"])
    audit.record(InvitationWithdrawn(), actor=actor, district=invitation.district, target=invitation.person)
    return invitation


def usable(token: str) -> Invitation:
    """The open invitation of this link; ``Unusable`` says why there is none. Reads only."""
    invitation = (
        Invitation.objects.select_related("person__district", "district").filter(token_sha256=digest(token)).first()
    )
    if invitation is None:
        raise Unusable("unknown")
    if invitation.state != InvitationState.SENT:
        raise Unusable(invitation.state)
    if invitation.expires_at <= clock.now():
        raise Unusable("expired")
    if not invitation.person.is_active:
        raise Unusable(InvitationState.WITHDRAWN)
    return invitation


@transaction.atomic
def accept_with_new_account(token: str, *, login_name: str, password: str, language: str = "") -> User:
    """Make the account that the invitation is for. ``DomainError`` for a taken name or a weak password.

    The address the letter went to becomes the account's, unless another account has it (families share addresses).
    """
    invitation = _locked(token)
    login_name = login_name.strip().lower()
    if not LOGIN_NAME.fullmatch(login_name):
        raise DomainError(
            _("Choose a name of three letters or more, without spaces. Letters, digits and . _ - @ + are possible."),
            field="login_name",
        )
    email = invitation.email
    if email and User.objects.filter(email__iexact=email).exists():
        email = ""
    user = User(login_name=login_name, email=email, display_name=invitation.person.display_name, language=language)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="password") from None
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise DomainError(_("Somebody already has this name. Choose another one."), field="login_name") from None
    _attach(invitation, user, new_account=True)
    return user


@transaction.atomic
def accept_with_account(token: str, *, user: User) -> User:
    """Connect the invitation's person to an account that exists: a parent with children in two districts."""
    invitation = _locked(token)
    if Person.objects.filter(user=user, district=invitation.district).exists():
        raise DomainError(
            _("This account already belongs to somebody in %(district)s. Sign out and make a new account.")
            % {"district": invitation.district.name}
        )
    _attach(invitation, user, new_account=False)
    return user


def link_of(invitation: Invitation) -> str:
    """The whole address to send or hand over."""
    return settings.PUBLIC_URL + reverse("profiles:invitation", args=[token_of(invitation)])


def token_of(invitation: Invitation) -> str:
    """The link's secret: 192 bits that follow from the invitation's id and the installation's key."""
    mac = salted_hmac("profiles.invitation", str(invitation.public_id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac[:24]).decode()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _locked(token: str) -> Invitation:
    """The open invitation with its row locked, so that two clicks make one account."""
    Invitation.objects.select_for_update().filter(token_sha256=digest(token)).first()
    return usable(token)


def _attach(invitation: Invitation, user: User, *, new_account: bool) -> None:
    person = Person.objects.select_for_update(no_key=True).get(pk=invitation.person_id)
    person.user = user
    person.save(update_fields=["user"])
    invitation.state = InvitationState.ACCEPTED
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["state", "accepted_at"])
    write_grants_of(person)
    audit.record(InvitationAccepted(new_account=new_account), actor=user, district=invitation.district, target=person)
