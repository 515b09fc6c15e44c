"""The one access gate: who may see which student and do what. Guardian is spoken here and in ``models.grants`` only.

Where somebody stands is read once a request (``standing``), so a role or relation that ends is gone at the next click.
Five ways lead to a student: a grant on a scope (school, district), a section taught, a dated relationship, being that
student, and, for everybody else, a consent in force (R81).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.http import Http404
from django.utils.translation import gettext as _

from mbl.core import clock
from mbl.core.decisions import Allowed, Denied, Verdict
from mbl.core.errors import NotAllowed
from mbl.core.models import District, User
from profiles.models import (
    DistrictGrant,
    Person,
    ProgramParticipation,
    Relationship,
    RoleAssignment,
    School,
    SchoolGrant,
    SectionEnrollment,
    SharingConsent,
    Student,
)
from profiles.rules.age import is_adult
from profiles.rules.roles import OWN_CAPABILITIES, SHARED_CAPABILITIES, Capability
from profiles.states import Program, RelationshipKind, Role, Signer

__all__ = [
    "AuditScope",
    "Capability",
    "Entitlement",
    "Standing",
    "accounts_with",
    "children_of",
    "closed_to",
    "district_for",
    "districts_in_reach",
    "districts_where",
    "entitlements",
    "families_of",
    "family_of",
    "get_audit_scope",
    "get_consent",
    "get_person",
    "get_school",
    "get_sharing",
    "get_student",
    "is_near",
    "is_own",
    "may",
    "may_end_sharing",
    "may_in_district",
    "may_sign_for",
    "near_to",
    "own_students",
    "people_manageable_by",
    "people_with_role",
    "person_in",
    "schools_where",
    "shared_with",
    "signers_of",
    "signs_as",
    "standing",
    "students_visible_to",
    "students_with",
    "taught_by",
]

# What a relation of staff gives, as the role it stands for; it counts only while that role is in force too.
_RELATION_ROLE = {
    RelationshipKind.COUNSELOR: Role.COUNSELOR,
    RelationshipKind.ADVISER: Role.TEACHER,
    RelationshipKind.ASSESSOR: Role.TEACHER,
}


@dataclass(frozen=True)
class HeldRole:
    """A role in force today: in which district, as which person, and at which school (None: the whole district)."""

    role: Role
    person_id: int
    district_id: int
    school_id: int | None


@dataclass(frozen=True)
class Standing:
    """Where an account stands today: its people, the roles in force and the scopes they open."""

    on: dt.date
    people: dict[int, int] = field(default_factory=dict)  # person id -> district id
    days: dict[int, dt.date] = field(default_factory=dict)  # district id -> its own day
    roles: tuple[HeldRole, ...] = ()
    districts: dict[str, frozenset[int]] = field(default_factory=dict)  # capability -> district ids
    schools: dict[str, frozenset[int]] = field(default_factory=dict)  # capability -> school ids
    is_student: bool = False
    is_family: bool = False
    # Whether any family link names them, checked by staff or not.
    has_family: bool = False
    # The district whose name and colours the pages wear: that of the first person.
    home_district: District | None = None

    @cached_property
    def family(self) -> frozenset[int]:
        """Students whom any family link of today names; read when first asked for, once for each user object."""
        if not self.has_family:
            return frozenset()
        links = Relationship.objects.in_force(self.on).filter(
            person__in=list(self.people), kind=RelationshipKind.GUARDIAN
        )
        return frozenset(links.values_list("student_id", flat=True))

    def has(self, *roles: Role) -> bool:
        return any(held.role in roles for held in self.roles)

    def may_anywhere(self, capability: Capability) -> bool:
        """Whether a role opens this in at least one district or school: whether a menu offers it."""
        return capability in self.districts or capability in self.schools

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)

    def people_holding(self, role: Role) -> list[int]:
        return [held.person_id for held in self.roles if held.role == role]


def standing(user: User | AnonymousUser) -> Standing:
    """Read once for each user object, that is once a request."""
    if isinstance(user, User) and user.is_active:
        return user.once("standing", lambda: _read_standing(user))
    return Standing(on=clock.now().date())


def _read_standing(user: User) -> Standing:
    family = Relationship.objects.in_force(clock.now().date() - dt.timedelta(days=1)).filter(
        person=OuterRef("pk"), kind=RelationshipKind.GUARDIAN
    )
    people = list(
        Person.objects.filter(user=user, is_active=True)
        .annotate(
            as_student=Exists(Student.objects.filter(person=OuterRef("pk"))),
            # Only chooses the menu, so a day more or less than the district's own does not matter here.
            as_family=Exists(family.filter(portal=True)),
            as_any_family=Exists(family),
        )
        .select_related("district")
        .order_by("pk")
    )
    if not people:
        return Standing(on=clock.now().date())
    on = clock.today(people[0].district)
    district_of = {person.pk: person.district_id for person in people}
    roles = tuple(
        HeldRole(Role(role), person_id, district_of[person_id], school_id)
        for role, person_id, school_id in RoleAssignment.objects.in_force(on)
        .filter(person__in=district_of)
        .order_by("pk")
        .values_list("role", "person_id", "school_id")
    )
    districts: dict[str, set[int]] = {}
    schools: dict[str, set[int]] = {}
    if roles:
        in_force = Q(assignment__starts_on__lte=on) & (Q(assignment__ends_on=None) | Q(assignment__ends_on__gte=on))
        columns = ("permission__codename", "content_object_id")
        of_districts = DistrictGrant.objects.filter(in_force, user=user).values_list(*columns, Value(True))
        of_schools = SchoolGrant.objects.filter(in_force, user=user).values_list(*columns, Value(False))
        for codename, pk, is_district in of_districts.union(of_schools, all=True):
            (districts if is_district else schools).setdefault(codename, set()).add(pk)
    return Standing(
        on=on,
        people=district_of,
        days={person.district_id: clock.today(person.district) for person in people},
        roles=roles,
        districts={key: frozenset(value) for key, value in districts.items()},
        schools={key: frozenset(value) for key, value in schools.items()},
        is_student=any(person.as_student for person in people),
        is_family=any(person.as_family for person in people),
        has_family=any(person.as_any_family for person in people),
        home_district=people[0].district,
    )


# --- Students ---------------------------------------------------------------------------------------------------------


def students_with(user: User | AnonymousUser, capability: Capability) -> QuerySet[Student]:
    """Students on whom ``user`` has ``capability`` today, with person, school and district joined."""
    return (
        Student.objects.filter(_reach(user, capability))
        .select_related("person", "school", "district")
        .order_by("person__sort_name", "pk")
    )


def students_visible_to(user: User | AnonymousUser) -> QuerySet[Student]:
    """Students whose existence ``user`` may know of today."""
    return students_with(user, Capability.SEE_STUDENT)


def districts_in_reach(user: User | AnonymousUser) -> frozenset[int]:
    """The districts that students visible to ``user`` can be of."""
    return frozenset(standing(user).people.values())


def get_student(user: User | AnonymousUser, public_id: UUID, capability: Capability) -> Student:
    """The student: 404 where not visible, ``NotAllowed`` with the reason where visible and not allowed."""
    student = students_visible_to(user).filter(public_id=public_id).first()
    if student is None:
        raise Http404
    verdict = may(user, capability, student)
    if isinstance(verdict, Denied):
        raise NotAllowed(verdict.reason)
    return student


def may(user: User | AnonymousUser, capability: Capability, student: Student) -> Verdict:
    """Whether ``user`` has ``capability`` on ``student`` today."""
    if Student.objects.filter(_reach(user, capability), pk=student.pk).exists():
        return Allowed()
    return Denied(_("Your role does not include this for this student. Ask your administrator if it should."))


def _reach(user: User | AnonymousUser, capability: Capability) -> Q:
    """The students within reach, by primary key and scope columns only: no join that could multiply or leak rows."""
    now = standing(user)
    reach = Q(pk__in=())
    if not now.people:
        return reach
    people = list(now.people)
    if districts := now.districts.get(capability):
        reach |= Q(district__in=districts)
    if schools := now.schools.get(capability):
        reach |= Q(school__in=schools)
    if capability in OWN_CAPABILITIES[Role.STUDENT]:
        reach |= Q(person__in=people)
    if capability in OWN_CAPABILITIES[Role.TEACHER] and (teachers := now.people_holding(Role.TEACHER)):
        reach |= Q(pk__in=taught_by(teachers, now.on))
    if capability in OWN_CAPABILITIES[Role.FAMILY]:
        reach |= _children(now)
    for kind, role in _RELATION_ROLE.items():
        if capability in OWN_CAPABILITIES[role] and (holders := now.people_holding(role)):
            near = Relationship.objects.in_force(now.on).filter(person__in=holders, kind=kind)
            reach |= Q(pk__in=near.values("student"))
    if shared := [records for records, opened in SHARED_CAPABILITIES.items() if capability in opened]:
        reach |= _shared_with(now, Q(records__in=shared))
    return reach


def _shared_with(now: Standing, narrowed: Q) -> Q:
    """The students whose consent opens something to these people on each district's own day."""
    reach = Q(pk__in=())
    for on, people in _people_by_day(now).items():
        consents = SharingConsent.objects.in_force(on).filter(narrowed, reader__in=people)
        reach |= Q(pk__in=consents.values("student"))
    return reach


