"""With whom a student's record is shared."""

from __future__ import annotations

from django.db.models import QuerySet

from profiles.models import Person, SharingConsent, Student
from profiles.queries.people import found


def of_student(student: Student) -> QuerySet[SharingConsent]:
    """Every consent ever asked for, newest first, with whom the list names. The trail stays (34 CFR 99.32)."""
    return SharingConsent.objects.filter(student=student).select_related("reader").order_by("-asked_at", "-pk")


def possible_readers(student: Student, text: str) -> QuerySet[Person]:
    """People of the district whose name or e-mail is like ``text``; nobody where nothing was typed."""
    if not text.strip():
        return Person.objects.none()
    people = Person.objects.filter(district=student.district, is_active=True).exclude(pk=student.person_id)
    return found(people, text).order_by("sort_name", "pk")
