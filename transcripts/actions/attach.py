"""Keep the finished file of a transcript."""

from __future__ import annotations

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from mbl.core import audit, clock
from mbl.core.models import User
from mbl.core.pdf import Pdf
from transcripts.models import Transcript, TranscriptDocument
from transcripts.notices import tell_ready
from transcripts.verbs import TranscriptDrawn

DOCUMENTS = "documents"


@transaction.atomic
def attach_document(transcript: Transcript, pdf: Pdf, *, actor: User | None) -> TranscriptDocument:
    """Store the bytes under a random name, and tell whoever asked. A second call keeps the first file.

    Call it after ``jobs.fenced`` in the same transaction: a worker that lost its lease writes nothing.
    """
    transcript = (
        Transcript.objects.select_for_update(of=["self"])
        .select_related("district", "student__person")
        .get(pk=transcript.pk)
    )
    first = TranscriptDocument.objects.filter(transcript=transcript).first()
    if first is not None:
        return first
    folder = transcript.district.public_id
    name = storages[DOCUMENTS].save(f"transcripts/{folder}/{uuid.uuid4()}.pdf", ContentFile(pdf.data))
    document = TranscriptDocument.objects.create(
        transcript=transcript,
        stored_name=name,
        sha256=pdf.sha256,
        size=len(pdf.data),
        pages=pdf.pages,
        rendered_at=clock.now(),
    )
    audit.record(
        TranscriptDrawn(pages=pdf.pages, size=len(pdf.data), sha256=pdf.sha256),
        actor=actor,
        district=transcript.district,
        target=transcript,
        student=transcript.student,
    )
    if actor is not None:
        tell_ready(transcript, actor)
    return document
