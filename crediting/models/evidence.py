"""Evidence stands apart from what it is used for: one canoe journey may serve several requests."""

from django.db import models

from crediting.models.request import CreditRequest
from crediting.models.standards import Standard
from crediting.states import EvidenceKind, EvidenceState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Student


class Evidence(PublicIdModel):
    """A file, photo, link or text with the student's own words about it. Files live outside the public path."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    reflection = models.TextField(blank=True)
    # Where it is in the evidence storage, its name as the student knew it, and what it was found to be.
    stored_name = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    alt_text = models.CharField(max_length=300, blank=True)
    happened_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "evidence"
        constraints = [state_check("kind", EvidenceKind, "evidence_kind_known")]
        indexes = [models.Index(fields=["student", "-created_at"], name="evidence_by_student")]

    def __str__(self) -> str:
        return self.title


class EvidenceUse(PublicIdModel):
    """A piece of evidence offered for a request, and which of its standards it shows."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="uses")
    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="uses")
    state = models.CharField(max_length=10, default=EvidenceState.DRAFT)
    attempt = models.PositiveSmallIntegerField(default=1)
    standards = models.ManyToManyField(Standard, related_name="+", blank=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            state_check("state", EvidenceState, "evidence_use_state_known"),
            models.UniqueConstraint(fields=["evidence", "request"], name="evidence_once_per_request"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence}: {self.request}"
