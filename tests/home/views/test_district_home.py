"""What an administrator and a principal see first: their schools, and what broke."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from crediting.models import CreditRequest, Scale
from equity.actions.snapshots import take_snapshot
from hsbp.models import Plan
from mbl.core import clock
from mbl.core.jobs import enqueue
from mbl.core.models import ImportRun, Job
from mbl.core.states import ImportState, JobState
from mbl.home.queries.district import schools_today
from profiles.models import School
from tests.assertions import assert_no_writes, assert_queries
from tests.factories.core import make_user
from tests.factories.crediting import make_scale
from tests.factories.profiles import make_course, make_school, make_student
from tests.personas import Personas

HOME = reverse("home:home")
# Five of them ask what else waits: appeals, proposals and credit of other schools, with the roles that policies name.
QUERIES = 22


def text(response: Any) -> str:
    return str(response.content.decode())


def wait(school: School, *, days: int, state: str = "submitted") -> None:
    """One request and one plan at ``school`` that wait so long."""
    since = clock.now() - dt.timedelta(days=days)
    scale = Scale.objects.filter(district=school.district).first() or make_scale(school.district)
    CreditRequest.objects.create(
        district=school.district,
        student=make_student(school),
        school=school,
        course=make_course(school.district),
        title="My proof",
        method="LOCAL_ASSESSMENT",
        chosen_by=make_user(),
        scale=scale,
        state=state,
        waiting_since=since,
    )
    Plan.objects.create(district=school.district, student=make_student(school), waiting_since=since)


def test_an_administrator_sees_each_school_with_its_waits(personas: Personas) -> None:
    second = make_school(personas.district, code="SECOND", name="Second School")
    wait(personas.school, days=20)
    wait(personas.school, days=3, state="assessed")
    wait(make_school(personas.other_district, code="X", name="Elsewhere"), days=40)
    with assert_queries(3):
        found = {one.name: one for one in schools_today(School.objects.filter(district=personas.district))}
    here, empty = found[personas.school.name], found[second.name]
    assert (here.with_teachers, here.to_decide, here.plans, here.long, here.longest) == (1, 1, 2, 2, 20)
    assert (empty.requests, empty.plans, empty.long, empty.longest) == (0, 0, 0, 0)

    browser = personas.administrator.client()
    with assert_no_writes():
        page = text(browser.get(HOME))
    assert "2 requests for credit are open. 2 plans wait for counselors." in page
    assert "2 of all these have waited for more than 14 days." in page
    assert "20 days" in page
    assert "Second School" in page
    assert "Elsewhere" not in page


def test_a_principal_sees_the_own_school_and_a_teacher_none(personas: Personas) -> None:
    make_school(personas.district, code="SECOND", name="Second School")
    page = text(personas.principal.client().get(HOME))
    assert "What waits, by school" in page
    assert "Second School" not in page
    for name in ("teacher", "registrar", "counselor"):
        assert "What waits, by school" not in text(personas.named(name).client().get(HOME))


def test_when_nothing_waits_the_home_still_says_where_the_district_stands(personas: Personas) -> None:
    page = text(personas.administrator.client().get(HOME))
    for sentence in (
        "No request for credit and no plan is waiting for anybody.",
        "No crediting policy is in force, so no credit can be awarded by mastery.",
        "Nobody has counted yet who receives mastery credit.",
        "Nothing was imported yet.",
        "No job stopped in the last 30 days.",
    ):
        assert sentence in page, sentence


def test_the_last_import_count_and_stopped_jobs_are_told(personas: Personas) -> None:
    administrator, now = personas.administrator.user, clock.now()
    for state, rejected in ((ImportState.APPLIED, {"users": 3}), (ImportState.CHECKED, {})):
        ImportRun.objects.create(
            district=personas.district,
            kind="oneroster",
            file_name="roster.zip",
            sha256="0",
            state=state,
            rejected=rejected,
            started_at=now,
        )
    take_snapshot(personas.district, 2027, actor=None)
    for owner in (administrator, personas.principal.user):
        job = enqueue("equity.report", owner=owner, district=personas.district, label=f"Report of {owner}", params={})
        Job.objects.filter(pk=job.pk).update(state=JobState.STOPPED, problem="The disk is full.")
    other = enqueue("equity.report", owner=None, district=personas.other_district, label="Elsewhere", params={})
    Job.objects.filter(pk=other.pk).update(state=JobState.STOPPED)

    page = text(personas.administrator.client().get(HOME))

    assert "left out 3 rows." in page
    assert "for 2026–27." in page
    assert page.count("The disk is full.") == 2
    own = Job.objects.get(owner=administrator)
    assert reverse("core:job", args=[own.public_id]) in page
    theirs = Job.objects.get(owner=personas.principal.user)
    assert reverse("core:job", args=[theirs.public_id]) not in page
    assert "Elsewhere" not in page
    assert "2 things are waiting for you." in page


def test_it_asks_the_same_for_one_school_and_for_thirty(personas: Personas) -> None:
    browser = personas.administrator.client()
    browser.get(HOME)
    with assert_queries(QUERIES):
        browser.get(HOME)
    for number in range(30):
        wait(make_school(personas.district, code=f"TEN{number}"), days=number)
    with assert_queries(QUERIES):
        browser.get(HOME)
