"""Layouts as versioned data: a reprint uses the version it was issued on (T1)."""

from django.db import models

from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from transcripts.states import TranscriptKind


class TranscriptTemplate(PublicIdModel):
    """A district's layout. The state's name and form appear only on one that the district has checked itself.

    ``terms`` are dated choices that print: title, legends, mark and designation rules, GPA places, retake rule.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, default=TranscriptKind.STANDARD)
    title = models.CharField(max_length=200)
    terms = models.JSONField()
    # Graduation requirement years it is for, inclusive; none is unbounded.
    first_class = models.PositiveSmallIntegerField(null=True, blank=True)
    last_class = models.PositiveSmallIntegerField(null=True, blank=True)
    effective_from = models.DateField()
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField(null=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            state_check("kind", TranscriptKind, "template_kind_known"),
            models.UniqueConstraint(fields=["district", "code", "version"], name="template_version_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"
