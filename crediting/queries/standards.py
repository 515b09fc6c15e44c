"""Find standards by code or words, and walk their trees: a fixed number of trips, whatever the number of standards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex

from crediting.models import CourseStandard, Framework, FrameworkAdoption, GraduationFramework, Standard
from crediting.queries.find_standards import like_words
from crediting.rules.plain import name_of
from crediting.rules.standards import code_key, natural_key, search_words
from crediting.states import AdoptionBody, StandardStatus
from mbl.core.models import District
from profiles.models import Course

LIMIT = 20


@dataclass(frozen=True)
class FoundStandard:
    """A standard as a list shows it. ``body`` says whether its framework is the state's or the district's own."""

    pk: int
    public_id: UUID
    code: str
    statement: str
    above: str
    framework: str
    framework_version: str
    body: str
    is_of_course: bool = False
    is_required: bool = False

    @property
    def name(self) -> str:
        return name_of(self.code, self.statement)


@dataclass(frozen=True)
class Search:
    """What was found, best first; ``has_more`` where the list was cut."""

    text: str
    hits: tuple[FoundStandard, ...]
    has_more: bool
    adopted: int  # frameworks that were searched
    meant: str = ""  # the words as they were read, where they were misspelt


def search(
    district: District,
    *,
    text: str,
    on: dt.date,
    frameworks: Collection[UUID] | None = None,
    course: Course | None = None,
    limit: int = LIMIT,
) -> Search:
    """Standards of the frameworks adopted on ``on`` whose code begins with ``text`` or that hold all its words.

    Accents, case and the separators of codes do not matter. Codes come before words, the course's own standards before
    others, frameworks for the course's subject before others. Without ``text``: the course's own standards.
    Three trips, one more where the course comes without its terms; where nothing has the words, two more, for what was
    meant by misspelt ones.
    """
    adopted = _adopted(district, on, frameworks, course)
    of_course = _of_course(course)
    words = search_words(text)
    if not adopted or not (words or of_course):
        return Search(text, (), False, len(adopted))
    rows = list(_candidates(list(adopted), text, words, list(of_course), limit + 1))
    meant = ""
    if words and not rows and (instead := like_words(list(adopted), words)):
        meant = " ".join(instead.get(word, word) for word in words)
        rows = list(_candidates(list(adopted), "", search_words(meant), list(of_course), limit + 1))
    key = "" if meant else code_key(text)
    ranks = {framework: rank for rank, framework in enumerate(adopted)}

    def rank(standard: Standard) -> tuple[object, ...]:
        return (
            not (key and standard.code_key == key),
            not (key and standard.code_key.startswith(key)),
            standard.pk not in of_course,
            ranks[standard.framework_id],
            natural_key(standard.code_key) if key and standard.code_key.startswith(key) else (),
            standard.path,
        )

    ordered = sorted({row.pk: row for row in rows}.values(), key=rank)
    hits = tuple(_found(standard, adopted, of_course) for standard in ordered[:limit])
    return Search(text, hits, len(ordered) > limit, len(adopted), meant)


def _adopted(
    district: District, on: dt.date, frameworks: Collection[UUID] | None, course: Course | None
) -> dict[int, str]:
    """Adopted frameworks with their body, those for the course's subject first."""
    adoptions = FrameworkAdoption.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on), framework__district=district, starts_on__lte=on
    )
    if frameworks is not None:
        adoptions = adoptions.filter(framework__public_id__in=frameworks)
    rows = list(adoptions.order_by("framework__title", "framework").values_list("framework", "body", "subjects"))
    subject = course.terms.subject if course is not None and hasattr(course, "terms") else ""
    rows.sort(key=lambda row: subject not in row[2])
    # A framework adopted both ways is the state's.
    found: dict[int, str] = {}
    for framework, body, _subjects in rows:
        if found.get(framework) != AdoptionBody.STATE:
            found[framework] = body
    return found


def _of_course(course: Course | None) -> dict[int, bool]:
    """The course's standards, and whether each is required."""
    if course is None:
        return {}
    return dict(CourseStandard.objects.filter(course=course).values_list("standard", "is_required"))


def _candidates(
    frameworks: list[int], text: str, words: Sequence[str], of_course: list[int], limit: int
) -> Iterable[Standard]:
    """One statement: the first code hits and word hits of each framework, cut before they are put together."""
    parts: list[QuerySet[Standard]] = []
    key = code_key(text)
    for framework in frameworks:
        inside = _choosable().filter(framework=framework)
        if not words:
            parts.append(inside.filter(pk__in=of_course).order_by("path")[:limit])
            continue
        if key:
            parts.append(inside.filter(code_key__startswith=key).order_by("code_key")[:limit])
        holding = inside
        for word in words:
            holding = holding.filter(search_text__contains=word)
        parts.append(holding.order_by("path")[:limit])
    ids = parts[0].values("pk").union(*(part.values("pk") for part in parts[1:]), all=True)
    return _shown(Standard.objects.filter(pk__in=ids.values("pk")))


