"""What matters to whoever runs a district or a school: one trip for each question, whatever the number of schools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from crediting.models import CreditRequest, PolicyVersion
from crediting.queries.policy import last_day
from crediting.queries.queue import days_between
from crediting.states import PolicyState, RequestState
from equity.models import EquitySnapshot
from hsbp.models import Plan
from mbl.core import clock
from mbl.core.models import District, ImportRun, Job
from mbl.core.states import ImportState, JobState
from profiles.models import School

# A wait is long after so many days. No rule says so: it is where somebody should ask why.
LONG = 14
# A job that stopped longer ago than this is no news.
RECENT = dt.timedelta(days=30)


@dataclass(frozen=True)
class SchoolToday:
    """One school: requests with teachers and with deciders, plans with counselors, and how many wait long."""

    name: str
    with_teachers: int
    to_decide: int
    requests_long: int
    plans: int
    plans_long: int
    longest: int

    @property
    def requests(self) -> int:
        return self.with_teachers + self.to_decide

    @property
    def long(self) -> int:
        return self.requests_long + self.plans_long


@dataclass(frozen=True)
class Policies:
    """Policies in force: how many, and the first to end."""

    count: int
    ends: PolicyVersion | None
    ends_on: dt.date | None


def schools_today(schools: QuerySet[School]) -> list[SchoolToday]:
    """Each school with its waits, by name: three trips."""
    since = clock.now() - dt.timedelta(days=LONG)
    long = Count("pk", filter=Q(waiting_since__lt=since))
    inside = schools.order_by()
    requests = (
        CreditRequest.objects.filter(school__in=inside, state__in=[RequestState.SUBMITTED, RequestState.ASSESSED])
        .order_by()
        .values_list("school")
        .annotate(
            with_teachers=Count("pk", filter=Q(state=RequestState.SUBMITTED)),
            to_decide=Count("pk", filter=Q(state=RequestState.ASSESSED)),
            long=long,
            oldest=Min("waiting_since"),
        )
    )
    plans = (
        Plan.objects.filter(student__school__in=inside, waiting_since__isnull=False)
        .order_by()
        .values_list("student__school")
        .annotate(number=Count("pk"), long=long, oldest=Min("waiting_since"))
    )
    asked = {school: tuple(counts) for school, *counts in requests}
    planned = {school: tuple(counts) for school, *counts in plans}
    return [
        _today(school, asked.get(school.pk, (0, 0, 0, None)), planned.get(school.pk, (0, 0, None)))
        for school in schools.filter(is_active=True).select_related("district")
    ]


def _today(school: School, asked: tuple[Any, ...], planned: tuple[Any, ...]) -> SchoolToday:
    with_teachers, to_decide, requests_long, first = asked
    plans, plans_long, second = planned
    oldest = min((at for at in (first, second) if at), default=None)
    longest = days_between(oldest, school.district.timezone) if oldest else 0
    return SchoolToday(school.name, with_teachers, to_decide, requests_long, plans, plans_long, longest)


def policies_in_force(districts: Collection[District], on: dt.date) -> Policies:
    """One trip."""
    versions = list(
        PolicyVersion.objects.filter(
            series__district__in=districts, state=PolicyState.PUBLISHED, effective__contains=on
        ).select_related("series")
    )
    ending = [(end, version.pk, version) for version in versions if (end := last_day(version)) is not None]
    end, _pk, version = min(ending, default=(None, 0, None))
    return Policies(len({version.series_id for version in versions}), version, end)


def last_import(districts: Collection[District]) -> ImportRun | None:
    """The newest run that was applied or refused; looking without writing is not one."""
    return ImportRun.objects.filter(district__in=districts).exclude(state=ImportState.CHECKED).first()


def last_snapshot(districts: Collection[District]) -> EquitySnapshot | None:
    """The newest count of who receives credit."""
    snapshots = EquitySnapshot.objects.filter(district__in=districts).select_related("district")
    return snapshots.defer("facts", "hidden").order_by("-taken_at", "-pk").first()


def stopped_jobs(districts: Collection[District], *, most: int) -> list[Job]:
    """Jobs of the districts that stopped in the last weeks, newest first; at most ``most``."""
    stopped = Job.objects.filter(
        district__in=districts, state=JobState.STOPPED, created_at__gte=clock.now() - RECENT
    ).select_related("owner", "district")
    return list(stopped[:most])
