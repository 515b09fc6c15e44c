"""What other systems call our things. An outside identifier is never a primary key."""

from django.db import models

from mbl.core.models import District


class ExternalId(models.Model):
    """``(district, system, kind, value)`` names one object: ``oneroster:<systemCode>``, ``users``, ``us0001``."""

    # A roster brings half a million of these at once: the unique constraint serves as the district's index, and the
    # database does not look up the one district for each of them.
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    system = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    value = models.CharField(max_length=255)
    object_kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    # Of the normalized, mapped fields as last read (``imports.writing.content_hash``): equal means nothing to write.
    content_hash = models.CharField(max_length=64, blank=True)
    # None while present; the run that no longer saw it otherwise. Absence is not deletion.
    absent_since = models.ForeignKey(
        "core.ImportRun", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "system", "kind", "value"], name="external_id_unique")
        ]
        # Nobody asks what others call one enrollment, and there are many.
        indexes = [
            models.Index(
                fields=["object_kind", "object_id"],
                name="external_id_by_object",
                condition=~models.Q(kind="enrollments"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.kind} {self.value}"
