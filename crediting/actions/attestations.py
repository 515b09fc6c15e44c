"""Ask for somebody's word, receive it, write a spoken one down, match it with standards, withdraw it.

The link's secret is derived from the invitation's random id and the installation's key, so that a job can write the
letter later; the table holds its SHA-256 only. It opens one form for one attestation: opening changes nothing, sending
uses it up. Everything locks the request first, so a word and a decision take turns.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.requests import lock_request
from crediting.models import (
    Attestation,
    AttestationInvite,
    AttestationWithdrawal,
    AttestedStandard,
    CreditRequest,
    Standard,
)
from crediting.queries.requests import standards_to_show
from crediting.rules import attestations
from crediting.rules.plain import name_of
from crediting.states import AttestationWay, InviteStanding
from crediting.verbs.requests import (
    AttestationAsked,
    AttestationCancelled,
    AttestationGiven,
    AttestationMapped,
    AttestationRecorded,
    AttestationWithdrawn,
    OwnWordAttested,
)
from mbl.core import audit, clock
from mbl.core.audit import Payload
from mbl.core.codes import encode, normalise
from mbl.core.decisions import Denied, Verdict
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.jobs import enqueue
from mbl.core.models import User
from mbl.core.words import says_something
from profiles.access import person_in
from profiles.models import Person
from profiles.states import Role

# Salts the link's secret and its hash: a secret made for something else opens nothing here, and this one nothing else.
PURPOSE = "crediting.attestation"
ROLE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(eq=False)
class Unusable(Exception):
    """Why a link does not open: its standing, or None where there is no such link. ``invite`` for the school's name."""

    standing: InviteStanding | None
    invite: AttestationInvite | None = None


@dataclass(frozen=True)
class Subject:
    """What is to be attested, in the asker's words, and who may read it."""

    role: str
    name: str
    experience: str
    code: str = ""
    agreement: str = ""
    visible_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Testimony:
    """What a witness says. Unrecorded: that they witnessed it, and nothing of what was said."""

    name: str
    organisation: str = ""
    contact: str = ""
    statement: str = ""
    is_unrecorded: bool = False
    witnessed_from: dt.date | None = None
    witnessed_to: dt.date | None = None


# --- Asking -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_attest(
    request: CreditRequest,
    subject: Subject,
    *,
    actor: User,
    email: str = "",
    language: str = "",
    days: int = 14,
    key: UUID | None = None,
) -> AttestationInvite:
    """Make a link for one witness, by e-mail where there is an address. ``key`` is made with the form: sending the
    same form twice finds the first invitation.
    """
    request = lock_request(request)
    _refuse(access.may_ask_to_attest(actor, request))
    known = AttestationInvite.objects.filter(public_id=key).first() if key else None
    if known is not None and known.request_id == request.pk and known.asked_by_id == actor.pk:
        return known
    _refuse_empty(subject)
    _refuse_staff(subject)
    if days not in attestations.DAYS:
        raise DomainError(_("Choose one of the listed times."), field="days")
    return _invite(
        AttestationInvite(
            public_id=key if key and known is None else uuid4(),
            district=request.district,
            request=request,
            **_told(subject),
            language=language or request.district.language,
            email=email.strip().lower(),
            asked_by=actor,
        ),
        days=days,
    )


@transaction.atomic
def ask_again(invite: AttestationInvite, *, actor: User) -> AttestationInvite:
    """A fresh link for the same witness; the old one stops working. A second call answers the same fresh link."""
    cancelled = cancel_invite(invite, actor=actor)
    if known := AttestationInvite.objects.filter(replaces=cancelled).first():
        return known
    same = ("district", "request", "role", "code", "name", "experience", "agreement", "visible_to", "language", "email")
    fresh = AttestationInvite(**{name: getattr(cancelled, name) for name in same}, asked_by=actor, replaces=cancelled)
    return _invite(fresh, days=max((cancelled.expires_at - cancelled.asked_at).days, 1))


