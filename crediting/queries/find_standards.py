"""Search every framework of a district by code or words, with filters; misspelt words find what was meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from crediting.models import Framework, FrameworkAdoption, Standard
from crediting.rules.standards import code_key, search_words, words_of
from crediting.states import StandardStatus
from mbl.core.models import District

PER_PAGE = 25
# Nobody turns more pages than these; they narrow the search instead.
MOST_PAGES = 8
_LIKE = 0.35
_SHORTEST = 3
# The words first and then their frameworks: the other way round, every word of the frameworks would be compared.
_LIKE_SQL = """
SELECT asked.word, near.word FROM unnest(%s::text[]) AS asked (word) CROSS JOIN LATERAL (
    WITH alike AS MATERIALIZED (SELECT framework_id, word FROM crediting_standardword WHERE word %% asked.word)
    SELECT word FROM alike WHERE framework_id = ANY(%s) AND similarity(word, asked.word) >= %s
    GROUP BY word ORDER BY similarity(word, asked.word) DESC, word LIMIT 20
) AS near
"""


@dataclass(frozen=True)
class Wanted:
    """What is looked for. ``status`` empty: whatever its state; ``grade`` empty: for any."""

    text: str = ""
    framework: Framework | None = None
    grade: str = ""
    only_leaves: bool = False
    status: str = StandardStatus.ACTIVE

    @property
    def says_something(self) -> bool:
        return bool(self.text.strip() or self.framework or self.grade)


@dataclass(frozen=True)
class Found:
    """One page of what was found, best first. ``meant``: the words as they were read, where they were misspelt."""

    rows: tuple[Standard, ...]
    page: int
    has_more: bool
    meant: str = ""
    instead: dict[str, str] = field(default_factory=dict)


def find(district: District, wanted: Wanted, *, page: int = 1) -> Found:
    """Codes first (those that begin with the text, whatever its separators), then standards that hold all its words.

    Three trips; where nothing has the words, three more: for words like them, and for the standards that hold those.
    """
    page = max(1, min(page, MOST_PAGES))
    frameworks = [wanted.framework.pk] if wanted.framework else _frameworks(district)
    if not frameworks or not wanted.says_something:
        return Found((), page, False)
    words = search_words(wanted.text)
    rows = _rows(frameworks, wanted, wanted.text, words, page)
    if rows or not words:
        return _found(rows, wanted.text, page)
    instead = like_words(frameworks, words)
    if not instead:
        return Found((), page, False)
    meant = " ".join(instead.get(word, word) for word in words)
    found = _found(_rows(frameworks, wanted, "", search_words(meant), page), "", page)
    return Found(found.rows, page, found.has_more, meant, instead)


def like_words(frameworks: Collection[int], words: Sequence[str]) -> dict[str, str]:
    """For each of ``words`` that no framework has, the word most like it, where one is like it. One trip."""
    asked = [word for word in words if words_of(word) == {word}]
    if not asked:
        return {}
    best: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LIKE_SQL, [asked, list(frameworks), _LIKE])
        for word, other in cursor.fetchall():
            if word not in best or _nearer(word, other, best[word]):
                best[word] = other
    return {word: other for word, other in best.items() if other != word and word not in other}


def _nearer(word: str, one: str, other: str) -> bool:
    return (_distance(word, one), one) < (_distance(word, other), other)


def _distance(one: str, other: str) -> int:
    """Letters to change, add, leave out or swap with the next to make one word the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _frameworks(district: District) -> list[int]:
    """Adopted ones first, in the order of the list of frameworks."""
    adopted = FrameworkAdoption.objects.filter(framework=OuterRef("pk"))
    rows = Framework.objects.filter(district=district, standards_count__gt=0).annotate(is_used=Exists(adopted))
    return list(rows.order_by("-is_used", "title", "pk").values_list("pk", flat=True))


