"""Bring people near students: family and caseload. Each relation is dated and ends without being deleted."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mbl.core import audit, clock, notify
from mbl.core.errors import DomainError
from mbl.core.models import User
from mbl.core.words import visible
from profiles.models import Person, Relationship, RoleAssignment, Student
from profiles.states import RelationshipKind, Role
from profiles.verbs import CounselorAssigned, FamilyLinked, FamilyVerified, RelationshipEnded

DAY = dt.timedelta(days=1)


@transaction.atomic
def link_guardian(person: Person, student: Student, *, actor: User | None, label: str = "") -> Relationship:
    """Note that ``person`` is family of ``student``. It opens nothing until somebody has verified it."""
    if person.pk == student.person_id:
        raise DomainError(_("Nobody is their own parent or guardian. Choose another student."), field="student")
    relation, opened = _open(person, student, RelationshipKind.GUARDIAN)
    if opened:
        relation.label = label.strip()[:60] or relation.label
        relation.save(update_fields=["label"])
        _record(FamilyLinked(person=str(person), label=relation.label), actor, student)
    return relation


@transaction.atomic
def verify_guardian(relation: Relationship, *, actor: User | None, basis: str) -> Relationship:
    """Let a parent or guardian see the student's record. ``basis`` says how the school knows (34 CFR 99.4)."""
    relation = _locked(relation)
    if relation.kind != RelationshipKind.GUARDIAN:
        raise DomainError(_("Only a parent or guardian can be given access this way."))
    if relation.ends_on is not None and relation.ends_on < clock.today(relation.district):
        raise DomainError(_("This relation has ended. Link the person to the student again first."))
    if relation.portal:
        return relation
    if not visible(basis):
        raise DomainError(_("Say how you know, such as: enrollment form of this year."), field="basis")
    relation.portal = True
    relation.save(update_fields=["portal"])
    _record(FamilyVerified(person=str(relation.person), basis=basis.strip()), actor, relation.student)
    if relation.person.user:
        notify.tell(
            relation.person.user,
            "profiles.family_access",
            {"student": str(relation.student)},
            district=relation.district,
            url="/",
            subject=relation.student,
            dedupe_key=f"family-access:{relation.public_id}",
        )
    return relation


@transaction.atomic
def assign_counselor(person: Person, student: Student, *, actor: User | None) -> Relationship:
    """Put ``student`` on the counselor's caseload."""
    holds = RoleAssignment.objects.in_force(clock.today(person.district)).filter(person=person, role=Role.COUNSELOR)
    if not holds.exists():
        raise DomainError(
            _("%(person)s does not have the role of counselor. Give the role first.") % {"person": person},
            field="person",
        )
    relation, opened = _open(person, student, RelationshipKind.COUNSELOR)
    if opened:
        _record(CounselorAssigned(person=str(person)), actor, student)
    return relation


@transaction.atomic
def end_relationship(
    relation: Relationship, *, actor: User | None, last_day: dt.date | None = None, reason: str = ""
) -> Relationship:
    """End a relation: at once, or after ``last_day``. Ended at once, it opens nothing from this moment on."""
    relation = _locked(relation)
    today = clock.today(relation.district)
    if last_day is not None and last_day < today:
        raise DomainError(_("That day has passed. Choose today or a later day."), field="last_day")
    last_day = max(today, relation.starts_on) - DAY if last_day is None else last_day
    if relation.ends_on is not None and relation.ends_on <= last_day:
        return relation
    relation.ends_on = last_day
    relation.save(update_fields=["ends_on"])
    _record(
        RelationshipEnded(person=str(relation.person), kind=relation.kind, last_day=last_day, reason=reason),
        actor,
        relation.student,
    )
    return relation


@transaction.atomic
def restore_relationship(relation: Relationship, *, actor: User | None) -> Relationship:
    """Take back the end of a relation. A family's access comes back as it was."""
    relation = _locked(relation)
    if relation.ends_on is None:
        return relation
    again, opened = _open(relation.person, relation.student, RelationshipKind(relation.kind))
    if opened:
        again.label, again.portal, again.source = relation.label, relation.portal, relation.source
        again.save(update_fields=["label", "portal", "source"])
        if relation.kind == RelationshipKind.GUARDIAN:
            _record(FamilyLinked(person=str(relation.person), label=relation.label), actor, relation.student)
        else:
            _record(CounselorAssigned(person=str(relation.person)), actor, relation.student)
    return again


def _open(person: Person, student: Student, kind: RelationshipKind) -> tuple[Relationship, bool]:
    """The relation of that kind without a last day, and whether it had to be made or reopened."""
    if person.district_id != student.district_id:
        raise DomainError(_("The person and the student belong to different districts."))
    # Two people at once: the student's row is the lock.
    Student.objects.select_for_update(no_key=True).get(pk=student.pk)
    today = clock.today(student.district)
    current = (
        Relationship.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), person=person, student=student, kind=kind)
        .order_by("starts_on")
        .first()
    )
    if current is None:
        return Relationship.objects.create(
            district=student.district, person=person, student=student, kind=kind, starts_on=today
        ), True
    if current.ends_on is not None:
        current.ends_on = None
        current.save(update_fields=["ends_on"])
        return current, True
    return current, False


def _locked(relation: Relationship) -> Relationship:
    return (
        Relationship.objects.select_for_update(of=["self"], no_key=True)
        .select_related("person__user", "person__district", "student__person", "district")
        .get(pk=relation.pk)
    )


def _record(payload: audit.Payload, actor: User | None, student: Student) -> None:
    audit.record(payload, actor=actor, district=student.district, target=student, student=student)
