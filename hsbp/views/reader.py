"""Who reads a student's plan, and what that opens: the frame of the page, the copy shown, the buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.urls import reverse

from crediting.views.whose import whose
from hsbp import access
from hsbp.models import Plan
from hsbp.queries.plans import plan_of
from hsbp.rules.content import Content, read
from hsbp.states import CommentKind
from mbl.core.decisions import Denied
from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest
from mbl.core.ui.parts import Chip
from profiles.access import Capability
from profiles.models import Student


@dataclass(frozen=True)
class Reader:
    """``kind``: as whom the reader is here. ``chips`` choose among the children of a family."""

    student: Student
    plan: Plan
    kind: CommentKind
    chips: Sequence[Chip] = ()

    @property
    def is_own(self) -> bool:
        return self.kind == CommentKind.STUDENT

    @property
    def is_family(self) -> bool:
        return self.kind == CommentKind.FAMILY

    @property
    def is_counselor(self) -> bool:
        return self.kind == CommentKind.COUNSELOR

    @property
    def is_staff(self) -> bool:
        return self.kind in {CommentKind.COUNSELOR, CommentKind.STAFF}

    @property
    def may_edit(self) -> bool:
        return self.is_own or self.is_counselor

    @property
    def frame(self) -> str:
        return "shells/staff.html" if self.is_staff else "shells/family.html"

    @cached_property
    def content(self) -> Content:
        """The working copy for those who write in it, else the newest version that was sent."""
        if self.may_edit:
            return read(self.plan.content)
        return read(self.plan.latest.content) if self.plan.latest is not None else Content()

    @property
    def home(self) -> str:
        """The plan's own page for this reader."""
        if self.is_own:
            return reverse("hsbp:plan")
        if self.is_family:
            return f"{reverse('hsbp:plan')}?child={self.student.public_id}"
        return reverse("hsbp:student-plan", args=[self.student.public_id])

    def address(self, name: str, *more: object) -> str:
        """A page about this student's plan; the family's child stays chosen in the tabs."""
        url = reverse(f"hsbp:{name}", args=[self.student.public_id, *more])
        return f"{url}?child={self.student.public_id}" if self.is_family else url

    @property
    def send_url(self) -> str:
        return self.address("send")

    @property
    def sign_url(self) -> str:
        return self.address("sign")

    @property
    def comment_url(self) -> str:
        return self.address("comment")

    @property
    def checklist_url(self) -> str:
        return self.address("checklist")

    @property
    def progress_url(self) -> str:
        return self.address("progress")

    @property
    def copies_url(self) -> str:
        return self.address("copies")

    @property
    def family_url(self) -> str:
        return self.address("family")

    @property
    def experiences_url(self) -> str:
        return self.address("experiences")

    @property
    def conversation_url(self) -> str:
        return f"{self.home}#conversation"

    def as_context(self) -> dict[str, object]:
        return {"reader": self, "student": self.student, "plan": self.plan, "frame": self.frame}


def own_or_child(request: AuthenticatedRequest) -> Reader:
    """The reader of ``/plan/``: the student, or the family with the child chosen in the address."""
    record = whose(request)
    kind = CommentKind.STUDENT if record.is_own else CommentKind.FAMILY
    return Reader(record.student, plan_of(record.student), kind, record.chips)


def reader_of(request: AuthenticatedRequest, public_id: UUID, capability: Capability = Capability.SEE_RECORD) -> Reader:
    """The reader of a page about one student; 404 and 403 as access says."""
    student = access.get_student(request.user, public_id, capability)
    return Reader(student, plan_of(student), access.speaks_as(request.user, student))


def reviewer_of(request: AuthenticatedRequest, public_id: UUID) -> Reader:
    """The counselor of the student; 404 where not visible, 403 with the reason for everybody else."""
    student = access.caseload_of(request.user).filter(public_id=public_id).first()
    if student is None:
        student = access.get_student(request.user, public_id, Capability.SEE_RECORD)
        verdict = access.may_review(request.user, student)
        if isinstance(verdict, Denied):
            raise NotAllowed(verdict.reason)
    return Reader(student, plan_of(student), CommentKind.COUNSELOR)
