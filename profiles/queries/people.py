"""The people of a district: the list, and everything about one person on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from mbl.core import clock
from mbl.core.models import District
from profiles.access import taught_by
from profiles.models import (
    Invitation,
    Person,
    Relationship,
    RoleAssignment,
    RosterRole,
    School,
    SharingConsent,
    Student,
)
from profiles.rules.names import fold
from profiles.rules.roles import SCOPE_CAPABILITIES, Capability
from profiles.rules.roster import SUGGESTED
from profiles.states import InvitationState, RelationshipKind, Role


class Show(StrEnum):
    """Saved views of the list; a role's own name is one more."""

    STAFF = "staff"
    STUDENTS = "students"
    FAMILIES = "families"
    INVITED = "invited"
    SUGGESTED = "suggested"
    ALL = "all"


@dataclass(frozen=True)
class Tally:
    """How many people each view has."""

    views: dict[str, int]
    roles: dict[Role, int]


def _roles_of() -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(person=OuterRef("pk"))


def _invited() -> Q:
    return Q(pk__in=Invitation.objects.filter(state=InvitationState.SENT).values("person"))


def _suggested(on: dt.date) -> Q:
    """The roster gives them a role that only a person can give here, and nobody has."""
    noted = RosterRole.objects.in_force(on).filter(role__in=SUGGESTED)
    return Q(pk__in=noted.values("person"), is_active=True) & ~Q(
        pk__in=RoleAssignment.objects.in_force(on).filter(role__in=set(SUGGESTED.values())).values("person")
    )


def listed(people: QuerySet[Person], *, on: dt.date, show: str, text: str = "") -> QuerySet[Person]:
    """The people of one view, found by name, e-mail or student number, with their roles in force and student row."""
    in_force = RoleAssignment.objects.in_force(on)
    if show in set(Role):
        people = people.filter(pk__in=in_force.filter(role=show).values("person"))
    elif show == Show.STAFF:
        people = people.filter(pk__in=in_force.values("person"))
    elif show == Show.STUDENTS:
        people = people.filter(student__isnull=False)
    elif show == Show.FAMILIES:
        people = people.filter(pk__in=Relationship.objects.filter(kind=RelationshipKind.GUARDIAN).values("person"))
    elif show == Show.INVITED:
        people = people.filter(_invited())
    elif show == Show.SUGGESTED:
        noted = RosterRole.objects.in_force(on).filter(role__in=SUGGESTED).select_related("school")
        people = people.filter(_suggested(on)).prefetch_related(
            Prefetch("roster_roles", noted, to_attr="suggested_roles")
        )
    return (
        found(people, text)
        .select_related("student__school", "user")
        .annotate(is_invited=Exists(Invitation.objects.filter(person=OuterRef("pk"), state=InvitationState.SENT)))
        .prefetch_related(Prefetch("roles", in_force.select_related("school"), to_attr="roles_in_force"))
        .order_by("sort_name", "pk")
    )


