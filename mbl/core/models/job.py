"""Long work. The row is the truth; the broker only rings the bell."""

from django.db import models

from mbl.core.models.base import PublicIdModel, state_check
from mbl.core.models.tenant import District, User
from mbl.core.states import JobState


class Job(PublicIdModel):
    """One piece of work for one owner, claimed by a conditional update, with lease, heartbeat and fencing number."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="jobs")
    kind = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # A sentence for its owner when it stopped, and where the result is when it is done.
    problem = models.TextField(blank=True)
    result_url = models.CharField(max_length=300, blank=True)
    # Same key while waiting or running: the same job (a second click, two tabs).
    dedupe_key = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    # Raised by every claim; a worker that lost its lease holds an old number and can write nothing more.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            state_check("state", JobState, "job_state_known"),
            models.UniqueConstraint(
                fields=["dedupe_key"],
                name="job_one_open_per_key",
                condition=~models.Q(dedupe_key="") & models.Q(state__in=["waiting", "running"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], name="job_open_lease", condition=models.Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["owner", "-created_at"], name="job_owner_recent"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        return self.state in {JobState.WAITING, JobState.RUNNING}
