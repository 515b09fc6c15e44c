"""Credit that results on file would earn without anybody's asking, listed for a person to confirm."""

from django.db import models

from crediting.models.decision import Decision
from crediting.models.policy import PolicyVersion
from crediting.states import AwardChoice, AwardProposalState
from mbl.core import clock
from mbl.core.models import District, User
from mbl.core.models.base import PublicIdModel, state_check
from profiles.models import Course, School, Student


class ProposalRun(PublicIdModel):
    """One look through the results of a district, or of one of its schools. Nobody asked: it ran by the clock."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    students = models.PositiveIntegerField(default=0)
    listed = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-began_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.school or self.district} {self.began_at:%Y-%m-%d}"


class AwardProposal(PublicIdModel):
    """One award that could be made to one student. It is decided anew when a person confirms it.

    ``duty`` holds the statute's citation where a statute demands the award (R26): then ``course`` may be left for the
    decider to choose, and it cannot be dismissed. ``evidence`` is the result a duty rests on. ``credits`` and ``mark``
    are what the policy said when it was listed, and ``facts_hash`` what it looked at then.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(ProposalRun, on_delete=models.PROTECT, related_name="award_proposals")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="award_proposals")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=40)
    method = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=20)
    language = models.CharField(max_length=40, blank=True)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    rule_code = models.CharField(max_length=60, blank=True)
    demonstrated_on = models.DateField()
    credits = models.DecimalField(max_digits=6, decimal_places=3)
    mark = models.CharField(max_length=5, blank=True)
    facts_hash = models.CharField(max_length=64)
    duty = models.CharField(max_length=100, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    # What is the student's to choose, and until when; then what they chose, on which day, and who says so.
    choice = models.CharField(max_length=10, blank=True)
    choose_by = models.DateField(null=True)
    chosen_mark = models.CharField(max_length=5, blank=True)
    chosen_credits = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    chosen_on = models.DateField(null=True)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, default=AwardProposalState.OPEN)
    # Why it was dismissed, or could not be confirmed.
    reason = models.TextField(blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, null=True, related_name="award_proposal")

    class Meta:
        # Duties first: a blank citation sorts before any other.
        ordering = ["-duty", "student__person__sort_name", "pk"]
        constraints = [
            state_check("state", AwardProposalState, "award_proposal_state_known"),
            models.CheckConstraint(
                condition=models.Q(choice="") | models.Q(choice__in=list(AwardChoice)),
                name="award_proposal_choice_known",
            ),
            models.CheckConstraint(
                condition=models.Q(duty="")
                | ~models.Q(state__in=[AwardProposalState.DISMISSED, AwardProposalState.DECLINED]),
                name="award_proposal_duty_not_dismissed",
            ),
            models.CheckConstraint(
                condition=models.Q(duty="", course__isnull=False) | ~models.Q(duty="") & ~models.Q(evidence=""),
                name="award_proposal_names_course_or_duty",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AwardProposalState.CONFIRMED) | models.Q(decision__isnull=False),
                name="award_proposal_confirmed_by_decision",
            ),
            # Two runs at once list a thing once.
            models.UniqueConstraint(
                fields=["student", "course"],
                name="award_proposal_open_once",
                condition=models.Q(state=AwardProposalState.OPEN, duty=""),
            ),
            models.UniqueConstraint(
                fields=["student", "evidence"],
                name="award_proposal_duty_open_once",
                condition=models.Q(state=AwardProposalState.OPEN) & ~models.Q(duty=""),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "state", "-duty"], name="award_proposal_by_school"),
            models.Index(fields=["district", "state"], name="award_proposal_by_district"),
        ]

    def __str__(self) -> str:
        return f"{self.student}: {self.course or self.subject}"

    @property
    def is_owed(self) -> bool:
        return bool(self.duty)

    @property
    def is_chosen(self) -> bool:
        return self.chosen_by_id is not None

    @property
    def default_mark(self) -> str:
        """The mark that stands where the student chooses none."""
        return self.mark if self.choice == AwardChoice.MARK else ""

    @property
    def waits_for_student(self) -> bool:
        """Whether the student has to choose before anybody can confirm it. Where the policy says which mark stands
        otherwise, it waits until the last day to choose, and not at all where there is none."""
        if not self.choice or self.is_chosen:
            return False
        return not self.default_mark or (self.choose_by is not None and not self.is_past_choosing)

    @property
    def is_past_choosing(self) -> bool:
        return self.choose_by is not None and clock.today(self.district) > self.choose_by
