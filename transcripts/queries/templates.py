"""Which template prints."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q

from mbl.core import clock
from mbl.core.models import District
from transcripts.models import TranscriptTemplate
from transcripts.rules.template import DEFAULT_CODE, DEFAULT_TERMS
from transcripts.states import TranscriptKind


def template_for(district: District, graduation_year: int | None, on: dt.date) -> TranscriptTemplate:
    """The district's newest standard template in force on ``on`` for a class (T1, T6); one query.

    A district that has none prints on the sample layout, which is then not saved yet: ``ensure_default`` saves it.
    """
    fits = Q(first_class=None) & Q(last_class=None)
    if graduation_year is not None:
        fits = (Q(first_class=None) | Q(first_class__lte=graduation_year)) & (
            Q(last_class=None) | Q(last_class__gte=graduation_year)
        )
    found = (
        TranscriptTemplate.objects.filter(fits, district=district, kind=TranscriptKind.STANDARD, effective_from__lte=on)
        .order_by("-effective_from", F("first_class").desc(nulls_last=True), "-version", "-pk")
        .first()
    )
    return found or default_template(district, on)


def default_template(district: District, on: dt.date) -> TranscriptTemplate:
    """The sample layout, unsaved, in force from the first day of the school year of ``on``."""
    return TranscriptTemplate(
        district=district,
        code=DEFAULT_CODE,
        version=1,
        kind=TranscriptKind.STANDARD,
        title=DEFAULT_TERMS["title"],
        terms=dict(DEFAULT_TERMS),
        effective_from=dt.date(clock.school_year(on) - 1, 7, 1),
    )
