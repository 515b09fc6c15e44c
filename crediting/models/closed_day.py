"""A weekday on which school is not held, in a district or at one of its schools."""

from django.db import models

from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel
from profiles.models import School


class ClosedDay(PublicIdModel):
    """Deadlines in school days pass over it. Without a ``school`` it is for every school of the district."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    title = models.CharField(max_length=100, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["district", "school", "day"], name="closed_day_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.title}".strip()
