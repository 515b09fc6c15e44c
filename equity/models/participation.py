"""How many students reached each aim for experiences, counted with a snapshot and kept as it may be printed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from equity.models.snapshot import EquitySnapshot
from mbl.core.models.base import PublicIdModel


class Participation(PublicIdModel):
    """One aim of a school year: ``count`` of a kind, each of ``least_hours``, for a grade (of a school, or all others).

    ``everyone`` is the total of the grade as it may be printed, ``tables`` the groups by partition; empty where none
    may be shown. Groups that were counted at an earlier snapshot, because too few students came since, say so in
    ``groups_at``. ``reached`` are the students counted in the groups shown; ``rules.differencing`` alone reads them.
    """

    snapshot = models.ForeignKey(EquitySnapshot, on_delete=models.PROTECT, related_name="participation")
    kind = models.CharField(max_length=40)
    kind_name = models.CharField(max_length=80)
    translations = models.JSONField(default=dict)
    grade = models.CharField(max_length=2)
    # The code of the school whose own aim it is; empty: every school without one.
    school = models.CharField(max_length=20, blank=True)
    count = models.PositiveSmallIntegerField()
    least_hours = models.DecimalField(max_digits=5, decimal_places=1)
    share = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    everyone = models.JSONField()
    tables = models.JSONField(default=dict)
    groups_at = models.DateTimeField(null=True)
    reached = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["grade", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "kind", "grade", "school"], name="equity_participation_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind_name} {self.grade}"

    @property
    def terms(self) -> tuple[str, str, str, int, str]:
        """What it asks of whom: two counts are of the same aim if these are equal."""
        return (self.kind, self.grade, self.school, self.count, f"{self.least_hours:.1f}")
