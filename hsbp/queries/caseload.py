"""A counselor's students and where each plan stands. Counts and rows come from the same students."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Case, Count, F, Min, OrderBy, Q, QuerySet, When
from django.db.models.functions import Coalesce

from hsbp.access import caseload_of
from hsbp.models import Plan
from hsbp.queries import checklist, progress
from hsbp.queries.plans import is_update_due
from hsbp.rules.checklist import Tally, tally
from hsbp.states import Pace, PlanState
from mbl.core import clock
from mbl.core.models import User
from profiles.models import Student
from profiles.rules.names import fold
from profiles.rules.roster import HIGH_SCHOOL

RECENT = dt.timedelta(days=7)


class Show(StrEnum):
    """Saved views."""

    ME = "me"
    STUDENT = "student"
    FAMILY = "family"
    APPROVED = "approved"
    NEW = "new"
    ALL = "all"


class Why(StrEnum):
    """Why a plan is with the counselor, to filter by."""

    VERSION = "version"
    UNCHANGED = "unchanged"
    QUESTION = "question"


def _views(school_year: int) -> Mapping[Show, Q]:
    approved = Q(plan__state=PlanState.APPROVED)
    this_year = Q(plan__latest__school_year=school_year)
    return {
        Show.ME: Q(plan__waiting_since__isnull=False),
        Show.STUDENT: Q(plan__waiting_since=None)
        & (
            Q(plan__state=PlanState.RETURNED)
            | Q(plan__state=PlanState.DRAFT, plan__edition__gt=1)
            | approved & ~this_year
        ),
        Show.FAMILY: Q(plan__family_since__isnull=False),
        Show.APPROVED: approved & this_year,
        Show.NEW: Q(plan=None) | Q(plan__state=PlanState.DRAFT, plan__edition=1),
        Show.ALL: Q(),
    }


_WHY = {
    Why.VERSION: Q(plan__state=PlanState.SUBMITTED),
    Why.UNCHANGED: Q(plan__state=PlanState.SUBMITTED, plan__latest__base__isnull=False, plan__latest__changed={}),
    Why.QUESTION: Q(plan__question__isnull=False),
}
_SINCE = Coalesce(
    "plan__waiting_since",
    "plan__family_since",
    # The student is waited for; an approved plan waits for nobody.
    Case(When(plan__state=PlanState.RETURNED, then="plan__state_since")),
)
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "wait": (_SINCE.asc(nulls_last=True), "pk"),
    "-wait": (_SINCE.desc(nulls_last=True), "-pk"),
    "student": ("person__sort_name", "pk"),
    "-student": ("-person__sort_name", "-pk"),
    "grade": ("-grade", "person__sort_name", "pk"),
}


@dataclass(frozen=True)
class Counts:
    """How many students each view has, and for how many days the longest of those waiting has waited."""

    by_view: Mapping[Show, int]
    longest: int

    @property
    def waiting(self) -> int:
        return self.by_view[Show.ME]

    @property
    def total(self) -> int:
        return self.by_view[Show.ALL]


def count(students: QuerySet[Student], on: dt.date, zone: str) -> Counts:
    """One trip."""
    views = _views(clock.school_year(on))
    found = students.order_by().aggregate(
        oldest=Min("plan__waiting_since"),
        **{str(show): Count("pk", filter=condition) if condition else Count("pk") for show, condition in views.items()},
    )
    oldest = found["oldest"]
    return Counts({show: found[str(show)] for show in Show}, days_since(oldest, zone, on) if oldest else 0)


def counts_of(user: User, on: dt.date, zone: str) -> Counts:
    """The counts of the user's whole caseload, read once a request."""
    return user.once("caseload", lambda: count(caseload_of(user), on, zone))


def plans_waiting_for(user: User) -> int:
    """How many plans wait for ``user``: the number in the menu."""
    counts: Counts | None = user.known.get("caseload")
    if counts is not None:
        return counts.waiting
    waiting = caseload_of(user).order_by().filter(plan__waiting_since__isnull=False)
    return user.once("plans waiting", waiting.count)


def days_since(moment: dt.datetime, zone: str, on: dt.date) -> int:
    """Whole calendar days from ``moment`` to ``on``, where the clocks show ``zone``."""
    return (on - moment.astimezone(ZoneInfo(zone)).date()).days


def listed(
    students: QuerySet[Student],
    on: dt.date,
    *,
    show: Show,
    text: str = "",
    grade: str = "",
    why: str = "",
    recent: bool = False,
    order: str = "wait",
) -> QuerySet[Student]:
    """The students of one view, narrowed by name or number, grade, reason and newest change."""
    students = students.filter(_views(clock.school_year(on))[show])
    if words := text.split():
        by_name = Q()
        for word in words:
            by_name &= Q(person__search_text__contains=fold(word))
        by_number = Q(local_id__iexact=text.strip()) | Q(ssid=text.strip())
        students = students.filter(by_name | by_number)
    if grade in HIGH_SCHOOL:
        students = students.filter(grade=grade)
    if why in set(Why):
        students = students.filter(_WHY[Why(why)])
    if recent:
        students = students.filter(plan__updated_at__gte=clock.now() - RECENT)
    # The planner takes longer for each further join than two short trips take.
    students = students.select_related(None).select_related("person", "plan__latest", "plan__question")
    students = students.defer("plan__latest__content").prefetch_related("school", "district")
    return students.order_by(*ORDERS.get(order, ORDERS["wait"]))


@dataclass(frozen=True)
class CaseloadRow:
    """One student as the caseload knows them. ``days`` is None where nobody waits for anybody."""

    student: Student
    plan: Plan | None
    days: int | None
    items: Tally
    pace: Pace | None
    is_update_due: bool
    can_approve_unchanged: bool


def rows(students: Sequence[Student], on: dt.date) -> list[CaseloadRow]:
    """What the list prints for these students, in a fixed number of trips."""
    plans = {student.pk: plan for student in students if (plan := _plan(student)) is not None}
    known = checklist.gather(students, plans)
    found = []
    for student in students:
        plan, about = plans.get(student.pk), known[student.pk]
        since = (plan.waiting_since or plan.family_since or _since(plan)) if plan else None
        found.append(
            CaseloadRow(
                student=student,
                plan=plan,
                days=days_since(since, student.district.timezone, on) if since else None,
                items=tally(about.facts),
                pace=progress.pace_of(student, about.earned),
                is_update_due=plan is not None and is_update_due(plan, on),
                can_approve_unchanged=plan is not None and plan.waits_unchanged,
            )
        )
    return found


def _plan(student: Student) -> Plan | None:
    try:
        return student.plan
    except ObjectDoesNotExist:
        return None


def _since(plan: Plan) -> dt.datetime | None:
    """Since when the student is waited for; an approved plan waits for nobody."""
    return plan.state_since if plan.state == PlanState.RETURNED else None


@dataclass(frozen=True)
class Place:
    """Where a student stands among those who wait: for "3 of 37", earlier and next. Number 0: does not wait."""

    number: int
    total: int
    earlier: UUID | None
    later: UUID | None


def place_in(user: User, student: Student) -> Place:
    """Among those who wait for ``user``, the longest wait first. One trip; the menu then knows how many they are."""
    waiting = caseload_of(user).select_related(None).filter(plan__waiting_since__isnull=False)
    ids = list(waiting.order_by(F("plan__waiting_since").asc(), "pk").values_list("public_id", flat=True))
    user.known["plans waiting"] = len(ids)
    if student.public_id not in ids:
        return Place(0, len(ids), None, ids[0] if ids else None)
    at = ids.index(student.public_id)
    return Place(at + 1, len(ids), ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None)
