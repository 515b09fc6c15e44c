"""What somebody has typed and not sent yet. Nobody else ever sees it."""

from django.db import models

from mbl.core.models.tenant import User


class Draft(models.Model):
    """``key`` names the form (``request-new``, ``assess:<public id>``); ``data`` is its fields as typed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_one_per_form")]

    def __str__(self) -> str:
        return self.key
