"""A stored count of who received mastery credit: what a report and its files are made from, so that they agree."""

from django.db import models

from mbl.core.models import District, Job, User
from mbl.core.models.base import PublicIdModel


class EquitySnapshot(PublicIdModel):
    """Counts for one district and school year, taken in one statement.

    ``facts`` are raw and are read for the screen of exact counts only; everything else reads the tables (T56).
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    # [{"school": code, "partition", "group", "students", "recipients": {"": any subject, "math": …}}]
    facts = models.JSONField()
    # What this and earlier snapshots of the year hide, [[school, partition, group, reason]]: hidden stays hidden.
    hidden = models.JSONField(default=list)
    rollup_version = models.CharField(max_length=20)
    thresholds = models.JSONField()
    # The job that took it: a job that runs twice finds it.
    job = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, related_name="+")
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at", "-pk"]
        indexes = [models.Index(fields=["district", "school_year", "-taken_at"], name="equity_snapshot_latest")]

    def __str__(self) -> str:
        return f"{self.district} {self.school_year}"


class EquityTable(models.Model):
    """One table as it may be printed: groups of one partition at one school (empty: the district) for one subject
    (empty: any). Page, CSV and PDF all read this."""

    snapshot = models.ForeignKey(EquitySnapshot, on_delete=models.PROTECT, related_name="tables")
    school = models.CharField(max_length=20, blank=True)
    partition = models.CharField(max_length=20)
    subject = models.CharField(max_length=40, blank=True)
    content = models.JSONField()

    class Meta:
        ordering = ["partition", "school", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "school", "partition", "subject"], name="equity_table_once")
        ]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.school} {self.partition} {self.subject}"


class EquityFile(models.Model):
    """A report made from one snapshot, through the same suppression as the page; written once by the job."""

    snapshot = models.ForeignKey(EquitySnapshot, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4)
    language = models.CharField(max_length=10)
    stored_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "kind", "language"], name="equity_file_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["csv", "pdf"]), name="equity_file_kind_known"),
        ]

    def __str__(self) -> str:
        return self.stored_name
