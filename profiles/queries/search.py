"""Find a student from anywhere: by number, by name as people say it, and by a name that is misspelt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.contrib.postgres.search import TrigramDistance
from django.db.models import Q, QuerySet, Value

from profiles.models import NameWord, Person, Student
from profiles.rules.names import fold

# Words of a query that are looked at, and similar words that each may stand for.
_WORDS, _SIMILAR = 5, 6
# A quarter of the trigrams in common: "gonsales" and "gonzalez" have 4 of 14.
_FARTHEST = 0.75
# Of a name that very many have, so many are looked at; all of them only where too few of these are within reach.
_CANDIDATES = 1000


@dataclass(frozen=True)
class Found:
    """Students, the nearest first. ``meant``: the words that were read instead of misspelt ones."""

    students: list[Student] = field(default_factory=list)
    meant: tuple[str, ...] = ()
    has_more: bool = False


def search(visible: QuerySet[Student], text: str, *, districts: Collection[int], limit: int) -> Found:
    """The first ``limit`` of ``visible`` that fit, in at most seven trips whatever their number.

    A number has to be exact. A name fits when it has every word or the beginning of a word; where nothing fits, words
    that the districts' names do not have are read as similar ones that they have.
    """
    words = fold(text).split()[:_WORDS]
    if not words:
        return Found()
    if any(char.isdigit() for char in text):
        numbered = list(visible.filter(Q(local_id=text) | Q(ssid=text), district__in=districts)[: limit + 1])
        if numbered:
            return Found(numbered[:limit], has_more=len(numbered) > limit)
    named = _named(visible, [[word] for word in words], districts, limit)
    if named:
        return Found(named[:limit], has_more=len(named) > limit)
    meant = _meant(words, districts)
    if meant is None:
        return Found()
    near = _named(visible, meant, districts, limit)
    # The words that somebody really has, in the order of the query.
    texts = " ".join(one.person.search_text for one in near).split()
    chosen = tuple(next((word for word in group if word in texts), group[0]) for group in meant)
    return Found(near[:limit], meant=chosen if near else (), has_more=len(near) > limit)


def _named(
    visible: QuerySet[Student], groups: list[list[str]], districts: Collection[int], limit: int
) -> list[Student]:
    """Students of whose name each group has a word; people first, since their words are indexed."""
    people = Person.objects.filter(district__in=districts, student__isnull=False)
    for group in groups:
        fits = Q()
        for word in group:
            fits |= Q(search_text__contains=word)
        people = people.filter(fits)
    pks = list(people.order_by().values_list("pk", flat=True)[:_CANDIDATES])
    if not pks:
        return []
    ordered = visible.order_by("-is_active", "person__sort_name", "pk")
    students = list(ordered.filter(person__in=pks)[: limit + 1])
    if len(students) <= limit and len(pks) == _CANDIDATES:
        students = list(ordered.filter(person__in=people.values("pk"))[: limit + 1])
    return students


def _meant(words: list[str], districts: Collection[int]) -> list[list[str]] | None:
    """For each word those it may have meant, the most similar first; None where one is like no word at all."""
    parts = [
        NameWord.objects.filter(district__in=districts)
        .annotate(place=Value(place), distance=TrigramDistance("word", word))
        .order_by("distance")
        .values_list("place", "distance", "word")[:_SIMILAR]
        for place, word in enumerate(words)
    ]
    groups: list[list[str]] = [[] for _word in words]
    rows = parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True)
    for place, distance, word in sorted(rows):
        if distance <= _FARTHEST and word not in groups[place]:
            groups[place].append(word)
    return groups if all(groups) else None
