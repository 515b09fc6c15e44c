"""What the district's policies say about proposals, appeals and deadlines on a day, and the calendar they count in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from crediting.models import CreditRequest, PolicyCourse, PolicyVersion
from crediting.rules.deadlines import Anchors, Calendar, Deadline, Due, Undated, due
from crediting.rules.procedures import (
    AppealTerms,
    ProposalTerms,
    RequestDeadlines,
    appeal_of,
    proposals_of,
    request_deadlines_of,
)
from crediting.states import PolicyState
from mbl.core import clock
from mbl.core.models import District
from profiles.models import AcademicSession, Course, Student
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


def request_deadlines(request: CreditRequest, on: dt.date) -> RequestDeadlines:
    return request_deadlines_of(_section("deadlines", request.district, on, request.student, request.course))


def _section(
    name: str, district: District, on: dt.date, student: Student | None, course: Course | None = None
) -> Mapping[str, Any] | None:
    """A section of the policies in force on ``on``: that of the course's own policy, else of the first that has it.

    As everywhere, a version for the student's class goes before one for every class (R10a).
    """
    rows = (
        PolicyVersion.objects.filter(
            series__district=district,
            state=PolicyState.PUBLISHED,
            effective__contains=on,
            document__has_key=name,
        )
        .annotate(of_course=Exists(PolicyCourse.objects.filter(version=OuterRef("pk"), course=course)))
        .order_by("-of_course", "series__code", "pk")
        .values_list("classes", "of_course", f"document__{name}")
    )
    year = student.graduation_year if student else None
    fitting = [(of_course, bool(classes), said) for classes, of_course, said in rows if not classes or year in classes]
    # ``max`` keeps the first of equals, so the order of the series decides last.
    found = max(fitting, key=lambda row: row[:2], default=None)
    return found[2] if found else None


# --- Days -------------------------------------------------------------------------------------------------------------


def school_calendar(district: District) -> Calendar:
    """The district's terms, its days off (``district.settings["closed_days"]``) and its own time."""
    sessions = AcademicSession.objects.filter(district=district, kind__in=_TERMS)
    return Calendar(
        ZoneInfo(district.timezone),
        tuple(sessions.order_by("starts_on", "pk").values_list("starts_on", "ends_on")),
        frozenset(dt.date.fromisoformat(day) for day in district.settings.get("closed_days", ())),
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
    calendar = school_calendar(request.district)
    anchors = request_anchors(request, calendar, submitted=submitted)
    found = due(deadline, anchors, calendar, now=clock.now(), school=request.school.code)
    return None if isinstance(found, Undated) else found


def decision_due(request: CreditRequest, submitted: dt.date) -> Due | None:
    """When a request that is sent on ``submitted`` has to be decided."""
    return clocked(request_deadlines(request, submitted).decision, request, submitted=submitted)


def submission_due(request: CreditRequest) -> Due | None:
    """Until when a draft can be sent, as things stand today: a window that was missed rolls to the next."""
    return clocked(request_deadlines(request, clock.today(request.district)).submission, request)
