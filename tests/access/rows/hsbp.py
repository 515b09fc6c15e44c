"""Plans: the student's and family's own page, the caseload, review, records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hsbp.actions.family import make_copy
from hsbp.actions.records import record_item
from mbl.core import clock
from tests.access.matrix import Row
from tests.factories.experiences import make_entry, make_kind, make_target
from tests.factories.hsbp import make_review, make_revision
from tests.personas import Personas


def the_student(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": personas.student.student.public_id}


def a_sent_plan(personas: Personas) -> Mapping[str, Any]:
    make_revision(personas.student.student)
    return the_student(personas)


def a_section(personas: Personas) -> Mapping[str, Any]:
    return {**the_student(personas), "name": "goals"}


def a_copy(personas: Personas) -> Mapping[str, Any]:
    copy = make_copy(make_revision(personas.student.student), language="en", actor=personas.student.user)
    return {**the_student(personas), "copy_id": copy.public_id}


def a_review(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_review(personas.student.student, personas.counselor.user).public_id}


def a_record(personas: Personas) -> Mapping[str, Any]:
    record = record_item(
        personas.student.student,
        item="H14",
        done_on=clock.today(personas.district),
        actor=personas.counselor.user,
    )
    return {**the_student(personas), "record_id": record.public_id}


def an_entry(personas: Personas) -> Mapping[str, Any]:
    kind = make_kind(personas.district, personas.administrator.user)
    return {**the_student(personas), "experience_id": make_entry(personas.student.student, kind).public_id}


def a_confirmed_entry(personas: Personas) -> Mapping[str, Any]:
    kind = make_kind(personas.district, personas.administrator.user)
    entry = make_entry(personas.student.student, kind, confirmed_by=personas.counselor.user)
    return {**the_student(personas), "experience_id": entry.public_id}


def a_kind(personas: Personas) -> Mapping[str, Any]:
    return {"public_id": make_kind(personas.district, personas.administrator.user).public_id}


def a_target(personas: Personas) -> Mapping[str, Any]:
    kind = make_kind(personas.district, personas.administrator.user)
    return {"public_id": make_target(kind, personas.administrator.user).public_id}


STRANGERS: dict[str, Any] = dict.fromkeys(("other_district_administrator", "other_district_student"), 404)
# A teacher knows the student and not the record.
READERS: dict[str, Any] = STRANGERS | {"teacher": 403}
CONFIRM = {"counselor": 200, "teacher": 200}
ADMINISTRATORS = {"administrator": 200, "other_district_administrator": 200}

ROWS = [
    Row("hsbp:plan", others=403, student=200, family=200, other_district_student=200),
    Row("hsbp:caseload", others=403, counselor=200),
    Row("hsbp:caseload-approve", method="POST", others=403, counselor=302),
    Row("hsbp:caseload-undo", method="POST", others=403, counselor=302),
    Row("hsbp:student-plan", a_sent_plan, others=200, **READERS),
    Row("hsbp:section", a_section, others=403, student=200, counselor=200, **STRANGERS),
    Row("hsbp:course-add", the_student, method="POST", others=403, student=302, counselor=302, **STRANGERS),
    Row("hsbp:course-remove", the_student, method="POST", others=403, student=302, counselor=302, **STRANGERS),
    Row("hsbp:mastery-add", the_student, method="POST", others=403, student=302, counselor=302, **STRANGERS),
    Row("hsbp:mastery-remove", the_student, method="POST", others=403, student=302, counselor=302, **STRANGERS),
    Row("hsbp:send", the_student, others=403, student=200, **STRANGERS),
    Row("hsbp:comment", a_sent_plan, method="POST", others=422, **READERS),
    Row("hsbp:checklist", a_sent_plan, others=200, **READERS),
    Row("hsbp:progress", a_sent_plan, others=200, **READERS),
    Row("hsbp:copies", a_sent_plan, method="POST", others=302, **READERS),
    Row("hsbp:copy", a_copy, others=200, **READERS),
    Row("hsbp:sign", a_sent_plan, others=403, family=200, **STRANGERS),
    Row("hsbp:family", the_student, others=403, student=200, **STRANGERS),
    Row("hsbp:review", a_sent_plan, others=403, counselor=200, **STRANGERS),
    Row("hsbp:review-undo", a_review, method="POST", others=403, counselor=302, **STRANGERS),
    Row("hsbp:record", the_student, others=403, counselor=200, **STRANGERS),
    Row("hsbp:record-remove", a_record, method="POST", others=403, counselor=302, **STRANGERS),
    Row("hsbp:update", the_student, others=403, counselor=200, **STRANGERS),
    Row("hsbp:requirement", the_student, others=403, counselor=200, **STRANGERS),
    Row("hsbp:pathway", the_student, others=403, counselor=200, **STRANGERS),
    Row("hsbp:paper-signature", a_sent_plan, others=403, counselor=200, **STRANGERS),
    # Also a teacher of the student, who does not see the rest of the record.
    Row("hsbp:experiences", the_student, others=200, **STRANGERS),
    Row("hsbp:experience", an_entry, others=200, **STRANGERS),
    Row("hsbp:experience-new", the_student, others=403, student=200, also=CONFIRM, **STRANGERS),
    Row("hsbp:experience-edit", an_entry, others=403, student=200, **STRANGERS),
    Row("hsbp:experience-answer", an_entry, method="POST", others=403, counselor=422, teacher=422, **STRANGERS),
    Row("hsbp:experience-reflect", a_confirmed_entry, method="POST", others=403, student=422, **STRANGERS),
    Row("hsbp:experience-take-back", an_entry, method="POST", others=403, student=302, **STRANGERS),
    Row("hsbp:experiences-waiting", others=403, also=CONFIRM),
    Row("hsbp:experiences-confirm", method="POST", others=403, counselor=302, teacher=302),
    Row("hsbp:experience-group", others=403, also=CONFIRM),
    Row("hsbp:experience-kinds", others=403, also=ADMINISTRATORS),
    Row("hsbp:experience-kind", a_kind, others=403, administrator=200, other_district_administrator=404),
    Row("hsbp:experience-targets", others=403, also=ADMINISTRATORS),
    Row(
        "hsbp:experience-target-end",
        a_target,
        method="POST",
        others=403,
        administrator=302,
        other_district_administrator=404,
    ),
]
