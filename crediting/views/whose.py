"""Whose record a page of a student or family shows: one's own, or the child chosen in the address (``?child=``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from mbl.core.errors import NotAllowed
from mbl.core.http import AuthenticatedRequest
from mbl.core.ui.parts import Chip
from profiles.access import children_of, closed_to, own_students
from profiles.models import Student


@dataclass(frozen=True)
class Whose:
    """``is_own``: the reader is this student, who alone sees drafts and may act."""

    student: Student
    is_own: bool
    chips: Sequence[Chip] = ()

    @property
    def is_child(self) -> bool:
        return not self.is_own

    @property
    def query(self) -> str:
        """What a link of this page carries on."""
        return "" if self.is_own else f"?child={self.student.public_id}"


def whose(request: AuthenticatedRequest) -> Whose:
    """The student of this page: 404 for somebody else's child, 403 for people who are neither student nor family."""
    own = own_students(request.user).first()
    asked = request.GET.get("child", "")
    if own is not None and not asked:
        return Whose(own, is_own=True)
    children = list(children_of(request.user))
    if not children:
        if closed := closed_to(request.user):
            raise NotAllowed(
                _("%(name)s is 18 or older and decides who sees the record. Ask %(name)s to open it for you.")
                % {"name": closed[0]}
            )
        if asked:
            raise Http404
        raise NotAllowed(_("This page is for students and their families."))
    child = _child(children, asked)
    several = len({one.district_id for one in children}) > 1
    chips = [
        Chip(f"{one} · {one.district}" if several else str(one), f"?child={one.public_id}", current=one == child)
        for one in (children if len(children) > 1 else ())
    ]
    return Whose(child, is_own=False, chips=chips)


def _child(children: Sequence[Student], asked: str) -> Student:
    if not asked:
        return children[0]
    try:
        wanted = UUID(asked)
    except ValueError:
        raise Http404 from None
    for child in children:
        if child.public_id == wanted:
            return child
    raise Http404
