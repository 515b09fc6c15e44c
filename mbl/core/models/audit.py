"""The append-only ledger of who did what, when and why. A trigger refuses UPDATE, DELETE and TRUNCATE."""

import uuid

from django.contrib.postgres.indexes import OpClass
from django.db import models

from mbl.core.models.tenant import District, User


class AuditEvent(models.Model):
    """One thing one person did. Subjects are named by kind and public id, never by a foreign key upwards."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    # None: the system itself (a job of nobody's, a scheduled run).
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    acting_for = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=80)
    target_kind = models.CharField(max_length=40)
    target_id = models.UUIDField(null=True)
    target_label = models.CharField(max_length=300)
    student_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    # One click's events share an id.
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["district", "-at"], name="audit_district_at"),
            models.Index(fields=["target_kind", "target_id", "-at"], name="audit_target_at"),
            models.Index(fields=["student_id", "-at"], name="audit_student_at"),
            models.Index(fields=["actor", "-at"], name="audit_actor_at"),
            # For what is rare among many: "every refusal", "every equity report".
            models.Index("district", OpClass("verb", "text_pattern_ops"), name="audit_district_verb"),
            # Sign-ins belong to no district. PostgreSQL does not read the first index in order for ``IS NULL``.
            models.Index(fields=["-at"], name="audit_accounts_at", condition=models.Q(district=None)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target_label}"
