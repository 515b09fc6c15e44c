"""What people are told about transcripts."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mbl.core import notify
from mbl.core.models import User
from mbl.core.notify import notice
from transcripts.models import Transcript

READY = notice(
    "transcripts.ready",
    _("The transcript %(number)s of %(student)s is ready."),
    subject=_("A transcript is ready"),
)


def tell_ready(transcript: Transcript, user: User) -> None:
    """Tell whoever issued it, once, that the file is there."""
    notify.tell(
        user,
        READY.code,
        {"number": transcript.number, "student": str(transcript.student)},
        district=transcript.district,
        url=reverse("transcripts:transcript", args=[transcript.public_id]),
        subject=transcript,
        dedupe_key=f"transcripts.ready:{transcript.public_id}",
    )
