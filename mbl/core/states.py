"""States of core's own things."""

from enum import StrEnum

from mbl.core.transitions import table


class DistrictKind(StrEnum):
    DISTRICT = "district"
    CHARTER = "charter"
    TRIBAL_COMPACT = "tribal_compact"
    COLLEGE = "college"


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


JOB = table(
    JobState,
    claim=((JobState.WAITING, JobState.RUNNING), JobState.RUNNING),
    finish=(JobState.RUNNING, JobState.DONE),
    stop=((JobState.WAITING, JobState.RUNNING), JobState.STOPPED),
    retry=(JobState.STOPPED, JobState.WAITING),
)


class ImportState(StrEnum):
    CHECKED = "checked"
    APPLIED = "applied"
    REFUSED = "refused"
    UNDONE = "undone"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