def found(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those whose names begin to match every word, or who have exactly this e-mail or student number."""
    text = text.strip()
    if not text:
        return people
    named = Q()
    for word in fold(text).split():
        named &= Q(search_text__contains=word)
    return people.filter(
        named | Q(email__iexact=text) | Q(pk__in=Student.objects.filter(_numbered(text)).values("person"))
    )


def _numbered(text: str) -> Q:
    return Q(ssid=text) | Q(local_id=text)


def tally(people: QuerySet[Person], *, on: dt.date) -> Tally:
    """Two trips: people by kind, and roles in force by role."""
    in_force = RoleAssignment.objects.in_force(on)
    guardians = Relationship.objects.filter(kind=RelationshipKind.GUARDIAN)
    counts = people.order_by().aggregate(
        staff=Count("pk", filter=Q(pk__in=in_force.values("person"))),
        students=Count("pk", filter=Q(student__isnull=False)),
        families=Count("pk", filter=Q(pk__in=guardians.values("person"))),
        invited=Count("pk", filter=_invited()),
        suggested=Count("pk", filter=_suggested(on)),
        all=Count("pk"),
    )
    roles = (
        in_force.filter(person__in=people.order_by().values("pk"))
        .order_by()
        .values_list("role")
        .annotate(number=Count("person", distinct=True))
    )
    return Tally(counts, {Role(role): number for role, number in roles})


def people_to_look_at(people: QuerySet[Person], *, on: dt.date) -> tuple[int, int]:
    """How many people with a role cannot sign in, and how many invitations ended unused: one trip."""
    in_force = RoleAssignment.objects.in_force(on)
    expired = Invitation.objects.filter(state=InvitationState.SENT, expires_at__lte=clock.now())
    counts = people.order_by().aggregate(
        without=Count("pk", filter=Q(user=None, is_active=True, pk__in=in_force.values("person"))),
        expired=Count("pk", filter=Q(pk__in=expired.values("person"))),
    )
    return counts["without"], counts["expired"]


# --- One person -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One reason why somebody can see students: which, and how many."""

    # None for a way that needs no role: consent.
    role: Role | None
    # The school of a role; empty for the whole district and for ways that follow from relations.
    place: str
    kind: str
    count: int


@dataclass(frozen=True)
class PersonPage:
    """Everything the page of a person shows."""

    roles_now: Sequence[RoleAssignment]
    roles_later: Sequence[RoleAssignment]
    roles_past: Sequence[RoleAssignment]
    student: Student | None
    children: Sequence[Relationship]
    caseload: int
    family: Sequence[Relationship]
    counselors: Sequence[Relationship]
    invitation: Invitation | None
    ways: Sequence[Way]


def person_page(person: Person, *, on: dt.date) -> PersonPage:
    roles = list(person.roles.select_related("school", "person__district", "given_by").order_by("starts_on", "pk"))
    now = [one for one in roles if one.starts_on <= on and (one.ends_on is None or one.ends_on >= on)]
    student = Student.objects.select_related("school").filter(person=person).first()
    near = list(
        person.relationships.filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .select_related("student__person", "student__school")
        .order_by("kind", "student__person__sort_name")[:200]
    )
    about = (
        list(
            student.relationships.filter(Q(ends_on=None) | Q(ends_on__gte=on))
            .select_related("person__user")
            .order_by("person__sort_name")
        )
        if student
        else []
    )
    caseload = sum(one.kind == RelationshipKind.COUNSELOR for one in near)
    return PersonPage(
        roles_now=now,
        roles_later=[one for one in roles if one.starts_on > on and (one.ends_on is None or one.ends_on >= on)],
        roles_past=[one for one in reversed(roles) if one.ends_on is not None and one.ends_on < on],
        student=student,
        children=[one for one in near if one.kind == RelationshipKind.GUARDIAN],
        caseload=caseload,
        family=[one for one in about if one.kind == RelationshipKind.GUARDIAN],
        counselors=[one for one in about if one.kind == RelationshipKind.COUNSELOR],
        invitation=person.invitations.first(),
        ways=_ways(person, now, on),
    )


def _ways(person: Person, roles: Sequence[RoleAssignment], on: dt.date) -> list[Way]:
    """Why this person can see students, in the order of how far it reaches."""
    ways = []
    for one in roles:
        if Capability.SEE_STUDENT in SCOPE_CAPABILITIES[Role(one.role)]:
            students = Student.objects.filter(
                **({"school": one.school} if one.school else {"district": person.district})
            )
            ways.append(Way(Role(one.role), str(one.school or ""), "scope", students.count()))
    held = {one.role for one in roles}
    if Role.TEACHER in held:
        ways.append(Way(Role.TEACHER, "", "sections", taught_by([person.pk], on).distinct().count()))
    near = dict(
        Relationship.objects.in_force(on)
        .filter(person=person)
        .filter(Q(portal=True) | ~Q(kind=RelationshipKind.GUARDIAN))
        .values_list("kind")
        .annotate(number=Count("pk"))
    )
    for kind, role in (
        (RelationshipKind.COUNSELOR, Role.COUNSELOR),
        (RelationshipKind.ADVISER, Role.TEACHER),
        (RelationshipKind.ASSESSOR, Role.TEACHER),
    ):
        if near.get(kind) and role in held:
            ways.append(Way(role, "", str(kind), near[kind]))
    if near.get(RelationshipKind.GUARDIAN):
        ways.append(Way(Role.FAMILY, "", "guardian", near[RelationshipKind.GUARDIAN]))
    if shared := SharingConsent.objects.in_force(on).filter(reader=person).values("student").distinct().count():
        ways.append(Way(None, "", "shared", shared))
    return ways


# --- Small choices ----------------------------------------------------------------------------------------------------


def schools_of(district: District) -> QuerySet[School]:
    return School.objects.filter(district=district, is_active=True).order_by("name", "pk")


def schools_with_counts(schools: QuerySet[School], *, on: dt.date) -> QuerySet[School]:
    """Schools with the number of their students and staff."""
    staff = RoleAssignment.objects.in_force(on).filter(school=OuterRef("pk")).order_by().values("school")
    return schools.annotate(
        student_count=Count("students", filter=Q(students__is_active=True)),
        has_staff=Exists(staff),
    )


def counselors_of(district: District, *, on: dt.date) -> QuerySet[Person]:
    roles = RoleAssignment.objects.in_force(on).filter(role=Role.COUNSELOR, person__district=district)
    return Person.objects.filter(pk__in=roles.values("person"), is_active=True).order_by("sort_name", "pk")