def _shown(rows: QuerySet[Standard]) -> QuerySet[Standard]:
    """With framework and parent, without what is only kept for the publisher's sake."""
    return rows.select_related("framework", "parent").defer(
        "search_text", "extra", "framework__extra", "parent__search_text", "parent__extra"
    )


def _choosable() -> QuerySet[Standard]:
    """Standards somebody can name: in use, and either coded or without anything below them."""
    return Standard.objects.filter(status=StandardStatus.ACTIVE).exclude(code="", is_leaf=False)


def _found(standard: Standard, bodies: dict[int, str], of_course: dict[int, bool]) -> FoundStandard:
    framework = standard.framework
    return FoundStandard(
        pk=standard.pk,
        public_id=standard.public_id,
        code=standard.code,
        statement=standard.statement,
        above=standard.parent.statement if standard.parent else "",
        framework=framework.title,
        framework_version=framework.version,
        body=bodies.get(framework.pk, ""),
        is_of_course=standard.pk in of_course,
        is_required=of_course.get(standard.pk, False),
    )


def chosen(district: District, public_ids: Sequence[str | UUID], *, on: dt.date) -> list[FoundStandard]:
    """The standards with these ids, in their order; unknown, withdrawn and other districts' are left out, and so are
    graduation standards about habits of work: nothing academic rests on them. Two trips."""
    ids = list(dict.fromkeys(_uuids(public_ids)))[:100]
    if not ids:
        return []
    bodies = _adopted(district, on, None, None)
    rows = _shown(_choosable().filter(~_of_habits(), framework__district=district, public_id__in=ids))
    by_id = {standard.public_id: standard for standard in rows}
    return [_found(by_id[public_id], bodies, {}) for public_id in ids if public_id in by_id]


def _of_habits() -> Exists:
    """Standards that a district's graduation standards keep apart for habits of work, and what stands below them."""
    marks = GraduationFramework.objects.filter(habits__framework=OuterRef("framework"))
    above = StrIndex(OuterRef("path"), Concat("habits__path", Value("."), output_field=TextField()))
    return Exists(marks.alias(above=above).filter(Q(habits=OuterRef("pk")) | Q(above=1)))


def _uuids(values: Iterable[str | UUID]) -> Iterable[UUID]:
    for value in values:
        try:
            yield value if isinstance(value, UUID) else UUID(value)
        except ValueError:
            continue


# --- Frameworks and their trees ---------------------------------------------------------------------------------------


def frameworks_in_order(frameworks: QuerySet[Framework], on: dt.date) -> QuerySet[Framework]:
    """Each framework and whether ``is_adopted`` on ``on``; adopted ones first."""
    return (
        frameworks.defer("extra")
        .annotate(is_adopted=_is_adopted(on))
        .prefetch_related("adoptions")
        .order_by("-is_adopted", "title", "pk")
    )


def adopted_among(frameworks: QuerySet[Framework], on: dt.date) -> int:
    """How many of them are adopted on that day."""
    return frameworks.filter(_is_adopted(on)).count()


def _is_adopted(on: dt.date) -> Exists:
    return Exists(
        FrameworkAdoption.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=on), framework=OuterRef("pk"), starts_on__lte=on
        )
    )


def branch(framework: Framework, parent: Standard | None = None, *, unplaced: bool = False) -> QuerySet[Standard]:
    """What stands directly below ``parent``, or at the root; with ``unplaced`` what the package did not place."""
    rows = Standard.objects.filter(framework=framework, parent=parent).defer("search_text", "extra").order_by("path")
    if parent is None:
        rows = rows.filter(is_placed=not unplaced)
    return rows.exclude(status=StandardStatus.WITHDRAWN)


def trail(standard: Standard) -> list[Standard]:
    """What stands above a standard, outermost first, in one trip."""
    steps = standard.path.split(".")
    above = [".".join(steps[:count]) for count in range(1, len(steps))]
    return list(
        Standard.objects.filter(framework=standard.framework_id, path__in=above)
        .exclude(status=StandardStatus.WITHDRAWN)
        .order_by("depth")
    )


def state_standards_exist(district: District, subject: str, on: dt.date) -> bool:
    """Whether state standards are adopted for the subject area on ``on``, so that local ones may not be used (R11)."""
    return FrameworkAdoption.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on),
        framework__district=district,
        body=AdoptionBody.STATE,
        subjects__contains=[subject],
        starts_on__lte=on,
    ).exists()
