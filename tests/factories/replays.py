"""Decisions in numbers, drafts that would decide otherwise, and replays that have ended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TypeVar

from crediting.actions.decisions import award_credit, refuse_credit
from crediting.actions.policy import load_policy
from crediting.actions.replays import start_replay
from crediting.models import CreditRequest, Decision, PolicyReplay, PolicyVersion
from crediting.states import RequestState
from mbl.core import jobs
from mbl.core.models import User
from profiles.models import Student
from tests.factories.crediting import Ground, make_request
from tests.factories.profiles import LONG_AGO
from tests.personas import Personas

M = TypeVar("M", CreditRequest, Decision)
FIRST, LAST = LONG_AGO, dt.date(2100, 6, 30)
MET, NOT_MET = ("proficient", "proficient"), ("developing", "proficient")


def decided(
    ground: Ground, personas: Personas, levels: tuple[str, str] = MET, *, student: Student | None = None
) -> Decision:
    """A request decided by the district's own people: awarded where the levels are met, else refused."""
    request = make_request(
        ground, student or personas.student.student, personas.teacher.person, RequestState.ASSESSED, levels=levels
    )
    act = award_credit if set(levels) <= {"proficient", "extending"} else refuse_credit
    return act(request, reason="As the standards say.", actor=personas.credit_manager.user)


def decided_alike(decision: Decision, students: Sequence[Student]) -> list[Decision]:
    """The same decision on a request of each of these students."""
    request = decision.request
    assert request is not None
    requests = CreditRequest.objects.bulk_create(
        [_copy(CreditRequest.objects.get(pk=request.pk), student) for student in students], batch_size=1000
    )
    rows = []
    for made, student in zip(requests, students, strict=True):
        row = _copy(Decision.objects.get(pk=decision.pk), student)
        row.request = made
        rows.append(row)
    return Decision.objects.bulk_create(rows, batch_size=1000)


def _copy(row: M, student: Student) -> M:
    row.pk, row.public_id, row.student = None, uuid.uuid4(), student
    return row


def make_other(ground: Ground, was: str = "level: proficient", now: str = "level: extending") -> PolicyVersion:
    """A draft of the ground's policy that says something else in one place; a draft that is there gets the text."""
    text = ground.version.source.replace(was, now)
    assert text != ground.version.source
    return load_policy(ground.district, text=text, actor=None).version


def make_replay(version: PolicyVersion, actor: User, *, first: dt.date = FIRST, last: dt.date = LAST) -> PolicyReplay:
    """A replay that has ended."""
    replay = start_replay(version, first_day=first, last_day=last, actor=actor)
    jobs.run(replay.job_id)
    replay = PolicyReplay.objects.select_related("job", "version__series", "district").get(pk=replay.pk)
    assert replay.ended_at is not None, replay.job.problem
    return replay
