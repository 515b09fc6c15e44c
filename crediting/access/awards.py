"""Awards that results on file would earn, what is left to the student, and awards to look at again."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.roles import Anybody, decides_at, deciding
from crediting.models import (
    AwardProposal,
    AwardReview,
)
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from profiles.access import (
    Capability,
    children_of,
    may,
    standing,
    students_visible_to,
    students_with,
)


def award_proposals_visible_to(user: Anybody) -> QuerySet[AwardProposal]:
    """Proposed awards at the schools where ``user`` decides credit."""
    return AwardProposal.objects.filter(deciding(user)).select_related(
        "district",
        "student__person",
        "student__school",
        "school",
        "course__terms",
        "policy_version__series",
        "decision",
        "closed_by",
        "chosen_by",
    )


def get_award_proposal(user: Anybody, public_id: UUID) -> AwardProposal:
    """The proposal, for whoever decides at its school; 404 where the student is not visible, 403 where they are."""
    found = award_proposals_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        near = AwardProposal.objects.filter(public_id=public_id, student__in=students_visible_to(user).order_by())
        if (other := near.select_related("school").first()) is not None:
            refused = decides_at(user, other.school)
            raise NotAllowed(refused.reason if isinstance(refused, Denied) else "")
        raise Http404
    return found


def award_reviews_visible_to(user: Anybody) -> QuerySet[AwardReview]:
    """Awards to look at again, for whoever may take them back."""
    now = standing(user)
    return AwardReview.objects.filter(
        Q(school__in=list(now.schools.get(Capability.REVERSE_CREDIT, ())))
        | Q(district__in=list(now.districts.get(Capability.REVERSE_CREDIT, ())))
    ).select_related("student__person", "school", "district", "decision__request__course", "closed_by")


def get_award_review(user: Anybody, public_id: UUID) -> AwardReview:
    """404 where the student is not visible, 403 where they are and the reader takes back no credit at the school."""
    found = award_reviews_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        near = AwardReview.objects.filter(public_id=public_id, student__in=students_visible_to(user).order_by())
        if (other := near.select_related("school").first()) is not None:
            raise NotAllowed(
                _("An award of %(school)s is reversed by its credit manager or principal.") % {"school": other.school}
            )
        raise Http404
    return found


def award_choices_visible_to(user: Anybody) -> QuerySet[AwardProposal]:
    """Proposed awards that leave something to their student: the student, the family, the counselor, who decides."""
    counseled = students_with(user, Capability.REVIEW_PLAN).order_by().values("pk")
    near = (
        Q(student__person__in=list(standing(user).people))
        | Q(student__in=children_of(user).order_by().values("pk"))
        | Q(student__in=counseled)
        | deciding(user)
    )
    return (
        AwardProposal.objects.filter(near)
        .exclude(choice="")
        .select_related(
            "district", "student__person__user", "student__school", "school", "course__terms", "decision", "chosen_by"
        )
    )


def get_award_choice(user: Anybody, public_id: UUID) -> AwardProposal:
    """404 where the student is not visible, 403 where they are and the choice is not the reader's to see."""
    found = award_choices_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        near = AwardProposal.objects.filter(public_id=public_id, student__in=students_visible_to(user).order_by())
        if near.exclude(choice="").exists():
            raise NotAllowed(_("The student, the family, the counselor and who decides credit read this."))
        raise Http404
    return found


def may_choose(user: Anybody, proposal: AwardProposal) -> Verdict:
    """Whether ``user`` may say what the student chose: the student, their counselor, or staff who decide there."""
    if is_chooser(user, proposal) or decides_at(user, proposal.school):
        return Allowed()
    if may(user, Capability.REVIEW_PLAN, proposal.student):
        return Allowed()
    return Denied(_("The student chooses. A counselor, or who decides credit, can write down what they said."))


def is_chooser(user: Anybody, proposal: AwardProposal) -> bool:
    """Whether ``user`` is the student whose choice it is."""
    return proposal.student.person_id in standing(user).people
