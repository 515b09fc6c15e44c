"""A line that waits until the student wants it on the transcript (R38). The credit counts either way."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access
from crediting.models import LedgerEntry, TranscriptWish
from crediting.verbs.decisions import TranscriptAsked, TranscriptUnasked
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User


@transaction.atomic
def ask_for_transcript(entry: LedgerEntry, *, actor: User) -> TranscriptWish:
    """From the next transcript on the line is printed. A second call answers the first wish."""
    _refuse(entry, actor)
    wish, created = TranscriptWish.objects.get_or_create(
        entry=entry, defaults={"asked_by": actor, "asked_at": clock.now()}
    )
    if created:
        _record(TranscriptAsked(course=entry.course_title), entry, actor)
    return wish


@transaction.atomic
def keep_off_transcript(entry: LedgerEntry, *, actor: User) -> None:
    """The student changed their mind: later transcripts leave the line out. What was issued stays as it is."""
    _refuse(entry, actor)
    deleted, _rows = TranscriptWish.objects.filter(entry=entry).delete()
    if deleted:
        _record(TranscriptUnasked(course=entry.course_title), entry, actor)


def _refuse(entry: LedgerEntry, actor: User) -> None:
    verdict = access.may_ask_for_transcript(actor, entry.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if not entry.on_request:
        raise DomainError(_("This line stands on the transcript anyway. There is nothing to ask for."))


def _record(payload: audit.Payload, entry: LedgerEntry, actor: User) -> None:
    audit.record(payload, actor=actor, district=entry.district, target=entry.request or entry, student=entry.student)