def taught_by(teachers: list[int], on: dt.date) -> QuerySet[SectionEnrollment, Any]:
    """Students in sections that these people teach this school year, while both teach and attend them."""
    return SectionEnrollment.objects.filter(
        # One filter for one join: apart, the person of one teacher's row would meet the dates of another's.
        Q(section__teachers__starts_on=None) | Q(section__teachers__starts_on__lte=on),
        Q(section__teachers__ends_on=None) | Q(section__teachers__ends_on__gte=on),
        Q(starts_on=None) | Q(starts_on__lte=on),
        Q(ends_on=None) | Q(ends_on__gte=on),
        section__teachers__person__in=teachers,
        section__session__school_year=clock.school_year(on),
        section__is_active=True,
    ).values("student")


def own_students(user: User | AnonymousUser) -> QuerySet[Student]:
    """The records of ``user`` as a student: one a district, so usually one."""
    return Student.objects.filter(person__in=list(standing(user).people)).select_related("person", "school", "district")


def _children(now: Standing) -> Q:
    """The students whose record these people see as their family; whether somebody is 18 follows the district's day."""
    reach = Q(pk__in=())
    for on, people in _people_by_day(now).items():
        near = Relationship.objects.family_with_access(on).filter(person__in=people)
        reach |= Q(pk__in=near.values("student"))
    return reach


