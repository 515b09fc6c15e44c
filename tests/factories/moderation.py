"""A policy that has work read a second time, readings brought to any state, samples and sessions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crediting.actions.anchors import make_anchor
from crediting.actions.calibration import set_calibration
from crediting.actions.judgements import JudgedStandard
from crediting.actions.readings import give_reading
from crediting.models import Anchor, CalibrationSession, CreditRequest, Reading
from crediting.queries.second_readings import standards_to_read
from crediting.states import ReadingState, RequestState
from mbl.core import clock
from mbl.core.models import User
from profiles.models import Person, School
from profiles.states import Role
from tests.factories.crediting import Ground, make_ground, make_request
from tests.factories.profiles import make_account_holder, make_role
from tests.personas import Personas

EVERY = "moderation: {share: 100}"
THIRD = "moderation: {share: 100, on_disagreement: third_reading}"


def make_teacher(school: School, name: str) -> Person:
    """A teacher of the school with an account, and no other role."""
    person = make_account_holder(school.district, name)
    make_role(person, Role.TEACHER, school)
    return person


def account(person: Person) -> User:
    """Read anew, so that a role given in the test counts."""
    assert person.user is not None
    return User.objects.get(pk=person.user.pk)


def make_read_ground(school: School, moderation: str = EVERY, **fields: Any) -> Ground:
    return make_ground(school, declares=moderation, **fields)


def make_waiting(
    personas: Personas, ground: Ground, levels: Sequence[str] = ("proficient", "proficient")
) -> tuple[CreditRequest, Reading]:
    """Work of the student persona that the teacher persona has judged, and the reading that was drawn."""
    request = make_request(
        ground, personas.student.student, personas.teacher.person, RequestState.ASSESSED, levels=levels
    )
    return request, Reading.objects.get(request=request, state=ReadingState.WAITING)


def give(reading: Reading, ground: Ground, levels: Sequence[str], comment: str = "My own words.") -> Reading:
    """The reading is given by its reader."""
    assert reading.reader is not None
    rows = [
        JudgedStandard(standard, ground.level(level), comment)
        for standard, level in zip(standards_to_read(reading), levels, strict=True)
    ]
    return give_reading(reading, rows=rows, actor=account(reading.reader))


def make_sample(personas: Personas, ground: Ground, level: str = "proficient", place: int = 0, **fields: Any) -> Anchor:
    """A text that the credit manager keeps."""
    usual: dict[str, Any] = {
        "actor": personas.credit_manager.user,
        "title": f"A {level} proof",
        "body": "Opposite angles are equal because both make a straight line with the one between.",
        "reason": "Every step has its reason.",
        "names_removed": True,
    }
    return make_anchor(personas.district, standard=ground.standards[place], level=ground.level(level), **usual | fields)


def make_session(personas: Personas, anchors: Sequence[Anchor], **fields: Any) -> CalibrationSession:
    """For the whole district, run by the credit manager, due in a week."""
    usual: dict[str, Any] = {
        "title": "Proofs in fall",
        "due_on": clock.today(personas.district) + dt.timedelta(days=7),
    }
    return set_calibration(personas.district, anchors=anchors, actor=personas.credit_manager.user, **usual | fields)
