"""Anchor samples beside a rubric, and in their list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from crediting.models import Anchor, Evidence, Scale, ScaleLevel, Standard
from crediting.queries.levels import drawn, drawn_levels, word_of
from mbl.core.ui.levels import DrawnLevel


@dataclass(frozen=True)
class AnchorLine:
    anchor: Anchor
    level: DrawnLevel


def anchors_beside(
    scale: Scale, levels: Iterable[ScaleLevel], standards: Iterable[Standard]
) -> dict[int, list[AnchorLine]]:
    """What is open to teachers, by standard and from the lowest level up, in one trip."""
    marks = drawn_levels(list(levels))
    found: defaultdict[int, list[AnchorLine]] = defaultdict(list)
    anchors = Anchor.objects.open_to_teachers().filter(standard__in=list(standards), level__scale=scale)
    for anchor in anchors.order_by("level__position", "pk").defer("body"):
        found[anchor.standard_id].append(AnchorLine(anchor, marks[anchor.level_id]))
    return found


def listed(anchors: QuerySet[Anchor], *, standard: Standard | None = None) -> QuerySet[Anchor]:
    """In the order of the standards; those of one standard from the lowest level up."""
    if standard is not None:
        anchors = anchors.filter(standard=standard)
    return anchors.order_by("retired_at", "standard__code", "standard", "level__position", "pk")


def level_of(anchor: Anchor) -> DrawnLevel:
    """The anchor's level, drawn; its scale is joined with its levels."""
    return drawn(anchor.level.position, len(anchor.level.scale.levels.all()), word_of(anchor.level))


def versions_of(anchor: Anchor) -> list[Anchor]:
    """The versions before this one, newest first."""
    found: list[Anchor] = []
    before = anchor.replaces
    while before is not None:
        found.append(before)
        before = before.replaces
    return found


def standards_shown_by(evidence: Evidence) -> list[Standard]:
    """The standards of every request the piece was sent for."""
    claimed = Standard.objects.filter(
        pk__in=evidence.uses.exclude(submitted_at=None).values("request__claims__standard")
    )
    return list(claimed.order_by("code", "pk"))
