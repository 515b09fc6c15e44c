"""Results that testing programs report: state assessments, admission and placement tests, language tests."""

from django.db import models

from mbl.core.models import District, ImportRun
from mbl.core.models.base import PublicIdModel
from profiles.models import Student


class ScoreRecord(PublicIdModel):
    """One result on one instrument on one day. ``level`` as its publisher counts levels, ``met`` where it only says so.

    ``instrument`` is the code by which policies name it; ``title`` is what the file called it. A language test has its
    ``language`` and, in ``skills``, the level of each skill in the words of its scale (``{"reading": "novice-high"}``).
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="scores", db_index=False)
    instrument = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    language = models.CharField(max_length=40, blank=True)
    taken_on = models.DateField()
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    level = models.PositiveSmallIntegerField(null=True)
    met = models.BooleanField(null=True)
    skills = models.JSONField(default=dict)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-taken_on", "instrument"]
        constraints = [
            models.UniqueConstraint(fields=["student", "instrument", "language", "taken_on"], name="score_record_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.taken_on}"
