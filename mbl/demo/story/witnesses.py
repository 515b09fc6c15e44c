"""What people without an account witnessed: asked by link, said, and matched with standards by staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crediting.actions.attestations import Subject, Testimony, ask_to_attest, attest, map_attestation, token_of
from crediting.models import Attestation, AttestationInvite, CreditRequest, Standard
from mbl.core.models import User


def ask(request: CreditRequest, step: Mapping[str, Any], *, actor: User) -> None:
    subject = Subject(
        role=step["role"],
        name=step["name"],
        experience=step["experience"],
        code=step.get("code", ""),
        agreement=step.get("agreement", ""),
        visible_to=tuple(step.get("visible_to", ())),
    )
    ask_to_attest(request, subject, actor=actor, email=step.get("email", ""), language=step.get("language", ""))


def say(request: CreditRequest, step: Mapping[str, Any]) -> None:
    """By the newest link of the request."""
    invite = AttestationInvite.objects.filter(request=request).latest("pk")
    testimony = Testimony(
        name=step["name"], statement=step.get("statement", ""), is_unrecorded=step.get("unrecorded", False)
    )
    attest(token_of(invite), testimony, language=invite.language)


def match(request: CreditRequest, standards: Sequence[Standard], *, actor: User) -> None:
    map_attestation(Attestation.objects.filter(request=request).latest("pk"), standards, actor=actor)
