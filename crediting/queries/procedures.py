"""What the district's policies say about proposals, appeals and deadlines on a day, and the calendar they count in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from crediting.models import ClosedDay, CreditRequest, PolicyCourse, PolicyVersion
from crediting.queries.policy import terms_of
from crediting.rules.deadlines import Anchors, Calendar, Deadline, Due, Offset, Undated, Unit, due
from crediting.rules.policy.terms import PolicyTerms
from crediting.rules.procedures import (
    AppealTerms,
    ProposalTerms,
    RequestDeadlines,
    appeal_of,
    proposals_of,
    request_deadlines_of,
)
from crediting.rules.transfer_terms import TransferTerms, transfer_of
from crediting.states import PolicyState
from mbl.core import clock
from mbl.core.models import District
from profiles.models import AcademicSession, Course, School, Student
from profiles.states import SessionKind

_TERMS = (SessionKind.SEMESTER, SessionKind.TERM)


def proposal_terms(district: District, on: dt.date, student: Student | None = None) -> ProposalTerms | None:
    """Who approves proposals on ``on``; None where no policy in force opens them (WAC 392-410-300 asks for one)."""
    return proposals_of(_section("proposals", district, on, student))


def reviewing_roles(districts: Iterable[District]) -> set[str]:
    """The roles that policies in force today name for proposals."""
    found = (proposal_terms(district, clock.today(district)) for district in districts)
    return {role for terms in found if terms for role in terms.roles}


def appeal_terms(
    district: District, on: dt.date, student: Student | None = None, course: Course | None = None
) -> AppealTerms:
    """To whom a refusal is appealed and by when. There is always an answer: WAC 180-51-050(6) gives the appeal."""
    return appeal_of(_section("appeal", district, on, student, course))


def transfer_terms(
    district: District, on: dt.date, student: Student | None = None
) -> tuple[PolicyVersion | None, TransferTerms | None]:
    """The policy that says how credit of other schools is recognized, and what it says; None where none is in force."""
    version = _version_with("transfer", district, on, student, None)
    return version, transfer_of(version.document["transfer"]) if version else None


def request_deadlines(request: CreditRequest, on: dt.date) -> RequestDeadlines:
    version = _version_with("deadlines", request.district, on, request.student, request.course)
    if version is None:
        return RequestDeadlines()
    return request_deadlines_of(terms_of(version), request.course.code, request.method)


def _section(
    name: str, district: District, on: dt.date, student: Student | None, course: Course | None = None
) -> Mapping[str, Any] | None:
    version = _version_with(name, district, on, student, course)
    return version.document[name] if version else None


def _version_with(
    section: str, district: District, on: dt.date, student: Student | None, course: Course | None
) -> PolicyVersion | None:
    """The policy in force on ``on`` that has the section: the course's own policy, else the first of the district.

    As everywhere, a version for the student's class goes before one for every class (R10a).
    """
    rows = (
        PolicyVersion.objects.filter(
            series__district=district,
            state=PolicyState.PUBLISHED,
            effective__contains=on,
            document__has_key=section,
        )
        .annotate(of_course=Exists(PolicyCourse.objects.filter(version=OuterRef("pk"), course=course)))
        .order_by("-of_course", "series__code", "pk")
    )
    year = student.graduation_year if student else None
    fitting = [version for version in rows if not version.classes or year in version.classes]
    # ``max`` keeps the first of equals, so the order of the series decides last.
    return max(fitting, key=lambda version: (version.of_course, bool(version.classes)), default=None)


# --- Days -------------------------------------------------------------------------------------------------------------


def days_off(district: District) -> list[tuple[dt.date, str]]:
    """Days without school with the code of the school that they are for; empty: for every one. One trip."""
    rows = ClosedDay.objects.filter(district=district).order_by("day", "pk").values_list("day", "school__code")
    old = ((dt.date.fromisoformat(day), "") for day in district.settings.get("closed_days", ()))
    return [*old, *((day, code or "") for day, code in rows)]


def uses_school_days(terms: PolicyTerms) -> bool:
    """Whether a deadline of the policy counts in school days, so that days off matter."""
    windows = (
        window
        for term in terms.deadlines.values()
        for some in (term.when.windows, *term.when.schools.values())
        for window in some
    )
    return any(isinstance(window, Offset) and window.unit == Unit.SCHOOL_DAYS for window in windows)


def with_days_off(terms: PolicyTerms, days: Iterable[tuple[dt.date, str]], school: str) -> PolicyTerms:
    """The policy's own school days without the days off at the school."""
    closed = terms.school_calendar.closed | {day for day, code in days if code in {"", school}}
    return replace(terms, school_calendar=replace(terms.school_calendar, closed=closed))


def school_calendar(district: District, school: School) -> Calendar:
    """The district's terms, its days off and the school's, and its own time."""
    sessions = AcademicSession.objects.filter(district=district, kind__in=_TERMS)
    return Calendar(
        ZoneInfo(district.timezone),
        tuple(sessions.order_by("starts_on", "pk").values_list("starts_on", "ends_on")),
        frozenset(day for day, code in days_off(district) if code in {"", school.code}),
    )


def request_anchors(request: CreditRequest, calendar: Calendar, *, submitted: dt.date | None = None) -> Anchors:
    """The days that a request's deadlines count from."""
    taken = request.result.get("taken_on")
    return {
        "term_start": [first for first, _last in calendar.terms],
        "term_end": [last for _first, last in calendar.terms],
        "test": [dt.date.fromisoformat(taken)] if taken else (),
        "demonstrated": [request.demonstrated_on] if request.demonstrated_on else (),
        "submitted": [submitted] if submitted else (),
    }


def clocked(deadline: Deadline | None, request: CreditRequest, *, submitted: dt.date | None = None) -> Due | None:
    """When the request is due by ``deadline``; None where there is none or the day it counts from is not known."""
    if deadline is None:
        return None
    calendar = school_calendar(request.district, request.school)
    anchors = request_anchors(request, calendar, submitted=submitted)
    found = due(deadline, anchors, calendar, now=clock.now(), school=request.school.code)
    return None if isinstance(found, Undated) else found


def decision_due(request: CreditRequest, submitted: dt.date) -> Due | None:
    """When a request that is sent on ``submitted`` has to be decided."""
    return clocked(request_deadlines(request, submitted).decision, request, submitted=submitted)


def submission_due(request: CreditRequest) -> Due | None:
    """Until when a draft can be sent, as things stand today: a window that was missed rolls to the next."""
    return clocked(request_deadlines(request, clock.today(request.district)).submission, request)
