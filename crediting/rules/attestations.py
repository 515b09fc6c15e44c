"""When a link to attest opens, who is one person, and what a fingerprint covers. Plain Python."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence

from crediting.states import InviteStanding, RequestState
from profiles.states import Role

# While these last, somebody may be asked and may attest. A reversed award is decided anew.
OPEN = frozenset(
    {RequestState.DRAFT, RequestState.SUBMITTED, RequestState.RETURNED, RequestState.ASSESSED, RequestState.REVERSED}
)

# For how many days a link may work.
DAYS = (7, 14, 30, 60)
# The roles that can be named as readers of an attestation; the student and the family always are.
READERS = tuple(role for role in Role if role not in {Role.STUDENT, Role.FAMILY})
# Who reads a word that its witness keeps close, where the asker named nobody: who decides credit.
FEW = (Role.CREDIT_MANAGER, Role.PRINCIPAL)


def few(visible_to: Sequence[str]) -> tuple[str, ...]:
    """The few who may read a word that its witness keeps close: those the asker named, else ``FEW``."""
    return tuple(visible_to) or tuple(str(role) for role in FEW)


def standing_of(
    *, request_state: str, used: bool, cancelled: bool, expires_at: dt.datetime, now: dt.datetime
) -> InviteStanding:
    """Where an invitation stands. What was given stays given, whatever happened to the request since."""
    if used:
        return InviteStanding.GIVEN
    if cancelled:
        return InviteStanding.CANCELLED
    if request_state not in OPEN:
        return InviteStanding.CLOSED
    return InviteStanding.EXPIRED if expires_at <= now else InviteStanding.WAITING


def person_key(name: str) -> str:
    """One person, however their name is spaced or capitalized: two links to one name are one witness."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def fingerprint(said: Mapping[str, str]) -> str:
    """SHA-256 of what was attested, so that a decision can name exactly what it rested on without repeating it."""
    text = json.dumps(dict(said), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
