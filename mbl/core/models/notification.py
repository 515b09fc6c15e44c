"""Notices: what the product told somebody, in which language, and whether it also went out by e-mail."""

from django.db import models

from mbl.core.models.base import PublicIdModel
from mbl.core.models.tenant import District, User


class Notification(PublicIdModel):
    """``code`` and ``params`` make the sentence in the reader's language; ``text`` keeps it as first sent."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    text = models.TextField()
    language = models.CharField(max_length=10)
    url = models.CharField(max_length=300, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    # The same happening is told once, however often a job runs or a button is pressed.
    dedupe_key = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    emailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "dedupe_key"], name="notification_told_once")]
        indexes = [models.Index(fields=["user"], name="notification_unread", condition=models.Q(read_at=None))]

    def __str__(self) -> str:
        return self.text
