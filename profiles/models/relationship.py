"""Who is near which student: caseload, advisory, family, mentor, panel. Upper apps write it, access reads it."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Value

from mbl.core.models import District
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models.person import Person, Student
from profiles.rules.age import last_adult_birth_date
from profiles.states import RelationshipKind


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def in_force(self, on: dt.date) -> RelationshipQuerySet:
        return self.filter(starts_on__lte=on).filter(models.Q(ends_on=None) | models.Q(ends_on__gte=on))

    def family_with_access(self, on: dt.date) -> RelationshipQuerySet:
        """Family that sees the student's record on ``on``, the district's own day.

        Staff have checked the relation, and from the 18th birthday on the student allows it (R77, 34 CFR 99.5). Where
        no birth date is known, the student counts as not yet 18.
        """
        return self.in_force(on).filter(
            models.Q(student__family_access=True)
            | models.Q(student__person__birth_date=None)
            | models.Q(student__person__birth_date__gt=last_adult_birth_date(on)),
            kind=RelationshipKind.GUARDIAN,
            portal=True,
        )

    def family_closed_by_student(self, on: dt.date) -> RelationshipQuerySet:
        """Checked family of students of 18 and over who have not opened their record to it."""
        return self.in_force(on).filter(
            kind=RelationshipKind.GUARDIAN,
            portal=True,
            student__family_access=False,
            student__person__birth_date__lte=last_adult_birth_date(on),
        )


class Relationship(PublicIdModel):
    """Dated, from the first to the last day, inclusive. ``portal`` lets a guardian see the student's record."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relationships")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="relationships")
    kind = models.CharField(max_length=12)
    # A roster's guardian link is legally unverified: no access until staff say so.
    portal = models.BooleanField(default=False)
    label = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=60, blank=True)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check("kind", RelationshipKind, "relationship_kind_known"),
            # Ended on its first day: it was never in force.
            models.CheckConstraint(
                condition=models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on") - Value(dt.timedelta(days=1))),
                name="relationship_dates_order",
            ),
            models.UniqueConstraint(
                fields=["person", "student", "kind"], name="relationship_open_once", condition=models.Q(ends_on=None)
            ),
        ]
        indexes = [models.Index(fields=["student", "kind"], name="relationship_by_student")]

    def __str__(self) -> str:
        return f"{self.person} – {self.student}: {self.kind}"
