"""Learning away from school, and appeals: who proposes, reviews and answers."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.roles import Anybody, for_others, is_impartial, roles_at, schools_as
from crediting.models import (
    Appeal,
    Proposal,
)
from crediting.rules.procedures import ProposalTerms
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from profiles.access import (
    Capability,
    children_of,
    standing,
    students_with,
)
from profiles.models import Student


def proposals_visible_to(user: Anybody) -> QuerySet[Proposal]:
    """Proposals of students whose record ``user`` sees; until it is first sent it is its student's alone."""
    near = students_with(user, Capability.SEE_RECORD).order_by().values("pk")
    own = Q(student__person__in=list(standing(user).people))
    sent = Q(pk__in=Proposal.objects.filter(versions__sent_at__isnull=False).values("pk"))
    return Proposal.objects.filter(own | sent & Q(student__in=near)).select_related(
        "district", "school", "student__person__user", "student__district"
    )


def get_proposal(user: Anybody, public_id: UUID, *, own: bool = False) -> Proposal:
    """The proposal: 404 where not visible; with ``own``, ``NotAllowed`` for everybody but its student."""
    proposal = proposals_visible_to(user).filter(public_id=public_id).first()
    if proposal is None:
        raise Http404
    if own and isinstance(verdict := owns_proposal(user, proposal), Denied):
        raise NotAllowed(verdict.reason)
    return proposal


def owns_proposal(user: Anybody, proposal: Proposal) -> Verdict:
    """Whether ``user`` is the student whose proposal this is."""
    if proposal.student.person_id in standing(user).people:
        return Allowed()
    return Denied(_("Only the student can change this proposal."))


def may_review(user: Anybody, proposal: Proposal, terms: ProposalTerms | None) -> Verdict:
    """Whether ``user`` holds a role that the district's policy names for proposals (R16)."""
    if terms is None:
        return Denied(_("No policy in force says who approves proposals, so nobody can. Ask your administrator."))
    if roles_at(user, proposal.school) & terms.roles:
        return is_impartial(user, proposal.student)
    return for_others(terms.roles)


def appeals_visible_to(user: Anybody) -> QuerySet[Appeal]:
    """Appeals of students whose record ``user`` sees: the student, the family, and staff near them."""
    near = students_with(user, Capability.SEE_RECORD).order_by().values("pk")
    return Appeal.objects.filter(student__in=near).select_related(
        "district",
        "school",
        "student__person__user",
        "student__district",
        "decision__request__course",
        "decision__decided_by_person",
        "proposal_decision__version__proposal",
        "proposal_decision__decided_by_person",
        "transfer_decision__line",
        "transfer_decision__decided_by_person",
        "transfer_decision__confirmation",
        "answered_by_person",
    )


def appeals_to_answer(user: Anybody) -> QuerySet[Appeal]:
    """Appeals that go to a role which ``user`` holds at their school or in their district."""
    held = Q(pk__in=())
    for role in {str(one.role) for one in standing(user).roles}:
        held |= schools_as(user, [role]) & Q(roles__contains=[role])
    return appeals_visible_to(user).filter(held)


def get_appeal(user: Anybody, public_id: UUID) -> Appeal:
    appeal = appeals_visible_to(user).filter(public_id=public_id).first()
    if appeal is None:
        raise Http404
    return appeal


def may_appeal(user: Anybody, student: Student) -> Verdict:
    """Whether ``user`` may appeal for the student: the student, and the family that sees the record."""
    if student.person_id in standing(user).people or children_of(user).filter(pk=student.pk).exists():
        return Allowed()
    return Denied(_("The student and the family appeal, in their own words."))


def may_answer(user: Anybody, appeal: Appeal) -> Verdict:
    """Whether ``user`` may answer: one of those it goes to, and not the person who refused."""
    refused_by = {appeal.refusal.decided_by_person_id}
    if appeal.transfer_decision is not None and hasattr(appeal.transfer_decision, "confirmation"):
        refused_by.add(appeal.transfer_decision.confirmation.by_person_id)
    if not roles_at(user, appeal.school) & set(appeal.roles):
        return for_others(appeal.roles)
    if refused_by & set(standing(user).people):
        return Denied(_("You refused this yourself, so somebody else answers the appeal."))
    return is_impartial(user, appeal.student)
