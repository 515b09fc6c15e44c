"""A plan as people read it: every section with its words, for pages, comparisons and documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crediting.models import CreditRequest, LedgerEntry
from crediting.states import EntryKind, RequestState
from hsbp.rules.content import AID_ITEMS, GRADES, Content, Section
from hsbp.words import AID_WORDS, FIELD_WORDS, GRADE_WORDS, Text, activity_word
from mbl.core import clock
from profiles.models import Course, Student

# Requests that are under way; a draft is the student's alone.
UNDER_WAY = (RequestState.SUBMITTED, RequestState.RETURNED, RequestState.ASSESSED)


@dataclass(frozen=True)
class CatalogCourse:
    """What the district's catalog says of a code. ``credits`` is None where the course has no terms yet."""

    title: str
    credits: Decimal | None
    is_active: bool


@dataclass(frozen=True)
class CourseLine:
    """A planned course. ``is_unknown``: it has a code, and the catalog offers none like it."""

    code: str
    title: str
    credits: Decimal | None
    is_unknown: bool


@dataclass(frozen=True)
class Year:
    grade: str
    word: Text
    courses: tuple[CourseLine, ...]

    @property
    def credits(self) -> Decimal:
        """The credits of the year as far as the catalog knows them."""
        return sum((line.credits for line in self.courses if line.credits is not None), Decimal(0))


@dataclass(frozen=True)
class Said:
    """What the student wrote under one heading."""

    name: str
    label: Text
    text: str


@dataclass(frozen=True)
class ActivityLine:
    kind: str
    title: str
    years: str
    text: str


@dataclass(frozen=True)
class AidLine:
    """One of the ten items (i)-(x); ``on`` is the day it was ticked."""

    code: str
    title: Text
    text: Text
    on: dt.date | None


@dataclass(frozen=True)
class MasteryLine:
    """A course in which the student wants to show mastery."""

    code: str
    title: str


@dataclass(frozen=True)
class Document:
    """A whole plan. ``earned`` are mastery credits of the record, ``requests`` those under way."""

    content: Content
    goals: tuple[Said, ...]
    interests: str
    inventory: str
    inventory_on: dt.date | None
    years: tuple[Year, ...]
    pathways: tuple[str, ...]
    pathway_reason: str
    activities: tuple[ActivityLine, ...]
    aid: tuple[AidLine, ...]
    mastery: tuple[MasteryLine, ...]
    earned: tuple[LedgerEntry, ...]
    requests: tuple[CreditRequest, ...]

    @property
    def empty(self) -> frozenset[str]:
        """The sections that nobody has written in."""
        return frozenset(section.value for section in Section if self.content.is_empty(section))

    @property
    def unknown(self) -> tuple[CourseLine, ...]:
        return tuple(line for year in self.years for line in year.courses if line.is_unknown)

    @property
    def aid_done(self) -> int:
        return sum(line.on is not None for line in self.aid)


def document_of(student: Student, content: Content) -> Document:
    """The plan ready to print, in three trips."""
    return build(content, catalog_of(student, [content]), earned_by_mastery(student), requests_under_way(student))


def build(
    content: Content,
    catalog: Mapping[str, CatalogCourse],
    earned: tuple[LedgerEntry, ...] = (),
    requests: tuple[CreditRequest, ...] = (),
) -> Document:
    return Document(
        content=content,
        goals=tuple(
            Said(name, FIELD_WORDS[name], text)
            for name, text in (
                ("after_high_school", content.after_high_school),
                ("career", content.career),
                ("education", content.education),
            )
            if text
        ),
        interests=content.interests,
        inventory=content.inventory,
        inventory_on=day_of(content.inventory_on),
        years=tuple(year_of(content, grade, catalog) for grade in GRADES),
        pathways=content.pathways,
        pathway_reason=content.pathway_reason,
        activities=tuple(
            ActivityLine(activity_word(one.kind), one.title, one.years, one.text) for one in content.activities
        ),
        aid=tuple(AidLine(item, *AID_WORDS[item], day_of(content.aid.get(item, ""))) for item in AID_ITEMS),
        mastery=tuple(
            MasteryLine(code, catalog[code].title if code in catalog else code) for code in content.mastery_intended
        ),
        earned=earned,
        requests=requests,
    )


def year_of(content: Content, grade: str, catalog: Mapping[str, CatalogCourse]) -> Year:
    lines = []
    for course in content.courses:
        if course.grade == grade:
            known = catalog.get(course.code)
            lines.append(
                CourseLine(
                    course.code,
                    course.title,
                    known.credits if known else None,
                    is_unknown=bool(course.code) and (known is None or not known.is_active),
                )
            )
    return Year(grade, GRADE_WORDS[grade], tuple(lines))


def catalog_of(student: Student, contents: Iterable[Content]) -> dict[str, CatalogCourse]:
    """What the catalog says of every code that stands in these plans."""
    codes = {code for one in contents for code in (*(course.code for course in one.courses), *one.mastery_intended)}
    rows = Course.objects.filter(district=student.district_id, code__in=codes).values_list(
        "code", "title", "terms__credits", "is_active"
    )
    return {code: CatalogCourse(title, credits, is_active) for code, title, credits, is_active in rows}


def earned_by_mastery(student: Student) -> tuple[LedgerEntry, ...]:
    """Mastery credit that stands in the record (R64)."""
    return tuple(
        LedgerEntry.objects.counting(clock.today(student.district))
        .filter(student=student, kind=EntryKind.MASTERY)
        .select_related("decision")
        .order_by("-earned_on", "pk")
    )


def requests_under_way(student: Student) -> tuple[CreditRequest, ...]:
    return tuple(
        CreditRequest.objects.filter(student=student, state__in=UNDER_WAY)
        .select_related("course")
        .order_by("-created_at", "pk")
    )


def day_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
