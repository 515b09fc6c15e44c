"""The queue of whoever decides: a school where 100,000 requests wait beside one where 100 do. All of it is undone."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from bench import ground
from bench.measuring import Measurement, interleaved
from crediting.models import CreditRequest, Scale
from crediting.states import RequestState
from mbl.core import clock
from mbl.core.models import District, User
from profiles.actions.roles import write_grants
from profiles.models import Course, Person, RoleAssignment, School, Student
from profiles.states import Role

NAME = "page.queue-100k.time"
GOAL = 1.3
ROUNDS = 30
LONG, SHORT = 100_000, 100


def measure() -> Measurement:
    district = District.objects.get(code=ground.DISTRICT)
    with transaction.atomic():
        browsers = [_browser(district, name, count) for name, count in (("Long", LONG), ("Short", SHORT))]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE crediting_creditrequest")
        long, short = interleaved(lambda: _open(browsers[0]), lambda: _open(browsers[1]), rounds=ROUNDS)
        transaction.set_rollback(True)
    return Measurement(NAME, ours=long, reference=short, unit="ms", goal=GOAL)


def _open(browser: Client) -> HttpResponseBase:
    answer = browser.get(reverse("crediting:decisions"))
    if answer.status_code != 200:
        raise RuntimeError(f"The queue answered {answer.status_code}.")
    return answer


def _browser(district: District, name: str, count: int) -> Client:
    """Somebody who decides at a school of their own, where ``count`` requests wait."""
    school = School.objects.create(district=district, name=f"{name} High", code=f"bench-{name}", state_code="0000")
    user = User.objects.create_user(f"bench-{name}", display_name=name)
    person = Person.objects.create(
        district=district, user=user, given_name=name, family_name="Bench", display_name=name, sort_name=name
    )
    role = RoleAssignment.objects.create(
        person=person, role=Role.CREDIT_MANAGER, school=school, starts_on=dt.date(2020, 7, 1)
    )
    write_grants(role)
    _fill(district, school, user, count)
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(user)
    return browser


def _fill(district: District, school: School, user: User, count: int) -> None:
    """One open request for each student and course, so as many courses as it takes."""
    scale = Scale.objects.filter(district=district)[0]
    students = list(Student.objects.filter(district=district).order_by("pk"))
    taken = set(CreditRequest.objects.filter(district=district).values_list("student_id", "course_id"))
    pairs = (
        (student, course)
        for course in Course.objects.filter(district=district, terms__isnull=False).order_by("pk")
        for student in students
        if (student.pk, course.pk) not in taken
    )
    now = clock.now()
    requests = (
        CreditRequest(
            district=district,
            student=student,
            school=school,
            course=course,
            title="Work of a benchmark",
            method="LOCAL_ASSESSMENT",
            subtype="portfolio",
            chosen_by=user,
            scale=scale,
            state=RequestState.ASSESSED,
            waiting_since=now - dt.timedelta(minutes=number),
            demonstrated_on=clock.today(district),
        )
        for number, (student, course) in enumerate(pairs)
    )
    while batch := list(islice(requests, min(count, 5_000))):
        CreditRequest.objects.bulk_create(batch)
        count -= len(batch)
        if not count:
            return
    raise RuntimeError("The district has too few students and courses.")
