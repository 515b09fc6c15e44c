"""Plans brought to any state through the product's own actions."""

from __future__ import annotations

from typing import Any

from hsbp.actions.plans import save_section
from hsbp.actions.reviews import approve_plan, return_plan
from hsbp.actions.sending import send_plan
from hsbp.models import Plan, PlanReview, PlanRevision
from hsbp.rules.content import Section
from hsbp.states import PlanState
from mbl.core.models import User
from profiles.models import Student
from tests.factories.crediting import account_of

GOALS = {"after_high_school": "Become an electrician.", "career": "Electrician", "education": "An apprenticeship"}
# Later than any edition: whoever writes with it has seen everything.
NEWEST = 1_000_000


def write(student: Student, *, actor: User | None = None, **parts: Any) -> Plan:
    """The student's plan with these sections written; goals unless parts are named."""
    plan: Plan | None = None
    for name, part in (parts or {"goals": GOALS}).items():
        plan = save_section(student, Section(name), part, edition=NEWEST, actor=actor or account_of(student))
    assert plan is not None
    return plan


def make_revision(student: Student, **parts: Any) -> PlanRevision:
    """A version that was sent and waits for its counselor."""
    write(student, **parts)
    return send_plan(student, actor=account_of(student))


def make_review(
    student: Student, counselor: User, state: PlanState = PlanState.APPROVED, *, comment: str = "", **parts: Any
) -> PlanReview:
    """A version that was sent and answered."""
    revision = make_revision(student, **parts)
    if state == PlanState.RETURNED:
        return return_plan(revision, comment=comment or "Which courses lead there?", actor=counselor)
    return approve_plan(revision, comment=comment, actor=counselor)
