"""An award whose ground may have gone: what had to go on holding no longer does, and a person looks at it."""

from django.db import models

from crediting.models.decision import Decision
from crediting.states import AwardReviewState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import School, Student


class AwardReview(PublicIdModel):
    """One finding of the daily look. ``reasons`` as JSON: what no longer holds. ``revokes``: the policy takes the
    credit back; otherwise it asks for a second look."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    reasons = models.JSONField()
    revokes = models.BooleanField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=AwardReviewState.OPEN)
    # Why it was kept, or reversed.
    answer = models.TextField(blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            state_check("state", AwardReviewState, "award_review_state_known"),
            # Two looks at once find a thing once.
            models.UniqueConstraint(
                fields=["decision"],
                name="award_review_open_once",
                condition=models.Q(state=AwardReviewState.OPEN),
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "found_at"], name="award_review_by_school")]

    def __str__(self) -> str:
        return str(self.decision)
