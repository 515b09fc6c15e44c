"""Guardian's object permissions on the scopes of access, in tables with direct foreign keys.

A row is written and removed by the action that gives or ends a role (``profiles.actions.roles``). ``codename`` of the
permission is a ``profiles.rules.roles.Capability``. Queries count a row only while its assignment is in force.
"""

from __future__ import annotations

from django.db import models
from guardian.models import UserObjectPermissionBase

from mbl.core.models import District
from profiles.models.role import RoleAssignment
from profiles.models.school import School


class DistrictGrant(UserObjectPermissionBase):
    """A capability in the whole district, for as long as ``assignment`` lasts."""

    content_object = models.ForeignKey(District, on_delete=models.CASCADE, related_name="+")
    assignment = models.ForeignKey(RoleAssignment, on_delete=models.CASCADE, related_name="district_grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together = [["user", "permission", "content_object", "assignment"]]


class SchoolGrant(UserObjectPermissionBase):
    """A capability at one school, for as long as ``assignment`` lasts."""

    content_object = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    assignment = models.ForeignKey(RoleAssignment, on_delete=models.CASCADE, related_name="school_grants")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together = [["user", "permission", "content_object", "assignment"]]
