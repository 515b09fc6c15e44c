"""A student's or family's own view: what a transcript would say today, and the ones that were issued."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from crediting.views.whose import whose
from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, page
from mbl.core.words import state_tone, state_word
from transcripts.documents.standard import preview
from transcripts.models import Transcript
from transcripts.queries.register import issued_before
from transcripts.queries.standings import standing_of
from transcripts.queries.student_record import student_record


@require_safe
def own(request: AuthenticatedRequest) -> HttpResponse:
    """``/transcript/``: for a student their own, for a family their child's (``?child=`` where there are several)."""
    found = whose(request)
    student = found.student
    record = student_record(student, on=clock.today(student.district))
    issued = [(one, *_word(one)) for one in issued_before(student)]
    context = {
        "student": student,
        "chips": found.chips,
        "is_own": found.is_own,
        "doc": preview(record, get_language() or "en"),
        "issued": issued,
        "earned": record.summary.earned,
        "gpa": record.summary.gpa,
    }
    return page(request, "transcripts/own/own.html", context)


def _word(transcript: Transcript) -> tuple[str, str]:
    worth = standing_of(transcript)
    return state_word(worth), state_tone(worth)
