"""Credit of other schools: who enters, decides and confirms it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.roles import Anybody, for_others, is_impartial, roles_at, schools_as
from crediting.models import (
    TransferDecision,
    TransferLine,
    WaiverAnswer,
)
from crediting.rules.transfer_terms import NO_POLICY, TransferTerms
from mbl.core.decisions import Allowed, Denied, Verdict
from profiles.access import (
    Capability,
    is_own,
    standing,
    students_with,
)
from profiles.models import School, Student


def transfer_lines_visible_to(user: Anybody) -> QuerySet[TransferLine]:
    """Lines of other schools' transcripts of students whose record ``user`` sees."""
    near = students_with(user, Capability.SEE_RECORD).order_by().values("pk")
    return TransferLine.objects.filter(student__in=near).select_related(
        "transcript",
        "student__person__user",
        "student__district",
        "student__school",
        "school__district",
        "history_entry",
    )


def get_transfer_line(user: Anybody, public_id: UUID) -> TransferLine:
    line = transfer_lines_visible_to(user).filter(public_id=public_id).first()
    if line is None:
        raise Http404
    return line


def transfer_lines_for(user: Anybody, roles: Mapping[int, Collection[str]]) -> QuerySet[TransferLine]:
    """Lines at the schools where ``user`` holds one of ``roles``, which differ from district to district (by key)."""
    held = Q(pk__in=())
    for district, named in roles.items():
        held |= schools_as(user, named) & Q(district=district)
    return transfer_lines_visible_to(user).filter(held)


def may_decide_transfer(user: Anybody, student: Student, school: School | None, terms: TransferTerms | None) -> Verdict:
    """Whether ``user`` may enter and decide credit of other schools for the student: in a role that the policy names,
    and not for themselves or their own family."""
    roles = (terms or NO_POLICY).decided_by
    if school is None:
        return Denied(_("The student is at no school now, so nobody decides this here."))
    return is_impartial(user, student) if roles_at(user, school) & roles else for_others(roles)


def get_waiver_answer(user: Anybody, public_id: UUID) -> WaiverAnswer:
    """An answer about a required course, of a student whose record ``user`` sees. 404 otherwise.

    That law protects the student is theirs to tell: ``reads_waiver`` says who of them may read it.
    """
    near = students_with(user, Capability.SEE_RECORD).order_by().values("pk")
    found = (
        WaiverAnswer.objects.filter(student__in=near, public_id=public_id)
        .select_related(
            "student__person",
            "student__district",
            "student__school",
            "district",
            "school",
            "answered_by_person",
            "replaces",
        )
        .first()
    )
    if found is None:
        raise Http404
    return found


def reads_waiver(user: Anybody, student: Student, terms: TransferTerms | None) -> Verdict:
    """Whether ``user`` reads answers about required courses: the student, the family, and who decides such credit."""
    return Allowed() if is_own(user, student) else may_decide_transfer(user, student, student.school, terms)


def may_confirm_transfer(user: Anybody, decision: TransferDecision, terms: TransferTerms | None) -> Verdict:
    """Whether ``user`` may confirm what somebody else decided."""
    roles = terms.confirmed_by if terms else frozenset()
    line = decision.line
    if not roles_at(user, line.school) & roles:
        return for_others(roles) if roles else Denied(_("The policy in force asks for no second person."))
    if decision.decided_by_person_id in standing(user).people:
        return Denied(_("You decided this yourself, so somebody else confirms it."))
    return is_impartial(user, line.student)
