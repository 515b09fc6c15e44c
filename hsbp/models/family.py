"""What people say about a plan, a family's signature under one version of it, and the copies it was given."""

from django.db import models

from hsbp.models.plan import Plan, PlanRevision
from hsbp.states import CommentKind
from mbl.core.models import User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Person


class PlanComment(PublicIdModel):
    """A message in the plan's story, kept as typed. ``asks_family`` is staff's question to the family."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="comments")
    kind = models.CharField(max_length=10)
    asks_family = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [state_check("kind", CommentKind, "plan_comment_kind_known")]

    def __str__(self) -> str:
        return self.body[:80]


class FamilySignature(PublicIdModel):
    """A typed name under one version, in the language it was read in; or a paper one that staff recorded.

    ``signed_on`` is the day on the paper, or the district's day of signing.
    """

    revision = models.ForeignKey(PlanRevision, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    typed_name = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    signed_on = models.DateField()
    on_paper = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["revision", "signer"], name="plan_signed_once")]

    def __str__(self) -> str:
        return f"{self.typed_name}: {self.revision}"


class FamilyCopy(PublicIdModel):
    """One version was made into a document in one language, for the student and the family (R61)."""

    revision = models.ForeignKey(PlanRevision, on_delete=models.PROTECT, related_name="copies")
    language = models.CharField(max_length=10)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["revision", "language"], name="plan_copy_once_a_language")]

    def __str__(self) -> str:
        return f"{self.revision}: {self.language}"
