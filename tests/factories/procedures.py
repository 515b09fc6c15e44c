"""A district's words about proposals, appeals and deadlines, and proposals brought to any state by the actions."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from crediting.actions.proposals import approve_proposal, begin_proposal, refuse_proposal, send_proposal
from crediting.models import PolicySeries, PolicyVersion, ProposalVersion
from crediting.states import PROPOSAL_FIELDS, PolicyState, ProposalKind, ProposalState
from mbl.core import clock
from mbl.core.models import District, User
from profiles.models import Student
from tests.factories.crediting import account_of

_numbers = itertools.count(1)
PROPOSALS = {
    "roles": ["principal", "counselor"],
    "paid_work": {
        "minimum_age": 16,
        "steps": [{"hours": "180", "credits": "0.5"}, {"hours": "360", "credits": "1.0"}],
    },
}
APPEAL = {
    "roles": ["administrator"],
    "within": {"after": "notified", "days": 10},
    "answer_within": {"after": "appealed", "days": 15},
}


def make_procedure(district: District, **sections: Any) -> PolicyVersion:
    """A published policy that holds only ``sections``: ``proposals``, ``appeal``, ``deadlines``."""
    series = PolicySeries.objects.create(district=district, code=f"procedure-{next(_numbers)}", title="Procedure")
    return PolicyVersion.objects.create(
        series=series,
        number=1,
        state=PolicyState.PUBLISHED,
        title="Procedure",
        document=sections,
        source="",
        sha256=f"{next(_numbers):064}",
        adopted_on=dt.date(2020, 6, 1),
        effective=DateRange(dt.date(2020, 7, 1), None),
        published_at=clock.now(),
    )


def words(student: Student, *, begins_in: int = 30, lasts: int = 60, **more: Any) -> dict[str, Any]:
    """The ten elements, to begin so many days from today in the district."""
    first = clock.today(student.district) + dt.timedelta(days=begins_in)
    written = {name: f"What I say about {name}." for name in PROPOSAL_FIELDS}
    days = {"starts_on": first, "ends_on": first + dt.timedelta(days=lasts)}
    return written | days | {"program": "Summer at the fish hatchery"} | more


def make_proposal(
    student: Student,
    state: ProposalState = ProposalState.SENT,
    *,
    kind: ProposalKind = ProposalKind.EQUIVALENCY,
    reviewer: User | None = None,
    **fields: Any,
) -> ProposalVersion:
    """A proposal in ``state``. Decided states need a ``reviewer``; the policy has to be there."""
    if kind == ProposalKind.PAID_WORK:
        fields.setdefault("employer", "Cedar Falls Hatchery")
    version = begin_proposal(student=student, kind=kind, words=words(student, **fields), actor=account_of(student))
    if state == ProposalState.DRAFT:
        return version
    version = send_proposal(version, actor=account_of(student))
    if state in {ProposalState.APPROVED, ProposalState.REFUSED}:
        assert reviewer is not None, "a decided proposal needs somebody who decides"
        decide = approve_proposal if state == ProposalState.APPROVED else refuse_proposal
        decide(version, reason="The supervision is clear.", actor=reviewer)
        version.refresh_from_db()
    return version
