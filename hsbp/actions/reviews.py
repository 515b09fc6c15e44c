"""Answer a plan: approve a version, return it, take the answer back.

Each locks the plan first, so of two counselors who press a button at once one answers and the other is told who did and
when. A version that was followed by a newer one is never answered. The second press of one person changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from hsbp import access, notices
from hsbp.actions.plans import lock_plan, waiting_since
from hsbp.models import Plan, PlanReview, PlanRevision
from hsbp.states import PLAN, Verdict
from hsbp.verbs import PlanApproved, PlanReturned, ReviewUndone
from mbl.core import audit, clock
from mbl.core.decisions import Denied
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from mbl.core.words import visible
from profiles.access import family_of, person_in
from profiles.models import Student


class MovedOn(DomainError):
    """Somebody was first: another counselor answered, or the student sent a newer version (409)."""

    status = 409


def approve_plan(revision: PlanRevision, *, comment: str, actor: User) -> PlanReview:
    """Approve a version. From here on it is the one that later versions are compared with."""
    return _answer(revision, Verdict.APPROVED, comment, actor)


def return_plan(revision: PlanRevision, *, comment: str, actor: User) -> PlanReview:
    """Ask the student for a change; the comment says which."""
    return _answer(revision, Verdict.RETURNED, comment, actor)


@dataclass(frozen=True)
class Bulk:
    """What happened to several plans at once: the approvals, and the students whose plans were left alone."""

    approved: tuple[PlanReview, ...]
    left: tuple[Student, ...]


def approve_unchanged(students: Iterable[Student], *, actor: User) -> Bulk:
    """Approve the versions that say the same as the one approved before. Every other plan is left for a review."""
    approved, left = [], []
    for student in students:
        plan = Plan.objects.select_related("latest").filter(student=student).first()
        revision = plan.latest if plan is not None else None
        if plan is None or revision is None or not plan.waits_unchanged:
            left.append(student)
            continue
        try:
            approved.append(approve_plan(revision, comment="", actor=actor))
        except MovedOn:
            left.append(student)
    return Bulk(tuple(approved), tuple(left))


@transaction.atomic
def _answer(revision: PlanRevision, verdict: Verdict, comment: str, actor: User) -> PlanReview:
    plan = lock_plan(revision.plan.student)
    _require_review(plan, actor)
    comment = visible(comment)
    first = standing_review(revision)
    if first is not None:
        if (first.verdict, first.recorded_by_id) == (verdict, actor.pk):
            return first
        raise MovedOn(_answered(first))
    if plan.latest_id != revision.pk:
        raise MovedOn(_newer(plan, revision))
    if verdict == Verdict.RETURNED and not comment:
        raise DomainError(_("Say what you would like changed. The student reads it."), field="comment")
    # Were it done already, a review would stand.
    state = PLAN.moved("approve" if verdict == Verdict.APPROVED else "send_back", plan.state)
    now = clock.now()
    review = PlanReview.objects.create(
        revision=revision,
        verdict=verdict,
        comment=comment,
        reviewer=person_in(actor, plan.district),
        recorded_by=actor,
        reviewed_at=now,
        answers=plan.question if comment else None,
    )
    plan.state, plan.state_since = state, now
    plan.family_since = None
    if verdict == Verdict.APPROVED:
        plan.approved = revision
        plan.family_since = now if family_of(plan.student).exists() else None
    if comment:
        plan.question = None
    _save(plan)
    audit.record(
        PlanApproved(number=revision.number, comment=comment)
        if verdict == Verdict.APPROVED
        else PlanReturned(number=revision.number, comment=comment),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    notices.tell_reviewed(review)
    return review


@transaction.atomic
def undo_review(review: PlanReview, *, actor: User) -> PlanReview:
    """Take an answer back by a record of its own; the version waits again, for as long as it had waited."""
    plan = lock_plan(review.revision.plan.student)
    _require_review(plan, actor)
    done = PlanReview.objects.filter(undoes=review).first()
    if done is not None:
        return done
    if plan.latest_id != review.revision_id:
        raise MovedOn(_newer(plan, review.revision))
    if review.revision.signatures.exists():
        raise DomainError(
            _("The family has signed this version, so the approval stands. Write to the student what should change.")
        )
    state = PLAN.moved("undo_review", plan.state)  # the review stands, so the version is answered
    undo = PlanReview.objects.create(
        revision=review.revision,
        verdict=Verdict.UNDONE,
        reviewer=person_in(actor, plan.district),
        recorded_by=actor,
        reviewed_at=clock.now(),
        undoes=review,
    )
    plan.state, plan.state_since, plan.family_since = state, review.revision.submitted_at, None
    plan.approved = _approved_before(plan)
    plan.question = plan.question or review.answers
    _save(plan)
    audit.record(
        ReviewUndone(number=review.revision.number, verdict=review.verdict),
        actor=actor,
        district=plan.district,
        target=plan,
        student=plan.student,
    )
    notices.tell_undone(undo)
    return undo


def standing_review(revision: PlanRevision) -> PlanReview | None:
    """The answer to a version that nobody took back."""
    return (
        PlanReview.objects.filter(revision=revision, undone_by=None)
        .exclude(verdict=Verdict.UNDONE)
        .select_related("reviewer")
        .order_by("-reviewed_at", "-pk")
        .first()
    )


def _approved_before(plan: Plan) -> PlanRevision | None:
    approvals = PlanReview.objects.filter(revision__plan=plan, verdict=Verdict.APPROVED, undone_by=None)
    last = approvals.select_related("revision").order_by("-revision__number").first()
    return last.revision if last is not None else None


def _save(plan: Plan) -> None:
    plan.waiting_since = waiting_since(plan)
    plan.save(
        update_fields=[
            "state",
            "state_since",
            "approved",
            "family_since",
            "question",
            "waiting_since",
            "updated_at",
        ]
    )


def _require_review(plan: Plan, actor: User) -> None:
    verdict = access.may_review(actor, plan.student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)


def _answered(review: PlanReview) -> str:
    values = _moment(review.reviewed_at.astimezone(ZoneInfo(review.reviewer.district.timezone)))
    values |= {"person": str(review.reviewer), "number": str(review.revision.number)}
    if review.verdict == Verdict.APPROVED:
        return (
            _(
                "%(person)s approved version %(number)s on %(date)s at %(time)s. Nothing was changed by you. "
                "What you wrote is still here."
            )
            % values
        )
    return (
        _(
            "%(person)s returned version %(number)s on %(date)s at %(time)s. Nothing was changed by you. "
            "What you wrote is still here."
        )
        % values
    )


def _newer(plan: Plan, revision: PlanRevision) -> str:
    assert plan.latest is not None
    values = _moment(plan.latest.submitted_at.astimezone(ZoneInfo(plan.district.timezone)))
    values |= {"student": str(plan.student), "old": str(revision.number), "new": str(plan.latest.number)}
    return (
        _(
            "%(student)s sent version %(new)s on %(date)s at %(time)s. Version %(old)s was not answered, and what you "
            "wrote is still here. Read the new version, then decide."
        )
        % values
    )


def _moment(local: object) -> dict[str, str]:
    return {
        "date": formats.date_format(local, "DATE_FORMAT"),  # type: ignore[arg-type]
        "time": formats.time_format(local, "TIME_FORMAT"),  # type: ignore[arg-type]
    }
