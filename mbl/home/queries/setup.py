"""What a district still needs before the first credit can be awarded, in the order in which it is done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from crediting.models import CourseTerms, FrameworkAdoption, PolicyVersion
from crediting.states import PolicyState
from mbl.core.models import District
from profiles.models import RoleAssignment, School, Student
from profiles.states import Role


@dataclass(frozen=True)
class SetUp:
    """Each is true when it is done."""

    schools: bool
    students: bool
    standards: bool
    courses: bool
    policy: bool
    teachers: bool
    deciders: bool
    registrar: bool

    @property
    def is_complete(self) -> bool:
        return all(vars(self).values())

    @property
    def done(self) -> int:
        return sum(vars(self).values())


def setup_of(district: District, *, on: dt.date) -> SetUp:
    """One trip."""

    def holders(*roles: Role) -> Exists:
        in_force = RoleAssignment.objects.in_force(on).filter(
            role__in=roles, person__district=OuterRef("pk"), person__user__isnull=False
        )
        return Exists(in_force)

    in_force = Q(ends_on=None) | Q(ends_on__gte=on)
    rows: QuerySet[District] = District.objects.filter(pk=district.pk).annotate(
        schools_=Exists(School.objects.filter(district=OuterRef("pk"), is_active=True)),
        students_=Exists(Student.objects.filter(district=OuterRef("pk"), is_active=True)),
        standards_=Exists(FrameworkAdoption.objects.filter(in_force, framework__district=OuterRef("pk"))),
        courses_=Exists(CourseTerms.objects.filter(course__district=OuterRef("pk"), course__is_active=True)),
        policy_=Exists(PolicyVersion.objects.filter(series__district=OuterRef("pk"), state=PolicyState.PUBLISHED)),
        teachers_=holders(Role.TEACHER),
        deciders_=holders(Role.CREDIT_MANAGER, Role.PRINCIPAL),
        registrar_=holders(Role.REGISTRAR),
    )
    names = ("schools", "students", "standards", "courses", "policy", "teachers", "deciders", "registrar")
    row = rows.values(*(f"{name}_" for name in names)).get()
    return SetUp(**{name: row[f"{name}_"] for name in names})
