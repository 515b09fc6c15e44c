"""Course history: whoever sees the record reads it, the registrar keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from crediting.actions.history import SOURCE
from crediting.models import HeldRow
from crediting.states import HeldReason
from tests.access.matrix import Row
from tests.factories.transcripts import make_line
from tests.personas import Personas


def whose(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": personas.student.student.public_id}


def a_row(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_line(personas.student.student, grade="08").public_id}


def a_held_row(personas: Personas) -> Mapping[str, Any]:
    line = make_line(personas.student.student)
    held = HeldRow.objects.create(
        district=personas.district,
        student=personas.student.student,
        entry=line,
        reason=HeldReason.RELIED_ON,
        source=SOURCE,
        source_key=1,
    )
    return {"public_id": held.public_id}


def no_job(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": uuid.uuid4()}


STRANGERS: dict[str, Any] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
KEEPERS: dict[str, Any] = {"registrar": 200}

ROWS = [
    Row("crediting:history-waiting", others=403, also=KEEPERS),
    Row("crediting:history", whose, others=200, teacher=403, also=STRANGERS),
    Row("crediting:history-row", a_row, others=200, teacher=403, also=STRANGERS),
    Row("crediting:history-new", whose, others=403, also=KEEPERS | STRANGERS),
    Row("crediting:history-correct", a_row, others=403, also=KEEPERS | STRANGERS),
    Row("crediting:history-take-back", a_row, others=403, also=KEEPERS | STRANGERS),
    Row("crediting:history-early", a_row, others=403, also=KEEPERS | STRANGERS),
    Row("crediting:history-held", a_held_row, others=403, also=KEEPERS | STRANGERS),
    Row("crediting:award-file", others=403, administrator=200, other_district_administrator=200),
    # Off until the layout is confirmed.
    Row("crediting:award-file-make", method="POST", others=403, administrator=400, other_district_administrator=400),
    Row("crediting:award-file-download", no_job, others=404),
]
