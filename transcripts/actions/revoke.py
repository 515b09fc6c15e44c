"""Revoke a transcript: from now on its check page says that nobody should rely on it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import says_something
from transcripts import access
from transcripts.models import Transcript, TranscriptRevocation
from transcripts.verbs import TranscriptRevoked


@transaction.atomic
def revoke_transcript(transcript: Transcript, *, reason: str, actor: User) -> TranscriptRevocation:
    """Revoke it, with a reason the school keeps to itself. A second call gives the first revocation."""
    verdict = access.may_revoke(actor, transcript)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    transcript = (
        Transcript.objects.select_for_update(of=["self"]).select_related("district", "student").get(pk=transcript.pk)
    )
    first = TranscriptRevocation.objects.filter(transcript=transcript).first()
    if first is not None:
        return first
    reason = reason.strip()
    if not says_something(reason):
        raise DomainError(_("Say why it is revoked."), field="reason")
    revocation = TranscriptRevocation.objects.create(
        transcript=transcript, reason=reason, revoked_by=actor, revoked_at=clock.now()
    )
    audit.record(
        TranscriptRevoked(reason=reason),
        actor=actor,
        district=transcript.district,
        target=transcript,
        student=transcript.student,
    )
    return revocation
