"""Take the audit log out of the building."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mbl.core import audit, jobs
from mbl.core.imports.writing import content_hash
from mbl.core.models import Job, User
from profiles.access import AuditScope
from profiles.queries.audit_log import Narrowed
from profiles.verbs import AuditExported

EXPORT = "profiles.audit_export"


@transaction.atomic
def export_audit_log(scope: AuditScope, narrowed: Narrowed, *, sentence: str, actor: User) -> Job:
    """Have the narrowed log written to a file for ``actor``; ``sentence`` tells the record what it is narrowed to."""
    params = {"narrowed": narrowed.as_json()}
    job = jobs.enqueue(
        EXPORT,
        owner=actor,
        district=scope.district,
        label=_("Audit log"),
        params=params,
        dedupe_key=f"{EXPORT}:{actor.pk}:{scope.district.pk}:{content_hash(params)}",
    )
    audit.record(AuditExported(narrowed=sentence), actor=actor, district=scope.district, target=scope.district)
    return job
