"""What systems said about students' course history, and the rows of it that wait for a registrar."""

from django.db import models

from crediting.models.ledger import LedgerEntry
from crediting.states import HeldReason, HeldState
from mbl.core.models import District, ImportRun, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Student


class HistorySnapshot(models.Model):
    """Everything a source last said about one student, as a fingerprint: equal means that there is nothing to do."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=32)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "source", "student"], name="history_snapshot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.student}"


class HeldRow(PublicIdModel):
    """A row of course history that was not entered by itself: somebody has to look at it.

    ``facts`` is the row as read; ``entry`` the line of the record that it would change or, without facts, take back.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="held_rows", db_index=False)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, null=True, related_name="held_rows")
    reason = models.CharField(max_length=20)
    facts = models.JSONField(null=True)
    source = models.CharField(max_length=60)
    source_key = models.BigIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    content_hash = models.BigIntegerField(null=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    line = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, default=HeldState.WAITING)
    note = models.TextField(blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            state_check("reason", HeldReason, "held_row_reason_known"),
            state_check("state", HeldState, "held_row_state_known"),
        ]
        indexes = [
            models.Index(fields=["student", "source_key"], name="held_row_by_student"),
            models.Index(fields=["district", "state", "created_at"], name="held_row_by_state"),
        ]

    def __str__(self) -> str:
        return str((self.facts or {}).get("title", "") or self.entry or self.pk)


class AwardReceipt(models.Model):
    """That a school's system has sent a mastery award back in its own course history: it was received there."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="receipt")
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.entry)
