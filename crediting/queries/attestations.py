"""What was attested: for deciding, and for the people who look at a request."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.utils.translation import pgettext

from crediting.models import Attestation, AttestationInvite, AttestedStandard, CreditRequest
from crediting.rules import attestations as rules
from crediting.rules.facts import Attested
from crediting.states import AttestationWay, InviteStanding
from crediting.words import witness_word
from mbl.core import clock
from mbl.core.words import state_tone, state_word


@dataclass(frozen=True)
class Word:
    """An attestation with the standards that staff matched it with, by guid and by code.

    ``is_students``: it came by a link that the student asked for. That was in the student's hands, so what it brought
    counts once staff have looked at it and matched it with a standard (R30). What was withdrawn counts for nothing.
    """

    attestation: Attestation
    standards: tuple[str, ...]
    codes: tuple[str, ...]
    is_students: bool

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self.attestation, "withdrawal")

    @property
    def counts(self) -> bool:
        return not self.is_withdrawn and (bool(self.standards) or not self.is_students)


def given(request_pks: Collection[int]) -> Mapping[int, tuple[Word, ...]]:
    """Everything attested on each request, oldest first, in one trip; see ``Word.counts``."""
    rows = (
        Attestation.objects.filter(request__in=request_pks)
        .select_related("recorded_by", "invite", "withdrawal")
        .annotate(guids=_mapped("guid"), codes=_mapped("code"), student=F("request__student__person__user"))
        .order_by("recorded_at", "pk")
    )
    found: dict[int, tuple[Word, ...]] = defaultdict(tuple)
    for row in rows:
        is_students = row.invite is not None and row.invite.asked_by_id == row.student
        found[row.request_id] += (Word(row, tuple(map(str, row.guids)), tuple(row.codes), is_students),)
    return found


def attested(request_pks: Collection[int]) -> Mapping[int, tuple[Attested, ...]]:
    """What counts of each request, as the facts of a decision."""
    found: dict[int, tuple[Attested, ...]] = defaultdict(tuple)
    return found | {pk: as_facts(words) for pk, words in given(request_pks).items()}


def as_facts(words: Iterable[Word]) -> tuple[Attested, ...]:
    return tuple(
        Attested(
            role=word.attestation.role,
            on=word.attestation.attested_on,
            code=word.attestation.code,
            by=_by(word.attestation),
            standards=frozenset(word.standards),
        )
        for word in words
        if word.counts
    )


def _by(attestation: Attestation) -> str:
    if attestation.way == AttestationWay.OWN and attestation.recorded_by is not None:
        return str(attestation.recorded_by.public_id)
    return rules.person_key(attestation.name)


def _mapped(name: str) -> ArraySubquery:
    """In the order in which staff matched them. Not an aggregate: that would group by every column of four tables."""
    mapped = AttestedStandard.objects.filter(attestation=OuterRef("pk"))
    return ArraySubquery(mapped.order_by("pk").values(f"standard__{name}"))


@dataclass(frozen=True)
class AttestationRow:
    """One line of the part "Attestations": somebody asked, or a word that is there.

    ``is_read``: whether this reader may know who, what about and what was said. Otherwise the row says that it exists.
    """

    at: dt.datetime
    role: str
    state: str
    tone: str
    is_read: bool
    invite: AttestationInvite | None = None
    attestation: Attestation | None = None
    standards: Sequence[str] = ()
    # By a link that the student asked for: see ``Word``.
    waits_for_staff: bool = False

    @property
    def is_closed_to_reader(self) -> bool:
        """There, and not for this reader; a withdrawn word is for nobody."""
        return not self.is_read and not self.is_withdrawn

    @property
    def is_withdrawn(self) -> bool:
        return self.attestation is not None and hasattr(self.attestation, "withdrawal")

    @property
    def is_waiting(self) -> bool:
        return self.invite is not None and self.state == state_word(InviteStanding.WAITING)


def rows_of(
    request: CreditRequest,
    may_read: Callable[[Sequence[str]], bool],
    *,
    reader_pk: int | None,
    words: Iterable[Word] | None = None,
    is_asked: bool = True,
) -> list[AttestationRow]:
    """Everything asked and given on the request, oldest first, in two trips. Whoever asked may read what they asked.

    Links that were used are told by what they brought; those that a fresh one replaced are left out. ``words`` is what
    was ``given``, where that has been read already; ``is_asked``: whether anybody may have been asked by a link.
    """
    invites = AttestationInvite.objects.filter(request=request, used_at=None, replaced_by=None) if is_asked else ()
    if words is None:
        words = given([request.pk])[request.pk]
    now = clock.now()
    rows = [_given(one, may_read(one.attestation.visible_to)) for one in words]
    rows += [_asked(one, request, may_read(one.visible_to) or one.asked_by_id == reader_pk, now) for one in invites]
    return sorted(rows, key=lambda row: row.at)


def _given(word: Word, is_read: bool) -> AttestationRow:
    attestation, is_withdrawn = word.attestation, word.is_withdrawn
    return AttestationRow(
        at=attestation.recorded_at,
        role=witness_word(attestation.role),
        state=pgettext("attestation", "Withdrawn") if is_withdrawn else state_word(InviteStanding.GIVEN),
        tone="",
        is_read=is_read and not is_withdrawn,
        attestation=attestation,
        standards=word.codes,
        waits_for_staff=word.is_students,
    )


def _asked(invite: AttestationInvite, request: CreditRequest, is_read: bool, now: dt.datetime) -> AttestationRow:
    standing = rules.standing_of(
        request_state=request.state,
        used=False,
        cancelled=invite.cancelled_at is not None,
        expires_at=invite.expires_at,
        now=now,
    )
    return AttestationRow(
        at=invite.asked_at,
        role=witness_word(invite.role),
        state=state_word(standing),
        tone=state_tone(standing),
        is_read=is_read,
        invite=invite,
    )
