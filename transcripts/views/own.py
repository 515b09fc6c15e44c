"""A student's or family's own view: what a transcript would say today, and the ones that were issued."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mbl.core import clock
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest, page
from mbl.core.words import state_tone, state_word
from profiles.access import children_of, own_students
from profiles.models import Student
from transcripts.documents.standard import preview
from transcripts.models import Transcript
from transcripts.queries.register import issued_before
from transcripts.queries.standings import standing_of
from transcripts.queries.student_record import student_record


@require_safe
def own(request: AuthenticatedRequest) -> HttpResponse:
    """``/transcript/``: for a student their own, for a family their child's (``?child=`` where there are several)."""
    students = _students(request)
    student = _chosen(request, students)
    record = student_record(student, on=clock.today(student.district))
    issued = [(one, *_word(one)) for one in issued_before(student)]
    is_own = student.person.user_id == request.user.pk
    context = {
        "student": student,
        "students": students,
        "is_own": is_own,
        "doc": preview(record, get_language() or "en"),
        "issued": issued,
        "earned": record.summary.earned,
        "gpa": record.summary.gpa,
    }
    return page(request, "transcripts/own/own.html", context)


def _students(request: AuthenticatedRequest) -> list[Student]:
    """Oneself and one's children, each once."""
    found = {student.pk: student for student in [*own_students(request.user), *children_of(request.user)]}
    if not found:
        raise NotAllowed(_("This page is for students and their families."))
    return list(found.values())


def _chosen(request: AuthenticatedRequest, students: list[Student]) -> Student:
    asked = request.GET.get("child")
    if asked is None:
        return students[0]
    for student in students:
        if str(student.public_id) == asked:
            return student
    raise Http404


def _word(transcript: Transcript) -> tuple[str, str]:
    worth = standing_of(transcript)
    return state_word(worth), state_tone(worth)
