"""E-mail that jobs send: text and HTML from templates of one name, and a server that may be down."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from mbl.core.jobs import TryLater
from mbl.core.models import Job


def written(template: str, *, to: str, subject: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """The e-mail of ``templates/email/TEMPLATE.txt`` and ``.html``, in the language that is active."""
    context = {**context, "subject": subject}
    mail = EmailMultiAlternatives(subject, render_to_string(f"email/{template}.txt", context), to=[to])
    mail.attach_alternative(render_to_string(f"email/{template}.html", context), "text/html")
    return mail


def was_sent(mail: EmailMultiAlternatives, *, job: Job) -> bool:
    """Send it; False where the address does not exist. A mail server that is down is tried again later."""
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused:
        return False
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(60 * job.attempts) from error
    return True
