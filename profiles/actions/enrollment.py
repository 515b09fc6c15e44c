"""Where a student goes to school, in which grade, from which day on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mbl.core import audit, clock
from mbl.core.errors import DomainError
from mbl.core.models import User
from profiles.models import School, SchoolEnrollment, Student
from profiles.rules.roster import GRADES, HIGH_SCHOOL, graduation_year
from profiles.verbs import StudentEnrolled

DAY = dt.timedelta(days=1)


@transaction.atomic
def enroll(
    student: Student, *, school: School, grade: str, actor: User | None, starts_on: dt.date | None = None
) -> Student:
    """``student`` attends ``school`` in ``grade`` from ``starts_on`` (today); what was open before ends the day before.

    A student of grade 9 to 12 without a graduation year gets the one that follows from the grade.
    """
    student = (
        Student.objects.select_for_update(of=["self"], no_key=True)
        .select_related("district", "person")
        .get(pk=student.pk)
    )
    if grade not in GRADES:
        raise DomainError(_("%(grade)s is no grade. Use 01 to 12, K1, K2 or PK.") % {"grade": grade}, field="grade")
    if school.district_id != student.district_id:
        raise DomainError(_("That school belongs to another district."), field="school")
    starts_on = starts_on or clock.today(student.district)
    if (student.school_id, student.grade) == (school.pk, grade) and student.enrollments.filter(ends_on=None).exists():
        return student
    if student.enrollments.filter(starts_on__gt=starts_on).exists():
        raise DomainError(_("The student was already enrolled after that day. Choose a later day."), field="starts_on")
    # What began on this very day was a slip and is replaced; anything older ends the day before.
    student.enrollments.filter(starts_on=starts_on).delete()
    student.enrollments.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on), starts_on__lt=starts_on).update(
        ends_on=starts_on - DAY
    )
    SchoolEnrollment.objects.create(
        district=student.district, student=student, school=school, grade=grade, starts_on=starts_on
    )
    student.school, student.grade, student.is_active = school, grade, True
    if student.graduation_year is None and grade in HIGH_SCHOOL:
        student.graduation_year = graduation_year(grade, clock.school_year(starts_on))
    student.save(update_fields=["school", "grade", "graduation_year", "is_active"])
    audit.record(
        StudentEnrolled(school=school.name, grade=grade, starts_on=starts_on),
        actor=actor,
        district=student.district,
        target=student,
        student=student,
    )
    return student
