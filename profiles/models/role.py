"""Roles, dated. The assignment is the only truth; a guardian grant beside it counts while it is in force."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Value

from mbl.core.models.base import PublicIdModel, state_check
from profiles.models.person import Person
from profiles.models.school import School
from profiles.states import Role


class RoleQuerySet(models.QuerySet["RoleAssignment"]):
    def in_force(self, on: dt.date) -> RoleQuerySet:
        return self.filter(starts_on__lte=on).filter(models.Q(ends_on=None) | models.Q(ends_on__gte=on))


class RosterRoleQuerySet(models.QuerySet["RosterRole"]):
    def in_force(self, on: dt.date) -> RosterRoleQuerySet:
        return self.filter(models.Q(starts_on=None) | models.Q(starts_on__lte=on)).filter(
            models.Q(ends_on=None) | models.Q(ends_on__gte=on)
        )


class RoleAssignment(PublicIdModel):
    """``person`` has ``role`` at ``school`` (none: in the whole district) from the first to the last day, inclusive.

    A role that is cut at once ends with the day before; one given and cut on the same day was never in force, so its
    last day may be the day before its first.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="roles")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey("core.User", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    # The roster that gave it (``oneroster:…``); empty when a person did. A roster takes back only what it gave.
    source = models.CharField(max_length=80, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
        constraints = [
            state_check("role", Role, "role_known"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on") - Value(dt.timedelta(days=1))),
                name="role_dates_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.ADMINISTRATOR) | models.Q(school=None),
                name="role_administrator_is_districts",
            ),
            # One open assignment of the same role and place.
            models.UniqueConstraint(
                fields=["person", "role", "school"],
                name="role_open_once",
                condition=models.Q(ends_on=None),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["role", "school"], name="role_by_school")]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class RosterRole(models.Model):
    """What a roster says somebody is, in its own word. It opens nothing: people with the right look and give roles."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roster_roles")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=60)
    is_primary = models.BooleanField(default=True)
    starts_on = models.DateField(null=True, blank=True)
    # Also the last day on which the roster said so.
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=80)

    objects = RosterRoleQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"
