"""For which groups a replayed policy would change outcomes: counted once for a replay, kept as it may be printed."""

from django.db import models

from crediting.models import PolicyReplay
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel


class ReplayGroups(PublicIdModel):
    """The group tables of one replay, ``{measure: {partition: table}}``; empty where none may be shown.

    It stays when the replay goes with its draft: what was shown once bounds what may be shown later. ``sets`` are the
    students counted in each column, ``{column: [student, …]}``; they are read by ``rules.differencing`` alone.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    replay = models.OneToOneField(PolicyReplay, on_delete=models.SET_NULL, null=True, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    tables = models.JSONField(default=dict)
    sets = models.JSONField(default=dict)
    # [[partition, group, reason]]: hidden stays hidden.
    hidden = models.JSONField(default=list)
    rollup_version = models.CharField(max_length=20)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at", "-pk"]
        indexes = [models.Index(fields=["district", "first_day", "last_day"], name="equity_replay_period")]

    def __str__(self) -> str:
        return f"{self.district} {self.first_day} – {self.last_day}"
