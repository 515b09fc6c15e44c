"""What people typed and did not send: drafts that save themselves, and forms posted after the session ended.

Nothing of this is ever shown to anybody but the person who typed it. Passwords, tokens and files are never kept.
"""

import datetime as dt
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from mbl.core.errors import DomainError
from mbl.core.models import Draft, User

Fields = dict[str, str | list[str]]

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,99}")
MAX_BYTES = 200 * 1024
MAX_DRAFTS = 200
MAX_HELD = 20
DRAFT_DAYS = 90
HELD_DAYS = 14
# A form that stayed open longer than this is not taken back without its author.
OWNER_DAYS = 14

_HELD = "held:"
_OWNER_SALT = "mbl.form-owner"
_NEVER_KEPT = re.compile(r"password|passwd|csrfmiddlewaretoken|form_owner|^held$", re.IGNORECASE)


@dataclass(frozen=True)
class Held:
    """A form that arrived after its author's session had ended."""

    token: str
    path: str
    # The page the form was on, where that is another one.
    opened_from: str
    fields: Fields
    had_files: bool


def fields_of(posted: QueryDict) -> Fields:
    """The fields as typed: one text, or a list where a name came several times."""
    return clean((name, posted.getlist(name)) for name in posted)


def clean(pairs: Iterable[tuple[str, list[str]]]) -> Fields:
    """Drop what is never kept. ``DomainError`` when there is more text than a draft may hold."""
    fields: Fields = {}
    for name, values in pairs:
        if not _NEVER_KEPT.search(name):
            texts = [_storable(value) for value in values]
            fields[_storable(name)] = texts[0] if len(texts) == 1 else texts
    if len(json.dumps(fields).encode()) > MAX_BYTES:
        raise DomainError(_("This is too long to be kept as a draft. Send it, or copy it to a file of your own."))
    return fields


def _storable(text: str) -> str:
    """Without NUL and halves of characters, which JSON can say and PostgreSQL does not keep."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def keep(user: User, key: str, fields: Fields) -> Draft:
    """Save what ``user`` has typed for the form ``key`` so far."""
    if not KEY.fullmatch(key) or key.startswith(_HELD):
        raise DomainError(_("This form cannot be kept as a draft."))
    if not fields:
        forget_draft(user, key)
        return Draft(user=user, key=key, updated_at=timezone.now())
    with transaction.atomic():
        draft, created = Draft.objects.update_or_create(user=user, key=key, defaults={"data": fields})
        if created:
            _drop_oldest(user, held=False, keep=MAX_DRAFTS)
    return draft


def kept(user: User, key: str) -> Fields | None:
    """The draft of the form ``key``, or None."""
    data: Fields | None = Draft.objects.filter(user=user, key=key).values_list("data", flat=True).first()
    return data


def forget_draft(user: User, key: str) -> None:
    """The form was sent: its draft is of no more use."""
    Draft.objects.filter(user=user, key=key).delete()


# --- Forms posted after the session ended ---------------------------------------------------------------------------


def sign_owner(user: User) -> str:
    """The value of the hidden field that says whose form this is."""
    return signing.TimestampSigner(salt=_OWNER_SALT).sign(user.public_id.hex)


def owner_of(posted: Mapping[str, str]) -> UUID | None:
    """Whose form was posted; None where the field is missing, forged or too old."""
    try:
        signed = signing.TimestampSigner(salt=_OWNER_SALT).unsign(
            posted.get("form_owner", ""), max_age=dt.timedelta(days=OWNER_DAYS)
        )
    except signing.BadSignature:
        return None
    return UUID(hex=signed)


def hold(owner: UUID, request: HttpRequest) -> str:
    """Keep the posted form for ``owner``; the token that re-opens it, or empty when it cannot be kept."""
    user = User.objects.filter(public_id=owner, is_active=True).first()
    if user is None:
        return ""
    try:
        fields = fields_of(request.POST)
    except DomainError:
        return ""
    token = secrets.token_urlsafe(16)
    data = {
        "path": request.get_full_path(),
        "from": opened_from(request),
        "fields": fields,
        "had_files": bool(request.FILES),
    }
    with transaction.atomic():
        Draft.objects.create(user=user, key=_HELD + token, data=data)
        _drop_oldest(user, held=True, keep=MAX_HELD)
    return token


def opened_from(request: HttpRequest) -> str:
    """The path of the page the form was on, empty when the browser does not say."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(address)
    if parts.netloc != request.get_host():
        return ""
    return "/" + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")


def held(user: User, token: str) -> Held | None:
    """The held form ``token`` of ``user``; another person's token is unknown."""
    if not token:
        return None
    row = Draft.objects.filter(user=user, key=_HELD + token[:100]).first()
    if row is None:
        return None
    data = row.data
    return Held(token, data["path"], data["from"], data["fields"], data["had_files"])


def mark_shown(request: HttpRequest) -> None:
    """The page shows what was held, so nobody else has to."""
    request.held_is_shown = True  # type: ignore[attr-defined]


def is_shown(request: HttpRequest) -> bool:
    return getattr(request, "held_is_shown", False)


def forget_held(user: User, token: str) -> None:
    Draft.objects.filter(user=user, key=_HELD + token[:100]).delete()


def _drop_oldest(user: User, *, held: bool, keep: int) -> None:
    rows = Draft.objects.filter(user=user).order_by("-updated_at", "-pk")
    rows = rows.filter(key__startswith=_HELD) if held else rows.exclude(key__startswith=_HELD)
    Draft.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[keep:])).delete()


def purge(now: dt.datetime) -> int:
    """Delete drafts that nobody came back to; the number of them."""
    old = Draft.objects.filter(updated_at__lt=now - dt.timedelta(days=DRAFT_DAYS))
    old_held = Draft.objects.filter(key__startswith=_HELD, updated_at__lt=now - dt.timedelta(days=HELD_DAYS))
    return old.delete()[0] + old_held.delete()[0]
