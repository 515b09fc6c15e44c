"""Ask for consent to share a student's record, give it, decline it, take it back (R81, 34 CFR 99.30)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from mbl.core import audit, clock, notify
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import District, User
from mbl.core.transitions import Already
from mbl.core.words import visible
from profiles import access
from profiles.models import Person, SharingConsent, Student
from profiles.states import CONSENT, ConsentState, SharedRecords
from profiles.verbs import ConsentAsked, ConsentDeclined, ConsentRevoked, ConsentSigned

# The longest that one consent lasts where the district's setting ``consent_days`` says nothing else.
DEFAULT_DAYS = 365


def last_day_possible(district: District) -> dt.date:
    """The last day that a consent given today can name."""
    return clock.today(district) + dt.timedelta(days=int(district.settings.get("consent_days", DEFAULT_DAYS)))


@transaction.atomic
def ask_consent(
    student: Student,
    *,
    reader: Person,
    party: str,
    purpose: str,
    records: SharedRecords,
    ends_on: dt.date,
    actor: User,
) -> SharingConsent:
    """Ask whoever signs for the student whether ``reader`` may see ``records`` for ``party``. It opens nothing yet.

    The same question while it waits is the same consent. ``DomainError`` for terms that nobody could sign.
    """
    student = _locked_student(student)
    verdict = access.may_in_district(actor, access.Capability.MANAGE_PEOPLE, student.district)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    party, purpose = visible(party)[:200], visible(purpose)[:500]
    _refuse_impossible(student, reader, party, purpose, ends_on)
    terms: dict[str, Any] = {"party": party, "purpose": purpose, "records": str(records), "ends_on": ends_on}
    waiting = SharingConsent.objects.filter(student=student, reader=reader, state=ConsentState.ASKED).first()
    if waiting is not None:
        if all(getattr(waiting, name) == value for name, value in terms.items()):
            return waiting
        raise DomainError(
            _("A question about %(reader)s waits for an answer. Withdraw it first, then ask anew.")
            % {"reader": reader},
            field="reader",
        )
    consent = SharingConsent.objects.create(
        district=student.district, student=student, reader=reader, asked_by=actor, asked_at=clock.now(), **terms
    )
    _record(ConsentAsked(reader=str(reader), **terms), consent, actor)
    asked = [*access.signers_of(student), student.person]
    _tell([person.user for person in asked], "profiles.consent_asked", consent, actor)
    return consent


@transaction.atomic
def sign_consent(consent: SharingConsent, *, typed_name: str, actor: User) -> SharingConsent:
    """Agree: the record is open to the reader from the next click on, until the last day of the consent."""
    consent = _locked(consent)
    verdict = access.may_sign_for(actor, consent.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    state = CONSENT.after("sign", consent.state)
    if isinstance(state, Already):
        return consent
    if consent.ends_on < clock.today(consent.district):
        raise DomainError(_("The last day of this has passed. The school has to ask you anew."))
    typed_name = " ".join(visible(typed_name).split())[:200]
    if not typed_name:
        raise DomainError(_("Type your full name. It stands for your signature."), field="typed_name")
    consent.state = state
    consent.signed_by, consent.signed_at, consent.typed_name = actor, clock.now(), typed_name
    consent.signed_as = access.signs_as(consent.student)
    consent.save(update_fields=["state", "signed_by", "signed_at", "typed_name", "signed_as"])
    _record(
        ConsentSigned(
            party=consent.party,
            reader=str(consent.reader),
            purpose=consent.purpose,
            records=consent.records,
            ends_on=consent.ends_on,
            signer=typed_name,
            signed_as=consent.signed_as,
        ),
        consent,
        actor,
    )
    _tell(
        [consent.asked_by, consent.reader.user, consent.student.person.user], "profiles.consent_signed", consent, actor
    )
    return consent


@transaction.atomic
def end_consent(consent: SharingConsent, *, actor: User) -> SharingConsent:
    """Decline what was asked, or take back what was signed. It holds from the next click on."""
    consent = _locked(consent)
    verdict = access.may_end_sharing(actor, consent.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if not CONSENT.verbs_from(consent.state):
        return consent
    is_signed = consent.state == ConsentState.SIGNED
    consent.state = ConsentState.REVOKED if is_signed else ConsentState.DECLINED
    consent.ended_by, consent.ended_at = actor, clock.now()
    consent.save(update_fields=["state", "ended_by", "ended_at"])
    _record((ConsentRevoked if is_signed else ConsentDeclined)(party=consent.party), consent, actor)
    told = [consent.asked_by, consent.student.person.user, *(one.user for one in access.signers_of(consent.student))]
    if is_signed:
        told.append(consent.reader.user)
    _tell(told, "profiles.consent_ended", consent, actor)
    return consent


def _refuse_impossible(student: Student, reader: Person, party: str, purpose: str, ends_on: dt.date) -> None:
    if reader.district_id != student.district_id:
        raise DomainError(_("The person and the student belong to different districts."), field="reader")
    if reader.pk == student.person_id:
        raise DomainError(_("Students see their own record without this. Choose somebody else."), field="reader")
    if not party:
        raise DomainError(_("Say who receives this, such as the name of a college or an employer."), field="party")
    if not purpose:
        raise DomainError(_("Say what it is for. The family reads this before it signs."), field="purpose")
    today, last = clock.today(student.district), last_day_possible(student.district)
    if ends_on < today:
        raise DomainError(_("That day has passed. Choose today or a later day."), field="ends_on")
    if ends_on > last:
        raise DomainError(
            _("Consent lasts until %(day)s at most. Choose an earlier day; it can be asked for again.")
            % {"day": last.isoformat()},
            field="ends_on",
        )


def _locked_student(student: Student) -> Student:
    return (
        Student.objects.select_for_update(of=["self"], no_key=True)
        .select_related("person__user", "district")
        .get(pk=student.pk)
    )


def _locked(consent: SharingConsent) -> SharingConsent:
    return (
        SharingConsent.objects.select_for_update(of=["self"])
        .select_related("student__person__user", "student__district", "district", "reader__user", "asked_by")
        .get(pk=consent.pk)
    )


def _record(payload: audit.Payload, consent: SharingConsent, actor: User) -> None:
    audit.record(payload, actor=actor, district=consent.district, target=consent.student, student=consent.student)


def _tell(users: list[User | None], code: str, consent: SharingConsent, actor: User) -> None:
    """Everybody concerned except who did it; a reader goes to the record, the others to the consent."""
    reader, student = consent.reader.user, consent.student
    for user in {user.pk: user for user in users if user is not None and user != actor}.values():
        notify.tell(
            user,
            code,
            {"party": consent.party, "student": str(student), "ends_on": consent.ends_on.isoformat()},
            district=consent.district,
            url=reverse("profiles:student", args=[student.public_id])
            if user == reader
            else reverse("profiles:consent", args=[consent.public_id]),
            subject=student,
            dedupe_key=f"{code}:{consent.public_id}",
        )
