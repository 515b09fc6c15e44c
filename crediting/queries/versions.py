"""Editions of standards beside each other: two frameworks, or one framework then and now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from crediting.models import CourseStandard, Framework, FrameworkAdoption, Standard, StandardEdge, StandardHistory
from crediting.rules.compare import Difference, Edition, compare
from crediting.rules.standards import code_key
from crediting.states import EdgeKind, StandardStatus


def between(old: Framework, new: Framework) -> list[Difference]:
    """What ``new`` says differently from ``old``. Three trips."""
    edges = StandardEdge.objects.filter(
        kind__in=[EdgeKind.REPLACED_BY, EdgeKind.EXACT_MATCH_OF],
        status=StandardStatus.ACTIVE,
        origin__framework__in=[old, new],
        destination__framework__in=[old, new],
    ).values_list("kind", "origin__framework", "origin__guid", "destination__framework", "destination__guid")
    links: dict[UUID, UUID] = {}
    for kind, origin_in, origin, destination_in, destination in edges:
        if (origin_in, destination_in) == (old.pk, new.pk):
            links.setdefault(origin, destination)
        elif kind == EdgeKind.EXACT_MATCH_OF and (origin_in, destination_in) == (new.pk, old.pk):
            links.setdefault(destination, origin)
    return compare(_now(old), _now(new), links)


def since(framework: Framework, moment: dt.datetime) -> list[Difference]:
    """What changed in ``framework`` after ``moment``. Three trips."""
    return compare(_then(framework, moment), _now(framework), {})


def days_of_change(framework: Framework) -> list[dt.date]:
    """The days on which its standards were changed, newest first; in UTC."""
    rows = StandardHistory.objects.filter(standard__framework=framework).order_by()
    days = rows.annotate(day=TruncDate("replaced_at", tzinfo=dt.UTC)).values_list("day", flat=True).distinct()
    return sorted(days, reverse=True)[:50]


_COLUMNS = ("guid", "code", "code_key", "statement", "parent__guid", "parent__code", "path")


def _now(framework: Framework) -> list[Edition]:
    rows = Standard.objects.filter(framework=framework, status=StandardStatus.ACTIVE).values_list(*_COLUMNS)
    return [
        Edition(guid, code, key, statement, above, above_name or "", path)
        for guid, code, key, statement, above, above_name, path in rows
    ]


def _then(framework: Framework, moment: dt.datetime) -> list[Edition]:
    """As it stood at ``moment``: what each standard said until its first change after it."""
    first: dict[int, StandardHistory] = {}
    later = StandardHistory.objects.filter(standard__framework=framework, replaced_at__gt=moment)
    for row in later.select_related("parent").order_by("replaced_at", "pk"):
        first.setdefault(row.standard_id, row)
    found = []
    standards = Standard.objects.filter(framework=framework).values_list("pk", "added_at", "status", *_COLUMNS)
    for pk, added_at, status, *rest in standards:
        if added_at is not None and added_at > moment:
            continue
        before = first.get(pk)
        if (before.status if before else status) != StandardStatus.ACTIVE:
            continue
        guid, code, key, statement, above, above_code, path = rest
        if before is not None:
            code, key, statement, path = before.code, code_key(before.code), before.statement, before.path
            above = before.parent.guid if before.parent else None
            above_code = before.parent.code if before.parent else ""
        found.append(Edition(guid, code, key, statement, above, above_code or "", path))
    return found


# --- Alignments that a newer framework asks to move -------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """A course's standard, and the one of a newer framework that stands for it."""

    row: CourseStandard
    kind: EdgeKind
    new: Standard

    @property
    def key(self) -> str:
        return f"{self.row.pk}-{self.new.pk}"


def proposals(framework: Framework, *, on: dt.date) -> list[Proposal]:
    """Standards of ``framework`` that courses teach and that adopted ones replace or match. Four trips.

    A replacement comes before an exact match; each course's standard has one proposal.
    """
    rows = list(
        CourseStandard.objects.filter(standard__framework=framework)
        .select_related("course", "standard")
        .order_by("course__title", "standard__path", "pk")
    )
    adopted = list(_adopted_on(framework, on).values_list("framework", flat=True))
    best = _successors([row.standard_id for row in rows], adopted)
    return [Proposal(row, *best[row.standard_id]) for row in rows if row.standard_id in best]


def _adopted_on(framework: Framework, on: dt.date) -> QuerySet[FrameworkAdoption]:
    started = FrameworkAdoption.objects.filter(framework__district=framework.district_id, starts_on__lte=on)
    return started.exclude(ends_on__lt=on)


def _successors(old: Sequence[int], frameworks: Sequence[int]) -> dict[int, tuple[EdgeKind, Standard]]:
    kinds = [EdgeKind.REPLACED_BY, EdgeKind.EXACT_MATCH_OF]
    edges = StandardEdge.objects.filter(kind__in=kinds, status=StandardStatus.ACTIVE).select_related(
        "origin__framework", "destination__framework"
    )
    forward = edges.filter(
        origin__in=old, destination__framework__in=frameworks, destination__status=StandardStatus.ACTIVE
    )
    back = edges.filter(
        destination__in=old,
        kind=EdgeKind.EXACT_MATCH_OF,
        origin__framework__in=frameworks,
        origin__status=StandardStatus.ACTIVE,
    )
    found: dict[int, tuple[EdgeKind, Standard]] = {}
    for edge in sorted([*forward, *back], key=lambda edge: (edge.kind != EdgeKind.REPLACED_BY, edge.pk)):
        pairs = ((edge.origin, edge.destination), (edge.destination, edge.origin))
        for one, other in pairs:
            if one is None or other is None or one.pk not in old or other.framework_id not in frameworks:
                continue
            # Within one framework only a replacement is a successor.
            if edge.kind == EdgeKind.REPLACED_BY or one.framework_id != other.framework_id:
                found.setdefault(one.pk, (EdgeKind(edge.kind), other))
                break
    return found
