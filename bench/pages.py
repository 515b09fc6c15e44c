"""Pages beside the bare reference page, for the busiest people of a district of 50,000 students.

Query counts and HTML bytes go to stderr: both are constants of a page and belong beside its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import ground, mastery, reference
from bench.measuring import Measurement, interleaved
from crediting.models import CreditRequest
from crediting.states import RequestState
from equity.actions.snapshots import take_snapshot
from equity.queries.report import latest
from mbl.core import clock
from mbl.core.models import District, User

ROUNDS = 30
GOAL = 6.0
NAMES = (
    "page.teacher-queue.time",
    "page.student-home.time",
    "page.request.time",
    "page.decision.time",
    "page.equity.time",
    "page.mastery-grid.time",
)


@dataclass(frozen=True)
class Page:
    """One page as one person opens it."""

    name: str
    user: User
    address: str


def measure() -> Iterator[Measurement]:
    return map(_measure, _pages())


def _measure(page: Page) -> Measurement:
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(page.user)
    _note(page, browser)
    ours, bare = interleaved(
        lambda: _open(browser, page.address), lambda: _open(browser, reference.PATH), rounds=ROUNDS
    )
    return Measurement(page.name, ours=ours, reference=bare, unit="ms", goal=GOAL)


def _pages() -> Iterator[Page]:
    requests = CreditRequest.objects.filter(district__code=ground.DISTRICT)
    busiest = (
        requests.filter(state=RequestState.SUBMITTED)
        .values("assessor__user")
        .annotate(waiting=Count("pk"))
        .order_by("-waiting", "assessor__user")[0]
    )
    yield Page(NAMES[0], User.objects.get(pk=busiest["assessor__user"]), reverse("crediting:queue"))

    student = (
        requests.values("student__person__user")
        .annotate(asked=Count("pk"))
        .order_by("-asked", "student__person__user")[0]
    )
    yield Page(NAMES[1], User.objects.get(pk=student["student__person__user"]), "/")

    awarded = requests.filter(state=RequestState.AWARDED).order_by("-pk").select_related("student__person__user")[0]
    owner = awarded.student.person.user
    assert owner is not None
    yield Page(NAMES[2], owner, reverse("crediting:request", args=[awarded.public_id]))

    ready = requests.filter(state=RequestState.ASSESSED, school__kind="high").order_by("pk")[0]
    decider = User.objects.filter(people__roles__role="credit_manager", people__roles__school=ready.school).order_by(
        "pk"
    )[0]
    yield Page(NAMES[3], decider, reverse("crediting:decision", args=[ready.public_id]))

    district = District.objects.get(code=ground.DISTRICT)
    year = clock.school_year(clock.today(district))
    for counted in (year - 1, year):
        if latest(district, counted) is None:
            take_snapshot(district, counted, actor=None)
    administrators = User.objects.filter(people__district=district, people__roles__role="administrator")
    yield Page(NAMES[4], administrators.order_by("pk")[0], reverse("equity:report"))

    section = mastery.full_section()
    yield Page(NAMES[5], mastery.teacher_of(section), reverse("crediting:class-grid", args=[section.public_id]))


def _open(browser: Client, address: str) -> HttpResponseBase:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}.")
    return answer


def _note(page: Page, browser: Client) -> None:
    _open(browser, page.address)
    with CaptureQueriesContext(connection) as queries:
        answer = _open(browser, page.address)
    size = len(answer.content)  # type: ignore[attr-defined]
    ground.say(f"  {page.name}: {len(queries)} queries, {size / 1024:.1f} KB of HTML, {page.address}")
