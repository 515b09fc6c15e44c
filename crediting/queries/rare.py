"""What few requests have. One trip says which of it is there, so that a page does not go for each in vain."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from crediting.models import (
    Attestation,
    AttestationInvite,
    ClassJudgement,
    ConfirmedFact,
    CourseStandard,
    Decision,
    NextHigherPair,
    Proposal,
    ScoreRecord,
)
from mbl.core.presence import present


class Rare(StrEnum):
    """A kind of row that is read only where there is one."""

    ATTESTED = "attested"
    INVITED = "invited"  # to attest, by a link
    CONFIRMED = "confirmed"  # by staff
    PROPOSED = "proposed"  # it rests on a proposal
    DECIDED = "decided"  # whatever became of the decision
    SCORES = "scores"  # of the student, from a testing program
    CLASS_WORK = "class_work"  # of the student, judged in class
    NEXT_COURSES = "next_courses"  # listed for the course
    REQUIRED = "required"  # standards that the course asks of everybody


def rare_among(requests: Collection[int], students: Collection[int], courses: Collection[int]) -> frozenset[Rare]:
    """What at least one of them has, all given by primary key. One trip, however many they are."""
    asked = {
        Rare.ATTESTED: Attestation.objects.filter(request__in=requests),
        Rare.INVITED: AttestationInvite.objects.filter(request__in=requests),
        Rare.CONFIRMED: ConfirmedFact.objects.filter(request__in=requests),
        Rare.PROPOSED: Proposal.requests.through.objects.filter(creditrequest__in=requests),
        Rare.DECIDED: Decision.objects.filter(request__in=requests),
        Rare.SCORES: ScoreRecord.objects.filter(student__in=students),
        Rare.CLASS_WORK: ClassJudgement.objects.filter(student__in=students),
        Rare.NEXT_COURSES: NextHigherPair.objects.filter(course__in=courses),
        Rare.REQUIRED: CourseStandard.objects.filter(course__in=courses, is_required=True),
    }
    return present(asked)
