"""A counselor's caseload and one plan's review beside the bare reference page, in a district of 50,000 students.

Every student of the busiest counselor has a plan; every eleventh plan waits with changes in several parts. They are
written once, directly, and found again by later runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench import ground, reference
from bench.measuring import Measurement, interleaved
from hsbp.models import AnnualUpdate, ChecklistRecord, Plan, PlanComment, PlanReview, PlanRevision
from hsbp.rules.content import AID_ITEMS, changed_sections, fingerprint, read
from hsbp.states import CommentKind, PlanState, Verdict
from mbl.core import clock
from mbl.core.models import User
from profiles.models import Course, Person, Relationship, Student
from profiles.states import RelationshipKind

NAMES = ("page.caseload.time", "page.plan-review.time")
ROUNDS = 30
GOAL = 6.0
WAITS_EVERY = 11
WORDS = "I want to learn how cities use water, work on it for some years, and come back here with what I know. "


def measure() -> Iterator[Measurement]:
    counselor = _busiest()
    assert counselor.user is not None
    students = list(_caseload(counselor))
    _write_plans(counselor, students)
    waiting = Plan.objects.filter(student__in=students, waiting_since__isnull=False).order_by("waiting_since")
    longest = waiting.select_related("student")[0].student
    addresses = (reverse("hsbp:caseload"), reverse("hsbp:review", args=[longest.public_id]))
    for name, address in zip(NAMES, addresses, strict=True):
        yield _measured(name, address, counselor.user)


def _measured(name: str, address: str, user: User) -> Measurement:
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(user)
    _open(browser, address)
    with CaptureQueriesContext(connection) as queries:
        answer: Any = _open(browser, address)
    ground.say(f"  {name}: {len(queries)} queries, {len(answer.content) / 1024:.1f} KB of HTML, {address}")
    ours, bare = interleaved(lambda: _open(browser, address), lambda: _open(browser, reference.PATH), rounds=ROUNDS)
    return Measurement(name, ours=ours, reference=bare, unit="ms", goal=GOAL)


def _open(browser: Client, address: str) -> HttpResponseBase:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}.")
    return answer


def _busiest() -> Person:
    near = Relationship.objects.filter(kind=RelationshipKind.COUNSELOR, district__code=ground.DISTRICT)
    most = near.values("person").annotate(students=Count("pk")).order_by("-students", "person")[0]
    return Person.objects.select_related("user", "district").get(pk=most["person"])


def _caseload(counselor: Person) -> Iterator[Student]:
    near = Relationship.objects.filter(kind=RelationshipKind.COUNSELOR, person=counselor)
    yield from Student.objects.filter(pk__in=near.values("student"), is_active=True).select_related("person__user")


# --- Plans ------------------------------------------------------------------------------------------------------------


def _write_plans(counselor: Person, students: list[Student]) -> None:
    if Plan.objects.filter(student__in=students).count() == len(students):
        return
    ground.say(f"  writing {len(students)} plans")
    courses = list(Course.objects.filter(district=counselor.district).order_by("pk")[:48])
    now, year = timezone.now(), clock.school_year(clock.today(counselor.district))
    for number, student in enumerate(students):
        _write_plan(counselor, student, number, courses, now, year)


def _write_plan(
    counselor: Person, student: Student, number: int, courses: list[Course], now: dt.datetime, year: int
) -> None:
    user, sender = counselor.user, student.person.user
    assert user is not None and sender is not None
    before = read(_content(courses, number, changed=False))
    waits = number % WAITS_EVERY == 0
    after = read(_content(courses, number, changed=waits))
    sent = now - dt.timedelta(days=90)
    plan = Plan.objects.create(
        district=counselor.district,
        student=student,
        content=after.as_json(),
        edition=12,
        sections={
            name: {"edition": 12, "at": sent.isoformat(), "by": str(sender), "who": str(sender.public_id)}
            for name in before.as_json()
        },
    )
    facts: dict[str, Any] = {
        "plan": plan,
        "language": "en",
        "grade": student.grade,
        "school_year": year,
        "submitted_by": sender,
    }
    first = PlanRevision.objects.create(
        number=1, content=before.as_json(), sha256=fingerprint(before), submitted_at=sent, **facts
    )
    PlanReview.objects.create(
        revision=first,
        verdict=Verdict.APPROVED,
        comment="Good plan. Tell me in spring which lab you visited.",
        reviewer=counselor,
        recorded_by=user,
        reviewed_at=sent + dt.timedelta(days=2),
    )
    ChecklistRecord.objects.create(
        plan=plan, item="H14", done_on=sent.date(), note="Assembly", recorded_by=user, recorded_at=sent
    )
    AnnualUpdate.objects.create(
        plan=plan,
        revision=first,
        school_year=year - 1,
        grade=student.grade,
        updated_on=sent.date() - dt.timedelta(days=200),
        staff=user,
        recorded_at=sent,
    )
    PlanComment.objects.create(
        plan=plan,
        kind=CommentKind.STUDENT,
        author=sender,
        author_label=str(sender),
        language="en",
        body="I went to the treatment plant in October.",
        at=sent,
    )
    plan.latest = plan.approved = first
    plan.state, plan.state_since = PlanState.APPROVED, sent
    if waits:
        at = now - dt.timedelta(days=1 + number % 14, minutes=number)
        plan.latest = PlanRevision.objects.create(
            number=2,
            content=after.as_json(),
            sha256=fingerprint(after),
            base=first,
            changed=changed_sections(before, after),
            submitted_at=at,
            **facts,
        )
        plan.state, plan.state_since, plan.waiting_since = PlanState.SUBMITTED, at, at
    plan.save()


def _content(courses: list[Course], number: int, *, changed: bool) -> dict[str, Any]:
    """A plan as long as plans are: six courses a year, three goals in several sentences, a resume, financial aid."""
    years = {grade: courses[place * 6 : place * 6 + 6] for place, grade in enumerate(("09", "10", "11", "12"))}
    if changed:
        years["12"] = courses[20:24] + courses[30:32]
    return {
        "goals": {
            "after_high_school": WORDS * (3 if changed else 2),
            "career": "Hydrologist" if changed else "Engineer",
            "education": "A degree in environmental science",
        },
        "interests": {"text": WORDS, "inventory": "CareerBridge", "inventory_on": "2024-05-12"},
        "courses": {
            grade: [{"code": one.code, "title": one.title} for one in planned] for grade, planned in years.items()
        },
        "pathway": {"options": ["cte_sequence" if changed else "sat_act"], "reason": WORDS},
        "activities": [{"kind": "work", "title": f"Job {place}", "years": "2026", "text": WORDS} for place in range(3)],
        "aid": dict.fromkeys(AID_ITEMS[: number % 10], "2026-10-01"),
        "mastery": {"intended": [courses[0].code]},
    }
