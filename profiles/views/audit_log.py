"""Who did what, when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mbl.core import audit, exports
from mbl.core.errors import DomainError
from mbl.core.files import serve
from mbl.core.http import AuthenticatedRequest, go, page
from mbl.core.models import AuditEvent, Job
from mbl.core.states import JobState
from mbl.core.ui.parts import Empty, Link
from mbl.core.ui.tables import Column, Columns
from profiles import access
from profiles.access import AuditScope
from profiles.actions.audit_log import EXPORT, export_audit_log
from profiles.forms.audit_log import AuditFilter
from profiles.queries import audit_log as queries
from profiles.queries.audit_log import Narrowed

COLUMNS = Columns(
    Column("what", gettext_lazy("Who did what, and why"), kind="header"),
    Column("when", gettext_lazy("When")),
    Column("student", gettext_lazy("Student")),
)
FIELDS = ("who", "student", "what", "first_day", "last_day")


@dataclass(frozen=True)
class Row:
    """One event as the page prints it."""

    event: AuditEvent
    sentence: str
    reason: str
    student: str


@require_safe
def audit_log(request: AuthenticatedRequest) -> HttpResponse:
    """``/audit/``: newest first, for administrators their district, for principals their school."""
    scope = access.get_audit_scope(request.user, request.GET.get("district", ""))
    form = _filter(request.GET, scope)
    shown = queries.page(
        scope,
        form.narrowed if form.is_valid() else Narrowed(actors=()),
        before=_anchor(request, "before"),
        after=_anchor(request, "after"),
    )
    names = queries.student_names(shown.events)
    context = {
        "columns": COLUMNS,
        "rows": [_row(event, names) for event in shown.events],
        "form": form,
        "is_narrowed": any(request.GET.get(name) for name in FIELDS),
        "district": scope.district,
        "lede": _lede(scope),
        "older": _address(request, "before", shown.events[-1]) if shown.events and shown.has_older else "",
        "newer": _address(request, "after", shown.events[0]) if shown.events and shown.has_newer else "",
        "empty": Empty(
            _("Nothing is recorded here"),
            _("No event fits what you look for."),
            Link(_("Show everything"), f"?district={scope.district.code}"),
            icon="history",
        ),
    }
    return page(request, "profiles/audit_log.html", context, partial="list")


@require_POST
def audit_export(request: AuthenticatedRequest) -> HttpResponse:
    """Have what the page shows, all of it, written to a file."""
    scope = access.get_audit_scope(request.user, request.POST.get("district", ""))
    form = _filter(request.POST, scope)
    if not form.is_valid():
        raise DomainError(" ".join(str(one) for field in form.errors.values() for one in field))
    job = export_audit_log(scope, form.narrowed, sentence=form.sentence, actor=request.user)
    return go(request, reverse("core:job", args=[job.public_id]))


@require_safe
def audit_file(request: AuthenticatedRequest, public_id: UUID) -> HttpResponseBase:
    """The file of a finished export, for the person who asked for it and who still reads the log."""
    job = get_object_or_404(Job, public_id=public_id, owner=request.user, kind=EXPORT, state=JobState.DONE)
    assert job.district is not None
    scope = access.get_audit_scope(request.user, job.district.code)
    return serve(exports.opened(job), f"audit-{scope.district.code}.csv", "text/csv", inline=False)


def _row(event: AuditEvent, names: dict[UUID, str]) -> Row:
    student = names.get(event.student_id, "") if event.student_id else ""
    return Row(event, audit.sentence(event), queries.reason_of(event), student)


def _filter(data: Any, scope: AuditScope) -> AuditFilter:
    return AuditFilter({name: data.get(name, "") for name in FIELDS}, scope=scope)


def _anchor(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _address(request: HttpRequest, name: str, event: AuditEvent) -> str:
    kept = request.GET.copy()
    for anchor in ("before", "after"):
        kept.pop(anchor, None)
    kept[name] = str(event.public_id)
    return f"?{kept.urlencode()}"


def _lede(scope: AuditScope) -> str:
    if scope.schools:
        return _("What was done with your school’s students and by its staff, newest first. Nobody can change it.")
    return _("What was done in %(district)s, newest first. Nobody can change it.") % {"district": scope.district}
