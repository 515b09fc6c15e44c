"""What anybody may know about a transcript from its code: nothing about the student."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mbl.core import clock
from mbl.core.codes import LENGTH, is_well_formed, normalise
from transcripts.models import Transcript
from transcripts.queries.standings import standing_of
from transcripts.states import Standing

# Asked for in place of what cannot be a code, so that every question costs the same trip. Its last sign is not in the
# alphabet, so no transcript has it.
_NOBODYS = "U" * LENGTH


@dataclass(frozen=True)
class Checked:
    """The answer. Everything but ``standing`` and ``code`` is empty where the code is unknown.

    ``pages`` is None while the file is being made. ``fingerprint`` is its SHA-256.
    """

    standing: Standing
    code: str
    number: str = ""
    school: str = ""
    district: str = ""
    title: str = ""
    issued_on: dt.date | None = None
    pages: int | None = None
    fingerprint: str = ""
    replaced_on: dt.date | None = None
    revoked_on: dt.date | None = None
    phone: str = ""


def check(typed: str) -> Checked:
    """One trip, whatever was typed; a malformed code and an unknown one get the same answer."""
    code = normalise(typed)
    asked = code if is_well_formed(code) else _NOBODYS
    found = (
        Transcript.objects.with_standing()
        .select_related("district", "school", "template", "document", "revocation", "superseded_by")
        .filter(code=asked)
        .first()
    )
    if found is None:
        return Checked(Standing.UNKNOWN, code[:LENGTH])
    document = getattr(found, "document", None)
    successor = getattr(found, "superseded_by", None)
    revocation = getattr(found, "revocation", None)
    return Checked(
        standing=standing_of(found),
        code=found.code,
        number=found.number,
        school=found.header["school"]["name"],
        district=found.header["district"]["name"],
        title=found.header["form"]["title"],
        issued_on=clock.day_of(found.issued_at, found.district),
        pages=document.pages if document else None,
        fingerprint=document.sha256 if document else "",
        replaced_on=clock.day_of(successor.issued_at, found.district) if successor else None,
        revoked_on=clock.day_of(revocation.revoked_at, found.district) if revocation else None,
        phone=found.school.phone or found.district.phone,
    )
