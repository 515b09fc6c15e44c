"""Transcripts: the register, one's own, issuing, the file, revoking, and the check page that anybody may open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.access.matrix import Row
from tests.factories.transcripts import make_line, make_transcript, run_waiting_jobs
from tests.personas import Personas


def the_student(personas: Personas) -> Mapping[str, Any]:
    make_line(personas.student.student)
    return {"public_id": personas.student.student.public_id}


def a_transcript(personas: Personas) -> Mapping[str, Any]:
    make_line(personas.student.student)
    return {"public_id": make_transcript(personas.student.student, personas.registrar.user).public_id}


def a_drawn_transcript(personas: Personas) -> Mapping[str, Any]:
    found = a_transcript(personas)
    run_waiting_jobs()
    return found


def a_code(personas: Personas) -> Mapping[str, Any]:
    make_line(personas.student.student)
    return {"code": make_transcript(personas.student.student, personas.registrar.user).code}


STRANGERS: dict[str, Any] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
# A teacher knows the student and not the record.
NOT_THE_RECORD = STRANGERS | {"teacher": 404}

ROWS = [
    Row(
        "transcripts:transcripts",
        others=200,
        teacher=403,
        student=302,
        family=302,
        other_district_student=302,
    ),
    Row("transcripts:transcript-new", the_student, others=403, registrar=200, **STRANGERS),
    Row("transcripts:transcript", a_transcript, others=200, **NOT_THE_RECORD),
    Row("transcripts:transcript-progress", a_transcript, others=200, **NOT_THE_RECORD),
    Row("transcripts:transcript-draw", a_transcript, method="POST", others=403, registrar=302, **NOT_THE_RECORD),
    Row("transcripts:transcript-pdf", a_drawn_transcript, others=200, **NOT_THE_RECORD),
    Row("transcripts:transcript-revoke", a_transcript, others=403, registrar=200, **NOT_THE_RECORD),
    Row("transcripts:own", others=403, student=200, family=200, other_district_student=200),
    Row("transcripts:verify", others=200, anonymous=200),
    Row("transcripts:verify-code", a_code, others=200, anonymous=200),
]