def _invite(invite: AttestationInvite, *, days: int) -> AttestationInvite:
    invite.asked_at = clock.now()
    invite.expires_at = invite.asked_at + dt.timedelta(days=days)
    invite.token_sha256 = digest(token_of(invite))
    invite.save()
    told = AttestationAsked(
        role=invite.role,
        code=invite.code,
        by_email=bool(invite.email),
        expires_on=clock.day_of(invite.expires_at, invite.district),
    )
    _record(told, invite.request, invite.asked_by)
    if invite.email:
        enqueue(
            "crediting.email_attestation",
            owner=None,
            district=invite.district,
            label="E-mail",
            params={"invite": str(invite.public_id)},
            dedupe_key=f"attestation:{invite.public_id}",
        )
    return invite


@transaction.atomic
def cancel_invite(invite: AttestationInvite, *, actor: User) -> AttestationInvite:
    """Make the link useless. What was given by it stays, and is withdrawn in its own way."""
    request = lock_request(invite.request)
    _refuse(access.may_ask_to_attest(actor, request))
    invite = AttestationInvite.objects.select_related("district").get(pk=invite.pk)
    invite.request = request
    if invite.used_at is not None:
        raise DomainError(_("This was given in the meantime. Withdraw the attestation if it should not count."))
    if invite.cancelled_at is None:
        invite.cancelled_at = clock.now()
        invite.save(update_fields=["cancelled_at"])
        _record(AttestationCancelled(role=invite.role), request, actor)
    return invite


def link_of(invite: AttestationInvite) -> str:
    """The whole address to send, print or show as a square code."""
    return settings.PUBLIC_URL + reverse("crediting:attest", args=[token_of(invite)])


def token_of(invite: AttestationInvite) -> str:
    """The link's secret, short enough to type: 80 bits that follow from the invitation's id and our key."""
    mac = salted_hmac(PURPOSE, str(invite.public_id), algorithm="sha256").digest()
    return encode(int.from_bytes(mac[:10], "big"))


def digest(token: str) -> str:
    return hashlib.sha256(f"{PURPOSE}:{normalise(token)}".encode()).hexdigest()


# --- Receiving --------------------------------------------------------------------------------------------------------


def usable(token: str) -> AttestationInvite:
    """The invitation of this link; ``Unusable`` says why there is none. Reads only."""
    invite = (
        AttestationInvite.objects.select_related("district", "request__school", "request__student__person", "asked_by")
        .filter(token_sha256=digest(token))
        .first()
    )
    if invite is None:
        raise Unusable(None)
    standing = standing_of(invite)
    if standing != InviteStanding.WAITING:
        raise Unusable(standing, invite)
    return invite


def standing_of(invite: AttestationInvite) -> InviteStanding:
    return attestations.standing_of(
        request_state=invite.request.state,
        used=invite.used_at is not None,
        cancelled=invite.cancelled_at is not None,
        expires_at=invite.expires_at,
        now=clock.now(),
    )


@transaction.atomic
def attest(token: str, testimony: Testimony, *, language: str, for_few: bool = False) -> Attestation:
    """Keep a witness's word and use the link up. ``for_few``: only ``rules.attestations.few`` of the staff may read it.

    Of many at the same moment one is kept; the others get ``Unusable``.
    """
    invite = usable(token)
    request = lock_request(invite.request)
    invite = usable(token)  # as it is now that nobody else can change it
    invite.request = request
    subject = Subject(
        role=invite.role,
        name=testimony.name,
        experience=invite.experience,
        code=invite.code,
        agreement=invite.agreement,
        visible_to=attestations.few(invite.visible_to) if for_few else tuple(invite.visible_to),
    )
    day = clock.today(request.district)
    attestation = _keep(
        request, subject, testimony, way=AttestationWay.LINK, attested_on=day, language=language, invite=invite
    )
    invite.used_at = attestation.recorded_at
    invite.save(update_fields=["used_at"])
    told = AttestationGiven(role=attestation.role, code=attestation.code, sha256=attestation.sha256)
    _record(told, request, None)
    notices.tell_attested(attestation)
    return attestation


