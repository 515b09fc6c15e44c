"""Protected facts, kept raw (T45, T49). Only ``equity.queries``, the person's own-data page, imports and
``profiles.access.entitlements`` read these tables; a test records the SQL of every route."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mbl.core.models import District
from mbl.core.models.base import state_check
from profiles.models.person import Student
from profiles.states import Program


class RaceEthnicity(models.Model):
    """What a family reported, in the state's own codes. Groups are derived by a versioned function."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.OneToOneField(Student, on_delete=models.PROTECT, related_name="+")
    ethnicity_codes = ArrayField(models.CharField(max_length=10), default=list)
    race_codes = ArrayField(models.CharField(max_length=10), default=list)
    source = models.CharField(max_length=60, blank=True)
    reported_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "race and ethnicity"

    def __str__(self) -> str:
        return str(self.pk)


class ProgramParticipation(models.Model):
    """A dated interval in a program, inclusive; leaving and coming back makes two rows (T49)."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="+")
    program = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # The import that brought it; empty when a person wrote it. An import ends only what it brought.
    source = models.CharField(max_length=60, blank=True, db_default="")

    class Meta:
        constraints = [
            state_check("program", Program, "program_known"),
            models.UniqueConstraint(fields=["student", "program", "starts_on"], name="program_interval_once"),
        ]
        indexes = [models.Index(fields=["district", "program"], name="program_by_district")]

    def __str__(self) -> str:
        return str(self.pk)
