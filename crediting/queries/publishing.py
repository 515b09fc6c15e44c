"""Frameworks that anybody may read: adopted by a district and not withheld. Several districts may hold one."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from crediting.models import Framework, FrameworkAdoption, Standard, StandardEdge
from crediting.states import StandardStatus

M = TypeVar("M", bound=Model)


def published(district_code: str = "") -> QuerySet[Framework]:
    """Copies that are public, the most recently changed one of each framework first."""
    adopted = FrameworkAdoption.objects.filter(framework=OuterRef("pk"))
    found = Framework.objects.filter(Exists(adopted), is_withheld=False)
    if district_code:
        found = found.filter(district__code=district_code)
    return found.order_by(F("source_changed_at").desc(nulls_last=True), "pk")


def documents(district_code: str = "") -> list[Framework]:
    """One copy of each published framework."""
    copies = published(district_code)
    first: dict[UUID, int] = {}
    for pk, guid in copies.values_list("pk", "guid"):
        first.setdefault(guid, pk)
    return list(copies.filter(pk__in=first.values()))


def framework_with(guid: UUID, district_code: str = "") -> Framework | None:
    return published(district_code).filter(guid=guid).first()


def items_of(framework: Framework) -> QuerySet[Standard]:
    """Standards in use, in reading order."""
    return Standard.objects.filter(framework=framework, status=StandardStatus.ACTIVE).order_by("path", "pk")


def edges_of(framework: Framework) -> QuerySet[StandardEdge]:
    return (
        StandardEdge.objects.filter(framework=framework, status=StandardStatus.ACTIVE)
        .select_related("origin", "destination")
        .defer(
            "origin__search_text", "origin__extra", "origin__notes",
            "destination__search_text", "destination__extra", "destination__notes",
        )
        .order_by("pk")
    )  # fmt: skip


def item_with(guid: UUID, district_code: str = "") -> Standard | None:
    return _best(Standard.objects.filter(guid=guid, status=StandardStatus.ACTIVE), district_code).first()


def edge_with(guid: UUID, district_code: str = "") -> StandardEdge | None:
    found = StandardEdge.objects.filter(guid=guid, status=StandardStatus.ACTIVE)
    return _best(found, district_code).select_related("origin", "destination").first()


def edges_at(standard: Standard) -> QuerySet[StandardEdge]:
    """The associations of its own framework that a standard is an end of."""
    return edges_of(standard.framework).filter(Q(origin=standard) | Q(destination=standard))


def framework_defining(part: str, identifier: UUID, district_code: str = "") -> Framework | None:
    """The framework whose CFDefinitions list ``part`` holds an entry with this identifier."""
    key = {f"extra__CFDefinitions__{part}__contains": [{"identifier": str(identifier)}]}
    return published(district_code).filter(**key).first()


def framework_with_rubric(identifier: UUID, district_code: str = "") -> Framework | None:
    return published(district_code).filter(extra__CFRubrics__contains=[{"identifier": str(identifier)}]).first()


def _best(rows: QuerySet[M], district_code: str) -> QuerySet[M]:
    """Rows of published frameworks, those of the most recently changed copy first."""
    copies = list(published(district_code).values_list("pk", flat=True))
    return (
        rows.filter(framework__in=copies)
        .select_related("framework")
        .order_by(F("framework__source_changed_at").desc(nulls_last=True), "framework_id")
    )
