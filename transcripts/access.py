"""Who may see, issue, revoke and load down transcripts. What anybody may check with a code is in ``queries.verify``."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.models import District, User
from profiles.access import Capability, get_student, may, schools_where, standing, students_with
from profiles.models import Student
from profiles.states import Role
from transcripts.models import Transcript
from transcripts.models.transcript import TranscriptQuerySet

__all__ = [
    "get_student_to_issue",
    "get_transcript",
    "is_register_reader",
    "issuable_students",
    "may_download",
    "may_issue",
    "may_revoke",
    "transcripts_visible_to",
]

Anybody = User | AnonymousUser


def transcripts_visible_to(user: Anybody) -> TranscriptQuerySet:
    """Transcripts of the students whose record ``user`` sees, and those that ``user``'s own office has issued.

    A student who has moved on stays in the register of the school that issued.
    """
    near = Q(student__in=students_with(user, Capability.SEE_RECORD).order_by().values("pk"))
    own_office = Q(school__in=schools_where(user, Capability.ISSUE_TRANSCRIPT).order_by().values("pk"))
    return Transcript.objects.filter(near | own_office).select_related(
        "district", "school", "student__person", "template", "issued_by"
    )


def get_transcript(user: Anybody, public_id: UUID) -> Transcript:
    """The transcript with its standing; 404 where ``user`` may not know of it."""
    transcript = transcripts_visible_to(user).with_standing().filter(public_id=public_id).first()
    if transcript is None:
        raise Http404
    return transcript


def is_register_reader(user: Anybody) -> bool:
    """Whether the list of issued transcripts is a page for ``user``: staff who see student records."""
    now = standing(user)
    return now.has(Role.COUNSELOR) or now.may_anywhere(Capability.SEE_RECORD)


def issuable_students(user: Anybody) -> QuerySet[Student]:
    """Students for whom ``user`` may issue."""
    return students_with(user, Capability.ISSUE_TRANSCRIPT)


def get_student_to_issue(user: Anybody, public_id: UUID) -> Student:
    """The student; 404 where not visible, ``NotAllowed`` where somebody else issues."""
    student = get_student(user, public_id, Capability.SEE_STUDENT)
    verdict = may_issue(user, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return student


def may_issue(user: Anybody, student: Student) -> Verdict:
    if may(user, Capability.ISSUE_TRANSCRIPT, student):
        return Allowed()
    return Denied(_("Only a registrar of this student's school can issue a transcript."))


def may_revoke(user: Anybody, transcript: Transcript) -> Verdict:
    """A registrar of the school that issued it, or of the school where the student is now."""
    if transcript.school_id in schools_where(user, Capability.REVOKE_TRANSCRIPT).values_list("pk", flat=True):
        return Allowed()
    if may(user, Capability.REVOKE_TRANSCRIPT, transcript.student):
        return Allowed()
    return Denied(_("Only a registrar of the school that issued this transcript can revoke it."))


def may_download(user: Anybody, transcript: Transcript) -> Verdict:
    """Staff may; students and families may unless their district hands copies out itself."""
    if _families_may_download(transcript.district) or standing(user).is_staff:
        return Allowed()
    return Denied(_("Your district hands out copies itself. Ask the school's office for one."))


def _families_may_download(district: District) -> bool:
    return district.settings.get("transcript_download", True) is not False
