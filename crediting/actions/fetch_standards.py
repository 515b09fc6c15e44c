"""Frameworks that are fetched from their publisher each day: remember an address, look there, take what is newer."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crediting.actions.import_standards import import_case
from crediting.interchange import case_fetch
from crediting.models import FrameworkSource
from crediting.verbs.catalog import SourceRemembered, SourceStopped
from mbl.core import audit
from mbl.core.errors import DomainError
from mbl.core.imports import ImportResult
from mbl.core.jobs import enqueue
from mbl.core.models import District, Job, User
from mbl.core.states import Severity

FETCH = "crediting.fetch_standards"


@transaction.atomic
def remember_source(district: District, *, address: str, actor: User | None) -> FrameworkSource:
    """Look at ``address`` each day from now on. ``DomainError`` where its host is not allowed."""
    address = address.strip()
    case_fetch.checked_address(address, settings.CASE_SOURCES)
    if len(address) > 500:
        raise DomainError(_("The address is longer than 500 characters."), field="address")
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    source, is_new = FrameworkSource.objects.get_or_create(district=district, address=address)
    if is_new or not source.is_active:
        source.is_active = True
        source.save(update_fields=["is_active"])
        audit.record(SourceRemembered(address=address), actor=actor, district=district, target=source)
    return source


@transaction.atomic
def stop_source(source: FrameworkSource, *, actor: User | None) -> FrameworkSource:
    """Look there no more. What was fetched stays."""
    rows = FrameworkSource.objects.select_for_update(no_key=True, of=("self",)).select_related("district")
    source = rows.get(pk=source.pk)
    if source.is_active:
        source.is_active = False
        source.save(update_fields=["is_active"])
        audit.record(SourceStopped(address=source.address), actor=actor, district=source.district, target=source)
    return source


def fetch_source(source: FrameworkSource, *, actor: User | None = None) -> ImportResult | None:
    """Take what is newer at the address: the import's result, or None where nothing is newer or nothing came.

    A run that the import refuses, such as one that would withdraw many standards, waits for a person: the source says
    why, and the same package is looked at again the next day.
    """
    source.checked_at, source.problem = timezone.now(), ""
    result = None
    try:
        fetched = case_fetch.fetch(source.address, hosts=settings.CASE_SOURCES, known=source.changed_at)
        if fetched is not None:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "fetched.json"
                path.write_bytes(fetched.content)
                result = import_case(path, district=source.district, actor=actor)
            if result.applied:
                source.changed_at = fetched.changed_at
            else:
                faults = [issue.message for issue in result.issues if issue.severity is Severity.ERROR]
                source.problem = (faults or [""])[0][:500]
    except DomainError as error:
        source.problem = str(error.message)[:500]
    source.save(update_fields=["checked_at", "problem", "changed_at"])
    return result


@transaction.atomic
def look_now(source: FrameworkSource, *, actor: User) -> Job:
    """Have an address looked at now, as a job; asked twice, it is one look."""
    return enqueue(
        FETCH,
        owner=actor,
        district=source.district,
        label=_("Fetching standards from %(address)s") % {"address": source.address},
        params={"source": str(source.public_id)},
        dedupe_key=f"fetch:{source.public_id}",
    )


def fetch_all() -> int:
    """Each source of every district, one after the other. Answers how many brought something."""
    if not settings.CASE_SOURCES:
        return 0
    sources = FrameworkSource.objects.filter(is_active=True).select_related("district")
    results = [fetch_source(source) for source in sources]
    return sum(1 for result in results if result is not None and result.changes)
