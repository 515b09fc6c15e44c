"""What waits for a teacher to assess, and for whoever decides. Counts and rows come from the same requests."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, F, Min, OrderBy, OuterRef, Q, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce

from crediting import access
from crediting.models import CreditRequest, PolicyCourse, RequestStandard
from crediting.states import RequestState
from mbl.core import clock
from mbl.core.models import User
from profiles.models import Course
from profiles.rules.names import fold

# A queue of more rows than this is not counted on every page, but once in so many seconds.
LONG, COUNTED_AGAIN = 5_000, 30


class Show(StrEnum):
    """Saved views of a queue."""

    WAITING = "waiting"  # on me: to assess, or to decide
    WITH_STUDENT = "student"
    WITH_TEACHER = "teacher"
    TO_DECIDE = "decide"
    CLOSED = "closed"
    ALL = "all"


# While these last, the clock of a decision runs (R21); work that was returned is with the student.
AWAITS_DECISION = (RequestState.SUBMITTED, RequestState.ASSESSED)
_CLOSED = (
    RequestState.AWARDED,
    RequestState.GRANTED,
    RequestState.NOT_AWARDED,
    RequestState.REVERSED,
    RequestState.WITHDRAWN,
)
_TEACHERS = {
    Show.WAITING: (RequestState.SUBMITTED,),
    Show.WITH_STUDENT: (RequestState.RETURNED,),
    Show.TO_DECIDE: (RequestState.ASSESSED,),
    Show.CLOSED: _CLOSED,
}
_DECIDERS = {
    Show.WAITING: (RequestState.ASSESSED,),
    Show.WITH_TEACHER: (RequestState.SUBMITTED,),
    Show.WITH_STUDENT: (RequestState.RETURNED,),
    Show.CLOSED: _CLOSED,
}
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "wait": ("waiting_since", "pk"),
    "-wait": (F("waiting_since").desc(nulls_last=True), "-pk"),
    "student": ("student__person__sort_name", "pk"),
    "-student": ("-student__person__sort_name", "-pk"),
}
# What is closed waits no more: the newest first, or the oldest.
_CLOSED_ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "wait": (F("closed_at").desc(nulls_last=True), "-pk"),
    "-wait": (F("closed_at").asc(nulls_last=True), "pk"),
}


@dataclass(frozen=True)
class Tally:
    """How many requests stand in each state, and for how many days the longest of those waiting on me has waited."""

    by_state: Mapping[str, int]
    views: Mapping[Show, tuple[RequestState, ...]]
    longest: int = 0

    def count(self, show: Show) -> int:
        states = self.views.get(show)
        counted = self.by_state.values() if states is None else (self.by_state.get(state, 0) for state in states)
        return sum(counted)

    @property
    def waiting(self) -> int:
        return self.count(Show.WAITING)

    @property
    def total(self) -> int:
        return self.count(Show.ALL)


def tally(requests: QuerySet[CreditRequest], views: Mapping[Show, tuple[RequestState, ...]]) -> Tally:
    """One trip: the counts of every view and the longest wait, in the district's days.

    Of a long queue they are up to ``COUNTED_AGAIN`` seconds old: nobody counts thousands by hand, and counting them on
    every page would cost more than the page.
    """
    # Which requests, without the columns that a list reads of them: naming the queue costs no more than need be.
    which = str(requests.order_by().values("pk").query)
    key = f"queue:{hashlib.sha256(which.encode()).hexdigest()}"
    known = cache.get(key)
    if known is None:
        known = _counted(requests, views)
        if sum(known[0].values()) > LONG:
            cache.set(key, known, COUNTED_AGAIN)
    return Tally(known[0], views, known[1])


def _counted(
    requests: QuerySet[CreditRequest], views: Mapping[Show, tuple[RequestState, ...]]
) -> tuple[dict[str, int], int]:
    rows = (
        requests.select_related(None)
        .order_by()
        .values_list("state", "district__timezone")
        .annotate(number=Count("pk"), oldest=Min("waiting_since"))
    )
    by_state: dict[str, int] = {}
    longest = 0
    for state, zone, number, oldest in rows:
        by_state[state] = by_state.get(state, 0) + number
        if state in views[Show.WAITING] and oldest is not None:
            longest = max(longest, days_between(oldest, zone))
    return by_state, longest


def days_between(since: dt.datetime, zone: str) -> int:
    """Whole calendar days from ``since`` to now, where the clocks show ``zone``."""
    local = ZoneInfo(zone)
    return (clock.now().astimezone(local).date() - since.astimezone(local).date()).days


def teachers_tally(user: User) -> Tally:
    """Of what was sent to ``user`` to assess; read once a request, for the page and its menu."""
    return user.once("teachers' tally", lambda: tally(access.requests_to_assess(user), _TEACHERS))


def deciders_tally(user: User) -> Tally:
    """The same of what ``user`` decides."""
    return user.once("deciders' tally", lambda: tally(access.requests_at_schools_of(user), _DECIDERS))


def listed(
    requests: QuerySet[CreditRequest],
    tally: Tally,
    *,
    show: Show,
    text: str = "",
    course: Course | None = None,
    order: str = "wait",
) -> QuerySet[CreditRequest]:
    """The rows of one view, narrowed by name, title or course, with the number of standards each claims."""
    states = tally.views.get(show)
    if states is not None:
        requests = requests.filter(state__in=states)
    for word in text.split():
        requests = requests.filter(Q(student__person__search_text__contains=fold(word)) | Q(title__icontains=word))
    if course is not None:
        requests = requests.filter(course=course)
    orders = ORDERS | _CLOSED_ORDERS if show == Show.CLOSED else ORDERS
    claims = RequestStandard.objects.filter(request=OuterRef("pk")).order_by().values("request")
    return requests.annotate(
        standards=Coalesce(Subquery(claims.annotate(number=Count("pk")).values("number")), 0)
    ).order_by(*orders.get(order, orders["wait"]))


def overdue(requests: QuerySet[CreditRequest]) -> QuerySet[CreditRequest]:
    """Requests whose decision is late, the latest first (R21)."""
    return requests.filter(state__in=AWAITS_DECISION, decide_by__lte=clock.now()).order_by("decide_by", "pk")


def days_late(request: CreditRequest) -> int:
    """Whole days since the last day on which it was to be decided, in the district's days; 0 on the next morning."""
    assert request.decide_by is not None
    return days_between(request.decide_by, request.district.timezone)


