"""The audit log as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from mbl.core import audit
from mbl.core.tabular import Cell
from profiles.access import AuditScope
from profiles.queries import audit_log
from profiles.queries.audit_log import Narrowed, reason_of


def header() -> list[str]:
    return [
        _("When"),
        _("Who"),
        _("Acting for"),
        _("What"),
        _("Why"),
        _("Student"),
        _("About"),
        _("Code"),
        _("Reference"),
    ]


def rows(scope: AuditScope, narrowed: Narrowed, tell: Callable[[int], None]) -> Iterator[list[Cell]]:
    """One row an event, newest first, times in the district's own. ``tell`` hears how many there are so far."""
    zone = ZoneInfo(scope.district.timezone)
    events = audit_log.all_events(scope, narrowed)
    done = 0
    while batch := list(islice(events, audit_log.BATCH)):
        names = audit_log.student_names(batch)
        for event in batch:
            yield [
                event.at.astimezone(zone).isoformat(sep=" ", timespec="seconds"),
                event.actor_label,
                event.acting_for,
                audit.sentence(event),
                reason_of(event),
                names.get(event.student_id, "") if event.student_id else "",
                event.target_label,
                event.verb,
                event.request_id,
            ]
        done += len(batch)
        tell(done)
