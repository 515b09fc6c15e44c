"""Learning away from school, proposed before it begins (WAC 392-410-300) and paid work (WAC 392-410-316)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from crediting.rules.numbers import credits_text
from crediting.rules.procedures import ProposalTerms, WorkTerms
from crediting.states import PROPOSAL_FIELDS, ProposalKind
from mbl.core.decisions import Criterion, Param, Reason

PROPOSAL = "WAC 392-410-300(4)"
WORK = "WAC 392-410-316"


def missing(
    written: Collection[str], *, kind: ProposalKind, starts_on: dt.date | None, ends_on: dt.date | None
) -> tuple[Reason, ...]:
    """What a proposal still needs: the ten elements, the days of the experience, and an employer for paid work.

    ``written`` are the names of the elements that say something.
    """
    found = [Reason(f"proposal.{name}_missing", {}, "R16", PROPOSAL) for name in PROPOSAL_FIELDS if name not in written]
    if starts_on is None or ends_on is None:
        found.append(Reason("proposal.days_missing", {}, "R16", PROPOSAL))
    elif ends_on < starts_on:
        found.append(Reason("proposal.days_reversed", {}, "R16", PROPOSAL))
    if kind == ProposalKind.PAID_WORK and "employer" not in written:
        found.append(Reason("proposal.employer_missing", {}, "R16", WORK))
    return tuple(found)


def in_time(starts_on: dt.date, today: dt.date) -> Criterion:
    """Whether the experience still lies ahead: it is approved before its first day, or not at all (R16, EC11)."""
    days: dict[str, Param] = {"from": starts_on.isoformat(), "on": today.isoformat()}
    if today < starts_on:
        return Criterion("in_time", True, Reason("proposal.in_time", days, "R16", PROPOSAL))
    return Criterion("in_time", False, Reason("proposal.too_late", days, "R16", PROPOSAL))


def old_enough(terms: WorkTerms, birth_date: dt.date | None, starts_on: dt.date) -> Criterion:
    """Whether the student has the least age for paid work on its first day. Unknown is not old enough."""
    if birth_date is None:
        return Criterion("age", False, Reason("proposal.age_unknown", {"age": terms.minimum_age}, "R16", WORK))
    had_birthday = (starts_on.month, starts_on.day) >= (birth_date.month, birth_date.day)
    age = starts_on.year - birth_date.year - (not had_birthday)
    met = age >= terms.minimum_age
    code = "proposal.old_enough" if met else "proposal.too_young"
    params: dict[str, Param] = {"age": terms.minimum_age, "from": starts_on.isoformat()}
    return Criterion("age", met, Reason(code, params, "R16", WORK))


def approval_criteria(
    terms: ProposalTerms,
    *,
    kind: ProposalKind,
    starts_on: dt.date,
    today: dt.date,
    birth_date: dt.date | None,
) -> tuple[Criterion, ...]:
    """Everything an approval needs beside a role that may give it; a refusal needs none of it."""
    found = [in_time(starts_on, today)]
    if kind == ProposalKind.PAID_WORK:
        if terms.work is None:
            found.append(Criterion("work", False, Reason("proposal.work_closed", {}, "R16", WORK)))
        else:
            found.append(old_enough(terms.work, birth_date, starts_on))
    return tuple(found)


def credits_for(hours: Decimal, work: WorkTerms) -> tuple[Decimal, Reason]:
    """What so many verified hours give: the highest step that is reached, never a part of one (EC12)."""
    reached = [step for step in work.steps if step.hours <= hours]
    following = next((step for step in work.steps if step.hours > hours), None)
    credits = reached[-1].credits if reached else Decimal(0)
    params: dict[str, Param] = {
        "hours": plain(hours),
        "credits": credits_text(credits),
        "step": plain(reached[-1].hours) if reached else "0",
        "next_hours": plain(following.hours) if following else "",
        "next_credits": credits_text(following.credits) if following else "",
    }
    code = "hours.none_yet" if not reached else "hours.reached" if following else "hours.all_reached"
    return credits, Reason(code, params, "R16", WORK)


def plain(hours: Decimal) -> str:
    """``300``, ``7.5``."""
    return f"{hours.normalize():f}"
