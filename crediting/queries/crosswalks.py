"""What one standard is linked to: the same elsewhere, related, replaced. A fixed number of trips each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from crediting.models import Standard, StandardEdge
from crediting.states import EdgeKind, FrameworkStatus, StandardStatus

MOST_EQUAL = 50

# Both directions, because an exact match is one; through an address outside (the same one named by two frameworks) as
# well as from standard to standard; never through or into a framework that its publisher has retired.
_GROUP = """
WITH RECURSIVE same (standard, address) AS (
    SELECT %(standard)s::bigint, ''::text
  UNION
    SELECT step.standard, step.address FROM same CROSS JOIN LATERAL (
        SELECT e.destination_id, CASE WHEN e.destination_id IS NULL THEN e.destination_identifier ELSE '' END
        FROM crediting_standardedge e
        WHERE e.origin_id = same.standard AND e.kind = 'exactMatchOf' AND e.status = 'active'
      UNION ALL
        SELECT e.origin_id, CASE WHEN e.origin_id IS NULL THEN e.origin_identifier ELSE '' END
        FROM crediting_standardedge e
        WHERE e.destination_id = same.standard AND e.kind = 'exactMatchOf' AND e.status = 'active'
      UNION ALL
        SELECT e.origin_id, ''::text FROM crediting_standardedge e
        WHERE same.address <> '' AND e.district_id = %(district)s AND e.destination_id IS NULL
          AND e.destination_identifier = same.address AND e.kind = 'exactMatchOf' AND e.status = 'active'
          AND e.origin_id IS NOT NULL
    ) AS step (standard, address)
    LEFT JOIN crediting_standard s ON s.id = step.standard
    LEFT JOIN crediting_framework f ON f.id = s.framework_id
    WHERE f.status IS DISTINCT FROM %(retired)s
)
SELECT standard FROM same WHERE standard IS NOT NULL LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Equal:
    """Standards that say the same thing as one, itself left out; ``has_more`` where the group was cut at fifty."""

    standards: tuple[Standard, ...]
    has_more: bool


def equal_to(standard: Standard) -> Equal:
    """Everything that exact matches lead to, in as many steps as it takes. Two trips."""
    values: dict[str, str | int] = {
        "standard": standard.pk,
        "district": standard.district_id,
        "retired": str(FrameworkStatus.RETIRED),
        "limit": MOST_EQUAL + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GROUP, values)
        found = [pk for (pk,) in cursor.fetchall() if pk != standard.pk]
    rows = (
        Standard.objects.filter(pk__in=found[: MOST_EQUAL - 1])
        .select_related("framework")
        .defer("search_text", "extra", "framework__extra")
        .order_by("framework__title", "path", "pk")
    )
    return Equal(tuple(rows), len(found) > MOST_EQUAL - 1)


@dataclass(frozen=True)
class Link:
    """Something a standard is linked to. ``standard`` is None where it is outside the district's copy.

    ``forward``: the link goes out from the standard the page is about.
    """

    kind: EdgeKind
    forward: bool
    standard: Standard | None
    title: str
    address: str

    @property
    def name(self) -> str:
        return str(self.standard) if self.standard else self.title


def links_of(standard: Standard, limit: int = 100) -> list[Link]:
    """Links besides its place in the tree and besides exact matches to standards here. One trip."""
    edges = (
        StandardEdge.objects.filter(Q(origin=standard) | Q(destination=standard), status=StandardStatus.ACTIVE)
        .exclude(kind=EdgeKind.IS_CHILD_OF)
        .exclude(kind=EdgeKind.EXACT_MATCH_OF, origin__isnull=False, destination__isnull=False)
        .select_related("origin__framework", "destination__framework")
        .defer("origin__search_text", "origin__extra", "destination__search_text", "destination__extra")
        .defer("extra", "origin__framework__extra", "destination__framework__extra")
        .order_by("kind", "pk")[:limit]
    )
    found = []
    for edge in edges:
        forward = edge.origin_id == standard.pk
        other = edge.destination if forward else edge.origin
        title = edge.destination_title if forward else edge.origin_title
        address = edge.destination_uri if forward else edge.origin_uri
        identifier = edge.destination_identifier if forward else edge.origin_identifier
        found.append(Link(EdgeKind(edge.kind), forward, other, title or address or identifier, address))
    return sorted(found, key=lambda link: (link.kind != EdgeKind.REPLACED_BY, link.kind, link.standard is None))
