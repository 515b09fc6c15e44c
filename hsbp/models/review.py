"""A counselor's verdict on one version. Inserted once; an undo is a review of its own that names the first."""

from django.db import models

from hsbp.models.family import PlanComment
from hsbp.models.plan import PlanRevision
from hsbp.states import Verdict
from mbl.core.models import User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person


class PlanReview(PublicIdModel):
    """``comment`` is for the student and family to read; a return always has one."""

    revision = models.ForeignKey(PlanRevision, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10)
    comment = models.TextField(blank=True)
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="plan_reviews")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    # The open question that the comment answered, so that an undo opens it again.
    answers = models.ForeignKey(PlanComment, on_delete=models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        ordering = ["reviewed_at", "pk"]
        constraints = [
            state_check("verdict", Verdict, "plan_review_verdict_known"),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.UNDONE, undoes__isnull=False)
                | ~models.Q(verdict=Verdict.UNDONE) & models.Q(undoes=None),
                name="plan_review_undo_names_its_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.verdict}"