def _people_by_day(now: Standing) -> dict[dt.date, list[int]]:
    """The people of an account by the day it is where they are."""
    found: dict[dt.date, list[int]] = {}
    for person, district in now.people.items():
        found.setdefault(now.days[district], []).append(person)
    return found


def children_of(user: User | AnonymousUser) -> QuerySet[Student]:
    """The students whose record ``user`` sees as their family."""
    return (
        Student.objects.filter(_children(standing(user)))
        .select_related("person", "school", "district")
        .order_by("person__sort_name", "pk")
    )


def family_of(student: Student) -> QuerySet[Person]:
    """The family that sees the student's record today: whom to tell, and who may sign."""
    near = Relationship.objects.family_with_access(clock.today(student.district)).filter(student=student)
    return Person.objects.filter(pk__in=near.values("person"), is_active=True).select_related("user")


def families_of(students: Iterable[Student], district: District) -> defaultdict[int, list[Person]]:
    """``family_of`` for many students of one district, by primary key, in one trip."""
    near = Relationship.objects.family_with_access(clock.today(district)).filter(
        student__in={student.pk for student in students}, person__is_active=True
    )
    found: defaultdict[int, list[Person]] = defaultdict(list)
    for relation in near.select_related("person__user").order_by("pk"):
        if relation.person not in found[relation.student_id]:
            found[relation.student_id].append(relation.person)
    return found


def people_with_role(roles: Iterable[str], school: School, student: Student) -> QuerySet[Person]:
    """Whom to tell of something about ``student``: those who hold one of ``roles`` at the school or in its district.

    Of the counselors only the student's own.
    """
    on = clock.today(student.district)
    held = RoleAssignment.objects.in_force(on).filter(
        Q(school=school) | Q(school=None), role__in=list(roles), person__district=student.district_id
    )
    own = Relationship.objects.in_force(on).filter(student=student, kind=RelationshipKind.COUNSELOR)
    near = held.exclude(role=Role.COUNSELOR) | held.filter(role=Role.COUNSELOR, person__in=own.values("person"))
    return Person.objects.filter(pk__in=near.values("person"), is_active=True).select_related("user")


def closed_to(user: User | AnonymousUser) -> list[str]:
    """Names of children of 18 and over who have not opened their record to ``user``, their family (R77)."""
    now = standing(user)
    names: list[str] = []
    for person, district in now.people.items():
        near = Relationship.objects.family_closed_by_student(now.days[district]).filter(person=person)
        names += near.order_by("student__person__sort_name").values_list("student__person__display_name", flat=True)
    return names


# --- Consent (R81) ----------------------------------------------------------------------------------------------------


def shared_with(user: User | AnonymousUser) -> QuerySet[Student]:
    """The students whose record a consent opens to ``user`` today, with person, school and district joined."""
    return (
        Student.objects.filter(_shared_with(standing(user), Q()))
        .select_related("person", "school", "district")
        .order_by("person__sort_name", "pk")
    )


