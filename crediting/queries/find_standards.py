"""Search every framework of a district by code or words, with filters; misspelt words find what was meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Exists, OuterRef, Q, QuerySet

from crediting.models import Framework, FrameworkAdoption, Standard, StandardWord
from crediting.rules.standards import code_key, search_words, words_of
from crediting.states import StandardStatus
from mbl.core.models import District

PER_PAGE = 25
# Nobody turns more pages than these; they narrow the search instead.
MOST_PAGES = 8
_LIKE = 0.35


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

    Two trips; where nothing has the words, two more: one for words like them, one for the standards that hold those.
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
    listed = StandardWord.objects.filter(framework__in=frameworks).order_by()
    best: dict[str, str] = {}
    parts = []
    for word in asked:
        near = listed.filter(word__trigram_similar=word).annotate(near=TrigramSimilarity("word", word))
        parts.append(near.filter(near__gte=_LIKE).order_by("-near", "word").values_list("word", "near")[:20])
    for found, _near in _all(parts):
        for word in asked:
            if word not in best or _nearer(word, found, best[word]):
                best[word] = found
    return {word: other for word, other in best.items() if other != word and word not in other}


def _all(parts: Sequence[QuerySet[StandardWord, tuple[str, float]]]) -> list[tuple[str, float]]:
    return list(parts[0].union(*parts[1:])) if len(parts) > 1 else list(parts[0])


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


def _rows(frameworks: Sequence[int], wanted: Wanted, text: str, words: Sequence[str], page: int) -> list[Standard]:
    """The best ``page`` pages and one more, in order: one statement that cuts each framework before it joins them."""
    limit = page * PER_PAGE + 1
    key = code_key(text)
    parts: list[QuerySet[Standard]] = []
    for framework in frameworks:
        inside = _narrowed(Standard.objects.filter(framework=framework), wanted)
        if key:
            parts.append(inside.filter(code_key__startswith=key).order_by("path")[:limit])
        holding = inside
        for word in words:
            holding = holding.filter(search_text__contains=word)
        parts.append(holding.order_by("path")[:limit])
    if key:
        exact = Standard.objects.filter(framework__in=frameworks, code_key=key)
        parts.append(_narrowed(exact, wanted).order_by("framework", "path")[:limit])
    ids = parts[0].values("pk").union(*(part.values("pk") for part in parts[1:]), all=True)
    rows = (
        Standard.objects.filter(pk__in=ids.values("pk"))
        .select_related("framework", "parent")
        .defer("search_text", "extra", "notes", "framework__extra", "parent__search_text", "parent__extra")
    )
    ranks = {framework: rank for rank, framework in enumerate(frameworks)}

    def rank(standard: Standard) -> tuple[object, ...]:
        begins = bool(key) and standard.code_key.startswith(key)
        return (
            not (key and standard.code_key == key),
            not begins,
            ranks[standard.framework_id],
            standard.path,
        )

    return sorted(rows, key=rank)


def _narrowed(rows: QuerySet[Standard], wanted: Wanted) -> QuerySet[Standard]:
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.grade:
        rows = rows.filter(Q(grades__contains=[wanted.grade]))
    if wanted.only_leaves:
        rows = rows.filter(is_leaf=True)
    return rows


def _found(rows: Sequence[Standard], text: str, page: int) -> Found:
    first = (page - 1) * PER_PAGE
    return Found(tuple(rows[first : first + PER_PAGE]), page, len(rows) > page * PER_PAGE and page < MOST_PAGES)
