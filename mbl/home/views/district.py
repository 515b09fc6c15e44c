"""The home of whoever runs a district or a school: what stands where, and what broke."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mbl.core import clock
from mbl.core.models import District, User
from mbl.core.states import ImportState
from mbl.core.ui.tables import Column, Columns
from mbl.home.lines import Line, LineRow
from mbl.home.queries import district as queries
from mbl.home.queries.district import SchoolToday
from profiles.access import people_manageable_by
from profiles.queries.people import people_to_look_at

FIRST = 5
COLUMNS = Columns(
    Column("school", gettext_lazy("School"), kind="header"),
    Column("with_teachers", gettext_lazy("Requests with teachers"), kind="number"),
    Column("to_decide", gettext_lazy("Requests to decide"), kind="number"),
    Column("plans", gettext_lazy("Plans with counselors"), kind="number"),
    Column("long", gettext_lazy("Waiting over 14 days"), kind="number"),
    Column("longest", gettext_lazy("Longest wait"), kind="number"),
)


def sentence(schools: Sequence[SchoolToday]) -> str:
    """The answer before the table."""
    requests, plans = sum(one.requests for one in schools), sum(one.plans for one in schools)
    if not requests and not plans:
        return _("No request for credit and no plan is waiting for anybody.")
    parts = [
        ngettext("%(count)d request for credit is open.", "%(count)d requests for credit are open.", requests)
        % {"count": requests},
        ngettext("%(count)d plan waits for a counselor.", "%(count)d plans wait for counselors.", plans)
        % {"count": plans},
    ]
    if late := sum(one.long for one in schools):
        parts.append(
            ngettext(
                "%(count)d of all these has waited for more than 14 days.",
                "%(count)d of all these have waited for more than 14 days.",
                late,
            )
            % {"count": late}
        )
    return " ".join(parts)


def lines(user: User, districts: Sequence[District], on: dt.date) -> list[Line]:
    """What an administrator asks on opening the day, and nothing that needs no look."""
    found = [_policies(districts, on), _equity(districts), _imports(districts), _people(user, on)]
    jobs = _jobs(user, districts)
    return [jobs, *found] if jobs.waiting else [*found, jobs]


def _policies(districts: Sequence[District], on: dt.date) -> Line:
    found = queries.policies_in_force(districts, on)
    if not found.count:
        text = _("No crediting policy is in force, so no credit can be awarded by mastery.")
    else:
        text = ngettext("%(count)d policy is in force.", "%(count)d policies are in force.", found.count) % {
            "count": found.count
        }
        if found.ends is not None and found.ends_on is not None:
            ends = _("The first to end is %(policy)s, on %(day)s.") % {
                "policy": found.ends.series.code,
                "day": date_format(found.ends_on, "DATE_FORMAT"),
            }
            text = f"{text} {ends}"
        else:
            text = f"{text} {_('None has an end.')}"
    return Line(_("Crediting policy"), text, _("Open the policies"), reverse("crediting:policies"), "scale")


def _equity(districts: Sequence[District]) -> Line:
    snapshot = queries.last_snapshot(districts)
    if snapshot is None:
        text = _("Nobody has counted yet who receives mastery credit.")
    else:
        year = snapshot.school_year
        text = _("Last counted on %(day)s, for %(year)s.") % {
            "day": _day(snapshot.taken_at, snapshot.district),
            "year": f"{year - 1}–{year % 100:02}",
        }
    return Line(_("Who receives credit"), text, _("Open the equity report"), reverse("equity:report"), "chart-bar")


def _imports(districts: Sequence[District]) -> Line:
    last = queries.last_import(districts)
    if last is None:
        url = reverse("profiles:import-new")
        return Line(_("Imports"), _("Nothing was imported yet."), _("Bring a file"), url, "upload")
    values = {
        "file": last.file_name,
        "day": date_format(timezone.localtime(last.started_at), "DATE_FORMAT"),
        "rows": sum(last.rejected.values()),
    }
    if last.state == ImportState.REFUSED:
        text = _("The last import, %(file)s on %(day)s, was stopped. Nothing was changed.") % values
    elif values["rows"]:
        text = _("The last import, %(file)s on %(day)s, left out %(rows)d rows.") % values
    else:
        text = _("The last import, %(file)s on %(day)s, took every row.") % values
    url = reverse("profiles:import-run", args=[last.public_id])
    return Line(_("Imports"), text, _("Open the run"), url, "upload")


def _people(user: User, on: dt.date) -> Line:
    """Staff who cannot come in, and invitations that nobody took up."""
    without, expired = people_to_look_at(people_manageable_by(user), on=on)
    parts = [
        ngettext(
            "%(count)d person with a role has no account.", "%(count)d people with a role have no account.", without
        )
        % {"count": without}
    ]
    if expired:
        parts.append(
            ngettext("%(count)d invitation ended unused.", "%(count)d invitations ended unused.", expired)
            % {"count": expired}
        )
    return Line(_("People and access"), " ".join(parts), _("Open the list"), reverse("profiles:people"), "key")


def _jobs(user: User, districts: Sequence[District]) -> Line:
    stopped = queries.stopped_jobs(districts, most=FIRST + 1)
    if stopped:
        text = _("These stopped in the last 30 days. Whoever asked for one can start it again.")
    else:
        text = _("No job stopped in the last 30 days.")
    rows = [
        LineRow(
            job.label,
            job.problem,
            _day(job.finished_at or job.created_at, job.district),
            reverse("core:job", args=[job.public_id]) if job.owner_id == user.pk else "",
        )
        for job in stopped[:FIRST]
    ]
    return Line(_("Jobs"), text, _("Open the audit log"), reverse("profiles:audit"), "history", len(rows), rows)


def _day(at: dt.datetime, district: District | None) -> str:
    return date_format(clock.day_of(at, district) if district else timezone.localtime(at).date(), "DATE_FORMAT")
