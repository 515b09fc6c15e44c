"""Answer the duty to waive a course that graduation requires, where similar work was done elsewhere.

RCW 28A.320.192(2) and RCW 28A.705.010: it is waived, or the refusal has a reasonable justification and another way to
complete it in time. This records the answer; what graduation asks of a student is checked with it by whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from crediting import access, notices
from crediting.actions.transfer import lock_student
from crediting.models import WaiverAnswer
from crediting.queries.transfer import ruling_for
from crediting.rules.transfer_duties import WAIVE
from crediting.verbs.procedures import WaiverAnswered
from crediting.words import waiver_word
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import says_something, visible
from profiles.access import person_in
from profiles.models import Student


@dataclass(frozen=True)
class Answer:
    """Whether ``requirement`` is waived for ``similar_work``, why, and where not: another way to graduate in time."""

    requirement: str
    similar_work: str
    waived: bool
    reason: str
    alternative: str = ""


@transaction.atomic
def answer_waiver(student: Student, *, answer: Answer, actor: User) -> WaiverAnswer:
    """Record it. The same again is the answer that stands; another about the same requirement replaces that."""
    student = lock_student(student)
    ruling = ruling_for(student)
    allowed = access.may_decide_transfer(actor, student, student.school, ruling.terms)
    if isinstance(allowed, Denied):
        raise NotAllowed(allowed.reason)
    duty = next((one for one in ruling.duties if one.code == WAIVE), None)
    if duty is None or student.school is None:
        raise DomainError(_("No law demands this of the school for this student, so there is nothing to answer."))
    said = {
        "requirement": visible(" ".join(answer.requirement.split())),
        "similar_work": visible(answer.similar_work).strip(),
        "reason": visible(answer.reason).strip(),
        "alternative": "" if answer.waived else visible(answer.alternative).strip(),
    }
    _refuse_gaps(said, waived=answer.waived)
    earlier = WaiverAnswer.objects.filter(student=student, replaced_by=None)
    standing = earlier.filter(requirement__iexact=said["requirement"]).first()
    if standing is not None and _says_the_same(standing, answer.waived, said):
        return standing
    made = WaiverAnswer.objects.create(
        district=student.district,
        student=student,
        school=student.school,
        waived=answer.waived,
        citation=duty.citation,
        answered_by=actor,
        answered_by_person=person_in(actor, student.district),
        answered_at=clock.now(),
        replaces=standing,
        **said,
    )
    told = WaiverAnswered(
        requirement=made.requirement,
        answer=waiver_word(made.waived),
        reason=made.reason,
        alternative=made.alternative,
        citation=made.citation,
    )
    audit.record(told, actor=actor, district=student.district, target=made, student=student)
    notices.tell_waiver_answered(made)
    return made


def _says_the_same(standing: WaiverAnswer, waived: bool, said: Mapping[str, str]) -> bool:
    words = (standing.similar_work, standing.reason, standing.alternative)
    return (standing.waived, *words) == (waived, said["similar_work"], said["reason"], said["alternative"])


def _refuse_gaps(said: Mapping[str, str], *, waived: bool) -> None:
    asked = {
        "requirement": _("Name the course or requirement that this is about."),
        "similar_work": _("Say what similar work was done elsewhere, or that none is known."),
        "reason": _("Say why. The student and the family read it."),
    }
    if not waived:
        asked["alternative"] = _("Name another way to complete it in time to graduate. The law asks for one.")
    for name, sentence in asked.items():
        if not says_something(said[name]):
            raise DomainError(sentence, field=name)
