"""Background work of transcripts."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from mbl.core.jobs import Progress, fenced, job_handler
from mbl.core.models import Job
from transcripts.actions.attach import attach_document
from transcripts.actions.issue import RENDER
from transcripts.documents import pdf
from transcripts.documents.standard import printed
from transcripts.models import Transcript


@job_handler(RENDER)
def render(job: Job, progress: Progress) -> None:
    """Draw the file of an issued transcript from its frozen lines. Safe to run twice: there is one file."""
    transcript = Transcript.objects.select_related("district", "document").get(public_id=job.params["transcript"])
    if not hasattr(transcript, "document"):
        progress.set(0, 2)
        drawn = pdf.render(
            printed(transcript), created=transcript.issued_at.isoformat(), identifier=transcript.public_id
        )
        progress.set(1)
        with transaction.atomic():
            fenced(job)
            attach_document(transcript, drawn, actor=job.owner)
    progress.finished(reverse("transcripts:transcript", args=[transcript.public_id]))
