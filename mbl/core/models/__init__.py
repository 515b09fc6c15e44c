from mbl.core.models.audit import AuditEvent
from mbl.core.models.draft import Draft
from mbl.core.models.imports import ImportChange, ImportIssue, ImportMapping, ImportRun
from mbl.core.models.job import Job
from mbl.core.models.notification import Notification
from mbl.core.models.tenant import District, User

__all__ = [
    "AuditEvent",
    "District",
    "Draft",
    "ImportChange",
    "ImportIssue",
    "ImportMapping",
    "ImportRun",
    "Job",
    "Notification",
    "User",
]
