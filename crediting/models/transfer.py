"""Credit from another school: the transcript as it came, line by line, and what was decided about each line."""

from django.db import models
from django.db.models import Q

from crediting.models.ledger import LedgerEntry
from crediting.models.policy import PolicyVersion
from crediting.states import GivenUnit, Recognition, Sending, TransferState
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Course, Person, School, Student


class TransferTranscript(PublicIdModel):
    """A transcript of another school that somebody typed, or the imported history of one."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="transfer_transcripts")
    # Our school: where it is decided, and whose roles answer an appeal.
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    from_school = models.CharField(max_length=200)
    # A state of the USA, or a country.
    from_place = models.CharField(max_length=60, blank=True)
    sending = models.CharField(max_length=20)
    document = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [state_check("sending", Sending, "transfer_sending_known")]

    def __str__(self) -> str:
        return self.from_school


class TransferLine(PublicIdModel):
    """One line as the other school wrote it; these facts stay as they were typed. ``given_`` numbers are in ``unit``.

    ``history_entry`` is the line of our record that an import wrote for the same course: deciding replaces it, so that
    nothing counts twice. ``fingerprint`` tells the same line typed again.
    """

    transcript = models.ForeignKey(TransferTranscript, on_delete=models.PROTECT, related_name="lines")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="transfer_lines", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    course_title = models.CharField(max_length=200)
    course_code = models.CharField(max_length=30, blank=True)
    school_year = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    grade = models.CharField(max_length=2, blank=True)
    unit = models.CharField(max_length=20)
    given_attempted = models.DecimalField(max_digits=9, decimal_places=3)
    given_earned = models.DecimalField(max_digits=9, decimal_places=3)
    mark = models.CharField(max_length=20, blank=True)
    is_mastery = models.BooleanField(default=False)
    attended = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    of_days = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    history_entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, null=True, related_name="transfer_line")
    fingerprint = models.CharField(max_length=32)
    state = models.CharField(max_length=12, default=TransferState.WAITING)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["transcript", "position", "pk"]
        constraints = [
            state_check("unit", GivenUnit, "transfer_unit_known"),
            state_check("state", TransferState, "transfer_state_known"),
            models.UniqueConstraint(
                fields=["student", "fingerprint"], condition=~Q(state="withdrawn"), name="transfer_line_once"
            ),
            models.CheckConstraint(
                condition=Q(given_earned__gte=0, given_attempted__gte=models.F("given_earned")),
                name="transfer_earned_within_attempted",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="transfer_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["school", "state"], name="transfer_line_by_state")]

    def __str__(self) -> str:
        return f"{self.course_title}, {self.transcript}"


class TransferDecision(PublicIdModel):
    """What somebody decided about a line, inserted once. A later one names the one it ``replaces``.

    ``frozen_basis`` holds the terms, every criterion and the arithmetic as shown then; ``exact`` what the line converts
    to, as a fraction, so that parts are summed without loss.
    """

    line = models.ForeignKey(TransferLine, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=40)
    credits = models.DecimalField(max_digits=6, decimal_places=3)
    attempted = models.DecimalField(max_digits=6, decimal_places=3)
    exact = models.CharField(max_length=60)
    mark = models.CharField(max_length=5, blank=True)
    reason = models.TextField()
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    frozen_basis = models.JSONField()
    # The policy asks somebody else to confirm it.
    second = models.BooleanField(default=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            state_check("kind", Recognition, "transfer_decision_kind_known"),
            models.UniqueConstraint(fields=["line", "replaces"], name="transfer_decided_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(kind="refused", credits=0) | ~Q(kind="refused") & Q(credits__gte=0),
                name="transfer_refused_gives_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.line}"


class TransferConfirmation(PublicIdModel):
    """The second person's answer to a decision: confirmed, or sent back with a reason."""

    decision = models.OneToOneField(TransferDecision, on_delete=models.PROTECT, related_name="confirmation")
    confirmed = models.BooleanField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.decision)


class TransferPosting(models.Model):
    """Which decisions a line of the record stands for: several where parts of one course were consolidated."""

    decision = models.ForeignKey(TransferDecision, on_delete=models.PROTECT, related_name="postings")
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="transfer_postings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "entry"], name="transfer_posting_once")]

    def __str__(self) -> str:
        return f"{self.decision} → {self.entry}"


class ConsolidatedPart(models.Model):
    """Work that a student left unfinished at their own school, in a line that was put together (RCW 28A.320.192(3)).

    ``part`` is the row as it was, taken back; ``exact`` what was completed of it, as a fraction of a credit. Where the
    row gave no credit, ``attended`` of ``of_days`` says how much of the term that was.
    """

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="consolidated_parts")
    part = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="+")
    exact = models.CharField(max_length=60)
    attended = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    of_days = models.DecimalField(max_digits=6, decimal_places=1, null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "part"], name="consolidated_part_once")]

    def __str__(self) -> str:
        return f"{self.part} → {self.entry}"


class WaiverAnswer(PublicIdModel):
    """What was answered to the duty to waive a required course where similar work was done elsewhere, inserted once.

    A refusal names a justification (``reason``) and another way to graduate in time (``alternative``). A later answer
    about the same requirement names the one it ``replaces``.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="waiver_answers")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    requirement = models.CharField(max_length=200)
    similar_work = models.TextField()
    waived = models.BooleanField()
    reason = models.TextField()
    alternative = models.TextField(blank=True)
    # The law as it was named then.
    citation = models.CharField(max_length=100)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering = ["-answered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(waived=True, alternative="") | Q(waived=False) & ~Q(alternative=""),
                name="waiver_refused_with_another_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.student}"
