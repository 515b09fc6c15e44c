"""``replay.10k``: ten thousand past decisions under a version of their policy, beside reading the same rows by the same
queries into plain rows. Where the generated district has fewer, they are taken again on requests of other students."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import cycle, islice

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from bench import ground
from bench.measuring import Measurement, interleaved
from crediting.models import CreditRequest, Decision, PolicyVersion
from crediting.queries.policy import terms_of
from crediting.queries.replay import CHUNK, COLUMNS, Tally, past_decisions, replay
from crediting.rules.policy.terms import PolicyTerms
from crediting.states import PolicyState
from mbl.core.models import District
from profiles.models import Student

NAME = "replay.10k"
GOAL = 3.0
DECISIONS = 10_000
LONG_AGO = dt.date(2000, 1, 1)


def measure() -> Measurement:
    district = District.objects.get(code=ground.DISTRICT)
    versions = PolicyVersion.objects.filter(series__district=district, state=PolicyState.PUBLISHED)
    version = versions.annotate(cited=Count("decisions")).order_by("-cited", "pk")[0]
    terms = terms_of(version)
    with transaction.atomic():
        _fill(district, terms)
        decisions = past_decisions(district, terms, since=LONG_AGO, series=version.series)[:DECISIONS]
        took, reference = interleaved(lambda: _replay(terms, decisions), lambda: _read(decisions), rounds=5, warm=1)
        transaction.set_rollback(True)
    return Measurement(NAME, ours=took, reference=reference, unit="ms", goal=GOAL)


def _replay(terms: PolicyTerms, decisions: QuerySet[Decision]) -> None:
    """As the page's job does it."""
    tally = Tally()
    for one in replay(terms, decisions, blind=True):
        tally.add(one)
    if tally.total != DECISIONS:
        raise RuntimeError(f"{tally.total} decisions were replayed, not {DECISIONS}.")


def _read(decisions: QuerySet[Decision]) -> None:
    rows = list(decisions.values_list(*COLUMNS).iterator(chunk_size=CHUNK))
    if len(rows) != DECISIONS:
        raise RuntimeError(f"{len(rows)} decisions were read, not {DECISIONS}.")


def _fill(district: District, terms: PolicyTerms) -> None:
    """More of the same, until there are enough."""
    there = list(past_decisions(district, terms, since=LONG_AGO).select_related("request")[:DECISIONS])
    ground.say(f"  {len(there):,} decisions of its own")
    students = cycle(Student.objects.filter(district=district).order_by("pk")[:DECISIONS])
    more = [(one.request, one) for one in islice(cycle(there), DECISIONS - len(there)) if one.request is not None]
    requests, copies = [], []
    for (request, decision), student in zip(more, students, strict=False):
        requests.append(_copy_of_request(request, student))
        copies.append((decision, student))
    CreditRequest.objects.bulk_create(requests, batch_size=1000)
    Decision.objects.bulk_create(
        (
            _copy_of_decision(decision, student, request)
            for (decision, student), request in zip(copies, requests, strict=True)
        ),
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE crediting_decision, crediting_creditrequest")


def _copy_of_request(request: CreditRequest, student: Student) -> CreditRequest:
    fields = _values(request) | {"student_id": student.pk, "public_id": uuid.uuid4()}
    return CreditRequest(**fields)


def _copy_of_decision(decision: Decision, student: Student, request: CreditRequest) -> Decision:
    fields = _values(decision) | {"student_id": student.pk, "public_id": uuid.uuid4(), "request_id": request.pk}
    return Decision(**fields | {"replaces_id": None})


def _values(row: CreditRequest | Decision) -> dict[str, object]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if not one.primary_key}
