"""Classes and what was judged in them: who teaches, attends and reads."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from crediting.access.roles import Anybody, decides_at
from crediting.models import (
    CreditRequest,
)
from mbl.core import clock
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from profiles.access import (
    Capability,
    children_of,
    may,
    schools_where,
    standing,
    students_with,
)
from profiles.models import School, Section, SectionEnrollment, SectionTeacher, Student
from profiles.states import Role


def sections_taught(user: Anybody) -> QuerySet[Section]:
    """Classes that ``user`` teaches today, this school year."""
    now = standing(user)
    teaching = SectionTeacher.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=now.on),
        Q(ends_on=None) | Q(ends_on__gte=now.on),
        person__in=now.people_holding(Role.TEACHER),
    )
    return _this_year(user, Q(pk__in=teaching.values("section")))


def sections_visible_to(user: Anybody) -> QuerySet[Section]:
    """Classes whose levels ``user`` may read: those they teach, and all where they see the record of every student."""
    schools = schools_where(user, Capability.SEE_RECORD).order_by().values("pk")
    return _this_year(user, Q(pk__in=sections_taught(user).order_by().values("pk")) | Q(school__in=schools))


def _this_year(user: Anybody, reach: Q) -> QuerySet[Section]:
    year = clock.school_year(standing(user).on)
    return Section.objects.filter(reach, is_active=True, session__school_year=year).select_related(
        "course__terms", "course__district", "school", "session", "district"
    )


def sections_attended(user: Anybody) -> QuerySet[SectionEnrollment]:
    """Classes of this school year that ``user``, or a child of theirs, attends."""
    now = standing(user)
    return SectionEnrollment.objects.filter(
        Q(student__person__in=list(now.people)) | Q(student__in=children_of(user).order_by().values("pk")),
        section__is_active=True,
        section__session__school_year=clock.school_year(now.on),
    ).select_related("section__course", "section__school", "student__person")


def get_section(user: Anybody, public_id: UUID) -> Section:
    """A class whose grid ``user`` may read. 404 otherwise, 403 for those who attend it and read their own page."""
    section = sections_visible_to(user).filter(public_id=public_id).first()
    if section is not None:
        return section
    if sections_attended(user).filter(section__public_id=public_id).exists():
        raise NotAllowed(_("The levels of the whole class are for its teachers. Your own page shows yours."))
    raise Http404


def get_section_to_judge(user: Anybody, public_id: UUID) -> Section:
    """A class that ``user`` teaches; ``NotAllowed`` where they may only read it."""
    section = get_section(user, public_id)
    if isinstance(verdict := teaches(user, section), Denied):
        raise NotAllowed(verdict.reason)
    return section


def teaches(user: Anybody, section: Section) -> Verdict:
    """Whether ``user`` teaches the class today, and so judges in it."""
    if sections_taught(user).filter(pk=section.pk).exists():
        return Allowed()
    return Denied(_("Only a teacher of this class enters levels and habits in it."))


def get_class_student(user: Anybody, section_id: UUID, student_id: UUID) -> tuple[Section, Student]:
    """One student of a class: for its teachers, for whoever sees the student's record, and for the student.

    404 where the class, the student, or the student in that class cannot be seen.
    """
    enrolled = SectionEnrollment.objects.filter(
        Q(section__in=sections_visible_to(user).order_by().values("pk"))
        | Q(student__in=students_with(user, Capability.SEE_RECORD).order_by().values("pk")),
        section__public_id=section_id,
        student__public_id=student_id,
    ).select_related(
        "section__course__terms", "section__course__district", "section__school", "section__district", "student__person"
    )
    found = enrolled.first()
    if found is None:
        raise Http404
    return found.section, found.student


def get_graded_class(user: Anybody, public_id: UUID) -> tuple[Section, QuerySet[Student] | None]:
    """A class whose letter grades ``user`` reads at any time, and of which students: None is all of them.

    A counselor, who does not read the class, reads the grades of those on the caseload. 404 where there is none; 403
    for those who attend the class, who read their own within the days set for it.
    """
    if section := sections_visible_to(user).filter(public_id=public_id).first():
        return section, None
    counseled = students_with(user, Capability.REVIEW_PLAN)
    seats = SectionEnrollment.objects.filter(
        section__public_id=public_id, student__in=counseled.order_by().values("pk")
    ).select_related("section__course__terms", "section__school", "section__district")
    if seat := seats.first():
        return seat.section, counseled
    if sections_attended(user).filter(section__public_id=public_id).exists():
        raise NotAllowed(_("The grades of the whole class are for its teachers. Your own page shows yours."))
    raise Http404


def reads_grades_always(user: Anybody, section: Section, student: Student) -> Verdict:
    """Whether ``user`` reads a letter grade outside the days on which students and families do: whoever teaches or
    oversees the class, and the student's counselor."""
    if sections_visible_to(user).filter(pk=section.pk).exists() or may(user, Capability.REVIEW_PLAN, student):
        return Allowed()
    return Denied(_("Students and families read letter grades on the days that the district sets."))


def sees_modifications_of(user: Anybody, request: CreditRequest) -> Verdict:
    """``sees_modifications`` for what was judged in a request."""
    return sees_modifications(user, request.student, request.assessor_id, request.school)


def sees_modifications(user: Anybody, student: Student, assessor: int | None, school: School) -> Verdict:
    """Whether ``user`` may read that expectations were changed for ``student``: the student, the family, whoever judges
    or decides (``assessor``, ``school``), and the student's counselor. Others see the level only."""
    now = standing(user)
    near = (
        student.person_id in now.people
        or (assessor is not None and assessor in now.people_holding(Role.TEACHER))
        or bool(decides_at(user, school))
        or children_of(user).filter(pk=student.pk).exists()
        or bool(may(user, Capability.REVIEW_PLAN, student))
    )
    if near:
        return Allowed()
    return Denied(_("What was asked of one student only is for the student, the family, and those who judge."))