def get_sharing(user: User | AnonymousUser, public_id: UUID) -> Student:
    """The student, for who may know with whom the record is shared: student, family, and who manages people.

    404 where the student is not visible; ``NotAllowed`` where the student is.
    """
    student = get_student(user, public_id, Capability.SEE_STUDENT)
    if not (is_own(user, student) or may_in_district(user, Capability.MANAGE_PEOPLE, student.district)):
        raise NotAllowed(_("With whom a record is shared is for the student, the family and the administrators."))
    return student


def get_consent(user: User | AnonymousUser, public_id: UUID) -> SharingConsent:
    """A consent, for who may know of it (``get_sharing``)."""
    found = (
        SharingConsent.objects.filter(public_id=public_id)
        .select_related("student__person", "district", "reader__user", "asked_by")
        .first()
    )
    if found is None:
        raise Http404
    get_sharing(user, found.student.public_id)
    return found


def may_sign_for(user: User | AnonymousUser, student: Student) -> Verdict:
    """Whether ``user`` signs for ``student``: at 18 the student, before a parent whom the school has checked."""
    now = standing(user)
    if signs_as(student) == Signer.STUDENT:
        if student.person_id in now.people:
            return Allowed()
        return Denied(_("%(student)s is 18 or older, so only %(student)s can sign.") % {"student": student})
    if children_of(user).filter(pk=student.pk).exists():
        return Allowed()
    return Denied(_("Until the 18th birthday of %(student)s, a parent or guardian signs.") % {"student": student})


def signs_as(student: Student) -> Signer:
    """Who signs for the student today (34 CFR 99.5)."""
    return Signer.STUDENT if is_adult(student.person.birth_date, clock.today(student.district)) else Signer.FAMILY


def may_end_sharing(user: User | AnonymousUser, student: Student) -> Verdict:
    """The student at any age (RCW 28A.230.215(4)(a)(ii)), whoever signs for the student, and who manages people."""
    own = student.person_id in standing(user).people
    if own or may_sign_for(user, student) or may_in_district(user, Capability.MANAGE_PEOPLE, student.district):
        return Allowed()
    return Denied(_("The student, the one who signs for the student, and an administrator can end this."))


def signers_of(student: Student) -> QuerySet[Person]:
    """Who can sign for the student today."""
    if signs_as(student) == Signer.STUDENT:
        return Person.objects.filter(pk=student.person_id, is_active=True).select_related("user")
    return family_of(student)


def is_own(user: User | AnonymousUser, student: Student) -> bool:
    """Whether ``user`` is this student or sees the record as the student's family."""
    return student.person_id in standing(user).people or children_of(user).filter(pk=student.pk).exists()


def is_near(user: User | AnonymousUser, student: Student) -> bool:
    """Whether ``user`` is this student, or of the student's family by any link of today, checked by staff or not.

    It opens nothing: whoever is near does not judge. The links are read once for each user object.
    """
    now = standing(user)
    return student.person_id in now.people or student.pk in now.family


def near_to(student: Student) -> QuerySet[Person]:
    """The student and everybody whom a family link of today names, checked by staff or not."""
    links = Relationship.objects.in_force(clock.today(student.district)).filter(
        student=student, kind=RelationshipKind.GUARDIAN
    )
    return Person.objects.filter(Q(pk=student.person_id) | Q(pk__in=links.values("person")))


# --- Scopes -----------------------------------------------------------------------------------------------------------


def districts_where(user: User | AnonymousUser, capability: Capability) -> QuerySet[District]:
    """Districts in the whole of which ``user`` has ``capability``."""
    return District.objects.filter(pk__in=standing(user).districts.get(capability, frozenset()))


def schools_where(user: User | AnonymousUser, capability: Capability) -> QuerySet[School]:
    """Schools at which ``user`` has ``capability``, by the school or by its district."""
    now = standing(user)
    return School.objects.filter(
        Q(pk__in=now.schools.get(capability, frozenset())) | Q(district__in=now.districts.get(capability, frozenset()))
    ).order_by("name", "pk")


def accounts_with(capability: Capability, district: District) -> QuerySet[User]:
    """Accounts that have ``capability`` in the whole of ``district`` today: whom to tell."""
    on = clock.today(district)
    grants = DistrictGrant.objects.filter(
        Q(assignment__ends_on=None) | Q(assignment__ends_on__gte=on),
        assignment__starts_on__lte=on,
        permission__codename=capability,
        content_object_id=district.pk,
    )
    return User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("pk")


