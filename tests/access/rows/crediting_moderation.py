"""Second readings, examples, calibration. The reading is asked of a second teacher, who is none of the personas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crediting.models import ClassWork, Reading
from tests.access.matrix import Row
from tests.factories.classes import make_class
from tests.factories.crediting import Ground, make_ground
from tests.factories.moderation import (
    EVERY,
    give,
    make_read_ground,
    make_sample,
    make_session,
    make_teacher,
    make_waiting,
)
from tests.personas import Personas


def _ground(personas: Personas) -> Ground:
    make_ground(personas.other_school)
    return make_ground(personas.school)


def waiting(personas: Personas) -> Mapping[str, Any]:
    make_teacher(personas.school, "Noor Haddad")
    _request, reading = make_waiting(personas, make_read_ground(personas.school))
    return {"public_id": reading.public_id}


def drawn_in_class(personas: Personas) -> Mapping[str, Any]:
    make_teacher(personas.school, "Noor Haddad")
    geometry = make_class(personas, moderation=EVERY)
    geometry.judge({personas.student.student: "proficient"})
    return {"public_id": ClassWork.objects.get().public_id}


def read_in_class(personas: Personas) -> Mapping[str, Any]:
    drawn_in_class(personas)
    return {"public_id": Reading.objects.get().public_id}


def given(personas: Personas) -> Mapping[str, Any]:
    make_teacher(personas.school, "Noor Haddad")
    ground = make_read_ground(personas.school)
    _request, reading = make_waiting(personas, ground)
    return {"public_id": give(reading, ground, ("developing", "proficient")).public_id}


def sample(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_sample(personas, _ground(personas)).public_id}


def running(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_session(personas, [make_sample(personas, _ground(personas))]).public_id}


STRANGERS: dict[str, int] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
DECIDERS: dict[str, int] = dict.fromkeys(("credit_manager", "principal"), 200)
TEACHES_OR_DECIDES: dict[str, int] = {"teacher": 200, **DECIDERS}

ROWS = [
    Row("crediting:readings", others=403, also=TEACHES_OR_DECIDES),
    # Whose reading it is stays unknown to the first reader, the student and everybody else.
    Row("crediting:reading", waiting, others=404, also=DECIDERS),
    Row("crediting:reading", read_in_class, others=404, also=DECIDERS),
    # Only who judged it first knows where the work is.
    Row("crediting:drawn-work", drawn_in_class, others=404, teacher=200),
    Row("crediting:reading", given, others=404, teacher=200, also=DECIDERS),
    Row("crediting:reading-hand-back", waiting, method="POST", others=404, also=dict.fromkeys(DECIDERS, 422)),
    Row(
        "crediting:agreement",
        others=403,
        administrator=200,
        other_district_administrator=200,
        also=DECIDERS,
    ),
    Row(
        "crediting:agreement-file",
        others=403,
        administrator=200,
        other_district_administrator=200,
        also=DECIDERS,
    ),
    Row("crediting:anchors", others=403, also=TEACHES_OR_DECIDES),
    Row("crediting:anchor-new", others=404, also=dict.fromkeys(DECIDERS, 404)),
    Row("crediting:anchor", sample, others=403, also=TEACHES_OR_DECIDES),
    # The sample is a text and has no file.
    Row("crediting:anchor-file", sample, others=403, also=dict.fromkeys(TEACHES_OR_DECIDES, 404)),
    Row("crediting:anchor-retire", sample, others=403, also=DECIDERS),
    Row("crediting:calibrations", others=403, also=TEACHES_OR_DECIDES),
    Row("crediting:calibration-new", others=403, also=DECIDERS),
    Row("crediting:calibration", running, others=403, also=TEACHES_OR_DECIDES),
    # Nobody has judged yet; only who runs it gets so far.
    Row("crediting:calibration-open", running, method="POST", others=403, credit_manager=400),
]
