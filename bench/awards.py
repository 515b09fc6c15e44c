"""Five thousand proposed awards confirmed at once, beside bare inserts of the same rows. What was written is undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Model

from bench import ground
from bench.measuring import Measurement, milliseconds
from crediting.actions.award_proposals import confirm_proposals, look_through
from crediting.actions.policy import load_policy, publish_policy
from crediting.models import (
    AwardProposal,
    CourseStandard,
    CourseTerms,
    CreditRequest,
    Decision,
    FrameworkAdoption,
    LedgerEntry,
    RequestStandard,
    Scale,
    ScoreRecord,
    Standard,
)
from mbl.core import clock
from mbl.core.models import AuditEvent, District, Notification, User
from profiles.models import Course, RoleAssignment, Student

NAME = "award.bulk-5k"
GOAL = 5.0
AWARDS = 5_000
WRITTEN: tuple[type[Model], ...] = (CreditRequest, RequestStandard, Decision, LedgerEntry, AuditEvent, Notification)
POLICY = """
schema: mbl-policy/1
series: "bench-ap"
title: Credit for an exam
adopted: {{on: 2020-06-01, by: Board, reference: Bench}}
effective: {{from: 2020-07-01}}
equity: {{provision: Every student learns of this way in a language they read.}}
other_methods: {{statement: Exams., methods: [{{code: AP_EXAM, title: Exam}}]}}
approval: {{roles: [credit_manager, principal, administrator], two_roles: true}}
scale: {{code: {scale}, levels: [{levels}]}}
courses:
  - {{code: BENCHAP, title: Bench Calculus, subject: math, credits: 1.0}}
rules:
  - code: AP
    method: AP_EXAM
    courses: [BENCHAP]
    when:
      - assessment: {{any_of: [{{instrument: ap-bench, title: Exam, level: 3}}]}}
    credit: {{exactly: 1.0}}
    mark: P
    citation: Bench
text: The policy as adopted.
"""


def measure() -> Measurement:
    district = District.objects.get(code=ground.DISTRICT)
    with transaction.atomic():
        actor = _prepare(district)
        look_through(district)
        rows = list(AwardProposal.objects.filter(district=district, rule_code="AP"))
        if len(rows) != AWARDS:
            raise RuntimeError(f"{len(rows)} awards are listed, not {AWARDS}.")
        last = {model: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in WRITTEN}
        with transaction.atomic():
            ours = milliseconds(lambda: _confirm(rows, actor))
            written = [
                (model, list(model._default_manager.filter(pk__gt=last[model]).order_by("pk"))) for model in WRITTEN
            ]
            transaction.set_rollback(True)
        with transaction.atomic():
            bare = milliseconds(lambda: _insert(written))
            transaction.set_rollback(True)
        transaction.set_rollback(True)
    ground.say("  " + ", ".join(f"{len(found):,} {model.__name__}" for model, found in written))
    return Measurement(NAME, ours=ours, reference=bare, unit="ms", goal=GOAL)


def _confirm(rows: Sequence[AwardProposal], actor: User) -> None:
    answer = confirm_proposals(rows, reason="The result is on file.", actor=actor)
    if len(answer.decisions) != AWARDS:
        raise RuntimeError(f"{len(answer.decisions)} awards: {answer.problems[0].sentence}")


def _insert(written: Sequence[tuple[type[Model], list[Model]]]) -> None:
    for model, rows in written:
        model._default_manager.bulk_create(rows, batch_size=1000)


def _prepare(district: District) -> User:
    """A course, a policy that gives credit for an exam, five thousand results, and somebody who decides everywhere."""
    adoption = FrameworkAdoption.objects.filter(framework__district=district, subjects__contains=["math"])[0]
    course = Course.objects.create(district=district, code="BENCHAP", title="Bench Calculus")
    CourseTerms.objects.create(course=course, credits=Decimal("1.000"), subject="math", state_course_code="02124")
    standard = Standard.objects.filter(framework=adoption.framework_id)[0]
    CourseStandard.objects.create(course=course, standard=standard, is_required=True)
    scale = Scale.objects.filter(district=district).order_by("-version")[0]
    levels = ", ".join(scale.levels.order_by("position").values_list("code", flat=True))
    text = POLICY.format(scale=scale.code, levels=levels)
    publish_policy(load_policy(district, text=text, actor=None).version, actor=None)
    taken = clock.today(district) - dt.timedelta(days=30)
    students = Student.objects.filter(district=district, school__isnull=False).order_by("pk")[:AWARDS]
    ScoreRecord.objects.bulk_create(
        ScoreRecord(
            district=district, student=student, instrument="ap-bench", title="Exam", taken_on=taken, level=4, score=None
        )
        for student in students
    )
    role = RoleAssignment.objects.filter(
        role="administrator", person__district=district, person__user__isnull=False
    ).select_related("person__user")[0]
    assert role.person.user is not None
    return role.person.user