# Up to so many hits are put in order together; of more, only the frameworks that have them are read in their order.
_FEW = 500
_ASKED_SQL = """
WITH asked AS (SELECT * FROM unnest(%(frameworks)s::bigint[]) WITH ORDINALITY AS asked (id, rank)),
"""
_HITS_SQL = """
{name} AS MATERIALIZED (
    SELECT id, framework_id, path FROM crediting_standard
    WHERE framework_id = ANY(%(frameworks)s) AND {condition} LIMIT %(few)s
), {name}_first AS (
    (SELECT found.id FROM {name} AS found JOIN asked ON asked.id = found.framework_id
     WHERE (SELECT count(*) FROM {name}) < %(few)s ORDER BY asked.rank, found.path LIMIT %(limit)s)
  UNION ALL
    (SELECT found.id FROM (
        SELECT id FROM asked
        WHERE (SELECT count(*) FROM {name}) = %(few)s AND id IN (SELECT framework_id FROM {name}) ORDER BY rank
     ) AS having_some CROSS JOIN LATERAL (
        SELECT id FROM crediting_standard
        WHERE framework_id = having_some.id AND {condition} ORDER BY path LIMIT %(limit)s
     ) AS found LIMIT %(limit)s)
)"""


def _rows(frameworks: Sequence[int], wanted: Wanted, text: str, words: Sequence[str], page: int) -> list[Standard]:
    """The best ``page`` pages and one more, in order. Two statements, however many standards there are."""
    key = code_key(text)
    limit = page * PER_PAGE + 1
    values: dict[str, Any] = {"frameworks": list(frameworks), "few": _FEW, "limit": limit}
    narrow = _narrowed(wanted, values)
    conditions: dict[str, str] = {}
    if key:
        values |= {"code": key, "codes": f"{_literal(key)}%"}
        conditions |= {"same": f"code_key = %(code)s{narrow}", "begins": f"code_key LIKE %(codes)s{narrow}"}
    # Shorter words are in too many standards and cannot be looked up; they narrow what longer ones find.
    if any(len(word) >= _SHORTEST for word in words):
        values |= {f"word{number}": f"%{_literal(word)}%" for number, word in enumerate(words)}
        holding = " AND ".join(f"search_text LIKE %(word{number})s" for number in range(len(words)))
        conditions["holds"] = f"{holding}{narrow}"
    elif not words:
        conditions["holds"] = f"true{narrow}"
    if not conditions:
        return []
    parts = ",".join(_HITS_SQL.format(name=name, condition=condition) for name, condition in conditions.items())
    ids = " UNION ".join(f"SELECT id FROM {name}_first" for name in conditions)  # noqa: S608  (names are ours)
    with connection.cursor() as cursor:
        cursor.execute(f"{_ASKED_SQL}{parts} {ids}", values)
        found = [pk for (pk,) in cursor.fetchall()]
    if not found:
        return []
    rows = (
        Standard.objects.filter(pk__in=found)
        .select_related("framework", "parent")
        .defer("search_text", "extra", "notes", "framework__extra", "parent__search_text", "parent__extra")
    )
    ranks = {framework: rank for rank, framework in enumerate(frameworks)}

    def rank(standard: Standard) -> tuple[object, ...]:
        return (
            not (key and standard.code_key == key),
            not (key and standard.code_key.startswith(key)),
            ranks[standard.framework_id],
            standard.path,
        )

    return sorted(rows, key=rank)


def _narrowed(wanted: Wanted, values: dict[str, Any]) -> str:
    narrow = ""
    if wanted.status:
        values["status"] = str(wanted.status)
        narrow += " AND status = %(status)s"
    if wanted.grade:
        values["grades"] = [wanted.grade]
        narrow += " AND grades @> %(grades)s::varchar[]"
    return narrow + " AND is_leaf" if wanted.only_leaves else narrow


def _literal(text: str) -> str:
    """Without what LIKE would read as a pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _found(rows: Sequence[Standard], text: str, page: int) -> Found:
    first = (page - 1) * PER_PAGE
    return Found(tuple(rows[first : first + PER_PAGE]), page, len(rows) > page * PER_PAGE and page < MOST_PAGES)
