"""From the 18th birthday on a student says whether the family sees the record (R77, 34 CFR 99.5)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mbl.core import audit, clock
from mbl.core.errors import DomainError, NotAllowed
from mbl.core.models import User
from profiles.models import Student
from profiles.rules.age import is_adult
from profiles.verbs import FamilyAccessSet


@transaction.atomic
def set_family_access(student: Student, *, allowed: bool, actor: User) -> Student:
    """Open the record to the family, or close it; it holds from the next click on. Only the student can."""
    student = (
        Student.objects.select_for_update(of=["self"], no_key=True)
        .select_related("person", "district")
        .get(pk=student.pk)
    )
    if student.person.user_id != actor.pk:
        raise NotAllowed(_("Only the student decides what the family sees."))
    if not is_adult(student.person.birth_date, clock.today(student.district)):
        raise DomainError(_("You decide this from your 18th birthday on. Until then your family sees your record."))
    if student.family_access == allowed:
        return student
    student.family_access = allowed
    student.save(update_fields=["family_access"])
    audit.record(
        FamilyAccessSet(allowed=allowed), actor=actor, district=student.district, target=student, student=student
    )
    return student