@transaction.atomic
def record_spoken(
    request: CreditRequest,
    subject: Subject,
    testimony: Testimony,
    *,
    spoken_on: dt.date,
    language: str,
    actor: User,
    key: UUID | None = None,
) -> Attestation:
    """Write down, marked so, what somebody said to a member of staff: who spoke, who wrote, when, in which language."""
    request = lock_request(request)
    _refuse(access.keeps_attestations(actor, request))
    if known := _known(request, key):
        return known
    _refuse_empty(subject)
    _refuse_staff(subject)
    if spoken_on > clock.today(request.district):
        raise DomainError(_("This day has not come yet."), field="spoken_on")
    attestation = _keep(
        request,
        subject,
        testimony,
        way=AttestationWay.SPOKEN,
        attested_on=spoken_on,
        language=language,
        recorded_by=person_in(actor, request.district),
        key=key,
    )
    told = AttestationRecorded(
        role=attestation.role, code=attestation.code, sha256=attestation.sha256, language=language
    )
    _record(told, request, actor)
    notices.tell_attested(attestation)
    return attestation


@transaction.atomic
def attest_own_word(
    request: CreditRequest, subject: Subject, testimony: Testimony, *, actor: User, key: UUID | None = None
) -> Attestation:
    """A member of staff attests what they themselves witnessed, in a role they hold at the school today."""
    request = lock_request(request)
    _refuse(access.keeps_attestations(actor, request))
    if known := _known(request, key):
        return known
    person = person_in(actor, request.district)
    if subject.role not in access.roles_at(actor, request.school):
        raise DomainError(_("You can attest only in a role you hold at this school today."), field="role")
    subject = replace(subject, name=str(person))
    _refuse_empty(subject)
    attestation = _keep(
        request,
        subject,
        replace(testimony, name=str(person)),
        way=AttestationWay.OWN,
        attested_on=clock.today(request.district),
        language=actor.language or request.district.language,
        recorded_by=person,
        key=key,
    )
    told = OwnWordAttested(role=attestation.role, code=attestation.code, sha256=attestation.sha256)
    _record(told, request, actor)
    notices.tell_attested(attestation)
    return attestation


def _known(request: CreditRequest, key: UUID | None) -> Attestation | None:
    """What the same form has brought already."""
    return Attestation.objects.filter(public_id=key, request=request).first() if key else None


def _keep(
    request: CreditRequest,
    subject: Subject,
    testimony: Testimony,
    *,
    way: AttestationWay,
    attested_on: dt.date,
    language: str,
    invite: AttestationInvite | None = None,
    recorded_by: Person | None = None,
    key: UUID | None = None,
) -> Attestation:
    testimony = _cleaned(testimony, clock.today(request.district))
    if key is None or Attestation.objects.filter(public_id=key).exists():
        key = uuid4()  # somebody else's page, copied or guessed: this word gets an id of its own
    told = _told(replace(subject, name=testimony.name))
    said = {**asdict(testimony), **told, "attested_on": attested_on, "language": language, "way": way}
    return Attestation.objects.create(
        public_id=key,
        district=request.district,
        request=request,
        invite=invite,
        way=way,
        language=language,
        attested_on=attested_on,
        recorded_at=clock.now(),
        recorded_by=recorded_by,
        sha256=attestations.fingerprint({name: str(value) for name, value in said.items()}),
        **{**asdict(testimony), **told},
    )


def _cleaned(testimony: Testimony, today: dt.date) -> Testimony:
    """The testimony without stray space, and without any words where it is to stay unrecorded."""
    if not says_something(testimony.name):
        raise DomainError(_("Write your name as it should appear."), field="name")
    if not testimony.is_unrecorded and not says_something(testimony.statement):
        raise DomainError(
            _("Write what you saw, or choose that only the fact is kept."),
            field="statement",
        )
    first, last = testimony.witnessed_from, testimony.witnessed_to
    for field, day in (("witnessed_from", first), ("witnessed_to", last)):
        if day is not None and day > today:
            raise DomainError(_("This day has not come yet."), field=field)
    if first is not None and last is not None and last < first:
        raise DomainError(_("The last day is before the first one."), field="witnessed_to")
    return replace(
        testimony,
        name=" ".join(testimony.name.split()),
        organisation=testimony.organisation.strip(),
        contact=testimony.contact.strip(),
        statement="" if testimony.is_unrecorded else testimony.statement.strip(),
    )


