"""Send a plan: freeze what stands in it as a version that the counselor answers."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hsbp import access, notices
from hsbp.actions.conversation import say
from hsbp.actions.plans import lock_plan, waiting_since
from hsbp.models import Plan, PlanRevision
from hsbp.rules.content import changed_sections, fingerprint, is_blank, read
from hsbp.states import PLAN, CommentKind, PlanState
from hsbp.verbs import PlanSent
from mbl.core import audit, clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import visible
from profiles.models import Student


@transaction.atomic
def send_plan(student: Student, *, actor: User, answer: str = "") -> PlanRevision:
    """Freeze the working copy as the next version, with its language and SHA-256, and tell the counselor.

    Nothing changed since the version that waits, or was approved this school year: that version is the answer. A
    returned plan goes out again when something changed or the student answers what was asked.
    """
    plan = lock_plan(student)
    if not access.is_own(actor, plan.student):
        raise NotAllowed(_("Only the student sends this plan."))
    content = read(plan.content)
    if is_blank(content):
        raise DomainError(_("Your plan is still empty. Write your goals first, then send it."))
    digest, today = fingerprint(content), clock.today(plan.district)
    latest = plan.latest
    if latest is not None and latest.sha256 == digest:
        if _stands(plan, latest, clock.school_year(today)):
            return latest
        if plan.state == PlanState.RETURNED and not visible(answer):
            raise DomainError(
                _("Nothing has changed since your counselor returned the plan. Change it, or write an answer."),
                field="answer",
            )
    state = PLAN.moved("submit", plan.state)  # a newer version replaces one that waits
    if visible(answer):
        say(plan, CommentKind.STUDENT, answer, actor)
    now = clock.now()
    revision = PlanRevision.objects.create(
        plan=plan,
        number=latest.number + 1 if latest is not None else 1,
        content=content.as_json(),
        sha256=digest,
        language=actor.language or plan.district.language,
        school_name=plan.student.school.name if plan.student.school else "",
        grade=plan.student.grade,
        school_year=clock.school_year(today),
        base=plan.approved,
        changed=changed_sections(read(plan.approved.content), content) if plan.approved is not None else {},
        follows_return=plan.state == PlanState.RETURNED,
        submitted_by=actor,
        submitted_at=now,
    )
    plan.latest, plan.state, plan.state_since, plan.family_since = revision, state, now, None
    plan.waiting_since = waiting_since(plan)
    plan.save(update_fields=["latest", "state", "state_since", "family_since", "waiting_since", "updated_at"])
    audit.record(
        PlanSent(number=revision.number, sha256=digest, language=revision.language, changed=revision.changes),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    notices.tell_sent(revision)
    return revision


def _stands(plan: Plan, latest: PlanRevision, school_year: int) -> bool:
    """Whether the same content is with the counselor already, or was approved for this school year."""
    if plan.state == PlanState.SUBMITTED:
        return True
    return plan.state == PlanState.APPROVED and latest.school_year == school_year
