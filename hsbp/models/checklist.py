"""What staff record toward the plan's checklist (H1-H27), the yearly update, and the human decisions at the end."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hsbp.models.plan import Plan, PlanRevision
from hsbp.states import Pathway, Requirement
from mbl.core.models import User
from mbl.core.models.base import PublicIdModel, state_check


class ChecklistRecord(PublicIdModel):
    """Evidence for one item: what was done, when, in which language, recorded by whom."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="records")
    item = models.CharField(max_length=8)
    done_on = models.DateField()
    note = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["item", "done_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "item", "done_on"], name="checklist_record_once")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.item}"


class AnnualUpdate(PublicIdModel):
    """One dated update a school year with staff taking part (R59); the grade 10 one names assessment results."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="updates")
    revision = models.ForeignKey(PlanRevision, on_delete=models.PROTECT, null=True, related_name="+")
    school_year = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=2)
    updated_on = models.DateField()
    results_reviewed = models.TextField(blank=True)
    note = models.TextField(blank=True)
    staff = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["school_year"]
        constraints = [models.UniqueConstraint(fields=["plan", "school_year"], name="plan_update_once_a_year")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.school_year}"


class RequirementDecision(PublicIdModel):
    """Whether the plan meets the requirement: a person's decision, never the system's (R65, RCW 28A.230.212(7))."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="requirement_decisions")
    verdict = models.CharField(max_length=8)
    reason = models.TextField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [state_check("verdict", Requirement, "hsbp_requirement_known")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.verdict}"


class PathwayDecision(PublicIdModel):
    """Whether a graduation pathway is completed: a person's decision of its own (R55, WAC 180-51-230).

    It may rest on what mastery credit rests on as well. ``rests_on`` holds it by the keys under which a decision on
    credit keeps what it used up (``evidence_used`` of its basis), ``words`` how it was called that day. The newest row
    of a pathway stands; a row is never changed.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="pathway_decisions")
    pathway = models.CharField(max_length=20)
    verdict = models.CharField(max_length=8)
    rests_on = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    words = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    reason = models.TextField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            state_check("pathway", Pathway, "pathway_decision_pathway_known"),
            state_check("verdict", Requirement, "pathway_decision_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.pathway} {self.verdict}"
