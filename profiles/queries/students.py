"""Students that somebody may know of: the list, and who is around one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from profiles.models import Relationship, SectionEnrollment, Student
from profiles.rules.names import fold
from profiles.states import RelationshipKind


def listed(students: QuerySet[Student], *, text: str = "", school: str = "", grade: str = "") -> QuerySet[Student]:
    """Narrowed by name or number, school and grade; by name."""
    if school:
        students = students.filter(school__public_id=school)
    if grade:
        students = students.filter(grade=grade)
    return found(students, text).order_by("person__sort_name", "pk")


def found(students: QuerySet[Student], text: str) -> QuerySet[Student]:
    """Those whose names have every word, or who have exactly this number."""
    text = text.strip()
    if not text:
        return students
    named = Q()
    for word in fold(text).split():
        named &= Q(person__search_text__contains=word)
    return students.filter(named | Q(local_id=text) | Q(ssid=text))


@dataclass(frozen=True)
class Around:
    """Who is near a student today."""

    family: Sequence[Relationship]
    counselors: Sequence[Relationship]
    sections: Sequence[SectionEnrollment]


def around(student: Student, *, on: dt.date) -> Around:
    """Family, counselors and this year's sections: two trips."""
    near = list(
        Relationship.objects.in_force(on)
        .filter(student=student, kind__in=[RelationshipKind.GUARDIAN, RelationshipKind.COUNSELOR])
        .select_related("person")
        .order_by("person__sort_name")
    )
    sections = (
        SectionEnrollment.objects.filter(student=student, section__is_active=True)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on), section__session__ends_on__gte=on)
        .select_related("section__course", "section__session")
        .prefetch_related("section__teachers__person")
        .order_by("section__title")
    )
    return Around(
        family=[one for one in near if one.kind == RelationshipKind.GUARDIAN],
        counselors=[one for one in near if one.kind == RelationshipKind.COUNSELOR],
        sections=list(sections),
    )
