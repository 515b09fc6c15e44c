"""The list of proposed awards, and why each is listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from crediting.models import AwardProposal
from crediting.queries.decisions import Deliberation
from crediting.queries.proposing import Looking, asked_by
from crediting.states import AwardProposalState
from profiles.models import Course
from profiles.rules.names import fold

STATES = tuple(AwardProposalState)


@dataclass(frozen=True)
class ProposalTally:
    """How many stand in each state, and how many of the open ones a statute demands."""

    by_state: Mapping[str, int]
    owed: int


def tally(proposals: QuerySet[AwardProposal]) -> ProposalTally:
    """One trip."""
    rows = (
        proposals.select_related(None)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"), owed=Count("pk", filter=~Q(duty="")))
    )
    counted = {state: (number, owed) for state, number, owed in rows}
    owed = counted.get(AwardProposalState.OPEN, (0, 0))[1]
    return ProposalTally({state: number for state, (number, _owed) in counted.items()}, owed)


def listed(
    proposals: QuerySet[AwardProposal], *, state: AwardProposalState, narrowed: Mapping[str, Any]
) -> QuerySet[AwardProposal]:
    """Those in one state: what a statute demands first, then by student."""
    rows = proposals.filter(state=state)
    for word in str(narrowed.get("q", "")).split():
        rows = rows.filter(student__person__search_text__contains=fold(word))
    for name in ("school", "course", "subject"):
        if narrowed.get(name):
            rows = rows.filter(**{name: narrowed[name]})
    if narrowed.get("rule"):
        rows = rows.filter(rule_code__iexact=narrowed["rule"])
    return rows.order_by("-duty", "student__person__sort_name", "pk")


def owed_now(proposals: QuerySet[AwardProposal]) -> QuerySet[AwardProposal]:
    """What a statute demands and nobody has awarded yet: due at once."""
    return proposals.filter(state=AwardProposalState.OPEN).exclude(duty="").order_by("demonstrated_on", "pk")


def courses_listed(proposals: QuerySet[AwardProposal]) -> QuerySet[Course]:
    return Course.objects.filter(pk__in=proposals.order_by().values("course")).order_by("title", "pk")


def said_of(row: AwardProposal) -> Deliberation | None:
    """What the policy says of it now; None for what a statute demands, which asks no policy."""
    if row.is_owed or row.course is None:
        return None
    (said,) = Looking(row.district).decided([asked_by(row)])
    return said


def fitting_courses(row: AwardProposal) -> QuerySet[Course]:
    """In which a duty can be discharged."""
    return Course.objects.filter(district=row.district_id, terms__subject=row.subject, is_active=True).order_by(
        "title", "pk"
    )