def _refuse_empty(subject: Subject) -> None:
    if not ROLE.fullmatch(subject.role):
        raise DomainError(_("Choose who it is that attests."), field="role")
    if not says_something(subject.name):
        raise DomainError(_("Write the name of the person who attests."), field="name")
    if not says_something(subject.experience):
        raise DomainError(_("Say what it is about, in words the witness understands."), field="experience")
    if not set(subject.visible_to) <= {str(role) for role in attestations.READERS}:
        raise DomainError(_("Choose roles from the list."), field="visible_to")


def _refuse_staff(subject: Subject) -> None:
    if subject.role in set(Role):
        raise DomainError(_("Staff attest for themselves, signed in."), field="role")


def _told(subject: Subject) -> dict[str, object]:
    return {
        "role": subject.role,
        "code": subject.code.strip(),
        "name": " ".join(subject.name.split()),
        "experience": subject.experience.strip(),
        "agreement": subject.agreement.strip(),
        "visible_to": list(subject.visible_to),
    }


# --- Keeping ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def map_attestation(attestation: Attestation, standards: Collection[Standard], *, actor: User) -> None:
    """Say which of the request's standards the attestation speaks to, in place of what was said before."""
    request, attestation = _locked(attestation, actor)
    if hasattr(attestation, "withdrawal"):
        raise DomainError(_("This attestation was withdrawn, so it speaks to nothing."))
    ours = {standard.pk: standard for standard in standards_to_show(request)}
    wanted = {standard.pk for standard in standards}
    if not wanted <= set(ours):
        raise DomainError(_("Choose standards of this request."), field="standards")
    before = set(attestation.mapped.values_list("standard_id", flat=True))
    if before == wanted:
        return
    attestation.mapped.exclude(standard__in=wanted).delete()
    now = clock.now()
    AttestedStandard.objects.bulk_create(
        AttestedStandard(attestation=attestation, standard=standard, mapped_by=actor, mapped_at=now)
        for pk, standard in ours.items()
        if pk in wanted - before
    )
    names = [name_of(standard.code, standard.statement) for pk, standard in ours.items() if pk in wanted]
    _record(AttestationMapped(standards=", ".join(names) or "–"), request, actor)


@transaction.atomic
def withdraw_attestation(attestation: Attestation, *, reason: str, actor: User) -> AttestationWithdrawal:
    """It counts for nothing from now on and is shown to nobody; the row stays. A second call answers the first."""
    request, attestation = _locked(attestation, actor)
    if hasattr(attestation, "withdrawal"):
        return attestation.withdrawal
    if not says_something(reason):
        raise DomainError(_("Say why, so that others understand it later."), field="reason")
    withdrawal = AttestationWithdrawal.objects.create(
        attestation=attestation, reason=reason.strip(), withdrawn_by=actor, withdrawn_at=clock.now()
    )
    told = AttestationWithdrawn(role=attestation.role, sha256=attestation.sha256, reason=withdrawal.reason)
    _record(told, request, actor)
    return withdrawal


def _locked(attestation: Attestation, actor: User) -> tuple[CreditRequest, Attestation]:
    request = lock_request(attestation.request)
    _refuse(access.keeps_attestations(actor, request))
    return request, Attestation.objects.select_related("withdrawal").get(pk=attestation.pk)


def _refuse(verdict: Verdict) -> None:
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


def _record(payload: Payload, request: CreditRequest, actor: User | None) -> None:
    audit.record(payload, actor=actor, district=request.district, target=request, student=request.student)
