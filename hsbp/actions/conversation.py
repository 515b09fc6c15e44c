"""Messages about a plan: student, family and school in one conversation that nobody edits afterwards."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from hsbp import access, notices
from hsbp.actions.plans import lock_plan, waiting_since
from hsbp.models import Plan, PlanComment
from hsbp.states import CommentKind, PlanState
from hsbp.verbs import PlanCommented
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import visible
from profiles.access import Capability, family_of, may
from profiles.models import Student

MAX_BODY = 5000


@transaction.atomic
def comment_on_plan(student: Student, *, body: str, actor: User) -> PlanComment:
    """Say something. A question of student or family waits for the school until somebody there answers."""
    plan = lock_plan(student)
    verdict = may(actor, Capability.SEE_RECORD, plan.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    kind = access.speaks_as(actor, plan.student)
    comment, is_new = say(plan, kind, body, actor)
    if not is_new:
        return comment
    if kind in {CommentKind.STUDENT, CommentKind.FAMILY}:
        plan.question = plan.question or comment
        if kind == CommentKind.FAMILY:
            plan.family_since = None
    else:
        if plan.question is not None and plan.question.kind == CommentKind.FAMILY and _is_unsigned(plan):
            # Its question is answered: what the family was to sign waits for it again, as long as it had.
            plan.family_since = plan.state_since
        plan.question = None
    plan.waiting_since = waiting_since(plan)
    plan.save(update_fields=["question", "family_since", "waiting_since", "updated_at"])
    notices.tell_said(comment)
    return comment


@transaction.atomic
def ask_family(student: Student, *, body: str, actor: User) -> PlanComment:
    """Ask the family something. The plan waits for them until they answer or sign."""
    plan = lock_plan(student)
    verdict = access.may_review(actor, plan.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    if not family_of(plan.student).filter(user__isnull=False).exists():
        raise DomainError(
            _("Nobody of the family has an account that sees this plan, so nobody would read your question here."),
            field="comment",
        )
    comment, is_new = say(plan, CommentKind.COUNSELOR, body, actor, asks_family=True)
    if is_new:
        plan.question = None
        plan.family_since = clock.now()
        plan.waiting_since = waiting_since(plan)
        plan.save(update_fields=["question", "family_since", "waiting_since", "updated_at"])
        notices.tell_said(comment)
    return comment


def _is_unsigned(plan: Plan) -> bool:
    """Whether the newest version is approved and nobody of the family has signed it."""
    return plan.state == PlanState.APPROVED and plan.latest is not None and not plan.latest.signatures.exists()


def say(
    plan: Plan, kind: CommentKind, body: str, actor: User, *, asks_family: bool = False
) -> tuple[PlanComment, bool]:
    """Add a message to a locked plan; the same words twice in a row are one message."""
    body = visible(body)
    if not body:
        raise DomainError(_("Write something first."), field="comment")
    if len(body) > MAX_BODY:
        raise DomainError(
            _("This is longer than 5,000 characters. Shorten it, or send it in two parts."), field="comment"
        )
    last = plan.comments.order_by("-at", "-pk").first()
    if last is not None and (last.author_id, last.body, last.asks_family) == (actor.pk, body, asks_family):
        return last, False
    comment = PlanComment.objects.create(
        plan=plan,
        kind=kind,
        asks_family=asks_family,
        author=actor,
        author_label=str(actor),
        language=actor.language or plan.district.language,
        body=body,
        at=clock.now(),
    )
    audit.record(
        PlanCommented(kind=kind, asks_family=asks_family),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    return comment, True
