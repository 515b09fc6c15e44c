"""Invitations to have an account. The link's secret is stored as its SHA-256 only."""

from django.db import models

from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models.person import Person
from profiles.states import InvitationState


class Invitation(PublicIdModel):
    """One person asked to choose a login name and password. Single use, expiring."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="en")
    token_sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, default=InvitationState.SENT)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            state_check("state", InvitationState, "invitation_state_known"),
            models.UniqueConstraint(
                fields=["person"], name="invitation_one_open", condition=models.Q(state=InvitationState.SENT)
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