# What a row of a queue prints; a page of them is read without the rest of nine tables.
PRINTED = (
    "public_id",
    "title",
    "method",
    "subtype",
    "state",
    "attempt",
    "waiting_since",
    "closed_at",
    "district__timezone",
    "student__grade",
    "student__person__display_name",
    "course__title",
)


def printed(requests: QuerySet[CreditRequest]) -> QuerySet[CreditRequest]:
    """Only the columns that the teacher's queue prints."""
    return requests.select_related(None).select_related("district", "student__person", "course").only(*PRINTED)


def courses_in(districts: Collection[int]) -> QuerySet[Course]:
    """The courses that credit can be asked for, to filter by; as many as policies name, not as requests there are."""
    eligible = PolicyCourse.objects.filter(district__in=districts).values("course")
    return Course.objects.filter(pk__in=eligible).order_by("title", "pk")


def days_waiting(request: CreditRequest) -> int:
    """Whole days since it came to wait for somebody, in the district's days."""
    return days_between(request.waiting_since, request.district.timezone) if request.waiting_since else 0


@dataclass(frozen=True)
class Place:
    """Where a request stands in the list of those that wait: for "3 of 14", earlier and next."""

    number: int
    total: int
    earlier: UUID | None
    later: UUID | None


def place_in(waiting: QuerySet[CreditRequest], request: CreditRequest) -> Place:
    """The request's place among ``waiting``, longest wait first; number 0 where it does not wait any more.

    One trip, however long the list is; a second one where it does not wait.
    """
    waiting = waiting.select_related(None).order_by()
    since, pk = request.waiting_since or clock.now(), request.pk
    is_before = Q(waiting_since__lt=since) | Q(waiting_since=since, pk__lt=pk)
    others = waiting.exclude(pk=pk)
    # A row each: how many there are, who is before, who is after.
    counted = waiting.values(which=Value("all"), found=Value(None, UUIDField())).annotate(
        total=Count("pk"), before=Count("pk", filter=is_before), here=Count("pk", filter=Q(pk=pk))
    )
    nothing = {"total": Value(0), "before": Value(0), "here": Value(0)}
    earlier = others.filter(is_before).order_by("-waiting_since", "-pk")
    later = others.exclude(is_before).order_by("waiting_since", "pk")
    beside = (
        rows.values(which=Value(name), found=F("public_id"), **nothing)[:1]
        for name, rows in (("earlier", earlier), ("later", later))
    )
    rows = {row["which"]: row for row in counted.union(*beside, all=True)}
    total = rows["all"]["total"] if rows else 0
    if not rows or not rows["all"]["here"]:
        first = others.order_by("waiting_since", "pk").values_list("public_id", flat=True).first()
        return Place(0, total, None, first)
    around = (rows[name]["found"] if name in rows else None for name in ("earlier", "later"))
    return Place(rows["all"]["before"] + 1, total, *around)
