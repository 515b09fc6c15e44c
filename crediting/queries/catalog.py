"""Courses as the catalog shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from crediting.models import CourseRequirement, CourseStandard, PolicyCourse
from mbl.core.models import District
from profiles.models import Course


def catalog(courses: QuerySet[Course], district: District, *, text: str = "", subject: str = "") -> QuerySet[Course]:
    """The district's courses by title, narrowed by words of title or code and by subject area."""
    rows = courses.filter(district=district)
    for word in text.split()[:8]:
        rows = rows.filter(Q(title__unaccent__icontains=word) | Q(code__icontains=word))
    if subject:
        rows = rows.filter(terms__subject=subject)
    return rows.order_by("title", "code", "pk")


@dataclass(frozen=True)
class CoursePage:
    """A course with everything its page shows."""

    course: Course
    requirements: tuple[CourseRequirement, ...]
    standards: tuple[CourseStandard, ...]
    policies: tuple[PolicyCourse, ...]

    @property
    def required(self) -> tuple[CourseStandard, ...]:
        return tuple(row for row in self.standards if row.is_required)


def course_page(course: Course) -> CoursePage:
    """Three trips."""
    return CoursePage(
        course,
        tuple(course.requirements.order_by("requirement")),
        tuple(
            CourseStandard.objects.filter(course=course)
            .select_related("standard__framework")
            .order_by("standard__framework__title", "standard__path", "pk")
        ),
        tuple(
            PolicyCourse.objects.filter(course=course).select_related("version__series").order_by("-effective", "pk")
        ),
    )
