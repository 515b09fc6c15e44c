"""See exactly what would be issued, and issue it."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mbl.core import clock
from mbl.core.http import AuthenticatedRequest, forget_draft, go, page, showing_errors, typed_before
from mbl.core.ui.parts import Done
from mbl.core.words import sentence
from profiles.models import Student
from transcripts import access
from transcripts.actions.issue import issue_transcript
from transcripts.documents.standard import preview
from transcripts.forms.issue import IssueForm
from transcripts.models import Transcript
from transcripts.queries.register import issued_before
from transcripts.queries.standings import standing_of
from transcripts.queries.student_record import StudentRecord, student_record
from transcripts.rules.gpa import three_places
from transcripts.states import Standing

REPLACEABLE = (Standing.VALID, Standing.NOT_CURRENT, Standing.REVOKED)


@require_http_methods(["GET", "HEAD", "POST"])
def transcript_new(request: AuthenticatedRequest, public_id: UUID) -> HttpResponse:
    """``/transcripts/new/<student>/``: the document as it will print, what it leaves out, and what blocks it."""
    student = access.get_student_to_issue(request.user, public_id)
    record = student_record(student, on=clock.today(student.district))
    earlier = issued_before(student)
    replaceable = [one for one in earlier if standing_of(one) in REPLACEABLE]
    draft_key = f"transcript-{student.public_id}"
    form = IssueForm(
        replaceable,
        request.POST if request.method == "POST" else None,
        initial=_initial(request, student, record, earlier, replaceable) | (typed_before(request, draft_key) or {}),
    )
    if request.method == "POST" and form.is_valid():
        with showing_errors(form):
            issued = issue_transcript(student, actor=request.user, **form.cleaned_data)
            forget_draft(request.user, draft_key)
            return go(
                request,
                reverse("transcripts:transcript", args=[issued.public_id]),
                _("Transcript %(number)s is issued. Its file is being made.") % {"number": issued.number},
            )
    if request.method == "POST":
        # The page shows the record as it is now, so what is sent next was seen.
        shown = request.POST.copy()
        shown["seen"] = record.digest
        form.data = shown
    context = {
        "student": student,
        "record": record,
        "doc": preview(record),
        "blocks": [sentence(reason) for reason in record.blocks],
        "left_out": [sentence(reason) for reason in record.left_out],
        "why": _why(record),
        "earlier": earlier,
        "form": form,
        "draft_key": draft_key,
        "missing": Done.MISSING,
    }
    return page(request, "transcripts/issue/new.html", context)


def _initial(
    request: AuthenticatedRequest,
    student: Student,
    record: StudentRecord,
    earlier: list[Transcript],
    replaceable: list[Transcript],
) -> dict[str, object]:
    """The key is the same in every tab and for every registrar until the next transcript or revocation."""
    revoked = sum(standing_of(one) == Standing.REVOKED for one in earlier)
    key = uuid.uuid5(student.public_id, f"transcript {len(earlier)} {revoked}")
    asked = request.GET.get("replaces", "")
    stale = [str(one.public_id) for one in replaceable if standing_of(one) == Standing.NOT_CURRENT]
    chosen = asked if asked in {str(one.public_id) for one in replaceable} else next(iter(stale), "none")
    recipient = next((one.recipient for one in replaceable if str(one.public_id) == chosen), "")
    return {"issue_key": key, "seen": record.digest, "replaces": chosen, "recipient": recipient}


def _why(record: StudentRecord) -> dict[str, object]:
    """How the average came about: what counted, what did not and why, and the one line of arithmetic."""
    titles = {row.key: row for row in record.record.rows}
    total = record.record.total
    return {
        "counted": len(total.counted),
        "credits": three_places(total.credits),
        "points": three_places(total.points),
        "gpa": record.summary.gpa,
        "not_counted": [
            (
                titles[row.key].title,
                f"{titles[row.key].school_year - 1}–{titles[row.key].school_year % 100:02d}",
                sentence(row.reason),
            )
            for row in total.not_counted
        ],
        "retake": record.choices.retake,
        "places": record.choices.places,
    }
