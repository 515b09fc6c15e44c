"""What hangs on written standards, kept set-based: earlier words, words to search, counts, links that waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from crediting.models import Framework, Standard
from crediting.rules.standards import words_of
from crediting.states import StandardStatus
from mbl.core.models import District

_HISTORY = """
INSERT INTO crediting_standardhistory
    (standard_id, code, statement, short, notes, item_type, grades, parent_id, path, status, source_changed_at,
     replaced_at)
SELECT id, code, statement, short, notes, item_type, grades, parent_id, path, status, source_changed_at, %s
FROM crediting_standard WHERE id = ANY(%s)
"""
_WORDS = """
INSERT INTO crediting_standardword (framework_id, word) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING
"""
# One statement an end; an end is known by its identifier as the publisher wrote it.
_WAITING = {
    "origin": """
UPDATE crediting_standardedge SET origin_id = found.id
FROM unnest(%s::text[], %s::bigint[]) AS found (identifier, id)
WHERE district_id = %s AND origin_id IS NULL AND origin_identifier = found.identifier
""",
    "destination": """
UPDATE crediting_standardedge SET destination_id = found.id
FROM unnest(%s::text[], %s::bigint[]) AS found (identifier, id)
WHERE district_id = %s AND destination_id IS NULL AND destination_identifier = found.identifier
""",
}


def keep_history(pks: Sequence[int], now: dt.datetime) -> None:
    """Add what these standards say now to their history; call it before they are changed."""
    if pks:
        with connection.cursor() as cursor:
            cursor.execute(_HISTORY, [now, list(pks)])


def keep_words(framework: Framework, texts: Iterable[str]) -> None:
    """Remember the words of ``texts`` (search texts) as words of the framework."""
    words: set[str] = set()
    for text in texts:
        words |= words_of(text)
    if words:
        with connection.cursor() as cursor:
            cursor.execute(_WORDS, [framework.pk, sorted(words)])


def count_standards(framework: Framework) -> None:
    number = Standard.objects.filter(framework=framework, status=StandardStatus.ACTIVE).count()
    if number != framework.standards_count:
        framework.standards_count = number
        framework.save(update_fields=["standards_count"])


def link_waiting_edges(district: District, standards: Mapping[UUID, int]) -> None:
    """Give links of other frameworks that point at these new standards their end, whichever came first."""
    if not standards:
        return
    spellings = {str(guid): pk for guid, pk in standards.items()}
    spellings |= {f"urn:uuid:{guid}": pk for guid, pk in standards.items()}
    with connection.cursor() as cursor:
        for statement in _WAITING.values():
            cursor.execute(statement, [list(spellings), list(spellings.values()), district.pk])
