"""Appeals: their clock, what they are about, and who waits for an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, QuerySet

from crediting.models import Appeal, Decision, ProposalDecision, TransferDecision
from crediting.queries.procedures import school_calendar
from crediting.rules.deadlines import Deadline, Due, due
from crediting.rules.procedures import AppealTerms
from crediting.states import AppealState
from mbl.core import clock
from mbl.core.decisions import Reason
from mbl.core.models import District
from profiles.models import School

APPEAL = "WAC 180-51-050(6)"

# What may be appealed against.
Refusal = Decision | ProposalDecision | TransferDecision


@dataclass(frozen=True)
class AppealClock:
    """Until when an appeal is possible and, made now, when its answer is due; None where no day is set."""

    window: Due | None
    answer: Due | None

    def too_late(self) -> Reason:
        assert self.window is not None
        return Reason("appeal.too_late", {"on": self.window.day.isoformat()}, "R33", APPEAL)


def clock_of(refusal: Refusal, terms: AppealTerms, district: District, school: School) -> AppealClock:
    """The appeal's clock: its window counts from the day on which the refusal was told, the answer from today."""
    told = clock.day_of(_told_at(refusal), district)
    days = {"notified": told, "appealed": clock.today(district)}
    calendar = school_calendar(district, school)

    def dated(deadline: Deadline | None) -> Due | None:
        if deadline is None:
            return None
        found = due(deadline, days, calendar, now=clock.now(), school=school.code, rule_id="R33", citation=APPEAL)
        return found if isinstance(found, Due) else None

    return AppealClock(dated(terms.within), dated(terms.answer_within))


def _told_at(refusal: Refusal) -> dt.datetime:
    """When the family learned of it: where a second person confirmed, on that day."""
    if isinstance(refusal, TransferDecision) and refusal.second:
        return refusal.confirmation.at
    return refusal.decided_at


def named(refusal: Refusal) -> dict[str, Refusal]:
    """The field of an appeal that names it."""
    if isinstance(refusal, TransferDecision):
        return {"transfer_decision": refusal}
    return {"decision" if isinstance(refusal, Decision) else "proposal_decision": refusal}


def title_of(appeal: Appeal) -> str:
    """What the appeal is about: the course, or the program."""
    if appeal.decision is not None:
        assert appeal.decision.request is not None
        return appeal.decision.request.course.title
    if appeal.transfer_decision is not None:
        return appeal.transfer_decision.line.course_title
    assert appeal.proposal_decision is not None
    return appeal.proposal_decision.version.program


def waiting(appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """Those that wait for an answer, the first due on top; those without a day after them."""
    return appeals.filter(state=AppealState.OPEN).order_by(F("due_at").asc(nulls_last=True), "made_at", "pk")


def closed(appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
    return appeals.exclude(state=AppealState.OPEN).order_by("-closed_at", "-pk")


def is_overdue(appeal: Appeal) -> bool:
    return appeal.state == AppealState.OPEN and appeal.due_at is not None and appeal.due_at <= clock.now()
