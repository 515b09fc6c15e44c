"""Tell people: a row in their messages once, and an e-mail by a job where they want one.

Each app's ``notices`` module registers its sentences at start-up::

    notice("crediting.awarded", _("You earned %(credits)s credits in %(course)s."), subject=_("A credit is decided"))

The subject goes out by e-mail and names no student and no grade; the sentence is read after signing in.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from mbl.core import mail
from mbl.core.audit import HasPublicId
from mbl.core.jobs import Progress, enqueue, job_handler
from mbl.core.models import District, Job, Notification, User
from mbl.core.words import Text, fill

log = logging.getLogger(__name__)

EMAILS_A_JOB = 200


@dataclass(frozen=True)
class Notice:
    """A kind of message: its sentence, and the one line that may leave by e-mail."""

    code: str
    text: Text
    subject: Text


_notices: dict[str, Notice] = {}


def notice(code: str, text: Text, *, subject: Text) -> Notice:
    """Register a kind of message; ``text`` and ``subject`` take ``%(name)s`` placeholders."""
    if code in _notices:
        raise ValueError(f"The notice {code} is registered twice.")
    _notices[code] = Notice(code, text, subject)
    return _notices[code]


def notices() -> dict[str, Notice]:
    """Every registered kind of message by code."""
    return dict(_notices)


def tell(
    user: User,
    code: str,
    params: Mapping[str, Any],
    *,
    district: District,
    url: str,
    subject: HasPublicId | None,
    dedupe_key: str,
) -> None:
    """Tell one person once. The same ``dedupe_key`` a second time says nothing."""
    tell_all([user], code, params, district=district, url=url, subject=subject, dedupe_key=dedupe_key)


def tell_all(
    users: Iterable[User],
    code: str,
    params: Mapping[str, Any],
    *,
    district: District,
    url: str,
    subject: HasPublicId | None,
    dedupe_key: str,
) -> None:
    """Tell several people the same, each in their own language. Call it inside the action."""
    people = {user.pk: user for user in users}.values()
    messages = [Message(user, code, params, url, subject, dedupe_key) for user in people]
    tell_each(messages, district=district)


@dataclass(frozen=True)
class Message:
    """What one person is told. The same ``dedupe_key`` a second time says nothing."""

    user: User
    code: str
    params: Mapping[str, Any]
    url: str
    subject: HasPublicId | None
    dedupe_key: str


def tell_each(messages: Iterable[Message], *, district: District) -> None:
    """Tell each person their own, in their own language, in a fixed number of queries. Call it inside the action."""
    rows = []
    for one in messages:
        if not one.user.is_active:
            continue
        frozen = {
            name: value if isinstance(value, int | bool | None) else str(value) for name, value in one.params.items()
        }
        language = one.user.language or district.language
        with translation.override(language):
            text = fill(_notices[one.code].text, frozen)
        rows.append(
            Notification(
                district=district,
                user=one.user,
                code=one.code,
                params=frozen,
                text=text,
                language=language,
                url=one.url[:300],
                subject_kind=type(one.subject).__name__.lower() if one.subject is not None else "",
                subject_id=one.subject.public_id if one.subject is not None else None,
                dedupe_key=one.dedupe_key[:200],
            )
        )
    with transaction.atomic():
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        _mail_later([row for row in rows if row.user.email and row.user.email_notices], district)


def _mail_later(rows: list[Notification], district: District) -> None:
    # A row that existed before keeps its own public id, so only new rows are found.
    ids = [row.public_id for row in rows]
    new = Notification.objects.filter(public_id__in=ids).order_by("pk")
    found = [str(public_id) for public_id in new.values_list("public_id", flat=True)] if ids else []
    for start in range(0, len(found), EMAILS_A_JOB):
        batch = found[start : start + EMAILS_A_JOB]
        enqueue(
            "core.email_notices",
            owner=None,
            district=district,
            label="E-mail",
            params={"notices": batch},
            total=len(batch),
        )


@job_handler("core.email_notices")
def email_notices(job: Job, progress: Progress) -> None:
    """Send each notice that has not gone out. A mail server that is down is tried again later."""
    waiting = Notification.objects.filter(public_id__in=job.params["notices"], emailed_at=None).order_by("pk")
    for done, pk in enumerate(list(waiting.values_list("pk", flat=True)), start=1):
        with transaction.atomic():
            row = Notification.objects.select_for_update(of=["self"]).select_related("user", "district").get(pk=pk)
            if row.emailed_at is None and row.user.email and row.user.email_notices:
                if not mail.was_sent(message(row), job=job):
                    # The message stays in the person's list.
                    log.warning("The mail server refused the address of notice %s", row.public_id)
                    continue
                row.emailed_at = timezone.now()
                row.save(update_fields=["emailed_at"])
        progress.set(done)


def message(row: Notification) -> EmailMultiAlternatives:
    """The e-mail: one sentence, a link, and how to stop these. Nothing about a student."""
    with translation.override(row.language):
        context = {
            "url": settings.PUBLIC_URL + reverse("core:notice-open", args=[row.public_id]),
            "account_url": settings.PUBLIC_URL + reverse("core:account"),
            "district": row.district.name,
            "language": row.language,
        }
        subject = fill(_notices[row.code].subject, row.params)
        return mail.written("notice", to=row.user.email, subject=subject, context=context)