def district_for(user: User | AnonymousUser, capability: Capability, code: str = "") -> District:
    """The district with that code, or the first one in which ``user`` has ``capability``.

    404 for a district that is not one of them; ``NotAllowed`` where there is none at all.
    """
    districts = districts_where(user, capability)
    district = (districts.filter(code=code) if code else districts).order_by("name", "pk").first()
    if district is not None:
        return district
    if code and districts.exists():
        raise Http404
    raise NotAllowed(
        _("This needs a role that covers the whole district. Ask your administrator if you should have it.")
    )


def may_in_district(user: User | AnonymousUser, capability: Capability, district: District) -> Verdict:
    if district.pk in standing(user).districts.get(capability, frozenset()):
        return Allowed()
    return Denied(_("This needs a role that covers the whole district. Ask your administrator if you should have it."))


def person_in(user: User, district: District) -> Person:
    """Who ``user`` is in ``district``; ``NotAllowed`` where nobody."""
    person = Person.objects.filter(user=user, district=district, is_active=True).first()
    if person is None:
        raise NotAllowed(_("Your account does not belong to this district."))
    return person


def people_manageable_by(user: User | AnonymousUser) -> QuerySet[Person]:
    """People of the districts whose people ``user`` manages."""
    return Person.objects.filter(district__in=districts_where(user, Capability.MANAGE_PEOPLE))


def get_person(user: User | AnonymousUser, public_id: UUID) -> Person:
    """The person, for somebody who manages the people of that district; 404 otherwise."""
    person = people_manageable_by(user).select_related("district", "user").filter(public_id=public_id).first()
    if person is None:
        raise Http404
    return person


def get_school(user: User | AnonymousUser, public_id: UUID, capability: Capability) -> School:
    """The school, where ``user`` has ``capability`` at it; 404 otherwise."""
    school = schools_where(user, capability).select_related("district").filter(public_id=public_id).first()
    if school is None:
        raise Http404
    return school


# --- What law makes depend on a program -------------------------------------------------------------------------------

# Students whom a statute names where credit is decided, and nobody else: in or released from an institutional facility,
# homeless or in foster care (RCW 28A.320.192), of a military family (RCW 28A.705.010), excused from physical education
# (RCW 28A.230.050).
DECISIVE = frozenset({Program.INSTITUTIONAL, Program.HOMELESS, Program.FOSTER, Program.MILITARY, Program.PE_EXCUSED})
# Law speaks of students in *or released from* the facility: having been there is enough.
_LASTING = frozenset({Program.INSTITUTIONAL})


@dataclass(frozen=True)
class Entitlement:
    """One interval in a program on which law rests a student's claim; both days inclusive."""

    program: Program
    starts_on: dt.date
    ends_on: dt.date | None

    def holds(self, on: dt.date) -> bool:
        return self.starts_on <= on and (self.program in _LASTING or self.ends_on is None or on <= self.ends_on)


def entitlements(students: Iterable[int]) -> Mapping[int, Sequence[Entitlement]]:
    """The decisive intervals of each student, by primary key, in one trip.

    The one way in which a decision may look at a program: no page shows them.
    """
    found: defaultdict[int, list[Entitlement]] = defaultdict(list)
    rows = ProgramParticipation.objects.filter(student__in=set(students), program__in=DECISIVE).order_by("pk")
    for student, program, first, last in rows.values_list("student_id", "program", "starts_on", "ends_on"):
        found[student].append(Entitlement(Program(program), first, last))
    return found


# --- The audit log ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AuditScope:
    """Whose events somebody reads: a whole district's, or those of some of its ``schools`` (empty: the whole)."""

    district: District
    schools: frozenset[int] = frozenset()


def get_audit_scope(user: User | AnonymousUser, code: str = "") -> AuditScope:
    """Where ``user`` reads the audit log: in the district ``code`` or the first one. Else ``NotAllowed``."""
    schools = schools_where(user, Capability.SEE_AUDIT).order_by()
    districts = District.objects.filter(
        Q(pk__in=standing(user).districts.get(Capability.SEE_AUDIT, frozenset())) | Q(pk__in=schools.values("district"))
    )
    district = (districts.filter(code=code) if code else districts).order_by("name", "pk").first()
    if district is None:
        if code or not standing(user).people:
            raise Http404
        raise NotAllowed(_("The audit log is for principals and district administrators."))
    if may_in_district(user, Capability.SEE_AUDIT, district):
        return AuditScope(district)
    return AuditScope(district, frozenset(schools.filter(district=district).values_list("pk", flat=True)))
