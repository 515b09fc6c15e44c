"""A student asks for credit in a course by showing mastery of named standards."""

from django.db import models

from crediting.models.scale import Scale
from crediting.models.standards import Standard
from crediting.states import Moderated, NoteKind, RequestState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Course, Person, School, Student


class CreditRequest(PublicIdModel):
    """``method`` and ``subtype`` are the student's choice (R15). ``attempt`` rises with each sending."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="credit_requests")
    # The school that will grant the credit, as of the request.
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="credit_requests")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="credit_requests")
    title = models.CharField(max_length=200)
    method = models.CharField(max_length=40)
    subtype = models.CharField(max_length=40, blank=True)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, default="either")
    plan = models.TextField(blank=True)
    state = models.CharField(max_length=12, default=RequestState.DRAFT)
    attempt = models.PositiveSmallIntegerField(default=1)
    assessor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="requests_to_assess")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    # A state assessment's result where that is the method: {"instrument", "level", "score", "taken_on"}.
    result = models.JSONField(default=dict, blank=True)
    # What the student chose or wrote where the policy leaves it to them: how much, which mark, which language.
    credits_wanted = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    mark_wanted = models.CharField(max_length=5, blank=True, db_default="")
    # The day on which the mark was chosen; a policy may set a last one.
    mark_chosen_on = models.DateField(null=True)
    language = models.CharField(max_length=40, blank=True, db_default="")
    self_evaluation = models.TextField(blank=True, db_default="")
    # How its second readings stand in this attempt; they are rows of their own (``models.moderation``).
    moderated = models.CharField(max_length=10, blank=True, default=Moderated.NOT, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    # When it last came to wait for somebody else; the queue's order.
    waiting_since = models.DateTimeField(null=True)
    # The district-local day on which the last required element was shown (R10a); set when it is first sent.
    demonstrated_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    # The first instant that is too late to decide it (R21), and the arithmetic of that day as a reason's JSON.
    decide_by = models.DateTimeField(null=True)
    decide_by_reason = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))

    class Meta:
        ordering = ["waiting_since", "pk"]
        constraints = [
            state_check("state", RequestState, "request_state_known"),
            state_check("moderated", Moderated, "request_moderated_known"),
            # One open request for a course at a time: a double click or a second tab finds the first.
            models.UniqueConstraint(
                fields=["student", "course"],
                name="request_one_open_per_course",
                condition=models.Q(state__in=["draft", "submitted", "returned", "assessed"]),
            ),
        ]
        indexes = [
            models.Index(fields=["assessor", "state", "waiting_since"], name="request_queue"),
            models.Index(fields=["school", "state", "waiting_since"], name="request_decisions"),
            models.Index(fields=["student", "-created_at"], name="request_by_student"),
            models.Index(fields=["district", "state"], name="request_by_state"),
            # The overdue queue: few requests have a day, and fewer are late.
            models.Index(
                fields=["school", "decide_by"],
                name="request_overdue",
                condition=models.Q(decide_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RequestStandard(models.Model):
    """A standard the request claims."""

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="claims")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["request", "standard"], name="request_standard_once")]

    def __str__(self) -> str:
        return str(self.standard)


class RequestNote(models.Model):
    """Words in the story of a request: why it was returned, what the student answered. Never edited."""

    request = models.ForeignKey(CreditRequest, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=10)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [state_check("kind", NoteKind, "note_kind_known")]

    def __str__(self) -> str:
        return self.body[:80]
