"""The audit log, metrics, and the API's own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mbl.core.models import Job
from mbl.core.states import JobState
from profiles.actions.audit_log import EXPORT
from tests.access.matrix import Row
from tests.personas import Personas


def an_export_of_the_administrator(personas: Personas) -> Mapping[str, Any]:
    """Its file is gone, which only its owner is told."""
    job = Job.objects.create(
        kind=EXPORT,
        label="Audit log",
        owner=personas.administrator.user,
        district=personas.district,
        state=JobState.DONE,
    )
    return {"public_id": job.public_id}


READERS = {"principal": 200, "administrator": 200, "other_district_administrator": 200}


def the_student(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": personas.student.student.public_id}


STRANGERS = {"other_district_administrator": 404, "other_district_student": 404, "anonymous": 401}

ROWS = [
    Row("profiles:audit", others=403, also=READERS),
    Row("profiles:audit-export", method="POST", others=403, also=dict.fromkeys(READERS, 302)),
    Row("profiles:audit-file", an_export_of_the_administrator, others=404, administrator=400),
    # The test client asks from this machine.
    Row("core:metrics", others=200, anonymous=200),
    Row("api:reference", others=200),
    Row("api:schema", others=200, anonymous=401),
    Row("api:courses", others=200, anonymous=401),
    Row("api:student-ledger", the_student, others=200, teacher=403, also=STRANGERS),
    Row("api:student-progress", the_student, others=200, teacher=403, also=STRANGERS),
    Row(
        "api:awards",
        query="?since=2026-01-01",
        others=403,
        administrator=200,
        other_district_administrator=200,
        anonymous=401,
    ),
    Row("api:unknown", lambda personas: {"rest": "people/"}, others=404, anonymous=401),
]
