"""What hangs on written standards, kept set-based: earlier words, words to search, counts, links that waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Model

from crediting.models import Framework, Standard, StandardEdge, StandardHistory, StandardWord
from crediting.rules.standards import words_of
from crediting.states import StandardStatus
from mbl.core.imports.changes import Changes
from mbl.core.models import District

_HISTORY = """
INSERT INTO crediting_standardhistory
    (standard_id, code, statement, short, notes, item_type, grades, parent_id, path, status, source_changed_at,
     replaced_at)
SELECT id, code, statement, short, notes, item_type, grades, parent_id, path, status, source_changed_at, %s
FROM crediting_standard WHERE id = ANY(%s) RETURNING id
"""
_WORDS = """
INSERT INTO crediting_standardword (framework_id, word) SELECT %s, unnest(%s::text[])
ON CONFLICT DO NOTHING RETURNING id
"""
# One statement an end; an end is known by its identifier as the publisher wrote it.
_WAITING = {
    "origin": """
SELECT edge.id, found.id FROM crediting_standardedge edge
JOIN unnest(%s::text[], %s::bigint[]) AS found (identifier, id) ON edge.origin_identifier = found.identifier
WHERE edge.district_id = %s AND edge.origin_id IS NULL
""",
    "destination": """
SELECT edge.id, found.id FROM crediting_standardedge edge
JOIN unnest(%s::text[], %s::bigint[]) AS found (identifier, id) ON edge.destination_identifier = found.identifier
WHERE edge.district_id = %s AND edge.destination_id IS NULL
""",
}


def keep_history(pks: Sequence[int], now: dt.datetime, changes: Changes | None = None) -> None:
    """Add what these standards say now to their history; call it before they are changed."""
    if pks:
        with connection.cursor() as cursor:
            cursor.execute(_HISTORY, [now, list(pks)])
            _note(changes, StandardHistory, cursor.fetchall())


def keep_words(framework: Framework, texts: Iterable[str], changes: Changes | None = None) -> None:
    """Remember the words of ``texts`` (search texts) as words of the framework."""
    words: set[str] = set()
    for text in texts:
        words |= words_of(text)
    if words:
        with connection.cursor() as cursor:
            cursor.execute(_WORDS, [framework.pk, sorted(words)])
            _note(changes, StandardWord, cursor.fetchall())


def count_standards(framework: Framework, changes: Changes | None = None) -> None:
    """Count what is in use, for the pages that print the number."""
    number = Standard.objects.filter(framework=framework, status=StandardStatus.ACTIVE).count()
    if number != framework.standards_count:
        if changes is not None:
            changes.before(Framework, [framework.pk])
        framework.standards_count = number
        framework.save(update_fields=["standards_count"])


def link_waiting_edges(district: District, standards: Mapping[UUID, int], changes: Changes) -> None:
    """Give links of other frameworks that point at these new standards their end, whichever came first."""
    if not standards:
        return
    spellings = {str(guid): pk for guid, pk in standards.items()}
    spellings |= {f"urn:uuid:{guid}": pk for guid, pk in standards.items()}
    for end, statement in _WAITING.items():
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(spellings), list(spellings.values()), district.pk])
            changes.update_rows(StandardEdge, (f"{end}_id",), cursor.fetchall())


def _note(changes: Changes | None, model: type[Model], rows: Sequence[tuple[int]]) -> None:
    if changes is not None and rows:
        changes.created(model, [pk for (pk,) in rows])
