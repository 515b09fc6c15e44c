"""Somebody asked to attest, and words that are there, through the product's own actions."""

from __future__ import annotations

from typing import Any

from crediting.actions.attestations import Subject, Testimony, ask_to_attest, attest, record_spoken, token_of
from crediting.models import Attestation, AttestationInvite, CreditRequest
from mbl.core import clock
from mbl.core.models import User

EXPERIENCE = "Paddling and mapping the route with the canoe family in July."
STATEMENT = "She read the tide tables for us and taught two younger ones."


def make_subject(**fields: Any) -> Subject:
    """An elder and a canoe journey, open to everyone who sees the work."""
    return Subject(**{"role": "elder", "name": "Vera Moses", "experience": EXPERIENCE, **fields})


def make_invite(
    request: CreditRequest, actor: User, *, days: int = 14, email: str = "", language: str = "en", **fields: Any
) -> AttestationInvite:
    return ask_to_attest(request, make_subject(**fields), actor=actor, days=days, email=email, language=language)


def make_token(request: CreditRequest, actor: User, **fields: Any) -> str:
    """The secret of a fresh link."""
    return token_of(make_invite(request, actor, **fields))


def make_testimony(**fields: Any) -> Testimony:
    return Testimony(**{"name": "Vera Moses", "statement": STATEMENT, **fields})


def make_attestation(request: CreditRequest, actor: User, *, for_few: bool = False, **fields: Any) -> Attestation:
    """Given by link. ``fields`` go to what was asked, and those of ``Testimony`` to what was said."""
    said = {name: fields.pop(name) for name in ("statement", "is_unrecorded", "organisation") if name in fields}
    testimony = make_testimony(name=fields.get("name", "Vera Moses"), **said)
    return attest(make_token(request, actor, **fields), testimony, language="en", for_few=for_few)


def make_spoken(request: CreditRequest, actor: User, **fields: Any) -> Attestation:
    return record_spoken(
        request,
        make_subject(**fields),
        make_testimony(),
        spoken_on=clock.today(request.district),
        language="Lushootseed",
        actor=actor,
    )
