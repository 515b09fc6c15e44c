"""Judgements: one standard, one attempt, one assessor, one level, and why."""

from django.db import models

from crediting.models.evidence import EvidenceUse
from crediting.models.request import CreditRequest
from crediting.models.scale import ScaleLevel
from crediting.models.standards import Standard
from mbl.core.models import User
from mbl.core.models.base import PublicIdModel
from profiles.models import Person


class Judgement(PublicIdModel):
    """Inserted once (a trigger refuses change); a second look is a new row. ``comment`` is for the student to read."""

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="judgements")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    # The piece that showed it, where the assessor judged one piece; the newest of several otherwise.
    use = models.ForeignKey(EvidenceUse, on_delete=models.PROTECT, null=True, related_name="judgements")
    attempt = models.PositiveSmallIntegerField()
    level = models.ForeignKey(ScaleLevel, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    assessor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="judgements")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    class Meta:
        ordering = ["judged_at", "pk"]
        indexes = [models.Index(fields=["request", "standard", "-judged_at"], name="judgement_latest")]

    def __str__(self) -> str:
        return f"{self.standard}: {self.level}"
